"""What an import writes: pen names of people without an account, articles and replies. All are born held.

The announcement is what gets them read and published, inside the import's own transaction; nothing here publishes.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import PenName, normalise_name
from core.events import record
from forums.actions.placing import place_in_thread
from forums.enums import Capacity, ThreadKind
from forums.models import Post, Space, Thread
from forums.signals import post_imported


def imported_name_id(source: str, identity: str) -> str:
    """Return the public id of the pen name of `identity` on the site `source`: the same one in every import.

    It has the form of a random id and is made of what is public anyway, so that a second import finds the same person
    without a note of where the name came from.
    """
    digest = hashlib.blake2b(f"{source}\0{identity}".encode(), digest_size=9).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")


def import_pen_name(names: Iterable[str], *, public_id: str, at: datetime) -> PenName:
    """Return the imported pen name with `public_id`, made under the first of `names` that nobody has yet.

    It belongs to nobody and can never be claimed. Raises ValueError when every name is taken.
    """
    found = PenName.objects.filter(public_id=public_id, is_imported=True).first()
    if found is not None:
        return found
    for name in names:
        key = normalise_name(name)
        if not PenName.objects.filter(key=key).exists():
            return PenName.objects.create(name=name, key=key, public_id=public_id, is_imported=True, created_at=at)
    message = "Every name is taken."
    raise ValueError(message)


def import_thread(
    *,
    space: Space,
    pen_name: PenName,
    title: str,
    slug: str,
    excerpt: str,
    body_html: str,
    written_at: datetime,
    source_key: str,
    at: datetime,
) -> Post:
    """Bring in an article of another site, held, and return its opening post.

    `body_html` must be cleaned; it is kept as the source too, since there is no other. `written_at` is the date there,
    `at` the time of the import: an editor of that site approved the words, so they count as read by a person.
    """
    with transaction.atomic():
        thread = Thread.objects.create(
            kind=ThreadKind.ARTICLE,
            space=space,
            title=title,
            slug=slug,
            pen_name=pen_name,
            excerpt=excerpt,
            opened_at=written_at,
            last_post_at=written_at,
            source_key=source_key,
        )
        post = Post(
            thread=thread,
            is_opening=True,
            pen_name=pen_name,
            capacity=Capacity.ARTICLE_AUTHOR,
            body=body_html,
            body_html=body_html,
            created_at=written_at,
            source_key=source_key,
        )
        _bring_in(post, at=at)
        record("article_imported", thread, at=at)
    return post


def import_reply(
    thread: Thread,
    *,
    pen_name: PenName,
    body_html: str,
    parent: Post | None,
    written_at: datetime,
    source_key: str,
    at: datetime,
    capacity: str = Capacity.MEMBER,
    credential_line: str = "",
) -> Post:
    """Bring in an approved comment under `parent`, or at the end of `thread`, held, and return it.

    The other arguments are as for `import_thread`. The database refuses the capacity of a counselor without a
    credential line (IntegrityError). The event is the one of its publication: thousands come at once.
    """
    with transaction.atomic():
        post = Post(
            thread=thread,
            parent=parent,
            pen_name=pen_name,
            capacity=capacity,
            credential_line=credential_line,
            body=body_html,
            body_html=body_html,
            created_at=written_at,
            source_key=source_key,
        )
        _bring_in(post, at=at)
    return post


def _bring_in(post: Post, *, at: datetime) -> None:
    post.is_imported = True
    post.human_read_at = at
    post.save(force_insert=True)
    place_in_thread(post)
    post_imported.send(sender=Post, post_id=post.pk)
