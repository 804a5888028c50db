from moderation.screening.model.ngrams import BUCKETS, buckets


def test_same_words_give_the_same_numbers_in_any_process() -> None:
    # Python's own hash differs from process to process; these numbers are part of the trained model.
    assert buckets("go").tolist() == [22988, 37718, 38382, 49109]


def test_numbers_lie_in_range_and_come_once() -> None:
    found = buckets("the same words the same words " * 50)

    assert found.min() >= 0
    assert found.max() < BUCKETS
    assert len(set(found.tolist())) == len(found)


def test_misspelling_shares_pieces_with_the_word() -> None:
    right, wrong, other = (set(buckets(word).tolist()) for word in ("suboxone", "suboxonne", "radiator"))

    assert len(right & wrong) > 5
    assert len(right & other) < 2


def test_text_without_words_has_none() -> None:
    assert len(buckets(" ... ")) == 0
