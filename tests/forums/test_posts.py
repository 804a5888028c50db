"""What becomes of a post once it was read."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from core.markup import FoldSpan
from core.models import Event
from core.results import InvalidError, NotAllowedError
from forums.actions import (
    create_space,
    decline_post,
    fold_passages,
    lift_folds,
    mark_read_by_human,
    mark_screened,
    publish_article,
    publish_post,
    return_post,
    submit_reply,
    withdraw_post,
)
from forums.enums import Capacity, PostStatus, ThreadKind
from forums.models import Fold, Post, Thread
from forums.signals import post_published
from notices.models import Kind, Notice
from tests import factories
from tests.factories import NOON, pen_name_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def story(member):
    return factories.make_published_story(member, body="A quiet start.\n\nA hard night.\n\nA quiet end.")


def held_reply(story, author, **fields):
    arguments = {"by": author, "pen_name": pen_name_of(author), "body": "Thank you."} | fields
    post = submit_reply(story.thread, at=NOON, **arguments)
    mark_screened(post, at=NOON)
    mark_read_by_human(post, at=NOON)
    return post


def thread_of(post):
    return Thread.objects.get(pk=post.thread_id)


def count(kind, post):
    return Event.objects.about("post", post.pk).filter(kind=kind).count()


def told(member):
    return sorted(Notice.objects.filter(member=member).values_list("kind", flat=True))


# Marks


def test_first_human_reading_is_kept(member):
    post = factories.make_story(member)

    mark_read_by_human(post, at=NOON)
    mark_read_by_human(Post.objects.get(pk=post.pk), at=LATER)

    assert Post.objects.get(pk=post.pk).human_read_at == NOON


def test_screening_is_marked(member):
    post = factories.make_story(member)

    mark_screened(post, at=LATER)

    assert post.screened_at == Post.objects.get(pk=post.pk).screened_at == LATER


# Publishing


def test_published_reply_is_counted_once_and_announced(story, other_member, django_capture_on_commit_callbacks):
    post = held_reply(story, other_member)
    stale = Post.objects.get(pk=post.pk)
    heard = []

    def listens(post_id, **_kwargs):
        heard.append(post_id)

    post_published.connect(listens)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            answers = (publish_post(post, at=LATER), publish_post(stale, at=LATER))
    finally:
        post_published.disconnect(listens)

    assert answers == (True, False)
    assert (thread_of(post).reply_count, thread_of(post).last_post_at) == (1, LATER)
    assert (post.status, post.published_at) == (PostStatus.PUBLISHED, LATER)
    assert heard == [post.pk]
    assert count("post_published", post) == 1


def test_published_opening_puts_its_thread_on_the_pages(member):
    post = factories.make_story(member)
    mark_screened(post, at=NOON)

    publish_post(post, at=LATER)

    assert (thread_of(post).published_at, thread_of(post).reply_count) == (LATER, 0)


def test_older_post_does_not_turn_back_the_threads_clock(story, other_member):
    publish_post(held_reply(story, other_member), at=LATER)

    publish_post(held_reply(story, other_member, body="Earlier."), at=NOON + timedelta(hours=1))

    assert thread_of(story).last_post_at == LATER


def test_withdrawn_post_is_never_published(story, other_member):
    post = held_reply(story, other_member)
    withdraw_post(Post.objects.get(pk=post.pk), by=other_member, at=NOON)

    assert not publish_post(post, at=LATER)
    assert thread_of(post).reply_count == 0


def test_post_that_nobody_read_is_refused(story, other_member):
    post = submit_reply(story.thread, by=other_member, pen_name=pen_name_of(other_member), body="Thanks.", at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        publish_post(post, at=LATER)

    assert thread_of(post).reply_count == 0


def test_those_who_are_answered_are_told_once_each(story, member, other_member, moderator):
    top = factories.make_reply(story.thread, other_member)
    Notice.objects.all().delete()

    publish_post(held_reply(story, moderator, parent=top), at=LATER)

    assert (told(member), told(other_member), told(moderator)) == ([Kind.REPLY], [Kind.REPLY], [])


def test_author_who_answers_herself_is_told_nothing(story, member):
    Notice.objects.all().delete()

    publish_post(held_reply(story, member, parent=story), at=LATER)

    assert told(member) == []


def test_author_is_told_when_a_person_had_to_look(member, moderator):
    post = factories.make_story(member)
    mark_screened(post, at=NOON)

    publish_post(post, at=LATER, by=moderator)

    assert told(member) == [Kind.PUBLISHED]


def test_reply_of_a_guest_tells_the_author_of_the_story(story, member):
    Notice.objects.all().delete()

    publish_post(guest(story), at=LATER)

    assert told(member) == [Kind.REPLY]


def guest(story, **fields):
    post = submit_reply(story.thread, guest_name="a guest", body="I know that.", at=NOON, **fields)
    mark_screened(post, at=NOON)
    mark_read_by_human(post, at=NOON)
    return post


def test_imported_reply_tells_nobody(story, member, other_member):
    post = held_reply(story, other_member)
    Post.objects.filter(pk=post.pk).update(is_imported=True)
    post.refresh_from_db()
    Notice.objects.all().delete()

    assert publish_post(post, at=LATER)

    assert told(member) == []


def test_reply_of_a_counselor_is_told_as_one(story, member, counselor):
    Notice.objects.all().delete()

    publish_post(held_reply(story, counselor, capacity=Capacity.COUNSELOR, credential_line="Checked."), at=LATER)

    assert told(member) == [Kind.COUNSELOR_REPLY]


def test_reply_to_a_guest_tells_nobody_twice(story, member, other_member):
    asked = guest(story)
    publish_post(asked, at=LATER)
    Notice.objects.all().delete()

    publish_post(held_reply(story, other_member, parent=asked), at=LATER)

    assert told(member) == [Kind.REPLY]


# Taking down

ask_for_change = partial(return_post, asked_for="Please leave out the street.")


@pytest.mark.parametrize(
    ("verb", "status"), [(ask_for_change, PostStatus.CHANGE_ASKED), (decline_post, PostStatus.DECLINED)]
)
def test_post_taken_down_is_uncounted_once(story, other_member, moderator, verb, status):
    post = factories.make_reply(story.thread, other_member)
    stale = Post.objects.get(pk=post.pk)

    assert (verb(post, at=LATER, by=moderator), verb(stale, at=LATER, by=moderator)) == (True, False)

    assert post.status == status
    assert post.body == stale.body
    assert thread_of(post).reply_count == 0
    assert count(f"post_{status}", post) == 1


@pytest.mark.parametrize("verb", [ask_for_change, decline_post])
def test_post_taken_back_by_its_author_stays_so(story, other_member, moderator, verb):
    post = factories.make_reply(story.thread, other_member)
    withdraw_post(post, by=other_member, at=LATER)

    assert not verb(post, at=LATER, by=moderator)
    assert Post.objects.get(pk=post.pk).status == PostStatus.WITHDRAWN


def test_declined_story_leaves_the_pages_and_comes_back_when_published(story, moderator):
    decline_post(story, at=LATER, by=moderator)
    assert thread_of(story).published_at is None

    assert publish_post(story, at=LATER)
    assert thread_of(story).published_at == LATER


def test_reply_that_was_declined_after_a_change_is_uncounted_once(story, other_member, moderator):
    post = factories.make_reply(story.thread, other_member)
    factories.make_reply(story.thread, other_member, body="Another one.")

    ask_for_change(post, at=LATER, by=moderator)
    decline_post(post, at=LATER, by=moderator)

    assert thread_of(post).reply_count == 1


# Folds


def test_folded_passage_is_closed_and_can_be_opened_again(story, moderator):
    before = story.body_html
    start = story.body.index("A hard")

    fold_passages(story, [FoldSpan(start, start + 13, "About a night")], at=LATER, by=moderator)

    folded = Post.objects.get(pk=story.pk).body_html
    assert "<summary>About a night</summary>" in folded
    assert str(Fold.objects.get()) == f"fold of post {story.pk}"
    assert count("post_folded", story) == 1

    lift_folds(story, at=LATER, by=moderator)
    assert Post.objects.get(pk=story.pk).body_html == before
    assert count("post_unfolded", story) == 1


def test_folds_add_up(story, moderator):
    fold_passages(story, [FoldSpan(0, 3, "One")], at=LATER, by=moderator)
    fold_passages(story, [FoldSpan(len(story.body) - 3, len(story.body), "Two")], at=LATER, by=moderator)

    html = Post.objects.get(pk=story.pk).body_html
    assert html.index("<summary>One") < html.index("<summary>Two")


def test_fold_is_of_the_words_in_the_database(story, moderator):
    stale = Post.objects.get(pk=story.pk)
    Post.objects.filter(pk=story.pk).update(body="Newer words.", body_html="<p>Newer words.</p>\n")

    fold_passages(stale, [FoldSpan(0, 3, "One")], at=LATER, by=moderator)

    assert "Newer words." in Post.objects.get(pk=story.pk).body_html
    assert "quiet" not in Post.objects.get(pk=story.pk).body_html


def test_empty_fold_is_refused_and_changes_nothing(story, moderator):
    with pytest.raises(IntegrityError), transaction.atomic():
        fold_passages(story, [FoldSpan(3, 3, "One")], at=LATER, by=moderator)

    assert "<details" not in Post.objects.get(pk=story.pk).body_html


def test_imported_post_is_folded_whole(story, moderator):
    Post.objects.filter(pk=story.pk).update(
        is_imported=True, body="<p>From elsewhere.</p>", body_html="<p>From elsewhere.</p>"
    )
    post = Post.objects.get(pk=story.pk)

    fold_passages(post, [FoldSpan(0, 3, "<b>One</b>")], at=LATER, by=moderator)
    assert Post.objects.get(pk=story.pk).body_html == (
        '<details class="fold"><summary>&lt;b&gt;One&lt;/b&gt;</summary><p>From elsewhere.</p></details>'
    )

    lift_folds(post, at=LATER, by=moderator)
    assert Post.objects.get(pk=story.pk).body_html == "<p>From elsewhere.</p>"


# Spaces and articles


def test_space_is_made_with_its_event(operator, db):
    space = create_space(slug="quiet", name="Quiet", description="A room.", audience="All.", at=NOON, by=operator)

    assert (str(space), space.get_absolute_url()) == ("Quiet", "/spaces/quiet/")
    assert Event.objects.filter(kind="space_created", subject_id=space.pk, actor_id=operator.pk).count() == 1


def article(author, space, **fields):
    arguments = {"title": "How to help", "body": "Begin with *being there*.", "excerpt": "Begin."}
    arguments |= {"pen_name": pen_name_of(author)} | fields
    return publish_article(space=space, at=NOON, by=author, **arguments)


def test_article_is_held_until_it_was_screened(lead, space):
    post = article(lead, space)

    assert (post.status, post.capacity, post.is_opening) == (PostStatus.HELD, Capacity.ARTICLE_AUTHOR, True)
    assert (post.thread.kind, post.thread.slug, str(post.thread)) == (ThreadKind.ARTICLE, "how-to-help", "How to help")
    assert factories.screen(post).post == post


def test_article_of_a_member_is_refused(member, space):
    with pytest.raises(NotAllowedError):
        article(member, space)


def test_article_under_the_name_of_another_is_refused(lead, member, space):
    with pytest.raises(NotAllowedError):
        article(lead, space, pen_name=pen_name_of(member))


@pytest.mark.parametrize("fields", [{"title": " "}, {"body": "\n"}, {"title": "x" * 151}, {"body": "\x00"}])
def test_article_without_usable_words_is_refused(lead, space, fields):
    with pytest.raises(InvalidError):
        article(lead, space, **fields)


def test_article_with_a_title_of_other_letters_has_an_address(lead, space):
    assert article(lead, space, title="Помощь").thread.slug == "article"
