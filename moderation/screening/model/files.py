"""The names and digests of the encoder's files."""

from pathlib import Path

# all-MiniLM-L6-v2 as its publishers released it; whoever packaged it, only these files are accepted.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

GRAPH_FILE = "encoder-int8-1.onnx"  # the last number changes with the graph that `convert.py` makes
TOKENIZER_FILE = "tokenizer.json"


def is_ready(folder: Path) -> bool:
    """Return whether `folder` holds the encoder as this version reads it."""
    return (folder / GRAPH_FILE).is_file() and (folder / TOKENIZER_FILE).is_file()
