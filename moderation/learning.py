"""A model trained on this site: from the corpus and from what moderators said here, installed only when it is not worse.

Words are read from the posts themselves while it trains and are kept nowhere else. Nothing leaves this server.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from moderation import screener
from moderation.models import ScreeningLabel
from moderation.readings import ScreenedWords
from moderation.screening.corpus import own_corpus
from moderation.screening.engine import read
from moderation.screening.model.encoder import Encoder
from moderation.screening.model.examples import examples_of, training_examples
from moderation.screening.model.train import Evidence, Example, evidence_of, fit, picked
from moderation.screening.model.trained import SHIPPED, Trained, WrongModelError
from moderation.screening.reading import Category, Reading

# Fewer labels teach nothing that holds.
FEWEST = 20
# By how much more of the ordinary posts a new model may bring to people.
MORE_FLAGGED = 0.01
_PARTS = 3  # of the local authors, each left out once
_BATCH = 500
_CHANCE = 1
_LEARNED_UNTIL = "learned_until"

Tell = Callable[[str], None]


class NotLearnedError(Exception):
    """There is nothing to learn from, or no way to: the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One labelled post of this site, read for training: `at` is when a moderator labelled it."""

    example: Example
    at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """The share, 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.hits} of {self.of}" if self.of else "none"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model does with labelled texts: how many it finds at levels 4, 3 and 2, and how many ordinary ones it flags."""

    found: dict[int, Count]
    flagged: Count


@dataclass(frozen=True, slots=True)
class Compared:
    """Two models on the same texts."""

    name: str
    current: Figures
    candidate: Figures


@dataclass(frozen=True, slots=True)
class Outcome:
    """A candidate and how it compares; `refusals` say why it may not be installed, none when it may."""

    model: Trained
    compared: list[Compared]
    refusals: list[str]


def lessons() -> list[Lesson]:
    """Return what this site has to teach: the latest label of each post whose words still stand as they were labelled."""
    rows = ScreeningLabel.objects.to_learn_from().select_related("post__thread", "post__pen_name")
    found: dict[int, Lesson] = {}
    for label in rows.iterator(chunk_size=_BATCH):
        if label.post_id in found:
            continue
        post = label.post
        text = ScreenedWords.of(post).text
        # One person is one voice, whatever the pen name: what is measured must come from people that it has not met.
        member = post.pen_name.member_id if post.pen_name is not None else None
        voice = f"here-{member}" if member is not None else f"here-guest-{post.pk}"
        labels = frozenset(Category(name) for name in label.categories)
        example = Example(text, labels, label.severity, voice, is_english=read(text).language == "en")
        found[label.post_id] = Lesson(example, label.at)
    return list(found.values())


def retrain(here: Sequence[Lesson], *, at: datetime, tell: Tell) -> Outcome:
    """Train a candidate on the corpus and on the lessons of this site, and compare it with the model in use.

    Raises NotLearnedError with too few lessons or without the sentence encoder.
    """
    if len(here) < FEWEST:
        message = f"{len(here)} labelled posts stand here; {FEWEST} are needed."
        raise NotLearnedError(message)
    encoder = _encoder()
    current = current_model()
    corpus, test, local = training_examples(), examples_of(own_corpus(split="test")), [one.example for one in here]
    seen = {
        name: _evidence(texts, encoder, name=name, tell=tell)
        for name, texts in (("corpus", corpus), ("test", test), ("this site", local))
    }
    tell("Training the candidate ...")
    name = f"site-{at:%Y%m%d}"
    model = fit([*corpus, *local], [*seen["corpus"], *seen["this site"]], name=name, tell=tell)
    model = replace(model, about=model.about | {_LEARNED_UNTIL: max(one.at for one in here).isoformat()})
    on_test = Compared("corpus, test part", figures(current, test, seen["test"]), figures(model, test, seen["test"]))
    compared = [on_test]
    met = _met_until(current)
    new = np.array([met is None or one.at > met for one in here])
    if worse(on_test):
        tell("Worse on the corpus: this site's posts are not asked.")
    elif new.sum() >= FEWEST:
        is_found = _found_unmet(corpus, seen["corpus"], local, seen["this site"], tell=tell)
        fresh = [example for example, is_new in zip(local, new, strict=True) if is_new]
        compared.append(
            Compared(
                "this site, posts new to both",
                figures(current, fresh, picked(seen["this site"], new)),
                _figures(fresh, [one for one, is_new in zip(is_found, new, strict=True) if is_new]),
            )
        )
    else:
        tell(f"{int(new.sum())} labelled posts are new to the model in use: too few to compare on. The corpus decides.")
    return Outcome(model, compared, refusals(compared))


def refusals(compared: Sequence[Compared]) -> list[str]:
    """Return why a candidate may not be installed.

    Of what is at levels 4 and 3 it must find no less anywhere, it may flag at most one point more of the ordinary posts, and
    something must have become better.
    """
    why = [reason for pair in compared for reason in worse(pair)]
    return why if any(_is_better(pair) for pair in compared) else [*why, "nothing is better than now"]


