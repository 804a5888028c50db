"""Loads the lexicon: readable patterns in `lexicon/*.toml`, compiled once.

The notation of a pattern, made for people who do not read regular expressions (`docs/screening.md` explains it too):

- words stand as they are spoken, in lower case; `'` may be missing in the text;
- `(a|b)` is a choice, `(a )?` may be missing, `word*` is any ending, `{group}` is a word group of `words.toml`;
- ` .. ` (or `(.. )?`) leaves room for up to three words but not for a new subject, ` ... ` for up to ten words;
- `<...>` marks the word without which the pattern is not even tried; otherwise that is its longest word.

Unlimited repetition is refused, so that no text can make matching slow.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from moderation.screening.reading import Category, Who

FOLDER = Path(__file__).with_name("lexicon")
ENGLISH = "en"
AUTO = "auto"  # the person is read from the words around the match

_SEPARATOR = r"(?:[\W_]{1,3})"
_NEAR_WORD = r"(?!(?:i|he|she|they|you|u|who|we|it)\b)[\w$£€][\w'$£€]{0,19}"
_ANY_WORD = r"[\w$£€][\w'$£€]{0,19}"
_NEAR_GAP = rf"(?:{_SEPARATOR}{_NEAR_WORD}){{0,3}}?{_SEPARATOR}"
_NEAR_WORDS = rf"(?:{_NEAR_WORD}{_SEPARATOR}){{0,3}}?"
_WIDE_GAP = rf"(?:{_SEPARATOR}{_ANY_WORD}){{0,10}}?{_SEPARATOR}"
_GROUP = re.compile(r"\{([a-z_]{1,30})\}")
_UNLIMITED = re.compile(r"[^\[]\+|\.\*|\)\*|\]\*|\{\d*,\}")
_SAYS_NO = re.compile(
    r"(?<!\w)(?:not|never|no|nobody|no one|nothing|without|cannot|dont|wont|\w{2,7}n't)\b(?!\W{0,2}\?)"
)
_PLAIN_RUN = re.compile(r"[\w$£€' ]{1,80}")
_PLAIN_WORD = re.compile(r"(?<![\w({|?'*])[a-z]{3,20}(?![\w)}|?'])")
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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rules and combinations, with the index from key to `(rule number, pattern number)`."""

    rules: tuple[Rule, ...]
    combinations: tuple[Combination, ...]
    index: dict[str, frozenset[tuple[int, int]]]
    longest_key: int


@cache
def lexicon(language: str = ENGLISH) -> Lexicon:
    """Return the lexicon of this package for `language` (the name of its folder), read once."""
    return load(FOLDER / language)


def load(folder: Path) -> Lexicon:
    """Return the lexicon in `folder`; raises LexiconError naming the file and the entry that is wrong."""
    groups = word_groups(folder)
    rules: list[Rule] = []
    combinations: list[Combination] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name == "words.toml":
            continue
        content = _read(path)
        for kind in content:
            if kind not in _FIELDS:
                raise LexiconError(f"{path.name}: unknown table [[{kind}]]; expected rule, part or combination")
        rules += [_rule(entry, kind="rule", groups=groups, file=path.name) for entry in content.get("rule", [])]
        rules += [_rule(entry, kind="part", groups=groups, file=path.name) for entry in content.get("part", [])]
        combinations += [_combination(entry, file=path.name) for entry in content.get("combination", [])]
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
    )


def pattern_source(pattern: str, *, groups: dict[str, str]) -> str:
    """Return the regular expression for `pattern`; raises ValueError for unlimited repetition or unknown groups."""
    if _UNLIMITED.search(pattern):
        raise ValueError("unlimited repetition is not allowed")
    source = re.sub(r"(?<=\w)\*", r"\\w{0,12}", _expand(pattern.replace("<", "").replace(">", ""), groups=groups))
    source = (
        source.replace("'", "'?")
        .replace("(.. )?", "\2")
        .replace(" ... ", "\0")
        .replace(" .. ", "\1")
        .replace(" ", _SEPARATOR)
    )
    source = re.sub(r"\((?!\?)", "(?:", source).replace("\0", _WIDE_GAP).replace("\1", _NEAR_GAP)
    source = source.replace("\2", _NEAR_WORDS)
    return rf"(?<!\w)(?<!\w')(?:{source})(?!\w)"


def pattern_keys(pattern: str, *, groups: dict[str, str]) -> tuple[str, ...]:
    """Return the word beginnings of which one must stand in a sentence for `pattern` to match there."""
    marked = re.search(r"<(.{1,2000}?)>", pattern)
    if marked:
        before = pattern[: marked.start()]
        if before.count("(") != before.count(")"):
            raise ValueError("the mark <...> stands inside a choice; it must enclose all of it")
        keys = _beginnings(_expand(marked.group(1), groups=groups))
    else:
        words = _PLAIN_WORD.findall(_outside_brackets(pattern))
        keys = {max(words, key=len)} if words else _whole_choice(_expand(pattern, groups=groups))
    if not keys or "" in keys:
        raise ValueError("no word can serve as its key; mark one with <...>")
    return tuple(sorted(keys))


def word_groups(folder: Path) -> dict[str, str]:
    """Return the word groups of `folder` by name; raises LexiconError for a file that cannot be read."""
    content = _read(folder / "words.toml")
    groups: dict[str, str] = {}
    for name, words in content.get("groups", {}).items():
        groups[name] = "|".join(words) if isinstance(words, list) else str(words)
    return groups


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path.name}: {error}") from error


