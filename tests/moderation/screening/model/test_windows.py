from moderation.screening.model.windows import windows
from moderation.screening.passages import sentences


def test_short_sentences_are_read_with_the_next() -> None:
    text = "so. yeah. i have not slept since they took him to the ward on friday. nobody calls me back."

    found = [text[start:end] for start, end in windows(sentences(text))]

    assert found[0].startswith("so. yeah. i have not slept")
    assert any(passage.endswith("nobody calls me back.") for passage in found)


def test_neighbours_are_also_read_side_by_side() -> None:
    first = "i packed the blue bag again and put it under the bed."
    second = "he stood in the door for an hour and said nothing at all."
    text = f"{first} {second}"

    found = {text[start:end].strip() for start, end in windows(sentences(text))}

    assert found == {first, second, text}


def test_every_word_lies_in_a_passage() -> None:
    text = "one. two three four. " * 40 + "and the last of them ends here without a stop"
    covered: set[int] = set()
    for start, end in windows(sentences(text)):
        covered.update(range(start, end))

    assert all(at in covered for at, character in enumerate(text) if not character.isspace())


def test_text_without_words_has_no_passages() -> None:
    assert windows(sentences("   \n\n  ")) == []
