"""Emoji that say something: "selling 💊", or a post of nothing but 🔫😔. What they are read as stands in `emoji.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moderation.screening.edits import Edit

FILE = Path(__file__).with_name("emoji.toml")
_MOST_WORDS = 5  # in a line whose emoji may speak for themselves
_SIGN = r"\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff"
_ANY_SIGN = re.compile(rf"[{_SIGN}]")
_RUN = re.compile(rf"[{_SIGN}](?:[ ,.!?\u200d\ufe0f]{{0,3}}[{_SIGN}]){{0,400}}")
_WORD = re.compile(r"[^\W_]{1,40}")
_LONGEST_LEAD = 24  # characters before a sign in which the words of `after` are looked for
_LONGEST_LINE = 400  # characters of a line whose emoji may speak for themselves


class EmojiError(ValueError):
    """`emoji.toml` holds something that cannot be used; the message names the entry."""


@dataclass(frozen=True, slots=True)
class _Noun:
    reads: str
    after: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Phrase:
    reads: str
    signs: tuple[frozenset[str], ...]
    least: int  # so many signs of the first group


@dataclass(frozen=True, slots=True)
class _Table:
    nouns: dict[str, _Noun]
    phrases: tuple[_Phrase, ...]


def emoji_edits(plain: str) -> list[Edit]:
    """Return the replacements, in order, of the emoji in `plain` (lower case, variation marks removed) that say something."""
    if not _ANY_SIGN.search(plain):
        return []
    edits: list[Edit] = []
    start = 0
    for line in plain.split("\n"):
        if _ANY_SIGN.search(line):
            phrase = _phrase_in(line)
            found = [phrase] if phrase else _nouns_in(line)
            edits += [(start + first, start + last, reads) for first, last, reads in found]
        start += len(line) + 1
    return edits


def _phrase_in(line: str) -> Edit | None:
    """Return the replacement for the emoji of a line that has little else."""
    if len(line) > _LONGEST_LINE or len(_WORD.findall(line)) > _MOST_WORDS:
        return None
    for run in _RUN.finditer(line):
        signs = _ANY_SIGN.findall(run.group())
        for phrase in _table().phrases:
            if sum(sign in phrase.signs[0] for sign in signs) < phrase.least:
                continue
            if all(group.intersection(signs) for group in phrase.signs):
                # A sentence of its own, whatever stands beside it.
                return (*run.span(), f"{'. ' if run.start() else ''}{phrase.reads}. ")
    return None


def _nouns_in(line: str) -> list[Edit]:
    found: list[Edit] = []
    nouns = _table().nouns
    for run in _RUN.finditer(line):
        noun = nouns.get(run.group()[0])
        if noun is not None and noun.after.search(line, max(0, run.start() - _LONGEST_LEAD), run.start()):
            same = len(run.group()) - len(run.group().lstrip(run.group()[0]))
            space = "" if line[run.start() - 1 : run.start()] == " " else " "
            found.append((run.start(), run.start() + same, f"{space}{noun.reads} "))
    return found


@cache
def _table() -> _Table:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    nouns: dict[str, _Noun] = {}
    for entry in content.get("noun", []):
        words, after = _reads(entry, kind="noun", fields={"signs", "reads", "after"}), "|".join(entry["after"])
        for sign in entry["signs"]:
            nouns[_one(sign)] = _Noun(words, re.compile(rf"(?<!\w)(?:{after}) ?$"))
    phrases = []
    for entry in content.get("phrase", []):
        words = _reads(entry, kind="phrase", fields={"signs", "reads", "least"})
        signs = tuple(frozenset(map(_one, group)) for group in entry["signs"])
        phrases.append(_Phrase(words, signs, int(entry.get("least", 1))))
    return _Table(nouns, tuple(phrases))


def _reads(entry: dict[str, object], *, kind: str, fields: set[str]) -> str:
    reads = entry.get("reads")
    missing = (fields - {"least"}) - set(entry)
    if not isinstance(reads, str) or not reads or missing or set(entry) - fields:
        raise EmojiError(f"{FILE.name}: [[{kind}]] {reads!r}: expected {', '.join(sorted(fields))}")
    return reads


def _one(sign: str) -> str:
    if len(sign) != 1 or not _ANY_SIGN.fullmatch(sign):
        raise EmojiError(f"{FILE.name}: {sign!r} is not one sign")
    return sign
