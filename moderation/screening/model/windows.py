"""Passages for reading by meaning: a few sentences each, since danger is often told in one sentence of a long story."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from moderation.screening.passages import Sentence

_FEWEST = 40  # characters; shorter sentences are read together with the next
_MOST = 1_000  # passages of one text; more would be a list, not a story


def windows(sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the passages of a text as offsets: every sentence with its short neighbours, and every two such side by side."""
    singles: list[tuple[int, int]] = []
    start: int | None = None
    for sentence in sentences:
        start = sentence.start if start is None else start
        if sentence.end - start >= _FEWEST:
            singles.append((start, sentence.end))
            start = None
    if start is not None:
        singles.append((start, sentences[-1].end))
    pairs = [(first[0], second[1]) for first, second in pairwise(singles)]
    return sorted([*singles, *pairs])[:_MOST]
