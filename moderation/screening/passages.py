"""Paragraphs and sentences of a folded text, with their offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_SENTENCE = 500  # characters; longer ones are cut between words, which bounds the work per pattern

_BLANK_LINE = re.compile(r"\n[ \t\r]{0,20}\n|\r\n?[ \t]{0,20}\r\n?")
_SENTENCE_END = re.compile(r"[.!?\u2026]{1,10}[\"')\]]{0,3}(?=\s|$)|\n")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:dr|mr|mrs|ms|st|vs|etc|approx|e\.g|i\.e|no|[a-z])\.$")
# Characters in a line that its writer ended; a shorter one may be one sentence broken up, a longer one may be wrapped.
_ENDED_LINE = range(20, 60)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its offsets in the folded text and the number of its paragraph."""

    start: int
    end: int
    paragraph: int


def sentences(plain: str) -> list[Sentence]:
    """Return the sentences of folded, lower-case text in order; none longer than `LONGEST_SENTENCE` characters."""
    found: list[Sentence] = []
    start = 0
    paragraph = 0
    for match in _BLANK_LINE.finditer(plain):
        _split_paragraph(plain, start=start, end=match.start(), paragraph=paragraph, into=found)
        start = match.end()
        paragraph += 1
    _split_paragraph(plain, start=start, end=len(plain), paragraph=paragraph, into=found)
    return found


def _split_paragraph(plain: str, *, start: int, end: int, paragraph: int, into: list[Sentence]) -> None:
    line_start = sentence_start = start
    for match in _SENTENCE_END.finditer(plain, start, end):
        if match.group() == "\n":
            ended = match.start() - line_start in _ENDED_LINE
            line_start = match.end()
            if not ended:
                continue
        elif match.group() == "." and _ABBREVIATION.search(plain, max(start, match.end() - 8), match.end()):
            continue
        _add(plain, start=sentence_start, end=match.end(), paragraph=paragraph, into=into)
        sentence_start = match.end()
    _add(plain, start=sentence_start, end=end, paragraph=paragraph, into=into)


def _add(plain: str, *, start: int, end: int, paragraph: int, into: list[Sentence]) -> None:
    while end - start > LONGEST_SENTENCE:
        cut = plain.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        cut = cut if cut > 0 else start + LONGEST_SENTENCE
        into.append(Sentence(start, cut, paragraph))
        start = cut
    if plain[start:end].strip():
        into.append(Sentence(start, end, paragraph))
