"""Everything a moderator sees of one case: the words with what was found in them, and what stands around them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from core.markup import FoldSpan
from core.models import Event
from forums.enums import PostStatus
from forums.models import Post, PostRevision
from moderation.desk import person_words, staff_names
from moderation.enums import Action, Cause
from moderation.models import Case, Decision
from moderation.readings import ScreenedWords, latest_reading, paragraphs, passages
from moderation.screening.masks import mask_word
from moderation.screening.reading import Category, Finding, Reading
from moderation.wording import (
    CATEGORY_WORDS,
    certainty_words,
    due_words,
    event_words,
    finding_words,
    length_words,
    severity_words,
)

_AROUND = 10
_HISTORY = 10
_GRAVE = 3
_LINE_LENGTH = 90  # characters of a paragraph shown beside its checkbox


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: `number` is its mark in the text, `mask` the neutral word that could stand for a passage that tells who or where."""

    number: int
    severity: int
    words: str
    certainty: str
    reason: str
    quote: str
    mask: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph; `numbers` name the findings that lie over it."""

    text: str
    severity: int
    label: str
    numbers: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the post and the findings that begin or lie in it."""

    pieces: list[Piece]
    found: list[Found]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the case's history."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One earlier decision, with its staff note."""

    decision: Decision
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What the page of a case shows."""

    case: Case
    post: Post
    reading: Reading | None
    title: list[Piece]
    paragraphs: list[Paragraph]
    title_found: list[Found]
    warnings: list[str]
    screening_failed: bool
    due: str
    is_late: bool
    waits: str
    around: list[Post]
    earlier_posts: list[Post]
    earlier_decisions: list[DecisionLine]
    decisions: list[DecisionLine]
    revisions: list[PostRevision]
    events: list[Line]


def open_file(case: Case, *, viewer: User, now: datetime) -> CaseFile:
    """Gather what `viewer` sees of `case` (read with its post, pen name, thread and space). The number of queries is fixed."""
    post = case.post
    words = ScreenedWords.of(post)
    reading = latest_reading(case)
    found = _found(words, reading)
    body = [_paragraph(words, reading, found, start, end) for start, end in _body_paragraphs(words)]
    here = _decisions(Decision.objects.filter(case=case).order_by("-pk"), viewer)
    return CaseFile(
        case=case,
        post=post,
        reading=reading,
        title=_pieces(words, reading, found, 0, max(words.body_start - 2, 0)),
        title_found=[one for one, finding in found if finding.start < words.body_start],
        paragraphs=body,
        warnings=_warnings(reading),
        screening_failed=case.cause == Cause.SCREENING_FAILED or reading is None,
        due=due_words(case.due_at, now=now) if case.due_at is not None else "",
        is_late=case.is_late(now),
        waits=length_words(now - case.placed_at) if case.placed_at is not None else "",
        around=_around(post),
        earlier_posts=_earlier_posts(post),
        earlier_decisions=_earlier_decisions(case, viewer),
        decisions=here,
        revisions=list(post.revisions.order_by("-version")) if post.version > 1 else [],
        events=_events(case, viewer),
    )


def fold_choices(case: Case, reading: Reading | None) -> list[tuple[str, str]]:
    """Return what may be folded, as value ("start-end" in the body) and words: flagged passages first, then paragraphs."""
    post = case.post
    words = ScreenedWords.of(post)
    choices: dict[str, str] = {}
    for finding in reading.findings if reading is not None else ():
        span = words.fold_over(finding.start, finding.end, "")
        if span is not None:
            line = _("Flagged, %(severity)s: %(words)s") % {
                "severity": severity_words(finding.severity),
                "words": _short(post.body[span.start : span.end]),
            }
            choices.setdefault(f"{span.start}-{span.end}", line)
    for number, (start, end) in enumerate(paragraphs(post.body), start=1):
        line = _("Paragraph %(number)d: %(words)s") % {"number": number, "words": _short(post.body[start:end])}
        choices.setdefault(f"{start}-{end}", line)
    return list(choices.items())


def folds_of(values: list[str], line: str) -> tuple[FoldSpan, ...]:
    """Return the folds for the values chosen from `fold_choices`; passages that overlap become one."""
    spans = sorted((int(start), int(end)) for start, end in (value.split("-") for value in values))
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(FoldSpan(start, end, line) for start, end in joined)


def words_decided_about(decision: Decision) -> list[str]:
    """Return the passages that a decision names, as they stood in the version that it was about; empty without any."""
    post = decision.case.post
    if not decision.passages:
        return []
    body = post.body
    if post.version != decision.post_version:
        kept = post.revisions.filter(version=decision.post_version).first()
        if kept is None:
            return []
        body = kept.body
    return [body[start:end].strip() for start, end in decision.passages]


def _found(words: ScreenedWords, reading: Reading | None) -> list[tuple[Found, Finding]]:
    findings = reading.findings if reading is not None else ()
    return [
        (
            Found(
                number=number,
                severity=finding.severity,
                words=finding_words(finding),
                certainty=certainty_words(finding),
                reason=finding.reason,
                quote=_short(words.text[finding.start : finding.end]),
                mask=mask_word(finding.rule) if finding.category is Category.IDENTIFYING_DATA else "",
            ),
            finding,
        )
        for number, finding in enumerate(findings, start=1)
    ]


def _body_paragraphs(words: ScreenedWords) -> list[tuple[int, int]]:
    offset = words.body_start
    return [(start + offset, end + offset) for start, end in paragraphs(words.text[offset:])]


def _paragraph(
    words: ScreenedWords, reading: Reading | None, found: list[tuple[Found, Finding]], start: int, end: int
) -> Paragraph:
    inside = [one for one, finding in found if finding.start < end and finding.end > start]
    return Paragraph(_pieces(words, reading, found, start, end), inside)


def _pieces(
    words: ScreenedWords, reading: Reading | None, found: list[tuple[Found, Finding]], start: int, end: int
) -> list[Piece]:
    numbers = {finding: one.number for one, finding in found}
    pieces = []
    for passage in passages(words, reading):
        text = words.text[max(passage.start, start) : min(passage.end, end)]
        if passage.start >= end or passage.end <= start or not text:
            continue
        marks = ", ".join(str(numbers[finding]) for finding in passage.findings)
        pieces.append(Piece(text, passage.severity, severity_words(passage.severity), marks))
    return pieces


def _warnings(reading: Reading | None) -> list[str]:
    """Return, before the text, in words what is grave in it, so that nobody meets it unprepared."""
    grave = [f.category for f in reading.findings if f.severity >= _GRAVE] if reading is not None else []
    return [str(CATEGORY_WORDS[category]) for category in dict.fromkeys(grave)]


def _around(post: Post) -> list[Post]:
    """Return up to ten published posts of the thread besides this one: the opening, what it answers, then the latest."""
    first = models.Case(
        models.When(is_opening=True, then=models.Value(0)),
        models.When(pk=post.parent_id, then=models.Value(1)),
        default=models.Value(2),
        output_field=models.IntegerField(),
    )
    posts = Post.objects.filter(thread_id=post.thread_id, status=PostStatus.PUBLISHED).exclude(pk=post.pk)
    rows = posts.select_related("pen_name").defer("body").order_by(first, "-pk")[:_AROUND]
    return sorted(rows, key=lambda row: row.path)


def _earlier_posts(post: Post) -> list[Post]:
    """Return the latest earlier posts under this very pen name; never those of another one of the same person."""
    if post.pen_name_id is None:
        return []
    posts = Post.objects.filter(pen_name_id=post.pen_name_id, pk__lt=post.pk)
    return list(posts.select_related("thread").defer("body", "body_html").order_by("-pk")[:_HISTORY])


def _earlier_decisions(case: Case, viewer: User) -> list[DecisionLine]:
    if case.post.pen_name_id is None:
        return []
    rows = Decision.objects.filter(case__post__pen_name_id=case.post.pen_name_id).exclude(case=case)
    return _decisions(rows.order_by("-pk")[:_HISTORY], viewer)


def _decisions(rows: Iterable[Decision], viewer: User) -> list[DecisionLine]:
    decisions = list(rows)
    names = staff_names(decision.by_id for decision in decisions)
    labels = dict(Action.choices)
    return [
        DecisionLine(
            decision=decision,
            who=person_words(decision.by_id, viewer=viewer, names=names),
            what=str(labels.get(Action(decision.action), decision.action)),
        )
        for decision in decisions
    ]


def _events(case: Case, viewer: User) -> list[Line]:
    events = list(Event.objects.about("case", case.pk))
    names = staff_names(event.actor_id for event in events)
    return [
        Line(event.at, person_words(event.actor_id, viewer=viewer, names=names), event_words(event.kind))
        for event in events
    ]


def _short(text: str) -> str:
    return Truncator(re.sub(r"\s+", " ", text).strip()).chars(_LINE_LENGTH)
