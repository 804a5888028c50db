"""The notation of patterns, made for people who do not read regular expressions (`docs/screening.md` explains it too).

- words stand as they are spoken, in lower case; accents may be written and count for nothing; `'` may be missing in the text;
- `(a|b)` is a choice, `(a )?` may be missing, `word*` is any ending, `{group}` is a word group of `words.toml`;
- ` .. ` (or `(.. )?`) leaves room for up to three words but not for a new subject, ` ... ` for up to ten words;
- `<...>` marks the word without which the pattern is not even tried; otherwise that is its longest word.

Unlimited repetition is refused, so that no text can make matching slow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Groups of `words.toml` that the notation itself uses: the words over which a short gap does not reach, and the words that
# make a "not" part of what a pattern looks for. A language that names none has none.
NEW_SUBJECT = "new_subject"
SAYS_NO = "says_no"

_SEPARATOR = r"(?:[\W_]{1,3})"
_ANY_WORD = r"[\w$£€][\w'$£€]{0,19}+"  # possessive: what was read as a word is not tried again as a part of one
_WIDE_GAP = rf"(?:{_SEPARATOR}{_ANY_WORD}){{0,10}}?{_SEPARATOR}"
_GROUP = re.compile(r"\{([a-z_]{1,30})\}")
_UNLIMITED = re.compile(r"[^\[]\+|\.\*|\)\*|\]\*|\{\d*,\}")
_PLAIN_RUN = re.compile(r"[\w$£€' ]{1,80}")
_PLAIN_WORD = re.compile(r"(?<![\w({|?'*])[a-z]{3,20}(?![\w)}|?'])")


def pattern_source(pattern: str, *, groups: Mapping[str, str]) -> str:
    """Return the regular expression for `pattern`; raises ValueError for unlimited repetition or unknown groups."""
    if _UNLIMITED.search(pattern):
        raise ValueError("unlimited repetition is not allowed")
    source = re.sub(r"(?<=\w)\*", r"\\w{0,12}", expand(pattern.replace("<", "").replace(">", ""), groups=groups))
    source = (
        source.replace("'", "'?")
        .replace("(.. )?", "\2")
        .replace(" ... ", "\0")
        .replace(" .. ", "\1")
        .replace(" ", _SEPARATOR)
    )
    near = _near_word(groups)
    near_gap = rf"(?:{_SEPARATOR}{near}){{0,3}}?{_SEPARATOR}"
    near_words = rf"(?:{near}{_SEPARATOR}){{0,3}}?"
    source = re.sub(r"\((?!\?)", "(?:", source).replace("\0", _WIDE_GAP).replace("\1", near_gap)
    return rf"(?<!\w)(?<!\w')(?:{source.replace(chr(2), near_words)})(?!\w)"


def pattern_keys(pattern: str, *, groups: Mapping[str, str]) -> tuple[str, ...]:
    """Return the word beginnings of which one must stand in a sentence for `pattern` to match there."""
    pattern = unaccented(pattern)
    marked = re.search(r"<(.{1,2000}?)>", pattern)
    if marked:
        before = pattern[: marked.start()]
        if before.count("(") != before.count(")"):
            raise ValueError("the mark <...> stands inside a choice; it must enclose all of it")
        keys = _beginnings(expand(marked.group(1), groups=groups))
    else:
        words = _PLAIN_WORD.findall(_outside_brackets(pattern))
        keys = {max(words, key=len)} if words else _whole_choice(expand(pattern, groups=groups))
    if not keys or "" in keys:
        raise ValueError("no word can serve as its key; mark one with <...>")
    return tuple(sorted(keys))


def says_no(pattern: str, *, groups: Mapping[str, str]) -> bool:
    """Return whether a "not" that may not be missing belongs to what `pattern` looks for."""
    words = groups.get(SAYS_NO)
    if not words:
        return False
    return re.search(rf"(?<!\w)(?:{words})\b(?!\W{{0,2}}\?)", unaccented(pattern)) is not None


def piece_source(piece: str, *, groups: Mapping[str, str]) -> str:
    """Return the regular expression for a piece of grammar: the same notation, with one space for a space and no gaps.

    `[']` asks for an apostrophe that must stand. Raises ValueError for unlimited repetition or unknown groups.
    """
    expanded = expand(piece, groups=groups)
    if _UNLIMITED.search(expanded) or re.search(r"\\[wWdDsSb][*+]", expanded):
        raise ValueError("unlimited repetition is not allowed")
    source = re.sub(r"(?<=\w)\*", r"\\w{0,12}", expanded)
    source = source.replace("[']", "\0").replace("'", "'?").replace("\0", "'")
    return re.sub(r"\((?!\?)", "(?:", source)


def expand(pattern: str, *, groups: Mapping[str, str]) -> str:
    """Return `pattern` without accents, its word groups written out; raises ValueError for unknown groups and circles."""
    pattern = unaccented(pattern)
    for _ in range(8):
        expanded = _GROUP.sub(lambda match: f"({_named(match.group(1), groups=groups)})", pattern)
        if expanded == pattern:
            return pattern
        pattern = expanded
    raise ValueError("word groups refer to one another in a circle")


def unaccented(text: str) -> str:
    """Return `text` without accents, as texts are folded before patterns are tried (ñ becomes n)."""
    if text.isascii():
        return text
    pieces = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(piece for piece in pieces if unicodedata.category(piece) != "Mn"))


def _near_word(groups: Mapping[str, str]) -> str:
    subjects = groups.get(NEW_SUBJECT)
    return rf"(?!(?:{unaccented(subjects)})\b){_ANY_WORD}" if subjects else _ANY_WORD


def _named(name: str, *, groups: Mapping[str, str]) -> str:
    if name not in groups:
        raise ValueError(f"unknown word group {{{name}}}")
    return unaccented(groups[name])


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
