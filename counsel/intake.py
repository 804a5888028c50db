"""Keep the desk true to the pages: open what is asked for, close what is gone.

Called for one post as soon as it is announced, and for all of them every minute, so that a lost signal loses no request.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from counsel import actions, queries, rules
from counsel.models import ReplyRequest, RequestKind
from forums.models import Post

# How far back the sweep looks: a signal lost longer ago would mean that no sweep ran for a month.
LOOK_BACK = timedelta(days=30)


def open_for_published(post_id: int, *, at: datetime) -> None:
    """Open the request that a post calls for by becoming visible, if it calls for one and has none."""
    _open_stories(queries.stories_without_request().filter(pk=post_id), at)
    _open_follow_ups(queries.follow_ups_without_request().filter(pk=post_id), at)


def open_for_referred(post_id: int, *, at: datetime) -> None:
    """Open the request that a moderator asks for, unless there is one."""
    _open_stories(queries.posts_without_request(post_id), at)


def close_for_withdrawn(post_id: int, *, at: datetime) -> None:
    """Close the requests that cannot be answered any more since a post was taken down: its own and those below it."""
    _close(ReplyRequest.objects.live().gone().filter(post__thread__posts=post_id), at)


def tidy_desk(at: datetime) -> None:
    """Do all that a clock or a lost signal has left to do: release, open, close. Safe to run twice."""
    actions.release_expired(at)
    since = at - LOOK_BACK
    _open_stories(queries.stories_without_request().filter(thread__published_at__gte=since), at)
    _open_stories(queries.referrals_without_request(since), at)
    _open_follow_ups(queries.follow_ups_to_answers().filter(published_at__gte=since), at)
    _close(ReplyRequest.objects.live().gone(), at)


def _open_stories(posts: Iterable[Post], at: datetime) -> None:
    for post in posts:
        actions.open_request(post, kind=RequestKind.STORY, at=at)


def _open_follow_ups(posts: Iterable[Post], at: datetime) -> None:
    for post in posts:
        actions.open_request(post, kind=RequestKind.FOLLOW_UP, at=at, preferred=_counselor_of(post, at))


def _counselor_of(post: Post, at: datetime) -> User | None:
    """Return who wrote what `post` answers, if they still may answer at the desk."""
    name = post.parent.pen_name if post.parent is not None else None
    counselor = name.member if name is not None else None
    if counselor is None or not rules.can_use_desk(counselor, timezone.localdate(at)):
        return None
    return counselor


def _close(requests: Iterable[ReplyRequest], at: datetime) -> None:
    for request in requests:
        actions.close_request(request, at=at)
