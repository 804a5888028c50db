"""Limits on how often something may be done, counted in the cache (which lives in the database)."""

import hashlib
import hmac
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache


def is_over(action: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one try of `action` by `who` and return whether that was more than `limit` in `seconds`.

    Each try takes one of `limit` places for `seconds`; a try that finds none is refused and takes none, so whoever keeps
    trying is let in as soon as the first place is free. `who` is any string that names the visitor, see `visitor_key`.
    """
    places = [f"limit:{action}:{who}:{number}" for number in range(limit)]
    taken = cache.get_many(places)
    # Adding is atomic: of two tries at the same moment only one gets the place.
    return not any(cache.add(place, 1, timeout=seconds) for place in places if place not in taken)


def visitor_key(address: str, day: datetime) -> str:
    """Return a name for a network address that cannot be turned back and changes every day (UTC).

    Addresses are never stored: only this keyed hash is, for as long as the limit's window.
    """
    message = f"{day.astimezone(UTC):%Y-%m-%d}|{address}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:24]
