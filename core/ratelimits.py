"""Limits on how often something may be done, counted in the cache (which lives in the database)."""

import hashlib
import hmac
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache


def is_over(action: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one try of `action` by `who` and return whether that was more than `limit` in a window of `seconds`.

    The window is fixed and begins with the first try. `who` is any string that names the visitor, see `visitor_key`.
    """
    key = f"limit:{action}:{who}"
    if cache.add(key, 1, timeout=seconds):
        return False
    try:
        return cache.incr(key) > limit
    except ValueError:
        # It ran out between the two calls.
        cache.add(key, 1, timeout=seconds)
        return False


def visitor_key(address: str, day: datetime) -> str:
    """Return a name for a network address that cannot be turned back and changes every day (UTC).

    Addresses are never stored: only this keyed hash is, for as long as the limit's window.
    """
    message = f"{day.astimezone(UTC):%Y-%m-%d}|{address}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:24]
