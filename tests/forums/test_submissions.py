"""What authors do: submit, change and withdraw."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from core.markup import FoldSpan
from core.models import Event
from core.results import ConflictError, InvalidError, NotAllowedError
from forums.actions import (
    fold_passages,
    lock_thread,
    resubmit_post,
    return_post,
    save_draft,
    submit_question,
    submit_reply,
    submit_story,
    withdraw_post,
)
from forums.enums import PostStatus, ThreadKind
from forums.limits import MAX_BODY
from forums.models import Draft, DraftKind, Fold, Post, PostRevision, Thread
from forums.signals import post_submitted, post_withdrawn
from moderation.models import Case
from tests import factories
from tests.factories import NOON, pen_name_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


def kinds_about(post):
    return list(Event.objects.about("post", post.pk).values_list("kind", flat=True))


def resubmit(post, member, body="Other words.", **more):
    return resubmit_post(post, by=member, body=body, at=LATER, **more)


# Stories and questions


def test_story_is_born_held_with_its_case_and_event(member):
    post = factories.make_story(member, body="  It was  late.\r\nToo late. ")

    thread = post.thread
    assert (post.status, post.body, post.depth, post.path) == (PostStatus.HELD, "It was  late.\nToo late.", 0, "")
    assert post.body_html == "<p>It was  late.<br>\nToo late.</p>\n"
    assert (thread.kind, thread.published_at, thread.slug, thread.wish) == (ThreadKind.STORY, None, "a-day", "listen")
    assert Case.objects.filter(post=post).count() == 1
    assert kinds_about(post) == ["post_submitted"]


def test_question_asks_for_ideas(member, space):
    post = submit_question(
        by=member,
        pen_name=pen_name_of(member),
        space=space,
        title="Why?",
        body="Why at night?",
        wants_counselor=False,
        at=NOON,
    )

    assert (post.thread.kind, post.thread.wish, post.status) == (ThreadKind.QUESTION, "ideas", PostStatus.HELD)


@pytest.mark.parametrize(
    ("wish", "wants", "asked"), [("counselor", False, True), ("listen", True, True), ("listen", False, False)]
)
def test_counselor_is_asked_by_wish_or_by_tick(member, wish, wants, asked):
    assert factories.make_story(member, wish=wish, wants_counselor=wants).thread.wants_counselor is asked


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"wish": "everything"}, "wish"),
        ({"wish": ""}, "wish"),
        ({"title": " \n "}, "title"),
        ({"title": "\x00\x07"}, "title"),
        ({"title": "\u200b\u2060"}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"body": " \n\t "}, "body"),
        ({"body": "\x00"}, "body"),
        ({"body": "\u200b\u200d\ufeff"}, "body"),
        ({"body": "x" * (MAX_BODY + 1)}, "body"),
    ],
)
def test_story_without_usable_words_is_refused(member, fields, field):
    with pytest.raises(InvalidError) as refusal:
        factories.make_story(member, **fields)

    assert refusal.value.field == field
    assert not Thread.objects.exists()


def test_longest_story_is_taken(member):
    assert factories.make_story(member, body="x" * MAX_BODY, title="x" * 150).pk


def test_nul_is_left_out(member):
    post = factories.make_story(member, title="A\x00 day", body="so\x00 late")

    assert (post.thread.title, post.body) == ("A day", "so late")


@pytest.mark.parametrize(
    ("title", "kept", "slug"),
    [
        ("  two\n lines ", "two lines", "two-lines"),
        ("Ночь", "Ночь", "story"),
        ("夜 は 長い", "夜 は 長い", "story"),
        ("Café—Straße", "Café—Straße", "cafestrae"),
        ("???", "???", "story"),
        ("---", "---", "story"),
        ("x" * 150, "x" * 150, "x" * 80),
        ("\u202ereversed\u2066", "reversed", "reversed"),
        ("bell\x07 and\x1b escape", "bell and escape", "bell-and-escape"),
        ("\U0001f9d1\u200d\U0001f33e grows", "\U0001f9d1\u200d\U0001f33e grows", "grows"),
        ("<script>x()</script>", "<script>x()</script>", "scriptxscript"),
    ],
)
def test_title_becomes_one_line_and_an_address(member, title, kept, slug):
    thread = factories.make_story(member, title=title).thread

    assert (thread.title, thread.slug) == (kept, slug)
    assert thread.get_absolute_url() == f"/t/{thread.pk}-{slug}/"


def test_story_under_the_pen_name_of_another_is_refused(member, other_member):
    with pytest.raises(NotAllowedError):
        factories.make_story(member, pen_name=pen_name_of(other_member))

    assert not Post.objects.exists()


def test_paused_member_cannot_share(suspended):
    with pytest.raises(NotAllowedError, match="paused"):
        factories.make_story(suspended)


def test_same_key_twice_is_one_story(member):
    key = uuid4()

    first = factories.make_story(member, submission_key=key)
    second = factories.make_story(member, submission_key=key)

    assert first == second
    assert (Post.objects.count(), Thread.objects.count(), Case.objects.count()) == (1, 1, 1)
    assert kinds_about(first) == ["post_submitted"]


def test_other_words_under_the_same_key_are_another_story_once(member):
    key = uuid4()
    first = factories.make_story(member, body="From one tab.", submission_key=key)

    second = factories.make_story(member, body="From another tab.", submission_key=key)
    third = factories.make_story(member, body="From another tab.", submission_key=key)
    again = factories.make_story(member, body="From one tab.", submission_key=key)

    assert second == third != first == again
    assert Post.objects.count() == 2


def test_key_of_another_member_does_not_show_their_post(member, other_member):
    key = uuid4()
    theirs = factories.make_story(member, submission_key=key)

    mine = factories.make_story(other_member, submission_key=key)

    assert mine != theirs
    assert mine.pen_name == pen_name_of(other_member)


def test_without_a_key_every_story_is_its_own(member):
    assert factories.make_story(member) != factories.make_story(member)


def test_story_that_was_sent_leaves_no_draft(member):
    draft = save_draft(
        member=member, kind=DraftKind.STORY, thread=None, key=uuid4(), version=0, fields={"body": "x"}, at=NOON
    )

    factories.make_story(member, submission_key=draft.key)

    assert not Draft.objects.exists()


def test_fault_of_a_listener_delays_the_post_alone(member, caplog):
    def fails(**_kwargs):
        raise RuntimeError("a listener's fault")

    post_submitted.connect(fails)
    try:
        post = factories.make_story(member)
    finally:
        post_submitted.disconnect(fails)

    assert Post.objects.get() == post
    assert post.status == PostStatus.HELD
    assert f"announcing post {post.pk} failed" in caplog.messages


def test_fault_in_the_row_itself_is_raised(member, story):
    with pytest.raises(IntegrityError):
        submit_reply(
            story.thread, guest_name="a guest", body="Hello.", at=LATER, capacity="counselor", submission_key=uuid4()
        )

    assert not Post.objects.filter(body="Hello.").exists()


# Replies


def test_reply_is_held_below_what_it_answers(story, other_member):
    top = factories.make_reply(story.thread, other_member)

    post = submit_reply(
        story.thread, by=other_member, pen_name=pen_name_of(other_member), body="And more.", at=LATER, parent=top
    )

    assert (post.status, post.depth, post.parent) == (PostStatus.HELD, 2, top)
    assert post.path.startswith(top.path)
    assert post.pen_name == pen_name_of(other_member)


def test_reply_of_a_guest_has_a_name_alone(story):
    post = submit_reply(story.thread, body="I know that.", guest_name="  a \u202eneighbour\n", at=LATER)

    assert (post.guest_name, post.pen_name, post.is_by_guest, post.author_name) == (
        "a neighbour",
        None,
        True,
        "a neighbour",
    )


def test_name_of_a_member_is_the_pen_name(story, member):
    post = submit_reply(
        story.thread, by=member, pen_name=pen_name_of(member), guest_name="somebody", body="Thank you.", at=LATER
    )

    assert (post.guest_name, post.author_name) == ("", "Quiet Heron")


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\x00", "x" * 41])
def test_guest_needs_a_name_that_can_be_seen(story, name):
    with pytest.raises(InvalidError) as refusal:
        submit_reply(story.thread, body="I know that.", guest_name=name, at=LATER)

    assert refusal.value.field == "guest_name"


def test_member_needs_a_pen_name_of_their_own(story, member, other_member):
    with pytest.raises(InvalidError) as refusal:
        submit_reply(story.thread, by=member, body="Thank you.", at=LATER)
    with pytest.raises(NotAllowedError):
        submit_reply(story.thread, by=member, pen_name=pen_name_of(other_member), body="Thank you.", at=LATER)

    assert refusal.value.field == "pen_name"


def test_reply_to_a_message_of_another_thread_is_refused(story, member):
    elsewhere = factories.make_published_story(member, title="Elsewhere")

    with pytest.raises(InvalidError) as refusal:
        submit_reply(story.thread, guest_name="a guest", body="Hello.", at=LATER, parent=elsewhere)

    assert refusal.value.field == "parent"


def test_locked_thread_takes_no_reply(story, moderator):
    assert lock_thread(story.thread, at=LATER, by=moderator)
    assert not lock_thread(story.thread, at=LATER, by=moderator)
    story.thread.refresh_from_db()

    with pytest.raises(NotAllowedError, match="no more replies"):
        submit_reply(story.thread, guest_name="a guest", body="Hello.", at=LATER)

    assert Event.objects.filter(kind="thread_locked").count() == 1


def test_same_key_in_another_thread_is_another_reply(story, member):
    key = uuid4()
    elsewhere = factories.make_published_story(member, title="Elsewhere")

    here = submit_reply(story.thread, guest_name="a guest", body="Thank you.", at=LATER, submission_key=key)
    again = submit_reply(story.thread, guest_name="a guest", body="Thank you.", at=LATER, submission_key=key)
    there = submit_reply(elsewhere.thread, guest_name="a guest", body="Thank you.", at=LATER, submission_key=key)

    assert here == again
    assert there.thread == elsewhere.thread


# Changes


def test_changed_post_is_held_again_and_the_old_words_are_kept(returned, member):
    before = returned.body

    resubmit(returned, member, title="Another day")

    post = Post.objects.get(pk=returned.pk)
    assert (post.body, post.version, post.status) == ("Other words.", 2, PostStatus.HELD)
    assert (post.screened_at, post.human_read_at, post.edited_at) == (None, None, LATER)
    assert post.body_html == "<p>Other words.</p>\n"
    assert (post.thread.title, post.thread.slug) == ("Another day", "another-day")
    assert PostRevision.objects.get().body == before
    assert str(PostRevision.objects.get()) == f"version 1 of post {post.pk}"
    assert kinds_about(post)[-1] == "post_resubmitted"


def test_change_without_a_title_keeps_it(returned, member):
    resubmit(returned, member)

    assert Thread.objects.get(pk=returned.thread_id).title == "A day"


def test_change_of_a_question_keeps_its_kind_in_the_address(member, space, moderator):
    post = submit_question(
        by=member, pen_name=pen_name_of(member), space=space, title="Why?", body="Why?", wants_counselor=False, at=NOON
    )
    return_post(post, asked_for="Please leave out the street.", at=LATER, by=moderator)

    resubmit(post, member, title="Почему?")

    assert Thread.objects.get(pk=post.thread_id).slug == "question"


def test_title_of_a_reply_changes_nothing(story, other_member, moderator):
    reply = factories.make_reply(story.thread, other_member)
    return_post(reply, asked_for="Please leave out the street.", at=LATER, by=moderator)

    resubmit(reply, other_member, title="Mine now")

    assert Thread.objects.get(pk=story.thread_id).title == "A day"


def test_second_change_of_a_stale_instance_comes_too_late(returned, member):
    stale = Post.objects.get(pk=returned.pk)
    resubmit(returned, member)

    with pytest.raises(ConflictError):
        resubmit(stale, member, "Too late.")

    assert Post.objects.get(pk=returned.pk).body == "Other words."
    assert PostRevision.objects.count() == 1


@pytest.mark.parametrize("body", ["", " ", "x" * (MAX_BODY + 1)])
def test_change_to_unusable_words_keeps_the_old_ones(returned, member, body):
    with pytest.raises(InvalidError):
        resubmit(returned, member, body)

    assert Post.objects.get(pk=returned.pk).status == PostStatus.CHANGE_ASKED


def test_change_with_a_broken_title_keeps_everything(returned, member):
    with pytest.raises(InvalidError):
        resubmit(returned, member, title="x" * 151)

    assert Post.objects.get(pk=returned.pk).version == 1


def test_change_by_another_or_unasked_is_refused(story, returned, member, other_member):
    with pytest.raises(NotAllowedError):
        resubmit(returned, other_member)
    with pytest.raises(NotAllowedError):
        resubmit(factories.make_published_story(member), member)


def test_folds_go_with_the_words_that_they_covered(story, member, moderator):
    fold_passages(story, [FoldSpan(0, 5, "About a night")], at=LATER, by=moderator)
    return_post(story, asked_for="Please leave out the street.", at=LATER, by=moderator)

    resubmit(story, member, "Other words.\n\nAnd more.")

    assert not Fold.objects.filter(post=story).exists()
    fold_passages(story, [FoldSpan(14, 18, "More")], at=LATER, by=moderator)
    html = Post.objects.get(pk=story.pk).body_html
    assert html.startswith("<p>Other words.</p>")
    assert html.count("<details") == 1


def test_change_that_was_sent_leaves_no_draft(returned, member):
    draft = save_draft(
        member=member, kind=DraftKind.CHANGE, thread=None, key=uuid4(), version=0, fields={"body": "x"}, at=NOON
    )

    resubmit(returned, member, submission_key=draft.key)

    assert not Draft.objects.exists()


# Taking back


def test_withdrawn_story_takes_its_thread_off_the_pages(story, member, django_capture_on_commit_callbacks):
    heard = []

    def listens(post_id, **_kwargs):
        heard.append(post_id)

    post_withdrawn.connect(listens)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            withdraw_post(story, by=member, at=LATER)
            withdraw_post(story, by=member, at=LATER)
    finally:
        post_withdrawn.disconnect(listens)

    assert Post.objects.get(pk=story.pk).status == PostStatus.WITHDRAWN
    assert Thread.objects.get(pk=story.thread_id).published_at is None
    assert heard == [story.pk]
    assert kinds_about(story).count("post_withdrawn") == 1


def test_withdrawn_reply_is_no_longer_counted(story, other_member):
    reply = factories.make_reply(story.thread, other_member)
    held = submit_reply(story.thread, by=other_member, pen_name=pen_name_of(other_member), body="Held.", at=LATER)
    assert Thread.objects.get(pk=story.thread_id).reply_count == 1

    withdraw_post(held, by=other_member, at=LATER)
    assert Thread.objects.get(pk=story.thread_id).reply_count == 1
    withdraw_post(reply, by=other_member, at=LATER)
    assert Thread.objects.get(pk=story.thread_id).reply_count == 0


def test_withdrawing_is_refused_to_others(story, other_member):
    with pytest.raises(NotAllowedError):
        withdraw_post(story, by=other_member, at=LATER)


def test_wish_must_be_known_before_anything_is_written(member, space):
    with pytest.raises(InvalidError):
        submit_story(
            by=member,
            pen_name=pen_name_of(member),
            space=space,
            title="A",
            body="B",
            wish="x",
            wants_counselor=False,
            at=NOON,
        )
