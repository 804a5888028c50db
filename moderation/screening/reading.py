"""What screening hands back: findings by passage, and the reading made of them.

A reading informs people and orders their queue. It holds no verdict: nothing here declines, hides or changes a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """What a finding is about. The first sixteen are risks; `own_use` is a label for support and never a risk."""

    SUICIDE_SELF_HARM = "suicide_self_harm"
    SUICIDE_THREAT_OTHER = "suicide_threat_other"
    OVERDOSE_NOW = "overdose_now"
    DANGEROUS_WITHDRAWAL = "dangerous_withdrawal"
    VIOLENCE_COERCION = "violence_coercion"
    CHILD_SAFETY = "child_safety"
    MINOR = "minor"
    SOURCING = "sourcing"
    DOSE_ADVICE = "dose_advice"
    IDENTIFYING_DATA = "identifying_data"
    MEDICAL_MISINFORMATION = "medical_misinformation"
    SHAMING_HARASSMENT = "shaming_harassment"
    BROKER_SPAM = "broker_spam"
    GROOMING = "grooming"
    THREAT_BY_WRITER = "threat_by_writer"
    BEREAVEMENT = "bereavement"
    OWN_USE = "own_use"


RISKS: tuple[Category, ...] = tuple(category for category in Category if category is not Category.OWN_USE)


class Who(StrEnum):
    """Whom a finding is about, seen from the writer."""

    WRITER = "writer"
    PARTNER = "partner"  # a partner or a relative
    CHILD = "child"
    OTHER = "other"


class When(StrEnum):
    """When it happens or happened."""

    NOW = "now"
    RECENT = "recent"
    PAST = "past"


class HelpNeed(StrEnum):
    """A kind of help that the author's page may offer quietly."""

    EMERGENCY = "emergency"
    SUICIDE = "suicide"
    SUICIDE_OF_OTHER = "suicide_of_other"
    WITHDRAWAL = "withdrawal"
    VIOLENCE = "violence"
    CHILD = "child"
    SUBSTANCE = "substance"
    BEREAVEMENT = "bereavement"


MOST_HELP_NEEDS = 3

# In the order in which equally severe needs are offered.
_NEED_OF: dict[Category, HelpNeed] = {
    Category.SUICIDE_SELF_HARM: HelpNeed.SUICIDE,
    Category.DANGEROUS_WITHDRAWAL: HelpNeed.WITHDRAWAL,
    Category.VIOLENCE_COERCION: HelpNeed.VIOLENCE,
    Category.SUICIDE_THREAT_OTHER: HelpNeed.SUICIDE_OF_OTHER,
    Category.CHILD_SAFETY: HelpNeed.CHILD,
    Category.OWN_USE: HelpNeed.SUBSTANCE,
    Category.BEREAVEMENT: HelpNeed.BEREAVEMENT,
}
_DANGER_TO_LIFE = frozenset(
    {
        Category.SUICIDE_SELF_HARM,
        Category.SUICIDE_THREAT_OTHER,
        Category.OVERDOSE_NOW,
        Category.DANGEROUS_WITHDRAWAL,
        Category.VIOLENCE_COERCION,
        Category.CHILD_SAFETY,
        Category.THREAT_BY_WRITER,
    }
)


class Certainty(StrEnum):
    """How sure a finding is. Words, since a percentage would claim more than is known."""

    CLEAR = "clear"  # words of the lexicon
    LIKELY = "likely"  # no known words, but much like texts of this kind
    UNSURE = "unsure"  # somewhat like them: for a person to judge


@dataclass(frozen=True, slots=True)
class Finding:
    """One passage of the author's text and what was read in it.

    `severity` runs from 1 (support) to 4 (immediate). `start` and `end` are character offsets into the author's own
    text, `end` exclusive. `reason` is a sentence for moderators, `rule` the id of the pattern in the lexicon, or
    `meaning.` or `n-grams.` and the category where no pattern matched.
    """

    category: Category
    severity: int
    who: Who
    when: When
    start: int
    end: int
    reason: str
    rule: str
    certainty: Certainty = Certainty.CLEAR

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Finding:
        """Return the finding stored as `values`; raises KeyError or ValueError for values that are not one."""
        return cls(
            category=Category(values["category"]),
            severity=int(values["severity"]),
            who=Who(values["who"]),
            when=When(values["when"]),
            start=int(values["start"]),
            end=int(values["end"]),
            reason=str(values["reason"]),
            rule=str(values["rule"]),
            certainty=Certainty(values.get("certainty", Certainty.CLEAR)),
        )


@dataclass(frozen=True)
class Reading:
    """What screening found in one post: the overall severity (0 to 4) and the findings in order of their place.

    `scores` (0 to 1 per risk) and `layers` (who read: patterns, n-grams, meaning) are empty in readings of earlier versions.
    `is_whole` is false when the text repeats itself so often that not every match was weighed: then a person reads it.
    """

    severity: int
    findings: tuple[Finding, ...]
    engine: str
    language: str
    scores: Mapping[Category, float] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    is_whole: bool = True

    @property
    def categories(self) -> frozenset[Category]:
        """The categories found, `own_use` included."""
        return frozenset(finding.category for finding in self.findings)

    @property
    def risks(self) -> frozenset[Category]:
        """The categories that call for a look: risks found at severity 2 or above, and any bereavement."""
        return frozenset(
            finding.category
            for finding in self.findings
            if finding.category is not Category.OWN_USE
            and (finding.severity >= 2 or finding.category is Category.BEREAVEMENT)
        )

    def help_needs(self) -> tuple[HelpNeed, ...]:
        """Return at most three kinds of help, most pressing first; `EMERGENCY` stands before them, uncounted.

        What is past and noted only (severity 1) is not offered help for, except own use and bereavement.
        """
        severities: dict[HelpNeed, int] = {}
        emergency = False
        for finding in self.findings:
            emergency = emergency or (finding.severity == 4 and finding.category in _DANGER_TO_LIFE)
            need = _NEED_OF.get(finding.category)
            quiet = finding.category in (Category.OWN_USE, Category.BEREAVEMENT)
            if need is None or (finding.severity < 2 and not quiet):
                continue
            if finding.category is Category.OWN_USE and finding.when is When.PAST:
                continue
            severities[need] = max(severities.get(need, 0), finding.severity)
        order = list(_NEED_OF.values())
        needs = sorted(severities, key=lambda need: (-severities[need], order.index(need)))[:MOST_HELP_NEEDS]
        return (HelpNeed.EMERGENCY, *needs) if emergency else tuple(needs)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that `json` can write and `from_dict` reads back."""
        return {
            "severity": self.severity,
            "findings": [
                {name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(finding).items()}
                for finding in self.findings
            ],
            "engine": self.engine,
            "language": self.language,
            "scores": {str(category): score for category, score in self.scores.items()},
            "layers": list(self.layers),
            "is_whole": self.is_whole,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Reading:
        """Return the reading stored as `values`; raises KeyError or ValueError for values that are not one."""
        return cls(
            severity=int(values["severity"]),
            findings=tuple(Finding.from_dict(finding) for finding in values["findings"]),
            engine=str(values["engine"]),
            language=str(values["language"]),
            scores={Category(name): float(score) for name, score in values.get("scores", {}).items()},
            layers=tuple(values.get("layers", ())),
            is_whole=bool(values.get("is_whole", True)),
        )
