"""Reads a post with all layers: patterns, n-grams and meaning. What the lexicon found at 3 or 4 stays; the others may only add.

The trained layers never lower a severity and never remove a finding. Where a part is missing, the rest goes on and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from moderation.screening.engine import read_words, words_of
from moderation.screening.model.encoder import Encoded, Encoder
from moderation.screening.model.ngrams import buckets
from moderation.screening.model.trained import SHIPPED, Judgement, Trained, WrongModelError
from moderation.screening.model.windows import windows
from moderation.screening.normalise import Folded
from moderation.screening.reading import RISKS, Category, Certainty, Finding, Reading, When, Who

PATTERNS, NGRAMS, MEANING = "patterns", "n-grams", "meaning"
ALL_LAYERS = (PATTERNS, NGRAMS, MEANING)

# The lowest and highest level at which a category counts when no pattern says which: facts about categories, not about texts.
_LEVELS: Mapping[Category, tuple[int, int]] = {
    Category.SUICIDE_SELF_HARM: (3, 4),
    Category.SUICIDE_THREAT_OTHER: (3, 3),
    Category.OVERDOSE_NOW: (3, 4),
    Category.DANGEROUS_WITHDRAWAL: (3, 4),
    Category.VIOLENCE_COERCION: (2, 4),
    Category.CHILD_SAFETY: (3, 4),
    Category.MINOR: (3, 3),
    Category.SOURCING: (2, 2),
    Category.DOSE_ADVICE: (2, 3),
    Category.IDENTIFYING_DATA: (2, 2),
    Category.MEDICAL_MISINFORMATION: (2, 2),
    Category.SHAMING_HARASSMENT: (2, 2),
    Category.BROKER_SPAM: (2, 2),
    Category.GROOMING: (3, 3),
    Category.THREAT_BY_WRITER: (3, 4),
    Category.BEREAVEMENT: (1, 1),
}
_OF_OTHERS = frozenset({Category.SUICIDE_THREAT_OTHER, Category.BEREAVEMENT})
_LIKELY_FROM = 0.5  # of the way from the threshold to certainty
_FEWEST_WORDS = 12  # in a shorter text one word decides, and needs to be surer
_REASONS: Mapping[Category, str] = {
    Category.SUICIDE_SELF_HARM: "Reads like the writer's own suicidal thoughts or self-harm",
    Category.SUICIDE_THREAT_OTHER: "Reads like worry that someone close may end their life",
    Category.OVERDOSE_NOW: "Reads like somebody having taken too much, now or lately",
    Category.DANGEROUS_WITHDRAWAL: "Reads like stopping alcohol or sedatives in a dangerous way",
    Category.VIOLENCE_COERCION: "Reads like violence, control or fear of somebody",
    Category.CHILD_SAFETY: "Reads like a child who is not safe",
    Category.MINOR: "Reads like somebody under age",
    Category.SOURCING: "Reads like buying, selling or finding drugs",
    Category.DOSE_ADVICE: "Reads like advice on amounts, mixing or ways of taking",
    Category.IDENTIFYING_DATA: "May tell who or where somebody is",
    Category.MEDICAL_MISINFORMATION: "Reads like a wrong medical claim",
    Category.SHAMING_HARASSMENT: "Reads like contempt or orders toward somebody",
    Category.BROKER_SPAM: "Reads like an advertisement or a broker",
    Category.GROOMING: "Reads like an approach to a vulnerable person",
    Category.THREAT_BY_WRITER: "Reads like the writer may hurt somebody",
    Category.BEREAVEMENT: "Reads like grief for someone who died",
}


@dataclass(frozen=True, slots=True)
class Layers:
    """Which layers work besides the patterns, and in plain words why one does not ("" when all do)."""

    ngrams: bool
    meaning: bool
    why: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layers that work."""
        return (PATTERNS, *((NGRAMS,) if self.ngrams else ()), *((MEANING,) if self.meaning else ()))


class Screener:
    """Patterns with what is there of the trained layers; `open_screener` makes one."""

    def __init__(self, *, trained: Trained | None, encoder: Encoder | None, layers: Layers) -> None:
        self._trained = trained
        self._encoder = encoder
        self.layers = layers

    @property
    def version(self) -> str:
        """The name of the trained model, or of none."""
        return self._trained.version if self._trained is not None else "no model"

    @property
    def thresholds(self) -> Mapping[Category, float]:
        """The score from which a category becomes a finding, as shipped with the model."""
        return self._trained.thresholds if self._trained is not None else {}

    def read(self, text: str, *, thresholds: Mapping[Category, float] | None = None) -> Reading:
        """Return the reading of `text` by all layers; `thresholds` replaces the shipped score from which a category counts."""
        words = words_of(text)
        reading = read_words(words)
        if self._trained is None:
            return replace(reading, scores=_pattern_scores(reading), layers=(PATTERNS,))
        folded = words.folded
        passages = windows(words.sentences)
        encoded = None
        if self._encoder is not None and reading.language == "en":
            encoded = self._encoder.encode(folded.plain, passages)
        judgement = self._trained.judge(buckets(folded.plain), encoded, reading.findings)
        wanted = {**self._trained.thresholds, **(thresholds or {})}
        added = [
            _finding(
                category,
                judgement,
                wanted[category],
                limits=self._trained.level_thresholds,
                spans=passages,
                folded=folded,
                encoded=encoded,
            )
            for category in RISKS
            if judgement.scores[category] >= _least(category, wanted[category], reading, folded)
            and not _is_found(category, reading)
        ]
        findings = tuple(sorted((*reading.findings, *added), key=lambda one: (one.start, one.end, one.rule)))
        return Reading(
            severity=max([reading.severity, *(finding.severity for finding in added)]),
            findings=findings,
            engine=f"{reading.engine}+{self.version}",
            language=reading.language,
            scores=_raised(judgement.scores, reading, wanted),
            layers=(PATTERNS, NGRAMS) if encoded is None else ALL_LAYERS,
            is_whole=reading.is_whole,
        )


