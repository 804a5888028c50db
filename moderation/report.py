"""How screening works on this site, in plain counts: for the staff page, `screening_report` and /readyz."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from moderation.enums import RESTRICTIONS, Action, Cause, Severity
from moderation.models import Case, ReadingRecord, ScreeningLabel, ScreeningLabelQuerySet, ScreeningState
from moderation.screening.reading import RISKS, Category, Reading
from moderation.screening.screener import ALL_LAYERS
from moderation.wording import layer_words

PERIOD: Final = timedelta(days=90)
# A count out of fewer says nothing about the next ones.
FEWEST: Final = 20
_BROUGHT: Final = (Cause.READING, Cause.LANGUAGE)
# What shows that a post which chance drew should not have passed unread.
_MISSED: Final = (*sorted(RESTRICTIONS), Action.ESCALATE)


@dataclass(frozen=True, slots=True)
class State:
    """What all workers screen with, and why a part is missing ("" when none is). No layers: no worker has told yet."""

    layers: tuple[str, ...]
    why: str

    @property
    def is_partial(self) -> bool:
        """Whether workers run and a part is missing."""
        return bool(self.layers) and bool(self.why)

    @property
    def layer_words(self) -> str:
        """What works, in words."""
        return layer_words(self.layers)


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """What moderators said about the findings of one category: right, added because it was missed, taken out as wrong."""

    category: Category
    confirmed: int
    added: int
    removed: int

    @property
    def said(self) -> int:
        """How often moderators said anything about it."""
        return self.confirmed + self.added + self.removed

    @property
    def says_enough(self) -> bool:
        """Whether that is enough to say anything."""
        return self.said >= FEWEST


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many posts screening brought to a person at one severity."""

    severity: int
    brought: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Posts that chance drew: how many, how many a person has looked at, and how many of these should have been found."""

    drawn: int
    looked_at: int
    missed: int

    @property
    def says_enough(self) -> bool:
        """Whether enough were looked at to say anything."""
        return self.looked_at >= FEWEST


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of the last 90 days."""

    since: datetime
    read: int
    levels: list[LevelCount]
    categories: list[CategoryCount]
    labels: int
    sample: Sample


def screening_state(*, at: datetime) -> State:
    """Return what the workers screen with at `at`: the layers that all of them have, and one reason for what is missing."""
    found = list(ScreeningState.objects.current(at))
    shared = [layer for layer in ALL_LAYERS if found and all(layer in state.layers for state in found)]
    return State(tuple(shared), found[0].why if found else "")


def report(*, at: datetime) -> Report:
    """Return the figures of the 90 days before `at`, in a fixed number of queries."""
    since = at - PERIOD
    recent = ScreeningLabel.objects.filter(at__gte=since)
    labels = list(recent.select_related("decision"))
    return Report(
        since=since,
        read=ReadingRecord.objects.filter(at__gte=since).count(),
        levels=_levels(since),
        categories=_categories(labels, recent),
        labels=len(labels),
        sample=_sample(since),
    )


def _levels(since: datetime) -> list[LevelCount]:
    rows = (
        Case.objects.filter(opened_at__gte=since, cause__in=_BROUGHT)
        .order_by()
        .values_list("severity")
        .annotate(count=Count("pk"))
    )
    counts = dict(rows)
    return [LevelCount(level, counts.get(level, 0)) for level in sorted(Severity.values, reverse=True) if level >= 2]


def _categories(labels: list[ScreeningLabel], recent: ScreeningLabelQuerySet) -> list[CategoryCount]:
    """Compare each label with what screening had found in the very words that it is about."""
    records = ReadingRecord.objects.filter(case__decisions__screening_label__in=recent).order_by("pk")
    found = {(record.case_id, record.post_version): Reading.from_dict(record.content).risks for record in records}
    confirmed: Counter[Category] = Counter()
    added: Counter[Category] = Counter()
    removed: Counter[Category] = Counter()
    for label in labels:
        before = found.get((label.decision.case_id, label.post_version), frozenset())
        said = {Category(name) for name in label.categories}
        confirmed.update(said & before)
        added.update(said - before)
        removed.update(before - said)
    return [CategoryCount(one, confirmed[one], added[one], removed[one]) for one in RISKS]


def _sample(since: datetime) -> Sample:
    cases = Case.objects.filter(cause=Cause.SAMPLE, opened_at__gte=since)
    labelled = ScreeningLabel.objects.filter(decision__case__in=cases, severity__gte=Severity.ATTENTION)
    missed = set(cases.filter(decisions__action__in=_MISSED).values_list("pk", flat=True))
    missed |= set(labelled.exclude(categories=[]).values_list("decision__case", flat=True))
    return Sample(
        drawn=cases.count(),
        looked_at=cases.filter(decisions__isnull=False).distinct().count(),
        missed=len(missed),
    )
