import json
from pathlib import Path

import numpy as np
import pytest

from moderation.screening.engine import read
from moderation.screening.model.ngrams import buckets
from moderation.screening.model.trained import COLUMNS, Trained, WrongModelError, pattern_levels
from moderation.screening.reading import RISKS, Category

HIT = "he hit me again last night and took my bank card"


@pytest.fixture(scope="module")
def shipped() -> Trained:
    return Trained.load()


def test_shipped_model_says_what_it_is(shipped: Trained) -> None:
    assert set(shipped.thresholds) == set(RISKS)
    assert set(shipped.level_thresholds) == {3, 4}
    assert shipped.about["examples"] > 3000
    assert shipped.version


def test_shipped_model_is_small() -> None:
    assert Path(__file__).parents[4].joinpath("moderation/screening/model/trained.npz").stat().st_size < 2_000_000


def test_what_a_pattern_found_only_adds(shipped: Trained) -> None:
    grams, findings = buckets(HIT), read(HIT).findings

    without = shipped.judge(grams, None, [])
    with_patterns = shipped.judge(grams, None, findings)

    assert findings
    assert all(with_patterns.scores[category] >= without.scores[category] for category in RISKS)
    assert with_patterns.scores[Category.VIOLENCE_COERCION] > without.scores[Category.VIOLENCE_COERCION]
    assert with_patterns.levels[3] >= without.levels[3]


def test_pattern_levels_count_the_gravest_finding() -> None:
    levels = pattern_levels(read("I will kill myself tonight, the pills are here.").findings)

    place = RISKS.index(Category.SUICIDE_SELF_HARM)
    assert levels.shape == (4, COLUMNS)
    assert levels[:, place].tolist() == [1, 1, 1, 1]
    assert levels[:, len(RISKS)].tolist() == [1, 1, 1, 1]
    assert not levels[:, RISKS.index(Category.SOURCING)].any()


def test_saved_model_is_the_same_when_read_again(shipped: Trained, tmp_path: Path) -> None:
    shipped.save(tmp_path / "model.npz")

    again = Trained.load(tmp_path / "model.npz")

    assert again.about == shipped.about
    assert all(np.array_equal(again.arrays[name], shipped.arrays[name]) for name in shipped.arrays)
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]


def test_model_of_another_version_is_refused(shipped: Trained, tmp_path: Path) -> None:
    Trained(shipped.arrays, shipped.about | {"format": 0}).save(tmp_path / "old.npz")

    with pytest.raises(WrongModelError, match=r"old\.npz was made for another version"):
        Trained.load(tmp_path / "old.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", json.dumps({"a": 1}).encode()])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)

    with pytest.raises(WrongModelError, match=r"model\.npz is not a model"):
        Trained.load(path)
