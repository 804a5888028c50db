"""The desk at noon on a Monday, and a small screening model of its own."""

from pathlib import Path

import pytest
import time_machine

from moderation import screener
from moderation.screening.corpus import own_corpus
from moderation.screening.model import train
from moderation.screening.model.convert import convert, installed_weights
from moderation.screening.model.encoder import Encoder
from moderation.screening.model.examples import examples_of
from tests.moderation.helpers import SOON, short_training


@pytest.fixture
def five_past_noon():
    """It is five minutes past noon, and stays so."""
    with time_machine.travel(SOON, tick=False) as clock:
        yield clock


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory) -> Path:
    """The sentence encoder, made from the installed package."""
    found = installed_weights()
    if found is None:
        pytest.skip("the package of the sentence encoder is not installed (requirements-model.txt)")
    folder = tmp_path_factory.mktemp("encoder")
    convert(found.weights, found.tokenizer, into=folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(encoder_folder):
    """A model trained in seconds on every fiftieth text of the corpus: it works like a large one, and knows little."""
    examples = examples_of(own_corpus(split="train"))[::50]
    with short_training():
        return train.train(examples, encoder=Encoder(encoder_folder), name="tiny", tell=lambda _line: None)


@pytest.fixture
def fresh_engine():
    """Nothing is open before the test and nothing stays open after it."""
    screener.close()
    yield
    screener.close()


@pytest.fixture
def screening_folder(tmp_path, settings, fresh_engine) -> Path:
    """An empty folder for the screening of one test."""
    settings.SCREENING_FOLDER = tmp_path / "screening"
    settings.SCREENING_FOLDER.mkdir()
    return settings.SCREENING_FOLDER


@pytest.fixture
def with_model(screening_folder, encoder_folder, tiny_model) -> Path:
    """The tiny model and the encoder are in use."""
    (screening_folder / "encoder").symlink_to(encoder_folder)
    tiny_model.save(screening_folder / "model.npz")
    return screening_folder
