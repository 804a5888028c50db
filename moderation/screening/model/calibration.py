"""From which score on a category is brought to a person: set on ordinary posts, so that alarms stay few enough to be believed.

Each category may flag only a share of ordinary posts. Where a life may be at stake the budget is larger, above all for suicide and
overdose: there a miss weighs more than an alarm in vain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from moderation.screening.reading import RISKS, Category

FEWEST = 200  # ordinary posts; fewer say too little about a site
MOST = 500
# A site's own thresholds stay this near to the shipped ones (in log-odds), so that no flood can dull the machine.
FURTHEST = 0.7
_BUDGET = 0.0015  # share of ordinary posts that one category may flag
_OWN_BUDGETS = {
    Category.SUICIDE_SELF_HARM: 0.015,
    Category.OVERDOSE_NOW: 0.009,
    Category.VIOLENCE_COERCION: 0.005,
    Category.DANGEROUS_WITHDRAWAL: 0.005,
    Category.THREAT_BY_WRITER: 0.0045,
    Category.CHILD_SAFETY: 0.0045,
    Category.SUICIDE_THREAT_OTHER: 0.004,
}
_LEVEL_BUDGETS = (0.10, 0.03)  # share of texts below a level that may be taken for it, once a category was found
_SMALLEST, _LARGEST = 0.02, 0.98

Scores = npt.NDArray[np.float32]


def thresholds_for_scores(ordinary: Scores) -> dict[str, float]:
    """Return the threshold per category from the scores of ordinary texts (texts x categories)."""
    return {
        str(category): round(_at_budget(ordinary[:, place], _OWN_BUDGETS.get(category, _BUDGET)), 4)
        for place, category in enumerate(RISKS)
    }


def thresholds_for(
    scores: Sequence[Mapping[Category, float]], *, shipped: Mapping[Category, float]
) -> dict[Category, float]:
    """Return a site's own thresholds from the scores of its last ordinary posts, never far from the `shipped` ones.

    Raises ValueError when there are fewer than `FEWEST`.
    """
    if len(scores) < FEWEST:
        raise ValueError(f"{len(scores)} ordinary posts are too few; {FEWEST} are needed")
    last = list(scores)[-MOST:]
    found: dict[Category, float] = {}
    for category in RISKS:
        values = np.array([post.get(category, 0.0) for post in last], np.float32)
        wanted = _odds(_at_budget(values, _OWN_BUDGETS.get(category, _BUDGET)))
        base = _odds(shipped[category])
        found[category] = round(_likelihood(min(max(wanted, base - FURTHEST), base + FURTHEST)), 4)
    return found


def level_thresholds_for(scores: Scores, is_level: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Return from which likelihood a finding is of level 3 or 4 (columns in that order), from labelled texts."""
    return {
        str(level): round(_at_budget(scores[~is_level[:, column], column], _LEVEL_BUDGETS[column]), 4)
        for column, level in enumerate((3, 4))
    }


def _at_budget(scores: Scores, budget: float) -> float:
    """Return the score above which only `budget` of `scores` lie."""
    return float(np.clip(np.quantile(scores, 1 - budget), _SMALLEST, _LARGEST)) if len(scores) else 0.5


def _odds(likelihood: float) -> float:
    return float(np.log(likelihood / (1 - likelihood)))


def _likelihood(odds: float) -> float:
    return float(1 / (1 + np.exp(-odds)))
