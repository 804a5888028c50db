"""What authors do: submit, change and withdraw. Everything submitted is born held."""

import logging
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import PenName, User
from core.events import record
from core.markup import render
from core.results import ConflictError, InvalidError, require
from forums import rules
from forums.actions.drafts import forget_draft
from forums.actions.placing import place_in_thread
from forums.actions.posts import uncount_reply
from forums.enums import Capacity, PostStatus, ThreadKind, Wish
from forums.limits import MAX_BODY, MAX_TITLE
from forums.models import Post, PostRevision, Space, Thread
from forums.signals import post_submitted, post_withdrawn

logger = logging.getLogger(__name__)


def submit_story(
    *,
    by: User,
    pen_name: PenName,
    space: Space,
    title: str,
    body: str,
    wish: str,
    wants_counselor: bool,
    at: datetime,
    submission_key: UUID | None = None,
) -> Post:
    """Open a story, held, and return its opening post. The same `submission_key` twice returns the first post.

    Raises InvalidError for empty or overlong words, NotAllowedError when `by` may not share or does not own `pen_name`.
    """
    if wish not in Wish.values:
        raise InvalidError(_("Choose what would help you."), "wish")
    return _open_thread(
        ThreadKind.STORY,
        by=by,
        pen_name=pen_name,
        space=space,
        title=title,
        body=body,
        at=at,
        submission_key=submission_key,
        wish=wish,
        wants_counselor=wants_counselor,
    )


def submit_question(
    *,
    by: User,
    pen_name: PenName,
    space: Space,
    title: str,
    body: str,
    wants_counselor: bool,
    at: datetime,
    submission_key: UUID | None = None,
) -> Post:
    """Open a question, held, and return its opening post; raises as `submit_story` does."""
    return _open_thread(
        ThreadKind.QUESTION,
        by=by,
        pen_name=pen_name,
        space=space,
        title=title,
        body=body,
        at=at,
        submission_key=submission_key,
        wish=Wish.IDEAS,
        wants_counselor=wants_counselor,
    )


def submit_reply(
    thread: Thread,
    *,
    body: str,
    at: datetime,
    by: User | None = None,
    pen_name: PenName | None = None,
    guest_name: str = "",
    parent: Post | None = None,
    capacity: str = Capacity.MEMBER,
    credential_line: str = "",
    submission_key: UUID | None = None,
) -> Post:
    """Answer in `thread`, held, under `parent` or at its end, and return the post.

    A member writes under `pen_name`; without `by` it is a guest's, under `guest_name`. Raises InvalidError for bad words
    and NotAllowedError when the thread takes no reply or the pen name is not theirs.
    """
    require(rules.can_reply(by, thread))
    if by is not None:
        if pen_name is None:
            raise InvalidError(_("Choose a pen name."), "pen_name")
        require(rules.can_write_as(by, pen_name))
    elif not guest_name.strip():
        raise InvalidError(_("Choose a name to show. It need not be your own."), "guest_name")
    if parent is not None and parent.thread_id != thread.pk:
        raise InvalidError(_("The message you answer is not part of this conversation."), "parent")
    post = Post(
        thread=thread,
        parent=parent,
        pen_name=pen_name if by is not None else None,
        guest_name="" if by is not None else guest_name.strip(),
        capacity=capacity,
        credential_line=credential_line,
    )
    return _submit(post, body=body, by=by, at=at, submission_key=submission_key)


def resubmit_post(post: Post, *, by: User, body: str, at: datetime, title: str = "") -> Post:
    """Send a post back after a change was asked for: the old words are kept for staff, the new ones are held.

    Raises NotAllowedError unless `by` is the author and a change was asked for, ConflictError if it came too late.
    """
    require(rules.can_edit_post(by, post))
    body = _checked_body(body)
    with transaction.atomic():
        before = Post.objects.select_for_update().get(pk=post.pk)
        if before.status != PostStatus.CHANGE_ASKED:
            raise ConflictError(_("This was changed already."))
        PostRevision.objects.create(post=before, version=before.version, body=before.body, replaced_at=at)
        Post.objects.filter(pk=post.pk).update(
            body=body,
            body_html=render(body),
            status=PostStatus.HELD,
            version=before.version + 1,
            edited_at=at,
            screened_at=None,
            human_read_at=None,
        )
        if title and before.is_opening:
            title = _checked_title(title)
            Thread.objects.filter(pk=before.thread_id).update(title=title, slug=_slug(title, ThreadKind.STORY))
        post.refresh_from_db()
        announce_submitted(post)
        record("post_resubmitted", post, by=by, at=at, version=post.version)
    return post


