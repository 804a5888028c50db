"""Loads the lexicon: readable patterns in `lexicon/<language>/*.toml`, one file per category, compiled once.

The notation of a pattern stands in `pattern_notation.py`. An operator may keep entries of their own in a second folder of the
same shape: they are added to the shipped ones, never put in their place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from moderation.screening.language import ENGLISH, KNOWN
from moderation.screening.pattern_notation import pattern_keys, pattern_source, says_no
from moderation.screening.reading import Category, Who

FOLDER = Path(__file__).with_name("lexicon")
AUTO = "auto"  # the person is read from the words around the match
WORDS = "words.toml"
GRAMMAR = "grammar.toml"
LOWEST_FIXED = 3  # a shipped entry of this severity or above cannot be switched off

_FIELDS = {
    "rule": {"id", "category", "severity", "patterns", "reason", "who", "negation", "past", "needs", "usually"},
    "part": {"id", "patterns", "negation"},
    "combination": {
        "id",
        "category",
        "severity",
        "reason",
        "all",
        "two_of",
        "some",
        "within",
        "who",
        "mark",
        "without",
        "past",
        "negation",
    },
    "off": {"id", "why"},
}
_WITHIN = ("sentence", "near", "text")


class LexiconError(ValueError):
    """A lexicon file holds something that cannot be used; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern entry. A part of a combination has no category and makes no finding by itself."""

    id: str
    category: Category | None
    severity: int
    past: int
    who: str
    negation: bool
    needs: bool
    usually_past: bool
    reason: str
    patterns: tuple[re.Pattern[str], ...]
    keys: tuple[tuple[str, ...], ...]
    says_no: tuple[bool, ...]  # by pattern: whether a "not" is part of what it looks for


@dataclass(frozen=True, slots=True)
class Combination:
    """Parts that mean something only together: all of `all`, and enough of each group in `some`, within reach.

    A group of `some` is its parts and how many different ones of them must be there; `two_of` in a file is a group of two.
    """

    id: str
    category: Category
    severity: int
    past: int
    who: str
    negation: bool
    reason: str
    all: tuple[str, ...]
    some: tuple[tuple[tuple[str, ...], int], ...]
    without: tuple[str, ...]
    within: str
    mark: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that may make it up, the marked one first."""
        return (self.mark, *self.all, *(part for group, _ in self.some for part in group))


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All rules and combinations, with the index from key to `(rule number, pattern number)`."""

    rules: tuple[Rule, ...]
    combinations: tuple[Combination, ...]
    index: dict[str, frozenset[tuple[int, int]]]
    longest_key: int
    needy: frozenset[str]  # ids of the rules that count only beside another finding of their category

    @property
    def entries(self) -> tuple[Rule | Combination, ...]:
        """The rules, parts among them, and the combinations."""
        return (*self.rules, *self.combinations)


class _Chosen:
    """The lexicon in use: the shipped one, or one with an operator's entries."""

    with_own: Mapping[str, Lexicon] = {}


def lexicon(language: str = ENGLISH) -> Lexicon:
    """Return the lexicon in use for `language`: the shipped one with what `use_lexicon` added."""
    return _Chosen.with_own.get(language) or shipped(language)


@cache
def shipped(language: str = ENGLISH) -> Lexicon:
    """Return the lexicon of this package for `language` (the name of its folder), read once."""
    return load(FOLDER / language)


def lexicon_for(language: str, extra: Path | None) -> Lexicon:
    """Return the shipped lexicon for `language` with the entries of the operator's folder `extra` / `language` added.

    Raises LexiconError naming the file and the entry that is wrong.
    """
    known = shipped(language)
    if extra is None or not (extra / language).is_dir():
        return known
    return _with_own(known, extra / language, groups=word_groups(FOLDER / language))


