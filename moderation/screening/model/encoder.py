"""Meaning as numbers: one vector for a text and one for each of its passages, from a small sentence encoder on this machine.

The encoder reads up to 254 tokens at once; a longer text is read in pieces that end between passages. Every token's vector is
made knowing its neighbours, so a passage's vector is the mean of its own tokens, and reading passages costs nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from moderation.screening.model.files import GRAPH_FILE, TOKENIZER_FILE

Vectors = npt.NDArray[np.float32]
Span = tuple[int, int]

# Without the marks at both ends. The encoder was trained on texts of up to 256 tokens (its publishers' figure).
LONGEST_PIECE = 254
# Some 5,000 words; what lies beyond is left to patterns and n-grams, which read all.
MOST_TOKENS = 8_000
LAYERS = 3  # states of as many layers stand side by side in a token's vector
WIDTH = LAYERS * 384
_BEGIN, _END = 101, 102  # [CLS] and [SEP] of BERT's vocabulary


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's own vector, and one for each passage; the part of each layer has length one (zero where nothing was read)."""

    whole: Vectors
    passages: Vectors


class Encoder:
    """The sentence encoder in `folder`; raises OSError where its files are missing and ImportError where its packages are."""

    def __init__(self, folder: Path) -> None:
        graph, vocabulary = folder / GRAPH_FILE, folder / TOKENIZER_FILE
        for path in (graph, vocabulary):
            if not path.is_file():
                raise FileNotFoundError(f"{path.name} is not in {folder}")
        # Both are optional parts: where they are missing, screening goes on without meaning and says so.
        import onnxruntime  # noqa: PLC0415
        import tokenizers  # noqa: PLC0415

        runtime: Any = onnxruntime
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = runtime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._tokenizer = tokenizers.Tokenizer.from_file(str(vocabulary))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def encode(self, text: str, passages: Sequence[Span]) -> Encoded:
        """Return the vectors of `text` and of `passages`, given as offsets into it, in order of their beginnings."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids = encoding.ids[:MOST_TOKENS]
        starts = np.array([offset[0] for offset in encoding.offsets[:MOST_TOKENS]], dtype=np.int64)
        if not ids:
            return Encoded(np.zeros(WIDTH, np.float32), np.zeros((len(passages), WIDTH), np.float32))
        tokens, marks = self._tokens(ids, cuts=_cuts(starts, passages))
        whole = _unit((tokens.sum(axis=0) + marks)[np.newaxis])[0]
        bounds = [(int(np.searchsorted(starts, first)), int(np.searchsorted(starts, last))) for first, last in passages]
        means = [tokens[first:last].sum(axis=0) for first, last in bounds]
        return Encoded(whole, _unit(np.array(means, np.float32).reshape(-1, WIDTH)))

    def _tokens(self, ids: list[int], *, cuts: list[int]) -> tuple[Vectors, Vectors]:
        """Return the vector of every token, and the sum of those of the marks around the pieces."""
        found: list[Vectors] = []
        marks = np.zeros(WIDTH, np.float32)
        for first, last in zip([0, *cuts], [*cuts, len(ids)], strict=True):
            piece = np.array([[_BEGIN, *ids[first:last], _END]], dtype=np.int64)
            out: Any = self._session.run(None, {"ids": piece, "mask": np.ones_like(piece)})[0]
            found.append(out[0, 1:-1])
            marks += out[0, 0] + out[0, -1]
        return np.concatenate(found), marks


def _cuts(starts: npt.NDArray[np.int64], passages: Sequence[Span]) -> list[int]:
    """Return the token numbers at which new pieces begin: at the last passage that begins in reach, else at the limit."""
    cuts: list[int] = []
    beginnings = np.unique(np.searchsorted(starts, [first for first, _ in passages]))
    done = 0
    while len(starts) - done > LONGEST_PIECE:
        limit = done + LONGEST_PIECE
        within = beginnings[(beginnings > done + LONGEST_PIECE // 2) & (beginnings <= limit)]
        done = int(within[-1]) if len(within) else limit
        cuts.append(done)
    return cuts


def _unit(vectors: Vectors) -> Vectors:
    """Return the vectors with the part of each layer brought to length one."""
    parts = vectors.reshape(len(vectors), LAYERS, WIDTH // LAYERS)
    lengths = np.linalg.norm(parts, axis=2, keepdims=True)
    return np.asarray((parts / np.where(lengths == 0, 1, lengths)).reshape(len(vectors), WIDTH), np.float32)
