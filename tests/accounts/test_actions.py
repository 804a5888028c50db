import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from accounts import actions
from accounts.models import PenName, Role, User
from core.models import Event
from core.results import InvalidError, NotAllowedError
from tests.factories import NOON, make_member, make_pen_name, pen_name_of


def events(kind):
    return list(Event.objects.filter(kind=kind).values_list("subject", "subject_id", "actor_id"))


def test_create_pen_name_gives_a_name_and_an_event(member):
    pen_name = actions.create_pen_name(member, name="  Two   Spoons ", at=NOON)

    assert (pen_name.name, pen_name.key, pen_name.member, pen_name.created_at) == (
        "Two Spoons",
        "two spoons",
        member,
        NOON,
    )
    assert events("pen_name_created") == [("penname", pen_name.pk, member.pk)]


@pytest.mark.parametrize("taken", ["in use", "retired", "imported"])
def test_create_pen_name_that_somebody_has_or_had_is_refused(member, other_member, taken):
    row = make_pen_name(None if taken == "imported" else other_member, "Odile")
    PenName.objects.filter(pk=row.pk).update(
        retired_at=NOON if taken == "retired" else None, is_imported=taken == "imported"
    )

    with pytest.raises(InvalidError) as refusal:
        actions.create_pen_name(member, name="ODILE", at=NOON)

    assert refusal.value.field == "name"
    assert events("pen_name_created") == []


def test_create_pen_name_sixth_is_refused(member):
    for number in ("Two", "Three", "Four", "Five"):
        actions.create_pen_name(member, name=f"{number} Spoons", at=NOON)

    with pytest.raises(InvalidError) as refusal:
        actions.create_pen_name(member, name="Six Spoons", at=NOON)

    assert refusal.value.field == "name"
    assert PenName.objects.of(member).count() == 5


def test_create_pen_name_after_retiring_one_of_five_works(member):
    first = pen_name_of(member)
    for number in ("Two", "Three", "Four", "Five"):
        actions.create_pen_name(member, name=f"{number} Spoons", at=NOON)
    actions.retire_pen_name(first, by=member, at=NOON)

    actions.create_pen_name(member, name="Six Spoons", at=NOON)

    assert PenName.objects.of(member).count() == 5


def test_create_pen_name_twice_says_it_is_theirs(member):
    actions.create_pen_name(member, name="Two Spoons", at=NOON)

    with pytest.raises(InvalidError, match="already"):
        actions.create_pen_name(member, name="Two Spoons", at=NOON)


def test_retire_pen_name_keeps_the_name_from_everyone(member, other_member):
    old = pen_name_of(member)
    actions.create_pen_name(member, name="Two Spoons", at=NOON)

    actions.retire_pen_name(old, by=member, at=NOON)

    assert PenName.objects.get(pk=old.pk).retired_at == NOON
    assert events("pen_name_retired") == [("penname", old.pk, member.pk)]
    for person in (member, other_member):
        with pytest.raises(InvalidError):
            actions.create_pen_name(person, name=old.name, at=NOON)


def test_retire_pen_name_last_one_is_refused(member):
    with pytest.raises(NotAllowedError):
        actions.retire_pen_name(pen_name_of(member), by=member, at=NOON)

    assert pen_name_of(member).retired_at is None


def test_retire_pen_name_of_another_is_refused(member, other_member):
    actions.create_pen_name(member, name="Two Spoons", at=NOON)

    with pytest.raises(NotAllowedError):
        actions.retire_pen_name(pen_name_of(member), by=other_member, at=NOON)


def test_retire_pen_name_from_stale_pages_leaves_one(member):
    first = pen_name_of(member)
    second = actions.create_pen_name(member, name="Two Spoons", at=NOON)
    actions.retire_pen_name(first, by=member, at=NOON)

    for stale in (first, second):
        with pytest.raises(NotAllowedError):
            actions.retire_pen_name(stale, by=member, at=NOON)

    assert [row.pk for row in PenName.objects.of(member)] == [second.pk]
    assert len(events("pen_name_retired")) == 1


@pytest.mark.parametrize(("given", "kept"), [("ie", "IE"), ("", "")])
def test_set_country_keeps_code(member, given, kept):
    actions.set_country(member, country=given)

    assert (User.objects.get(pk=member.pk).country, member.country) == (kept, kept)


@pytest.mark.parametrize("code", ["X", "IRL", "1E", "İE"])
def test_set_country_other_than_two_letters_is_refused(member, code):
    with pytest.raises(InvalidError) as refusal:
        actions.set_country(member, country=code)

    assert refusal.value.field == "country"


def test_set_country_event_does_not_say_which(member):
    actions.set_country(member, country="IE")
    actions.set_country(member, country="IE")

    assert list(Event.objects.filter(kind="country_set").values_list("subject_id", "data")) == [(member.pk, {})]


def test_set_mail_wish_without_address_is_refused(member):
    with pytest.raises(InvalidError) as refusal:
        actions.set_mail_wish(member, wants=True)

    assert refusal.value.field == "wants_mail"
    assert not User.objects.get(pk=member.pk).wants_mail


