"""Where a member is signed in: kept without the network address and without the browser's full name."""

import re
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

# The column cannot be empty; this is the address that means "none" (RFC 4291, section 2.5.2).
NO_ADDRESS = "::"

# First match wins: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edge", "Edg"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"Chrome|CriOS"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac", "Mac OS X|Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
)


def describe(user_agent: str) -> str:
    """Return just enough of a browser's name for its owner to know it again, such as "Firefox, Android"."""
    found = (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))
    return ", ".join(word for word in found if word)


def note_session(sender: object, *, request: HttpRequest, **_signal: Any) -> None:
    """Keep that the member is signed in with this session, and forget their sessions that have ended.

    Receives allauth's signals in place of its own receiver, which would store the address and the browser's full name.
    """
    if not request.user.is_authenticated:
        return
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.purge_and_list(request.user)
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": request.user,
            "ip": NO_ADDRESS,
            "user_agent": describe(request.META.get("HTTP_USER_AGENT", "")),
        },
    )


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, text)), "")
