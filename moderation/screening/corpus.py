"""The labelled texts of this project: every line is invented for it, and no one's post is among them.

`passages/` and `stories/` hold what was written by voice, with `voices/` saying who each voice is and on which side of the split
it stands: train and test share no voice. The four early parts beside them are what the patterns were made with.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from moderation.screening.reading import Category

# "dev" is what patterns are tuned on; "test" was written before the patterns, by the same hand; "blind" was written after them in
# oblique words and is never tuned on; "heldout" was written before the second version of the patterns and not tuned on either.
EARLY = ("dev", "test", "blind", "heldout")
SPLITS = ("train", "test")
CORPUS = Path(__file__).with_name("corpus")
NONE = "none"


class CorpusError(ValueError):
    """A corpus line cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One labelled text. `severity` is None where the corpus gives none."""

    id: str
    text: str
    labels: frozenset[Category]
    severity: int | None
    voice: str
    language: str = "en"
    is_story: bool = False


def load(path: Path) -> list[Passage]:
    """Return the passages of a JSON Lines file; raises CorpusError naming the file and the line that is wrong."""
    passages: list[Passage] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path.name}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            passages.append(_passage(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path.name}, line {number}: {_told(error)}") from error
    return passages


def early_corpus(*, part: str) -> list[Passage]:
    """Return the passages and whole stories of one of the `EARLY` parts."""
    stories = CORPUS / f"stories_{part}.jsonl"
    return load(CORPUS / f"{part}.jsonl") + (load(stories) if stories.is_file() else [])


def own_corpus(*, split: str) -> list[Passage]:
    """Return every text of one of the `SPLITS`. Nothing that patterns or model were tuned on is in "test"."""
    early = ("dev",) if split == "train" else ("test", "blind", "heldout")
    found = [passage for part in early for passage in early_corpus(part=part)]
    for path in sorted([*(CORPUS / "passages").glob("*.jsonl"), *(CORPUS / "stories").glob("*.jsonl")]):
        found += [passage for passage in load(path) if _split_of_voices().get(passage.voice) == split]
    return found


@cache
def _split_of_voices() -> dict[str, str]:
    splits: dict[str, str] = {}
    for path in sorted((CORPUS / "voices").glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            about = json.loads(line)
            if about.get("split") not in SPLITS or not isinstance(about.get("voice"), str):
                raise CorpusError(f"{path.name}, line {number}: a voice needs a name and a split, train or test")
            splits[about["voice"]] = about["split"]
    return splits


def _passage(values: Any) -> Passage:
    if not isinstance(values, dict):
        raise TypeError("a line must be an object")
    for name in ("id", "text"):
        if not isinstance(values.get(name), str):
            raise TypeError(f"{name!r} must be a text")
    severity = values.get("severity")
    if severity is not None and severity not in (0, 1, 2, 3, 4):
        raise ValueError(f"severity is {severity!r}; expected 0 to 4")
    return Passage(
        id=values["id"],
        text=values["text"],
        labels=_labels(values),
        severity=severity,
        voice=str(values.get("voice", "")),
        language=str(values.get("lang", "en")),
        is_story="marks" in values or values["id"].startswith("story-"),
    )


def _labels(values: dict[str, Any]) -> frozenset[Category]:
    if "labels" not in values and "label" not in values:
        raise ValueError("it has neither 'label' nor 'labels'")
    given = values["labels"] if "labels" in values else [values["label"]]
    if not isinstance(given, list):
        raise TypeError("'labels' must be a list")
    known: Callable[[str], bool] = set(Category).__contains__
    for name in given:
        if not isinstance(name, str) or (name != NONE and not known(name)):
            raise ValueError(f"unknown label {name!r}")
    return frozenset(Category(name) for name in given if name not in (NONE, Category.OWN_USE))


def _told(error: Exception) -> str:
    return (
        f"not JSON ({error.msg})"
        if isinstance(error, json.JSONDecodeError)
        else str(error.args[0])
        if error.args
        else str(error)
    )
