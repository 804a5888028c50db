"""Writing an answer: the draft that is never overwritten, and its publication."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import PenName, User
from core.events import record
from core.results import ConflictError, InvalidError, require
from counsel import rules
from counsel.actions.requests import renew_lease, why_lost
from counsel.models import Credential, ReplyDraft, ReplyRequest, RequestStatus
from counsel.queries import names_to_answer_under
from forums.actions import submit_reply
from forums.enums import Capacity
from forums.limits import MAX_BODY
from forums.models import Post


def save_reply_draft(
    request: ReplyRequest, *, by: User, body: str, version: int, at: datetime, pen_name: PenName | None = None
) -> ReplyDraft:
    """Keep what `by` has typed so far, renew the lease and return the draft.

    `version` is the last one that the page knows, 0 for none. Raises ConflictError, with nothing overwritten, when the
    request is no longer theirs or other words were saved meanwhile; the same words again are no conflict. Unlike other
    verbs this leaves no event: a draft is saved every few seconds and is nobody else's business.
    """
    require(rules.can_answer(by, request, at))
    body = body.replace("\r\n", "\n").replace("\x00", "")
    if len(body) > MAX_BODY:
        message = _("This is longer than one answer can hold (%(max)d characters).")
        raise InvalidError(message % {"max": MAX_BODY}, "body")
    with transaction.atomic():
        # Renewing locks the request's row, so that two tabs come one after the other.
        renew_lease(request, by=by, at=at)
        draft, is_new = ReplyDraft.objects.get_or_create(
            request=request, counselor=by, defaults={"body": body, "pen_name": pen_name, "updated_at": at}
        )
        if is_new:
            return draft
        if draft.version != version:
            if (draft.body, draft.pen_name) == (body, pen_name):
                return draft
            raise ConflictError(
                _("This answer was saved from another tab or device meanwhile. Nothing was overwritten.")
            )
        draft.body, draft.pen_name, draft.version, draft.updated_at = body, pen_name, version + 1, at
        draft.save(update_fields=["body", "pen_name", "version", "updated_at"])
    return draft


def publish_counsel_reply(request: ReplyRequest, *, by: User, at: datetime, submission_key: UUID | None = None) -> Post:
    """Send the draft of `by` as a counselor's reply and return the post: held until screened, like every post.

    The badge, with the credential's words as they are on this day, is stored on the post. The same press twice (the same
    `submission_key`) returns the same post. Raises NotAllowedError without a valid credential or when the author can no
    longer be answered, InvalidError for an empty draft, ConflictError when the request is no longer theirs.
    """
    require(rules.can_answer(by, request, at))
    with transaction.atomic():
        held = ReplyRequest.objects.select_for_update().get(pk=request.pk)
        sent_before = _sent_before(held, by, submission_key)
        if sent_before is not None:
            return sent_before
        if not held.is_taken_by(by):
            raise ConflictError(why_lost(held))
        require(rules.can_publish(by, held, at))
        draft = ReplyDraft.objects.filter(request=held, counselor=by).select_related("pen_name").first()
        if draft is None or not draft.body.strip():
            raise InvalidError(_("Write your answer first."), "body")
        answer = submit_reply(
            held.post.thread,
            body=draft.body,
            at=at,
            by=by,
            pen_name=_name_of(draft),
            parent=held.post,
            capacity=Capacity.COUNSELOR,
            credential_line=_credential_line(by, at),
            submission_key=submission_key,
        )
        ReplyRequest.objects.filter(pk=held.pk).update(
            status=RequestStatus.ANSWERED, answer=answer, answered_at=at, lease_until=None
        )
        draft.delete()
        record("request_answered", held, by=by, at=at, post=answer.pk)
    request.refresh_from_db()
    return answer


def _sent_before(request: ReplyRequest, by: User, submission_key: UUID | None) -> Post | None:
    """Return the answer that the same press has sent already."""
    if submission_key is None or request.answer is None or request.taken_by_id != by.pk:
        return None
    return request.answer if request.answer.submission_key == submission_key else None


def _name_of(draft: ReplyDraft) -> PenName:
    """Return the name to answer under: the only possible one, or the one chosen among several."""
    names = names_to_answer_under(draft.counselor)
    if len(names) == 1:
        return names[0]
    if draft.pen_name is None or draft.pen_name not in names:
        raise InvalidError(_("Choose the name under which you answer."), "pen_name")
    return draft.pen_name


def _credential_line(counselor: User, at: datetime) -> str:
    day = timezone.localdate(at)
    return Credential.objects.of(counselor).valid_on(day)[0].public_line()
