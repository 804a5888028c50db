"""Every change of a notice and of the mail that goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts.http import safe_path
from accounts.models import User
from core import bell
from notices.models import Kind, MailStatus, Notice, NoticeQuerySet
from notices.rules import wants_mail_now

# How long a worker may take to begin, and then to hand over: six commands with the server at EMAIL_TIMEOUT each.
LEASE = timedelta(seconds=60)
HANDOVER = timedelta(seconds=120)
# When a server refuses a mail, the next tries come after these pauses; then it is given up.
PAUSES = (timedelta(minutes=5), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Batch:
    """The notices of one member that one worker may put into one mail: `attempts` is the fence, by notice id."""

    member: User
    attempts: Mapping[int, int]


def tell(member: User, *, kind: Kind | str, cause: str, path: str, at: datetime) -> Notice:
    """Tell `member` something, in the caller's transaction, and return the notice; the same `cause` tells once.

    `path` is a path of this site. If the member asked for mail and has an address, one discreet mail becomes due.
    """
    if not safe_path(path, otherwise=""):
        message = "A notice leads to a path of this site."
        raise ValueError(message)
    is_mail_due = wants_mail_now(member)
    with transaction.atomic():
        notice, is_new = Notice.objects.get_or_create(
            member=member,
            cause=cause,
            defaults={
                "kind": Kind(kind),
                "path": path,
                "created_at": at,
                "mail_status": MailStatus.DUE if is_mail_due else MailStatus.NONE,
            },
        )
        if is_new and is_mail_due:
            bell.ring_on_commit("notices.send_due_mail", "mail")
    return notice


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Keep that the member has opened `notice`; the first time counts."""
    if Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at):
        notice.read_at = at


def mark_all_read(member: User, *, at: datetime) -> int:
    """Keep that the member has seen everything there is, and return how many were new."""
    return Notice.objects.visible_to(member).unread().update(read_at=at)


def lease_mail(member_id: int, *, at: datetime) -> Batch | None:
    """Take the due mail of one member for a minute and return it; None when there is nothing (left) to send.

    Whoever no longer wants mail, or has read the notice meanwhile, gets none.
    """
    with transaction.atomic():
        rows = list(
            Notice.objects.filter(member_id=member_id)
            .mail_due(at)
            .select_for_update(of=("self",))
            .select_related("member")
        )
        if not rows:
            return None
        member = rows[0].member
        wanted = [row for row in rows if row.read_at is None] if wants_mail_now(member) else []
        needless = {row.pk for row in rows} - {row.pk for row in wanted}
        Notice.objects.filter(pk__in=needless).update(mail_status=MailStatus.NONE)
        if not wanted:
            return None
        ids = [row.pk for row in wanted]
        Notice.objects.filter(pk__in=ids).update(mail_attempt=F("mail_attempt") + 1, mail_lease_until=at + LEASE)
        return Batch(member, {row.pk: row.mail_attempt + 1 for row in wanted})


def begin_handover(batch: Batch, *, at: datetime) -> bool:
    """Note that the mail is about to be handed to the server; return whether this worker may do so.

    From here on nobody sends it again: not this task delivered twice, not another worker.
    """
    with transaction.atomic():
        mine = _held(batch, MailStatus.DUE).filter(mail_lease_until__gt=at)
        begun = mine.update(mail_status=MailStatus.SENDING, mail_lease_until=at + HANDOVER)
        if begun != len(batch.attempts):
            transaction.set_rollback(True)
            return False
    return True


def mark_sent(batch: Batch) -> None:
    """Keep that the server has taken the mail."""
    _held(batch, MailStatus.SENDING).update(mail_status=MailStatus.SENT, mail_lease_until=None)


def mark_refused(batch: Batch, *, at: datetime) -> None:
    """Keep that the server has refused the mail: try again later, or give it up after the third time."""
    with transaction.atomic():
        refused = _held(batch, MailStatus.SENDING)
        refused.filter(mail_attempt__gt=len(PAUSES)).update(mail_status=MailStatus.FAILED, mail_lease_until=None)
        for attempt, pause in enumerate(PAUSES, start=1):
            refused.filter(mail_attempt=attempt).update(mail_status=MailStatus.DUE, mail_lease_until=at + pause)


def mark_unsure(batch: Batch) -> None:
    """Keep that nobody knows whether the server took the mail. It is not sent again: one too few is better than two."""
    _held(batch, MailStatus.SENDING).update(mail_status=MailStatus.FAILED, mail_lease_until=None)


def settle_lost_mail(*, at: datetime) -> int:
    """Give up the mails whose worker disappeared while handing them over, and return how many notices that were."""
    return Notice.objects.mail_lost(at).update(mail_status=MailStatus.FAILED, mail_lease_until=None)


def _held(batch: Batch, status: MailStatus) -> NoticeQuerySet:
    """Return the rows of `batch` that are still in the hands of its worker."""
    fence = Q(pk__in=[])
    for notice_id, attempt in batch.attempts.items():
        fence |= Q(pk=notice_id, mail_attempt=attempt)
    return Notice.objects.filter(fence, mail_status=status)
