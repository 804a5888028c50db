"""Measures the engine on labelled passages: recall, precision, what is missed, and how sure the figures are."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.screening.engine import read, scores
from moderation.screening.reading import RISKS, Category, Reading

SPLITS = ("dev", "test", "blind", "heldout")
CORPUS = Path(__file__).with_name("corpus")
NONE = "none"
ROUNDS = 400  # bootstrap samples per interval
SEED = 20  # fixed, so that a figure can be made again


class CorpusError(ValueError):
    """A corpus line cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One labelled text. `severity` is None where the corpus gives none."""

    id: str
    text: str
    labels: frozenset[Category]
    severity: int | None
    voice: str


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


def load(path: Path) -> list[Passage]:
    """Return the passages of a JSON Lines file; raises CorpusError naming the file and the line that is wrong."""
    passages: list[Passage] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path.name}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            passages.append(_passage(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path.name}, line {number}: {_told(error)}") from error
    return passages


def own_corpus(*, split: str) -> list[Passage]:
    """Return the passages and whole stories of `split`.

    "dev" is what patterns are tuned on; "test" was written before the patterns, by the same hand; "blind" was written
    after them in oblique words and is never tuned on, so it is the sober figure; "heldout" was written before the second
    version of the patterns, in other voices, and is not tuned on either.
    """
    stories = CORPUS / f"stories_{split}.jsonl"
    return load(CORPUS / f"{split}.jsonl") + (load(stories) if stories.is_file() else [])


def evaluate(passages: Iterable[Passage]) -> list[Result]:
    """Return every passage with its reading."""
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
    rows += ["", f"false alarms: {len(alarms)} of {unlabelled} passages without a label"]
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
                "scores": {str(category): value for category, value in scores(result.reading).items()},
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


def _passage(values: Any) -> Passage:
    if not isinstance(values, dict):
        raise TypeError("a line must be an object")
    for name in ("id", "text"):
        if not isinstance(values.get(name), str):
            raise TypeError(f"{name!r} must be a text")
    severity = values.get("severity")
    if severity is not None and severity not in (0, 1, 2, 3, 4):
        raise ValueError(f"severity is {severity!r}; expected 0 to 4")
    return Passage(
        id=values["id"],
        text=values["text"],
        labels=_labels(values),
        severity=severity,
        voice=str(values.get("voice", "")),
    )


def _labels(values: dict[str, Any]) -> frozenset[Category]:
    if "labels" not in values and "label" not in values:
        raise ValueError("it has neither 'label' nor 'labels'")
    given = values["labels"] if "labels" in values else [values["label"]]
    if not isinstance(given, list):
        raise TypeError("'labels' must be a list")
    known: Callable[[str], bool] = set(Category).__contains__
    for name in given:
        if not isinstance(name, str) or (name != NONE and not known(name)):
            raise ValueError(f"unknown label {name!r}")
    return frozenset(Category(name) for name in given if name not in (NONE, Category.OWN_USE))


def _told(error: Exception) -> str:
    return (
        f"not JSON ({error.msg})"
        if isinstance(error, json.JSONDecodeError)
        else str(error.args[0])
        if error.args
        else str(error)
    )
