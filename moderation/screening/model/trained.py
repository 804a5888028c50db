"""The trained part of screening: weights that turn n-grams, meaning and patterns into one graded score per category.

Everything is linear and small. Three readers give log-odds per category: hashed n-grams, the vector of the whole text, and the
passage whose vector speaks most for it. A last step weighs them against what the patterns found ("stacked generalization",
Wolpert 1992) with a handful of numbers that are the same for all categories: more freedom fitted the habits of those who wrote
the corpus. It is there twice, with meaning and without, for texts that the encoder cannot read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from moderation.screening.model.encoder import Encoded
from moderation.screening.model.ngrams import Buckets
from moderation.screening.reading import RISKS, Category, Finding

Numbers = npt.NDArray[np.float32]

SHIPPED = Path(__file__).with_name("trained.npz")
FORMAT = 1
LEVELS = (3, 4)  # the model also says how likely a text is of at least these severities
# Columns: the categories, the levels, and whether there is anything at all to be told of.
COLUMNS = len(RISKS) + len(LEVELS) + 1
STEPS = 4  # what the patterns found counts by level: at 1, 2, 3 or 4 and above
_PLACE = {category: place for place, category in enumerate(RISKS)}
_LARGEST = 30.0  # log-odds; beyond it nothing changes


class WrongModelError(ValueError):
    """A file holds no model that this version can read; the message says why."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the trained part says of a text: a score (0 to 1) per category, and how likely it is of a level or above.

    `passages` gives for each category the number of the passage that speaks most for it, where meaning was read.
    """

    scores: dict[Category, float]
    levels: dict[int, float]
    passages: dict[Category, int]


@dataclass(frozen=True)
class Trained:
    """A trained model: `arrays` by name as `train.py` makes them, and `about` with its version, origin and thresholds."""

    arrays: dict[str, npt.NDArray[Any]]
    about: dict[str, Any]

    @property
    def version(self) -> str:
        """The name of this model, kept with every reading."""
        return str(self.about["version"])

    @property
    def thresholds(self) -> dict[Category, float]:
        """The score from which a category becomes a finding."""
        return {Category(name): float(value) for name, value in self.about["thresholds"].items()}

    @property
    def level_thresholds(self) -> dict[int, float]:
        """The likelihood from which such a finding is of that level."""
        return {int(level): float(value) for level, value in self.about["level_thresholds"].items()}

    def judge(self, grams: Buckets, encoded: Encoded | None, findings: Sequence[Finding]) -> Judgement:
        """Return what the model says of a text, given its n-grams, its vectors (None without meaning) and the patterns' findings."""
        odds = [self.gram_odds(grams)]
        passages: dict[Category, int] = {}
        if encoded is not None:
            each = self.passage_odds(encoded.passages)
            passages = {category: int(each[:, place].argmax()) for category, place in _PLACE.items() if len(each)}
            odds += [self.whole_odds(encoded.whole[np.newaxis])[0], strongest(each)]
        way = "light" if encoded is None else "full"
        evidence = parts_of(np.stack(odds), pattern_levels(findings))
        likely = _likelihood(self.arrays[f"{way}_weight"] @ evidence + self.arrays[f"{way}_bias"])
        return Judgement(
            scores={category: round(float(likely[place]), 4) for category, place in _PLACE.items()},
            levels={level: float(likely[len(RISKS) + number]) for number, level in enumerate(LEVELS)},
            passages=passages,
        )

    def gram_odds(self, grams: Buckets) -> Numbers:
        """Return the log-odds per category that the n-grams speak for."""
        weight = self.arrays["gram_weight"][grams].astype(np.float32).sum(axis=0) * self.arrays["gram_scale"]
        return np.asarray(weight / max(1, len(grams)) ** 0.5 + self.arrays["gram_bias"], np.float32)

    def whole_odds(self, vectors: Numbers) -> Numbers:
        """Return the log-odds per category of each whole text."""
        return np.asarray(vectors @ self.arrays["whole_weight"] + self.arrays["whole_bias"], np.float32)

    def passage_odds(self, vectors: Numbers) -> Numbers:
        """Return the log-odds per category of each passage."""
        return np.asarray(vectors @ self.arrays["passage_weight"] + self.arrays["passage_bias"], np.float32)

    def save(self, path: Path) -> None:
        """Write the model to `path`; whoever reads meanwhile sees the old file or the new one."""
        part = path.with_name(f".{path.stem}.part.npz")
        content: dict[str, Any] = {"about": np.array(json.dumps(self.about, sort_keys=True)), **self.arrays}
        np.savez_compressed(part, **content)
        part.replace(path)

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Trained:
        """Return the model in `path`; raises OSError when it cannot be read and WrongModelError when it is none."""
        try:
            with np.load(path, allow_pickle=False) as content:
                arrays = {name: content[name] for name in content.files}
            about = json.loads(str(arrays.pop("about")))
        except (ValueError, KeyError, EOFError, BadZipFile) as error:
            raise WrongModelError(f"{path.name} is not a model of this engine: {error}") from error
        if about.get("format") != FORMAT or about.get("categories") != [str(category) for category in RISKS]:
            raise WrongModelError(f"{path.name} was made for another version of this engine")
        return cls(arrays, about)


def strongest(odds: Numbers) -> Numbers:
    """Return, per column, the odds of the passage that speaks most for it."""
    return np.asarray(odds.max(axis=0) if len(odds) else np.full(COLUMNS, -_LARGEST), np.float32)


def parts_of(odds: Numbers, patterns: Numbers) -> Numbers:
    """Return what the last step weighs (parts x columns; more axes may stand before).

    That is a column's odds by each reader, their odds that there is anything at all, and what patterns found. "Anything" helps
    where it is plain that something is wrong, and less plain what.
    """
    anything = np.broadcast_to(odds[..., -1:], odds.shape)
    return np.concatenate([odds, anything, patterns], axis=-2)


def pattern_levels(findings: Sequence[Finding]) -> Numbers:
    """Return, per step (rows) and category or level (columns), 1 where a pattern found that much."""
    found = np.zeros((STEPS, COLUMNS), np.float32)
    for finding in findings:
        place = _PLACE.get(finding.category)
        if place is not None:
            found[: finding.severity, place] = 1
            # Of levels, and of anything at all, patterns speak by the gravest finding of any category.
            found[: finding.severity, len(RISKS) :] = 1
    return found


def _likelihood(odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -_LARGEST, _LARGEST))), np.float32)
