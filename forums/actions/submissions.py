"""What authors do: submit, change and withdraw. Everything submitted is born held."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import PenName, User
from core.events import record
from core.markup import render
from core.results import ConflictError, InvalidError, require
from forums import rules
from forums.actions.drafts import forget_draft
from forums.actions.placing import place_in_thread
from forums.actions.posts import uncount_reply
from forums.actions.wording import checked_body, checked_guest_name, checked_title, slug_of
from forums.enums import Capacity, PostStatus, ThreadKind, Wish
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
    else:
        guest_name = checked_guest_name(guest_name)
    if parent is not None and parent.thread_id != thread.pk:
        raise InvalidError(_("The message you answer is not part of this conversation."), "parent")
    post = Post(
        thread=thread,
        parent=parent,
        pen_name=pen_name if by is not None else None,
        guest_name="" if by is not None else guest_name,
        capacity=capacity,
        credential_line=credential_line,
    )
    return _submit(post, body=body, by=by, at=at, submission_key=submission_key)


def resubmit_post(
    post: Post, *, by: User, body: str, at: datetime, title: str = "", submission_key: UUID | None = None
) -> Post:
    """Send a post back after a change was asked for: the old words are kept for staff, the new ones are held.

    Folds go with the words that they covered. `submission_key` names the draft of this change, which is forgotten.
    Raises NotAllowedError unless `by` is the author and a change was asked for, ConflictError if it came too late.
    """
    require(rules.can_edit_post(by, post))
    body = checked_body(body)
    with transaction.atomic():
        before = Post.objects.select_for_update().get(pk=post.pk)
        if before.status != PostStatus.CHANGE_ASKED:
            raise ConflictError(_("This was changed already."))
        before.folds.all().delete()
        if submission_key is not None:
            forget_draft(by, submission_key)
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
            title = checked_title(title)
            Thread.objects.filter(pk=before.thread_id).update(title=title, slug=slug_of(title, before.thread.kind))
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
    title = checked_title(title)
    thread = Thread(
        kind=kind,
        space=space,
        title=title,
        slug=slug_of(title, kind),
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
    post.body = checked_body(body)
    post.body_html = render(post.body)
    post.created_at = at
    keys = _keys(post, submission_key)
    sent_before = _sent_before(post, keys)
    if sent_before is not None:
        return sent_before
    thread = post.thread
    opens_thread = thread.pk is None
    refusal = IntegrityError()
    for key in keys:
        post.submission_key = key
        try:
            with transaction.atomic():
                if opens_thread:
                    thread.save(force_insert=True)
                    post.thread = thread
                _write(post, by=by, at=at, submission_key=submission_key)
        except IntegrityError as error:
            # The key is taken: by the other one of two presses at the same moment, or by other words from a second tab.
            refusal = error
            if opens_thread:
                thread.pk = None
            winner = _sent_before(post, keys)
            if winner is not None:
                return winner
        else:
            return post
    raise refusal


def _write(post: Post, *, by: User | None, at: datetime, submission_key: UUID | None) -> None:
    post.save(force_insert=True)
    place_in_thread(post)
    if by is not None and submission_key is not None:
        forget_draft(by, submission_key)
    announce_submitted(post)
    record("post_submitted", post, by=by, at=at)


def _keys(post: Post, submission_key: UUID | None) -> list[UUID | None]:
    """Return the keys that the post may have: its form's, and one of its own words, should that be taken.

    A second tab can send other words from the same form. They are another post, and pressing twice there is harmless too.
    """
    if submission_key is None:
        return [None]
    return [submission_key, uuid5(submission_key, f"{post.thread.pk} {post.pen_name_id} {post.body}")]


def _sent_before(post: Post, keys: Sequence[UUID | None]) -> Post | None:
    """Return the post that the same press sent already: the same words of the same author in the same place."""
    sent = Post.objects.filter(submission_key__in=keys, body=post.body, pen_name=post.pen_name)
    sent = sent.filter(is_opening=True) if post.is_opening else sent.filter(thread=post.thread, is_opening=False)
    return sent.first()