def test_set_mail_wish_on_and_off_writes_one_event_each(member):
    actions.set_email(member, email="Ada@Example.org")

    for wants in (True, True, False, False):
        actions.set_mail_wish(member, wants=wants)

    assert list(Event.objects.filter(kind="mail_wish_set").values_list("data__wants", flat=True)) == [True, False]
    assert not User.objects.get(pk=member.pk).wants_mail


def test_set_email_replaces_the_one_before_and_keeps_it_out_of_the_log(member):
    actions.set_email(member, email="old@example.org")
    actions.set_email(member, email="New@Example.org")

    assert list(EmailAddress.objects.values_list("user_id", "email", "primary")) == [
        (member.pk, "new@example.org", True)
    ]
    assert User.objects.get(pk=member.pk).email == "new@example.org"
    assert [event.data for event in Event.objects.filter(kind="email_set")] == [{}, {}]


@pytest.mark.parametrize("role", list(Role))
def test_grant_role_by_operator_works_and_is_written_once(member, operator, role):
    actions.grant_role(member, role=role, by=operator, at=NOON)
    actions.grant_role(member, role=role, by=operator, at=NOON)

    assert User.objects.get(pk=member.pk).roles() == {role}
    assert member.roles() == {role}
    assert events("role_granted") == [("user", member.pk, operator.pk)]
    assert User.objects.get(pk=member.pk).is_staff is (role == Role.OPERATOR)


def test_grant_role_by_lead_is_refused(member, lead):
    with pytest.raises(NotAllowedError):
        actions.grant_role(member, role=Role.MODERATOR, by=lead, at=NOON)

    assert User.objects.get(pk=member.pk).roles() == frozenset()


def test_revoke_role_by_operator_works_once(moderator, operator):
    actions.revoke_role(moderator, role=Role.MODERATOR, by=operator, at=NOON)
    actions.revoke_role(moderator, role=Role.MODERATOR, by=operator, at=NOON)

    assert User.objects.get(pk=moderator.pk).roles() == frozenset()
    assert events("role_revoked") == [("user", moderator.pk, operator.pk)]


def test_revoke_role_by_moderator_is_refused(moderator, other_moderator):
    with pytest.raises(NotAllowedError):
        actions.revoke_role(moderator, role=Role.MODERATOR, by=other_moderator, at=NOON)


def test_revoke_role_from_last_operator_is_refused(operator):
    with pytest.raises(NotAllowedError):
        actions.revoke_role(operator, role=Role.OPERATOR, by=operator, at=NOON)

    second = make_member("second", Role.OPERATOR)
    actions.revoke_role(operator, role=Role.OPERATOR, by=second, at=NOON)
    assert User.objects.get(pk=operator.pk).roles() == frozenset()


def test_appoint_first_operator_works_while_there_is_none(member, other_member):
    actions.appoint_first_operator(member, at=NOON)

    assert (member.roles(), member.is_staff) == ({Role.OPERATOR}, True)
    assert events("role_granted") == [("user", member.pk, None)]
    with pytest.raises(NotAllowedError):
        actions.appoint_first_operator(other_member, at=NOON)


@pytest.mark.parametrize("username", ["with space", "ADA"])
def test_create_first_operator_unfit_username_is_refused(member, username):
    with pytest.raises(InvalidError):
        actions.create_first_operator(username, password="x", at=NOON)

    assert User.objects.count() == 1


def at_once(*calls):
    """Run `calls` at the same moment, each with a connection of its own; return what each gave or raised."""
    gate = threading.Barrier(len(calls))

    def work(call):
        try:
            gate.wait(timeout=5)
            return call()
        except (InvalidError, NotAllowedError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(calls)) as workers:
        return [future.result() for future in [workers.submit(work, call) for call in calls]]


def test_create_pen_name_wanted_by_two_at_once_goes_to_one(transactional_db, member, other_member):
    outcomes = at_once(
        lambda: actions.create_pen_name(member, name="Two Spoons", at=NOON),
        lambda: actions.create_pen_name(other_member, name="two spoons", at=NOON),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvalidError", "PenName"]
    assert PenName.objects.filter(key="two spoons").count() == 1


def test_create_pen_name_two_at_once_do_not_pass_the_limit(transactional_db, member):
    for number in ("Two", "Three", "Four"):
        actions.create_pen_name(member, name=f"{number} Spoons", at=NOON)

    at_once(
        *(partial(actions.create_pen_name, member, name=f"{word} Bowls", at=NOON) for word in ("Red", "Blue", "Green"))
    )

    assert PenName.objects.of(member).count() == 5


def test_retire_pen_name_both_at_once_leaves_one(transactional_db, member):
    first, second = pen_name_of(member), actions.create_pen_name(member, name="Two Spoons", at=NOON)

    at_once(*(partial(actions.retire_pen_name, row, by=member, at=NOON) for row in (first, second)))

    assert PenName.objects.of(member).count() == 1
