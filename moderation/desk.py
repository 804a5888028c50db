"""What the review desk shows of its queue, its people and its week: reads that join several tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from accounts.models import PenName, Role, User
from core.results import Denied
from moderation import rota, rules
from moderation.models import Appeal, Case, Shift
from moderation.wording import clock_words, due_words, gap_words, length_words


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting case in the words of the queue."""

    case: Case
    waits: str
    due: str
    is_late: bool
    holder: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Level:
    """How many cases of one severity wait, how many are late, and how long the oldest has waited."""

    severity: int
    waiting: int
    late: int
    oldest: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift of the week in words."""

    shift: Shift
    hours: str
    name: str
    role: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the rota."""

    name: str
    shifts: list[ShiftRow]


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One waiting appeal, and why this person may not decide it, if so."""

    appeal: Appeal
    waits: str
    refusal: str


def queue_rows(cases: Iterable[Case], *, viewer: User, now: datetime) -> list[QueueRow]:
    """Return the rows of the queue for cases read with `for_desk()`."""
    return [_queue_row(case, viewer, now) for case in cases]


def levels(viewer: User, *, now: datetime) -> list[Level]:
    """Return what waits by severity, the most severe first, in one query; levels with nothing to do are left out."""
    found = (
        Case.objects.visible_to(viewer)
        .waiting()
        .order_by()
        .values("severity")
        .annotate(waiting=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)), oldest=Min("placed_at"))
    )
    rows = sorted(found, key=lambda row: -row["severity"])
    return [Level(row["severity"], row["waiting"], row["late"], _since(row["oldest"], now)) for row in rows]


def names_on_duty(viewer: User, *, now: datetime) -> list[str]:
    """Return who is on duty on the review desk, the viewer first and as "you"."""
    return _names_of(rota.on_duty(now), viewer)


def staff_names(people: Iterable[int | None]) -> dict[int, str]:
    """Return the first pen name of each of `people` (ids), in one query: how colleagues call one another here."""
    wanted = {person for person in people if person is not None}
    rows = PenName.objects.filter(member_id__in=wanted).order_by("-pk").values_list("member_id", "name")
    return {member: name for member, name in rows if member is not None}


def person_words(person: int | None, *, viewer: User, names: dict[int, str]) -> str:
    """Return how `viewer` is told of a colleague (an id): "you", their pen name, or "a colleague"."""
    if person is None:
        return ""
    return _("you") if person == viewer.pk else names.get(person, _("a colleague"))


def week(viewer: User, *, now: datetime) -> list[Day]:
    """Return the whole rota, Monday first."""
    shifts = list(Shift.objects.select_related("person").order_by("weekday", "starts", "pk"))
    running = {shift.pk for shift in rota.running(shifts, now)}
    names = staff_names(shift.person_id for shift in shifts)
    labels = dict(Role.choices)
    rows = [
        ShiftRow(
            shift=shift,
            hours=f"{clock_words(shift.starts)}-{clock_words(shift.ends)}",
            name=person_words(shift.person_id, viewer=viewer, names=names),
            role=str(labels.get(Role(shift.role), shift.role)),
            is_now=shift.pk in running,
        )
        for shift in shifts
    ]
    return [Day(str(name), [row for row in rows if row.shift.weekday == number]) for number, name in WEEKDAYS.items()]


def gaps() -> list[str]:
    """Return, in words, when nobody is on duty on the review desk in an ordinary week."""
    return [gap_words(gap) for gap in rota.gaps(rota.weekly(shift) for shift in Shift.objects.on_desk())]


def appeal_rows(viewer: User, *, now: datetime) -> list[AppealRow]:
    """Return the appeals that wait, oldest first, with the reason beside those that `viewer` may not decide."""
    rows = []
    for appeal in Appeal.objects.waiting().for_desk():
        answer = rules.can_decide_appeal(viewer, appeal)
        refusal = str(answer.reason) if isinstance(answer, Denied) else ""
        rows.append(AppealRow(appeal, length_words(now - appeal.made_at), refusal))
    return rows


def _queue_row(case: Case, viewer: User, now: datetime) -> QueueRow:
    answer = rules.can_take_case(viewer, case)
    return QueueRow(
        case=case,
        waits=_since(case.placed_at, now),
        due=due_words(case.due_at, now=now) if case.due_at is not None else "",
        is_late=case.is_late(now),
        holder=_holder(case, viewer, now),
        refusal=str(answer.reason) if isinstance(answer, Denied) else "",
    )


def _holder(case: Any, viewer: User, now: datetime) -> str:
    if not case.is_held(now):
        return ""
    return _("you") if case.lease_holder_id == viewer.pk else case.holder_name or _("a colleague")


def _names_of(shifts: list[Shift], viewer: User) -> list[str]:
    people = list(dict.fromkeys(shift.person_id for shift in shifts))
    names = staff_names(people)
    people.sort(key=lambda person: person != viewer.pk)
    return [person_words(person, viewer=viewer, names=names) for person in people]


def _since(moment: datetime | None, now: datetime) -> str:
    return length_words(max(now - moment, timedelta(0))) if moment is not None else ""
