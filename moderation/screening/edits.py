"""A text that is being rewritten, with the way back: every character knows which characters of the original it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# (start, end, new text): that stretch of the text is replaced.
Edit = tuple[int, int, str]


@dataclass(slots=True)
class Rewritten:
    """`text` as rewritten so far; `starts` and `ends` hold for each character the original offsets that it stands for."""

    text: str
    starts: list[int]
    ends: list[int]
    is_changed: bool = False

    @classmethod
    def of(cls, text: str) -> Rewritten:
        """Return `text` with nothing rewritten yet."""
        return cls(text, list(range(len(text))), list(range(1, len(text) + 1)))

    def replace(self, edits: Iterable[Edit]) -> None:
        """Carry out `edits`, which must be in order and must not overlap; linear in the length of the text.

        A new text as long as the old keeps its offsets one by one; any other stands for the whole stretch.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in edits:
            pieces += (self.text[done:start], new)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            if len(new) == end - start:
                starts += self.starts[start:end]
                ends += self.ends[start:end]
            elif new and end > start:
                starts += [self.starts[start]] * len(new)
                ends += [self.ends[end - 1]] * len(new)
            done = end
        if done == 0 and not pieces:
            return
        self.text = "".join((*pieces, self.text[done:]))
        self.starts = starts + self.starts[done:]
        self.ends = ends + self.ends[done:]
        self.is_changed = True
