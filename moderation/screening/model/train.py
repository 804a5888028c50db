"""Trains the model on labelled texts. Needs scipy; those who read posts with the model do not.

Every threshold comes from texts whose voice the model had not met: the first readers are trained on four fifths of the
voices and asked about the last fifth, five times over, and only those answers reach the last step.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from moderation.screening.engine import read_words, words_of
from moderation.screening.model.calibration import level_thresholds_for, thresholds_for_scores
from moderation.screening.model.encoder import WIDTH, Encoded, Encoder
from moderation.screening.model.logistic import Flags, fit_columns, fit_vectors
from moderation.screening.model.ngrams import BUCKETS, Buckets, buckets
from moderation.screening.model.trained import (
    COLUMNS,
    FORMAT,
    LEVELS,
    Numbers,
    Trained,
    parts_of,
    pattern_levels,
    strongest,
)
from moderation.screening.model.windows import windows
from moderation.screening.reading import RISKS, Category, Finding

Tell = Callable[[str], None]

FOLDS = 5
# Inverse strengths of the regularization, chosen by leaving out one writer of the corpus at a time.
_GRAM_STRENGTH = 30.0
_WHOLE_STRENGTH = 0.001
_PASSAGE_STRENGTH = 0.001
_STACK_STRENGTH = 1.0
_MOST_PASSAGES = 16_000  # of all texts together, drawn by chance; more take minutes and change little
_CHOOSING_ROUNDS = 2  # of picking the telling passage of each labelled text and training on it
_CHANCE = 20261123  # any number: the same corpus gives the same model


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text. `severity` is None where nobody said it; only English texts are read by meaning."""

    text: str
    labels: frozenset[Category]
    severity: int | None
    voice: str
    is_english: bool = True
    is_tuned_on: bool = False  # the patterns were made while looking at it
    is_joined: bool = False  # made of two texts; the readers learn from it, but no threshold is set on it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the readers are given of one text."""

    grams: Buckets
    encoded: Encoded
    findings: tuple[Finding, ...]
    is_english: bool


@dataclass(frozen=True, slots=True)
class _Targets:
    """What is to be learned: labels (texts x categories), and whether each text is of a level (texts x levels)."""

    labels: Flags
    levels: Flags
    groups: npt.NDArray[np.int64]

    @property
    def all(self) -> Flags:
        return np.concatenate([self.labels, self.levels, self.labels.any(axis=1, keepdims=True)], axis=1)


def evidence_of(example: Example, encoder: Encoder) -> Evidence:
    """Return what the readers see of `example`."""
    words = words_of(example.text)
    plain = words.folded.plain
    passages = windows(words.sentences) if example.is_english else []
    encoded = encoder.encode(plain if example.is_english else "", passages)
    return Evidence(buckets(plain), encoded, read_words(words).findings, example.is_english)


def train(examples: Sequence[Example], *, encoder: Encoder, name: str, tell: Tell = print) -> Trained:
    """Return the model trained on `examples`; `name` becomes part of its version and `tell` gets lines of progress."""
    import threadpoolctl  # noqa: PLC0415  only those who train need it

    tell(f"Reading {len(examples)} texts ...")
    evidence = [evidence_of(example, encoder) for example in examples]
    # On a machine that also serves a site, several threads would mostly wait for one another.
    threads: Any = threadpoolctl
    with threads.threadpool_limits(limits=1):
        return fit(examples, evidence, name=name, tell=tell)


