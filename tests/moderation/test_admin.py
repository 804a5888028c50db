from datetime import time

import pytest

from accounts.models import Role
from core.models import Event
from moderation.actions import add_shift
from moderation.models import CommunityRule, Shift
from tests.factories import NOON

RULE = {"slug": "kind", "title": "Be kind", "text": "Always.", "rank": 1}


@pytest.fixture
def admin(as_user, operator):
    """Ola's browser in the administration."""
    operator.is_staff = True
    operator.save(update_fields=["is_staff"])
    return as_user(operator)


def test_rule_added_changed_and_removed_each_with_its_event(admin):
    admin.post("/admin/moderation/communityrule/add/", RULE)
    rule = CommunityRule.objects.get()
    admin.post(f"/admin/moderation/communityrule/{rule.pk}/change/", RULE | {"title": "Be kinder"})
    rule.refresh_from_db()
    admin.post(f"/admin/moderation/communityrule/{rule.pk}/delete/", {"post": "yes"})

    assert rule.title == "Be kinder"
    assert CommunityRule.objects.count() == 0
    assert [event.kind for event in Event.objects.order_by("pk")] == ["rule_written", "rule_written", "rule_removed"]


def test_rules_removed_together_each_leave_an_event(admin):
    for number in range(2):
        CommunityRule.objects.create(slug=f"r{number}", title="One", text="Text.")
    chosen = list(CommunityRule.objects.values_list("pk", flat=True))

    admin.post(
        "/admin/moderation/communityrule/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    )

    assert Event.objects.filter(kind="rule_removed").count() == 2


def test_shift_added_and_removed_with_events_and_never_changed(admin, moderator):
    form = {"person": moderator.pk, "role": Role.MODERATOR, "weekday": 0, "starts": "08:00", "ends": "12:00"}
    admin.post("/admin/moderation/shift/add/", form)
    shift = Shift.objects.get()
    assert admin.post(f"/admin/moderation/shift/{shift.pk}/change/", form | {"weekday": 1}).status_code == 403

    admin.post(f"/admin/moderation/shift/{shift.pk}/delete/", {"post": "yes"})

    assert Shift.objects.count() == 0
    assert [event.kind for event in Event.objects.order_by("pk")] == ["shift_added", "shift_removed"]


def test_shift_of_somebody_without_the_role_or_twice_is_refused(admin, member, moderator, operator):
    add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(12), by=operator, at=NOON)
    form = {"person": moderator.pk, "role": Role.MODERATOR, "weekday": 0, "starts": "08:00", "ends": "12:00"}

    twice = admin.post("/admin/moderation/shift/add/", form)
    unfit = admin.post("/admin/moderation/shift/add/", form | {"person": member.pk})

    assert "This shift is on the rota already." in twice.text
    assert "does not have the role" in unfit.text
    assert Shift.objects.count() == 1


def test_shifts_removed_together_each_leave_an_event(admin, moderator, operator):
    for day in range(2):
        add_shift(moderator, role=Role.MODERATOR, weekday=day, starts=time(8), ends=time(12), by=operator, at=NOON)
    chosen = list(Shift.objects.values_list("pk", flat=True))

    admin.post("/admin/moderation/shift/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})

    assert Event.objects.filter(kind="shift_removed").count() == 2


@pytest.mark.parametrize("path", ["communityrule", "shift"])
def test_admin_for_a_moderator_who_is_staff_is_refused(as_user, moderator, path):
    moderator.is_staff = True
    moderator.save(update_fields=["is_staff"])

    assert as_user(moderator).get(f"/admin/moderation/{path}/").status_code == 403


@pytest.mark.parametrize("path", ["case", "decision", "appeal", "readingrecord"])
def test_admin_has_no_pages_for_what_only_the_desk_may_change(admin, path):
    assert admin.get(f"/admin/moderation/{path}/").status_code == 404