def worse(pair: Compared) -> list[str]:
    """Return in which ways the candidate of `pair` is worse than a candidate may be."""
    why = []
    for level in (4, 3):
        before, after = pair.current.found[level], pair.candidate.found[level]
        if after.share < before.share:
            why.append(f"{pair.name}: it finds less at level {level} ({after}, now {before})")
    before, after = pair.current.flagged, pair.candidate.flagged
    if after.share > before.share + MORE_FLAGGED:
        why.append(f"{pair.name}: it flags more ordinary posts ({after}, now {before})")
    return why


def install(model: Trained) -> None:
    """Put `model` in use and keep the one before it; workers read with it within a minute."""
    path = screener.model_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        part = path.with_name(f".{path.name}.{os.getpid()}")
        shutil.copyfile(path, part)
        part.replace(previous_file())
    model.save(path)


def go_back() -> bool:
    """Put the model before the present one in use again; False when there is none. The present one becomes the one before."""
    path, before = screener.model_file(), previous_file()
    if not before.is_file():
        return False
    part = path.with_name(f".{path.name}.{os.getpid()}")
    before.replace(part)
    if path.is_file():
        shutil.copyfile(path, before)
    # A new time of change is what workers notice.
    part.touch()
    part.replace(path)
    return True


def use_shipped() -> bool:
    """Read with the shipped model again and keep the one of this site beside it; False when it was in use already."""
    path = screener.model_file()
    if not path.is_file():
        return False
    path.replace(previous_file())
    return True


def previous_file() -> Path:
    """Return where the model before the present one is kept."""
    return screener.model_file().with_name("model-previous.npz")


def current_model() -> Trained | None:
    """Return the model in use: of this site, else the shipped one; None when neither can be read."""
    for path in (screener.model_file(), SHIPPED):
        try:
            return Trained.load(path)
        except (OSError, WrongModelError):
            continue
    return None


def figures(model: Trained | None, examples: Sequence[Example], evidence: Sequence[Evidence]) -> Figures:
    """Return what `model` and the patterns do with labelled texts, with the thresholds it came with; None: patterns alone."""
    return _figures(examples, [_found(model, one) for one in evidence])


def _is_better(pair: Compared) -> bool:
    finds_more = any(pair.candidate.found[level].share > pair.current.found[level].share for level in (4, 3, 2))
    return finds_more or pair.candidate.flagged.share < pair.current.flagged.share


def _figures(examples: Sequence[Example], found: Sequence[frozenset[Category]]) -> Figures:
    pairs = list(zip(examples, found, strict=True))
    ordinary = [bool(categories) for example, categories in pairs if not example.labels]
    by_level = {}
    for level in (4, 3, 2):
        hits = [
            bool(example.labels & categories)
            for example, categories in pairs
            if example.severity == level and example.labels
        ]
        by_level[level] = Count(sum(hits), len(hits))
    return Figures(by_level, Count(sum(ordinary), len(ordinary)))


def _found(model: Trained | None, one: Evidence) -> frozenset[Category]:
    by_pattern = Reading(severity=0, findings=one.findings, engine="", language="").risks
    if model is None:
        return by_pattern
    thresholds = model.thresholds
    scores = model.judge(one.grams, one.encoded if one.is_english else None, one.findings).scores
    return by_pattern | {name for name, score in scores.items() if score >= thresholds[name]}


def _found_unmet(
    corpus: Sequence[Example],
    corpus_seen: Sequence[Evidence],
    local: Sequence[Example],
    local_seen: Sequence[Evidence],
    *,
    tell: Tell,
) -> list[frozenset[Category]]:
    """Return what is found in each local text by a model that has not met its author."""
    voices = sorted({example.voice for example in local})
    order = np.random.default_rng(_CHANCE).permutation(len(voices))
    part_of = np.array([int(order[voices.index(example.voice)]) % _PARTS for example in local])
    found: list[frozenset[Category]] = [frozenset()] * len(local)
    for part in range(_PARTS):
        away = part_of == part
        if not away.any():
            continue
        tell(f"Asking about authors of this site whom it has not met: part {part + 1} of {_PARTS} ...")
        kept = [example for example, is_away in zip(local, away, strict=True) if not is_away]
        seen = [*corpus_seen, *picked(local_seen, ~away)]
        model = fit([*corpus, *kept], seen, name="part", tell=tell)
        for place, (one, is_away) in enumerate(zip(local_seen, away, strict=True)):
            if is_away:
                found[place] = _found(model, one)
    return found


def _evidence(texts: Sequence[Example], encoder: Encoder, *, name: str, tell: Tell) -> list[Evidence]:
    found: list[Evidence] = []
    for number, example in enumerate(texts):
        if number % _BATCH == 0:
            tell(f"Reading {name}: {number} of {len(texts)} texts ...")
        found.append(evidence_of(example, encoder))
    return found


def _encoder() -> Encoder:
    try:
        return Encoder(screener.encoder_folder())
    except (OSError, ImportError) as error:
        message = f"The sentence encoder is needed ({error}). Run: manage.py prepare_screening"
        raise NotLearnedError(message) from error


def _met_until(model: Trained | None) -> datetime | None:
    """Return until when labels of this site were learned from; None for a model that has met none of them."""
    until = model.about.get(_LEARNED_UNTIL) if model is not None else None
    return datetime.fromisoformat(until) if until else None
