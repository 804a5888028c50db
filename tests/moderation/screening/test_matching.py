import re

import pytest

from moderation.screening.context import TextContext
from moderation.screening.corpus import early_corpus
from moderation.screening.lexicon import lexicon
from moderation.screening.matching import Work, filter_of, matches_in, sentence_to_match
from moderation.screening.needed_words import Need, needs_of, pieces_of, tokens_of
from moderation.screening.normalise import fold
from moderation.screening.passages import sentences
from moderation.screening.pattern_notation import pattern_source


def context_of(text: str, *, language: str = "en") -> TextContext:
    plain = fold(text).plain
    return TextContext(plain, sentences(plain), language)


def needs_in_notation(pattern: str) -> list[tuple[set[str], set[str]]]:
    groups = {"him": "him|her", "new_subject": "i|he"}
    found = needs_of(re.compile(pattern_source(pattern, groups=groups)))
    return [(set(need.whole), set(need.begins)) for need in found]


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("hits me", [({"hits"}, set()), ({"me"}, set())]),
        ("overdos*", [(set(), {"overdos"})]),
        ("(really )?tired", [({"tired"}, set())]),
        ("(hits|beats) {him}", [({"beats", "hits"}, set()), ({"him", "her"}, set())]),
        ("don't wake", [({"dont"}, set()), ({"wake"}, set())]),
        ("leave .. alone", [({"alone"}, set()), ({"leave"}, set())]),
        ("give ... away", [({"away"}, set()), ({"give"}, set())]),
        ("(now|at last) (.. )?free", [({"free"}, set()), ({"last", "now"}, set())]),
        ("[0-9]{2} pills", [({"pills"}, set()), (set(), set("0123456789"))]),
        ("t\\.me now", [({"now"}, set()), ({"me"}, set()), ({"t"}, set())]),
    ],
)
def test_needs_are_the_words_a_pattern_cannot_do_without(pattern: str, needs: list) -> None:
    found = needs_in_notation(pattern)

    assert len(found) == len(needs)
    assert all(need in found for need in needs)


def test_pattern_that_is_not_understood_needs_nothing() -> None:
    assert needs_of(re.compile(r"(?i)kill")) == ()
    assert needs_of(re.compile(r".{0,9}")) == ()


def test_need_of_many_common_words_counts_as_more_frequent() -> None:
    common, rare = Need(frozenset({"i", "me"}), frozenset()), Need(frozenset({"naloxone"}), frozenset())

    assert common.frequency > rare.frequency


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("don't", {"dont", "don", "t"}),
        ("$20", {"20"}),
        ("kill_me", {"kill", "me"}),
        ("5€", {"5"}),
    ],
)
def test_pieces_are_the_words_that_a_pattern_may_find_in_a_token(sentence: str, pieces: set[str]) -> None:
    found = {piece for token in tokens_of(sentence) for piece in pieces_of(token)}

    assert found == pieces


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_shipped_pattern_is_beyond_understanding(language: str) -> None:
    unneedy = [rule.id for rule in lexicon(language).rules for pattern in rule.patterns if not needs_of(pattern)]

    assert unneedy == []


def test_no_match_is_lost_by_looking_for_needed_words_first() -> None:
    known = lexicon("en")
    wanted = filter_of(known)
    lost = []
    for passage in [*early_corpus(part="dev")[::6], *early_corpus(part="test")[::6]]:
        plain = fold(passage.text).plain
        for sentence in sentences(plain):
            text = plain[sentence.start : sentence.end].lstrip()
            tried = set(wanted.worth_trying(tokens_of(text)))
            lost += [
                (rule.id, text)
                for number, rule in enumerate(known.rules)
                for place, pattern in enumerate(rule.patterns)
                if (number, place) not in tried
                and any(token.startswith(rule.keys[place]) for token in tokens_of(text))
                and pattern.search(text)
            ]

    assert lost == []


def test_few_patterns_are_tried_in_an_ordinary_sentence() -> None:
    work = Work()

    matches_in(context_of("We walked the dog along the river and then made soup for my sister."), work=work)

    assert work.sentences == 1
    assert work.trials <= 25


def test_work_grows_with_the_text_and_no_faster() -> None:
    line = "I said that I want to go home. He said no. My mother drinks, and I cannot sleep at night. "
    short, long = Work(), Work()

    matches_in(context_of(line * 20), work=short)
    matches_in(context_of(line * 200), work=long)

    assert short.trials > 100
    assert long.trials <= 10 * short.trials
    assert long.sentences == 10 * short.sentences


def test_long_text_keeps_first_and_last_matches_of_a_rule() -> None:
    work = Work()
    context = context_of("I want to kill myself. " * 100)

    found = matches_in(context, work=work)["suicide.kill_self"]

    assert found[0].number == 0
    assert found[-1].number == 99
    assert len(found) == 32
    assert work.passed_over >= 68


def test_matches_come_in_the_order_of_the_lexicon() -> None:
    order = [rule.id for rule in lexicon("en").rules]

    found = list(matches_in(context_of("He hits me. I want to kill myself tonight. I took all my pills.")))

    assert len(found) > 2
    assert found == sorted(found, key=order.index)


@pytest.mark.parametrize(
    "text",
    ["i'm going to kill_myself", "I said 'kill myself'", "kill'myself", "$kill myself$", "rock'n'roll kill myself"],
)
def test_signs_between_words_hide_nothing(text: str) -> None:
    assert "suicide.kill_self" in matches_in(context_of(text))


@pytest.mark.parametrize(
    ("sentence", "read_as"),
    [
        ("i can't and he won't", "i can't and he won't"),
        ("'he'll do it'", " he'll do it "),
        ("a'a'a'a' b", "a'a a a  b"),
        ("rock 'n' roll", "rock  n  roll"),
        ("$20 and _x_ at $30 or €5", "$20 and _x_ at $30 or €5"),
        ("_ _ _ _ _ _ $ $1", "_ _ _ _ _ _    1"),
    ],
)
def test_loose_signs_beyond_the_first_few_are_spaces(sentence: str, read_as: str) -> None:
    assert sentence_to_match(sentence) == read_as


def test_price_is_read_in_a_sentence_of_many_signs() -> None:
    found = matches_in(context_of("selling xanax, $20 a bar, dm me _ _ _ _ _ _ _ _ $ $ $ $"))

    assert "sourcing.sells" in found
