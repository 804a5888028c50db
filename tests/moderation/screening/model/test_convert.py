from pathlib import Path

import pytest

from moderation.screening.model import convert as conversion
from moderation.screening.model.convert import WrongWeightsError, convert, installed_weights
from moderation.screening.model.files import GRAPH_FILE, TOKENIZER_FILE, is_ready


def test_installed_package_holds_the_published_files(encoder_folder: Path) -> None:
    assert is_ready(encoder_folder)
    # Eight bits: a quarter of the published 91 MB.
    assert (encoder_folder / GRAPH_FILE).stat().st_size < 25_000_000


def test_other_weights_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    found = installed_weights()
    assert found is not None
    changed = tmp_path / "model.safetensors"
    changed.write_bytes(found.weights.read_bytes()[:-1] + b"\x01")

    with pytest.raises(WrongWeightsError, match=r"model\.safetensors: its SHA-256 is"):
        convert(changed, found.tokenizer, into=tmp_path / "encoder")

    assert not (tmp_path / "encoder").exists()


def test_other_tokenizer_is_refused(tmp_path: Path) -> None:
    found = installed_weights()
    assert found is not None
    changed = tmp_path / "tokenizer.json"
    changed.write_text(found.tokenizer.read_text(encoding="utf-8") + " ", encoding="utf-8")

    with pytest.raises(WrongWeightsError, match="tokenizer"):
        convert(found.weights, changed, into=tmp_path / "encoder")


def test_broken_conversion_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = installed_weights()
    assert found is not None

    def full_disk(weights: object) -> bytes:
        raise OSError(28, "No space left on device")

    # A full disk cannot be had on purpose everywhere.
    monkeypatch.setattr(conversion, "graph_of", full_disk)
    with pytest.raises(OSError, match="No space left"):
        convert(found.weights, found.tokenizer, into=tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [TOKENIZER_FILE]
    assert not is_ready(tmp_path)
