"""Appeals: a different person decides again, with reasons, and a reversal restores what was."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.results import ConflictError, InvalidError, require
from forums.actions import lift_folds, publish_post
from forums.enums import PostStatus
from forums.models import Post
from moderation import rules
from moderation.actions.steps import move_case
from moderation.enums import Action, AppealOutcome, CaseStatus
from moderation.models import Appeal, Case, Decision
from notices.actions import tell
from notices.models import Kind

_MAX_TEXT = 5000


def appeal_decision(decision: Decision, *, by: User, text: str, at: datetime) -> Appeal:
    """Ask that another person decides again; raises NotAllowedError with the reason when this cannot be appealed."""
    text = text.strip()
    if not text:
        raise InvalidError(_("Say in your own words what we should look at again."), "text")
    if len(text) > _MAX_TEXT:
        raise InvalidError(_("This is longer than %(max)d characters.") % {"max": _MAX_TEXT}, "text")
    require(rules.can_appeal(by, decision, at))
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                decision=decision, decision_by_id=decision.by_id, member=by, text=text, made_at=at
            )
            record("appeal_made", appeal, by=by, at=at, decision=decision.pk)
    except IntegrityError as error:
        raise ConflictError(_("You have appealed already.")) from error
    return appeal


def decide_appeal(appeal: Appeal, *, by: User, outcome: str, reason: str, at: datetime) -> Appeal:
    """Decide an appeal with reasons and tell the member; a reversal restores the post as it was.

    Raises NotAllowedError for the person who made the decision or wrote the appeal, ConflictError when it was decided
    meanwhile, InvalidError without outcome or reasons.
    """
    if outcome not in {AppealOutcome.UPHELD, AppealOutcome.REVERSED}:
        raise InvalidError(_("Choose whether the decision stands."), "outcome")
    if not reason.strip():
        raise InvalidError(_("Tell the member why, in a few plain words."), "reason")
    require(rules.can_decide_appeal(by, appeal))
    with transaction.atomic():
        won = Appeal.objects.filter(pk=appeal.pk, outcome=AppealOutcome.OPEN).update(
            outcome=outcome, outcome_reason=reason.strip(), decided_by=by, decided_at=at
        )
        if not won:
            raise ConflictError(_("This appeal has been decided meanwhile."))
        appeal.refresh_from_db()
        if outcome == AppealOutcome.REVERSED:
            _restore(appeal.decision, by=by, at=at)
        path = reverse("moderation:decision", kwargs={"decision_id": appeal.decision_id})
        tell(appeal.member, kind=Kind.APPEAL, cause=f"appeal:{appeal.pk}", path=path, at=at)
        record("appeal_decided", appeal, by=by, at=at, outcome=outcome)
    return appeal


def _restore(decision: Decision, *, by: User, at: datetime) -> None:
    case = Case.objects.select_for_update().get(pk=decision.case_id)
    post = Post.objects.select_related("thread", "pen_name").get(pk=case.post_id)
    if post.status == PostStatus.WITHDRAWN or post.version != decision.post_version:
        # The author took it back or changed it: the newer words go their own way.
        return
    if decision.action == Action.FOLD:
        lift_folds(post, at=at, by=by)
    else:
        publish_post(post, at=at, by=by)
    if case.status == CaseStatus.RETURNED:
        move_case(case, CaseStatus.CLOSED, closed_at=at)
