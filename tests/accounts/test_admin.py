import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import actions
from accounts.models import Role, User
from core.models import Event
from tests.factories import NOON, make_member

USERS = "/admin/accounts/user/"


@pytest.fixture
def keeper(db):
    person = make_member("keeper")
    actions.appoint_first_operator(person, at=NOON)
    return person


def test_users_page_shows_usernames_and_roles_and_no_pen_name(as_user, keeper, member, moderator):
    page = as_user(keeper).get(USERS).content.decode()

    assert member.username in page
    assert "moderator" in page
    for name in ("Quiet Heron", "Green Lamp"):
        assert name not in page


def test_user_page_shows_no_address_and_no_pen_name(as_user, keeper, member):
    actions.set_email(member, email="ada@example.org")

    page = as_user(keeper).get(f"{USERS}{member.pk}/change/").content.decode()

    assert member.username in page
    assert "ada@example.org" not in page
    assert "Quiet Heron" not in page


@pytest.mark.parametrize(
    ("verb", "before", "after"), [("grant_role", [], {"moderator"}), ("revoke_role", [Role.MODERATOR], set())]
)
def test_role_action_of_operator_writes_an_event(as_user, keeper, verb, before, after):
    person = make_member("person", *before)

    as_user(keeper).post(USERS, {"action": f"{verb}_moderator", "_selected_action": [person.pk]})

    assert User.objects.get(pk=person.pk).roles() == after
    assert Event.objects.filter(kind__startswith="role_", subject_id=person.pk, actor_id=keeper.pk).count() == 1


def test_role_action_on_last_operator_says_why_not(as_user, keeper):
    response = as_user(keeper).post(
        USERS, {"action": "revoke_role_operator", "_selected_action": [keeper.pk]}, follow=True
    )

    assert "last operator" in response.content.decode()
    assert User.objects.get(pk=keeper.pk).roles() == {Role.OPERATOR}


def test_administration_is_closed_to_everyone_else(as_user, member, lead):
    for person in (member, lead):
        assert as_user(person).get(USERS).status_code in {302, 403}
    assert as_user().get("/admin/", follow=True).request["PATH_INFO"] == reverse("account_login")


def test_administration_shows_operators_no_secrets(as_user, keeper):
    page = as_user(keeper).get("/admin/").content.decode()

    for path in (
        "/admin/account/emailaddress/",
        "/admin/mfa/authenticator/",
        "/admin/usersessions/",
        "/admin/auth/group/",
    ):
        assert path not in page
        assert as_user(keeper).get(path).status_code in {403, 404}


def test_create_operator_prints_a_password_that_works(as_user, db, capsys):
    call_command("create_operator", "Keeper")

    printed = capsys.readouterr().out
    password = re.search(r"Password: (\S{24})\n", printed)[1]
    response = as_user().post(reverse("account_login"), {"login": "keeper", "password": password})
    assert response.status_code == 302
    assert User.objects.get(username="keeper").roles() == {Role.OPERATOR}


def test_create_operator_second_one_is_refused(keeper):
    with pytest.raises(CommandError, match="operator already"):
        call_command("create_operator", "another")

    assert not User.objects.filter(username="another").exists()


@pytest.mark.parametrize("username", ["keeper two", "ADA"])
def test_create_operator_unfit_username_is_refused(member, username):
    with pytest.raises(CommandError):
        call_command("create_operator", username)

    assert not User.objects.exclude(pk=member.pk).exists()
