"""Links that stand in mails: full addresses, and one that stops mail without signing in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User

_SALT = "notices.mail_off"


def list_address() -> str:
    """Return the full address of the member's notices."""
    return f"{settings.SITE_URL}{reverse('notices:list')}"


def mail_off_address(member: User) -> str:
    """Return the full address under which `member` stops mail; it works for whoever holds it and does nothing else."""
    token = signing.dumps(member.pk, salt=_SALT)
    return f"{settings.SITE_URL}{reverse('notices:mail_off', kwargs={'token': token})}"


def member_of(token: str) -> User | None:
    """Return the member for whom `mail_off_address` made `token`; None when it was not made here or they are gone."""
    try:
        member_id = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=member_id).first()
