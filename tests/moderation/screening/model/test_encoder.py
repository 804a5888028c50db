from pathlib import Path

import numpy as np
import pytest

from moderation.screening.model.encoder import LAYERS, WIDTH, Encoder


@pytest.fixture(scope="module")
def encoder(encoder_folder: Path) -> Encoder:
    return Encoder(encoder_folder)


def likeness(encoder: Encoder, one: str, other: str) -> float:
    first, second = (encoder.encode(text, []).whole for text in (one, other))
    return float(first @ second) / LAYERS


def test_texts_of_like_meaning_lie_closer_than_others(encoder: Encoder) -> None:
    said = "i do not want to wake up tomorrow"
    alike = likeness(encoder, said, "it would be easier if i just slept and never opened my eyes again")
    unlike = likeness(encoder, said, "the bus to the market leaves at nine from the station")

    assert alike > unlike + 0.1


def test_passages_have_vectors_of_their_own(encoder: Encoder) -> None:
    text = "the cat is asleep on the radiator. he took my keys and my phone."

    found = encoder.encode(text, [(0, 34), (35, len(text))])

    assert found.passages.shape == (2, WIDTH)
    assert np.allclose(np.linalg.norm(found.passages.reshape(2, LAYERS, -1), axis=2), 1, atol=1e-4)
    assert not np.allclose(found.passages[0], found.passages[1], atol=0.01)


def test_long_text_is_read_to_its_end(encoder: Encoder) -> None:
    filler = "we went to the shop and came home again. " * 150
    text = filler + "i wrote the letters and fed the cat."
    last = (len(filler), len(text))

    alone = encoder.encode(text[last[0] :], [(0, last[1] - last[0])]).passages[0]
    found = encoder.encode(text, [(0, 40), last]).passages

    assert float(found[1] @ alone) > float(found[0] @ alone)


def test_nothing_to_read_gives_zeros(encoder: Encoder) -> None:
    found = encoder.encode("", [(0, 0)])

    assert not found.whole.any()
    assert not found.passages.any()


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"encoder-int8-1\.onnx"):
        Encoder(tmp_path)
