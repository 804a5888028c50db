"""What authors are told: true, and never more than they may know."""

from datetime import time, timedelta

import pytest
import time_machine
from django.core import signing

from accounts.models import Role
from forums.actions import resubmit_post, submit_reply, withdraw_post
from forums.enums import PostStatus
from forums.guests import guest_post, guest_token
from forums.models import Post
from helplines.models import Purpose
from moderation import progress
from moderation.actions import add_shift, set_case_aside
from moderation.enums import Action, CaseStatus
from moderation.models import Case, Shift
from moderation.progress import Care, State, own_posts, progress_of, state_of
from moderation.screening.reading import Category, HelpNeed, Who
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import SOON, decide, finding, place, reading, waiting_case


@pytest.fixture
def duty(moderator, operator):
    """Somebody is on duty on Mondays from 8 to 18."""
    return add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON)


@pytest.mark.parametrize(
    ("post_status", "case_status", "read_by", "promise", "seconds", "state"),
    [
        ("held", None, None, None, 0, State.READING),
        ("held", "screening", None, None, 120, State.READING),
        ("held", "screening", None, None, 121, State.SLOW),
        ("held", None, None, None, 121, State.SLOW),
        ("held", "waiting", None, None, 999, State.WAITING),
        ("held", "waiting", None, 1000, 999, State.WAITING),
        ("held", "waiting", None, 998, 999, State.OVERDUE),
        ("held", "waiting", 5, 998, 999, State.ASKED),
        ("published", "waiting", None, 1, 999, State.PUBLISHED),
        ("published", "closed", None, None, 0, State.PUBLISHED),
        ("change_asked", "returned", 5, None, 0, State.CHANGE_ASKED),
        ("declined", "closed", 5, None, 0, State.DECLINED),
        ("withdrawn", "closed", None, None, 0, State.WITHDRAWN),
    ],
)
def test_state_of_every_state_of_post_and_case(post_status, case_status, read_by, promise, seconds, state):
    post = Post(status=post_status, created_at=NOON, human_read_at=NOON if read_by else None)
    case = Case(status=case_status) if case_status else None
    due = NOON + timedelta(seconds=promise) if promise is not None else None

    assert state_of(post, case, promise=due, at=NOON + timedelta(seconds=seconds)) == state


def test_state_of_changed_post_counts_from_the_change():
    post = Post(status=PostStatus.HELD, created_at=NOON - timedelta(days=3), edited_at=NOON)

    assert state_of(post, None, promise=None, at=SOON - timedelta(minutes=4)) == State.READING


def test_progress_of_waiting_post_promises_by_the_rota(member, duty):
    case = waiting_case(member, severity=3)

    found = progress_of(case.post, at=SOON)

    assert (found.state, found.promise) == (State.WAITING, NOON + timedelta(minutes=30))


def test_progress_of_waiting_post_nobody_on_the_rota_promises_nothing(member):
    found = progress_of(waiting_case(member, severity=3).post, at=NOON + timedelta(days=2))

    assert (found.state, found.promise) == (State.WAITING, None)


def test_progress_of_broken_promise_says_overdue(member, duty):
    found = progress_of(waiting_case(member, severity=3).post, at=NOON + timedelta(minutes=31))

    assert found.state == State.OVERDUE


def test_progress_of_escalated_post_a_person_has_read_it(member, moderator, duty):
    case = waiting_case(member)
    decide(case, moderator, Action.ESCALATE, note="Worried.")

    found = progress_of(Post.objects.select_related("thread").get(pk=case.post_id), at=SOON)

    assert (found.state, found.decision) == (State.ASKED, None)


@pytest.mark.parametrize(("action", "state"), [(Action.CHANGE, State.CHANGE_ASKED), (Action.DECLINE, State.DECLINED)])
def test_progress_of_restricted_post_brings_the_decision(member, moderator, action, state):
    case = waiting_case(member)
    decision = decide(case, moderator, action, reason="Because.")

    found = progress_of(Post.objects.select_related("thread").get(pk=case.post_id), at=SOON)

    assert (found.state, found.decision, found.promise) == (state, decision, None)


def test_progress_of_new_post_moves_and_then_slows_down(member):
    post = factories.make_story(member)

    assert progress_of(post, at=NOON).is_moving is True
    assert progress_of(post, at=NOON + timedelta(minutes=3)).is_moving is False


def test_care_comes_from_the_stored_reading_of_these_words(member, moderator):
    case = waiting_case(member, found=reading(finding(Category.VIOLENCE_COERCION, 3)))
    assert progress_of(case.post, at=SOON).care.needs == (HelpNeed.VIOLENCE,)

    decide(case, moderator, Action.CHANGE, reason="Leave out the name.")
    post = Post.objects.select_related("thread").get(pk=case.post_id)
    resubmit_post(post, by=member, body="I had a quiet walk and a cup of tea.", at=SOON)
    assert progress_of(post, at=SOON).care.needs == ()


def test_care_does_not_depend_on_a_worker(member):
    post = factories.make_story(member, body="I want to kill myself tonight.")

    care = progress_of(post, at=NOON).care
    assert care.is_emergency
    assert HelpNeed.SUICIDE in care.needs
    assert Case.objects.get().readings.count() == 0
    assert Case.objects.get().status == CaseStatus.SCREENING


