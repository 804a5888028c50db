"""The replier's nudge: one kind, private line before a reply is sent, where it names, orders or doses another person.

It is read from the reply alone, forgotten at once and never a finding: nobody is scored by vocabulary. Words about oneself,
quotations and titles are left alone, and where somebody may be in danger nobody is told to soften "get out". What it looks
for stands in `lexicon/nudge/en.toml`; replies in other languages get no nudge.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from moderation.screening.lexicon import FOLDER, LexiconError, word_groups
from moderation.screening.normalise import Folded, fold
from moderation.screening.passages import Sentence, sentences
from moderation.screening.pattern_notation import pattern_source

FILE = FOLDER / "nudge" / "en.toml"
LONGEST_READ = 20_000  # characters of a reply that are looked at: about 3,500 words

_QUOTED = re.compile(r"\"[^\"\n]{1,600}\"|(?<!\w)'(?=\w)(?:[^'\n]|'(?=\w)){2,400}'(?!\w)")
_QUOTED_LINE = re.compile(r"^[ \t]{0,3}>.*$", re.MULTILINE)
_PAUSE = re.compile(r"[,;:()!?.\u2026]| - ")
_WORD = re.compile(r"[^\W\d_][\w']*")
_SHORT_WORD = 3  # letters; shorter words are small in titles too
_WITHIN = ("before", "inside", "sentence", "text")
_FIELDS = {
    "entry": {"id", "kind", "patterns", "clause", "third", "general"},
    "except": {"id", "kinds", "within", "patterns"},
}
_NEEDED_GROUPS = ("lead_in", "clause_break", "family")


class Kind(StrEnum):
    """What a nudge is about, the most useful first: of several in one reply, that one is shown."""

    DOSE = "dose"
    LABEL = "label"
    CONTROL = "control"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Nudge:
    """What was noticed: the kind, the offsets of the passage in the reply (end exclusive), and which line to show."""

    kind: Kind
    start: int
    end: int
    line_key: str


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: Kind
    pattern: re.Pattern[str]
    clause: bool
    third: bool
    general: bool


@dataclass(frozen=True, slots=True)
class _Except:
    kinds: frozenset[Kind]
    within: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Grounds:
    """All entries by kind, what rules them out, and the words that tell where a clause begins and whose a "he" is."""

    entries: Mapping[Kind, tuple[_Entry, ...]]
    excepts: tuple[_Except, ...]
    clause_begins: re.Pattern[str]
    clause_break: re.Pattern[str]
    somebody: re.Pattern[str]


@dataclass(frozen=True)
class _Reply:
    """A folded reply with its sentences and the stretches in it that are not the writer's own words."""

    folded: Folded
    sentences: list[Sentence]
    borrowed: list[tuple[int, int]]

    @property
    def plain(self) -> str:
        return self.folded.plain


def nudge(text: str, *, just_listen: bool) -> Nudge | None:
    """Return what the writer of the reply `text` may be told in private, or None; at most one, the most useful.

    `just_listen` says that the author of the story asked to be heard and for nothing else: only then is advice noticed.
    """
    folded = fold(text[:LONGEST_READ])
    borrowed = [match.span() for pattern in (_QUOTED, _QUOTED_LINE) for match in pattern.finditer(folded.plain)]
    reply = _Reply(folded, sentences(folded.plain), borrowed)
    for kind in Kind:
        if kind is Kind.ADVICE and not just_listen:
            continue
        for start, end in _passages(reply, kind=kind, known=grounds()):
            return Nudge(kind, *folded.span(start, end), line_key=str(kind))
    return None


@cache
def grounds() -> Grounds:
    """Return what `lexicon/nudge/en.toml` holds, read once."""
    return load(FILE)


def load(path: Path) -> Grounds:
    """Return what a nudge file holds; raises LexiconError naming the file and the entry that is wrong."""
    content = _read(path)
    groups = {**word_groups(FOLDER / "en"), **_own_groups(content, file=path.name)}
    for name in _NEEDED_GROUPS:
        if name not in groups:
            raise LexiconError(f"{path.name}: there is no word group {name}")
    entries = [_entry(table, groups=groups, file=path.name) for table in _tables(content, "entry", file=path.name)]
    excepts = [_except(table, groups=groups, file=path.name) for table in _tables(content, "except", file=path.name)]
    lead_in, clause_break, family = (
        _compiled(["{" + name + "}"], name=name, groups=groups, file=path.name).pattern for name in _NEEDED_GROUPS
    )
    return Grounds(
        entries={kind: tuple(entry for entry in entries if entry.kind is kind) for kind in Kind},
        excepts=tuple(excepts),
        clause_begins=re.compile(
            rf"(?:^|{_PAUSE.pattern}|[\"'-]|{clause_break})\W{{0,3}}(?:{lead_in}\W{{0,3}}){{0,5}}$"
        ),
        clause_break=re.compile(clause_break),
        somebody=re.compile(rf"\b(my|our|your)(?: [a-z-]{{1,14}}){{0,2}}? {family}"),
    )


def _passages(reply: _Reply, *, kind: Kind, known: Grounds) -> Iterator[tuple[int, int]]:
    """Yield the folded offsets of what is noticed, in order of place."""
    excepts = [one for one in known.excepts if kind in one.kinds]
    if any(one.within == "text" and one.pattern.search(reply.plain) for one in excepts):
        return
    for sentence in reply.sentences:
        found = [
            match.span()
            for entry in known.entries[kind]
            for match in entry.pattern.finditer(reply.plain, sentence.start, sentence.end)
            if _counts(reply, sentence, match, entry=entry, known=known)
            and not any(_rules_out(one, reply, sentence, match) for one in excepts)
        ]
        yield from sorted(found)


