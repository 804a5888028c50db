"""A guest's private return link: made after sending, and read when they come back."""

from typing import Any, Final

from django.core import signing

from forums.models import Post

_SALT: Final = "guest-post"


def guest_token(post: Post) -> str:
    """Return the secret part of a guest's return link; it never ends, since there is no other way back."""
    return signing.dumps(post.pk, salt=_SALT)


def guest_post(token: str) -> Post | None:
    """Return the guest's post that a return link stands for; None for a broken link."""
    try:
        post_id: Any = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    posts = Post.objects.exclude(guest_name="").select_related("thread", "thread__space", "pen_name")
    return posts.filter(pk=post_id).first()
