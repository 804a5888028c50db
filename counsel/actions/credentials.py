"""How a credential comes on record, is verified, and ends."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.results import InvalidError, require
from counsel import rules
from counsel.actions.requests import release_all_of
from counsel.models import Credential


def add_credential(
    *,
    member: User,
    profession: str,
    register: str,
    number: str,
    jurisdiction: str,
    issuer: str,
    valid_until: date,
    by: User,
    at: datetime,
    interests: str = "",
) -> Credential:
    """Put a credential of `member` on record; it counts only once it is verified.

    Raises NotAllowedError unless `by` is an operator, InvalidError when its last good day (`valid_until`) has passed.
    """
    require(rules.can_keep_credentials(by))
    if valid_until < timezone.localdate(at):
        raise InvalidError(_("This day has passed. A credential needs to be valid today."), "valid_until")
    with transaction.atomic():
        credential = Credential.objects.create(
            member=member,
            profession=profession,
            register=register,
            number=number,
            jurisdiction=jurisdiction,
            issuer=issuer,
            interests=interests,
            valid_until=valid_until,
        )
        record("credential_added", credential, by=by, at=at, member=member.pk)
    return credential


def verify_credential(credential: Credential, *, by: User, at: datetime) -> None:
    """Vouch, after checking the register, that `credential` is good until its last day. Twice changes nothing.

    Raises NotAllowedError unless `by` is an operator and another person, and for a revoked or expired credential.
    """
    require(rules.can_verify_credential(by, credential, timezone.localdate(at)))
    with transaction.atomic():
        won = Credential.objects.filter(pk=credential.pk, verified_at=None, revoked_at=None).update(
            verified_at=at, verified_by=by
        )
        credential.refresh_from_db()
        if won:
            record("credential_verified", credential, by=by, at=at)


def revoke_credential(credential: Credential, *, by: User, at: datetime) -> None:
    """End a credential now. Without another valid one, what its counselor holds goes back to the desk. Twice is once."""
    require(rules.can_keep_credentials(by))
    with transaction.atomic():
        won = Credential.objects.filter(pk=credential.pk, revoked_at=None).update(revoked_at=at)
        credential.refresh_from_db()
        if not won:
            return
        if not Credential.objects.of(credential.member).valid_on(timezone.localdate(at)).exists():
            release_all_of(credential.member, at=at)
        record("credential_revoked", credential, by=by, at=at)
