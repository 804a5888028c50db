"""What moderation does when forums announces something."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from forums.models import Post
from forums.signals import post_imported, post_submitted, post_withdrawn
from moderation import screener
from moderation.actions import accept_imported_post, close_case_of, forget_labels, open_case
from moderation.readings import ScreenedWords


@receiver(post_submitted, dispatch_uid="moderation.open_case")
def open_case_for_submitted_post(post_id: int, **_kwargs: Any) -> None:
    """Write the case row in the post's own transaction."""
    post = Post.objects.get(pk=post_id)
    open_case(post, at=post.edited_at or post.created_at)


@receiver(post_imported, dispatch_uid="moderation.accept_imported")
def screen_imported_post(post_id: int, **_kwargs: Any) -> None:
    """Read and publish, in the import's transaction, what an editor had approved elsewhere."""
    post = Post.objects.select_related("thread", "thread__space", "pen_name").get(pk=post_id)
    accept_imported_post(post, screener.read(ScreenedWords.of(post).text), at=timezone.now())


@receiver(post_withdrawn, dispatch_uid="moderation.close_case")
def close_case_of_withdrawn_post(post_id: int, **_kwargs: Any) -> None:
    """Take the case of a withdrawn post off the desk, and what was learned from it out of the labels."""
    forget_labels([post_id])
    close_case_of(Post.objects.get(pk=post_id), at=timezone.now())
