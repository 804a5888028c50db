import numpy as np
import pytest

from moderation.screening.model.measure import found_when_flagged, mean_found, table
from moderation.screening.model.train import Example
from moderation.screening.reading import RISKS, Category

SOURCING = RISKS.index(Category.SOURCING)


def example(*labels: Category) -> Example:
    return Example("words", frozenset(labels), None, "voice")


@pytest.fixture
def texts():
    return [example() for _ in range(100)] + [example(Category.SOURCING) for _ in range(4)]


def test_found_counts_what_lies_above_the_share_of_ordinary_texts(texts) -> None:
    scores = np.zeros((104, len(RISKS)), np.float32)
    scores[:100, SOURCING] = np.linspace(0, 0.99, 100)
    scores[100:, SOURCING] = [0.5, 0.85, 0.95, 0.99]

    found = {one.category: one for one in found_when_flagged(texts, scores)}

    assert found[Category.SOURCING].alone == (0.5, 0.75)
    assert found[Category.MINOR].alone is None


def test_one_threshold_for_all_is_set_by_the_loudest_category(texts) -> None:
    scores = np.zeros((104, len(RISKS)), np.float32)
    scores[:100, RISKS.index(Category.MINOR)] = np.linspace(0, 0.99, 100)
    scores[100:, SOURCING] = [0.5, 0.85, 0.95, 0.99]

    found = found_when_flagged(texts, scores)

    assert mean_found(found) == ((1.0, 1.0), (0.5, 0.75))
    assert "too few" in table(found)
    assert "mean over categories" in table(found)


def test_nothing_to_measure_is_no_error() -> None:
    found = found_when_flagged([], np.zeros((0, len(RISKS)), np.float32))

    assert mean_found(found) == ((), ())
