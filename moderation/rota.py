"""Who is on duty when; every promise shown to members is computed from it.

Targets are those of docs/screening.md: the time until the first human look, while somebody is on duty and while nobody is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from moderation.enums import Severity
from moderation.models import Shift

_HORIZON_DAYS = 8
_DAY = 24 * 60  # minutes
_WEEK = 7 * _DAY


@dataclass(frozen=True, slots=True)
class Target:
    """How soon a person should look: on duty, and when nobody is."""

    staffed: timedelta
    unstaffed: timedelta


TARGETS = {
    Severity.IMMEDIATE: Target(timedelta(minutes=5), timedelta(minutes=5)),
    Severity.URGENT: Target(timedelta(minutes=30), timedelta(hours=4)),
    Severity.ATTENTION: Target(timedelta(hours=4), timedelta(hours=12)),
    Severity.SUPPORT: Target(timedelta(hours=12), timedelta(hours=24)),
    Severity.NONE: Target(timedelta(hours=12), timedelta(hours=24)),
}


@dataclass(frozen=True, slots=True)
class WeeklyDuty:
    """One weekly stretch: `weekday` 0 is Monday; `ends` at or before `starts` is on the next day."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Stretch:
    """An exact stretch of duty, `end` exclusive, both in UTC: hours are then real hours, also when the clocks change."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A weekly stretch without anybody, in wall-clock time; from Monday 00:00 to Monday 00:00 when nobody is on the rota."""

    from_weekday: int
    starts: time
    to_weekday: int
    ends: time


def weekly(shift: Shift) -> WeeklyDuty:
    """Return the weekly stretch that a shift stands for."""
    return WeeklyDuty(shift.weekday, shift.starts, shift.ends)


def stretches(duties: Iterable[WeeklyDuty], *, since: datetime, zone: ZoneInfo) -> list[Stretch]:
    """Return the stretches of the coming days that end after `since`, in order, those that touch joined.

    Wall-clock times are taken in `zone` day by day, so that a shift keeps its hours when the clocks change.
    """
    found = sorted(_exact(list(duties), since, zone), key=lambda stretch: stretch.start)
    joined: list[Stretch] = []
    for stretch in found:
        if joined and stretch.start <= joined[-1].end:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, stretch.end))
        else:
            joined.append(stretch)
    return joined


def moment_after(duty: Iterable[Stretch], *, since: datetime, staffed: timedelta) -> datetime | None:
    """Return when `staffed` hours of duty will have passed since `since`; None when the duty known does not suffice.

    The moment lies inside a stretch or at its end, so there is always a person behind it.
    """
    left, since = staffed, since.astimezone(UTC)
    for stretch in duty:
        start = max(stretch.start, since)
        if stretch.end <= start:
            continue
        if stretch.end - start >= left:
            return start + left
        left -= stretch.end - start
    return None


def gaps(duties: Iterable[WeeklyDuty]) -> list[Gap]:
    """Return when nobody is on duty in an ordinary week, in order from Monday; what runs over Sunday night is one gap."""
    covered: set[int] = set()
    for duty in duties:
        start = duty.weekday * _DAY + _minute(duty.starts)
        length = (_minute(duty.ends) - _minute(duty.starts)) % _DAY or _DAY
        covered.update(minute % _WEEK for minute in range(start, start + length))
    if not covered:
        return [Gap(0, time(0), 0, time(0))]
    return [
        _gap(start, next(end for end in range(start + 1, start + _WEEK) if end % _WEEK in covered))
        for start in range(_WEEK)
        if start not in covered and (start - 1) % _WEEK in covered
    ]


def promise(severity: int, *, since: datetime, without: int | None = None) -> datetime | None:
    """Return by when a person will have looked at something of `severity` placed at `since`; None: nobody is on the rota.

    `without` is the id of the author, who may be a moderator: nobody stands behind a promise about their own words.
    """
    duty = _desk_duty(since, without=without)
    return moment_after(duty, since=since, staffed=TARGETS[Severity(severity)].staffed)


def due(severity: int, *, since: datetime) -> datetime:
    """Return when a case of `severity` placed at `since` counts as late, by the staffed or the unstaffed target."""
    target = TARGETS[Severity(severity)]
    staffed = any(stretch.start <= since < stretch.end for stretch in _desk_duty(since))
    return since + (target.staffed if staffed else target.unstaffed)


def on_duty(at: datetime) -> list[Shift]:
    """Return the shifts of the review desk that run at `at`, with their people."""
    return running(_desk_shifts(), at)


def running(shifts: Iterable[Shift], at: datetime) -> list[Shift]:
    """Return those of `shifts` that run at `at`."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return [
        shift for shift in shifts if any(s.start <= at < s.end for s in stretches([weekly(shift)], since=at, zone=zone))
    ]


def _desk_duty(since: datetime, *, without: int | None = None) -> list[Stretch]:
    zone = ZoneInfo(settings.TIME_ZONE)
    shifts = [shift for shift in _desk_shifts() if shift.person_id != without]
    return stretches([weekly(shift) for shift in shifts], since=since, zone=zone)


def _desk_shifts() -> list[Shift]:
    return list(Shift.objects.on_desk().select_related("person"))


def _exact(duties: list[WeeklyDuty], since: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
    first = since.astimezone(zone).date() - timedelta(days=1)
    for offset in range(_HORIZON_DAYS + 2):
        day = first + timedelta(days=offset)
        for duty in duties:
            if duty.weekday != day.weekday():
                continue
            last = day if duty.ends > duty.starts else day + timedelta(days=1)
            # Where the clocks jump forward, a short shift may end before it starts: then it does not happen.
            start = datetime.combine(day, duty.starts, zone).astimezone(UTC)
            end = datetime.combine(last, duty.ends, zone).astimezone(UTC)
            if end > max(start, since):
                yield Stretch(start, end)


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _gap(start: int, end: int) -> Gap:
    end %= _WEEK
    return Gap(start // _DAY, _clock(start), end // _DAY, _clock(end))


def _clock(minute: int) -> time:
    return time(minute % _DAY // 60, minute % 60)
