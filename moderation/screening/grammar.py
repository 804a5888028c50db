"""How a language says when, who, "not", "as if" and "they say": the words looked for around a match, from `grammar.toml`.

Every language has every entry. An entry holds pieces in the notation of the patterns, of which any may stand; how they are
framed (anywhere, at the beginning of a sentence, right before the matched words) belongs to what the entry is for and is
written here, beside its name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from moderation.screening.language import ENGLISH
from moderation.screening.lexicon import FOLDER, LexiconError, word_groups
from moderation.screening.pattern_notation import pattern_source, piece_source

FILE = "grammar.toml"

_ANYWHERE = r"\b(?:{pieces})\b"
_AT_BEGINNING = r"^\W{{0,3}}(?:{pieces})"
_JUST_BEFORE = r"\b(?:{pieces})$"
_CLAUSE_END = r"[,;:()]| - |\b(?:{pieces})\b"
_AFTER_A_PAUSE = r"[,:] .{{0,80}}\b(?:{pieces})\b"
_SPOKEN = r"\b(?:{first})\b.{{0,40}}\b(?:{pieces})\b"
_ASKED_AT_BEGINNING = r"^\W{{0,3}}(?:{pieces})\b.{{0,400}}\?"
_OR_A_LAUGHING_FACE = r"\b(?:{pieces})\b|😂|🤣"


_FRAMES = {
    "past_after": _AT_BEGINNING,
    "announced": _JUST_BEFORE,
    "asked": _JUST_BEFORE,
    "clause_end": _CLAUSE_END,
    "said_by_other": _SPOKEN,
    "announces": _AFTER_A_PAUSE,
    "generic": _AT_BEGINNING,
    "joke": _OR_A_LAUGHING_FACE,
    "people_who": _AT_BEGINNING,
    "question": _ASKED_AT_BEGINNING,
}  # every other entry may stand anywhere
_MADE = ("any_subject", "idioms", "close", "child", "friend")  # of other entries and of other files


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled entries of one language; `grammar.toml` says what each is for."""

    past: re.Pattern[str]
    past_after: re.Pattern[str]
    now: re.Pattern[str]
    recent: re.Pattern[str]
    present: re.Pattern[str]
    announced: re.Pattern[str]
    recovery: re.Pattern[str]
    negation: re.Pattern[str]
    no_negation: re.Pattern[str]
    asked: re.Pattern[str]
    clause_end: re.Pattern[str]
    lyric: re.Pattern[str]
    said_by_other: re.Pattern[str]
    first_person: re.Pattern[str]
    writer_acts: re.Pattern[str]
    subject: re.Pattern[str]
    own_subject: re.Pattern[str]
    other_subject: re.Pattern[str]
    others: re.Pattern[str]
    bare_other: re.Pattern[str]
    announces: re.Pattern[str]
    you: re.Pattern[str]
    mine: re.Pattern[str]
    supervised: re.Pattern[str]
    teaching: re.Pattern[str]
    generic: re.Pattern[str]
    dreaded: re.Pattern[str]
    joke: re.Pattern[str]
    not_a_joke: re.Pattern[str]
    reported: re.Pattern[str]
    condition: re.Pattern[str]
    people_who: re.Pattern[str]
    question: re.Pattern[str]
    common_talk: re.Pattern[str]
    writer: re.Pattern[str]
    reader: re.Pattern[str]
    hard: re.Pattern[str]
    person: re.Pattern[str]
    # Made of the above and of the word groups and idioms of the language.
    any_subject: re.Pattern[str]
    idioms: re.Pattern[str]
    close: re.Pattern[str]
    child: re.Pattern[str]
    friend: re.Pattern[str]


@cache
def grammar(language: str = ENGLISH) -> Grammar:
    """Return the grammar of this package for `language` (the name of its folder), read once."""
    return load(FOLDER / language)


def load(folder: Path) -> Grammar:
    """Return the grammar in `folder`; raises LexiconError naming the file and the entry that is wrong."""
    groups = word_groups(folder)
    entries = _read(folder / FILE)
    framed = {entry.name: _FRAMES.get(entry.name, _ANYWHERE) for entry in fields(Grammar) if entry.name not in _MADE}
    for kind, names in (("unknown", set(entries) - set(framed)), ("missing", set(framed) - set(entries))):
        if names:
            raise LexiconError(f"{FILE}: {kind} entry [{min(names)}]")
    compiled = {name: _compiled(entries[name], name=name, frame=frame, groups=groups) for name, frame in framed.items()}
    nouns = {name: _nouns(name, groups=groups) for name in ("close", "child", "friend")}
    any_subject = re.compile(f"{compiled['own_subject'].pattern}|{compiled['other_subject'].pattern}")
    return Grammar(**compiled, any_subject=any_subject, idioms=_idioms(folder / "idioms.txt", groups=groups), **nouns)


def _compiled(entry: Any, *, name: str, frame: str, groups: Mapping[str, str]) -> re.Pattern[str]:
    expected = {"pieces", "first"} if "{first}" in frame else {"pieces"}
    if not isinstance(entry, dict) or set(entry) != expected:
        raise LexiconError(f"{FILE}: [{name}]: expected {' and '.join(sorted(expected))}, and nothing else")
    parts: dict[str, str] = {}
    for part, pieces in entry.items():
        if not isinstance(pieces, list) or not pieces or not all(isinstance(piece, str) and piece for piece in pieces):
            raise LexiconError(f"{FILE}: [{name}]: {part} must be a list of words")
        parts[part] = "|".join(_piece(piece, name=name, groups=groups) for piece in pieces)
    return re.compile(frame.format(**parts))


def _piece(piece: str, *, name: str, groups: Mapping[str, str]) -> str:
    try:
        source = piece_source(piece, groups=groups)
        re.compile(source)
    except (ValueError, re.error) as error:
        raise LexiconError(f"{FILE}: [{name}]: piece {piece!r}: {error}") from error
    return source


def _nouns(group: str, *, groups: Mapping[str, str]) -> re.Pattern[str]:
    if group not in groups:
        raise LexiconError(f"words.toml: there is no word group {group}")
    return re.compile(pattern_source(f"{{{group}}}", groups=groups))


def _idioms(path: Path, *, groups: Mapping[str, str]) -> re.Pattern[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path.name}: {error}") from error
    sources: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            sources.append(pattern_source(line, groups=groups))
            re.compile(sources[-1])
        except (ValueError, re.error) as error:
            raise LexiconError(f"{path.name}, line {number}: {error}") from error
    return re.compile("|".join(sources))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path.name}: {error}") from error
