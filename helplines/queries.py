"""Which lines to show to whom: one small query, sorted in Python, since a country has a dozen rows at most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from helplines.models import ANYWHERE, Helpline, Purpose

SESSION_KEY = "country"


@dataclass(frozen=True, slots=True)
class Country:
    """A country that has lines to show."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """The lines for one purpose."""

    purpose: Purpose
    lines: list[Helpline]

    @property
    def label(self) -> str:
        """Return what the lines are for, in words."""
        return str(self.purpose.label)


@dataclass(frozen=True, slots=True)
class Help:
    """Help for one person: emergency numbers, then lines, all of them stored and checked.

    `is_fallback` tells that `emergency` is not of their country but the number that works on most mobile phones; then
    `emergency` may also be empty, and the page says in words to call the local emergency number.
    """

    country: str
    country_name: str
    emergency: list[Helpline]
    lines: list[Helpline]
    groups: list[Group]
    is_fallback: bool

    @property
    def is_demo(self) -> bool:
        """Whether an invented row is among them."""
        return any(line.is_demo for line in (*self.emergency, *self.lines))


def chosen_country(user: User | AnonymousUser, session: SessionBase) -> str:
    """Return the two-letter code that a person chose, else the operator's; empty for none. Never from an address."""
    if isinstance(user, User) and user.country:
        return user.country
    return str(session.get(SESSION_KEY) or settings.DEFAULT_COUNTRY)


def countries(*, today: date) -> list[Country]:
    """Return the countries that have lines to show on `today`, by name; one query."""
    rows = Helpline.objects.shown(today).exclude(country=ANYWHERE)
    found = rows.order_by("country_name", "country").values_list("country", "country_name").distinct()
    return [Country(code, name) for code, name in found]


def lines_for(country: str, purposes: Sequence[str], *, today: date, limit: int | None = None) -> list[Helpline]:
    """Return the lines of `country` for any of `purposes`, at most `limit`; one query.

    Emergency numbers come first when they are asked for; then the best line of each purpose, then the second ones.
    """
    return _pick(Helpline.objects.shown(today).filter(country=country).order_by("rank", "pk"), purposes, limit)


def help_for(country: str, needs: Sequence[str], *, today: date, limit: int | None = None) -> Help:
    """Return emergency numbers and at most `limit` lines for `needs` in `country`; one query.

    Where nothing checked exists, the emergency number is the stored one that works on most mobile phones.
    """
    rows = list(Helpline.objects.shown(today).filter(country__in=[country, ANYWHERE]).order_by("rank", "pk"))
    here = [row for row in rows if row.country == country != ANYWHERE]
    emergency = [row for row in here if row.is_emergency]
    wanted = [need for need in needs if need != Purpose.EMERGENCY]
    lines = _pick([row for row in here if not row.is_emergency], wanted, limit)
    if not lines and not here:
        lines = _pick([row for row in rows if not row.is_emergency], wanted, limit)
    return Help(
        country=country,
        country_name=here[0].country_name if here else "",
        emergency=emergency or [row for row in rows if row.is_emergency and row.country == ANYWHERE],
        lines=lines,
        groups=_grouped(lines, wanted),
        is_fallback=not emergency,
    )


def _pick(rows: Iterable[Helpline], purposes: Sequence[str], limit: int | None) -> list[Helpline]:
    """Return the best line of each purpose first, then the second ones, so that a short list leaves no need out."""
    rows = list(rows)
    picked: dict[int, Helpline] = {}
    if Purpose.EMERGENCY in purposes:
        picked.update((row.pk, row) for row in rows if row.is_emergency)
    queues = [[row for row in rows if row.is_for(purpose)] for purpose in purposes]
    for place in range(max(map(len, queues), default=0)):
        for queue in queues:
            if place < len(queue):
                picked.setdefault(queue[place].pk, queue[place])
    return list(picked.values())[:limit]


def _grouped(lines: Sequence[Helpline], needs: Sequence[str]) -> list[Group]:
    """Return the lines under their purposes, in the order of `needs`; a line for two purposes stands under both."""
    groups = [Group(Purpose(need), [line for line in lines if line.is_for(need)]) for need in needs]
    return [Group(group.purpose, sorted(group.lines, key=lambda line: line.rank)) for group in groups if group.lines]


def numbers() -> list[str]:
    """Return every number of the directory as it is written there, checked or not: none of them is a private person's."""
    rows = Helpline.objects.values_list("call", "text_number")
    return [number for row in rows for number in row if number]
