"""Which language each passage is in: English, Spanish, or one that nobody has written patterns for.

An unknown language is never "no concern": the reading is marked and a person reads the post. Common words settle nearly every
passage; only what they leave open is given to py3langid (a naive Bayes model over byte n-grams, Lui and Baldwin 2011). Very
short passages, names, slang and dialect go with the rest of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from moderation.screening.normalise import Folded
from moderation.screening.passages import Sentence

ENGLISH = "en"
SPANISH = "es"
UNKNOWN = "unknown"
KNOWN = (ENGLISH, SPANISH)  # languages with a lexicon and a grammar

_WORD = re.compile(r"[^\W\d_]{1,40}")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[a-z]")
# Writing without spaces between words, and three words in a row in an alphabet that is not Latin. One such word may be a name.
_OTHER_SCRIPT = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{4,400}|"
    r"(?:[\u0370-\u1fff\uac00-\ud7af]{2,40}[\W\d_]{1,3}){2,200}[\u0370-\u1fff\uac00-\ud7af]{2,40}"
)
_FEWEST_WORDS = 3  # a shorter passage is not judged to be in an unknown language
_MANY_WORDS = 12  # a passage this long that nothing explains is unknown
_ENGLISH_SHARE = 0.15  # of common English words; English prose has 0.4 to 0.6
_SPANISH_SHARE = 0.2
_SURE = 0.75  # of the model, to call a short passage unknown
_MOST_CHARACTERS = 600  # of a passage given to the model; more changes nothing
_MODEL_LANGUAGES = (
    "af ar az bg bn ca cs cy da de el en es et eu fa fi fr ga gl he hi hr ht hu hy id is it ja ka ko lt lv mk ms mt nl no pl "
    "pt ro ru sk sl sq sr sv sw ta th tl tr uk ur vi zh"
).split()

_COMMON_ENGLISH = frozenset(
    "the and to of a i in is it that was for you my me with on he she they him her his but be have had has not this so "
    "at as are we do dont just what if all like out up get got from about or when one can cant im ive its no been will "
    "would how am an who there by time now know want go going because than then them your our more some any after "
    "before were did ur u da ma ah tae wi wis noo aw ye day days sober drink drinking still need help please anyone "
    "thanks hes shes theyre didnt wont id ill day night feel feeling really too off over last even every never only "
    "should could why where which make made take took said say says lol idk tbh pls wanna gonna cannae wullnae".split()
) - {"me", "no", "a", "he", "has"}  # also words of Spanish
# Words of Spanish that neighbouring languages do not share, and words that members write.
_COMMON_SPANISH = frozenset(
    "el los las una unos unas muy pero con yo ya hoy estoy y lo del al porque cuando tengo hay esto eso nadie nunca solo "
    "hace hasta sin mis sus soy ella ellos nos esta este estaba estas fue era cada desde donde quien quienes mucho mucha "
    "quiero puedo siento necesito gracias hola ayer anoche ahora entonces tambien tmb xq pq ademas siempre dia dias anos "
    "ano mes meses semana hijo hija hijos marido esposo esposa novio novia mujer hombre vida casa madre padre mama papa "
    "ayuda alguien nada todo todos toda otra otro vez veces bien mejor peor hacer hago dice dijo dicen dejar dejo llevo "
    "tomar tomo beber bebo consumo consumir ganas morir morirme matarme vivir irme mi su le les se que por para como mas "
    "es son han habia he he has haya vos sos tenes podes queres usted ustedes boludo guey wey che tio parce".split()
) - {"he", "has", "son", "le", "les", "y", "solo", "papa", "mama", "casa"}  # also words of English or French
# Function words of other languages that are no common English or Spanish words.
_COMMON_ELSEWHERE = frozenset(
    "je tu il elle nous vous des une est pas qui dans mais avec pour sur mon suis veux ich du er wir sie ist nicht und "
    "der das ein eine mit auf bin habe mein meine zu mir ik niet het een van ben mijn dat voor nao eu um uma meu minha "
    "estou quero com voce mas tenho isso muito foi non sono mio che voglio di gli della anche sto nie jest ze jestem mam "
    "moja moj chce ve bir ben cok bu jag och att inte det som har min mig vill saya tidak yang dan aku untuk ja ne i".split()
) - {"i", "har", "min", "mas", "du", "dan", "ben", "van", "ze", "bin", "der", "das", "a"}


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages that each sentence is to be read in, and the one word for the whole text."""

    by_sentence: tuple[tuple[str, ...], ...]
    overall: str

    def numbers(self, language: str) -> frozenset[int]:
        """Return the numbers of the sentences to be read in `language`."""
        return frozenset(number for number, languages in enumerate(self.by_sentence) if language in languages)


@dataclass(slots=True)
class _Counts:
    """How many words a passage has, and how many are common in English, in Spanish and elsewhere."""

    words: int = 0
    english: int = 0
    spanish: int = 0
    elsewhere: int = 0

    def add(self, other: _Counts) -> None:
        self.words += other.words
        self.english += other.english
        self.spanish += other.spanish
        self.elsewhere += other.elsewhere


