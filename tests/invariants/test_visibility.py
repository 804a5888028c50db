"""Invariant 1: nothing unscreened is visible, and no guest's words that no person has read. The database agrees."""

import pytest
from django.db import IntegrityError, transaction

from forums.actions import publish_post, submit_reply
from forums.enums import PostStatus
from forums.models import Post, Thread
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

MARKER = "the marker that must not be seen"


def pages_of(thread):
    return [
        "/",
        "/stories/",
        "/articles/",
        "/articles/feed/",
        f"/spaces/{thread.space.slug}/",
        thread.get_absolute_url(),
    ]


def test_held_post_is_refused_by_the_database_until_it_was_screened(member):
    post = factories.make_story(member)

    with pytest.raises(IntegrityError), transaction.atomic():
        publish_post(post, at=NOON)

    assert Post.objects.get(pk=post.pk).status == PostStatus.HELD


def test_guest_post_is_refused_by_the_database_until_a_person_has_read_it(member):
    thread = factories.make_published_story(member).thread
    post = submit_reply(thread, body=MARKER, guest_name="A guest", at=NOON)
    factories.screen(post)

    with pytest.raises(IntegrityError), transaction.atomic():
        publish_post(post, at=NOON)

    assert Post.objects.get(pk=post.pk).status == PostStatus.HELD


@pytest.mark.parametrize("viewer", ["visitor", "other"])
def test_held_story_is_on_no_page_of_others(member, other_member, as_user, viewer):
    shown = factories.make_published_story(member, title="A story that is shown")
    held = factories.make_story(member, title=MARKER, body=MARKER)
    client = as_user(other_member if viewer == "other" else None)

    bodies = [client.get(path).content.decode() for path in pages_of(shown.thread)]

    assert "A story that is shown" in "".join(bodies)
    assert MARKER not in "".join(bodies)
    assert client.get(held.thread.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("status", [s for s in PostStatus.values if s != PostStatus.PUBLISHED])
def test_reply_that_is_not_published_is_seen_by_its_author_alone(member, other_member, as_user, status):
    thread = factories.make_published_story(member).thread
    reply = factories.make_reply(thread, other_member, body=MARKER)
    Post.objects.filter(pk=reply.pk).update(status=status)

    assert MARKER not in as_user(None).get(thread.get_absolute_url()).content.decode()
    assert MARKER not in as_user(member).get(thread.get_absolute_url()).content.decode()
    own_page = as_user(other_member).get(thread.get_absolute_url()).content.decode()
    assert (MARKER in own_page) == (status != PostStatus.WITHDRAWN)


def test_thread_whose_opening_is_withdrawn_is_gone_with_its_replies(member, other_member, as_user):
    opening = factories.make_published_story(member)
    factories.make_reply(opening.thread, other_member, body=MARKER)
    url = opening.thread.get_absolute_url()
    assert MARKER in as_user(None).get(url).content.decode()

    as_user(member).post(f"/me/posts/{opening.pk}/withdraw/")

    assert as_user(None).get(url).status_code == 404
    assert Thread.objects.get(pk=opening.thread_id).published_at is None
