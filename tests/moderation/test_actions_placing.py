from datetime import time, timedelta

import pytest

from accounts.models import Role
from core.models import Event
from forums.enums import PostStatus, ReviewPolicy
from forums.models import Post
from moderation import alerts
from moderation.actions import accept_imported_post, add_shift, note_screening_state, placing, set_case_aside
from moderation.enums import CaseStatus, Cause, Severity
from moderation.models import Case, ScreeningState
from moderation.rota import due
from notices.models import Kind, Notice
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import finding, place, reading, waiting_case


def test_place_case_publishes_what_is_ordinary_and_closes(member):
    story = factories.make_published_story(member)
    post = factories.submit_reply(
        story.thread, body="Thank you.", at=NOON, by=member, pen_name=factories.pen_name_of(member)
    )

    case = place(post, reading())

    assert (case.status, case.closed_at, post.status) == (CaseStatus.CLOSED, NOON, PostStatus.PUBLISHED)
    assert Event.objects.about("case", case.pk).last().data == {"why": "published"}


def test_place_case_waiting_is_due_by_the_rota(member):
    case = waiting_case(member, severity=3)

    assert (case.due_at, case.placed_at) == (due(3, since=NOON), NOON)


def test_place_case_in_a_room_read_by_people_first_waits(member):
    factories.make_space(review_policy=ReviewPolicy.HUMAN_FIRST)

    case = place(factories.make_story(member), reading())

    assert (case.status, case.cause) == (CaseStatus.WAITING, Cause.SPACE)


def test_place_case_immediate_calls_who_is_on_duty_and_not_the_leads(member, moderator, lead, operator):
    add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON)

    case = waiting_case(member, severity=4)

    assert [notice.member for notice in Notice.objects.filter(kind=Kind.DUTY)] == [moderator]
    assert Event.objects.get(kind="desk_alerted").data == {"people": 1}
    assert alerts.alert_desk(case, at=NOON) == 1
    assert Notice.objects.filter(kind=Kind.DUTY).count() == 1


def test_place_case_immediate_and_nobody_on_duty_calls_the_active_leads(member, moderator, lead, suspended):
    suspended.groups.set(lead.groups.all())

    waiting_case(member, severity=4)

    duty = Notice.objects.get(kind=Kind.DUTY)
    assert (duty.member, duty.path) == (lead, "/review/")


@pytest.mark.parametrize(("severity", "offered"), [(2, 0), (3, 1), (4, 1)])
def test_place_case_offers_the_author_help_from_urgent_on(member, severity, offered):
    waiting_case(member, severity=severity)

    assert Notice.objects.filter(member=member, kind=Kind.CARE).count() == offered


def test_place_case_guest_in_danger_has_no_notices(member):
    story = factories.make_published_story(member)
    reply = factories.submit_reply(story.thread, body="Hello.", at=NOON, guest_name="Passing by")

    place(reply, reading(finding(severity=3)))

    assert not Notice.objects.filter(kind=Kind.CARE).exists()


def test_set_case_aside_goes_to_the_top_once(member, lead):
    post = factories.make_story(member)
    case = Case.objects.get(post=post)

    assert set_case_aside(case, attempt=0, at=NOON) is True
    assert set_case_aside(case, attempt=0, at=NOON) is False
    case.refresh_from_db()
    assert (case.severity, case.cause) == (Severity.IMMEDIATE, Cause.SCREENING_FAILED)


@pytest.mark.parametrize(("severity", "cases"), [(0, 0), (1, 0), (2, 1), (4, 1)])
def test_accept_imported_post_is_published_with_its_own_date_and_looked_at(member, severity, cases):
    post = factories.make_story(member)
    Case.objects.all().delete()
    Post.objects.filter(pk=post.pk).update(is_imported=True)
    post = Post.objects.select_related("thread__space", "pen_name").get(pk=post.pk)

    accept_imported_post(post, reading(severity=severity), at=NOON + timedelta(days=900))

    assert (post.status, post.published_at) == (PostStatus.PUBLISHED, NOON)
    waiting = Case.objects.filter(post=post, status=CaseStatus.WAITING, cause=Cause.IMPORTED)
    assert [case.severity for case in waiting] == [2] * cases
    assert Notice.objects.count() == 0


@pytest.fixture
def calm_reply(member):
    """A reply that needs no look."""
    story = factories.make_published_story(member)
    return factories.submit_reply(
        story.thread, body="Thank you.", at=NOON, by=member, pen_name=factories.pen_name_of(member)
    )


def test_place_case_drawn_reply_is_published_and_waits_for_a_look(calm_reply, settings):
    settings.SCREENING_SAMPLE_PERCENT = 100

    case = place(calm_reply, reading())

    assert (case.status, case.cause, case.severity) == (CaseStatus.WAITING, Cause.SAMPLE, Severity.SUPPORT)
    assert (case.due_at, calm_reply.status) == (due(Severity.SUPPORT, since=NOON), PostStatus.PUBLISHED)
    assert calm_reply.human_read_at is None


def test_place_case_draws_about_as_many_as_the_setting_says(calm_reply, settings):
    settings.SCREENING_SAMPLE_PERCENT = 3

    drawn = sum(placing._is_drawn() for _ in range(20_000))

    # Six standard deviations of a fair draw (600, 24) on either side.
    assert 455 < drawn < 745


def test_note_screening_state_keeps_one_row_for_each_machine_and_forgets_the_gone(db):
    for host, hours in (("gone", 0), ("one", 20), ("two", 26), ("two", 27)):
        note_screening_state(host, layers=["patterns"], why="", engine="e", at=NOON + timedelta(hours=hours))

    assert [state.host for state in ScreeningState.objects.order_by("host")] == ["one", "two"]
