"""A bell never holds whoever rings it, and says nothing of what was written."""

import logging
import queue
import time

import pytest
from django.db import transaction

from core import bell
from tests.services import wait_until

TASK = "moderation.screen_due"


@pytest.fixture
def no_broker(redis_server):
    """A broker that has gone."""
    redis_server.kill()


def failed_bells(caplog):
    return [record for record in caplog.records if record.name == "core.bell" and "bell failed" in record.getMessage()]


def test_ring_without_a_broker_returns_at_once(no_broker, caplog):
    with caplog.at_level(logging.WARNING, "core.bell"):
        before = time.monotonic()
        bell.ring(TASK, "screening")
        took = time.monotonic() - before
        wait_until(lambda: failed_bells(caplog), what="the failed bell", seconds=20)

    assert took < 0.2
    (record, *_more) = failed_bells(caplog)
    assert record.getMessage().startswith(f"bell failed: {TASK} (")
    assert record.exc_info is None


@pytest.mark.django_db(transaction=True)
def test_ring_on_commit_waits_for_the_commit(no_broker, caplog):
    with caplog.at_level(logging.WARNING, "core.bell"):
        with transaction.atomic():
            bell.ring_on_commit("first", "screening")
            time.sleep(0.3)
            assert failed_bells(caplog) == []
        wait_until(lambda: failed_bells(caplog), what="the failed bell", seconds=20)


@pytest.mark.django_db
def test_silence_holds_for_what_commits_later(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        with bell.silence():
            bell.ring_on_commit(TASK)
        bell.ring_on_commit(TASK)

    assert len(callbacks) == 1


def test_silent_bell_rings_nothing(no_broker, caplog):
    with caplog.at_level(logging.WARNING, "core.bell"), bell.silence():
        bell.ring("silent")
        time.sleep(0.3)

    assert not any("silent" in record.getMessage() for record in failed_bells(caplog))


def test_full_queue_drops_the_bell_and_says_so(monkeypatch, caplog):
    full = queue.Queue(maxsize=1)
    full.put(("stays", None))
    monkeypatch.setattr(bell, "_waiting", full)
    monkeypatch.setattr(bell, "_ensure_ringer", lambda: None)

    with caplog.at_level(logging.WARNING, "core.bell"):
        bell.ring(TASK)

    assert f"bell dropped: {TASK}" in caplog.messages
