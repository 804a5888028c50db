"""The machine's reading of what waits: workers take rows under a lease, and the attempt number is the fence.

A task is only a wake-up. Whoever wakes takes due rows until none is left, so a lost or doubled bell changes nothing. A row
that kills its worker comes back when its lease runs out, and after three attempts it is handed to a person.
"""

import logging
import socket
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from core.bell import ring
from core.models import Heartbeat
from forums.enums import PostStatus
from forums.models import Post
from moderation import screener
from moderation.actions import (
    close_case_of,
    note_screening_state,
    open_case,
    place_case,
    set_case_aside,
)
from moderation.models import OPEN, Case, ScreeningState
from moderation.readings import ScreenedWords

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
MAX_ATTEMPTS = 3
# What is older than this has lost its bell.
LATE = timedelta(seconds=3)
_BATCH = 100
_TELL_EVERY = timedelta(minutes=1)


def read_due(*, limit: int = _BATCH) -> int:
    """Read and place up to `limit` cases that are due; return how many were placed or handed to a person."""
    done = 0
    for _turn in range(limit):
        taken = _take_one(timezone.now())
        if taken is None:
            break
        done += _read_one(*taken)
    return done


def sweep() -> None:
    """Find what was forgotten, and ring for what is late.

    Held posts without a case get one, cases of posts that were taken back are closed, and cases whose bell or worker was
    lost are rung for.
    """
    now = timezone.now()
    Heartbeat.objects.update_or_create(name="sweep", defaults={"at": now})
    tell_state(now)
    for post in _forgotten_posts(now):
        open_case(post, at=now)
    for post in _withdrawn_posts():
        close_case_of(post, at=now)
    late = Case.objects.awaiting_screening(now).filter(Q(opened_at__lt=now - LATE) | Q(screening_attempt__gt=0))
    if late.exists():
        ring("moderation.screen_due", "screening")


def tell_state(now: datetime) -> None:
    """Write down, once a minute for each machine, what its workers screen with; opens the engine in this process."""
    host = socket.gethostname()[:120]
    if ScreeningState.objects.filter(host=host, at__gt=now - _TELL_EVERY).exists():
        return
    try:
        found = screener.works()
    except Exception as error:  # noqa: BLE001  the sweep goes on, whatever the engine does
        logger.error("screening cannot be opened (%s)", type(error).__name__)  # noqa: TRY400  its name is enough
        return
    note_screening_state(host, layers=found.layers, why=found.why, engine=found.engine, at=now)


def _take_one(now: datetime) -> tuple[Case, int] | None:
    """Lease the oldest due case for this worker; None when there is none. Conditional, so two workers never share one."""
    for case in Case.objects.awaiting_screening(now).select_related("post", "post__thread")[:5]:
        won = (
            Case.objects.awaiting_screening(now)
            .filter(pk=case.pk, screening_attempt=case.screening_attempt)
            .update(screening_attempt=F("screening_attempt") + 1, screening_lease_until=now + LEASE)
        )
        if won:
            return case, case.screening_attempt + 1
    return None


def _read_one(case: Case, attempt: int) -> bool:
    if attempt > MAX_ATTEMPTS:
        logger.error("case %s: set aside for a person after %s attempts", case.pk, MAX_ATTEMPTS)
        return set_case_aside(case, attempt=attempt, at=timezone.now())
    try:
        reading = screener.read(ScreenedWords.of(case.post).text)
    except Exception as error:  # noqa: BLE001  whatever fails, a person looks; the text must not reach the log
        logger.error("case %s: screening failed (%s)", case.pk, type(error).__name__)  # noqa: TRY400  no trace: it may quote
        return set_case_aside(case, attempt=attempt, at=timezone.now())
    return place_case(case, reading, attempt=attempt, post_version=case.post.version, at=timezone.now())


def _forgotten_posts(now: datetime) -> list[Post]:
    open_cases = Case.objects.filter(post=OuterRef("pk"), status__in=OPEN)
    return list(
        Post.objects.filter(~Exists(open_cases), status=PostStatus.HELD, created_at__lt=now - LATE).order_by("pk")[
            :_BATCH
        ]
    )


def _withdrawn_posts() -> list[Post]:
    """Return taken-back posts whose case still stands on the desk: the announcement was lost between commit and close."""
    open_cases = Case.objects.open().filter(post__status=PostStatus.WITHDRAWN).select_related("post").order_by("pk")
    return [case.post for case in open_cases[:_BATCH]]