def _expand(pattern: str, *, groups: dict[str, str]) -> str:
    for _ in range(8):
        expanded = _GROUP.sub(lambda match: f"({_named(match.group(1), groups=groups)})", pattern)
        if expanded == pattern:
            return pattern
        pattern = expanded
    raise ValueError("word groups refer to one another in a circle")


def _named(name: str, *, groups: dict[str, str]) -> str:
    if name not in groups:
        raise ValueError(f"unknown word group {{{name}}}")
    return groups[name]


def _beginnings(source: str) -> set[str]:
    """Return the literal beginning of every alternative of an expanded piece of pattern."""
    found: set[str] = set()
    for option in _options(source):
        text = option
        while text.startswith("("):
            close = _closing(text)
            found |= _beginnings(text[1:close])
            text = text[close + 1 :]
            if not text.startswith("?"):
                text = ""
                break
            text = text[1:]
        else:
            if text.startswith("["):
                found |= _class_members(text[1 : text.index("]")])
                continue
            found.add(_longest_word(text))
    return found


def _longest_word(text: str) -> str:
    """Return the longest word, or beginning of one, of the plain words that `text` starts with."""
    run = _PLAIN_RUN.match(text)
    words = run.group() if run else ""
    if text[len(words) : len(words) + 1] == "?":
        words = words[:-1]
    return max((word.split("'")[0] for word in words.split(" ")), key=len)


def _whole_choice(source: str) -> set[str]:
    """Return the keys of a pattern that begins with one choice of words, every one of them long enough."""
    keys = _beginnings(source) if source.startswith("(") else set()
    return keys if all(len(key) >= 3 for key in keys) else set()


def _class_members(inside: str) -> set[str]:
    """Return the characters of a character class such as `0-9` or `$£€`."""
    ranges = re.findall(r"(\w)-(\w)", inside)
    members = {chr(code) for first, last in ranges for code in range(ord(first), ord(last) + 1)}
    return members | set(re.sub(r"\w-\w", "", inside))


def _options(source: str) -> list[str]:
    options, depth, current = [], 0, ""
    for character in source:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            options.append(current)
            current = ""
        else:
            current += character
    return [*options, current]


def _closing(text: str) -> int:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    raise ValueError("a bracket is not closed")


def _outside_brackets(pattern: str) -> str:
    kept, depth = "", 0
    for character in pattern:
        depth += character in "({["
        kept += character if depth == 0 else "|" if character in ")}]" else ""
        depth -= character in ")}]"
    return kept


def _rule(entry: dict[str, Any], *, kind: str, groups: dict[str, str], file: str) -> Rule:
    name = _checked(entry, kind=kind, file=file)
    patterns: list[re.Pattern[str]] = []
    keys: list[tuple[str, ...]] = []
    for pattern in entry.get("patterns", []):
        try:
            patterns.append(re.compile(pattern_source(pattern, groups=groups)))
            keys.append(pattern_keys(pattern, groups=groups))
        except (ValueError, re.error) as error:
            raise LexiconError(f"{file}: {name}: pattern {pattern!r}: {error}") from error
    if not patterns:
        raise LexiconError(f"{file}: {name}: it has no patterns")
    return Rule(
        id=name,
        category=_category(entry, name=name, file=file) if kind == "rule" else None,
        severity=_severity(entry, name=name, file=file) if kind == "rule" else 0,
        past=int(entry.get("past", 1)),
        who=_who(entry, name=name, file=file),
        negation=bool(entry.get("negation", True)),
        needs=bool(entry.get("needs", False)),
        usually_past=entry.get("usually") == "past",
        reason=_reason(entry, name=name, file=file) if kind == "rule" else "",
        patterns=tuple(patterns),
        keys=tuple(keys),
        says_no=tuple(_SAYS_NO.search(pattern) is not None for pattern in entry.get("patterns", [])),
    )


def _combination(entry: dict[str, Any], *, file: str) -> Combination:
    name = _checked(entry, kind="combination", file=file)
    within = entry.get("within", "near")
    if within not in _WITHIN:
        raise LexiconError(f"{file}: {name}: within is {within!r}; expected one of {', '.join(_WITHIN)}")
    some = _some(entry, name=name, file=file)
    parts = (*entry.get("all", []), *(part for group, _ in some for part in group))
    if len(parts) < 2:
        raise LexiconError(f"{file}: {name}: a combination needs at least two parts")
    return Combination(
        id=name,
        category=_category(entry, name=name, file=file),
        severity=_severity(entry, name=name, file=file),
        past=int(entry.get("past", 1)),
        who=_who(entry, name=name, file=file),
        negation=bool(entry.get("negation", True)),
        reason=_reason(entry, name=name, file=file),
        all=tuple(entry.get("all", [])),
        some=some,
        without=tuple(entry.get("without", [])),
        within=within,
        mark=str(entry.get("mark", parts[0])),
    )


def _some(entry: dict[str, Any], *, name: str, file: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Return the groups of parts of which only so many need stand; raises LexiconError for a count that cannot be met."""
    groups = [(tuple(group.get("of", [])), group.get("least")) for group in entry.get("some", [])]
    if entry.get("two_of"):
        groups.append((tuple(entry["two_of"]), 2))
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
