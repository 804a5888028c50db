from pathlib import Path

import pytest

from moderation.screening.model.convert import convert, installed_weights
from moderation.screening.screener import Screener, open_screener


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sentence encoder, made ready from the installed package as an installation does it."""
    found = installed_weights()
    assert found is not None, "requirements-model.txt is not installed"
    folder = tmp_path_factory.mktemp("encoder")
    convert(found.weights, found.tokenizer, into=folder)
    return folder


@pytest.fixture(scope="session")
def screener(encoder_folder: Path) -> Screener:
    """All layers, as shipped."""
    return open_screener(encoder_folder=encoder_folder)