def use_lexicon(folder: Path | None) -> None:
    """Read from now on with the operator's entries in `folder` too; without a folder, with the shipped ones alone.

    Nothing changes when an entry is wrong: LexiconError names its file and the entry.
    """
    if folder is None:
        _Chosen.with_own = {}
        return
    if not folder.is_dir():
        raise LexiconError(f"{folder}: there is no such folder")
    for path in sorted(folder.iterdir()):
        if path.suffix == ".toml" or (path.is_dir() and path.name not in KNOWN and any(path.glob("*.toml"))):
            raise LexiconError(f"{path.name}: entries belong into a folder named {' or '.join(KNOWN)}")
    _Chosen.with_own = {language: lexicon_for(language, folder) for language in KNOWN}


def load(folder: Path) -> Lexicon:
    """Return the lexicon in `folder`; raises LexiconError naming the file and the entry that is wrong."""
    groups = word_groups(folder)
    rules: list[Rule] = []
    combinations: list[Combination] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name not in (WORDS, GRAMMAR):
            content = _entries(path, name=path.name, kinds=("rule", "part", "combination"))
            rules += _rules(content, groups=groups, file=path.name)
            combinations += [_combination(entry, file=path.name) for entry in content["combination"]]
    return _lexicon(rules, combinations)


def word_groups(folder: Path) -> dict[str, str]:
    """Return the word groups of `folder` by name; raises LexiconError for a file that cannot be read."""
    content = _read(folder / WORDS, name=WORDS).get("groups", {})
    if not isinstance(content, dict):
        raise LexiconError(f"{WORDS}: [groups] must be a table")
    groups: dict[str, str] = {}
    for name, words in content.items():
        groups[name] = "|".join(words) if isinstance(words, list) else str(words)
    return groups


def _with_own(known: Lexicon, folder: Path, *, groups: dict[str, str]) -> Lexicon:
    """Return `known` with the entries of an operator's `folder`, which may add and switch off but not replace."""
    if (folder / WORDS).is_file():
        own = word_groups(folder)
        taken = sorted(set(own) & set(groups))
        if taken:
            raise LexiconError(
                f"{folder.name}/{WORDS}: {{{taken[0]}}} is a shipped word group; give yours another name"
            )
        groups = {**groups, **own}
    shipped_ids = {entry.id for entry in known.entries}
    rules: list[Rule] = []
    combinations: list[Combination] = []
    off: set[str] = set()
    for path in sorted((*folder.glob("*.toml"), *folder.glob("idioms.txt"))):
        file = f"{folder.name}/{path.name}"
        if path.name == WORDS:
            continue
        if path.name in (GRAMMAR, "idioms.txt"):
            raise LexiconError(f"{file}: grammar and idioms cannot be added: they could hide what shipped entries find")
        content = _entries(path, name=file, kinds=("rule", "part", "combination", "off"))
        rules += _rules(content, groups=groups, file=file)
        combinations += [_combination(entry, file=file) for entry in content["combination"]]
        off |= {_switched_off(entry, known=known, file=file) for entry in content["off"]}
        for name in (entry.id for group in (rules, combinations) for entry in group):
            if name in shipped_ids:
                raise LexiconError(f"{file}: {name}: a shipped entry has this id; give yours another")
    return _lexicon(
        [*(rule for rule in known.rules if rule.id not in off), *rules],
        [*(combination for combination in known.combinations if combination.id not in off), *combinations],
    )


def _switched_off(entry: dict[str, Any], *, known: Lexicon, file: str) -> str:
    """Return the id of a shipped entry to leave out; raises LexiconError for one that must stay."""
    name = _checked(entry, kind="off", file=file)
    found = {one.id: one for one in known.entries}.get(name)
    if found is None or found.category is None:
        raise LexiconError(f"{file}: {name}: there is no shipped rule or combination with this id")
    if found.severity >= LOWEST_FIXED:
        raise LexiconError(f"{file}: {name}: a shipped entry of severity {found.severity} cannot be switched off")
    user = next((one.id for one in known.combinations if name in (*one.parts, *one.without)), None)
    if user is not None:
        raise LexiconError(f"{file}: {name}: it cannot be switched off, since {user} is made of it")
    return name


