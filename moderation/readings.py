"""What screening reads of a post, and what it found, as kept with a case."""

import re
from dataclasses import dataclass
from itertools import pairwise

from core.markup import FoldSpan
from forums.models import Post
from moderation.models import Case
from moderation.screening.reading import Finding, Reading

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True, slots=True)
class ScreenedWords:
    """The text that is read: an opening's title stands above its body, so that a title cannot hide a cry for help."""

    text: str
    body_start: int

    @classmethod
    def of(cls, post: Post) -> "ScreenedWords":
        """Return the words of `post` (its thread is read for an opening)."""
        if not post.is_opening:
            return cls(post.body, 0)
        head = f"{post.thread.title}\n\n"
        return cls(head + post.body, len(head))

    def fold_over(self, finding_start: int, finding_end: int, line: str) -> FoldSpan | None:
        """Return the fold of a passage given in this text's offsets; None for one in the title, which cannot fold."""
        start = max(finding_start - self.body_start, 0)
        end = finding_end - self.body_start
        return FoldSpan(start, end, line) if end > start else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the screened words: `findings` is empty where nothing was found."""

    text: str
    start: int
    end: int
    findings: tuple[Finding, ...]

    @property
    def severity(self) -> int:
        """The highest severity found here, 0 for none."""
        return max((finding.severity for finding in self.findings), default=0)


def passages(words: ScreenedWords, reading: Reading | None) -> list[Passage]:
    """Cut the screened words into stretches, so that each flagged one can be marked; joined again they are the text."""
    findings = reading.findings if reading is not None else ()
    edges = sorted({0, len(words.text), *(f.start for f in findings), *(f.end for f in findings)})
    cut = []
    for start, end in pairwise(edges):
        found = tuple(f for f in findings if f.start <= start and f.end >= end)
        cut.append(Passage(words.text[start:end], start, end, found))
    return cut


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return start and end (exclusive) of each paragraph of `text`: what blank lines separate."""
    edges = [0]
    for match in _BLANK_LINES.finditer(text):
        edges += match.span()
    edges.append(len(text))
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if text[start:end].strip()]


def latest_reading(case: Case) -> Reading | None:
    """Return the latest reading of the case, None when screening failed on it."""
    kept = case.readings.order_by("-pk").first()
    return Reading.from_dict(kept.content) if kept is not None else None
