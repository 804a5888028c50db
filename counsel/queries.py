"""What should be on the counsel desk and is not, and the names and words around one request."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import PenName
from counsel.models import ReplyRequest
from forums.enums import Capacity, PostStatus, ThreadKind, Wish
from forums.models import Post
from moderation.enums import Action
from moderation.models import Decision

MAX_EXCHANGE = 5


def stories_without_request() -> "QuerySet[Post]":
    """Return the published openings that ask for a counselor and have no request."""
    asks = Q(thread__wants_counselor=True) | Q(thread__wish=Wish.COUNSELOR)
    return _without_request().filter(
        asks, is_opening=True, thread__kind__in=[ThreadKind.STORY, ThreadKind.QUESTION], is_imported=False
    )


def follow_ups_without_request() -> "QuerySet[Post]":
    """Return the published answers of authors to their counselor that have no request.

    An author is whoever opened the thread, or wrote the very words that the counselor answered.
    """
    by_author = Q(pen_name=F("thread__pen_name")) | Q(pen_name=F("parent__parent__pen_name"))
    return (
        _without_request()
        .filter(by_author, parent__capacity=Capacity.COUNSELOR, is_opening=False, is_imported=False)
        .exclude(parent__pen_name=F("pen_name"))
        .select_related("parent__pen_name__member")
    )


def follow_ups_to_answers() -> "QuerySet[Post]":
    """Return those among them that reply to the answer of a request: found by index, however long the threads are."""
    answers = ReplyRequest.objects.filter(answer__isnull=False).values("answer")
    return follow_ups_without_request().filter(parent__in=answers)


def referrals_without_request(since: datetime) -> "QuerySet[Post]":
    """Return the published posts that a moderator has referred at or after `since` and that have no request."""
    referred = Decision.objects.filter(action=Action.REFER, at__gte=since).values("case__post")
    return _without_request().filter(pk__in=referred)


def posts_without_request(post_id: int) -> "QuerySet[Post]":
    """Return the post with this id if it can be answered and has no request."""
    return _without_request().filter(pk=post_id)


def names_to_answer_under(counselor: Any) -> list[PenName]:
    """Return the pen names under which `counselor` may answer: the one that already bears the badge, else all of theirs.

    One name only, so that an answer never marks a name under which a counselor shares as a member.
    """
    own = PenName.objects.of(counselor)
    bears_badge = Exists(Post.objects.filter(pen_name=OuterRef("pk"), capacity=Capacity.COUNSELOR))
    return list(own.filter(bears_badge)) or list(own)


def exchange(counselor: Any, *, post: Post) -> list[Post]:
    """Return what `counselor` has answered this pen name before, with the words answered (`parent`), oldest first."""
    if post.pen_name_id is None:
        return []
    answers = (
        Post.objects.visible_to(counselor)
        .filter(
            capacity=Capacity.COUNSELOR,
            status=PostStatus.PUBLISHED,
            pen_name__member_id=counselor.pk,
            parent__pen_name_id=post.pen_name_id,
            parent__status=PostStatus.PUBLISHED,
        )
        .exclude(parent_id=post.pk)
        .select_related("parent", "thread", "pen_name")
        .order_by("-pk")[:MAX_EXCHANGE]
    )
    return list(answers)[::-1]


def _without_request() -> "QuerySet[Post]":
    standing = ReplyRequest.objects.filter(post=OuterRef("pk")).standing()
    return Post.objects.filter(
        ~Exists(standing),
        status=PostStatus.PUBLISHED,
        thread__published_at__isnull=False,
        thread__locked_at=None,
    ).order_by("pk")
