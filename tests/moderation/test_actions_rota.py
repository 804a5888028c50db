from datetime import time

import pytest

from accounts.models import Role
from core.models import Event
from core.results import InvalidError, NotAllowedError
from moderation.actions import add_shift, remove_rule, remove_shift, write_rule
from moderation.models import CommunityRule, Shift
from tests.factories import NOON

MONDAY = {"role": Role.MODERATOR, "weekday": 0, "starts": time(8), "ends": time(12), "at": NOON}


@pytest.mark.parametrize("keeper", ["lead", "operator"])
def test_add_shift_by_who_keeps_the_rota_is_kept_with_its_event(request, keeper, moderator):
    by = request.getfixturevalue(keeper)

    shift = add_shift(moderator, by=by, **MONDAY)

    assert Shift.objects.get() == shift
    event = Event.objects.get(kind="shift_added")
    assert (event.actor_id, event.data) == (by.pk, {"person": moderator.pk, "role": "moderator", "weekday": 0})


def test_add_shift_by_a_moderator_is_refused(moderator):
    with pytest.raises(NotAllowedError):
        add_shift(moderator, by=moderator, **MONDAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"role": Role.COUNSELOR}, "person"), ({"role": "cook"}, "person"), ({"weekday": 7}, "weekday")],
)
def test_add_shift_that_nobody_could_keep_is_refused(moderator, lead, changes, field):
    with pytest.raises(InvalidError) as caught:
        add_shift(moderator, by=lead, **(MONDAY | changes))
    assert caught.value.field == field


def test_add_shift_of_a_member_is_refused(member, lead):
    with pytest.raises(InvalidError):
        add_shift(member, by=lead, **MONDAY)


def test_add_shift_twice_is_refused(moderator, lead):
    add_shift(moderator, by=lead, **MONDAY)

    with pytest.raises(InvalidError):
        add_shift(moderator, by=lead, **MONDAY)
    assert Shift.objects.count() == 1


def test_remove_shift_twice_is_one_event(moderator, lead):
    shift = add_shift(moderator, by=lead, **MONDAY)
    stale = Shift.objects.get(pk=shift.pk)

    assert remove_shift(shift, by=lead, at=NOON) is True
    assert remove_shift(stale, by=lead, at=NOON) is False
    assert Event.objects.filter(kind="shift_removed").count() == 1


def test_remove_shift_by_a_moderator_is_refused(moderator, lead):
    shift = add_shift(moderator, by=lead, **MONDAY)

    with pytest.raises(NotAllowedError):
        remove_shift(shift, by=moderator, at=NOON)


def test_write_and_remove_rule_by_an_operator_with_events(operator):
    rule = write_rule(CommunityRule(slug="kind", title="Be kind", text="Always."), by=operator, at=NOON)
    rule.title = "Be kinder"
    write_rule(rule, by=operator, at=NOON)
    stale = CommunityRule.objects.get()

    assert stale.title == "Be kinder"
    assert remove_rule(rule, by=operator, at=NOON) is True
    assert remove_rule(stale, by=operator, at=NOON) is False
    kinds = Event.objects.filter(kind__startswith="rule").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["rule_written", "rule_written", "rule_removed"]


def test_write_and_remove_rule_by_a_lead_is_refused(lead, operator):
    rule = write_rule(CommunityRule(slug="kind", title="Be kind", text="Always."), by=operator, at=NOON)

    with pytest.raises(NotAllowedError):
        write_rule(rule, by=lead, at=NOON)
    with pytest.raises(NotAllowedError):
        remove_rule(rule, by=lead, at=NOON)
