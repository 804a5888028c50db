"""Measures the engine on labelled passages: recall, precision, what is missed, and how sure the figures are."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from moderation.screening.corpus import Passage
from moderation.screening.engine import read
from moderation.screening.reading import RISKS, Category, Reading

ROUNDS = 400  # bootstrap samples per interval
SEED = 20  # fixed, so that a figure can be made again


@dataclass(frozen=True, slots=True)
class Result:
    """A passage with what the engine read in it."""

    passage: Passage
    reading: Reading


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `of` with its 95 % bootstrap interval; `value` is None when there was nothing to count."""

    value: float | None
    low: float
    high: float
    of: int

    def __str__(self) -> str:
        if self.value is None:
            return "     -            "
        return f"{self.value:6.1%} [{self.low:4.0%},{self.high:5.0%}]"


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one category."""

    category: Category
    recall: Share
    precision: Share
    flagged: float


def evaluate(passages: Iterable[Passage], *, read: Callable[[str], Reading] = read) -> list[Result]:
    """Return every passage with its reading; `read` is the patterns alone unless another reader is given."""
    return [Result(passage, read(passage.text)) for passage in passages]


def measure(results: Sequence[Result], category: Category) -> Measured:
    """Return recall and precision of one category, with intervals, and the share of all passages flagged."""
    wanted = [category in result.passage.labels for result in results]
    found = [category in result.reading.risks for result in results]
    return Measured(
        category=category,
        recall=share([hit for hit, want in zip(found, wanted, strict=True) if want]),
        precision=share([want for hit, want in zip(found, wanted, strict=True) if hit]),
        flagged=sum(found) / max(1, len(results)),
    )


def recall_by_level(results: Sequence[Result], *, level: int) -> Share:
    """Return how many passages with labels at severity `level` have at least one of their labels found."""
    hits = [
        bool(result.passage.labels & result.reading.risks)
        for result in results
        if result.passage.severity == level and result.passage.labels
    ]
    return share(hits)


def flagged_share(results: Sequence[Result]) -> Share:
    """Return the share of passages without any label that were flagged."""
    return share([bool(result.reading.risks) for result in results if not result.passage.labels])


def false_alarms(results: Sequence[Result]) -> list[Result]:
    """Return the passages without any label that were flagged all the same."""
    return [result for result in results if not result.passage.labels and result.reading.risks]


def missed_at_level_four(results: Sequence[Result]) -> list[Result]:
    """Return the passages of severity 4 that were read as less severe."""
    return [result for result in results if result.passage.severity == 4 and result.reading.severity < 4]


def confusion(results: Sequence[Result]) -> Counter[tuple[int, int]]:
    """Return how often each true severity (first) was read as each severity (second)."""
    return Counter(
        (result.passage.severity, result.reading.severity) for result in results if result.passage.severity is not None
    )


def share(hits: Sequence[bool]) -> Share:
    """Return the share of true values with a 95 % bootstrap interval (percentiles of `ROUNDS` samples)."""
    if not hits:
        return Share(None, 0.0, 0.0, 0)
    sample = random.Random(SEED)  # noqa: S311 - statistics, not secrets
    means = sorted(sum(sample.choices(hits, k=len(hits))) / len(hits) for _ in range(ROUNDS))
    return Share(sum(hits) / len(hits), means[int(0.025 * ROUNDS)], means[int(0.975 * ROUNDS) - 1], len(hits))


def report(results: Sequence[Result]) -> str:
    """Return the whole measurement as plain text."""
    rows = [f"{len(results)} passages", "", f"{'category':24}{'n':>4}  {'recall':18}  {'precision':18}  flagged"]
    for category in RISKS:
        figures = measure(results, category)
        rows.append(
            f"{category:24}{figures.recall.of:4}  {figures.recall!s:18}  {figures.precision!s:18}  {figures.flagged:6.1%}"
        )
    unlabelled = sum(not result.passage.labels for result in results)
    alarms = false_alarms(results)
    rows += ["", f"false alarms: {len(alarms)} of {unlabelled} passages without a label: {flagged_share(results)}"]
    rows += [f"  {result.passage.id}: {', '.join(sorted(result.reading.risks))}" for result in alarms]
    if any(result.passage.severity is not None for result in results):
        rows += _severity_rows(results)
    return "\n".join(rows)


def score_lines(results: Iterable[Result]) -> list[str]:
    """Return one JSON line per passage: id, severity, labels, and graded scores per category."""
    return [
        json.dumps(
            {
                "id": result.passage.id,
                "severity": result.reading.severity,
                "labels": sorted(result.reading.risks),
                "scores": {str(category): value for category, value in result.reading.scores.items()},
            },
            ensure_ascii=False,
        )
        for result in results
    ]


def _severity_rows(results: Sequence[Result]) -> list[str]:
    table = confusion(results)
    rows = ["", "severity, true (rows) and read (columns)", "      " + "".join(f"{level:5}" for level in range(5))]
    rows += [f"{true:5} " + "".join(f"{table[true, found]:5}" for found in range(5)) for true in range(5)]
    rows += [
        "",
        *(f"a label found at level {level}: {recall_by_level(results, level=level)}" for level in (4, 3, 2, 1)),
    ]
    missed = missed_at_level_four(results)
    rows += [f"level 4 read as less: {len(missed)}"]
    rows += [f"  {result.passage.id}: read as {result.reading.severity}" for result in missed]
    return rows