def test_care_where_screening_failed_is_read_again_for_the_page(member):
    post = factories.make_story(member, body="I want to kill myself tonight.")
    set_case_aside(Case.objects.get(), attempt=0, at=NOON)

    assert HelpNeed.SUICIDE in progress_of(post, at=SOON).care.needs


def test_care_reading_that_fails_leaves_the_page_standing(member, monkeypatch, caplog):
    # The engine takes any string; a later fault of it can only be put at the edge of this module.
    def fail(text):
        raise RuntimeError(text)

    monkeypatch.setattr(progress, "read", fail)
    post = factories.make_story(member, body="A very private sentence.")

    assert progress_of(post, at=SOON).care == Care()
    assert "private" not in caplog.text


@pytest.mark.parametrize(
    ("findings", "needs", "purposes"),
    [
        ([], (), []),
        ([finding(Category.SUICIDE_SELF_HARM, 3)], (HelpNeed.SUICIDE,), [Purpose.SUICIDE]),
        (
            [finding(Category.SUICIDE_SELF_HARM, 4)],
            (HelpNeed.EMERGENCY, HelpNeed.SUICIDE),
            [Purpose.EMERGENCY, Purpose.SUICIDE],
        ),
        (
            [finding(Category.SUICIDE_THREAT_OTHER, 3, who=Who.PARTNER)],
            (HelpNeed.SUICIDE_OF_OTHER,),
            [Purpose.SUICIDE, Purpose.FAMILY],
        ),
        ([finding(Category.OVERDOSE_NOW, 4)], (HelpNeed.EMERGENCY,), [Purpose.EMERGENCY, Purpose.POISON]),
        ([finding(Category.BEREAVEMENT, 1)], (HelpNeed.BEREAVEMENT,), [Purpose.GRIEF]),
        (
            [finding(Category.DANGEROUS_WITHDRAWAL, 3), finding(Category.OWN_USE, 1)],
            (HelpNeed.WITHDRAWAL, HelpNeed.SUBSTANCE),
            [Purpose.SUBSTANCE],
        ),
    ],
)
def test_care_needs_become_kinds_of_line(findings, needs, purposes):
    care = Care.of(reading(*findings))

    assert (care.needs, care.purposes) == (needs, purposes)


@pytest.mark.parametrize("need", HelpNeed)
def test_care_every_need_has_a_kind_of_line(need):
    assert Care((need,)).purposes


def test_own_posts_of_the_author_only_withdrawn_ones_too(member, other_member):
    mine = factories.make_story(member)
    factories.make_story(other_member)
    withdraw_post(mine, by=member, at=NOON)

    assert list(own_posts(member)) == [mine]


def test_guest_post_by_its_token_and_by_nothing_else(member):
    story = factories.make_published_story(member)
    reply = submit_reply(story.thread, body="Hello.", at=NOON, guest_name="Passing by")

    assert guest_post(guest_token(reply)) == reply
    assert guest_post(signing.dumps(reply.pk, salt="guest-post")) == reply
    assert guest_post(signing.dumps(reply.pk, salt="another")) is None
    assert guest_post(guest_token(reply)[:-1]) is None
    assert guest_post(guest_token(story)) is None


def test_guest_post_years_later_is_still_found(member):
    story = factories.make_published_story(member)
    reply = submit_reply(story.thread, body="Hello.", at=NOON, guest_name="Passing by")
    token = guest_token(reply)

    with time_machine.travel(NOON + timedelta(days=2000)):
        assert guest_post(token) == reply


def test_progress_of_guests_declined_post_has_the_reason(member, moderator):
    story = factories.make_published_story(member)
    reply = submit_reply(story.thread, body="Hello.", at=NOON, guest_name="Passing by")
    place(reply, reading())
    decide(Case.objects.get(post=reply), moderator, Action.DECLINE, reason="It sells something.")

    found = progress_of(guest_post(guest_token(reply)), at=SOON)

    assert (found.state, found.decision.reason) == (State.DECLINED, "It sells something.")


def test_care_for_an_own_overdose_speaks_to_the_writer(member):
    writer = reading(finding(Category.OVERDOSE_NOW, 4, who=Who.WRITER))
    other = reading(finding(Category.OVERDOSE_NOW, 4, who=Who.OTHER))

    assert (Care.of(writer).is_overdose, Care.of(writer).is_bystander) == (True, False)
    assert (Care.of(other).is_overdose, Care.of(other).is_bystander) == (True, True)


def test_promise_counts_the_author_herself_as_nobody(moderator, other_moderator):
    for weekday in range(7):
        Shift.objects.create(person=moderator, role=Role.MODERATOR, weekday=weekday, starts=time(0), ends=time(0))
    case = waiting_case(moderator, found=reading(finding(Category.VIOLENCE_COERCION, 3)))
    assert progress_of(case.post, at=SOON).promise is None

    for weekday in range(7):
        Shift.objects.create(person=other_moderator, role=Role.MODERATOR, weekday=weekday, starts=time(0), ends=time(0))
    assert progress_of(case.post, at=SOON).promise is not None
