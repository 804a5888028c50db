"""Who is sent mail."""

from accounts.models import User


def wants_mail_now(member: User) -> bool:
    """Whether `member` has asked for discreet mail and can be reached by it."""
    return member.is_active and member.wants_mail and bool(member.email)