def _lexicon(rules: list[Rule], combinations: list[Combination]) -> Lexicon:
    _refuse_loose_ends(rules, combinations)
    index: dict[str, set[tuple[int, int]]] = {}
    for number, rule in enumerate(rules):
        for place, keys in enumerate(rule.keys):
            for key in keys:
                index.setdefault(key, set()).add((number, place))
    return Lexicon(
        rules=tuple(rules),
        combinations=tuple(combinations),
        index={key: frozenset(numbers) for key, numbers in index.items()},
        longest_key=max((len(key) for key in index), default=0),
        needy=frozenset(rule.id for rule in rules if rule.needs),
    )


def _entries(path: Path, *, name: str, kinds: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return the entries of a file by kind; raises LexiconError for a table that is none of `kinds`."""
    content = _read(path, name=name)
    for kind, entries in content.items():
        if kind not in kinds:
            raise LexiconError(f"{name}: unknown table [[{kind}]]; expected {', '.join(kinds[:-1])} or {kinds[-1]}")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise LexiconError(f"{name}: write [[{kind}]] in double brackets")
    return {kind: content.get(kind, []) for kind in kinds}


def _read(path: Path, *, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{name}: {error}") from error


def _rules(content: dict[str, list[dict[str, Any]]], *, groups: dict[str, str], file: str) -> list[Rule]:
    return [_rule(entry, kind=kind, groups=groups, file=file) for kind in ("rule", "part") for entry in content[kind]]


def _rule(entry: dict[str, Any], *, kind: str, groups: dict[str, str], file: str) -> Rule:
    name = _checked(entry, kind=kind, file=file)
    sources = _words(entry, "patterns", name=name, file=file)
    if not sources:
        raise LexiconError(f"{file}: {name}: it has no patterns")
    patterns: list[re.Pattern[str]] = []
    keys: list[tuple[str, ...]] = []
    for pattern in sources:
        try:
            patterns.append(re.compile(pattern_source(pattern, groups=groups)))
            keys.append(pattern_keys(pattern, groups=groups))
        except (ValueError, re.error) as error:
            raise LexiconError(f"{file}: {name}: pattern {pattern!r}: {error}") from error
    usually = entry.get("usually")
    if usually not in (None, "past"):
        raise LexiconError(f'{file}: {name}: usually is {usually!r}; expected "past"')
    return Rule(
        id=name,
        category=_category(entry, name=name, file=file) if kind == "rule" else None,
        severity=_severity(entry, name=name, file=file) if kind == "rule" else 0,
        past=_past(entry, name=name, file=file),
        who=_who(entry, name=name, file=file),
        negation=_yes_or_no(entry, "negation", name=name, file=file, unsaid=True),
        needs=_yes_or_no(entry, "needs", name=name, file=file, unsaid=False),
        usually_past=usually == "past",
        reason=_reason(entry, name=name, file=file) if kind == "rule" else "",
        patterns=tuple(patterns),
        keys=tuple(keys),
        says_no=tuple(says_no(pattern, groups=groups) for pattern in sources),
    )


def _combination(entry: dict[str, Any], *, file: str) -> Combination:
    name = _checked(entry, kind="combination", file=file)
    within = entry.get("within", "near")
    if within not in _WITHIN:
        raise LexiconError(f"{file}: {name}: within is {within!r}; expected one of {', '.join(_WITHIN)}")
    some = _some(entry, name=name, file=file)
    needed = _words(entry, "all", name=name, file=file)
    parts = (*needed, *(part for group, _ in some for part in group))
    if len(parts) < 2:
        raise LexiconError(f"{file}: {name}: a combination needs at least two parts")
    return Combination(
        id=name,
        category=_category(entry, name=name, file=file),
        severity=_severity(entry, name=name, file=file),
        past=_past(entry, name=name, file=file),
        who=_who(entry, name=name, file=file),
        negation=_yes_or_no(entry, "negation", name=name, file=file, unsaid=True),
        reason=_reason(entry, name=name, file=file),
        all=needed,
        some=some,
        without=_words(entry, "without", name=name, file=file),
        within=within,
        mark=str(entry.get("mark", parts[0])),
    )


def _some(entry: dict[str, Any], *, name: str, file: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Return the groups of parts of which only so many need stand; raises LexiconError for a count that cannot be met."""
    given = entry.get("some", [])
    if not isinstance(given, list) or not all(isinstance(group, dict) for group in given):
        raise LexiconError(f"{file}: {name}: some must be a list of {{ of = [...], least = 2 }}")
    groups = [(_words(group, "of", name=name, file=file), group.get("least")) for group in given]
    if entry.get("two_of"):
        groups.append((_words(entry, "two_of", name=name, file=file), 2))
    for parts, least in groups:
        if not isinstance(least, int) or not 1 <= least <= len(parts):
            raise LexiconError(f"{file}: {name}: least is {least!r}; expected 1 to {len(parts)}")
    return tuple(groups)


def _checked(entry: dict[str, Any], *, kind: str, file: str) -> str:
    name = entry.get("id")
    if not isinstance(name, str) or not name:
        raise LexiconError(f"{file}: a [[{kind}]] has no id")
    unknown = sorted(set(entry) - _FIELDS[kind])
    if unknown:
        raise LexiconError(f"{file}: {name}: unknown field {', '.join(unknown)}")
    return name


def _words(entry: dict[str, Any], key: str, *, name: str, file: str) -> tuple[str, ...]:
    words = entry.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise LexiconError(f"{file}: {name}: {key} must be a list of texts in quotes")
    return tuple(words)


def _yes_or_no(entry: dict[str, Any], key: str, *, name: str, file: str, unsaid: bool) -> bool:
    value = entry.get(key, unsaid)
    if not isinstance(value, bool):
        raise LexiconError(f"{file}: {name}: {key} is {value!r}; expected true or false")
    return value


def _past(entry: dict[str, Any], *, name: str, file: str) -> int:
    past = entry.get("past", 1)
    if past not in (1, 2, 3, 4) or isinstance(past, bool):
        raise LexiconError(f"{file}: {name}: past is {past!r}; expected 1, 2, 3 or 4")
    return int(past)


def _category(entry: dict[str, Any], *, name: str, file: str) -> Category:
    try:
        return Category(entry.get("category", ""))
    except ValueError as error:
        raise LexiconError(f"{file}: {name}: {error}") from error


def _severity(entry: dict[str, Any], *, name: str, file: str) -> int:
    severity = entry.get("severity")
    if not isinstance(severity, int) or severity not in (1, 2, 3, 4):
        raise LexiconError(f"{file}: {name}: severity is {severity!r}; expected 1, 2, 3 or 4")
    return severity


def _who(entry: dict[str, Any], *, name: str, file: str) -> str:
    who = entry.get("who", AUTO)
    if who != AUTO and who not in set(Who):
        raise LexiconError(f"{file}: {name}: who is {who!r}; expected auto, {', '.join(Who)}")
    return str(who)


def _reason(entry: dict[str, Any], *, name: str, file: str) -> str:
    reason = str(entry.get("reason", "")).strip()
    if not reason.endswith("."):
        raise LexiconError(f"{file}: {name}: the reason must be one full sentence")
    return reason


def _refuse_loose_ends(rules: list[Rule], combinations: list[Combination]) -> None:
    names = [rule.id for rule in rules] + [combination.id for combination in combinations]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise LexiconError(f"the id {double[0]} is used twice")
    known = {rule.id for rule in rules}
    for combination in combinations:
        for part in (*combination.parts, *combination.without):
            if part not in known:
                raise LexiconError(f"{combination.id}: there is no part or rule named {part}")