def patterns_alone() -> Screener:
    """Return a screener of the first layer only: what is left where nothing trained can be opened."""
    why = "only word patterns were asked for"
    return Screener(trained=None, encoder=None, layers=Layers(ngrams=False, meaning=False, why=why))


def open_screener(*, model_file: Path | None = None, encoder_folder: Path | None = None) -> Screener:
    """Return a screener with every layer that can be opened; never raises for one that cannot.

    `model_file` is a model trained on site, None for the shipped one; `encoder_folder` holds the sentence encoder.
    """
    why: list[str] = []
    trained: Trained | None = None
    for path in (SHIPPED,) if model_file is None else (model_file, SHIPPED):
        try:
            trained = Trained.load(path)
            break
        except (OSError, WrongModelError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            which = "shipped" if path == SHIPPED else "site's own"
            why.append(f"the {which} model cannot be read ({reason})")
    encoder: Encoder | None = None
    if trained is not None and encoder_folder is not None:
        try:
            encoder = Encoder(encoder_folder)
        except OSError:
            why.append("the sentence encoder has not been made ready (manage.py prepare_screening)")
        except ImportError as error:
            why.append(f"a package of the sentence encoder is missing ({error.name})")
    elif encoder_folder is None:
        why.append("the sentence encoder is not in use here")
    return Screener(
        trained=trained,
        encoder=encoder,
        layers=Layers(ngrams=trained is not None, meaning=encoder is not None, why="; ".join(why)),
    )


def _finding(
    category: Category,
    judgement: Judgement,
    threshold: float,
    *,
    limits: Mapping[int, float],
    spans: list[tuple[int, int]],
    folded: Folded,
    encoded: Encoded | None,
) -> Finding:
    """Return a finding where no pattern matched; it rests on the telling passage, or on the whole text without meaning."""
    place = judgement.passages.get(category)
    start, end = spans[place] if place is not None else (0, len(folded.plain))
    start, end = folded.span(start, end)
    lowest, highest = _LEVELS[category]
    reached = [level for level, limit in limits.items() if judgement.levels[level] >= limit]
    is_likely = judgement.scores[category] >= _likely_from(threshold)
    return Finding(
        category=category,
        severity=min(max([lowest, *reached]), highest),
        who=Who.PARTNER if category in _OF_OTHERS else Who.WRITER,
        when=When.NOW,
        start=start,
        end=end,
        reason=f"{_REASONS[category]}, in words that the lexicon does not know; read it yourself.",
        rule=f"{NGRAMS if encoded is None else MEANING}.{category}",
        certainty=Certainty.LIKELY if is_likely else Certainty.UNSURE,
    )


def _least(category: Category, threshold: float, reading: Reading, folded: Folded) -> float:
    """Return the score from which `category` is added: more than the threshold where little speaks for trusting the model.

    That is where patterns understood the words and found them denied, past or quoted; in a text of a few words; and for what tells
    who somebody is, which has to stand there to be found.
    """
    is_softened = any(finding.category is category and finding.severity == 1 for finding in reading.findings)
    is_short = folded.plain.count(" ") < _FEWEST_WORDS
    if is_softened or is_short or category is Category.IDENTIFYING_DATA:
        return _likely_from(threshold)
    return threshold


def _likely_from(threshold: float) -> float:
    return threshold + _LIKELY_FROM * (1 - threshold)


def _is_found(category: Category, reading: Reading) -> bool:
    """Return whether a pattern found the category at the level at which it counts."""
    least = min(2, _LEVELS[category][0])
    return any(finding.category is category and finding.severity >= least for finding in reading.findings)


def _raised(
    scores: Mapping[Category, float], reading: Reading, wanted: Mapping[Category, float]
) -> dict[Category, float]:
    """Return the scores with those that a pattern found gravely kept above the threshold: the model may not talk it away."""
    grave = {finding.category for finding in reading.findings if finding.severity >= 3}
    return {
        category: round(max(score, wanted[category] + (1 - wanted[category]) * score), 4)
        if category in grave
        else round(score, 4)
        for category, score in scores.items()
    }


def _pattern_scores(reading: Reading) -> dict[Category, float]:
    """Return a graded score per risk from patterns alone: graver and more numerous findings score higher."""
    left = dict.fromkeys(RISKS, 1.0)
    for finding in reading.findings:
        if finding.category in left:
            left[finding.category] *= 1.0 - {1: 0.25, 2: 0.65, 3: 0.75, 4: 0.85}[finding.severity]
    return {category: round(1.0 - rest, 4) for category, rest in left.items()}
