"""What the desk does when forums and moderation announce something. Each is harmless to run twice."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from counsel import intake
from forums.models import Post
from forums.signals import post_published, post_withdrawn
from moderation.signals import post_referred


@receiver(post_published, dispatch_uid="counsel.open_for_published")
def on_post_published(post_id: int, **_kwargs: Any) -> None:
    """Open the request that the post calls for; imported conversations, answered long ago, call for none."""
    if Post.objects.filter(pk=post_id, is_imported=True).exists():
        return
    intake.open_for_published(post_id, at=timezone.now())


@receiver(post_withdrawn, dispatch_uid="counsel.close_for_withdrawn")
def on_post_withdrawn(post_id: int, **_kwargs: Any) -> None:
    """Close what nobody can answer any more."""
    intake.close_for_withdrawn(post_id, at=timezone.now())


@receiver(post_referred, dispatch_uid="counsel.open_for_referred")
def on_post_referred(post_id: int, **_kwargs: Any) -> None:
    """Open the request that a moderator asks for."""
    intake.open_for_referred(post_id, at=timezone.now())
