"""Joining and signing in, through allauth's own pages."""

import threading

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.adapter import AccountAdapter
from accounts.forms import SignupForm
from accounts.models import PenName, User
from core.models import Event
from tests.factories import PASSWORD, make_member, make_pen_name
from tests.ports import free_port

ADDRESS = "203.0.113.77"
FIREFOX = "Mozilla/5.0 (Android 13; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0"


@pytest.fixture
def visitor(db):
    return Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=FIREFOX)


def join(client, **fields):
    answers = {"username": "brennan", "pen_name": "Gray Heron", "password1": PASSWORD} | fields
    return client.post(reverse("account_signup"), answers)


def sign_in(client, username, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": username, "password": password})


def errors(response):
    return {name: [str(error) for error in found] for name, found in response.context["form"].errors.items()}


def wait_for_mail():
    for thread in threading.enumerate():
        if thread.name == "account-mail":
            thread.join(timeout=5)


def stored_text():
    """Everything that the database holds, as one text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_join_with_username_pen_name_and_password_is_enough(visitor):
    response = join(visitor)

    user = User.objects.get()
    assert (response.status_code, response.url) == (302, "/me/")
    assert (user.username, user.email, user.check_password(PASSWORD)) == ("brennan", "", True)
    assert [(row.name, row.member) for row in PenName.objects.all()] == [("Gray Heron", user)]
    assert visitor.session["_auth_user_id"] == str(user.pk)
    assert mail.outbox == []


def test_join_with_address_keeps_it_without_sending_anything(visitor):
    join(visitor, email="Somebody@Example.org")

    assert User.objects.get().email == "somebody@example.org"
    wait_for_mail()
    assert mail.outbox == []


def test_join_with_an_address_on_file_tells_nobody(visitor, member):
    actions.set_email(member, email="shared@example.org")

    response = join(visitor, email="shared@example.org")

    wait_for_mail()
    assert response.status_code == 302
    assert User.objects.filter(email="shared@example.org").count() == 2
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"pen_name": ""}, "pen_name"),
        ({"pen_name": "Brennan"}, "pen_name"),
        ({"pen_name": "Moderator"}, "pen_name"),
        ({"pen_name": "quiet HERON"}, "pen_name"),
        ({"pen_name": "Some Body", "email": "somebody@example.org"}, "pen_name"),
        ({"username": "ADA"}, "username"),
        ({"username": "moderator"}, "username"),
        ({"password1": "12345678901"}, "password1"),
    ],
)
def test_join_with_unfit_words_makes_no_account(visitor, member, fields, field):
    response = join(visitor, **fields)

    assert list(errors(response)) == [field]
    assert list(User.objects.all()) == [member]


def test_join_keeps_username_in_small_letters(visitor):
    join(visitor, username="BrenNan")

    assert User.objects.get().username == "brennan"
    visitor.logout()
    assert sign_in(visitor, "BRENNAN").status_code == 302


def test_join_by_a_program_that_fills_every_field_makes_no_account(visitor):
    response = join(visitor, website="https://example.org")

    assert response.status_code == 302
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("username", "pen_name", "field"), [("brennan", "Quiet Heron", "pen_name"), ("ada", "Gray Heron", "username")]
)
def test_join_a_moment_after_somebody_took_a_name_makes_nothing(db, rf, username, pen_name, field):
    form = SignupForm({"username": username, "pen_name": pen_name, "password1": PASSWORD})
    assert form.is_valid()
    quicker = make_member("ada", pen_name="Quiet Heron")
    request = rf.post(reverse("account_signup"))
    request.session, request.user = SessionStore(), AnonymousUser()

    user, response = form.try_save(request)

    assert (user, response.status_code, list(form.errors)) == (None, 200, [field])
    assert pen_name in response.content.decode()
    assert list(User.objects.all()) == [quicker]
    assert PenName.objects.count() == 1


def test_sign_up_page_shows_no_inline_style_and_says_what_mail_is_for(visitor):
    page = visitor.get(reverse("account_signup")).content.decode()

    assert 'style="' not in page
    assert "Never shown to anyone" in page
    assert 'name="website"' in page


def test_sign_in_answers_the_same_for_wrong_password_and_unknown_username(visitor, member):
    wrong = sign_in(visitor, member.username, "not the password")
    unknown = sign_in(visitor, "nobody-here", "not the password")

    assert errors(wrong) == errors(unknown)
    assert wrong.status_code == unknown.status_code == 200


def test_sign_in_of_suspended_account_does_not_open_it(visitor, suspended):
    response = sign_in(visitor, suspended.username)

    assert response.url == reverse("account_inactive")
    assert "_auth_user_id" not in visitor.session


def test_signing_in_keeps_no_address_and_no_browser_name(visitor, member):
    sign_in(visitor, member.username, "wrong once")
    sign_in(visitor, member.username)

    row = UserSession.objects.get()
    assert (row.user, row.ip, row.user_agent) == (member, "::", "Firefox, Android")
    kept = stored_text()
    assert "allauth:rl" in kept
    assert ADDRESS not in kept
    assert "rv:121.0" not in kept


def test_sessions_page_lists_and_ends_the_others(visitor, member):
    sign_in(visitor, member.username)
    elsewhere = Client()
    sign_in(elsewhere, member.username)
    assert elsewhere.get(reverse("accounts:privacy")).status_code == 200

    page = visitor.get(reverse("usersessions_list")).content.decode()
    visitor.post(reverse("usersessions_list"))

    assert "Firefox, Android" in page
    assert ADDRESS not in page
    assert elsewhere.get(reverse("accounts:privacy")).status_code == 302


def test_too_many_wrong_passwords_stop_further_tries(visitor, member):
    for _ in range(8):
        sign_in(visitor, member.username, "wrong")

    response = sign_in(visitor, member.username)

    assert "_auth_user_id" not in visitor.session
    assert "wait" in str(errors(response))


def test_too_many_accounts_from_one_place_are_stopped(visitor):
    for number in range(10):
        join(visitor, username=f"person{number}", pen_name="")

    assert join(visitor).status_code == 429
    assert join(Client(REMOTE_ADDR="198.51.100.2")).status_code == 302


def test_password_reset_mail_names_no_topic_and_works(visitor, member):
    actions.set_email(member, email="ada@example.org")

    visitor.post(reverse("account_reset_password"), {"email": "ada@example.org"})
    wait_for_mail()

    (message,) = mail.outbox
    link = next(word for word in message.body.split() if word.startswith("http"))
    assert (message.subject, message.to) == ("A new password", ["ada@example.org"])
    assert member.username not in message.body.replace(link, "")
    form_page = visitor.get(link, follow=True)
    visitor.post(
        form_page.request["PATH_INFO"], {"password1": "another river at dusk", "password2": "another river at dusk"}
    )
    assert User.objects.get(pk=member.pk).check_password("another river at dusk")


def test_password_reset_for_unknown_address_looks_the_same_and_sends_nothing(visitor, member):
    actions.set_email(member, email="ada@example.org")

    known = visitor.post(reverse("account_reset_password"), {"email": "ada@example.org"}, follow=True)
    wait_for_mail()
    mail.outbox.clear()
    unknown = visitor.post(reverse("account_reset_password"), {"email": "nobody@example.org"}, follow=True)
    wait_for_mail()

    assert known.request["PATH_INFO"] == unknown.request["PATH_INFO"]
    assert mail.outbox == []


def test_adding_an_address_asks_for_the_password_then_replaces_the_old(visitor, member):
    actions.set_email(member, email="old@example.org")
    visitor.force_login(member)
    add = {"action_add": "", "email": "new@example.org"}

    refused = visitor.post(reverse("account_email"), add)
    assert reverse("account_reauthenticate") in refused.url
    visitor.post(refused.url, {"password": PASSWORD})
    visitor.post(reverse("account_email"), add)

    wait_for_mail()
    assert list(EmailAddress.objects.values_list("email", "primary")) == [("new@example.org", True)]
    assert User.objects.get(pk=member.pk).email == "new@example.org"
    assert mail.outbox == []


def test_second_step_pages_work_for_somebody_with_an_unverified_address(visitor, member):
    actions.set_email(member, email="ada@example.org")
    sign_in(visitor, member.username)
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    pages = {
        name: visitor.get(reverse(name))
        for name in ("mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn")
    }

    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 200)
    svg = pages["mfa_activate_totp"].content.decode()
    assert "ada@example.org" not in svg
    assert 'src="data:' not in svg


def test_pen_name_of_import_cannot_be_joined_with(visitor):
    make_pen_name(None, "Gray Heron")

    assert list(errors(join(visitor))) == ["pen_name"]


def test_sign_up_event_log_holds_no_name(visitor):
    join(visitor)

    assert "heron" not in repr(list(Event.objects.values())).lower()
    assert Event.objects.filter(kind="pen_name_created").count() == 1


def test_address_page_sends_no_mail_to_check_an_address(visitor, member):
    actions.set_email(member, email="ada@example.org")
    visitor.force_login(member)
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    visitor.post(reverse("account_email"), {"action_send": "", "email": "ada@example.org"})

    wait_for_mail()
    assert mail.outbox == []


def test_address_page_removes_the_address(visitor, member):
    actions.set_email(member, email="ada@example.org")
    visitor.force_login(member)
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    visitor.post(reverse("account_email"), {"action_remove": "", "email": "ada@example.org"})

    assert User.objects.get(pk=member.pk).email == ""
    assert not EmailAddress.objects.exists()


def test_allauth_may_send_no_other_mail(member, rf):
    AccountAdapter(rf.get("/")).send_mail("account/email/email_changed", "ada@example.org", {})

    wait_for_mail()
    assert mail.outbox == []


def test_password_reset_with_the_mail_server_away_answers_as_ever(visitor, member, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    actions.set_email(member, email="ada@example.org")

    response = visitor.post(reverse("account_reset_password"), {"email": "ada@example.org"})
    wait_for_mail()

    assert response.status_code == 302
    assert "account mail failed: ConnectionRefusedError" in caplog.text
    assert "ada@example.org" not in caplog.text


def test_changing_the_password_keeps_this_session_and_ends_the_others(visitor, member):
    sign_in(visitor, member.username)
    elsewhere = Client()
    sign_in(elsewhere, member.username)
    new = "another river at dusk"

    visitor.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert visitor.get(reverse("accounts:privacy")).status_code == 200
    assert elsewhere.get(reverse("accounts:privacy")).status_code == 302
    assert set(UserSession.objects.values_list("ip", flat=True)) == {"::"}
