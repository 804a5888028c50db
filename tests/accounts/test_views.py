import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import PenName, User
from core.models import Event
from tests.factories import make_pen_name, pen_name_of

PEN_NAMES = "/me/pen-names/"
PRIVACY = "/me/privacy/"


def retire_path(pen_name):
    return reverse("accounts:pen_name_retire", args=[pen_name.public_id])


def test_pen_names_add_works(as_user, member):
    response = as_user(member).post(PEN_NAMES, {"name": "Two Spoons"})

    assert (response.status_code, response.url) == (302, PEN_NAMES)
    assert [row.name for row in PenName.objects.of(member)] == ["Quiet Heron", "Two Spoons"]


def test_pen_names_add_pressed_twice_makes_one(as_user, member):
    browser = as_user(member)
    browser.post(PEN_NAMES, {"name": "Two Spoons"})

    again = browser.post(PEN_NAMES, {"name": "Two Spoons"})

    assert again.status_code == 422
    assert "already" in again.content.decode()
    assert PenName.objects.of(member).count() == 2


def test_pen_names_add_unfit_gives_reason_and_word_back(as_user, member):
    response = as_user(member).post(PEN_NAMES, {"name": "ada"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "too close to the username" in page
    assert 'value="ada"' in page


def test_pen_names_page_shows_only_own(as_user, member, other_member):
    page = as_user(member).get(PEN_NAMES).content.decode()

    assert "Quiet Heron" in page
    assert "Slow River" not in page


@pytest.mark.parametrize("path", [PEN_NAMES, PRIVACY])
def test_page_of_visitor_leads_to_sign_in(as_user, db, path):
    for response in (as_user().get(path), as_user().post(path)):
        assert response.url == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize("path", [PEN_NAMES, PRIVACY])
def test_page_of_suspended_member_leads_to_sign_in(as_user, suspended, path):
    assert as_user(suspended).post(path, {"name": "Two Spoons"}).status_code == 302
    assert PenName.objects.of(suspended).count() == 1


@pytest.mark.parametrize("path", [PEN_NAMES, PRIVACY])
def test_page_wrong_method_is_refused(as_user, member, path):
    assert as_user(member).delete(path).status_code == 405


@pytest.mark.parametrize("path", [PEN_NAMES, PRIVACY])
def test_post_without_csrf_token_is_refused(member, path):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member)

    assert browser.post(path, {"name": "Two Spoons"}).status_code == 403
    assert PenName.objects.of(member).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_pen_names_page_costs_the_same_for_one_and_three(as_user, member, django_assert_num_queries, count):
    for number in range(count - 1):
        make_pen_name(member, f"Spoon {number}")
    browser = as_user(member)

    # Session, member, pen names, roles for the menu, unread notices.
    with django_assert_num_queries(5):
        assert browser.get(PEN_NAMES).status_code == 200


def test_pen_name_retire_asks_then_works_then_is_harmless(as_user, member):
    old = pen_name_of(member)
    make_pen_name(member, "Two Spoons")
    browser = as_user(member)

    assert "Quiet Heron" in browser.get(retire_path(old)).content.decode()
    assert pen_name_of(member) == old
    assert browser.post(retire_path(old)).url == PEN_NAMES
    assert browser.post(retire_path(old)).url == PEN_NAMES

    assert [row.name for row in PenName.objects.of(member)] == ["Two Spoons"]
    assert Event.objects.filter(kind="pen_name_retired").count() == 1


def test_pen_name_retire_last_one_is_refused_with_reason(as_user, member):
    response = as_user(member).post(retire_path(pen_name_of(member)))

    assert response.status_code == 403
    assert "only pen name" in response.content.decode()
    assert PenName.objects.of(member).count() == 1


def test_pen_name_retire_of_another_is_not_found(as_user, member, other_member):
    make_pen_name(other_member, "Two Spoons")

    assert as_user(member).post(retire_path(pen_name_of(other_member))).status_code == 404
    assert PenName.objects.of(other_member).count() == 2


def test_pen_name_retire_imported_is_not_found(as_user, member):
    assert as_user(member).post(retire_path(make_pen_name(None, "Old Guest"))).status_code == 404


def test_pen_name_retire_unknown_and_wrong_method_and_visitor(as_user, member):
    assert as_user(member).post("/me/pen-names/nothing/retire/").status_code == 404
    assert as_user(member).put(retire_path(pen_name_of(member))).status_code == 405
    assert as_user().post(retire_path(pen_name_of(member))).url.startswith(reverse("account_login"))


def test_privacy_page_names_what_is_public(as_user, member, other_member):
    page = as_user(member).get(PRIVACY).content.decode()

    assert "Quiet Heron" in page
    assert "Slow River" not in page
    for name in ("account_change_password", "mfa_index", "usersessions_list", "account_email", "helplines:help"):
        assert reverse(name) in page


def test_privacy_mail_wish_without_address_says_what_is_missing(as_user, member):
    response = as_user(member).post(PRIVACY, {"wants_mail": "on"})

    assert response.status_code == 422
    assert "Add an e-mail address first" in response.content.decode()


def test_privacy_mail_wish_pressed_twice_is_saved_once(as_user, member):
    actions.set_email(member, email="ada@example.org")
    browser = as_user(member)

    for _ in range(2):
        assert browser.post(PRIVACY, {"wants_mail": "on"}).url == PRIVACY

    assert User.objects.get(pk=member.pk).wants_mail
    assert Event.objects.filter(kind="mail_wish_set").count() == 1


def test_privacy_tells_staff_about_the_second_step(as_user, moderator, settings):
    settings.STAFF_SECOND_FACTOR = True

    assert "second step" in as_user(moderator).get(PRIVACY).content.decode()
