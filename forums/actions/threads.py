"""What staff do with spaces and threads."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PenName, User
from core.events import record
from core.markup import render
from core.results import InvalidError, require
from forums import rules
from forums.actions.placing import place_in_thread
from forums.actions.submissions import announce_submitted
from forums.actions.wording import checked_title, has_words, slug_of
from forums.enums import Capacity, ReviewPolicy, ThreadKind
from forums.models import Post, Space, Thread


def create_space(
    *,
    slug: str,
    name: str,
    description: str,
    audience: str,
    at: datetime,
    review_policy: str = ReviewPolicy.SCREENED,
    rank: int = 100,
    by: User | None = None,
) -> Space:
    """Open a room with its audience and review policy."""
    with transaction.atomic():
        space = Space.objects.create(
            slug=slug, name=name, description=description, audience=audience, review_policy=review_policy, rank=rank
        )
        record("space_created", space, by=by, at=at)
    return space


def publish_article(
    *, space: Space, pen_name: PenName, title: str, body: str, excerpt: str, at: datetime, by: User
) -> Post:
    """Submit an article of the staff; like every post it is held until it was screened.

    Raises InvalidError for an empty or overlong title and for empty words (an article may be longer than a story),
    NotAllowedError when `by` is not of the staff or the pen name is another's.
    """
    require(rules.can_write_article(by))
    require(rules.can_write_as(by, pen_name))
    title = checked_title(title)
    body = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not has_words(body):
        raise InvalidError(_("Write something first."), "body")
    with transaction.atomic():
        thread = Thread.objects.create(
            kind=ThreadKind.ARTICLE,
            space=space,
            title=title,
            slug=slug_of(title, ThreadKind.ARTICLE),
            pen_name=pen_name,
            excerpt=excerpt,
            opened_at=at,
            last_post_at=at,
        )
        post = Post.objects.create(
            thread=thread,
            is_opening=True,
            pen_name=pen_name,
            capacity=Capacity.ARTICLE_AUTHOR,
            body=body,
            body_html=render(body),
            created_at=at,
        )
        place_in_thread(post)
        announce_submitted(post)
        record("article_submitted", post, by=by, at=at)
    return post


def lock_thread(thread: Thread, *, at: datetime, by: User) -> bool:
    """Take no more replies; return False when it was locked already."""
    with transaction.atomic():
        if not Thread.objects.filter(pk=thread.pk, locked_at=None).update(locked_at=at):
            return False
        record("thread_locked", thread, by=by, at=at)
    return True
