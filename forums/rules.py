"""Who may do what with threads and posts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import STAFF_ROLES, PenName
from core.results import Allowed, Answer, Denied
from forums.enums import PostStatus
from forums.models import Post, Thread


def can_share(user: Any) -> Answer:
    """Whether `user` may open a story or a question: anyone with an account that is not paused."""
    if not user.is_authenticated:
        return Denied(_("Join or sign in to share. You need only a username and a password."))
    return Allowed() if user.is_active else Denied(_("This account is paused."))


def can_write_article(user: Any) -> Answer:
    """Whether `user` may write articles: the staff, whose roles are in force."""
    if user.is_active and user.roles() & STAFF_ROLES:
        return Allowed()
    return Denied(_("Articles are written by the staff."))


def can_reply(user: Any, thread: Thread) -> Answer:
    """Whether `user` (None or anonymous for a guest) may answer in `thread`."""
    if thread.published_at is None:
        return Denied(_("This is not on the page yet, so it cannot be answered."))
    if thread.is_locked:
        return Denied(_("This conversation takes no more replies. You can still read it."))
    if user is not None and user.is_authenticated and not user.is_active:
        return Denied(_("This account is paused."))
    return Allowed()


def can_write_as(user: Any, pen_name: PenName) -> Answer:
    """Whether `user` may write under `pen_name`."""
    if user.is_authenticated and pen_name.member_id == user.pk and pen_name.retired_at is None:
        return Allowed()
    return Denied(_("Choose one of your own pen names."))


def is_author(user: Any, post: Post) -> bool:
    """Whether `user` wrote `post`."""
    return bool(user.is_authenticated and post.pen_name is not None and post.pen_name.member_id == user.pk)


def can_edit_post(user: Any, post: Post) -> Answer:
    """Whether `user` may change `post` now: the author, after a change was asked for."""
    if not is_author(user, post):
        return Denied(_("Only the person who wrote this can change it."))
    if post.status != PostStatus.CHANGE_ASKED:
        return Denied(_("This is not waiting for a change."))
    return Allowed()


def can_withdraw_post(user: Any, post: Post) -> Answer:
    """Whether `user` may take `post` back: its author, whenever they like."""
    return Allowed() if is_author(user, post) else Denied(_("Only the person who wrote this can take it back."))
