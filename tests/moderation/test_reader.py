"""Workers die, crash, come twice and come late: each post is placed once, or handed to a person."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from core.models import Heartbeat
from forums.actions import resubmit_post, submit_reply, withdraw_post
from forums.enums import PostStatus
from forums.models import Post
from moderation import reader, screener
from moderation.actions import place_case
from moderation.enums import Action, CaseStatus, Cause, Severity
from moderation.models import Case, ReadingRecord, ScreeningState
from moderation.tasks import screen_due, sweep
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import decide, finding, reading, waiting_case


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def engine_fails(monkeypatch):
    """Screening fails on every text.

    The engine takes any string without failing, so its edge is the one place where a fault can be put: what is tested is
    what becomes of the post when a later lexicon or library breaks that promise.
    """

    def fail(text):
        message = f"cannot read {text}"
        raise RuntimeError(message)

    monkeypatch.setattr(screener, "read", fail)


def test_read_due_ordinary_story_is_published_with_its_reading_and_looked_at_afterwards(member):
    post = factories.make_story(member)

    assert reader.read_due() == 1

    case = Case.objects.get(post=post)
    post.refresh_from_db()
    assert (case.status, case.cause, case.severity) == (CaseStatus.WAITING, Cause.LOOK_AFTER, Severity.SUPPORT)
    assert (post.status, post.screened_at) == (PostStatus.PUBLISHED, NOON)
    assert ReadingRecord.objects.get(case=case).engine == screener.works().engine


def test_read_due_danger_waits_at_the_top_and_calls_the_leads(member, lead):
    post = factories.make_story(
        member, body="he wont wake up, his lips are blue and he is hardly breathing, what do i do"
    )

    reader.read_due()

    case = Case.objects.get(post=post)
    post.refresh_from_db()
    assert (case.status, case.severity, post.status) == (CaseStatus.WAITING, Severity.IMMEDIATE, PostStatus.HELD)
    assert [notice.kind for notice in lead.notices.all()] == ["duty"]


def test_read_due_reads_up_to_the_limit_oldest_first(member):
    first = factories.make_story(member, title="one")
    factories.make_story(member, title="two")

    assert reader.read_due(limit=1) == 1
    assert Case.objects.exclude(status=CaseStatus.SCREENING).get().post == first


def test_read_due_nothing_due_does_nothing(db):
    assert reader.read_due() == 0


def test_read_due_title_is_read_with_the_body(member):
    factories.make_story(member, title="I want to kill myself tonight", body="That is all there is.")

    reader.read_due()

    assert Case.objects.get().severity >= Severity.URGENT


def test_read_due_worker_dies_thrice_then_a_person_gets_it(member, lead, at_noon):
    post = factories.make_story(member)
    for _death in range(reader.MAX_ATTEMPTS):
        # The worker takes the row and is killed before it writes anything.
        assert reader._take_one(timezone.now()) is not None
        assert reader.read_due() == 0
        at_noon.shift(reader.LEASE + timedelta(seconds=1))

    assert reader.read_due() == 1

    case = Case.objects.get(post=post)
    post.refresh_from_db()
    assert (case.status, case.cause, case.severity) == (CaseStatus.WAITING, Cause.SCREENING_FAILED, Severity.IMMEDIATE)
    assert (post.status, post.screened_at) == (PostStatus.HELD, None)
    assert ReadingRecord.objects.count() == 0


def test_read_due_failing_engine_hands_it_to_a_person_and_logs_no_words(member, engine_fails, caplog):
    post = factories.make_story(member, body="A very private sentence.")

    assert reader.read_due() == 1

    case = Case.objects.get(post=post)
    post.refresh_from_db()
    assert (case.status, case.cause, case.severity) == (CaseStatus.WAITING, Cause.SCREENING_FAILED, Severity.IMMEDIATE)
    assert post.status == PostStatus.HELD
    assert "private" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_read_due_lease_of_another_worker_is_respected(member):
    factories.make_story(member)
    reader._take_one(timezone.now())

    assert reader.read_due() == 0


def test_take_one_stale_view_of_the_row_does_not_win(member):
    factories.make_story(member)
    case, attempt = reader._take_one(timezone.now())

    assert (case.pk, attempt) == (Case.objects.get().pk, 1)
    assert reader._take_one(timezone.now()) is None


def test_place_case_of_a_stale_attempt_does_nothing(member):
    post = factories.make_story(member)
    case = Case.objects.get(post=post)
    Case.objects.filter(pk=case.pk).update(screening_attempt=2)

    assert place_case(case, reading(), attempt=1, post_version=1, at=NOON) is False
    assert ReadingRecord.objects.count() == 0
    assert Post.objects.get().status == PostStatus.HELD


def test_place_case_twice_writes_one_reading(member):
    post = factories.make_story(member)
    case = Case.objects.get(post=post)

    assert place_case(case, reading(severity=2), attempt=0, post_version=1, at=NOON) is True
    assert place_case(case, reading(), attempt=0, post_version=1, at=NOON) is False
    assert ReadingRecord.objects.count() == 1
    assert Post.objects.get().status == PostStatus.HELD


def test_place_case_of_older_words_does_nothing(member, moderator):
    case = waiting_case(member)
    decide(case, moderator, Action.CHANGE, reason="Leave out the name.")
    post = Post.objects.get(pk=case.post_id)
    resubmit_post(post, by=member, body="We walked along the canal and talked about the garden.", at=NOON)

    assert place_case(case, reading(), attempt=0, post_version=1, at=NOON) is False
    assert reader.read_due() == 1
    case.refresh_from_db()
    assert (case.status, case.cause) == (CaseStatus.WAITING, Cause.CHANGED)


def test_read_due_withdrawn_before_reading_closes_the_case(member):
    post = factories.make_story(member)
    withdraw_post(post, by=member, at=NOON)

    assert reader.read_due() == 1
    post.refresh_from_db()
    assert (Case.objects.get().status, post.status) == (CaseStatus.CLOSED, PostStatus.WITHDRAWN)


def test_read_due_guests_reply_waits_for_a_person(member):
    story = factories.make_published_story(member)
    reply = submit_reply(story.thread, body="Thank you.", at=NOON, guest_name="Passing by")

    reader.read_due()

    case = Case.objects.get(post=reply)
    assert (case.status, case.cause) == (CaseStatus.WAITING, Cause.GUEST)


@pytest.fixture
def rung(monkeypatch):
    """Which tasks were rung for. The broker is the network edge, so the bell is caught where it leaves the process."""
    tasks = []
    monkeypatch.setattr(reader, "ring", lambda task, queue: tasks.append((task, queue)))
    return tasks


def test_sweep_fresh_case_is_left_to_its_own_bell(member, rung):
    factories.make_story(member, at=NOON)

    reader.sweep()

    assert rung == []
    assert Heartbeat.objects.get(name="sweep").at == NOON


def test_sweep_late_case_is_rung_for(member, rung):
    factories.make_story(member, at=NOON - timedelta(seconds=4))

    reader.sweep()

    assert rung == [("moderation.screen_due", "screening")]


def test_sweep_case_of_a_dead_worker_is_rung_for_once_its_lease_is_over(member, rung, at_noon):
    factories.make_story(member)
    reader._take_one(timezone.now())
    reader.sweep()
    assert rung == []

    at_noon.shift(reader.LEASE + timedelta(seconds=1))
    reader.sweep()

    assert len(rung) == 1


def test_sweep_held_post_without_a_case_gets_one(member, rung):
    post = factories.make_story(member, at=NOON - timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM moderation_case")

    reader.sweep()

    assert Case.objects.get(post=post).status == CaseStatus.SCREENING


def test_sweep_waiting_case_of_a_withdrawn_post_whose_announcement_was_lost_is_closed(member, rung):
    case = waiting_case(member)
    # After commit never comes in a test's transaction: the announcement is lost, as when the process dies right then.
    withdraw_post(case.post, by=member, at=NOON)

    reader.sweep()

    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED


def test_screen_due_twice_places_once(member):
    factories.make_story(member)

    assert [screen_due(), screen_due()] == [1, 0]


def test_sweep_task_leaves_a_heartbeat(db):
    sweep()

    assert Heartbeat.objects.get(name="sweep").at == NOON


def test_place_case_urgent_leaves_the_author_a_way_back_to_help(member):
    case = waiting_case(member, found=reading(finding(severity=3)))

    notice = member.notices.get(kind="care")
    assert notice.path == f"/me/posts/{case.post_id}/"


def test_sweep_writes_down_what_this_machine_screens_with_once_a_minute(db, at_noon):
    sweep()
    at_noon.shift(timedelta(seconds=50))
    sweep()

    state = ScreeningState.objects.get()
    assert (state.at, tuple(state.layers)) == (NOON, screener.works().layers)
    assert state.why == screener.works().why

    at_noon.shift(timedelta(seconds=20))
    sweep()

    assert ScreeningState.objects.get().at == NOON + timedelta(seconds=70)
