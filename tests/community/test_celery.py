"""Real workers, a real beat and a real broker."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from community.celery import app
from core import bell
from core.models import EventChain, Heartbeat
from tests.services import wait_until

pytestmark = pytest.mark.workers


def _has_swept() -> bool:
    return Heartbeat.objects.filter(name="sweep", at__gt=timezone.now() - timedelta(minutes=1)).exists()


def test_worker_hears_the_bell(celery_worker):
    celery_worker(queues="urgent")

    bell.ring("moderation.sweep", "urgent")

    wait_until(_has_swept, what="the sweep")


def test_beat_rings_the_worker(celery_worker, celery_beat):
    celery_worker()
    celery_beat()

    wait_until(_has_swept, seconds=20, what="the sweep")


def test_bell_rung_while_no_worker_runs_is_heard_later(celery_worker):
    first = celery_worker(queues="urgent")
    first.kill9()
    bell.ring("moderation.sweep", "urgent")

    celery_worker(queues="urgent")

    wait_until(_has_swept, what="the sweep")


def test_bell_is_heard_after_the_broker_was_emptied_and_restarted(celery_worker, redis_server):
    celery_worker(queues="urgent")
    redis_server.flush()
    redis_server.restart()

    def rings_and_has_swept() -> bool:
        bell.ring("moderation.sweep", "urgent")
        return _has_swept()

    wait_until(rings_and_has_swept, seconds=20, what="the sweep")


def test_worker_ends_by_itself_when_asked(celery_worker):
    worker = celery_worker(queues="urgent")

    assert worker.terminate() == 0
    assert worker.says("Warm shutdown")


def test_rows_of_migrations_survive_a_test_that_commits(db):
    assert EventChain.objects.filter(pk=1).exists()


def test_every_scheduled_task_exists_and_has_a_queue_that_workers_read():
    app.loader.import_default_modules()

    entries = app.conf.beat_schedule.values()

    assert {entry["task"] for entry in entries} <= set(app.tasks)
    assert {entry["options"]["queue"] for entry in entries} <= set(settings.CELERY_TASK_QUEUES_IN_ORDER)
