"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Role, User
from notices.models import Notice


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, where "Leave this page" goes, and, lazily, the viewer's unread count and staff links."""
    return {
        "site_name": settings.SITE_NAME,
        "exit_url": settings.EXIT_URL,
        "is_demo": settings.DEMO,
        "source_url": settings.SOURCE_URL,
        "unread_notices": SimpleLazyObject(lambda: _unread(request)),
        "desks": SimpleLazyObject(lambda: _desks(request)),
    }


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    return Notice.objects.visible_to(user).unread().count()


def _desks(request: HttpRequest) -> dict[str, bool]:
    user = getattr(request, "user", None)
    roles = user.roles() if isinstance(user, User) else frozenset()
    return {
        "review": bool(roles & {Role.MODERATOR, Role.LEAD, Role.OPERATOR}),
        "counsel": Role.COUNSELOR in roles,
        "operator": Role.OPERATOR in roles,
    }
