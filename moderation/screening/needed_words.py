"""Which words a sentence must hold before a pattern can match there, read off the pattern itself.

A lexicon has thousands of patterns and a sentence a dozen words, so nearly every pattern can be ruled out without trying it. For
each pattern this finds word groups of which one word each must stand in the sentence, whatever else the pattern says. It only
ever rules out what cannot match: what it does not understand asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

# The library's own parser: what it makes of a pattern is by definition what the pattern means.
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_NEEDS = 4  # word groups kept for a pattern, the rarest ones
_MOST_TEXTS = 600  # alternatives that are followed at once; beyond them a piece counts as unknown
_LONGEST_PIECE = 31  # characters of a token

# What a pattern can match is followed as texts in which " " ends a word, _MORE is any end of a word, _ANY is anything at all.
_MORE, _ANY = "\0", "\1"
_RUN = object()  # marks a run of plain characters among the items of a parsed pattern
_TOKEN = re.compile(r"[^\W_]{1,31}(?:['$£€][^\W_]{0,31}){0,12}")
_INSIDE = re.compile(r"['$£€]")
# How often a word of so many letters stands in a sentence: only to choose the rarer of two.
_OFTEN = (1.0, 0.2, 0.15, 0.06, 0.03, 0.01, 0.006, 0.003)

Texts = frozenset[str]
_NOTHING: Texts = frozenset({""})
_UNKNOWN: Texts = frozenset({_ANY})
_BREAK: Texts = frozenset({" "})


@dataclass(frozen=True, slots=True)
class Need:
    """Words of which one must stand in the sentence: as a `whole` word, or as the beginning (`begins`) of one."""

    whole: frozenset[str]
    begins: frozenset[str]

    @property
    def frequency(self) -> float:
        """A rough guess at how often a sentence has one of the words, to compare needs with one another."""
        return sum(_OFTEN[min(len(word), 7)] for word in (*self.whole, *self.begins))


def needs_of(pattern: re.Pattern[str]) -> tuple[Need, ...]:
    """Return at most `MOST_NEEDS` needs of `pattern`, rarest first; none for a pattern that is not understood."""
    if pattern.flags & (re.IGNORECASE | re.VERBOSE):
        return ()
    needs: set[Need] = set()
    texts = _NOTHING
    for item in _with_runs(_flat(parser.parse(pattern.pattern))):
        more = _texts(item)
        longer = _joined(texts, more)
        if longer == _UNKNOWN or len(longer) > _MOST_TEXTS:
            needs.update(_needs_in(texts))
            longer = _joined(_BREAK if _all_end(texts) else _UNKNOWN, more)
        texts = longer
        if _all_end(texts):
            needs.update(_needs_in(texts))
            texts = _BREAK
    needs.update(_needs_in(texts))
    return tuple(sorted(needs, key=lambda need: (need.frequency, sorted(need.whole | need.begins)))[:MOST_NEEDS])


@lru_cache(maxsize=16384)
def pieces_of(token: str) -> frozenset[str]:
    """Return the words that a pattern may find in `token`: an apostrophe or a currency sign joins or parts its pieces."""
    parts = [part for part in _INSIDE.split(token) if part]
    return frozenset(
        "".join(parts[first:last]) for first in range(len(parts)) for last in range(first + 1, len(parts) + 1)
    )


def tokens_of(sentence: str) -> set[str]:
    """Return the different tokens of a folded sentence."""
    return set(_TOKEN.findall(sentence))


def _flat(items: Iterable[Any]) -> Iterable[Any]:
    """Yield the items of a parsed pattern with plain groups opened, since each of their items must match."""
    for item in items:
        if item[0] is ops.SUBPATTERN:
            yield from _flat(item[1][3])
        elif item[0] is ops.ATOMIC_GROUP:
            yield from _flat(item[1])
        else:
            yield item


def _texts(item: Any) -> Texts:
    """Return the texts that one item can match."""
    kind, value = item
    if kind is _RUN:
        return frozenset({_simple(value)})
    if kind is ops.IN:
        return _of_class(value)
    if kind is ops.BRANCH:
        return _checked(frozenset[str]().union(*(_sequence(option) for option in value[1])))
    if kind is ops.SUBPATTERN:
        return _sequence(value[3])
    if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        return _repeated(_sequence(value[2]), least=int(value[0]), most=int(value[1]))
    if kind is ops.ASSERT_NOT:
        # "No letter beside this" ends or begins a word; other conditions take nothing away.
        return _BREAK if list(value[1]) == [(ops.IN, [(ops.CATEGORY, ops.CATEGORY_WORD)])] else _NOTHING
    if kind in (ops.AT, ops.ASSERT):
        return _NOTHING
    return _UNKNOWN


def _sequence(items: Iterable[Any]) -> Texts:
    texts = _NOTHING
    for item in _with_runs(items):
        texts = _joined(texts, _texts(item))
    return texts


def _with_runs(items: Iterable[Any]) -> Iterable[Any]:
    """Yield the items with each run of plain characters as one, so that it is joined once."""
    run = ""
    for item in items:
        if item[0] is ops.LITERAL:
            run += _of_character(chr(item[1]))
            continue
        if run:
            yield _RUN, run
            run = ""
        yield item
    if run:
        yield _RUN, run


def _of_character(character: str) -> str:
    if character == "'":
        return ""  # it may be missing, and words are compared without
    return character if character.isalnum() else " "


def _of_class(members: Sequence[Any]) -> Texts:
    """Return the texts of a character class: its members when they are few, else any part of a word, a break, or anything."""
    characters: set[str] = set()
    for kind, value in members:
        if kind is ops.LITERAL:
            characters.add(_of_character(chr(value)))
        elif kind is ops.RANGE and value[1] - value[0] < 10:
            characters |= {_of_character(chr(code)) for code in range(value[0], value[1] + 1)}
        elif (kind is ops.RANGE and all(chr(code).isalnum() for code in range(value[0], value[1] + 1))) or (
            kind is ops.CATEGORY and value in (ops.CATEGORY_WORD, ops.CATEGORY_DIGIT)
        ):
            characters.add(_MORE)
        elif kind is ops.CATEGORY and value in (ops.CATEGORY_NOT_WORD, ops.CATEGORY_SPACE):
            characters.add(" ")
        else:
            return _UNKNOWN
    if _MORE in characters:
        # Signs that may stand in a word part it at most; a class with both can end a word, so nothing is known after it.
        return frozenset({_MORE}) if " " not in characters else _UNKNOWN
    return frozenset(characters)


def _repeated(texts: Texts, *, least: int, most: int) -> Texts:
    if most <= 1:
        return texts | _NOTHING if least == 0 else texts
    if all(text.strip(" ") == "" and text for text in texts):
        return _BREAK if least else _BREAK | _NOTHING
    if all(" " not in text and _ANY not in text for text in texts):
        return frozenset({_MORE}) if least == 0 else _joined(texts, frozenset({_MORE}))
    begin = " " if all(text.startswith(" ") for text in texts) else ""
    many = frozenset({f"{begin}{_ANY}{' ' if _all_end(texts) else ''}"})
    return many | _NOTHING if least == 0 else many


def _joined(texts: Texts, more: Texts) -> Texts:
    if len(texts) * len(more) > 4 * _MOST_TEXTS:
        return _UNKNOWN
    if texts is _NOTHING or more is _NOTHING:
        return more if texts is _NOTHING else texts
    return _checked(frozenset(_simple(one + other) for one in texts for other in more))


def _simple(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _checked(texts: Texts) -> Texts:
    return texts if len(texts) <= 4 * _MOST_TEXTS else _UNKNOWN


def _all_end(texts: Texts) -> bool:
    return all(text.endswith(" ") for text in texts)


def _needs_in(texts: Texts) -> Iterable[Need]:
    """Yield needs of which each takes one word of every text, the longest words first."""
    left = [sorted(_words(text), key=lambda word: -len(word[0])) for text in texts]
    while all(left):
        taken = [words.pop(0) for words in left]
        yield Need(
            whole=frozenset(word for word, is_whole in taken if is_whole),
            begins=frozenset(word for word, is_whole in taken if not is_whole),
        )


def _words(text: str) -> list[tuple[str, bool]]:
    """Return the words that surely stand in `text`, each with whether it is whole. What is before the first break is not sure."""
    found: list[tuple[str, bool]] = []
    segments = text.split(" ")
    for number, segment in enumerate(segments[1:], start=1):
        word = re.split(rf"[{_MORE}{_ANY}]", segment, maxsplit=1)[0][:_LONGEST_PIECE]
        if word:
            found.append((word, number < len(segments) - 1 and word == segment))
    return found
