"""Carry out what triage says about a post that was read, or that could not be read."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from core.events import record
from forums.actions import mark_screened, publish_post
from forums.enums import PostStatus
from forums.models import Post
from moderation import rota, triage
from moderation.actions.steps import move_case
from moderation.alerts import alert_desk
from moderation.enums import CaseStatus, Cause, Severity
from moderation.models import Case, ReadingRecord
from moderation.screening.reading import Reading
from notices.actions import tell
from notices.models import Kind


def place_case(case: Case, reading: Reading, *, attempt: int, post_version: int, at: datetime) -> bool:
    """Store the reading of a case and place its post; return False when another worker, or the author, was quicker.

    `attempt` and `post_version` are what the worker took: the fence that lets only the latest attempt write.
    """
    with transaction.atomic():
        current = _fenced(case.pk, attempt)
        if current is None or current.post.version != post_version:
            return False
        _keep_reading(current, reading, at)
        mark_screened(current.post, at=at)
        if current.post.status == PostStatus.WITHDRAWN:
            _close(current, at=at, why="withdrawn")
            return True
        placement = triage.place(reading, triage.Facts.of(current.post, is_sampled=_is_drawn()))
        _carry_out(current, placement, at=at)
        if reading.severity >= Severity.URGENT:
            _offer_help(current.post, at=at)
    return True


def set_case_aside(case: Case, *, attempt: int, at: datetime) -> bool:
    """Hand a case to people at the top of the queue because screening failed on it; the post stays held.

    Returns False when it was placed meanwhile. The post counts as read by nobody: a person's decision reads it.
    """
    with transaction.atomic():
        current = _fenced(case.pk, attempt)
        if current is None:
            return False
        _carry_out(current, triage.failed(), at=at)
    return True


def accept_imported_post(post: Post, reading: Reading, *, at: datetime) -> None:
    """Publish a post that an editor approved on another site, once it was read here; grave findings get a look afterwards.

    Runs in the import's transaction. `at` is the time of the import; the post keeps its own date.
    """
    with transaction.atomic():
        mark_screened(post, at=at)
        publish_post(post, at=post.created_at)
        placement = triage.place(reading, triage.Facts.of(post))
        if placement.wait:
            case = Case.objects.create(post=post, cause=Cause.IMPORTED, opened_at=at, status=CaseStatus.SCREENING)
            _keep_reading(case, reading, at)
            _wait(case, placement, at=at)
            record("case_placed", case, at=at, severity=int(placement.severity), cause=str(placement.cause))


def _fenced(case_id: int, attempt: int) -> Case | None:
    return (
        Case.objects.select_for_update(of=("self",))
        .filter(pk=case_id, status=CaseStatus.SCREENING, screening_attempt=attempt)
        .select_related("post", "post__thread", "post__thread__space", "post__pen_name")
        .first()
    )


def _is_drawn() -> bool:
    """Whether chance draws this post for a look; from a source that no author can foresee."""
    return secrets.randbelow(100) < settings.SCREENING_SAMPLE_PERCENT


def _keep_reading(case: Case, reading: Reading, at: datetime) -> None:
    ReadingRecord.objects.create(
        case=case, post_version=case.post.version, at=at, engine=reading.engine, content=reading.to_dict()
    )


def _carry_out(case: Case, placement: triage.Placement, *, at: datetime) -> None:
    if placement.publish:
        publish_post(case.post, at=at)
    if placement.wait:
        _wait(case, placement, at=at)
        record("case_placed", case, at=at, severity=int(placement.severity), cause=str(placement.cause))
        if placement.severity == Severity.IMMEDIATE:
            alert_desk(case, at=at)
    else:
        _close(case, at=at, why="published", severity=int(placement.severity))


def _wait(case: Case, placement: triage.Placement, *, at: datetime) -> None:
    move_case(
        case,
        CaseStatus.WAITING,
        severity=placement.severity,
        cause=placement.cause,
        placed_at=at,
        due_at=rota.due(placement.severity, since=at),
        screening_lease_until=None,
    )


def _close(case: Case, *, at: datetime, why: str, severity: int = 0) -> None:
    move_case(case, CaseStatus.CLOSED, severity=severity, placed_at=at, closed_at=at, screening_lease_until=None)
    record("case_closed", case, at=at, why=why)


def _offer_help(post: Post, *, at: datetime) -> None:
    """Leave the author a way back to the help on their page, in case they closed it."""
    member = post.pen_name.member if post.pen_name is not None else None
    if member is not None:
        path = reverse("moderation:post_status", kwargs={"post_id": post.pk})
        tell(member, kind=Kind.CARE, cause=f"care:{post.pk}:{post.version}", path=path, at=at)
