"""Whether a text looks like English, the one language the lexicon knows.

A text that does not is never "no concern": it is marked, and a person reads it.
"""

from __future__ import annotations

import re

ENGLISH = "en"
UNKNOWN = "unknown"

_WORD = re.compile(r"[^\W\d_]{1,40}")
_LETTERS = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[a-z]")
_FEWEST_WORDS = 12  # a shorter paragraph is not judged by its share of common words
_LEAST_SHARE = 0.15  # of common English words; English prose has 0.4 to 0.6

_COMMON_ENGLISH = frozenset(
    "the and to of a i in is it that was for you my me with on he she they him her his but be have had has not this so "
    "at as are we do dont just what if all like out up get got from about or when one can cant im ive its no been will "
    "would how am an who there by time now know want go going because than then them your our more some any after "
    "before were did were ur u da ma ah tae wi wis noo aw ye".split()
)
# Function words of other languages that are no common English words.
_OTHER_LANGUAGES = frozenset(
    "je tu il elle nous vous les des une est pas que qui dans mais avec pour sur mon suis veux que el los las una yo "
    "muy pero con por para mi estoy quiero es del como ich du er wir sie ist nicht und der das ein eine mit auf bin "
    "habe mein meine zu mir ik niet het een van en ben mijn dat voor nao eu um uma meu minha estou quero com "
    "non sono mio che voglio di nie jest ze jestem mam moja moj chce ve bir ben cok bu jag och att inte det som har "
    "min mig vill saya tidak yang dan aku untuk".split()
) - {"die", "me", "no", "so", "was", "in", "an", "am", "on", "he", "do", "la", "as"}


def language_of(plain: str) -> str:
    """Return `ENGLISH` or `UNKNOWN` for folded, lower-case text; very short texts count as English."""
    letters = len(_LETTERS.findall(plain))
    if letters and len(_LATIN.findall(plain)) < 0.7 * letters:
        return UNKNOWN
    for paragraph in re.split(r"\n\s{0,20}\n", plain):
        words = _WORD.findall(paragraph.replace("'", ""))
        english = sum(word in _COMMON_ENGLISH for word in words)
        other = sum(word in _OTHER_LANGUAGES for word in words)
        if len(words) >= 3 and other >= 2 and other > english:
            return UNKNOWN
        if len(words) >= _FEWEST_WORDS and english < _LEAST_SHARE * len(words):
            return UNKNOWN
    return ENGLISH
