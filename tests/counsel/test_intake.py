from datetime import timedelta

import pytest

from counsel import intake
from counsel.actions import settle_request, take_request
from counsel.actions.requests import LEASE
from counsel.models import Credential, ReplyRequest, RequestKind, RequestStatus
from forums.actions import decline_post, lock_thread, publish_post, return_post, withdraw_post
from forums.models import Post
from moderation.enums import Action
from moderation.models import Case, Decision
from notices.models import Kind, Notice
from tests import factories
from tests.counsel.scenes import LATER, NOW, answer, write_again


def requests_for(post: Post) -> list[ReplyRequest]:
    """Return the requests about a post, the first one first."""
    return list(ReplyRequest.objects.filter(post=post).order_by("pk"))


def refer(post: Post, moderator) -> None:
    """Put a referral on record, as deciding a case does."""
    case = Case.objects.filter(post=post).first()
    Decision.objects.create(
        case=case, action=Action.REFER, by=moderator, at=NOW, post_version=1, severity=1, was_flagged=False
    )


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"wants_counselor": True}, True),
        ({"wish": "counselor"}, True),
        ({"wish": "ideas"}, False),
        ({}, False),
    ],
)
def test_open_for_published_opens_what_the_author_asks_for(member, fields, wanted):
    story = factories.make_published_story(member, **fields)

    intake.open_for_published(story.pk, at=NOW)
    intake.open_for_published(story.pk, at=NOW)

    assert [request.kind for request in requests_for(story)] == ([RequestKind.STORY] if wanted else [])


def test_open_for_published_leaves_held_stories_and_plain_replies(member, other_member, story):
    held = factories.make_story(member, wants_counselor=True)
    reply = factories.make_reply(story.thread, other_member)

    intake.open_for_published(held.pk, at=NOW)
    intake.open_for_published(reply.pk, at=NOW)

    assert not ReplyRequest.objects.exists()


def test_open_for_published_brings_a_follow_up_to_the_same_counselor(asked, member, counselor):
    again = write_again(answer(asked, counselor), member)

    intake.open_for_published(again.pk, at=LATER)
    intake.open_for_published(again.pk, at=LATER)

    [follow_up] = requests_for(again)
    assert (follow_up.kind, follow_up.preferred) == (RequestKind.FOLLOW_UP, counselor)
    assert follow_up.preferred_until == LATER + timedelta(hours=48)
    assert Notice.objects.filter(member=counselor, kind=Kind.FOLLOW_UP).count() == 1


def test_open_for_published_ignores_others_and_other_pen_names(asked, member, other_member, counselor, other_counselor):
    post = answer(asked, counselor)
    by_other = write_again(post, other_member)
    by_colleague = write_again(post, other_counselor)
    by_counselor = write_again(post, counselor)
    second_name = factories.make_pen_name(member, "Second Name")
    by_second_name = factories.submit_reply(
        post.thread, by=member, pen_name=second_name, body="Same here.", parent=post, at=LATER
    )
    factories.show(by_second_name)

    for reply in (by_other, by_colleague, by_counselor, by_second_name):
        intake.open_for_published(reply.pk, at=LATER)
        assert requests_for(reply) == []


def test_open_for_published_follow_up_of_a_referred_reply_counts_its_own_author(story, other_member, counselor):
    reply = factories.make_reply(story.thread, other_member, body="My own year was longer.")
    intake.open_for_referred(reply.pk, at=NOW)
    post = answer(requests_for(reply)[0], counselor)

    again = write_again(post, other_member)
    intake.open_for_published(again.pk, at=LATER)

    assert requests_for(again)[0].preferred == counselor


@pytest.mark.parametrize("lost", ["credential", "account"])
def test_open_for_published_follow_up_of_a_counselor_who_left_is_for_all(asked, member, counselor, lost):
    post = answer(asked, counselor)
    if lost == "credential":
        Credential.objects.update(revoked_at=LATER)
    else:
        post.pen_name.member = None
        post.pen_name.save(update_fields=["member"])
    again = write_again(post, member)

    intake.open_for_published(again.pk, at=LATER)

    assert requests_for(again)[0].preferred is None


