from datetime import time, timedelta

from accounts.models import Role
from moderation import desk
from moderation.actions import add_shift, claim_case
from moderation.enums import Action
from moderation.models import Appeal, Case, Shift
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import SOON, decide, waiting_case


def test_staff_names_first_pen_name_each_in_one_query(moderator, lead, django_assert_num_queries):
    factories.make_pen_name(moderator, "Second Name")

    with django_assert_num_queries(1):
        names = desk.staff_names([moderator.pk, lead.pk, None])

    assert names == {moderator.pk: "Green Lamp", lead.pk: "Lighthouse"}


def test_person_words_you_a_name_or_a_colleague(moderator, lead):
    words = [
        desk.person_words(person, viewer=moderator, names={lead.pk: "Lighthouse"})
        for person in (moderator.pk, lead.pk, 99, None)
    ]

    assert words == ["you", "Lighthouse", "a colleague", ""]


def test_names_on_duty_viewer_first_each_once(moderator, lead, operator):
    for person, role in ((lead, Role.LEAD), (moderator, Role.MODERATOR)):
        for hour in (8, 9):
            add_shift(person, role=role, weekday=0, starts=time(hour), ends=time(18), by=operator, at=NOON)

    assert desk.names_on_duty(moderator, now=NOON) == ["you", "Lighthouse"]
    assert desk.names_on_duty(moderator, now=NOON + timedelta(hours=12)) == []


def test_week_names_all_days_and_marks_what_runs(moderator, counselor, operator):
    add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON)
    add_shift(counselor, role=Role.COUNSELOR, weekday=2, starts=time(17), ends=time(20), by=operator, at=NOON)

    days = desk.week(operator, now=NOON)

    assert [day.name for day in days][::6] == ["Monday", "Sunday"]
    assert [(row.role, row.is_now) for day in days for row in day.shifts] == [("Moderator", True), ("Counselor", False)]


def test_gaps_counselors_hours_do_not_fill_the_review_desk(counselor, operator):
    add_shift(counselor, role=Role.COUNSELOR, weekday=0, starts=time(0), ends=time(0), by=operator, at=NOON)

    assert desk.gaps() == ["Nobody is on duty at any time."]


def test_cases_visible_to_the_desk_but_never_to_members_nor_about_own_words(member, moderator, other_moderator):
    case = waiting_case(moderator)

    assert list(Case.objects.visible_to(other_moderator)) == [case]
    assert list(Case.objects.visible_to(moderator)) == list(Case.objects.visible_to(member)) == []


def test_shifts_and_appeals_visible_to_the_desk_only(member, moderator, operator):
    shift = add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON)

    assert list(Shift.objects.visible_to(moderator)) == [shift]
    assert list(Shift.objects.visible_to(member)) == list(Appeal.objects.visible_to(member)) == []


def test_levels_count_only_what_waits(member, moderator):
    waiting_case(member, severity=3, title="one")
    claim_case(waiting_case(member, severity=3, title="two"), by=moderator, at=SOON)
    decide(waiting_case(member, severity=3, title="three"), moderator, Action.DECLINE, reason="Because.")

    assert [(level.severity, level.waiting) for level in desk.levels(moderator, now=SOON)] == [(3, 2)]


def test_str_of_rows_name_no_person_and_no_words(member, moderator, operator):
    shift = add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON)
    case = waiting_case(member)
    decision = decide(case, moderator, Action.DECLINE, reason="Because.")

    assert [str(one) for one in (case, case.readings.get(), decision, shift)] == [
        f"case {case.pk}",
        f"reading of case {case.pk}",
        f"decline on case {case.pk}",
        f"shift {shift.pk}",
    ]
