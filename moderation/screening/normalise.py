"""Plain lower-case text to match patterns against, with the way back to the author's own characters.

People write with curly quotes, full-width letters, letters spaced out to slip past filters, or pasted invisible
characters. All of it is folded here so that patterns stay readable; every offset leads back to the original.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from phonenumbers import SUPPORTED_REGIONS

from moderation.screening.disguise import letter_named, undisguised
from moderation.screening.edits import Edit, Rewritten
from moderation.screening.emoji import emoji_edits

# One character for one character, so that most texts keep their offsets.
_FOLD_ONE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼʹ′´`＇", "'"),  # noqa: RUF001 - the look-alikes are the point
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),  # noqa: RUF001 - the look-alikes are the point
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
    }
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_NOT_PRINTED_ASCII = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_ASCII = re.compile(r"[^\x09\x0a\x0d\x20-\x7e]")
# The letters that make flags. Two are a flag; more, or with something between them, spell a word.
_FLAG_LETTER = r"\U0001f1e6-\U0001f1ff"
_FLAG_LETTERS = re.compile(rf"[{_FLAG_LETTER}](?:[ \-\u200b-\u200d\u2060\ufeff]{{0,2}}[{_FLAG_LETTER}]){{1,60}}")
_FLAG_AS_LETTER = {0x1F1E6 + number: chr(ord("a") + number) for number in range(26)}
_STRETCHED = re.compile(r"([^\W\d_])\1\1+")
_STRETCHED_ASCII = re.compile(r"([a-z])\1\1")
_SPACED_OUT = re.compile(r"(?<![\w'])(?:[a-z0-9@$!][ .\-_*/|·•~,]{1,2}){3,60}[a-z0-9](?![\w'])")
_KEEP_DOUBLE = frozenset("lsfz")
_VOCABULARY = frozenset(
    "i im am want to wanna gonna kill killing myself my self die dead suicide end it all life overdose dm pm me for "
    "on telegram signal snap whatsapp xanax xans oxy coke heroin meth ket weed pills plug need buy sell help call him "
    "her he she will going tonight the a and hurt hit rape kms kys".split()
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text. `cased` keeps capitals; `plain` is lower case; both have the same length.

    `origin` and `ends` map each folded character to the original ones that it stands for (`ends` exclusive); `None` means that
    positions are the same.
    """

    plain: str
    cased: str
    origin: tuple[int, ...] | None
    length: int
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original offsets (end exclusive) of the folded passage `start` to `end`."""
        if self.origin is None:
            return start, end
        first = self.origin[start] if start < len(self.origin) else self.length
        if end <= start:
            return first, first
        return first, self.ends[end - 1] if self.ends is not None else self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """Return `text` folded for matching; linear in its length."""
    cased = text.translate(_FOLD_ONE)
    plain = cased.lower()
    if cased.isascii() and not _needs_work(plain):
        return Folded(undisguised(plain), cased, None, len(text))
    written = Rewritten.of(cased)
    written.replace(_entity_edits(written.text))
    if not written.text.isascii() or _NOT_PRINTED_ASCII.search(written.text):
        _fold_letters(written)
    _read(written, _stretched_edits)
    _read(written, _spaced_out_edits)
    cased = written.text
    plain = undisguised(_lowered(cased))
    if not written.is_changed:
        return Folded(plain, cased, None, len(text))
    return Folded(plain, cased, tuple(written.starts), len(text), tuple(written.ends))


def _needs_work(plain: str) -> bool:
    """Return whether ASCII text holds anything that moves characters from their places."""
    return (
        _STRETCHED_ASCII.search(plain) is not None
        or _SPACED_OUT.search(plain) is not None
        or ("&" in plain and _ENTITY.search(plain) is not None)
        or _NOT_PRINTED_ASCII.search(plain) is not None
    )


def _read(written: Rewritten, edits: Callable[[str], Iterable[Edit]]) -> None:
    """Carry out what `edits` makes of the text in plain lower-case letters."""
    written.replace(edits(undisguised(_lowered(written.text))))


def _lowered(text: str) -> str:
    """Return `text` in lower case, character by character, so that it keeps its length."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(map(_lower, text))


@lru_cache(maxsize=4096)
def _lower(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _entity_edits(text: str) -> Iterator[Edit]:
    if "&" in text:
        for match in _ENTITY.finditer(text):
            meant = html.unescape(match.group())
            if meant != match.group():
                yield (*match.span(), meant.translate(_FOLD_ONE))


def _fold_letters(written: Rewritten) -> None:
    """Take away accents and what is invisible, and read letters in other dress as plain ones."""
    spelled = [
        (*match.span(), match.group().translate(_FLAG_AS_LETTER))
        for match in _FLAG_LETTERS.finditer(written.text)
        if not _is_flags(match.group())
    ]
    if spelled:
        written.replace(spelled)
    edits: list[Edit] = []
    for match in _NOT_ASCII.finditer(written.text):
        character, place = match.group(), match.start()
        folded = _parts(character)
        if folded != character:
            edits.append((place, place + 1, folded))
    written.replace(edits)
    written.replace(emoji_edits(_lowered(written.text)))


def _is_flags(run: str) -> bool:
    letters = run.translate(_FLAG_AS_LETTER)
    if len(letters) % 2 or not letters.isalpha():
        return len(letters) == 2
    return all(letters[place : place + 2].upper() in SUPPORTED_REGIONS for place in range(0, len(letters), 2))


@lru_cache(maxsize=4096)
def _parts(character: str) -> str:
    """Return what `character` folds to: nothing for invisible ones, letters without their accents for the rest."""
    kept = ""
    for piece in unicodedata.normalize("NFKD", character):
        kind = unicodedata.category(piece)
        if kind in ("Mn", "Me", "Cf", "Cc") or "\U0001f3fb" <= piece <= "\U0001f3ff":
            continue
        if kind.startswith("Z"):
            kept += " "
        else:
            kept += piece if piece.isascii() else letter_named(piece) or piece
    return kept.translate(_FOLD_ONE)


def _spaced_out_edits(text: str) -> Iterator[Edit]:
    """Yield what joins letters that stand alone in a row ("k i l l"); a wider gap stays a space between words."""
    for match in _SPACED_OUT.finditer(text):
        letters = [at for at in range(match.start(), match.end()) if text[at] not in " .-_*/|·•~,"]
        if sum(text[at].isalpha() for at in letters) * 2 < len(letters):
            continue
        wide = {at for at, after in pairwise(letters) if after - at > 2}
        cuts = wide or _word_ends("".join(text[at] for at in letters), letters)
        for at, after in pairwise(letters):
            yield at + 1, after, " " if at in cuts else ""


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


def _stretched_edits(text: str) -> Iterator[Edit]:
    """Yield what shortens letters repeated three times or more: "diiie" is "die", "killll" is "kill"."""
    for match in _STRETCHED.finditer(text):
        letter = match.group(1)
        # The letters that stay keep their places; the last stands for all that went.
        kept = 2 if letter in _KEEP_DOUBLE else 1
        yield match.start() + kept - 1, match.end(), letter
