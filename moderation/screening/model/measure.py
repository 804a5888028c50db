"""How much a model finds when only so many ordinary posts are flagged: the figure by which models are compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.screening.model.train import Evidence, Example, fit, picked
from moderation.screening.model.trained import Trained
from moderation.screening.reading import RISKS, Category

FLAGGED = (0.10, 0.20)  # shares of ordinary posts
FEWEST = 3  # texts of a category; fewer say nothing about it

Scores = npt.NDArray[np.float32]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The share of a category's texts found (None where there are too few) at each share of `FLAGGED`.

    `alone` sets the threshold for this category by itself; `together` one threshold for the highest score of all categories.
    """

    category: Category
    of: int
    alone: tuple[float, ...] | None
    together: tuple[float, ...] | None


def scores_of(model: Trained, evidence: Sequence[Evidence], *, with_meaning: bool = True) -> Scores:
    """Return the scores of texts by category, in the order of RISKS."""
    judged = [
        model.judge(one.grams, one.encoded if one.is_english and with_meaning else None, one.findings).scores
        for one in evidence
    ]
    return np.array([[scores[category] for category in RISKS] for scores in judged], np.float32)


def unseen_scores(
    examples: Sequence[Example],
    evidence: Sequence[Evidence],
    *,
    groups: Sequence[str],
    tell: Tell,
    with_meaning: bool = True,
) -> Scores:
    """Return the scores of every text from a model that has not met its group (a voice, or the writer of several voices).

    A tenth of the groups is left out at a time where there are more than ten.
    """
    names = sorted(set(groups))
    order = np.random.default_rng(1).permutation(len(names))
    parts = {name: int(order[number]) % 10 for number, name in enumerate(names)}
    part_of = np.array([parts[group] for group in groups])
    scores = np.zeros((len(examples), len(RISKS)), np.float32)
    for part in sorted(set(part_of)):
        away = part_of == part
        tell(f"Leaving out {', '.join(name for name in names if parts[name] == part)[:100]} ({int(away.sum())} texts)")
        kept = [example for example, is_away in zip(examples, away, strict=True) if not is_away]
        model = fit(kept, picked(evidence, ~away), name="candidate", tell=lambda line: None)
        scores[away] = scores_of(model, picked(evidence, away), with_meaning=with_meaning)
    return scores


def found_when_flagged(examples: Sequence[Example], scores: Scores) -> list[Found]:
    """Return for each category how much is found when `FLAGGED` of the texts without any label are flagged."""
    ordinary = np.array([not example.labels for example in examples], bool)
    highest = scores[ordinary].max(axis=1)
    found: list[Found] = []
    for place, category in enumerate(RISKS):
        own = scores[np.array([category in example.labels for example in examples], bool), place]
        if len(own) < FEWEST or not ordinary.any():
            found.append(Found(category, len(own), None, None))
            continue
        alone = tuple(float((own > np.quantile(scores[ordinary, place], 1 - share)).mean()) for share in FLAGGED)
        together = tuple(float((own > np.quantile(highest, 1 - share)).mean()) for share in FLAGGED)
        found.append(Found(category, len(own), alone, together))
    return found


def table(found: Sequence[Found]) -> str:
    """Return the figures as plain text, with the mean over the categories that have any."""
    heads = "".join(f"{share:>7.0%}" for share in FLAGGED)
    lines = [
        "found when so many of the texts without a label are flagged,",
        f"{'':24}{'of':>5}   each category alone, all together",
        f"{'':32}{heads}    {heads}",
    ]
    for one in found:
        if one.alone is None or one.together is None:
            lines.append(f"{one.category:24}{one.of:5}   too few")
        else:
            lines.append(f"{one.category:24}{one.of:5}   {_cells(one.alone)}    {_cells(one.together)}")
    alone, together = mean_found(found)
    return "\n".join([*lines, f"{'mean over categories':32}{_cells(alone)}    {_cells(together)}"])


def _cells(values: Sequence[float]) -> str:
    return "".join(f"{value:7.2f}" for value in values)


def mean_found(found: Sequence[Found]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the means over categories, with thresholds per category and with one for all."""
    alone = np.array([one.alone for one in found if one.alone is not None]).reshape(-1, len(FLAGGED))
    together = np.array([one.together for one in found if one.together is not None]).reshape(-1, len(FLAGGED))
    return tuple(alone.mean(axis=0)) if len(alone) else (), tuple(together.mean(axis=0)) if len(together) else ()
