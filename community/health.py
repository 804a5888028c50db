"""Is Alongside well? Three pages for machines: /healthz (the process), /readyz (all it depends on), /metrics (numbers).

They hold counts and ages only: no name, no text, nothing that tells one member from another.
"""

import hmac
import ipaddress
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from community import broker
from core.models import Heartbeat
from moderation.enums import CaseStatus
from moderation.models import Case
from moderation.report import screening_state

_SWEEP = "sweep"
# The sweep runs every 5 s and screening takes milliseconds: these ages mean that workers or beat stand still.
HEARTBEAT_LIMIT_SECONDS = 60
UNSCREENED_LIMIT_SECONDS = 120
BROKER_TIMEOUT_SECONDS = 0.5

# Named by proxies: a request with one of these did not begin on this machine.
_FORWARDING_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")


@dataclass(frozen=True, slots=True)
class Readiness:
    """What /readyz tells; ages in seconds, None when there is nothing to measure.

    `screening_layers` are those that every worker reads with, `screening_why` says why one is missing, "" when none is.
    Without a layer the site is degraded, not down: posts are still read, and people decide.
    """

    database: bool
    broker: bool
    worker_heartbeat_age_seconds: float | None
    oldest_unscreened_seconds: float | None
    screening_layers: list[str] = field(default_factory=list)
    screening_why: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether posts that are written now will also be screened now."""
        beats = self.worker_heartbeat_age_seconds
        return (
            self.database
            and self.broker
            and beats is not None
            and beats <= HEARTBEAT_LIMIT_SECONDS
            and (self.oldest_unscreened_seconds or 0) <= UNSCREENED_LIMIT_SECONDS
        )


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok": the process takes requests. For load balancers, since stories are also accepted without a worker."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell what Alongside depends on, with 200 when all of it works and 503 otherwise. For whoever is on call."""
    found = readiness(at=timezone.now())
    return JsonResponse(asdict(found) | {"ok": found.is_ok}, status=200 if found.is_ok else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the numbers in Prometheus' text format to this machine itself, or to who knows METRICS_TOKEN."""
    if not (_has_token(request) or _is_from_this_machine(request)):
        return HttpResponseForbidden("Only for this machine, or with METRICS_TOKEN.\n", content_type="text/plain")
    text = "\n".join(_samples(at=timezone.now())) + "\n"
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def readiness(*, at: datetime) -> Readiness:
    """Look at the database, the broker and the worker's traces in the database, at the time `at`; raises nothing."""
    answers = broker_answers(timeout=BROKER_TIMEOUT_SECONDS)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        screening = screening_state(at=at)
        return Readiness(
            database=True,
            broker=answers,
            worker_heartbeat_age_seconds=_heartbeat_age(at),
            oldest_unscreened_seconds=_oldest_unscreened_age(at),
            screening_layers=list(screening.layers),
            screening_why=screening.why,
        )
    except DatabaseError:
        return Readiness(
            database=False, broker=answers, worker_heartbeat_age_seconds=None, oldest_unscreened_seconds=None
        )


def broker_answers(*, timeout: float) -> bool:
    """Return whether the broker answers PING; connecting and answering may take `timeout` seconds each, without retry."""
    client = Redis.from_url(
        broker.client_url(settings.CELERY_BROKER_URL),
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False
    finally:
        client.close()


def _heartbeat_age(at: datetime) -> float | None:
    beats = Heartbeat.objects.filter(name=_SWEEP)
    return _age(beats.aggregate(found=Max("at"))["found"], at)


def _oldest_unscreened_age(at: datetime) -> float | None:
    waiting = Case.objects.filter(status=CaseStatus.SCREENING)
    return _age(waiting.aggregate(found=Min("opened_at"))["found"], at)


def _age(since: datetime | None, at: datetime) -> float | None:
    return None if since is None else round(max((at - since).total_seconds(), 0.0), 1)


def _samples(*, at: datetime) -> Iterator[str]:
    found = readiness(at=at)
    yield from _gauge("alongside_database_up", "Whether the database answers.", float(found.database))
    yield from _gauge("alongside_broker_up", "Whether the broker answers.", float(found.broker))
    age = found.worker_heartbeat_age_seconds
    yield from _gauge("alongside_worker_heartbeat_age_seconds", "Since a worker last ran the sweep.", age)
    age = found.oldest_unscreened_seconds or 0.0
    yield from _gauge("alongside_oldest_unscreened_seconds", "Age of the oldest post that waits for screening.", age)
    if not found.database:
        return
    yield "# HELP alongside_screening_layer Layers that all workers read with: patterns, n-grams, meaning."
    yield "# TYPE alongside_screening_layer gauge"
    for layer in found.screening_layers:
        yield f'alongside_screening_layer{{layer="{layer}"}} 1'
    yield "# HELP alongside_cases Cases by status and severity (4 immediate to 0 none)."
    yield "# TYPE alongside_cases gauge"
    for status, severity, count in (
        Case.objects.order_by("status", "severity").values_list("status", "severity").annotate(count=Count("pk"))
    ):
        yield f'alongside_cases{{status="{status}",severity="{severity}"}} {count}'


def _gauge(name: str, text: str, value: float | None) -> Iterator[str]:
    if value is not None:
        yield f"# HELP {name} {text}"
        yield f"# TYPE {name} gauge"
        yield f"{name} {value:g}"


def _has_token(request: HttpRequest) -> bool:
    expected = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _is_from_this_machine(request: HttpRequest) -> bool:
    """Tell a program on this machine from a proxy on it: that one says for whom it asks."""
    if any(name in request.headers for name in _FORWARDING_HEADERS):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