def withdraw_post(post: Post, *, by: User, at: datetime) -> None:
    """Take a post back, at its author's wish; an opening takes its thread off the pages. Twice does nothing more."""
    require(rules.can_withdraw_post(by, post))
    with transaction.atomic():
        before = Post.objects.select_for_update().get(pk=post.pk)
        if before.status == PostStatus.WITHDRAWN:
            return
        Post.objects.filter(pk=post.pk).update(status=PostStatus.WITHDRAWN)
        uncount_reply(before)
        record("post_withdrawn", post, by=by, at=at)
        transaction.on_commit(partial(post_withdrawn.send_robust, sender=Post, post_id=post.pk))


def announce_submitted(post: Post) -> None:
    """Announce a held post inside the transaction. A listener's fault delays the post; it never loses or leaks it."""
    try:
        with transaction.atomic():
            post_submitted.send(sender=Post, post_id=post.pk)
    except Exception:  # the sweeper finds held posts that nobody looks after
        logger.exception("announcing post %s failed", post.pk)


def _open_thread(
    kind: ThreadKind,
    *,
    by: User,
    pen_name: PenName,
    space: Space,
    title: str,
    body: str,
    at: datetime,
    submission_key: UUID | None,
    wish: str,
    wants_counselor: bool,
) -> Post:
    require(rules.can_share(by))
    require(rules.can_write_as(by, pen_name))
    title = _checked_title(title)
    thread = Thread(
        kind=kind,
        space=space,
        title=title,
        slug=_slug(title, kind),
        pen_name=pen_name,
        wish=wish,
        wants_counselor=wants_counselor or wish == Wish.COUNSELOR,
        opened_at=at,
        last_post_at=at,
    )
    post = Post(thread=thread, is_opening=True, pen_name=pen_name)
    return _submit(post, body=body, by=by, at=at, submission_key=submission_key)


def _submit(post: Post, *, body: str, by: User | None, at: datetime, submission_key: UUID | None) -> Post:
    """Write a post held with its event, announce it in the transaction, and forget the draft that it came from."""
    post.body = _checked_body(body)
    post.body_html = render(post.body)
    post.created_at = at
    sent_before = _sent_before(post, submission_key)
    if sent_before is not None:
        return sent_before
    post.submission_key = submission_key if not _is_used(submission_key) else None
    try:
        with transaction.atomic():
            if post.thread._state.adding:  # noqa: SLF001  Django's documented flag of an unsaved row
                post.thread.save(force_insert=True)
                post.thread_id = post.thread.pk
            post.save(force_insert=True)
            place_in_thread(post)
            if by is not None and submission_key is not None:
                forget_draft(by, submission_key)
            announce_submitted(post)
            record("post_submitted", post, by=by, at=at)
    except IntegrityError:
        # Two presses of the button at the same moment: the other one won.
        winner = _sent_before(post, submission_key)
        if winner is None:
            raise
        return winner
    return post


def _is_used(submission_key: UUID | None) -> bool:
    return submission_key is not None and Post.objects.filter(submission_key=submission_key).exists()


def _sent_before(post: Post, submission_key: UUID | None) -> Post | None:
    """Return the post that the same press sent already. Other words under the same key (a second tab) are another post."""
    if submission_key is None:
        return None
    return Post.objects.filter(submission_key=submission_key, body=post.body, pen_name=post.pen_name).first()


def _checked_body(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not body:
        raise InvalidError(_("Write something first."), "body")
    if len(body) > MAX_BODY:
        message = _("This is longer than one post can hold (%(max)d characters). Share it in parts.")
        raise InvalidError(message % {"max": MAX_BODY}, "body")
    return body


def _checked_title(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise InvalidError(_("Give it a title. A few plain words are enough."), "title")
    if len(title) > MAX_TITLE:
        raise InvalidError(_("The title can have %(max)d characters.") % {"max": MAX_TITLE}, "title")
    return title


def _slug(title: str, kind: ThreadKind) -> str:
    return slugify(title)[:80].strip("-") or str(kind)
