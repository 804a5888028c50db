"""How a request comes to the desk, to a counselor, back, and off the desk.

Each step is one conditional update of one row: the row count tells who won. The conditions name columns of that row
only, since a subquery would be judged by what it saw before it waited for the other writer.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.results import ConflictError, require
from counsel import rules
from counsel.models import LIVE, ReplyRequest, ReplyRequestQuerySet, RequestKind, RequestStatus
from forums.models import Post
from notices.actions import tell
from notices.models import Kind

LEASE = timedelta(hours=2)
# An author who writes again is answered by the same counselor, if that counselor comes within this time.
PREFERENCE = timedelta(hours=48)

# The rest follows a minute later.
_MOST_AT_ONCE = 100

_FREE = {"status": RequestStatus.OPEN, "taken_by": None, "taken_at": None, "lease_until": None}


def open_request(post: Post, *, kind: RequestKind, at: datetime, preferred: User | None = None) -> ReplyRequest:
    """Ask the counselors to answer `post` and return the request; a live one is returned as it is.

    With `preferred`, that counselor is told and asked first, for 48 hours. It waits since the post could be read.
    """
    with transaction.atomic():
        request, is_new = ReplyRequest.objects.get_or_create(
            post=post,
            status__in=LIVE,
            defaults={
                "kind": kind,
                "opened_at": post.published_at or at,
                "preferred": preferred,
                "preferred_until": at + PREFERENCE if preferred is not None else None,
            },
        )
        if not is_new:
            return request
        if preferred is not None:
            path = request.get_absolute_url()
            tell(preferred, kind=Kind.FOLLOW_UP, cause=f"follow-up:{request.pk}", path=path, at=at)
        record("request_opened", request, at=at, post=post.pk, asked=str(kind))
    return request


def take_request(request: ReplyRequest, *, by: User, at: datetime) -> ReplyRequest:
    """Take `request` to answer it, for two hours at a time, and tell its author. Taking twice changes nothing.

    Raises NotAllowedError without a valid credential, ConflictError when someone else has it or it is done.
    """
    require(rules.can_take(by, request, at))
    with transaction.atomic():
        free = Q(status=RequestStatus.OPEN) | Q(status=RequestStatus.TAKEN, lease_until__lt=at)
        offered = Q(preferred=None) | Q(preferred=by) | Q(preferred_until__lte=at)
        won = ReplyRequest.objects.filter(free & offered, pk=request.pk).update(
            status=RequestStatus.TAKEN, taken_by=by, taken_at=at, lease_until=at + LEASE
        )
        request.refresh_from_db()
        if not won and not request.is_taken_by(by):
            raise ConflictError(why_lost(request))
        if won:
            _tell_author(request, at)
            record("request_taken", request, by=by, at=at)
    return request


def renew_lease(request: ReplyRequest, *, by: User, at: datetime) -> None:
    """Keep `request` for two more hours; raises ConflictError when it is no longer theirs. Saving a draft does this."""
    if not _held(request, by).update(lease_until=at + LEASE):
        request.refresh_from_db()
        raise ConflictError(why_lost(request))


def give_back_request(request: ReplyRequest, *, by: User, at: datetime) -> None:
    """Put `request` back on the desk for everyone; the draft is kept. Giving back twice changes nothing.

    Raises ConflictError when somebody else has taken it meanwhile, or it is done.
    """
    require(rules.can_answer(by, request, at))
    with transaction.atomic():
        # Who gives back a follow-up is not asked first any more: the author should not wait for them.
        won = _held(request, by).update(**_FREE, preferred=None, preferred_until=None)
        request.refresh_from_db()
        if not won and request.status != RequestStatus.OPEN:
            raise ConflictError(why_lost(request))
        if won:
            record("request_given_back", request, by=by, at=at)


def settle_request(request: ReplyRequest, *, by: User, at: datetime) -> None:
    """Mark a follow-up that `by` has taken as read and needing no answer, such as a thank-you. Twice changes nothing."""
    require(rules.can_settle(by, request, at))
    with transaction.atomic():
        won = _held(request, by).update(status=RequestStatus.SETTLED, lease_until=None)
        request.refresh_from_db()
        if not won and request.status != RequestStatus.SETTLED:
            raise ConflictError(why_lost(request))
        if won:
            record("request_settled", request, by=by, at=at)


def release_expired(at: datetime) -> int:
    """Put requests whose lease has run out back on the desk, drafts kept, and return how many they were."""
    with transaction.atomic():
        return _release(ReplyRequest.objects.expired(at)[:_MOST_AT_ONCE], at=at)


def release_all_of(counselor: User, *, at: datetime) -> None:
    """Put everything that `counselor` holds or is asked first back on the desk, inside the caller's transaction."""
    ReplyRequest.objects.filter(preferred=counselor).update(preferred=None, preferred_until=None)
    _release(ReplyRequest.objects.taken_by_person(counselor), at=at)


def close_request(request: ReplyRequest, *, at: datetime) -> bool:
    """Take a live request off the desk since its story has left the page; False when it was not live. Drafts stay."""
    with transaction.atomic():
        won = ReplyRequest.objects.filter(pk=request.pk, status__in=LIVE).update(
            status=RequestStatus.CLOSED, lease_until=None
        )
        request.refresh_from_db()
        if won:
            record("request_closed", request, at=at)
    return bool(won)


def why_lost(request: ReplyRequest) -> str:
    """Return in plain words why a counselor who thought to hold `request` does not."""
    return {
        RequestStatus.OPEN: _("This request went back to the desk. Take it again to go on."),
        RequestStatus.TAKEN: _("Another counselor has taken this request and is writing an answer."),
        RequestStatus.ANSWERED: _("This request has been answered already."),
        RequestStatus.SETTLED: _("This request was read and needs no answer."),
        RequestStatus.CLOSED: _("This is no longer on the page, so it cannot be answered."),
    }[RequestStatus(request.status)]


def _release(requests: ReplyRequestQuerySet, *, at: datetime) -> int:
    # Locked before they are changed: a lease that is renewed at this moment is either not in the list or waits for us.
    released = list(requests.select_for_update())
    ReplyRequest.objects.filter(pk__in=[request.pk for request in released]).update(**_FREE)
    for request in released:
        record("request_released", request, at=at)
    return len(released)


def _held(request: ReplyRequest, by: User) -> ReplyRequestQuerySet:
    return ReplyRequest.objects.filter(pk=request.pk, status=RequestStatus.TAKEN, taken_by=by)


def _tell_author(request: ReplyRequest, at: datetime) -> None:
    post = request.post
    author = post.pen_name.member if post.pen_name is not None else None
    if author is not None:
        cause = f"request-taken:{request.pk}"
        tell(author, kind=Kind.REQUEST_TAKEN, cause=cause, path=post.get_absolute_url(), at=at)
