"""Open, claim, renew, release and close cases."""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.bell import ring_on_commit
from core.events import record
from core.results import ConflictError, require
from forums.models import Post
from moderation import rules
from moderation.actions.steps import move_case
from moderation.enums import CaseStatus, Cause
from moderation.models import Case, CaseQuerySet

# Long enough to read a hard story twice without JavaScript; an open page renews it every minute.
LEASE = timedelta(minutes=5)
_CLAIM_TRIES = 200


def open_case(post: Post, *, at: datetime) -> Case:
    """Give a held post a case that waits for screening, inside the post's transaction, and ring for it.

    Safe to call twice: a post has at most one open case. A changed post goes back to the case that asked for the change.
    """
    with transaction.atomic():
        again = Case.objects.select_for_update().filter(post=post, status=CaseStatus.RETURNED).first()
        if again is not None:
            move_case(again, CaseStatus.SCREENING, screening_attempt=0, screening_lease_until=None)
        case, created = _get_or_open(post, at)
        if again or created:
            record("case_reopened" if again else "case_opened", case, at=at, post=post.pk)
        ring_on_commit("moderation.screen_due", "screening")
    return case


def claim_next_case(*, by: User, at: datetime) -> Case | None:
    """Lease the most severe and soonest due case that `by` may take, and return it; None when nothing waits.

    Somebody who still holds a case gets that one. Two people can never get the same one: the claim is one conditional
    update, and whoever comes second tries the next.
    """
    require(rules.can_review(by))
    held = Case.objects.waiting().held_by(by, at).due_first().first()
    if held is not None:
        return held
    for _try in range(_CLAIM_TRIES):
        with transaction.atomic():
            free = _free_cases(by, at)
            # What somebody has just given back is offered to them again only when nothing else waits.
            case = free.not_given_back_by(by, at).first() or free.first()
            if case is None:
                return None
            if _lease(case, by=by, at=at):
                return case
    return None


def claim_case(case: Case, *, by: User, at: datetime) -> Case:
    """Lease this very case to `by`; raises ConflictError when it is another's or no longer waits."""
    require(rules.can_take_case(by, case))
    with transaction.atomic():
        if not Case.objects.waiting().held_by(by, at).filter(pk=case.pk).exists() and not _lease(case, by=by, at=at):
            raise ConflictError(_("Somebody else has this case, or it has been decided."))
    case.refresh_from_db()
    return case


def renew_lease(case: Case, *, by: User, lease_number: int, at: datetime) -> bool:
    """Prolong the lease while the page is open; False when it is no longer theirs.

    A lease that has run out but that nobody took may be renewed: nobody was waiting for it.
    """
    return bool(
        Case.objects.waiting()
        .filter(pk=case.pk, lease_holder=by, lease_number=lease_number)
        .update(lease_until=at + LEASE)
    )


def release_case(case: Case, *, by: User, lease_number: int, at: datetime) -> bool:
    """Give the case back to the queue; False when it was not theirs any more."""
    with transaction.atomic():
        released = (
            Case.objects.waiting()
            .filter(pk=case.pk, lease_holder=by, lease_number=lease_number)
            .update(lease_holder=None, lease_until=None)
        )
        if released:
            record("case_released", case, by=by, at=at)
    return bool(released)


def close_case_of(post: Post, *, at: datetime) -> bool:
    """Close the open case of a post that its author took back; False when there was none."""
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(post=post).open().first()
        if case is None:
            return False
        move_case(case, CaseStatus.CLOSED, closed_at=at, lease_holder=None, lease_until=None)
        record("case_closed", case, at=at, why="withdrawn")
    return True


def _get_or_open(post: Post, at: datetime) -> tuple[Case, bool]:
    found = Case.objects.filter(post=post).open().first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            return Case.objects.create(post=post, cause=Cause.SUBMITTED, opened_at=at), True
    except IntegrityError:
        return Case.objects.filter(post=post).open().get(), False


def _free_cases(by: User, at: datetime) -> CaseQuerySet:
    cases = Case.objects.waiting().free(at).takeable_by(by).due_first()
    if not rules.is_lead(by):
        cases = cases.filter(for_lead=False)
    if connection.features.has_select_for_update_skip_locked:
        # Fifty claimers then look at fifty different rows instead of queueing for the first.
        return cases.select_for_update(skip_locked=True, of=("self",))
    return cases


def _lease(case: Case, *, by: User, at: datetime) -> bool:
    won = (
        Case.objects.waiting()
        .filter(Q(lease_until=None) | Q(lease_until__lte=at), pk=case.pk)
        .update(lease_holder=by, lease_until=at + LEASE, lease_number=F("lease_number") + 1)
    )
    if not won:
        return False
    case.refresh_from_db()
    record("case_claimed", case, by=by, at=at, lease=case.lease_number)
    return True
