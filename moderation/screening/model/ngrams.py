"""Words and pieces of words as numbers: what the reading by n-grams counts. Nothing but the standard library and numpy."""

from __future__ import annotations

import re
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKETS = 1 << 16
_WORD = re.compile(r"[\w$£€]{1,30}(?:'[\w]{1,4})?")
_PIECES = (3, 4, 5)  # letters; pieces carry over misspellings and endings
_MOST_WORDS = 6_000

Buckets = npt.NDArray[np.int64]


def buckets(plain: str) -> Buckets:
    """Return the numbers (0 to `BUCKETS` - 1, each once, in order) of the words, pairs of words and pieces of words in folded text."""
    words = _WORD.findall(plain)[:_MOST_WORDS]
    grams: set[str] = set(words)
    grams.update(f"{first} {second}" for first, second in pairwise(words))
    for word in set(words):
        padded = f"<{word}>"
        for size in _PIECES:
            grams.update("~" + padded[at : at + size] for at in range(len(padded) - size + 1))
    return np.unique(np.array([crc32(gram.encode()) & (BUCKETS - 1) for gram in grams], dtype=np.int64))