def fit(examples: Sequence[Example], evidence: Sequence[Evidence], *, name: str, tell: Tell = print) -> Trained:
    """Return the model trained on texts whose evidence is known already."""
    targets = _targets(examples)
    patterns = np.array([pattern_levels(one.findings) for one in evidence], np.float32)
    seen = np.zeros((len(examples), 3, COLUMNS), np.float32)
    for fold_number in range(FOLDS):
        tell(f"Asking about voices it has not met: part {fold_number + 1} of {FOLDS} ...")
        away = targets.groups % FOLDS == fold_number
        readers = _first_readers(picked(evidence, ~away), targets.all[~away])
        seen[away] = _first_odds(picked(evidence, away), readers)
    tell("Training on all ...")
    arrays = _first_readers(evidence, targets.all)
    # Patterns know the texts that they were tuned on by heart: there they must not teach how far to trust them.
    trusted = np.array([not (example.is_tuned_on or example.is_joined) for example in examples])
    english = np.array([one.is_english for one in evidence])
    scores = np.zeros((len(examples), COLUMNS), np.float32)
    for way, rows, readers_used in (("light", np.ones(len(examples), bool), 1), ("full", english, 3)):
        parts = parts_of(seen[:, :readers_used], patterns)
        weight, bias = _last_step(parts[rows & trusted], targets.all[rows & trusted])
        arrays[f"{way}_weight"], arrays[f"{way}_bias"] = weight, bias
        scores[rows] = 1 / (1 + np.exp(-(np.einsum("s,tsc->tc", weight, parts[rows]) + bias)))
    ordinary = ~targets.labels.any(axis=1) & trusted
    about = {
        "format": FORMAT,
        "categories": [str(category) for category in RISKS],
        "version": f"{name}-{_digest(examples)[:8]}",
        "examples": len(examples),
        "thresholds": thresholds_for_scores(scores[ordinary, : len(RISKS)]),
        "level_thresholds": level_thresholds_for(scores[trusted, len(RISKS) : -1], targets.levels[trusted]),
    }
    return Trained(arrays, about)


def picked(evidence: Sequence[Evidence], rows: Flags) -> list[Evidence]:
    """Return the evidence of the texts whose row is true."""
    return [one for one, is_picked in zip(evidence, rows, strict=True) if is_picked]


def _targets(examples: Sequence[Example]) -> _Targets:
    labels = np.array([[category in example.labels for category in RISKS] for example in examples])
    levels = np.array([[(example.severity or 0) >= level for level in LEVELS] for example in examples])
    voices = {voice: number for number, voice in enumerate(sorted({example.voice for example in examples}))}
    # Neighbours in the alphabet often come from one writer: a shuffle spreads every writer over the parts.
    shuffled = np.random.default_rng(_CHANCE).permutation(len(voices))
    groups = np.array([shuffled[voices[example.voice]] for example in examples], np.int64)
    return _Targets(labels, levels, groups)


def _first_readers(evidence: Sequence[Evidence], labels: Flags) -> dict[str, npt.NDArray[Any]]:
    """Return the weights of the three first readers."""
    english = np.array([one.is_english for one in evidence])
    gram_weight, gram_bias = fit_columns(_gram_matrix([one.grams for one in evidence]), labels, strength=_GRAM_STRENGTH)
    scale = np.maximum(np.abs(gram_weight).max(axis=0), 1e-6) / 127
    whole = np.array([one.encoded.whole for one in evidence], np.float32)
    whole_weight, whole_bias = fit_vectors(whole[english], labels[english], strength=_WHOLE_STRENGTH)
    passages, owners = _all_passages(evidence)
    passage_weight, passage_bias = _telling_passages(passages, owners, labels, start=(whole_weight, whole_bias))
    return {
        "gram_weight": np.round(gram_weight / scale).astype(np.int8),
        "gram_scale": scale.astype(np.float32),
        "gram_bias": gram_bias,
        "whole_weight": whole_weight,
        "whole_bias": whole_bias,
        "passage_weight": passage_weight,
        "passage_bias": passage_bias,
    }