def _counts(reply: _Reply, sentence: Sentence, match: re.Match[str], *, entry: _Entry, known: Grounds) -> bool:
    """Return whether the words are the writer's own, stand where the entry asks for, and mean somebody of the reader's."""
    start, end = match.span()
    if any(first < end and start < last for first, last in reply.borrowed) or _is_title(reply.folded.cased[start:end]):
        return False
    if entry.clause and not known.clause_begins.search(reply.plain[sentence.start : start]):
        return False
    return not (entry.third and _is_of_writer(reply.plain[:start], known=known))


def _rules_out(one: _Except, reply: _Reply, sentence: Sentence, match: re.Match[str]) -> bool:
    start, end = match.span()
    if one.within == "before":
        before = reply.plain[sentence.start : start]
        return one.pattern.search(_PAUSE.split(before)[-1].lstrip()) is not None
    if one.within == "inside":
        return one.pattern.search(reply.plain, max(sentence.start, start - 1), min(sentence.end, end + 20)) is not None
    return one.within == "sentence" and one.pattern.search(reply.plain, sentence.start, sentence.end) is not None


def _is_of_writer(before: str, *, known: Grounds) -> bool:
    """Return whether the person named last is the writer's ("my brother"), so that "he" is too."""
    named = [match.group(1) for match in known.somebody.finditer(before)]
    return bool(named) and named[-1] != "your"


def _is_title(passage: str) -> bool:
    """Return whether the passage is written as titles are, each longer word with a capital."""
    words = _WORD.findall(passage)
    longer = [word for word in words if len(word) > _SHORT_WORD]
    capitals = [word for word in words if word[0].isupper() and not word.isupper()]
    return len(capitals) > 1 and all(word in capitals for word in longer)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path.name}: {error}") from error
    unknown = sorted(set(content) - {"groups", *_FIELDS})
    if unknown:
        raise LexiconError(f"{path.name}: unknown table {unknown[0]}; expected groups, [[entry]] or [[except]]")
    return content


def _own_groups(content: dict[str, Any], *, file: str) -> dict[str, str]:
    groups = content.get("groups", {})
    if not isinstance(groups, dict) or not all(isinstance(words, str) and words for words in groups.values()):
        raise LexiconError(f"{file}: [groups] must hold texts in quotes")
    return groups


def _tables(content: dict[str, Any], kind: str, *, file: str) -> list[dict[str, Any]]:
    """Return the tables of `kind` after checking that each has an id of its own and no field that is not known."""
    tables = content.get(kind, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise LexiconError(f"{file}: write [[{kind}]] in double brackets")
    seen: set[str] = set()
    for table in tables:
        name = table.get("id")
        if not isinstance(name, str) or not name:
            raise LexiconError(f"{file}: a [[{kind}]] has no id")
        if name in seen:
            raise LexiconError(f"{file}: the id {name} is used twice")
        unknown = sorted(set(table) - _FIELDS[kind])
        if unknown:
            raise LexiconError(f"{file}: {name}: unknown field {', '.join(unknown)}")
        seen.add(name)
    return tables


def _entry(table: dict[str, Any], *, groups: Mapping[str, str], file: str) -> _Entry:
    flags = {name: table.get(name, False) for name in ("clause", "third", "general")}
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise LexiconError(f"{file}: {table['id']}: {name} is {value!r}; expected true or false")
    return _Entry(
        kind=_kind(table.get("kind"), name=table["id"], file=file),
        pattern=_compiled(table.get("patterns"), name=table["id"], groups=groups, file=file),
        **flags,
    )


def _except(table: dict[str, Any], *, groups: Mapping[str, str], file: str) -> _Except:
    within = table.get("within")
    if within not in _WITHIN:
        raise LexiconError(f"{file}: {table['id']}: within is {within!r}; expected one of {', '.join(_WITHIN)}")
    kinds = table.get("kinds", list(Kind))
    if not isinstance(kinds, list):
        raise LexiconError(f"{file}: {table['id']}: kinds must be a list")
    return _Except(
        kinds=frozenset(_kind(kind, name=table["id"], file=file) for kind in kinds),
        within=within,
        pattern=_compiled(table.get("patterns"), name=table["id"], groups=groups, file=file),
    )


def _kind(value: Any, *, name: str, file: str) -> Kind:
    if value not in list(Kind):
        raise LexiconError(f"{file}: {name}: kind is {value!r}; expected one of {', '.join(Kind)}")
    return Kind(value)


def _compiled(patterns: Any, *, name: str, groups: Mapping[str, str], file: str) -> re.Pattern[str]:
    """Return one regular expression for all of `patterns`."""
    if not isinstance(patterns, list) or not patterns or not all(isinstance(one, str) and one for one in patterns):
        raise LexiconError(f"{file}: {name}: patterns must be a list of texts in quotes")
    sources: list[str] = []
    for pattern in patterns:
        try:
            sources.append(pattern_source(pattern, groups=groups))
            re.compile(sources[-1])
        except (ValueError, re.error) as error:
            raise LexiconError(f"{file}: {name}: pattern {pattern!r}: {error}") from error
    return re.compile("|".join(sources))
