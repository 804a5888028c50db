import pytest

from moderation.screening.engine import read
from moderation.screening.reading import Category, When, Who


def found(text: str, category: Category) -> list:
    return [finding for finding in read(text).findings if finding.category is category]


FAREWELL_SIGNS = [
    "The shed is swept.",
    "I gave the dog to my brother.",
    "The letters are on the table.",
    "I feel calmer than I have in years.",
]


@pytest.mark.parametrize("sign", FAREWELL_SIGNS)
def test_one_sign_of_farewell_is_no_alarm(sign: str) -> None:
    assert read(sign).risks == frozenset()


def test_two_signs_of_farewell_are_urgent() -> None:
    assert read(" ".join(FAREWELL_SIGNS[1:3])).severity == 3


def test_two_signs_of_farewell_with_a_time_are_immediate() -> None:
    assert read(" ".join([*FAREWELL_SIGNS[1:3], "It is quiet tonight."])).severity == 4


def test_three_signs_of_farewell_are_immediate() -> None:
    findings = found(" ".join(FAREWELL_SIGNS[1:]), Category.SUICIDE_SELF_HARM)

    assert max(finding.severity for finding in findings) == 4
    assert {finding.who for finding in findings} == {Who.WRITER}


def test_signs_of_farewell_before_a_house_move_are_no_alarm() -> None:
    assert read("We are moving house. " + " ".join(FAREWELL_SIGNS)).risks == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "If she ever says that she does not want to live, ring a line together.",
        "When somebody is hit at home, the first step is a quiet call.",
        "Has he ever threatened to kill you?",
        "People who say they want to die should be believed.",
        "If the person says they will end their life, take it seriously every time.",
    ],
)
def test_advice_and_questions_are_noted_only(text: str) -> None:
    assert read(text).severity <= 2


@pytest.mark.parametrize(
    "text",
    [
        "If I leave he says he'll do it.",
        "He said that if I go there will be nothing left of him.",
        'He put down the cup and said, "If you go I\'ll kill myself."',
    ],
)
def test_condition_that_the_writer_lives_in_stays_urgent(text: str) -> None:
    findings = found(text, Category.SUICIDE_THREAT_OTHER)

    assert [(finding.severity, finding.who) for finding in findings] == [(3, Who.PARTNER)]


@pytest.mark.parametrize(
    ("text", "category", "who"),
    [
        ("I am shaking and I had a fit, I stopped drinking.", Category.DANGEROUS_WITHDRAWAL, Who.WRITER),
        ("My hands are shaking, two days off the vodka.", Category.DANGEROUS_WITHDRAWAL, Who.WRITER),
        ("My husband stopped drinking and he is shaking.", Category.DANGEROUS_WITHDRAWAL, Who.PARTNER),
        ("He takes my wages.", Category.VIOLENCE_COERCION, Who.PARTNER),
    ],
)
def test_subject_of_the_sentence_is_the_person(text: str, category: Category, who: Who) -> None:
    assert {finding.who for finding in found(text, category)} == {who}


def test_pattern_for_a_beginning_works_in_later_sentences() -> None:
    text = "You write well. Stop taking the methadone, tell them you are done."

    assert Category.MEDICAL_MISINFORMATION in read(text).risks


def test_negation_that_belongs_to_a_pattern_is_no_denial() -> None:
    assert Category.GROOMING in read("add me and don't tell your mum").risks


@pytest.mark.parametrize("place", ["the bath", "the bed", "the sofa", "my chair"])
def test_edge_of_furniture_is_no_danger(place: str) -> None:
    assert read(f"I sat on the edge of {place} with this.").risks == frozenset()


def test_words_cannot_lean_on_themselves() -> None:
    findings = found("I've had enough of living.", Category.SUICIDE_SELF_HARM)

    assert [(finding.severity, finding.when) for finding in findings] == [(3, When.NOW)]
