import numpy as np
import pytest

from moderation.screening.model.calibration import FEWEST, FURTHEST, thresholds_for, thresholds_for_scores
from moderation.screening.reading import RISKS, Category

SHIPPED = dict.fromkeys(RISKS, 0.5)


def posts(values, category: Category = Category.SOURCING):
    return [dict.fromkeys(RISKS, 0.01) | {category: float(value)} for value in values]


def test_suicide_and_overdose_may_flag_more_than_others() -> None:
    scores = np.tile(np.linspace(0, 0.9, 1000, dtype=np.float32)[:, np.newaxis], (1, len(RISKS)))

    found = thresholds_for_scores(scores)

    assert found["suicide_self_harm"] < found["overdose_now"] < found["sourcing"]
    assert found["sourcing"] == pytest.approx(0.9 * 0.9985, abs=0.001)


def test_site_with_much_talk_of_a_thing_raises_its_threshold() -> None:
    found = thresholds_for(posts(np.linspace(0.3, 0.64, FEWEST)), shipped=SHIPPED)

    assert 0.6 < found[Category.SOURCING] < 0.65


def test_flood_cannot_dull_the_machine() -> None:
    flooded = thresholds_for(posts([0.999] * 500), shipped=SHIPPED)
    silent = thresholds_for(posts([0.0] * 500), shipped=SHIPPED)

    furthest = 1 / (1 + np.exp(-FURTHEST))
    assert flooded[Category.SOURCING] == pytest.approx(furthest, abs=1e-3)
    assert silent[Category.SOURCING] == pytest.approx(1 - furthest, abs=1e-3)


def test_too_few_posts_change_nothing() -> None:
    with pytest.raises(ValueError, match="199 ordinary posts are too few; 200 are needed"):
        thresholds_for(posts([0.2] * (FEWEST - 1)), shipped=SHIPPED)
