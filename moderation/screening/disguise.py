"""Words written so that a filter does not know them: letters of other alphabets, figures for letters, letters left out.

Only words of the list below are read this way where figures and stars stand for letters, so that "4 pills", "30mg" or "2nite"
stay what they are. Which letter a sign looks like comes from the Unicode names of the signs; the letters that look Latin in
Cyrillic and Greek are those of Unicode's confusables.txt (UTS 39).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product

# Cyrillic, Greek and Armenian letters that pass for Latin ones, lower case, without accents.
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁкмтнвһɡӏґпгьԛԝүαοιερνκτυχηωσɑօսցհոғ",
    "aeopcyxijsdkmthbhglrnrbqwyaoiepvktuxnwoaoughnf",
)
_OTHER_LETTER = r"\u0250-\u02af\u0370-\u03ff\u0400-\u052f\u0561-\u0587"
_MIXED_WORD = re.compile(rf"[a-z][a-z{_OTHER_LETTER}]{{1,30}}|[{_OTHER_LETTER}]{{1,30}}[a-z]\w{{0,30}}")
_OTHER_WORD = re.compile(rf"(?<!\w)[{_OTHER_LETTER}]{{3,30}}(?!\w)")
_LATIN = re.compile(r"[a-z]")

_FIGURES = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "!": "il", "|": "il",
    "+": "t", "€": "e", "£": "l", "¡": "i", "¢": "c",
}  # fmt: skip
_SIGN = r"013457@$!|+€£¡¢89"
_WITH_FIGURES = re.compile(rf"(?<![\w@$|+.])[a-z{_SIGN}]{{2,23}}[a-z{_SIGN.replace('!', '')}](?![\w@|+])")
_WITH_STARS = re.compile(r"(?<![\w*#])[a-z]{1,12}[*#]{1,3}[a-z*#]{0,12}[a-z](?![\w*#])")
_HINT = re.compile(rf"[{_SIGN}*#](?:[a-z]|(?<=[a-z][{_SIGN.replace('!', '')}]))")

_WORDS = frozenset(
    # English
    "kill kills killed killing killer myself himself herself yourself suicide suicidal suicides die dies dying dead death "
    "hang hanging hanged noose rope overdose overdosed overdosing cutting cuts selfharm harm harming hurt hurting unalive "
    "stab stabbed knife shoot shooting shot bullet pistol rifle murder murdered rape raped rapist molest molested incest "
    "beat beats beaten strangle strangled choke choked slap slapped hits abuse abused abuser heroin cocaine coke crack meth "
    "methamphetamine crystal fentanyl fent ketamine ket xanax xans oxy oxys oxycodone oxycontin percs percocet weed pills "
    "pill tablets molly mdma ecstasy acid shrooms drug drugs dope dealer dealers plug plugs sell sells selling buy buying "
    "vendor gear smack benzos valium diazepam tramadol codeine morphine methadone suboxone subutex adderall ritalin lean "
    "alcohol alcoholic vodka whiskey drunk drinking wasted relapse relapsed sex sexy sexual naked nude nudes porn horny "
    "whatsapp telegram snapchat snap insta instagram kik wickr whore slut bitch junkie junkies crackhead faggot retard "
    "worthless hopeless kms kys "
    # Spanish
    "suicidio suicidarme suicida matarme matarse matar morir morirme muerte muerto muerta ahorcarme cortarme droga drogas "
    "cocaina coca heroina marihuana mota cristal perico pastillas pastilla pepas vendo venta compro sobredosis violar "
    "violacion violo golpea pega puta".split()
)
_BY_LENGTH: dict[int, tuple[str, ...]] = {
    length: tuple(sorted(word for word in _WORDS if len(word) == length)) for length in {len(word) for word in _WORDS}
}
_NAMED_LETTER = re.compile(
    r"(?:(?:NEGATIVE |CROSSED NEGATIVE )?(?:CIRCLED|SQUARED) LATIN (?:CAPITAL|SMALL) LETTER|"
    r"LATIN LETTER SMALL CAPITAL|LATIN (?:CAPITAL|SMALL) LETTER(?: DOTLESS| SCRIPT| LONG)?|MODIFIER LETTER (?:SMALL|CAPITAL)|"
    r"LATIN SUBSCRIPT SMALL LETTER) ([A-Z])(?: WITH [A-Z ]{3,60})?"
)
_SHARP_S = "ßẞ"


def letter_named(character: str) -> str:
    """Return the plain letter that the Unicode name of `character` says it is a form of, or nothing."""
    if character in _SHARP_S:
        return "ss"
    found = _NAMED_LETTER.fullmatch(unicodedata.name(character, ""))
    return found.group(1).lower() if found else ""


def has_hint(plain: str) -> bool:
    """Return whether `plain` (lower case) holds a word in which figures or stars may stand for letters."""
    return _HINT.search(plain) is not None


def undisguised(plain: str) -> str:
    """Return `plain` (lower case) with disguised words written out; every character keeps its place."""
    if not plain.isascii():
        plain = _MIXED_WORD.sub(_to_latin, plain)
        # Whole words of look-alikes are read as Latin only in a text that is otherwise Latin.
        others = _OTHER_WORD.findall(plain)
        if others and len(_LATIN.findall(plain)) > 2 * sum(map(len, others)):
            plain = _OTHER_WORD.sub(_to_latin_if_all, plain)
    if has_hint(plain):
        plain = _WITH_FIGURES.sub(lambda match: _without_figures(match.group()), plain)
        plain = _WITH_STARS.sub(lambda match: _without_stars(match.group()), plain)
    return plain


@lru_cache(maxsize=4096)
def _without_figures(word: str) -> str:
    figures = [place for place, character in enumerate(word) if character in _FIGURES]
    if not 1 <= len(figures) <= 5 or 2 * len(figures) > len(word):
        return word
    for letters in product(*(_FIGURES[word[place]] for place in figures)):
        written = list(word)
        for place, letter in zip(figures, letters, strict=True):
            written[place] = letter
        if "".join(written) in _WORDS:
            return "".join(written)
    return word


@lru_cache(maxsize=4096)
def _without_stars(word: str) -> str:
    """Return the one listed word that `word` with stars can be, or `word` when there is none or more than one."""
    if 2 * sum(character.isalpha() for character in word) < len(word):
        return word
    fitting = [
        known
        for known in _BY_LENGTH.get(len(word), ())
        if all(written in ("*", "#", letter) for written, letter in zip(word, known, strict=True))
    ]
    return fitting[0] if len(fitting) == 1 else word


def _to_latin(match: re.Match[str]) -> str:
    word = match.group()
    return word if word.isascii() else word.translate(_LOOK_ALIKE)


def _to_latin_if_all(match: re.Match[str]) -> str:
    latin = match.group().translate(_LOOK_ALIKE)
    return latin if latin.isascii() else match.group()
