from datetime import timedelta

import pytest
from django.urls import reverse

from core.results import ConflictError, NotAllowedError
from counsel.actions import (
    close_request,
    give_back_request,
    open_request,
    release_expired,
    save_reply_draft,
    settle_request,
    take_request,
)
from counsel.actions.requests import LEASE
from counsel.models import ReplyDraft, ReplyRequest, RequestKind, RequestStatus
from notices.models import Kind, Notice
from tests import factories
from tests.counsel.scenes import LATER, NOW, answer, events, make_follow_up

AFTER_LEASE = NOW + LEASE + timedelta(seconds=1)


def stale(request):
    """Return the row as another process read it a moment ago."""
    return ReplyRequest.objects.select_related("post__thread", "post__pen_name").get(pk=request.pk)


def test_open_request_waits_since_the_story_could_be_read(story):
    request = open_request(story, kind=RequestKind.STORY, at=NOW)

    assert (request.status, request.opened_at) == (RequestStatus.OPEN, story.published_at)
    assert events("request_opened") == 1


def test_open_request_twice_returns_the_live_one(story, asked, counselor):
    assert open_request(story, kind=RequestKind.STORY, at=LATER) == asked

    take_request(asked, by=counselor, at=LATER)
    assert open_request(story, kind=RequestKind.STORY, at=LATER) == asked
    assert events("request_opened") == 1


def test_open_request_for_follow_up_tells_the_counselor_who_is_asked_first(asked, member, counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)

    notice = Notice.objects.get(member=counselor, kind=Kind.FOLLOW_UP)
    assert notice.path == reverse("counsel:request", args=[follow_up.pk])
    assert (follow_up.preferred, follow_up.preferred_until) == (counselor, LATER + timedelta(hours=48))


def test_take_request_gives_a_lease_and_tells_the_author(asked, member, counselor):
    take_request(asked, by=counselor, at=NOW)

    assert asked.is_taken_by(counselor)
    assert asked.lease_until == NOW + LEASE
    assert Notice.objects.get(member=member, kind=Kind.REQUEST_TAKEN).path == asked.post.get_absolute_url()
    assert events("request_taken") == 1


def test_take_request_twice_changes_nothing(taken, counselor):
    take_request(stale(taken), by=counselor, at=LATER)

    taken.refresh_from_db()
    assert taken.lease_until == NOW + LEASE
    assert events("request_taken") == 1


def test_take_request_that_another_took_conflicts_with_words(asked, counselor, other_counselor):
    late = stale(asked)
    take_request(asked, by=counselor, at=NOW)

    with pytest.raises(ConflictError, match="Another counselor has taken this request"):
        take_request(late, by=other_counselor, at=NOW)
    assert stale(asked).is_taken_by(counselor)


def test_take_request_with_lease_run_out_passes_to_the_next(taken, other_counselor):
    take_request(taken, by=other_counselor, at=AFTER_LEASE)

    assert taken.is_taken_by(other_counselor)


def test_take_request_kept_for_another_refuses_even_with_a_stale_row(asked, member, counselor, other_counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)
    looks_free = stale(follow_up)
    looks_free.preferred = None

    with pytest.raises(NotAllowedError, match="asked first"):
        take_request(follow_up, by=other_counselor, at=LATER)
    with pytest.raises(ConflictError):
        take_request(looks_free, by=other_counselor, at=LATER)


def test_take_request_without_valid_credential_refuses(asked, expired_counselor, member):
    for person in (expired_counselor, member):
        with pytest.raises(NotAllowedError):
            take_request(asked, by=person, at=NOW)

    assert stale(asked).status == RequestStatus.OPEN


def test_take_request_of_guest_tells_nobody(story, counselor, moderator):
    post = factories.submit_reply(story.thread, body="I had the same year.", guest_name="Passing", at=NOW)
    request = open_request(factories.show(post), kind=RequestKind.STORY, at=NOW)

    take_request(request, by=counselor, at=NOW)

    assert not Notice.objects.filter(kind=Kind.REQUEST_TAKEN).exists()


def test_give_back_request_opens_it_and_keeps_the_draft(taken, counselor):
    save_reply_draft(taken, by=counselor, body="Dear", version=0, at=NOW)

    give_back_request(taken, by=counselor, at=LATER)

    assert (taken.status, taken.taken_by, taken.lease_until) == (RequestStatus.OPEN, None, None)
    assert ReplyDraft.objects.get(request=taken).body == "Dear"
    assert events("request_given_back") == 1


def test_give_back_request_twice_changes_nothing(taken, counselor):
    give_back_request(taken, by=counselor, at=LATER)
    give_back_request(taken, by=counselor, at=LATER)

    assert events("request_given_back") == 1


def test_give_back_request_that_another_has_conflicts(taken, counselor, other_counselor):
    with pytest.raises(ConflictError, match="Another counselor"):
        give_back_request(taken, by=other_counselor, at=LATER)

    assert stale(taken).is_taken_by(counselor)


def test_give_back_follow_up_offers_it_to_all(asked, member, counselor, other_counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)
    take_request(follow_up, by=counselor, at=LATER)

    give_back_request(follow_up, by=counselor, at=LATER)

    take_request(follow_up, by=other_counselor, at=LATER)
    assert follow_up.is_taken_by(other_counselor)


def test_give_back_request_without_valid_credential_refuses(taken, expired_counselor):
    with pytest.raises(NotAllowedError):
        give_back_request(taken, by=expired_counselor, at=NOW)


def test_settle_request_takes_a_thank_you_off_the_desk(asked, member, counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)
    take_request(follow_up, by=counselor, at=LATER)

    settle_request(follow_up, by=counselor, at=LATER)
    settle_request(follow_up, by=counselor, at=LATER)

    assert follow_up.status == RequestStatus.SETTLED
    assert events("request_settled") == 1


def test_settle_request_not_taken_conflicts(asked, member, counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)

    with pytest.raises(ConflictError):
        settle_request(follow_up, by=counselor, at=LATER)


def test_settle_request_of_story_or_without_credential_refuses(taken, counselor, expired_counselor):
    for person in (counselor, expired_counselor):
        with pytest.raises(NotAllowedError):
            settle_request(taken, by=person, at=LATER)


def test_release_expired_returns_only_what_ran_out(taken, counselor, other_member):
    save_reply_draft(taken, by=counselor, body="Dear", version=0, at=NOW)
    other = open_request(factories.make_published_story(other_member), kind=RequestKind.STORY, at=NOW)
    take_request(other, by=counselor, at=LATER)

    assert release_expired(AFTER_LEASE) == 1

    assert stale(taken).status == RequestStatus.OPEN
    assert stale(other).is_taken_by(counselor)
    assert ReplyDraft.objects.get(request=taken).body == "Dear"
    assert release_expired(AFTER_LEASE) == 0
    assert events("request_released") == 1


def test_close_request_ends_a_live_one_once(taken):
    assert close_request(taken, at=LATER) is True
    assert close_request(taken, at=LATER) is False

    assert taken.status == RequestStatus.CLOSED
    assert events("request_closed") == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [("closed", "no longer on the page"), ("answered", "answered already"), ("settled", "needs no answer")],
)
def test_take_request_that_is_done_conflicts_with_words(asked, counselor, other_counselor, status, words):
    late = stale(asked)
    post = answer(asked, counselor)
    ReplyRequest.objects.filter(pk=asked.pk).update(status=status, answer=post)

    with pytest.raises(ConflictError, match=words):
        take_request(late, by=other_counselor, at=LATER)
