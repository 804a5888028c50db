"""Promises: always inside a stretch with a person, whatever the clocks do; none without shifts."""

import random
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Role
from moderation import rota
from moderation.enums import Severity
from moderation.models import Shift
from moderation.rota import Gap, Stretch, WeeklyDuty
from tests.factories import NOON

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
# The Sundays on which the clocks change in 2026.
CHANGES = [
    (BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    (BERLIN, datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
]


def shift(person, weekday, starts, ends, role=Role.MODERATOR):
    return Shift.objects.create(person=person, role=role, weekday=weekday, starts=starts, ends=ends)


def random_rota(chance):
    return [
        WeeklyDuty(
            chance.randrange(7), time(chance.randrange(24), chance.choice([0, 15, 30])), time(chance.randrange(24))
        )
        for _ in range(chance.randrange(1, 9))
    ]


def is_on_duty(duties, moment, zone):
    """Whether somebody is on duty, told the slow way: by the wall clock of the day and of the day before."""
    local = moment.astimezone(zone)
    for duty in duties:
        for day in (local.date(), local.date() - timedelta(days=1)):
            if day.weekday() != duty.weekday:
                continue
            last = day if duty.ends > duty.starts else day + timedelta(days=1)
            start = datetime.combine(day, duty.starts, zone).astimezone(UTC)
            end = datetime.combine(last, duty.ends, zone).astimezone(UTC)
            if start <= moment < end:
                return True
    return False


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_moment_after_around_a_change_of_clocks_always_lies_where_somebody_is(zone, change):
    chance = random.Random(7)

    for _ in range(300):
        duties = random_rota(chance)
        since = change + timedelta(minutes=chance.randrange(-3 * 24 * 60, 24 * 60))
        staffed = timedelta(minutes=chance.choice([5, 30, 240, 720]))
        stretches = rota.stretches(duties, since=since, zone=zone)
        moment = rota.moment_after(stretches, since=since, staffed=staffed)
        if moment is None:
            continue

        assert moment > since
        assert is_on_duty(duties, moment - timedelta(seconds=1), zone)
        watched = sum((min(s.end, moment) - max(s.start, since) for s in stretches if s.start < moment), timedelta(0))
        assert watched == staffed


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_stretches_around_a_change_of_clocks_are_in_order_and_apart(zone, change):
    chance = random.Random(11)

    for _ in range(300):
        since = change + timedelta(minutes=chance.randrange(-3 * 24 * 60, 24 * 60))
        found = rota.stretches(random_rota(chance), since=since, zone=zone)

        assert all(one.start < one.end for one in found)
        assert all(one.end < other.start for one, other in pairwise(found))
        assert all(one.end > since for one in found)


def test_moment_after_night_shift_when_clocks_go_forward_counts_real_hours():
    # Saturday 22:00 to Sunday 06:00 lasts seven hours on the night of 29 March.
    duty = rota.stretches([WeeklyDuty(5, time(22), time(6))], since=datetime(2026, 3, 28, 12, tzinfo=UTC), zone=BERLIN)

    assert duty[0] == Stretch(datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC))
    moment = rota.moment_after(duty[:1], since=duty[0].start, staffed=timedelta(hours=7))
    assert moment == datetime(2026, 3, 29, 4, tzinfo=UTC)


def test_moment_after_night_shift_when_clocks_go_back_counts_real_hours():
    duty = rota.stretches([WeeklyDuty(5, time(22), time(6))], since=datetime(2026, 10, 24, 12, tzinfo=UTC), zone=BERLIN)

    assert duty[0].end - duty[0].start == timedelta(hours=9)


def test_moment_after_since_in_local_time_counts_real_hours():
    duty = [Stretch(datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC))]
    since = datetime(2026, 3, 29, 1, 0, tzinfo=BERLIN)

    moment = rota.moment_after(duty, since=since, staffed=timedelta(hours=3))

    assert moment == datetime(2026, 3, 29, 3, 0, tzinfo=UTC)


def test_stretches_shift_that_ends_in_the_skipped_hour_does_not_happen():
    found = rota.stretches(
        [WeeklyDuty(6, time(2, 30), time(3, 0))], since=datetime(2026, 3, 28, tzinfo=UTC), zone=BERLIN
    )

    assert [stretch.start.date().isoformat() for stretch in found] == ["2026-04-05"]


