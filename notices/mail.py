"""Send the discreet mail that is due: at most one mail for what is due to a member, and never the same one twice.

The row is marked as being handed over before the server hears of it. Two failures remain, both towards silence: a worker
that dies, or a connection that breaks, after the handover began and before the server's answer was kept. Then nobody
knows whether the mail went out, and it is not sent again; the notice itself stands in the app all the same.
"""

import logging
import smtplib
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation

from notices import actions, links
from notices.models import Notice

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

# A task ends well before its time limit; the next bell goes on with what is left.
_WORK_SECONDS = 20
_MOST_MEMBERS = 100


def send_due_mail(*, clock: Clock = timezone.now) -> int:
    """Send what is due and return how many mails the server took. Safe to run twice, also at once.

    When the server cannot be reached nothing is taken in hand and no try is counted.
    """
    lost = actions.settle_lost_mail(at=clock())
    if lost:
        logger.warning("mail given up, not known whether sent: %d notices", lost)
    members = _members_due(clock())
    if not members:
        return 0
    connection = get_connection()
    sent = 0
    try:
        for member_id in _while_there_is_time(members):
            connection.open()
            sent += _send_to(member_id, connection, clock)
    except OSError as error:
        logger.warning("mail server cannot be reached: %s", type(error).__name__)
    finally:
        _close(connection)
    return sent


def compose(batch: actions.Batch) -> EmailMultiAlternatives:
    """Return the mail for `batch`: it says that there is something new, and neither what, nor from whom, nor how much."""
    words = {
        "site_name": settings.SITE_NAME,
        "list_address": links.list_address(),
        "off_address": links.mail_off_address(batch.member),
    }
    with translation.override(settings.LANGUAGE_CODE):
        message = EmailMultiAlternatives(
            subject=" ".join(render_to_string("emails/something-new-subject.txt", words).split()),
            body=render_to_string("emails/something-new-body-text.txt", words),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[batch.member.email],
            headers={
                # One press in the mail program stops these mails (RFC 2369, RFC 8058).
                "List-Unsubscribe": f"<{words['off_address']}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("emails/something-new-body-html.html", words), "text/html")
    return message


def _members_due(at: datetime) -> list[int]:
    due = Notice.objects.mail_due(at).order_by("member_id").values_list("member_id", flat=True)
    return list(due.distinct()[:_MOST_MEMBERS])


def _while_there_is_time(members: list[int]) -> Iterator[int]:
    end = time.monotonic() + _WORK_SECONDS
    for member_id in members:
        if time.monotonic() > end:
            return
        yield member_id


def _send_to(member_id: int, connection: BaseEmailBackend, clock: Clock) -> bool:
    """Send one member what is due to them; return whether the server took it."""
    batch = actions.lease_mail(member_id, at=clock())
    if batch is None or not actions.begin_handover(batch, at=clock()):
        return False
    try:
        connection.send_messages([compose(batch)])
    except (
        smtplib.SMTPResponseException,
        smtplib.SMTPRecipientsRefused,
        smtplib.SMTPNotSupportedError,
        ValueError,
    ) as error:
        # The server said no, or the mail could not even be written (ValueError: a broken address).
        logger.warning("mail refused: %s", type(error).__name__)
        actions.mark_refused(batch, at=clock())
        _close(connection)
        return False
    except Exception as error:  # noqa: BLE001  one poisonous mail must not stop the others
        logger.warning("mail given up, not known whether sent: %s", type(error).__name__)
        actions.mark_unsure(batch)
        _close(connection)
        return False
    actions.mark_sent(batch)
    return True


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:
        logger.info("mail connection ended badly: %s", type(error).__name__)
