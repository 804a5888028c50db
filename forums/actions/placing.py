"""Where a post stands in its thread."""

from forums.models import MAX_DEPTH, Post


def place_in_thread(post: Post) -> None:
    """Set `depth` and `path` of a post that has just been saved.

    The path is the path of what it answers and its own id, so that sorting by path is the order of reading. Replies to
    the deepest level stand beside what they answer.
    """
    if post.is_opening:
        post.depth, post.path = 0, ""
    else:
        above, depth = _above(post.parent)
        post.depth, post.path = depth, f"{above}{post.pk:012x}"
    post.save(update_fields=["depth", "path"])


def _above(parent: Post | None) -> tuple[str, int]:
    if parent is None or parent.is_opening:
        return "", 1
    if parent.depth >= MAX_DEPTH:
        return parent.path[:-12], MAX_DEPTH
    return parent.path, parent.depth + 1
