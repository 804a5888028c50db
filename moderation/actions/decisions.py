"""A moderator's decision: one row that never changes, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.markup import FoldSpan
from core.results import ConflictError, InvalidError, require
from forums.actions import decline_post, fold_passages, mark_read_by_human, mark_screened, publish_post, return_post
from forums.enums import PostStatus
from forums.models import Post
from moderation import rota, rules
from moderation.actions.labels import About, keep_label
from moderation.actions.steps import move_case
from moderation.enums import RESTRICTIONS, Action, CaseStatus, Cause, Severity
from moderation.models import Case, Decision
from moderation.readings import latest_reading
from moderation.signals import post_referred
from notices.actions import tell
from notices.models import Kind

_BROUGHT_BY_SCREENING = frozenset({Cause.READING, Cause.LANGUAGE})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator decided: `reason` is for the author, `note` for staff alone, `folds` for publishing with folds.

    `about` is what they confirmed that the post is about, None when they left that open.
    """

    action: str
    reason: str = ""
    note: str = ""
    rule: str = ""
    folds: Sequence[FoldSpan] = field(default_factory=tuple)
    about: About | None = None


def decide_case(
    case: Case, verdict: Verdict, *, by: User, lease_number: int, post_version: int, at: datetime
) -> Decision:
    """Decide a case and carry it out, in one transaction; return the decision.

    `lease_number` and `post_version` are what the moderator's page showed. Raises ConflictError when the case was decided
    or taken by another, or the author changed the post meanwhile; InvalidError when a restriction lacks its reasons;
    NotAllowedError when this person may not decide so.
    """
    _check(verdict)
    with transaction.atomic():
        current = (
            Case.objects.select_for_update(of=("self",))
            .select_related("post", "post__pen_name", "post__thread", "post__thread__space")
            .get(pk=case.pk)
        )
        _refuse_if_stale(current, by=by, lease_number=lease_number, post_version=post_version)
        require(rules.can_decide(by, current, verdict.action, latest_reading(current)))
        decision = Decision.objects.create(
            case=current,
            action=verdict.action,
            by=by,
            at=at,
            post_version=post_version,
            severity=current.severity,
            reason=verdict.reason.strip(),
            note=verdict.note.strip(),
            rule=verdict.rule,
            passages=[[fold.start, fold.end] for fold in verdict.folds],
            was_flagged=current.cause in _BROUGHT_BY_SCREENING,
        )
        if verdict.about is not None and verdict.action != Action.ESCALATE:
            # Who escalates asks another to judge.
            keep_label(decision, about=verdict.about)
        _carry_out(current, verdict, by=by, at=at)
        if verdict.action in RESTRICTIONS:
            _tell_author(current.post, decision, at=at)
        record("case_decided", current, by=by, at=at, action=verdict.action, decision=decision.pk)
    return decision


def _check(verdict: Verdict) -> None:
    if verdict.action not in Action.values:
        raise InvalidError(_("Choose what should happen."), "action")
    if verdict.action in RESTRICTIONS and not verdict.reason.strip():
        raise InvalidError(_("Tell the author why, in a few plain words. They read exactly this."), "reason")
    if verdict.action == Action.FOLD and not verdict.folds:
        raise InvalidError(_("Choose at least one passage to fold."), "folds")
    if verdict.action == Action.ESCALATE and not verdict.note.strip():
        raise InvalidError(_("Leave the safety lead a line on what worries you."), "note")


def _refuse_if_stale(case: Case, *, by: User, lease_number: int, post_version: int) -> None:
    if case.status != CaseStatus.WAITING:
        raise ConflictError(_("This case has been decided meanwhile."))
    if case.lease_holder_id is None:
        raise ConflictError(_("Nobody holds this case at the moment. Take it first, then decide."))
    if case.lease_holder_id != by.pk:
        raise ConflictError(_("Your claim on this case ran out and somebody else has it now."))
    if case.lease_number != lease_number:
        raise ConflictError(_("You took this case again meanwhile. Decide on the page that you opened last."))
    if case.post.version != post_version:
        raise ConflictError(_("The author has changed the post meanwhile. Read it again before deciding."))
    if case.post.status == PostStatus.WITHDRAWN:
        raise ConflictError(_("The author has taken the post back meanwhile."))


def _carry_out(case: Case, verdict: Verdict, *, by: User, at: datetime) -> None:
    post = case.post
    mark_read_by_human(post, at=at)
    if verdict.action == Action.ESCALATE:
        _wait_for_lead(case, at=at)
        return
    if post.screened_at is None:
        # Screening had failed; the person who decided has read it instead.
        mark_screened(post, at=at)
    match verdict.action:
        case Action.PUBLISH | Action.REFER:
            publish_post(post, at=at, by=by)
        case Action.FOLD:
            fold_passages(post, verdict.folds, at=at, by=by)
            publish_post(post, at=at, by=by)
        case Action.CHANGE:
            return_post(post, asked_for=verdict.reason.strip(), at=at, by=by)
        case Action.DECLINE:
            decline_post(post, at=at, by=by)
    if verdict.action == Action.REFER:
        transaction.on_commit(partial(post_referred.send_robust, sender=Case, post_id=post.pk))
    _leave_desk(case, returned=verdict.action == Action.CHANGE, at=at)


def _leave_desk(case: Case, *, returned: bool, at: datetime) -> None:
    move_case(
        case,
        CaseStatus.RETURNED if returned else CaseStatus.CLOSED,
        closed_at=None if returned else at,
        lease_holder=None,
        lease_until=None,
    )


def _wait_for_lead(case: Case, *, at: datetime) -> None:
    severity = max(case.severity, Severity.URGENT)
    move_case(
        case,
        CaseStatus.WAITING,
        for_lead=True,
        severity=severity,
        due_at=rota.due(severity, since=at),
        lease_holder=None,
        lease_until=None,
    )


def _tell_author(post: Post, decision: Decision, *, at: datetime) -> None:
    member = post.pen_name.member if post.pen_name is not None else None
    if member is None:
        return
    kind = Kind.CHANGE_ASKED if decision.action == Action.CHANGE else Kind.DECISION
    path = reverse("moderation:decision", kwargs={"decision_id": decision.pk})
    tell(member, kind=kind, cause=f"decision:{decision.pk}", path=path, at=at)
