import pytest

from moderation.screening.engine import read
from moderation.screening.masks import Mask, apply, masks
from moderation.screening.reading import Category, Finding, Reading, When, Who


def masked(text: str) -> str:
    return apply(text, masks(text, read(text)))


def reading_of(*passages: tuple[int, int, str], category: Category = Category.IDENTIFYING_DATA) -> Reading:
    findings = tuple(
        Finding(category, 2, Who.OTHER, When.NOW, start, end, "It is said.", rule) for start, end, rule in passages
    )
    return Reading(2, findings, "test", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My number is 0161 496 0123, ring after six.", "My number is [phone number], ring after six."),
        ("Write to jane.smith82@mail.example please.", "Write to [e-mail] please."),
        ("We live at 48 Rosewell Avenue, second floor.", "We live at [address], second floor."),
        ("My manager is Thomas Barrow at the Barclays.", "My manager is [name] at the Barclays."),
        ("Cody Brandt, dob 3/9/89, that is him.", "[name], dob [date of birth], that is him."),
        ("Pay to GB82 WEST 1234 5698 7654 32 today.", "Pay to [bank details] today."),
        ("He is at t.me/quiet_harbour every night.", "He is at [account] every night."),
        ("She logged in from 81.2.69.142 twice.", "She logged in from [computer address] twice."),
    ],
)
def test_identifying_passage_is_masked_in_place(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_text_without_identifying_data_gets_no_masks() -> None:
    text = "I am thirty days sober and my sister is proud of me."

    assert masks(text, read(text)) == ()
    assert masked(text) == text


def test_other_findings_are_not_masked() -> None:
    text = "I want to die"

    assert masks(text, reading_of((0, 13, "suicide.wish_to_die"), category=Category.SUICIDE_SELF_HARM)) == ()


def test_overlapping_passages_get_one_mask_with_the_word_of_the_longest() -> None:
    text = "0123456789abcdef"
    reading = reading_of((2, 6, "identifying.phone"), (4, 12, "identifying.address"), (12, 14, "identifying.email"))

    found = masks(text, reading)

    assert found == (Mask(2, 12, "[address]"), Mask(12, 14, "[e-mail]"))
    assert apply(text, found) == "01[address][e-mail]ef"


def test_passage_inside_another_is_masked_once() -> None:
    found = masks("x" * 20, reading_of((5, 15, "identifying.address"), (8, 10, "identifying.postcode")))

    assert found == (Mask(5, 15, "[address]"),)


def test_unknown_kind_of_detail_gets_a_general_word() -> None:
    assert masks("x" * 9, reading_of((0, 3, "site.own_rule"))) == (Mask(0, 3, "[personal detail]"),)


def test_rule_of_the_spanish_lexicon_is_masked_by_its_kind() -> None:
    assert masks("x" * 9, reading_of((0, 3, "es.identifying.address"))) == (Mask(0, 3, "[address]"),)


def test_mask_takes_along_marks_of_the_last_letter_and_stays_inside_the_text() -> None:
    text = "k\u0336i\u0336m\u0336"

    assert masks(text, reading_of((0, 5, "identifying.name"), (6, 99, "identifying.phone"))) == (Mask(0, 6, "[name]"),)


def test_masks_that_overlap_or_lie_outside_are_refused() -> None:
    for wrong in ([Mask(0, 5, "[name]"), Mask(3, 8, "[name]")], [Mask(4, 99, "[name]")], [Mask(-2, 3, "[name]")]):
        with pytest.raises(ValueError, match="overlaps another or lies outside"):
            apply("0123456789", wrong)
