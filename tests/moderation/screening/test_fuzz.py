"""Hostile and random texts: each is read without an error, in bounded time, and every finding lies inside it."""

import random
import time
from collections.abc import Callable

import pytest

from moderation.screening.corpus import early_corpus
from moderation.screening.engine import read
from moderation.screening.lexicon import lexicon
from moderation.screening.masks import apply, masks
from moderation.screening.matching import filter_of, sentence_to_match
from moderation.screening.needed_words import needs_of, tokens_of
from moderation.screening.passages import LONGEST_SENTENCE

LARGE, MIDDLE = 200_000, 40_000
# Seconds of processor time, many times what is needed: a busy machine must not fail, a text that explodes must.
ENOUGH = 20.0

REPEATED = [
    "kill myself ", "i want to die ", "i want to kill my sel ", "i want to ", "he said he will ", "took all my pills. ",
    "they're without said ", "don't ", "a'a'a'a' ", "she's she'd she'll ", "\"'\"'", '"a ', "'a ", "([{<", "?!...) ", ", ", "- ", "_", "_a", "$",
    "$1 ", "\n", "\r\n\r\n", " ", "\t", ".", ". ", "a b ", "k i l l ", "k.", "k1l3s5", "k*", "&", "&amp;", "&#107;", "k\u200bi\u200bll ", "k\u0336",
    "\u202ekill\u202c myself ", "\ud800", "a\udfff ", "\0", "\u4f60\u597d", "\u0645\u0631\u062d\u0628\u0627 ", "к\u0456ll \u043c\u0443self ",
    "\U0001f602", "\U0001f52b\U0001f614 ", "\U0001f48a", "\U0001f1f0\U0001f1ee", "\U0001f468\u200d\U0001f469\u200d", "\ufdfa", "1", "1 ", "07700 900417 ",
    "1.2.3.4 ", "4111 1111 1111 1112 ", "a:", "@", "a@", "a@b.co ", "a at b dot ", "Jane Doe ", "14 Oak Oak ", "calle ", "my snap is ", "A1 ",
]  # fmt: skip


def read_and_check(text: str) -> None:
    start = time.process_time()
    reading = read(text)
    taken = time.process_time() - start

    assert taken < ENOUGH
    assert 0 <= reading.severity <= 4
    for finding in reading.findings:
        assert 0 <= finding.start < finding.end <= len(text)
    assert len(apply(text, masks(text, reading))) >= 0


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


@pytest.mark.parametrize("unit", REPEATED, ids=ascii)
def test_one_thing_over_and_over_is_read(unit: str) -> None:
    read_and_check(repeated(unit, MIDDLE))


@pytest.mark.parametrize(
    "unit",
    ["a", "a b ", ". ", "kill myself ", "i want to he said she will ", "\u200b", "k\u0336", "\U0001f602", "1 ", "don't ", '"\'', "\ud800 "],
    ids=ascii,
)  # fmt: skip
def test_largest_text_of_one_thing_is_read(unit: str) -> None:
    read_and_check(repeated(unit, LARGE))


def of_any_unicode(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x110000)) for _ in range(MIDDLE))


def of_low_unicode(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x3000)) for _ in range(MIDDLE))


def of_signs(chance: random.Random) -> str:
    return "".join(chance.choice(" \n.,!?'\"-_$@#&/()[]0123456789ak") for _ in range(MIDDLE))


def of_pattern_words(chance: random.Random) -> str:
    words = sorted({key for rule in lexicon("en").rules for keys in rule.keys for key in keys})
    return "".join(chance.choice(words) + chance.choice([" ", " ", " ", "' ", ". ", ", "]) for _ in range(MIDDLE // 6))


def of_shuffled_words(chance: random.Random) -> str:
    words = " ".join(passage.text for passage in early_corpus(part="dev")).split()
    return " ".join(chance.choice(words) for _ in range(MIDDLE // 5))


def of_shuffled_lines(chance: random.Random) -> str:
    lines = [passage.text for passage in early_corpus(part="dev")]
    return "\n".join(chance.choice(lines) for _ in range(LARGE // 100))


def of_damaged_lines(chance: random.Random) -> str:
    odd = "\u200b\u0336\u202e\ud800\0'\"*_01$ \n\U0001f48a"
    text = list(" ".join(passage.text for passage in early_corpus(part="dev"))[:MIDDLE])
    for _ in range(MIDDLE // 8):
        text[chance.randrange(len(text))] = chance.choice(odd)
    return "".join(text)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "make",
    [
        of_any_unicode,
        of_low_unicode,
        of_signs,
        of_pattern_words,
        of_shuffled_words,
        of_shuffled_lines,
        of_damaged_lines,
    ],
)
def test_random_text_is_read(make: Callable[[random.Random], str], seed: int) -> None:
    read_and_check(make(random.Random(seed)))


@pytest.mark.parametrize("depth", [10, 1000, 20_000])
def test_nested_quotes_and_brackets_are_read(depth: int) -> None:
    read_and_check('("' * depth + "I want to die" + '")' * depth)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_shipped_pattern_explodes_in_a_sentence_made_of_its_own_words(language: str) -> None:
    chance = random.Random(3)
    slowest = 0.0
    for rule in lexicon(language).rules:
        for pattern in rule.patterns:
            own = [chance.choice(sorted(need.whole | need.begins)) for need in needs_of(pattern)]
            for filling in ("a ", "don't ", "a'a'a' ", "_ ", "$1 ", " ".join(own) + " ", own[0] + " "):
                text = repeated(" ".join(own) + " " + filling * 20, LONGEST_SENTENCE)
                start = time.process_time()
                pattern.search(sentence_to_match(text))
                slowest = max(slowest, time.process_time() - start)

    assert slowest < 1.0  # the slowest take a few thousandths


def test_sentence_of_needed_words_alone_passes_the_filter() -> None:
    known = lexicon("en")
    wanted = filter_of(known)

    for number, rule in enumerate(known.rules):
        for place, pattern in enumerate(rule.patterns):
            words = [min(need.whole | need.begins) for need in needs_of(pattern)]
            tokens = tokens_of(" ".join([*words, rule.keys[place][0]]))
            assert (number, place) in set(wanted.worth_trying(tokens)), rule.id
