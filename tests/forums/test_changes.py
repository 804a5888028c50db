"""Changing what was written, and taking it back."""

import pytest

from forums.actions import return_post, submit_reply, withdraw_post
from forums.enums import PostStatus
from forums.limits import MAX_BODY
from forums.models import Draft, Post, Thread
from tests import factories
from tests.factories import NOON
from tests.forums.posting import (
    WORDS,
    assert_keeps_words,
    change_of,
    hidden_values,
    login_address,
    sign_in,
    typed_words,
)

pytestmark = pytest.mark.django_db


# Changing what was written


def test_author_changes_what_was_asked(returned, member, as_user):
    client, address = as_user(member), f"/me/posts/{returned.pk}/edit/"
    page = client.get(address)
    assert typed_words(page) == "A quiet ordinary day."

    answer = client.post(address, change_of(returned, member))
    again = client.post(address, change_of(returned, member))

    post = Post.objects.get(pk=returned.pk)
    assert (post.body, post.thread.title, post.version, post.status) == (WORDS, "Another night", 2, PostStatus.HELD)
    assert answer["Location"] == again["Location"] == f"/me/posts/{returned.pk}/?new=1"


def test_reply_is_changed_without_a_title(story, other_member, moderator, as_user):
    reply = factories.make_reply(story.thread, other_member)
    return_post(reply, asked_for="Please leave out the street.", at=NOON, by=moderator)
    client, address = as_user(other_member), f"/me/posts/{reply.pk}/edit/"
    assert b'name="title"' not in client.get(address).content

    assert client.post(address, change_of(reply, other_member)).status_code == 302
    assert Thread.objects.get(pk=story.thread_id).title == "A day"


@pytest.mark.parametrize("fields", [{"body": "x" * (MAX_BODY + 1)}, {"title": "x" * 151}, {"title": "\u200b"}])
def test_every_error_in_a_change_keeps_the_words(returned, member, as_user, fields):
    posted = change_of(returned, member, **fields)

    answer = as_user(member).post(f"/me/posts/{returned.pk}/edit/", posted)

    assert_keeps_words(answer, posted["body"])
    assert Post.objects.get(pk=returned.pk).status == PostStatus.CHANGE_ASKED
    assert Draft.objects.count() == 1


def test_change_from_a_second_tab_comes_too_late_and_keeps_its_words(returned, member, as_user):
    client, address = as_user(member), f"/me/posts/{returned.pk}/edit/"
    client.post(address, change_of(returned, member, body="From one tab."))

    answer = client.post(address, change_of(returned, member))

    assert_keeps_words(answer)
    assert Post.objects.get(pk=returned.pk).body == "From one tab."


def test_change_of_an_ended_session_waits_for_its_owner(returned, member, as_user):
    client, address = as_user(None), f"/me/posts/{returned.pk}/edit/"

    answer = client.post(address, change_of(returned, member))

    page = sign_in(client, member, login_address(answer))
    assert typed_words(page) == WORDS
    assert client.post(address, change_of(returned, member) | hidden_values(page)).status_code == 302
    assert not Draft.objects.exists()


def test_change_is_the_authors_alone(returned, other_member, suspended, as_user):
    address = f"/me/posts/{returned.pk}/edit/"

    assert as_user(other_member).get(address).status_code == 404
    assert_keeps_words(as_user(other_member).post(address, change_of(returned, other_member)), status=404)
    assert login_address(as_user(None).get(address)).endswith(f"next={address}")
    assert login_address(as_user(suspended).get(address))
    assert as_user(other_member).get("/me/posts/999999/edit/").status_code == 404
    assert as_user(other_member).put(address).status_code == 405
    assert Post.objects.get(pk=returned.pk).version == 1


def test_post_that_waits_for_no_change_leads_to_its_page(story, member, as_user):
    answer = as_user(member).get(f"/me/posts/{story.pk}/edit/")

    assert answer["Location"] == f"/me/posts/{story.pk}/"
    withdraw_post(story, by=member, at=NOON)
    assert as_user(member).get(f"/me/posts/{story.pk}/edit/").status_code == 404


# Taking back


def test_author_takes_a_post_back_and_pressing_twice_says_the_same(story, member, as_user):
    client, address = as_user(member), f"/me/posts/{story.pk}/withdraw/"

    first, second = client.post(address), client.post(address)

    assert first["Location"] == second["Location"] == f"/me/posts/{story.pk}/"
    assert Post.objects.get(pk=story.pk).status == PostStatus.WITHDRAWN
    assert client.get(first["Location"]).status_code == 200


def test_taking_back_is_the_authors_alone(story, other_member, suspended, as_user):
    address = f"/me/posts/{story.pk}/withdraw/"

    assert as_user(other_member).post(address).status_code == 404
    assert as_user(other_member).post("/me/posts/999999/withdraw/").status_code == 404
    assert login_address(as_user(None).post(address)).endswith(f"next=/me/posts/{story.pk}/")
    assert login_address(as_user(suspended).post(address))
    assert as_user(other_member).get(address).status_code == 405
    assert Post.objects.get(pk=story.pk).status == PostStatus.PUBLISHED


def test_guests_post_has_no_author_among_members(story, member, as_user):
    post = submit_reply(story.thread, guest_name="a guest", body="Hello.", at=NOON)

    for page in ("edit", "withdraw"):
        assert as_user(member).post(f"/me/posts/{post.pk}/{page}/").status_code == 404