def languages_of(text: str, *, folded: Folded, sentences: Sequence[Sentence]) -> Languages:
    """Return the languages of `text`, sentence by sentence, and on the whole.

    A sentence that mixes is read in both; one that nothing decides goes with its text; an unknown one is tried in both, and
    the whole is then `UNKNOWN`. Otherwise the whole is the language of most of its words, `ENGLISH` when there are none.
    """
    counts = [_counts(folded.plain[sentence.start : sentence.end]) for sentence in sentences]
    found: list[tuple[str, ...]] = [()] * len(sentences)
    words = dict.fromkeys(KNOWN, 0)
    unknown = False
    for first, last in _paragraphs(sentences):
        total = _Counts()
        for number in range(first, last):
            total.add(counts[number])
        start, end = sentences[first].start, sentences[last - 1].end
        language = _language(text, folded=folded, start=start, end=end, counts=total)
        unknown = unknown or language == UNKNOWN
        for number in range(first, last):
            found[number] = _of_sentence(text, folded, sentences[number], counts[number], paragraph=language)
            unknown = unknown or UNKNOWN in found[number]
        if language in words:
            words[language] += total.words
    main = SPANISH if words[SPANISH] > words[ENGLISH] else ENGLISH
    undecided = KNOWN if not any(words.values()) else (main,)
    if not any(words.values()) and sum(count.spanish for count in counts) > sum(count.english for count in counts):
        main = SPANISH
    by_sentence = tuple(KNOWN if UNKNOWN in one else one or undecided for one in found)
    return Languages(by_sentence, UNKNOWN if unknown else main)


def _paragraphs(sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the first and one past the last sentence of each paragraph."""
    starts = [
        number
        for number, sentence in enumerate(sentences)
        if number == 0 or sentence.paragraph != sentences[number - 1].paragraph
    ]
    return list(pairwise([*starts, len(sentences)]))


def _counts(plain: str) -> _Counts:
    words = _WORD.findall(plain.replace("'", ""))
    counts = _Counts(words=len(words))
    for word in words:
        if word in _COMMON_ENGLISH:
            counts.english += 1
        elif word in _COMMON_SPANISH:
            counts.spanish += 1
        elif word in _COMMON_ELSEWHERE:
            counts.elsewhere += 1
    return counts


def _language(text: str, *, folded: Folded, start: int, end: int, counts: _Counts) -> str:
    """Return the language of the passage, `UNKNOWN`, or nothing when it is too short to tell."""
    plain = folded.plain[start:end]
    if not plain.isascii():
        letters = len(_LETTER.findall(plain))
        if _OTHER_SCRIPT.search(plain) or (letters > 2 and len(_LATIN.findall(plain)) < 0.7 * letters):
            return UNKNOWN
    words, english, spanish, elsewhere = counts.words, counts.english, counts.spanish, counts.elsewhere
    if english and english >= _ENGLISH_SHARE * words and english > 2 * (spanish + elsewhere):
        return ENGLISH
    enough = max(min(2, words), _SPANISH_SHARE * words)
    if spanish and spanish >= enough and spanish > 2 * (english + elsewhere):
        return SPANISH
    if words < _FEWEST_WORDS:
        return ""
    first, last = folded.span(start, end)
    return _by_model(text[first:last], counts)


def _by_model(passage: str, counts: _Counts) -> str:
    """Return what the model makes of a passage that common words leave open."""
    likely = dict(_ranking()(passage[:_MOST_CHARACTERS].lower()))
    best = max(likely, key=likely.__getitem__)
    if best in KNOWN:
        return best
    if counts.english >= _ENGLISH_SHARE * counts.words and counts.english > counts.elsewhere:
        return ENGLISH
    if likely[best] >= _SURE or counts.words >= _MANY_WORDS or counts.elsewhere >= 2:
        return UNKNOWN
    return ""


def _of_sentence(text: str, folded: Folded, sentence: Sentence, counts: _Counts, *, paragraph: str) -> tuple[str, ...]:
    """Return the languages of one sentence of a paragraph in the language `paragraph`."""
    if paragraph not in KNOWN:
        return (paragraph,) if paragraph else ()
    other = counts.spanish if paragraph == ENGLISH else counts.english
    own = counts.english if paragraph == ENGLISH else counts.spanish
    if counts.elsewhere >= 2 and counts.elsewhere > own + other and counts.words > _FEWEST_WORDS:
        first, last = folded.span(sentence.start, sentence.end)
        if _by_model(text[first:last], counts) == UNKNOWN:
            return (UNKNOWN,)
    if other == 0 or (other == 1 and own > 1):
        return (paragraph,)
    if own == 0 and other >= 2:
        return (SPANISH if paragraph == ENGLISH else ENGLISH,)
    return KNOWN if other >= 2 or other >= own else (paragraph,)


@cache
def _ranking() -> Callable[[str], list[tuple[str, float]]]:
    """Return the model: a passage in, languages by likelihood out. Read when first needed; that takes about a second."""
    library: Any = LanguageIdentifier  # it has no types
    identifier = library.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_MODEL_LANGUAGES)
    rank: Callable[[str], list[tuple[str, float]]] = identifier.rank
    return rank
