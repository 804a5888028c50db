from pathlib import Path

import pytest

from moderation.screening.corpus import own_corpus
from moderation.screening.engine import read
from moderation.screening.reading import RISKS, Category, Certainty, Reading
from moderation.screening.screener import Screener, open_screener, patterns_alone

OBLIQUE = (
    "i have been sorting the flat this week and it is nearly done. the cat goes to my sister on sunday, she does not know "
    "why yet. funny how light everything gets once you have decided. thanks for being kind to me on here, all of you."
)
SPANISH = "Llevo dos noches sin dormir. No quiero seguir viviendo, nadie me va a extrañar si me muero."


@pytest.fixture(scope="module")
def light() -> Screener:
    return open_screener()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [passage.text for passage in own_corpus(split="test")][::9]


def test_all_layers_are_there(screener: Screener) -> None:
    assert screener.layers.names == ("patterns", "n-grams", "meaning")
    assert screener.layers.why == ""


def test_no_layer_lowers_what_the_patterns_found(screener: Screener, light: Screener, texts: list[str]) -> None:
    for text in texts:
        found = read(text)
        for reader in (screener, light):
            reading = reader.read(text)
            assert reading.severity >= found.severity
            assert set(found.findings) <= set(reading.findings)


def test_scores_are_graded_and_complete(screener: Screener, light: Screener, texts: list[str]) -> None:
    for reader in (screener, light, patterns_alone()):
        seen: set[float] = set()
        for text in texts:
            reading = reader.read(text)
            assert set(reading.scores) == set(RISKS)
            assert all(0 <= score <= 1 for score in reading.scores.values())
            seen.update(reading.scores.values())
        assert len(seen) > 10


def test_grave_pattern_keeps_its_score_above_the_threshold(screener: Screener) -> None:
    text = "I am going to kill myself tonight. " + "We had soup and then the football was on. " * 60

    reading = screener.read(text)

    assert reading.severity == 4
    assert reading.scores[Category.SUICIDE_SELF_HARM] >= screener.thresholds[Category.SUICIDE_SELF_HARM]


def test_meaning_finds_what_no_pattern_names_and_points_at_it(screener: Screener) -> None:
    reading = screener.read(OBLIQUE)

    found = [finding for finding in reading.findings if finding.rule == "meaning.suicide_self_harm"]
    assert read(OBLIQUE).severity < 3
    assert reading.severity >= 3
    assert len(found) == 1
    assert found[0].end - found[0].start < len(OBLIQUE)
    assert "read it yourself" in found[0].reason
    assert found[0].certainty in (Certainty.LIKELY, Certainty.UNSURE)


def test_spans_point_into_the_authors_own_text(screener: Screener) -> None:
    text = "Ｉ am so tired\u200b of it.  " + OBLIQUE

    for finding in screener.read(text).findings:
        assert 0 <= finding.start < finding.end <= len(text)


def test_other_languages_are_not_read_by_meaning(screener: Screener) -> None:
    assert "meaning" not in screener.read(SPANISH).layers
    assert screener.read("Ich kann nicht mehr und will nicht mehr leben, niemand hilft mir.").language == "unknown"


def test_site_thresholds_replace_the_shipped_ones(screener: Screener) -> None:
    score = screener.read(OBLIQUE).scores[Category.SUICIDE_SELF_HARM]

    strict = screener.read(OBLIQUE, thresholds={Category.SUICIDE_SELF_HARM: min(1.0, score + 0.001)})
    open_ = screener.read(OBLIQUE, thresholds={Category.SUICIDE_SELF_HARM: score})

    assert "meaning.suicide_self_harm" not in {finding.rule for finding in strict.findings}
    assert "meaning.suicide_self_harm" in {finding.rule for finding in open_.findings}


def test_missing_encoder_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    reader = open_screener(encoder_folder=tmp_path)

    assert reader.layers.names == ("patterns", "n-grams")
    assert "manage.py prepare_screening" in reader.layers.why
    assert reader.read("I want to kill myself").severity == 4 or reader.read("I want to kill myself").severity == 3


def test_broken_model_of_the_site_gives_way_to_the_shipped_one(tmp_path: Path) -> None:
    broken = tmp_path / "model.npz"
    broken.write_bytes(b"not a model")

    reader = open_screener(model_file=broken)

    assert reader.layers.ngrams
    assert reader.version == open_screener().version
    assert "model.npz is not a model of this engine" in reader.layers.why


def test_patterns_alone_read_as_before() -> None:
    reading = patterns_alone().read(OBLIQUE)

    assert reading.layers == ("patterns",)
    assert reading.findings == read(OBLIQUE).findings


def test_reading_survives_being_kept(screener: Screener) -> None:
    reading = screener.read(OBLIQUE)

    assert Reading.from_dict(reading.to_dict()) == reading


def test_reading_kept_by_an_earlier_version_can_still_be_opened() -> None:
    kept = read("he hits me every friday").to_dict()
    del kept["scores"], kept["layers"]
    for finding in kept["findings"]:
        del finding["certainty"]

    reading = Reading.from_dict(kept)

    assert reading.scores == {}
    assert {finding.certainty for finding in reading.findings} == {Certainty.CLEAR}
