"""Labelled texts of the corpus as examples to train on and to measure with."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from moderation.screening.corpus import CORPUS, Passage, own_corpus
from moderation.screening.model.train import Example
from moderation.screening.reading import RISKS, Category


def examples_of(passages: Sequence[Passage]) -> list[Example]:
    """Return the passages as examples."""
    return [
        Example(
            passage.text,
            passage.labels,
            passage.severity,
            passage.voice,
            is_english=passage.language == "en",
            is_tuned_on=passage.id.startswith(("dev-", "story-dev-")),
        )
        for passage in passages
    ]


_SHORT = 90  # words; a longer text tells of its surroundings itself
_FEWEST = 25  # words of an ordinary text that can surround another
_CHANCE = 20261123  # any number: the same corpus gives the same examples


def training_examples() -> list[Example]:
    """Return the texts of the train split, the marked passages of its stories, and what `joined` makes of them."""
    passages = own_corpus(split="train")
    stories = {passage.id for passage in passages if passage.is_story}
    examples = examples_of(passages)
    return [*examples, *_marked_passages(stories), *joined(examples)]


def joined(examples: Sequence[Example]) -> list[Example]:
    """Return long texts made of short ones of the same voice, since danger is mostly told in the middle of something else.

    A labelled text is set into an ordinary one and keeps its labels; ordinary texts are joined to longer ordinary ones.
    """
    chance = random.Random(_CHANCE)  # noqa: S311  a corpus, not a secret
    ordinary: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if not example.labels and len(example.text.split()) >= _FEWEST:
            ordinary[example.voice].append(example)
    made: list[Example] = []
    for example in examples:
        around = ordinary[example.voice]
        if example.labels and around and len(example.text.split()) <= _SHORT:
            made.append(_set_into(example, chance.choice(around).text, chance=chance))
    for texts in ordinary.values():
        for first, second in zip(texts[::2], texts[1::2], strict=False):
            made.append(replace(first, text=f"{first.text}\n\n{second.text}", is_joined=True))
    return made


def _set_into(example: Example, around: str, *, chance: random.Random) -> Example:
    sentences = around.split(". ")
    at = chance.randint(0, len(sentences))
    gap = chance.choice([" ", "\n\n"])
    text = gap.join(part for part in (". ".join(sentences[:at]), example.text, ". ".join(sentences[at:])) if part)
    return replace(example, text=text, is_joined=True)


def _marked_passages(stories: set[str]) -> list[Example]:
    found: list[Example] = []
    for path in sorted((CORPUS / "stories").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            story = json.loads(line) if line.strip() else {}
            if story.get("id") not in stories:
                continue
            is_english = story.get("lang", "en") == "en"
            for mark in story.get("marks", []):
                is_over = mark["severity"] < 2 and mark["label"] != Category.BEREAVEMENT
                labels = frozenset(category for category in RISKS if category == mark["label"] and not is_over)
                found.append(Example(mark["quote"], labels, mark["severity"], story["voice"], is_english=is_english))
    return found
