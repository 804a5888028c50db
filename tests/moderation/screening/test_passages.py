from itertools import pairwise

import pytest

from moderation.screening.passages import LONGEST_SENTENCE, sentences


def split(text: str) -> list[str]:
    return [text[sentence.start : sentence.end].strip() for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("he left. i stayed! why?", ["he left.", "i stayed!", "why?"]),
        ("i saw dr. smith at st. anne's.", ["i saw dr. smith at st. anne's."]),
        ('"i am done." she said so.', ['"i am done."', "she said so."]),
        ("one...two", ["one...two"]),
        ("so tired...\nno end", ["so tired...", "no end"]),
        ("", []),
        (" \n\t \n\n", []),
        ("...", ["..."]),
    ],
)
def test_text_is_cut_into_sentences(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_blank_line_begins_a_paragraph() -> None:
    found = sentences("one. two.\n\nthree.\r\n\r\nfour")

    assert [sentence.paragraph for sentence in found] == [0, 0, 1, 2]


@pytest.mark.parametrize("text", ["a" * 5000, "word " * 1000, "a\n" * 2500, "." * 5000, "\u4f60" * 3000, '"' * 3000])
def test_no_sentence_is_too_long_and_nothing_is_left_out(text: str) -> None:
    found = sentences(text)

    assert all(0 < sentence.end - sentence.start <= LONGEST_SENTENCE for sentence in found)
    assert sum(len(text[one.start : one.end].replace(" ", "").replace("\n", "")) for one in found) == len(
        text.replace(" ", "").replace("\n", "")
    )
    assert all(one.end <= other.start for one, other in pairwise(found))