def test_open_for_referred_opens_once_and_only_what_can_be_answered(member, story):
    held = factories.make_story(member)

    for post in (story, story, held):
        intake.open_for_referred(post.pk, at=NOW)

    assert [request.post for request in ReplyRequest.objects.all()] == [story]


def test_tidy_desk_finds_what_lost_signals_left_out(asked, member, other_member, counselor, moderator):
    again = write_again(answer(asked, counselor), member)
    unasked = factories.make_published_story(other_member, wants_counselor=True)
    referred = factories.make_published_story(other_member, title="Another day")
    plain = factories.make_published_story(other_member, title="A third day")
    refer(referred, moderator)

    intake.tidy_desk(LATER)
    intake.tidy_desk(LATER)

    assert [request.kind for request in requests_for(again)] == [RequestKind.FOLLOW_UP]
    assert [request.kind for request in requests_for(unasked)] == [RequestKind.STORY]
    assert [request.kind for request in requests_for(referred)] == [RequestKind.STORY]
    assert requests_for(plain) == []


def test_tidy_desk_leaves_what_is_answered_or_settled(asked, member, counselor):
    again = write_again(answer(asked, counselor), member)
    intake.tidy_desk(LATER)
    [follow_up] = requests_for(again)
    settle_request(take_request(follow_up, by=counselor, at=LATER), by=counselor, at=LATER)

    intake.tidy_desk(LATER)

    assert ReplyRequest.objects.count() == 2
    assert not ReplyRequest.objects.live().exists()


def test_tidy_desk_asks_again_when_the_answer_was_declined(asked, story, counselor, moderator):
    decline_post(answer(asked, counselor), at=LATER, by=moderator)

    intake.tidy_desk(LATER)

    assert [request.status for request in requests_for(story)] == [RequestStatus.ANSWERED, RequestStatus.OPEN]


def test_tidy_desk_releases_run_out_leases(taken):
    intake.tidy_desk(NOW + LEASE + timedelta(minutes=1))

    taken.refresh_from_db()
    assert taken.status == RequestStatus.OPEN


@pytest.mark.parametrize("how", ["declined", "withdrawn", "locked"])
def test_tidy_desk_closes_what_is_gone(taken, story, member, moderator, how):
    if how == "declined":
        decline_post(story, at=NOW, by=moderator)
    elif how == "withdrawn":
        withdraw_post(story, by=member, at=NOW)
    else:
        lock_thread(story.thread, at=NOW, by=moderator)

    intake.tidy_desk(NOW)

    taken.refresh_from_db()
    assert taken.status == RequestStatus.CLOSED


def test_tidy_desk_keeps_what_the_author_is_changing(taken, story, moderator):
    return_post(story, asked_for="Please leave out the street.", at=NOW, by=moderator)

    intake.tidy_desk(NOW)

    taken.refresh_from_db()
    assert taken.status == RequestStatus.TAKEN


def test_tidy_desk_asks_again_for_a_story_that_came_back(asked, story, moderator):
    decline_post(story, at=NOW, by=moderator)
    intake.tidy_desk(NOW)
    publish_post(story, at=LATER, by=moderator)

    intake.tidy_desk(LATER)

    assert [request.status for request in requests_for(story)] == [RequestStatus.CLOSED, RequestStatus.OPEN]


def test_close_for_withdrawn_closes_follow_ups_below_the_opening(asked, story, member, counselor, other_member):
    again = write_again(answer(asked, counselor), member)
    intake.open_for_published(again.pk, at=LATER)
    elsewhere = factories.make_published_story(other_member, wants_counselor=True)
    intake.open_for_published(elsewhere.pk, at=LATER)

    withdraw_post(story, by=member, at=LATER)
    intake.close_for_withdrawn(story.pk, at=LATER)

    assert requests_for(again)[0].status == RequestStatus.CLOSED
    assert requests_for(elsewhere)[0].status == RequestStatus.OPEN


def test_close_for_withdrawn_of_another_reply_keeps_the_request(asked, story, other_member):
    reply = factories.make_reply(story.thread, other_member)
    withdraw_post(reply, by=other_member, at=LATER)

    intake.close_for_withdrawn(reply.pk, at=LATER)

    asked.refresh_from_db()
    assert asked.status == RequestStatus.OPEN
