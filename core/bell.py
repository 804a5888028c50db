"""Ring Celery without ever holding the person who waits for a page.

The row in the database is the truth; a task is only a bell, and the sweeper rings again for what is late. So a bell may be
lost but must never block: a hung broker costs redis-py seconds to minutes a call, which is why ringing happens on a
thread of its own with a short queue. When the queue is full, new bells are dropped.
"""

import logging
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

_QUEUE_LENGTH = 200
_waiting: queue.Queue[tuple[str, str | None]] = queue.Queue(maxsize=_QUEUE_LENGTH)
_ringer: threading.Thread | None = None
_ringer_pid = 0
_lock = threading.Lock()
_is_silent: ContextVar[bool] = ContextVar("bell_is_silent", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """Ring nothing inside: for bulk loading, when the sweeper finds what is due anyway."""
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)


def ring_on_commit(task_name: str, queue_name: str | None = None) -> None:
    """Ring the task called `task_name`, after the current transaction has committed."""
    if _is_silent.get():
        # The transaction may end after the silence has.
        return
    transaction.on_commit(partial(ring, task_name, queue_name), robust=True)


def ring(task_name: str, queue_name: str | None = None) -> None:
    """Ring the task called `task_name` from the bell thread; returns at once, raises nothing."""
    if _is_silent.get():
        return
    _ensure_ringer()
    try:
        _waiting.put_nowait((task_name, queue_name))
    except queue.Full:
        logger.warning("bell dropped: %s", task_name)


def _ensure_ringer() -> None:
    global _ringer, _ringer_pid  # noqa: PLW0603  one thread per process, made again after a fork
    with _lock:
        if _ringer is None or _ringer_pid != os.getpid() or not _ringer.is_alive():
            _ringer_pid = os.getpid()
            _ringer = threading.Thread(target=_ring_for_ever, name="bell", daemon=True)
            _ringer.start()


def _ring_for_ever() -> None:
    while True:
        task_name, queue_name = _waiting.get()
        try:
            current_app.send_task(task_name, queue=queue_name, retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001  whatever the broker does, the row stays and the sweeper rings again
            logger.warning("bell failed: %s (%s)", task_name, type(error).__name__)
