"""What becomes of a post once it was read: these verbs are called by triage and by decisions, never by authors."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from accounts.models import User
from core.events import record
from core.markup import FoldSpan, render
from forums.enums import Capacity, PostStatus
from forums.models import Fold, Post, Thread
from forums.signals import post_published
from notices.actions import tell
from notices.models import Kind

_PUBLISHABLE = [PostStatus.HELD, PostStatus.CHANGE_ASKED, PostStatus.DECLINED]


def mark_screened(post: Post, *, at: datetime) -> None:
    """Note that the post's words were read by screening."""
    Post.objects.filter(pk=post.pk).update(screened_at=at)
    post.screened_at = at


def mark_read_by_human(post: Post, *, at: datetime) -> None:
    """Note that a person has read the post."""
    Post.objects.filter(pk=post.pk, human_read_at=None).update(human_read_at=at)
    post.human_read_at = post.human_read_at or at


def publish_post(post: Post, *, at: datetime, by: User | None = None) -> bool:
    """Make a screened post visible and tell whom it concerns; return False when it was visible already.

    The database refuses a post that was not screened, and a guest's that no person has read (IntegrityError). `by` is
    the person who decided, None for the machine.
    """
    with transaction.atomic():
        won = Post.objects.filter(pk=post.pk, status__in=_PUBLISHABLE).update(
            status=PostStatus.PUBLISHED, published_at=at
        )
        if not won:
            return False
        post.refresh_from_db(fields=["status", "published_at"])
        _count_reply(post, at)
        if not post.is_imported:
            _tell_about(post, at=at, by=by)
        record("post_published", post, by=by, at=at)
        # The id alone: a large import must not keep every post alive until it commits.
        transaction.on_commit(partial(post_published.send_robust, sender=Post, post_id=post.pk))
    return True


def return_post(post: Post, *, asked_for: str, at: datetime, by: User) -> bool:
    """Give a post back to its author with what they are asked to change; the words stay theirs. False when it was there."""
    return _take_down(post, PostStatus.CHANGE_ASKED, at=at, by=by, asked_for=asked_for)


def decline_post(post: Post, *, at: datetime, by: User) -> bool:
    """Decline a post; its author keeps the words and is told why. False when it was declined already."""
    return _take_down(post, PostStatus.DECLINED, at=at, by=by)


def fold_passages(post: Post, folds: Sequence[FoldSpan], *, at: datetime, by: User) -> None:
    """Put passages of a post behind short neutral lines; readers choose to open them."""
    with transaction.atomic():
        Fold.objects.bulk_create(Fold(post=post, start=f.start, end=f.end, line=f.line) for f in folds)
        _render_again(post)
        record("post_folded", post, by=by, at=at, folds=len(folds))


def lift_folds(post: Post, *, at: datetime, by: User) -> None:
    """Show a post again as it was written."""
    with transaction.atomic():
        post.folds.all().delete()
        _render_again(post)
        record("post_unfolded", post, by=by, at=at)


def uncount_reply(post: Post) -> None:
    """Take a post that was visible until now out of its thread's figures; an opening takes the thread off the pages."""
    if post.is_opening:
        Thread.objects.filter(pk=post.thread_id).update(published_at=None)
    elif post.status == PostStatus.PUBLISHED:
        Thread.objects.filter(pk=post.thread_id, reply_count__gt=0).update(reply_count=F("reply_count") - 1)


def _take_down(post: Post, status: PostStatus, *, at: datetime, by: User, **changes: str) -> bool:
    with transaction.atomic():
        before = Post.objects.select_for_update().get(pk=post.pk)
        if before.status in {status, PostStatus.WITHDRAWN}:
            return False
        Post.objects.filter(pk=post.pk).update(status=status, **changes)
        uncount_reply(before)
        post.refresh_from_db(fields=["status", *changes])
        record(f"post_{status}", post, by=by, at=at)
    return True


def _count_reply(post: Post, at: datetime) -> None:
    thread = Thread.objects.filter(pk=post.thread_id)
    latest = Greatest("last_post_at", models.Value(at, output_field=models.DateTimeField()))
    if post.is_opening:
        thread.update(published_at=at, last_post_at=latest)
    else:
        thread.update(reply_count=F("reply_count") + 1, last_post_at=latest)


def _tell_about(post: Post, *, at: datetime, by: User | None) -> None:
    """Tell the author if a person had to look first, and those who are answered."""
    path = post.get_absolute_url()
    author = post.pen_name.member if post.pen_name is not None else None
    if author is not None and by is not None:
        tell(author, kind=Kind.PUBLISHED, cause=f"published:{post.pk}", path=path, at=at)
    if post.is_opening:
        return
    kind = Kind.COUNSELOR_REPLY if post.capacity == Capacity.COUNSELOR else Kind.REPLY
    answered = [post.thread.pen_name, post.parent.pen_name if post.parent is not None else None]
    for member in {name.member for name in answered if name is not None and name.member is not None} - {author}:
        tell(member, kind=kind, cause=f"reply:{post.pk}", path=path, at=at)


def _render_again(post: Post) -> None:
    # Not from the instance: its author may have changed the words since it was read.
    post.refresh_from_db(fields=["body", "is_imported"], from_queryset=Post.objects.select_for_update())
    spans = [FoldSpan(fold.start, fold.end, fold.line) for fold in post.folds.order_by("start")]
    if post.is_imported and spans:
        # Imported words are HTML without source offsets, so the whole post is closed.
        inner = mark_safe(post.body)  # noqa: S308  cleaned when it was imported
        html = format_html('<details class="fold"><summary>{}</summary>{}</details>', spans[0].line, inner)
    else:
        html = mark_safe(post.body) if post.is_imported else render(post.body, folds=spans)  # noqa: S308  as above
    Post.objects.filter(pk=post.pk).update(body_html=html)
    post.body_html = html
