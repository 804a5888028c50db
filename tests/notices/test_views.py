import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions as account_actions
from accounts.models import User
from core.models import Event
from notices import actions, links
from notices.models import Kind, Notice
from tests.factories import NOON

LIST = "/me/notices/"
READ_ALL = "/me/notices/read/"
SETTINGS = "/me/notices/mail/"


def tell(member, cause="reply:1", path="/leave/"):
    return actions.tell(member, kind=Kind.REPLY, cause=cause, path=path, at=NOON)


def off_path(member):
    return "/mail/off/" + links.mail_off_address(member).partition("/mail/off/")[2]


def test_list_shows_own_notices_only(as_user, member, other_member):
    mine, theirs = tell(member), tell(other_member)

    page = as_user(member).get(LIST).content.decode()

    assert f'href="{LIST}{mine.pk}/"' in page
    assert f'href="{LIST}{theirs.pk}/"' not in page
    assert "New" in page


def test_list_without_notices_says_so(as_user, member):
    assert "Nothing yet" in as_user(member).get(LIST).content.decode()


def test_list_with_many_leads_to_the_older_ones(as_user, member):
    rows = [tell(member, f"reply:{number}") for number in range(25)]

    first = as_user(member).get(LIST)
    second = as_user(member).get(LIST, {"after": first.context["page"].next_key})

    assert [notice.pk for notice in first.context["page"].rows] == [row.pk for row in reversed(rows[5:])]
    assert [notice.pk for notice in second.context["page"].rows] == [row.pk for row in reversed(rows[:5])]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(as_user, member, django_assert_num_queries, count):
    for number in range(count):
        tell(member, f"reply:{number}")
    browser = as_user(member)

    # Session, member, notices, roles for the menu, number of unread ones.
    with django_assert_num_queries(5):
        assert browser.get(LIST).status_code == 200


def test_notice_open_marks_it_read_and_goes_there(as_user, member):
    notice = tell(member)
    browser = as_user(member)

    for _ in range(2):
        response = browser.get(f"{LIST}{notice.pk}/")
        assert (response.status_code, response.url) == (302, "/leave/")

    assert Notice.objects.get().read_at is not None


def test_notice_open_never_leads_elsewhere(as_user, member):
    notice = tell(member)
    Notice.objects.update(path="//evil.example/")

    assert as_user(member).get(f"{LIST}{notice.pk}/").url == LIST


def test_notice_open_of_another_is_not_found_and_stays_new(as_user, member, other_member):
    notice = tell(other_member)

    assert as_user(member).get(f"{LIST}{notice.pk}/").status_code == 404
    assert as_user(member).get(f"{LIST}9999/").status_code == 404
    assert Notice.objects.get().read_at is None


def test_notice_open_looked_at_ahead_stays_new(as_user, member):
    notice = tell(member)

    as_user(member).head(f"{LIST}{notice.pk}/")

    assert Notice.objects.get().read_at is None


def test_read_all_marks_own_and_pressed_twice_is_harmless(as_user, member, other_member):
    tell(member)
    tell(other_member)

    for _ in range(2):
        assert as_user(member).post(READ_ALL).url == LIST

    assert list(Notice.objects.unread().values_list("member_id", flat=True)) == [other_member.pk]


def test_settings_save_turns_mail_on_and_off(as_user, member, other_member):
    account_actions.set_email(member, email="ada@example.org")
    browser = as_user(member)

    for _ in range(2):
        assert browser.post(SETTINGS, {"wants_mail": "on"}).url == LIST
    assert User.objects.get(pk=member.pk).wants_mail
    browser.post(SETTINGS)

    assert not User.objects.get(pk=member.pk).wants_mail
    assert Event.objects.filter(kind="mail_wish_set").count() == 2
    assert not User.objects.get(pk=other_member.pk).wants_mail


def test_settings_save_without_address_says_what_is_missing(as_user, member):
    response = as_user(member).post(SETTINGS, {"wants_mail": "on"}, follow=True)

    assert "Add an e-mail address first" in response.content.decode()
    assert not User.objects.get(pk=member.pk).wants_mail


@pytest.mark.parametrize("path", [LIST, f"{LIST}1/"])
def test_page_of_visitor_leads_to_sign_in(as_user, db, path):
    assert as_user().get(path).url == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize("path", [READ_ALL, SETTINGS])
def test_change_of_visitor_suspended_or_wrong_method_is_refused(as_user, member, suspended, path):
    for person in (None, suspended):
        assert as_user(person).post(path, {"wants_mail": "on"}).url.startswith(reverse("account_login"))
    assert as_user(member).get(path).status_code == 405
    without_token = Client(enforce_csrf_checks=True)
    without_token.force_login(member)
    assert without_token.post(path).status_code == 403


@pytest.mark.parametrize("path", [LIST, f"{LIST}1/"])
def test_page_wrong_method_is_refused(as_user, member, path):
    assert as_user(member).post(path).status_code == 405


def test_mail_off_by_one_press_without_signing_in(mailed):
    mail_program = Client(enforce_csrf_checks=True)

    for _ in range(2):
        response = mail_program.post(off_path(mailed), {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "no more mail" in response.content.decode()

    assert not User.objects.get(pk=mailed.pk).wants_mail
    assert "_auth_user_id" not in mail_program.session


def test_mail_off_looked_at_changes_nothing(as_user, mailed):
    for method in ("get", "head"):
        assert getattr(as_user(), method)(off_path(mailed)).status_code == 200

    assert User.objects.get(pk=mailed.pk).wants_mail
    page = as_user().get(off_path(mailed)).content.decode()
    assert mailed.username not in page.split("<main")[1]
    assert mailed.email not in page


def test_mail_off_is_for_one_member_alone(as_user, mailed, other_member):
    account_actions.set_email(other_member, email="ben@example.org")
    account_actions.set_mail_wish(other_member, wants=True)

    as_user(other_member).post(off_path(mailed))

    assert User.objects.get(pk=other_member.pk).wants_mail
    assert not User.objects.get(pk=mailed.pk).wants_mail


def test_mail_off_with_a_made_up_link_is_not_found(as_user, mailed):
    for token in ("x", "MQ:1abc:def", off_path(mailed).split("/")[3][:-2]):
        assert as_user().post(f"/mail/off/{token}/").status_code == 404
    assert as_user().put(off_path(mailed)).status_code == 405
    assert User.objects.get(pk=mailed.pk).wants_mail
