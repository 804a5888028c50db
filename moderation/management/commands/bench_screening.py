"""How fast posts are read on this machine, and what the worst input costs."""

import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from moderation.screener import encoder_folder, model_file
from moderation.screening.corpus import own_corpus
from moderation.screening.engine import read
from moderation.screening.reading import Reading
from moderation.screening.screener import open_screener

_WORDS_PER_POST = 120
_LONG_POST = 5_000  # words: the longest story that is usual
_HOSTILE = 200_000  # characters
_SEED = 4


class Command(BaseCommand):
    """`manage.py bench_screening`: posts a second by layer, a long story, hostile input, memory."""

    help = "Measure how fast posts are read: with patterns alone, with n-grams, with everything, and hostile input."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many posts are read, how often, and how many with the sentence encoder."""
        parser.add_argument("--posts", type=int, default=200, help="posts of 120 words in a run")
        parser.add_argument("--runs", type=int, default=7, help="runs, of which the median is printed")
        parser.add_argument(
            "--posts-with-meaning", type=int, default=20, help="posts in a run with the sentence encoder"
        )

    def handle(self, *, posts: int, runs: int, posts_with_meaning: int, **options: Any) -> None:
        """Print the figures; all are processor time of this process, so that neighbours on the machine count little."""
        texts = _posts(posts)
        story = _of_words(_LONG_POST)
        start = time.process_time()
        read(texts[0])
        self._tell("open the lexicons and read a first post", f"{time.process_time() - start:8.2f} s")
        self._layer("patterns alone", read, texts, story, runs=runs)
        self._trained_layers(texts, story, runs=runs, posts_with_meaning=posts_with_meaning)
        self.stdout.write(f"hostile posts of {_HOSTILE:,} characters, patterns alone:")
        for name, text in _hostile():
            self._tell(f"  {name}", f"{_seconds(read, text):8.2f} s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        self._tell("peak memory of this process", f"{peak:8.0f} MB")

    def _trained_layers(self, texts: list[str], story: str, *, runs: int, posts_with_meaning: int) -> None:
        own_model = model_file() if model_file().is_file() else None
        ngrams = open_screener(model_file=own_model)
        if ngrams.layers.ngrams:
            self._layer("patterns and n-grams", ngrams.read, texts, story, runs=runs)
        else:
            self._tell("patterns and n-grams", f"not measured: {ngrams.layers.why}")
        everything = open_screener(model_file=own_model, encoder_folder=encoder_folder())
        if everything.layers.meaning:
            fewer = texts[:posts_with_meaning]
            self._layer("everything", everything.read, fewer, story, runs=min(runs, 3))
        else:
            self._tell("everything", f"not measured: {everything.layers.why}")

    def _layer(self, name: str, reads: Callable[[str], Reading], texts: list[str], story: str, *, runs: int) -> None:
        for text in texts:
            reads(text)
        rates = [len(texts) / sum(_seconds(reads, text) for text in texts) for _ in range(runs)]
        self._tell(f"{name}: posts of {_WORDS_PER_POST} words", f"{statistics.median(rates):8.0f} a second")
        long = statistics.median(_seconds(reads, story) for _ in range(min(runs, 3)))
        self._tell(f"{name}: one post of {_LONG_POST:,} words", f"{long:8.3f} s")

    def _tell(self, what: str, figure: str) -> None:
        self.stdout.write(f"{what:52}{figure}")


def _seconds(reads: Callable[[str], Reading], text: str) -> float:
    start = time.process_time()
    reads(text)
    return time.process_time() - start


def _lines() -> list[str]:
    lines = [one.text for one in own_corpus(split="train") if one.language == "en" and not one.is_story]
    random.Random(_SEED).shuffle(lines)  # noqa: S311 - the same order each time
    return lines


def _posts(count: int) -> list[str]:
    """Return texts of `_WORDS_PER_POST` words, made of whole lines of the corpus."""
    posts: list[str] = []
    words: list[str] = []
    lines = _lines()
    while len(posts) < count:
        for line in lines:
            words += line.split(" ")
            if len(words) >= _WORDS_PER_POST:
                posts.append(" ".join(words[:_WORDS_PER_POST]))
                words = []
    return posts[:count]


def _of_words(count: int) -> str:
    words = "\n\n".join(_lines()).split(" ")
    while len(words) < count:
        words += words
    return " ".join(words[:count])


def _hostile() -> Iterator[tuple[str, str]]:
    """Yield texts made to cost as much as possible, each with its name."""
    chance = random.Random(_SEED)  # noqa: S311 - the same text each time
    words = " ".join(_lines()).split()
    yield "shuffled words", " ".join(chance.choice(words) for _ in range(_HOSTILE // 4))[:_HOSTILE]
    yield "any Unicode", "".join(chr(chance.randrange(0x3000)) for _ in range(_HOSTILE))
    for name, unit in (
        ("one letter", "a"),
        ("words that begin many patterns", "i want to he said she will "),
        ("apostrophes", "they're don't he'd a'a'a "),
        ("full stops", ". "),
        ("telephone numbers", "07700 900417 "),
        ("marks above letters", "k\u0336"),
        ("invisible characters", "\u200b"),
    ):
        yield name, (unit * (_HOSTILE // len(unit) + 1))[:_HOSTILE]
