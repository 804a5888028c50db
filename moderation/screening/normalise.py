"""Plain lower-case text to match patterns against, with the way back to the author's own characters.

People write with curly quotes, full-width letters, letters spaced out to slip past filters, or pasted invisible
characters. All of it is folded here so that patterns stay readable; every offset leads back to the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

# One character for one character, so that most texts keep their offsets.
_FOLD_ONE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼʹ′´`＇", "'"),  # noqa: RUF001 - the look-alikes are the point
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),  # noqa: RUF001 - the look-alikes are the point
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
    }
)
# Cyrillic and Greek letters that pass for Latin ones; used only in words that mix alphabets.
_LOOK_ALIKE = str.maketrans("аеорсухіјѕԁкмтнвαοιερν", "aeopcyxijsdkmthbaoiepv")
_MIXED_WORD = re.compile(r"[a-z][a-z\u0370-\u03ff\u0400-\u052f]{1,30}|[\u0370-\u03ff\u0400-\u052f]{1,30}[a-z]\w{0,30}")
_STRETCHED = re.compile(r"([a-z])\1\1{1,200}")
_SPACED_OUT = re.compile(r"(?<![\w'])(?:[a-z0-9][ .\-_*]{1,2}){3,60}[a-z0-9](?![\w'])")
_KEEP_DOUBLE = frozenset("lsfz")
_VOCABULARY = frozenset(
    "i im am want to wanna gonna kill killing myself my self die dead suicide end it all life overdose dm pm me for "
    "on telegram signal snap whatsapp xanax xans oxy coke heroin meth ket weed pills plug need buy sell help call him "
    "her he she will going tonight the a and hurt hit rape kms kys".split()
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text. `cased` keeps capitals; `plain` is lower case; both have the same length.

    `origin` maps each folded position to its original one; `None` means that positions are the same.
    """

    plain: str
    cased: str
    origin: tuple[int, ...] | None
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets (end exclusive) of the folded passage `start` to `end`."""
        if self.origin is None:
            return start, end
        first = self.origin[start] if start < len(self.origin) else self.length
        last = self.origin[end - 1] + 1 if end > start else first
        return first, last


def fold(text: str) -> Folded:
    """Return `text` folded for matching; linear in its length."""
    cased = text.translate(_FOLD_ONE)
    if cased.isascii():
        plain = cased.lower()
        if not _STRETCHED.search(plain) and not _SPACED_OUT.search(plain):
            return Folded(plain, cased, None, len(text))
        characters, origin = list(cased), list(range(len(cased)))
    else:
        characters, origin = _compose(cased)
    characters, origin = _join_spaced_out(characters, origin)
    characters, origin = _shorten(characters, origin)
    cased = "".join(characters)
    plain = "".join(_lower(character) for character in characters)
    if not plain.isascii():
        plain = _MIXED_WORD.sub(_to_latin, plain)
    return Folded(plain, cased, tuple(origin), len(text))


@lru_cache(maxsize=4096)
def _parts(character: str) -> str:
    """Return what `character` folds to: nothing for invisible ones, letters without their accents for the rest."""
    if character in "\n\r\t":
        return character
    kept = ""
    for piece in unicodedata.normalize("NFKD", character):
        kind = unicodedata.category(piece)
        if kind in ("Mn", "Me", "Cf", "Cc"):
            continue
        kept += " " if kind.startswith("Z") else piece
    return kept.translate(_FOLD_ONE)


@lru_cache(maxsize=4096)
def _lower(character: str) -> str:
    """Return the lower case of one character, as one character."""
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _compose(text: str) -> tuple[list[str], list[int]]:
    characters: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        for piece in character if character.isascii() else _parts(character):
            characters.append(piece)
            origin.append(position)
    return characters, origin


def _join_spaced_out(characters: list[str], origin: list[int]) -> tuple[list[str], list[int]]:
    """Join letters that stand alone in a row ("k i l l"); a wider gap stays a space between words."""
    text = "".join(_lower(character) for character in characters)
    kept: list[str] = []
    places: list[int] = []
    done = 0
    for match in _SPACED_OUT.finditer(text):
        if not any(character.isalpha() for character in match.group()):
            continue
        kept += characters[done : match.start()]
        places += origin[done : match.start()]
        letters = [at for at in range(match.start(), match.end()) if text[at].isalnum()]
        wide = {at for at, after in pairwise(letters) if after - at > 2}
        cuts = wide or _word_ends("".join(text[at] for at in letters), letters)
        for at in letters:
            kept.append(characters[at])
            places.append(origin[at])
            if at in cuts:
                kept.append(" ")
                places.append(origin[at])
        done = match.end()
    return kept + characters[done:], places + origin[done:]


def _word_ends(letters: str, places: list[int]) -> set[int]:
    """Return the places after which a word of the small vocabulary ends, when all of `letters` can be split so."""
    splits: list[list[int] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 9), end):
            before = splits[start]
            if before is not None and letters[start:end] in _VOCABULARY:
                splits[end] = [*before, end]
                break
    return {places[end - 1] for end in (splits[-1] or [])[:-1]}


def _shorten(characters: list[str], origin: list[int]) -> tuple[list[str], list[int]]:
    """Shorten letters repeated three times or more: "diiie" is "die", "killll" is "kill"."""
    kept: list[str] = []
    places: list[int] = []
    run = 0
    for position, character in enumerate(characters):
        same = position > 0 and character.isalpha() and _lower(character) == _lower(characters[position - 1])
        run = run + 1 if same else 1
        if run == 1:
            run_start = position
        stretched = _run_is_long(characters, run_start)
        if run == 1 or not stretched or (run == 2 and _lower(character) in _KEEP_DOUBLE):
            kept.append(character)
            places.append(origin[position])
    return kept, places


def _run_is_long(characters: list[str], start: int) -> bool:
    """Return whether three equal letters stand at `start`."""
    if start + 2 >= len(characters) or not characters[start].isalpha():
        return False
    first = _lower(characters[start])
    return first == _lower(characters[start + 1]) == _lower(characters[start + 2])


def _to_latin(match: re.Match[str]) -> str:
    word = match.group()
    return word if word.isascii() else word.translate(_LOOK_ALIKE)
