"""The mask that would hide each identifying passage in place: a neutral word in brackets.

A mask is an offer to the author or a moderator. Nothing here changes what a member wrote; `apply` returns another text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from moderation.screening.reading import Category, Reading

# By the last part of the rule's id.
_WORDS: Final = {
    "phone": "[phone number]",
    "email": "[e-mail]",
    "address": "[address]",
    "postcode": "[address]",
    "name_and_place": "[name]",
    "name": "[name]",
    "at_name": "[account]",
    "account": "[account]",
    "handle": "[account]",
    "birth": "[date of birth]",
    "plate": "[number plate]",
    "bank": "[bank details]",
    "id": "[id number]",
    "ip": "[computer address]",
}
_ANYTHING_ELSE: Final = "[personal detail]"


@dataclass(frozen=True, slots=True)
class Mask:
    """`replacement` would stand in place of the characters `start` to `end` (exclusive) of the author's text."""

    start: int
    end: int
    replacement: str


def masks(text: str, reading: Reading) -> tuple[Mask, ...]:
    """Return the masks for the identifying findings of `reading`, which was made of `text`, in order and without overlap.

    Passages that overlap get one mask, with the word of the longest of them.
    """
    found = sorted(
        (
            Mask(max(0, finding.start), _with_marks(text, finding.end), mask_word(finding.rule))
            for finding in reading.findings
            if finding.category is Category.IDENTIFYING_DATA
        ),
        key=lambda mask: (mask.start, -mask.end),
    )
    merged: list[Mask] = []
    longest = 0
    for mask in found:
        if mask.start >= mask.end:
            continue
        if merged and mask.start < merged[-1].end:
            last = merged[-1]
            word = mask.replacement if mask.end - mask.start > longest else last.replacement
            merged[-1] = Mask(last.start, max(last.end, mask.end), word)
            longest = max(longest, mask.end - mask.start)
        else:
            merged.append(mask)
            longest = mask.end - mask.start
    return tuple(merged)


def apply(text: str, masks: Iterable[Mask]) -> str:
    """Return `text` with `masks` in place; they must be in order and must not overlap, as `masks()` returns them.

    Raises ValueError for masks that overlap or lie outside the text.
    """
    pieces: list[str] = []
    done = 0
    for mask in masks:
        if not done <= mask.start <= mask.end <= len(text):
            raise ValueError(f"the mask {mask.start} to {mask.end} overlaps another or lies outside the text")
        pieces += (text[done : mask.start], mask.replacement)
        done = mask.end
    return "".join((*pieces, text[done:]))


def _with_marks(text: str, end: int) -> int:
    """Return `end` moved over the accents and invisible characters that belong to the last letter before it."""
    while end < len(text) and unicodedata.category(text[end]) in ("Mn", "Me", "Cf"):
        end += 1
    return min(end, len(text))


def mask_word(rule: str) -> str:
    """Return the neutral word that would stand in place of what the rule of an identifying finding found."""
    return _WORDS.get(rule.rsplit(".", 1)[-1], _ANYTHING_ELSE)