def _telling_passages(
    passages: Numbers, owners: npt.NDArray[np.int64], labels: Flags, *, start: tuple[Numbers, Numbers]
) -> tuple[Numbers, Numbers]:
    """Return the weights of the reader of passages: of a labelled text it learns from the passage that speaks most for the label.

    Multiple-instance learning as in Andrews, Tsochantaridis and Hofmann (2003): a text is labelled, its passages are not.
    """
    if len(passages) > _MOST_PASSAGES:
        kept = np.sort(np.random.default_rng(_CHANCE).choice(len(passages), _MOST_PASSAGES, replace=False))
        passages, owners = passages[kept], owners[kept]
    wanted = labels[owners]
    weight, bias = start
    for _round in range(_CHOOSING_ROUNDS):
        tells = _tells_most(passages @ weight + bias, owners)
        weight, bias = fit_vectors(passages, wanted, strength=_PASSAGE_STRENGTH, counted=~wanted | tells)
    return weight, bias


def _tells_most(odds: Numbers, owners: npt.NDArray[np.int64]) -> Flags:
    """Return which passage of each text (their `owners`, in order) has the highest odds, per column."""
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    highest = np.maximum.reduceat(odds, starts, axis=0)
    return np.asarray(odds == np.repeat(highest, np.diff(np.r_[starts, len(owners)]), axis=0))


def _first_odds(evidence: Sequence[Evidence], readers: dict[str, npt.NDArray[Any]]) -> Numbers:
    """Return the odds of the three readers (texts x readers x columns)."""
    model = Trained(readers, {})
    odds = [
        [
            model.gram_odds(one.grams),
            model.whole_odds(one.encoded.whole[np.newaxis])[0],
            strongest(model.passage_odds(one.encoded.passages)),
        ]
        for one in evidence
    ]
    return np.array(odds, np.float32)


def _last_step(parts: Numbers, wanted: Flags) -> tuple[Numbers, Numbers]:
    """Return the weight of each part and the one bias, from what the readers said (texts x parts x columns).

    Every category weighs as much as the next, and no part may speak against what it found.
    """
    columns = np.flatnonzero(wanted.any(axis=0))
    rows = np.concatenate([parts[:, :, column] for column in columns])
    # One regression for all columns; each keeps its own balance by being repeated up to the size of the others' classes.
    which = np.concatenate([_balanced_rows(wanted[:, column]) + at * len(wanted) for at, column in enumerate(columns)])
    targets = np.concatenate([wanted[:, column] for column in columns])
    weight, bias = fit_columns(rows[which], targets[which, np.newaxis], strength=_STACK_STRENGTH, at_least=0.0)
    return weight[:, 0], bias[0]


def _balanced_rows(wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return all rows that are not wanted, and those that are so often that there are about as many."""
    yes, no = np.flatnonzero(wanted), np.flatnonzero(~wanted)
    return np.concatenate([no, np.tile(yes, max(1, len(no) // max(1, len(yes))))])


def _gram_matrix(grams: Sequence[Buckets]) -> Any:
    """Return the n-grams of texts as a sparse matrix whose rows have length one."""
    from scipy import sparse  # noqa: PLC0415  only those who train need it

    counts = [len(row) for row in grams]
    data = np.concatenate([np.full(count, 1 / max(1, count) ** 0.5, np.float32) for count in counts])
    places = np.concatenate(grams)
    matrix: Any = sparse.csr_matrix
    return matrix((data, places, np.concatenate([[0], np.cumsum(counts)])), shape=(len(grams), BUCKETS))


def _all_passages(evidence: Sequence[Evidence]) -> tuple[Numbers, npt.NDArray[np.int64]]:
    """Return the vectors of all passages of all texts, and the number of the text that each belongs to."""
    counts = [len(one.encoded.passages) for one in evidence]
    vectors = [one.encoded.passages for one in evidence if len(one.encoded.passages)]
    return np.concatenate(vectors).reshape(-1, WIDTH), np.repeat(np.arange(len(evidence)), counts)


def _digest(examples: Sequence[Example]) -> str:
    lines = sorted(json.dumps([example.text, sorted(example.labels), example.severity]) for example in examples)
    return sha256("\n".join(lines).encode()).hexdigest()
