"""Where a post goes once it was read: on the page, or to a person. Pure rules; `actions.cases` carries them out.

The machine orders and informs. It never declines, suspends or changes words: the worst it can do is to ask a person.
"""

from dataclasses import dataclass

from forums.enums import Capacity, ReviewPolicy
from forums.models import Post
from moderation.enums import Cause, Severity
from moderation.screening.reading import Category, Reading

# What counselors and staff write in that capacity speaks of danger by its nature; these are held even so.
_PROFESSIONAL = frozenset({Capacity.COUNSELOR, Capacity.ARTICLE_AUTHOR})
_HELD_FROM_PROFESSIONALS = frozenset(
    {Category.SOURCING, Category.BROKER_SPAM, Category.DOSE_ADVICE, Category.IDENTIFYING_DATA}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What triage needs to know of a post besides its words."""

    is_guest: bool
    is_opening: bool
    is_imported: bool
    was_changed: bool
    capacity: str
    review_policy: str
    is_sampled: bool = False

    @classmethod
    def of(cls, post: Post, *, is_sampled: bool = False) -> "Facts":
        """Return the facts of `post` (its thread and space are read); `is_sampled` says whether chance has drawn it."""
        return cls(
            is_guest=post.is_by_guest,
            is_opening=post.is_opening,
            is_imported=post.is_imported,
            was_changed=post.version > 1,
            capacity=post.capacity,
            review_policy=post.thread.space.review_policy,
            is_sampled=is_sampled,
        )


@dataclass(frozen=True, slots=True)
class Placement:
    """Whether to publish now, whether a person must look (`cause` says why), and how soon."""

    publish: bool
    wait: bool
    severity: Severity
    cause: Cause


def place(reading: Reading, facts: Facts) -> Placement:
    """Return where a post with this reading goes. Anything uncertain goes to a person."""
    severity = Severity(reading.severity)
    if facts.is_imported:
        # An editor approved it where it stood; its clock is past, so the look afterwards is not urgent.
        return _looked_at_afterwards(min(severity, Severity.ATTENTION), Cause.IMPORTED, from_severity=2)
    if facts.capacity in _PROFESSIONAL and reading.language != "unknown":
        held = any(finding.category in _HELD_FROM_PROFESSIONALS for finding in reading.findings)
        return _held(max(severity, Severity.ATTENTION), Cause.READING) if held else _published(severity)
    cause = _why_held(reading, facts)
    if cause is not None:
        least = Severity.ATTENTION if cause == Cause.LANGUAGE else Severity.SUPPORT
        return _held(max(severity, least), cause)
    if facts.is_opening:
        # Screening misses what is said between the lines, so a person reads every story, if only after it appeared.
        return _looked_at_afterwards(max(severity, Severity.SUPPORT), Cause.LOOK_AFTER, from_severity=1)
    if reading.language != "en":
        # The lexicon of the second language is young, and meaning is read in English only.
        return _looked_at_afterwards(max(severity, Severity.SUPPORT), Cause.LANGUAGE, from_severity=1)
    if facts.is_sampled:
        # Nobody complains about what was missed: only a look at what chance draws can count it.
        return _looked_at_afterwards(Severity.SUPPORT, Cause.SAMPLE, from_severity=1)
    return _published(severity)


def _why_held(reading: Reading, facts: Facts) -> Cause | None:
    """Return why a person must read a member's or guest's post before others do; None when nothing speaks for it."""
    reasons = (
        (reading.language == "unknown", Cause.LANGUAGE),
        (reading.severity >= Severity.ATTENTION or not reading.is_whole, Cause.READING),
        (facts.is_guest, Cause.GUEST),
        (facts.was_changed, Cause.CHANGED),
        (facts.review_policy == ReviewPolicy.HUMAN_FIRST, Cause.SPACE),
    )
    return next((cause for applies, cause in reasons if applies), None)


def failed() -> Placement:
    """Return where a post goes that screening could not read: to a person, at the top."""
    return _held(Severity.IMMEDIATE, Cause.SCREENING_FAILED)


def _held(severity: Severity | int, cause: Cause) -> Placement:
    return Placement(publish=False, wait=True, severity=Severity(severity), cause=cause)


def _published(severity: Severity) -> Placement:
    return Placement(publish=True, wait=False, severity=severity, cause=Cause.SUBMITTED)


def _looked_at_afterwards(severity: Severity | int, cause: Cause, *, from_severity: int) -> Placement:
    return Placement(publish=True, wait=severity >= from_severity, severity=Severity(severity), cause=cause)