def test_stretches_that_touch_are_joined():
    duties = [WeeklyDuty(0, time(8), time(15, 30)), WeeklyDuty(0, time(15, 30), time(23))]

    found = rota.stretches(duties, since=NOON, zone=ZoneInfo("UTC"))

    assert found[0] == Stretch(NOON.replace(hour=8), NOON.replace(hour=23))


def test_moment_after_too_little_duty_is_none():
    duty = [Stretch(NOON, NOON + timedelta(hours=1))]

    assert rota.moment_after(duty, since=NOON, staffed=timedelta(hours=2)) is None


def test_moment_after_passes_over_what_has_ended():
    duty = [Stretch(NOON - timedelta(hours=2), NOON - timedelta(hours=1)), Stretch(NOON, NOON + timedelta(hours=1))]

    assert rota.moment_after(duty, since=NOON, staffed=timedelta(minutes=5)) == NOON + timedelta(minutes=5)


def test_promise_nobody_on_the_rota_is_none(db):
    assert [rota.promise(severity, since=NOON) for severity in Severity] == [None] * 5


def test_promise_counts_only_hours_of_duty(moderator):
    shift(moderator, 0, time(8), time(13))
    shift(moderator, 1, time(8), time(18))

    # One of the four hours is left on Monday, three follow on Tuesday.
    assert rota.promise(Severity.ATTENTION, since=NOON) == datetime(2026, 3, 3, 11, tzinfo=UTC)


def test_promise_in_the_communitys_time_zone_keeps_wall_clock_hours(moderator, settings):
    settings.TIME_ZONE = "America/New_York"
    shift(moderator, 0, time(9), time(17))

    assert rota.promise(Severity.URGENT, since=NOON) == datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def test_promise_only_people_who_can_open_the_desk_stand_behind_it(member, counselor, suspended, moderator):
    shift(member, 0, time(0), time(0))
    shift(counselor, 0, time(0), time(0), role=Role.COUNSELOR)
    moderator.is_active = False
    moderator.save(update_fields=["is_active"])
    shift(moderator, 0, time(0), time(0))

    assert rota.promise(Severity.URGENT, since=NOON) is None
    assert rota.on_duty(NOON) == []


@pytest.mark.parametrize(
    ("severity", "staffed", "unstaffed"),
    [(4, 5, 5), (3, 30, 240), (2, 240, 720), (1, 720, 1440), (0, 720, 1440)],
)
def test_due_on_duty_and_not_is_the_published_target_in_minutes(moderator, severity, staffed, unstaffed):
    shift(moderator, 0, time(8), time(18))

    assert rota.due(severity, since=NOON) == NOON + timedelta(minutes=staffed)
    night = NOON + timedelta(hours=8)
    assert rota.due(severity, since=night) == night + timedelta(minutes=unstaffed)


def test_on_duty_edges_of_a_night_shift_start_counts_end_does_not(moderator):
    one = shift(moderator, 0, time(22), time(6))

    assert rota.on_duty(NOON.replace(hour=22)) == [one]
    assert rota.on_duty(datetime(2026, 3, 3, 5, 59, tzinfo=UTC)) == [one]
    assert rota.on_duty(datetime(2026, 3, 3, 6, 0, tzinfo=UTC)) == []
    assert rota.on_duty(NOON.replace(hour=21, minute=59)) == []


def test_on_duty_person_with_two_desk_roles_is_there_once(lead):
    one = shift(lead, 0, time(8), time(18))

    assert rota.on_duty(NOON) == [one]


@pytest.mark.parametrize(
    ("duties", "expected"),
    [
        ([], [Gap(0, time(0), 0, time(0))]),
        ([WeeklyDuty(day, time(0), time(0)) for day in range(7)], []),
        ([WeeklyDuty(1, time(8), time(23))], [Gap(1, time(23), 1, time(8))]),
        (
            [WeeklyDuty(day, time(8), time(0)) for day in range(7)],
            [Gap(day, time(0), day, time(8)) for day in range(7)],
        ),
        ([WeeklyDuty(6, time(22), time(6)), WeeklyDuty(0, time(6), time(22))], [Gap(0, time(22), 6, time(22))]),
    ],
)
def test_gaps_of_a_week_are_what_no_shift_covers(duties, expected):
    assert rota.gaps(duties) == expected
