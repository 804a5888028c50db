"""Two real writers, each with a connection of its own, at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from core.results import ConflictError
from counsel.actions import (
    open_request,
    publish_counsel_reply,
    release_expired,
    save_reply_draft,
    take_request,
)
from counsel.actions.requests import LEASE
from counsel.models import ReplyDraft, ReplyRequest, RequestKind
from forums.enums import Capacity
from forums.models import Post
from notices.models import Kind, Notice
from tests.counsel.scenes import LATER, NOW, events

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def at_once(*steps):
    """Run the steps at the same moment, each on a connection of its own; return their results or conflicts in order."""
    barrier = Barrier(len(steps))

    def run(step):
        try:
            barrier.wait(timeout=10)
            return step()
        except ConflictError as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, step) for step in steps]]


def read(request):
    return ReplyRequest.objects.select_related("post__thread", "post__pen_name").get(pk=request.pk)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_take_request_by_two_gives_it_to_one(_round, asked, counselor, other_counselor):
    first, second = read(asked), read(asked)

    results = at_once(
        lambda: take_request(first, by=counselor, at=NOW), lambda: take_request(second, by=other_counselor, at=NOW)
    )

    assert Counter(type(result) for result in results) == {ReplyRequest: 1, ConflictError: 1}
    winner = counselor if isinstance(results[0], ReplyRequest) else other_counselor
    assert read(asked).taken_by == winner
    assert events("request_taken") == 1
    assert Notice.objects.filter(kind=Kind.REQUEST_TAKEN).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_take_request_and_release_of_the_old_lease_leave_one_holder(_round, taken, other_counselor):
    after = NOW + 2 * LEASE
    stale = read(taken)

    at_once(lambda: take_request(stale, by=other_counselor, at=after), lambda: release_expired(after))

    assert read(taken).is_taken_by(other_counselor)


def test_open_request_by_two_opens_one(story):
    results = at_once(*[lambda: open_request(story, kind=RequestKind.STORY, at=NOW)] * 2)

    assert len({result.pk for result in results}) == 1
    assert events("request_opened") == 1


def test_save_reply_draft_from_two_tabs_keeps_one_and_tells_the_other(taken, counselor):
    first, second = read(taken), read(taken)

    results = at_once(
        lambda: save_reply_draft(first, by=counselor, body="Tab one", version=0, at=NOW),
        lambda: save_reply_draft(second, by=counselor, body="Tab two", version=0, at=NOW),
    )

    assert Counter(type(result) for result in results) == {ReplyDraft: 1, ConflictError: 1}
    kept = next(result for result in results if isinstance(result, ReplyDraft))
    assert ReplyDraft.objects.get().body == kept.body


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_publish_counsel_reply_pressed_twice_at_once_writes_one_post(_round, taken, counselor):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)
    first, second, key = read(taken), read(taken), uuid4()

    results = at_once(
        lambda: publish_counsel_reply(first, by=counselor, at=LATER, submission_key=key),
        lambda: publish_counsel_reply(second, by=counselor, at=LATER, submission_key=key),
    )

    assert results[0] == results[1] == Post.objects.get(capacity=Capacity.COUNSELOR)
    assert events("request_answered") == 1
