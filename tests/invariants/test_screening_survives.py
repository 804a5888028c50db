"""Invariant 2: a submitted post is never lost. Real workers, a real broker, real kills."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.models import Event
from forums.actions import submit_story
from forums.enums import PostStatus
from forums.models import Post
from moderation.enums import CaseStatus, Cause, Severity
from moderation.models import Case, ReadingRecord
from moderation.reader import LEASE, MAX_ATTEMPTS
from tests import factories
from tests.services import REPOSITORY, wait_until

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]

HARD = "He says he will kill himself if I leave him, and I am so tired of being afraid."
ORDINARY = "Thirty days today. I made soup and my sister came over and it was good."


def submit_many(number, *, member):
    pen_name = factories.pen_name_of(member)
    space = factories.make_space()
    return [
        submit_story(
            by=member,
            pen_name=pen_name,
            space=space,
            title=f"Day {turn}",
            body=HARD if turn % 3 == 0 else ORDINARY,
            wish="listen",
            wants_counselor=False,
            at=timezone.now(),
        )
        for turn in range(number)
    ]


def nothing_waits_for_the_machine():
    return not Case.objects.filter(status=CaseStatus.SCREENING).exists()


def assert_placed_exactly_once(number):
    """Each post was read and placed once in effect: one reading, one outcome, and hard ones are held."""
    cases = Case.objects.select_related("post")
    assert cases.count() == number
    assert set(Counter(ReadingRecord.objects.values_list("case_id", flat=True)).values()) == {1}
    outcomes = Counter(
        Event.objects.filter(kind__in=["case_placed", "case_closed"]).values_list("subject_id", flat=True)
    )
    assert set(outcomes.values()) == {1}
    assert len(outcomes) == number
    published = Counter(Event.objects.filter(kind="post_published").values_list("subject_id", flat=True))
    assert set(published.values()) <= {1}
    for case in cases:
        if case.post.body == HARD:
            assert (case.status, case.post.status) == (CaseStatus.WAITING, PostStatus.HELD)
            assert case.severity >= Severity.URGENT
        else:
            assert case.post.status == PostStatus.PUBLISHED


def test_submitted_post_is_read_by_a_worker(member, redis_server, celery_worker):
    celery_worker()

    submit_many(3, member=member)

    wait_until(nothing_waits_for_the_machine, seconds=15, what="screening")
    assert_placed_exactly_once(3)


def test_post_submitted_without_any_broker_is_found_by_the_sweeper(member, redis_server, celery_worker, celery_beat):
    redis_server.kill()
    submit_many(3, member=member)

    redis_server.start()
    celery_worker()
    celery_beat()

    wait_until(nothing_waits_for_the_machine, seconds=40, what="screening")
    assert_placed_exactly_once(3)


def test_emptied_broker_loses_no_post(member, redis_server, celery_worker, celery_beat):
    submit_many(5, member=member)
    redis_server.flush()

    celery_worker()
    celery_beat()

    wait_until(nothing_waits_for_the_machine, seconds=40, what="screening")
    assert_placed_exactly_once(5)


def test_workers_killed_again_and_again_place_every_post_once(member, redis_server, celery_worker, celery_beat):
    celery_beat()
    number = 600
    submit_many(number, member=member)

    for _kill in range(6):
        worker = celery_worker(concurrency=2)
        time.sleep(0.15)
        worker.kill9()
    assert Case.objects.filter(status=CaseStatus.SCREENING).exists(), "the kills came too late to matter"
    # What a killed worker had taken comes back when its lease runs out.
    celery_worker(concurrency=2)

    wait_until(nothing_waits_for_the_machine, seconds=60, what="screening after the kills")
    assert_placed_exactly_once(number)


def interrupt_database():
    """Do to the database's clients what a restart does: cut every connection, or keep the file for a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return
    with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=20)) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(0.5)
        other.rollback()


def test_interrupted_database_loses_no_post(member, redis_server, celery_worker, celery_beat):
    celery_beat()
    number = 400
    submit_many(number, member=member)
    celery_worker(concurrency=2)

    for _interruption in range(5):
        interrupt_database()
        time.sleep(0.1)
    assert Case.objects.filter(status=CaseStatus.SCREENING).exists(), "the interruptions came too late to matter"

    wait_until(nothing_waits_for_the_machine, seconds=90, what="screening after the interruptions")
    assert_placed_exactly_once(number)


def test_lost_announcement_is_found_by_the_sweeper(member, redis_server, celery_worker, celery_beat):
    (post,) = submit_many(1, member=member)
    Case.objects.filter(post=post).delete()
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(minutes=1))

    celery_worker()
    celery_beat()

    wait_until(lambda: ReadingRecord.objects.filter(case__post=post).exists(), seconds=40, what="the sweeper")
    post.refresh_from_db()
    assert post.status == PostStatus.HELD


def test_frozen_broker_does_not_hold_the_request(member, redis_server, as_user):
    client = as_user(member)
    story = {
        "title": "A night",
        "body": "I could not sleep.",
        "wish": "listen",
        "space": factories.make_space().slug,
        "pen_name": factories.pen_name_of(member).public_id,
    }
    redis_server.stop()

    before = time.monotonic()
    answers = [client.post("/stories/new/", story | {"title": f"A night {turn}"}) for turn in range(3)]
    took = time.monotonic() - before

    assert {answer.status_code for answer in answers} == {302}
    assert Post.objects.filter(status=PostStatus.HELD).count() == 3
    # One call of redis-py to a frozen broker takes ten seconds and more; three requests without it take a moment.
    assert took < 5


def test_row_that_kills_its_worker_is_set_aside_for_a_person(member, redis_server, celery_worker, celery_beat):
    (post,) = submit_many(1, member=member)
    poison = (
        "import django, os, signal; django.setup()\n"
        "from moderation import reader, screener\n"
        "screener.read = lambda text: os.kill(os.getpid(), signal.SIGKILL)\n"
        "reader.read_due()\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "community.settings.test",
        "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
        "REDIS_URL": redis_server.url,
    }
    for _death in range(MAX_ATTEMPTS):
        died = subprocess.run([sys.executable, "-c", poison], cwd=REPOSITORY, env=environment, check=False, timeout=60)
        assert died.returncode == -signal.SIGKILL
        Case.objects.filter(post=post).update(screening_lease_until=timezone.now() - LEASE)
    assert Case.objects.get(post=post).screening_attempt == MAX_ATTEMPTS

    celery_worker()
    celery_beat()

    wait_until(nothing_waits_for_the_machine, seconds=40, what="setting aside")
    case = Case.objects.get(post=post)
    post.refresh_from_db()
    assert (case.status, case.cause, case.severity) == (CaseStatus.WAITING, Cause.SCREENING_FAILED, 4)
    assert (post.status, post.screened_at) == (PostStatus.HELD, None)


def test_bells_use_bounded_waits():
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] <= 5
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["retry_on_timeout"] is False
