"""Two real writers, each with a connection of its own, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from core.models import Event
from forums.actions import publish_post, save_draft, submit_reply
from forums.enums import PostStatus
from forums.models import Draft, DraftKind, Post, Thread
from moderation.models import Case
from tests import factories
from tests.factories import NOON, pen_name_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def at_once(*steps):
    """Run the steps at the same moment, each on a connection of its own; return their results in order."""
    barrier = Barrier(len(steps))

    def run(step):
        try:
            barrier.wait(timeout=10)
            return step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, step) for step in steps]]


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_same_press_twice_at_the_same_moment_is_one_story(_round, member):
    key = uuid4()
    factories.make_space()

    one, two = at_once(*[lambda: factories.make_story(member, submission_key=key)] * 2)

    assert one == two
    assert (Post.objects.count(), Thread.objects.count(), Case.objects.count()) == (1, 1, 1)
    assert Event.objects.filter(kind="post_submitted").count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_same_press_twice_in_the_browser_leads_to_the_same_page(_round, member):
    client_one, client_two = Client(), Client()
    for client in (client_one, client_two):
        client.force_login(member)
    fields = {
        "title": "A night",
        "body": "I could not sleep.",
        "wish": "listen",
        "space": factories.make_space().slug,
        "pen_name": pen_name_of(member).public_id,
        "submission_key": str(uuid4()),
    }

    one, two = at_once(
        lambda: client_one.post("/stories/new/", fields), lambda: client_two.post("/stories/new/", fields)
    )

    assert (one.status_code, two.status_code) == (302, 302)
    assert one["Location"] == two["Location"]
    assert Post.objects.count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_tabs_sent_at_the_same_moment_are_two_stories(_round, member):
    key = uuid4()
    factories.make_space()

    posts = at_once(
        lambda: factories.make_story(member, body="One tab.", submission_key=key),
        lambda: factories.make_story(member, body="Another tab.", submission_key=key),
    )

    assert {post.body for post in posts} == {"One tab.", "Another tab."}
    assert {post.thread.pk for post in posts} == set(Thread.objects.values_list("pk", flat=True))
    assert (Post.objects.count(), Thread.objects.count(), Case.objects.count()) == (2, 2, 2)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_same_reply_twice_at_the_same_moment_is_one(_round, member):
    thread = factories.make_published_story(member).thread
    key = uuid4()

    def send():
        return submit_reply(thread, guest_name="a guest", body="I know that.", at=NOON, submission_key=key)

    one, two = at_once(send, send)

    assert one == two
    assert Post.objects.filter(is_opening=False).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_post_published_by_two_is_counted_once(_round, member, other_member):
    reply = factories.make_reply(factories.make_published_story(member).thread, other_member)
    Post.objects.filter(pk=reply.pk).update(status=PostStatus.HELD)
    Thread.objects.update(reply_count=0)
    one, two = Post.objects.get(pk=reply.pk), Post.objects.get(pk=reply.pk)

    answers = at_once(lambda: publish_post(one, at=NOON), lambda: publish_post(two, at=NOON))

    assert sorted(answers) == [False, True]
    assert Thread.objects.get().reply_count == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
@pytest.mark.parametrize("version", [0, 1])
def test_two_tabs_that_save_at_the_same_moment_keep_both_words(_round, member, version):
    key = uuid4()
    if version:
        save(member, key, 0, "Before.")

    drafts = at_once(lambda: save(member, key, version, "One tab."), lambda: save(member, key, version, "Another tab."))

    assert {draft.fields["body"] for draft in drafts} == {"One tab.", "Another tab."}
    assert {draft.fields["body"] for draft in Draft.objects.all()} == {"One tab.", "Another tab."}


def save(member, key, version, body):
    return save_draft(
        member=member, kind=DraftKind.STORY, thread=None, key=key, version=version, fields={"body": body}, at=NOON
    )
