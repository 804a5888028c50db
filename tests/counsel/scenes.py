"""Longer steps that several tests of the counsel desk take."""

from datetime import UTC, datetime, timedelta

from accounts.models import User
from core.models import Event
from counsel.actions import open_request, publish_counsel_reply, save_reply_draft, take_request
from counsel.models import ReplyRequest, RequestKind
from forums.models import Post
from tests import factories

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
NEXT_WEEK = NOW + timedelta(days=7)


def answer(
    request: ReplyRequest, counselor: User, *, body: str = "Thank you for trusting us with this.", at=LATER
) -> Post:
    """Return the counselor's published answer to an open request."""
    take_request(request, by=counselor, at=at)
    save_reply_draft(request, by=counselor, body=body, version=0, at=at)
    return factories.show(publish_counsel_reply(request, by=counselor, at=at))


def write_again(
    counsel_post: Post, author: User, *, body: str = "I tried it, and something shifted.", at=LATER
) -> Post:
    """Return the author's published reply to a counselor's answer."""
    return factories.make_reply(counsel_post.thread, author, parent=counsel_post, body=body, at=at)


def make_follow_up(counsel_post: Post, author: User, counselor: User, *, at=LATER) -> ReplyRequest:
    """Return the open follow-up request of an author, kept for the counselor."""
    post = write_again(counsel_post, author, at=at)
    return open_request(post, kind=RequestKind.FOLLOW_UP, at=at, preferred=counselor)


def events(kind: str) -> int:
    """Return how many events of a kind are on record."""
    return Event.objects.filter(kind=kind).count()
