"""Who may do what with threads and posts."""

import pytest
from django.contrib.auth.models import AnonymousUser

from forums import rules
from forums.enums import PostStatus
from forums.models import Post
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


def reason(answer):
    return str(answer.reason)


def test_share_needs_an_account_that_is_not_paused(member, suspended):
    assert rules.can_share(member)
    assert "Join or sign in" in reason(rules.can_share(VISITOR))
    assert reason(rules.can_share(suspended)) == "This account is paused."


def test_reply_is_open_to_members_and_guests(member, suspended):
    thread = factories.make_published_story(member).thread

    assert rules.can_reply(member, thread)
    assert rules.can_reply(VISITOR, thread)
    assert rules.can_reply(None, thread)
    assert reason(rules.can_reply(suspended, thread)) == "This account is paused."


def test_reply_needs_a_thread_that_is_on_the_page_and_open(member):
    held = factories.make_story(member).thread
    locked = factories.make_published_story(member).thread
    locked.locked_at = NOON

    assert "not on the page yet" in reason(rules.can_reply(member, held))
    assert "no more replies" in reason(rules.can_reply(member, locked))


def test_pen_name_must_be_ones_own_and_in_use(member, other_member):
    own, others = factories.pen_name_of(member), factories.pen_name_of(other_member)
    retired = factories.make_pen_name(member, "Old Coat")
    retired.retired_at = NOON
    nobodys = factories.make_pen_name(None, "Far Away")

    assert rules.can_write_as(member, own)
    for pen_name in (others, retired, nobodys):
        assert reason(rules.can_write_as(member, pen_name)) == "Choose one of your own pen names."


def test_pen_name_of_nobody_is_not_a_visitors():
    assert not rules.can_write_as(VISITOR, factories.make_pen_name(None, "Far Away"))


def test_author_is_whoever_has_the_pen_name(member, other_member):
    post = factories.make_published_story(member)
    imported = Post(pen_name=factories.make_pen_name(None, "Far Away"))

    assert rules.is_author(member, post)
    assert not rules.is_author(other_member, post)
    assert not rules.is_author(VISITOR, post)
    assert not rules.is_author(member, Post(guest_name="A guest"))
    assert not rules.is_author(VISITOR, imported)


@pytest.mark.parametrize("status", PostStatus.values)
def test_edit_is_for_the_author_when_a_change_was_asked(member, other_member, status):
    post = factories.make_story(member)
    post.status = status

    assert bool(rules.can_edit_post(member, post)) == (status == PostStatus.CHANGE_ASKED)
    assert "Only the person who wrote this" in reason(rules.can_edit_post(other_member, post))


@pytest.mark.parametrize("status", PostStatus.values)
def test_withdrawing_is_for_the_author_at_any_time(member, other_member, status):
    post = factories.make_story(member)
    post.status = status

    assert rules.can_withdraw_post(member, post)
    assert "Only the person who wrote this" in reason(rules.can_withdraw_post(other_member, post))
