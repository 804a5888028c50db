"""Who may do what at the counsel desk. Every answer starts from a credential that is valid on the day.

Source of the rule: invariant 7, no counselor badge without a verified, unexpired credential at the time of writing.
"""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules as account_rules
from core.results import Allowed, Answer, Denied
from counsel.models import Credential, ReplyRequest, Standing
from forums import rules as forum_rules


def can_use_desk(user: Any, on: date) -> Answer:
    """Whether `user` may work at the desk on the day `on`: the role in force, and a credential valid that day."""
    role = account_rules.is_counselor_role(user)
    if not role:
        return role
    credentials = list(Credential.objects.of(user))
    standings = {credential.standing_on(on) for credential in credentials}
    return Allowed() if Standing.VALID in standings else Denied(_why_none_is_valid(credentials, standings))


def can_answer(user: Any, request: ReplyRequest, at: datetime) -> Answer:
    """Whether `user` may answer the author of `request` at all: at the desk, and not their own words."""
    desk = can_use_desk(user, timezone.localdate(at))
    if not desk:
        return desk
    if forum_rules.is_author(user, request.post):
        return Denied(_("You wrote this yourself. Another counselor will answer it."))
    return Allowed()


def can_take(user: Any, request: ReplyRequest, at: datetime) -> Answer:
    """Whether `user` may take `request`: a follow-up waits for its own counselor first. Who holds it is no matter here."""
    answer = can_answer(user, request, at)
    if not answer:
        return answer
    if request.is_kept_for_another(user, at):
        return Denied(_("The author wrote again to the counselor who answered before, who is asked first."))
    return _can_be_replied_to(user, request)


def can_write(user: Any, request: ReplyRequest, at: datetime) -> Answer:
    """Whether `user` may write the answer to `request` now: they have taken it."""
    answer = can_answer(user, request, at)
    if not answer:
        return answer
    if not request.is_taken_by(user):
        return Denied(_("Take this request first, so that two people do not write the same answer."))
    return Allowed()


def can_publish(user: Any, request: ReplyRequest, at: datetime) -> Answer:
    """Whether `user` may send the answer to `request` now: theirs to write, to words that still take a reply."""
    answer = can_write(user, request, at)
    return _can_be_replied_to(user, request) if answer else answer


def can_settle(user: Any, request: ReplyRequest, at: datetime) -> Answer:
    """Whether `user` may mark `request` as needing no answer: a follow-up only, since every story gets one."""
    answer = can_answer(user, request, at)
    if answer and not request.is_follow_up:
        return Denied(_("A story always gets an answer. Give it back if it is not for you."))
    return answer


def can_keep_credentials(user: Any) -> Answer:
    """Whether `user` may add and revoke credentials: operators."""
    return account_rules.is_operator(user)


def can_verify_credential(user: Any, credential: Credential, on: date) -> Answer:
    """Whether `user` may vouch for `credential` on the day `on`: an operator, not for themselves, not for an old one."""
    keeper = can_keep_credentials(user)
    if not keeper:
        return keeper
    if credential.member_id == user.pk:
        return Denied(_("Nobody verifies their own credential. Ask another operator."))
    match credential.standing_on(on):
        case Standing.REVOKED:
            return Denied(_("This credential was revoked. Add it again if it is good once more."))
        case Standing.EXPIRED:
            return Denied(_("This credential has expired. Add the renewed one."))
    return Allowed()


def _can_be_replied_to(user: Any, request: ReplyRequest) -> Answer:
    if not request.post.is_published:
        return Denied(_("This is no longer on the page, so it cannot be answered."))
    return forum_rules.can_reply(user, request.post.thread)


def _why_none_is_valid(credentials: list[Credential], standings: set[Standing]) -> str:
    """Return in plain words what stands in the way, judged by the credential that is nearest to being valid."""
    if Standing.UNVERIFIED in standings:
        return gettext("Your credential has not been verified yet. An operator does that.")
    if Standing.EXPIRED in standings:
        last_day = max(credential.valid_until for credential in credentials if credential.revoked_at is None)
        words = gettext("Your credential was valid until %(day)s. Ask an operator to record the renewed one.")
        return words % {"day": date_format(last_day, "DATE_FORMAT")}
    if Standing.REVOKED in standings:
        return gettext("Your credential was revoked. Ask an operator if you think this is a mistake.")
    return gettext("No credential is on record for you. Ask an operator to add it.")
