"""What views of every app need from a request: a signed-in member, a nameless visitor key, a safe way back."""

import ipaddress
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from core.ratelimits import visitor_key

# One household or provider gives each customer at least this much of an IPv6 address.
_IPV6_PREFIX = 64


class MemberRequest(HttpRequest):
    """A request of somebody signed in: the annotation of views behind `login_required`."""

    user: User
    htmx: HtmxDetails


def visitor(request: HttpRequest, *, at: datetime) -> str:
    """Return a name for the sender of `request` that only serves to count and is another one every day (UTC).

    The address itself is never stored, logged or returned. It is REMOTE_ADDR, or with TRUSTED_PROXIES = n the n-th
    address from the end of X-Forwarded-For. Senders without one (a private socket) share one name.
    """
    return visitor_key(_network(_address(request)), at)


def _address(request: HttpRequest) -> str:
    """Return the address that the outermost proxy of our own saw; earlier ones in the header may be invented."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    proxies: int = settings.TRUSTED_PROXIES
    address = hops[-proxies] if 0 < proxies <= len(hops) else ""
    return _without_port(address.strip()) or str(request.META.get("REMOTE_ADDR") or "")


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def _network(address: str) -> str:
    """Return the part of an address that stands for one customer."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.IPv6Network((known, _IPV6_PREFIX), strict=False).network_address)
    return str(known)


def safe_path(path: str, *, otherwise: str) -> str:
    """Return `path` when it is a path of this site (with its query, if any), else `otherwise`."""
    is_local = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_local else otherwise
