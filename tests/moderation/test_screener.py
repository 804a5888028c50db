"""The engine is opened once a process, opened again when its parts change, and does without what is missing."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.core.checks import run_checks

from helplines.models import Helpline
from moderation import screener
from moderation.actions import keep_calibration
from moderation.screening.engine import ENGINE_VERSION
from moderation.screening.reading import RISKS, Category
from tests.factories import NOON

ORDINARY = "We walked along the canal for an hour and talked about the garden and what could grow there."
OWN_RULE = """
[[rule]]
id = "own-harbour"
category = "sourcing"
severity = 2
reason = "Here people mean a dealer by it."
patterns = ["the harbour master"]
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_lexicon(screening_folder):
    """Return a function that writes the operator's own English entries; they are out of use after the test."""

    def write(text):
        folder = screening_folder / "lexicon" / "en"
        folder.mkdir(parents=True)
        (folder / "own.toml").write_text(text)

    yield write
    (screening_folder / "lexicon").rename(screening_folder / "gone")
    screener.use_own_lexicon()


def later(monkeypatch):
    """The next reading looks whether something has changed."""
    monkeypatch.setattr(screener, "LOOK_AFTER_SECONDS", 0.0)


def test_works_without_encoder_says_why_and_reads_on(screening_folder):
    found = screener.works()

    assert "meaning" not in found.layers
    assert found.layers[0] == "patterns"
    assert found.why
    assert screener.read("He says he will kill himself if I leave him.").severity == 3


def test_works_why_names_no_folder(screening_folder):
    (screening_folder / "model.npz").write_bytes(b"no model")

    why = screener.works().why

    assert "model.npz" in why
    assert "/" not in why


def test_works_model_that_opens_and_does_not_fit_is_left_out(with_model, tiny_model):
    short = {name: array[:1] if array.ndim > 1 else array for name, array in tiny_model.arrays.items()}
    replace(tiny_model, arrays=short).save(with_model / "model.npz")

    found = screener.works()

    assert "the model trained here fails on every text and is left out" in found.why
    assert "tiny" not in found.engine
    assert screener.read("He says he will kill himself if I leave him.").severity == 3


def test_works_with_all_parts_gives_no_reason(with_model):
    found = screener.works()

    assert (found.layers, found.why) == (("patterns", "n-grams", "meaning"), "")
    assert found.engine.startswith(f"{ENGINE_VERSION}+tiny-")


def test_read_with_all_parts_gives_scores_layers_and_the_engines_name(with_model):
    reading = screener.read(ORDINARY)

    assert set(reading.scores) == set(RISKS)
    assert reading.layers == ("patterns", "n-grams", "meaning")
    assert reading.engine == screener.works().engine


@pytest.mark.parametrize(("threshold", "is_found"), [(0.0, True), (1.1, False)])
def test_read_uses_the_calibration_of_this_engine(with_model, threshold, is_found):
    keep_calibration(dict.fromkeys(RISKS, threshold), engine=screener.works().engine, posts=200, at=NOON)
    screener.close()

    assert (Category.GROOMING in screener.read(ORDINARY).risks) is is_found


@pytest.mark.parametrize("threshold", [0.0, 1.1])
def test_read_leaves_the_calibration_of_another_engine_alone(with_model, threshold):
    before = screener.read(ORDINARY).risks
    keep_calibration(dict.fromkeys(RISKS, threshold), engine="another", posts=200, at=NOON)
    screener.close()

    assert screener.read(ORDINARY).risks == before


def test_open_engine_is_kept_while_nothing_changes(with_model, monkeypatch):
    later(monkeypatch)

    assert screener.open_engine() is screener.open_engine()


def test_open_engine_changed_model_is_opened_again(with_model, monkeypatch):
    later(monkeypatch)
    before = screener.open_engine()
    os.utime(with_model / "model.npz", ns=(1, 1))

    assert screener.open_engine() is not before


def test_open_engine_new_calibration_is_opened_again(with_model, monkeypatch):
    later(monkeypatch)
    before = screener.open_engine()
    keep_calibration({}, engine=screener.works().engine, posts=200, at=NOON)

    assert screener.open_engine() is not before


def test_open_engine_looks_once_a_minute_at_most(with_model, django_assert_num_queries):
    screener.read(ORDINARY)

    with django_assert_num_queries(0):
        screener.read(ORDINARY)


def test_own_lexicon_is_read_with(own_lexicon):
    own_lexicon(OWN_RULE)

    assert screener.use_own_lexicon() == ""
    assert Category.SOURCING in screener.read("Ask the harbour master tonight.").risks


def test_own_lexicon_broken_is_named_by_check_and_left_out(own_lexicon):
    own_lexicon(OWN_RULE.replace("sourcing", "no such thing"))

    (error,) = [one for one in run_checks() if one.id == "moderation.E001"]

    assert "own.toml" in error.msg
    assert "own-harbour" in error.msg
    assert "own.toml" in screener.works().why
    assert screener.read("He says he will kill himself if I leave him.").severity == 3


def test_check_without_own_lexicon_is_quiet(screening_folder):
    assert [one for one in run_checks() if one.id == "moderation.E001"] == []


def test_web_server_does_not_load_the_encoder():
    """What the web server imports, in a process of its own: neither what the encoder runs on nor what trains."""
    program = (
        "import sys\n"
        "import community.wsgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "print([name for name in ('onnxruntime', 'onnx', 'tokenizers', 'sklearn', 'scipy') if name in sys.modules])\n"
    )

    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert out.stdout.strip() == "[]"


def test_read_leaves_numbers_of_the_directory_alone(with_model):
    text = "Ring them any time, they were kind to me: 020 7946 0958."
    screener.close()
    before = screener.read(text).categories
    Helpline.objects.create(country="GB", country_name="United Kingdom", name="Line", call="020 7946 0958")
    screener.close()

    after = screener.read(text).categories

    assert Category.IDENTIFYING_DATA in before
    assert Category.IDENTIFYING_DATA not in after
