"""Carry an export over: plan each item, and write what is new through the actions, all in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PenName, normalise_name
from forums.actions import create_space
from forums.actions.imports import import_pen_name, import_reply, import_thread
from forums.enums import Capacity
from forums.importing.names import candidates
from forums.importing.planning import Author, Counselor, PlannedReply, PlannedThread, Planner, Tally
from forums.importing.records import Survey
from forums.importing.wxr import WxrReader
from forums.models import Post, Space, Thread


@dataclass(frozen=True, slots=True)
class Steps:
    """What to call as the work goes on: with the bytes read so far, and after each article and thought."""

    on_bytes: Callable[[int], None] = lambda _count: None
    on_post: Callable[[], None] = lambda: None


def preview(
    path: Path,
    survey: Survey,
    *,
    at: datetime,
    counselor: Counselor | None = None,
    steps: Steps | None = None,
) -> Tally:
    """Return what `import_file` with the same arguments would bring in; the database is read, never written."""
    steps, tally = steps or Steps(), Tally()
    planner = Planner(survey, at=at, counselor=counselor, tally=tally)
    named: set[str] = set()
    for item in WxrReader(path, on_bytes=steps.on_bytes).items():
        planned = planner.plan(item)
        if planned is None:
            continue
        authors = [reply.author for reply in planned.replies]
        if planned.existing is None:
            tally.articles += 1
            authors.append(planned.author)
        tally.thoughts += len(planned.replies)
        named |= {author.public_id for author in authors if author.counselor is None}
        for _author in authors:
            steps.on_post()
    names = PenName.objects.filter(is_imported=True).in_bulk(named, field_name="public_id")
    tally.pen_names = len(named) - len(names)
    return tally


def import_file(
    path: Path,
    survey: Survey,
    *,
    space: Space | None,
    at: datetime,
    counselor: Counselor | None = None,
    steps: Steps | None = None,
) -> Tally:
    """Bring in everything of the file at `path` that is new, in one transaction, and return the figures.

    `survey` comes from a whole reading of the same file, `at` is the time of the import. Without `space`, and without any
    room here, a room for articles is opened. `steps` are called on the way. Raises WxrError for a file
    that changed since the survey; then nothing was written.
    """
    steps, tally = steps or Steps(), Tally()
    planner = Planner(survey, at=at, counselor=counselor, tally=tally)
    loader = _Loader(planner, space=space, at=at, on_post=steps.on_post)
    with transaction.atomic():
        for item in WxrReader(path, on_bytes=steps.on_bytes).items():
            planned = planner.plan(item)
            if planned is not None:
                loader.write(planned)
    return tally


def room_for_articles(slug: str = "") -> Space | None:
    """Return the space named by `slug`; without one, "welcome" or else the first space. None where there is none."""
    if slug:
        return Space.objects.filter(slug=slug).first()
    return Space.objects.filter(slug="welcome").first() or Space.objects.first()


class _Loader:
    """Writes planned articles one by one."""

    def __init__(self, planner: Planner, *, space: Space | None, at: datetime, on_post: Callable[[], None]) -> None:
        self._source = planner.source
        self._reserved = planner.reserved
        self._tally = planner.tally
        self._space = space
        self._at = at
        self._on_post = on_post
        self._names: dict[str, PenName] = {}

    def write(self, planned: PlannedThread) -> None:
        if planned.existing is None:
            thread = self._open(planned)
        else:
            thread = planned.existing
        if not planned.replies:
            return
        standing = {post.source_key: post for post in _posts_to_answer(thread)}
        for reply in planned.replies:
            standing[reply.source_key] = self._add(thread, reply, parent=standing.get(reply.parent_key))

    def _open(self, planned: PlannedThread) -> Thread:
        if self._space is None:
            self._space = room_for_articles() or _open_room(self._at)
        opening = import_thread(
            space=self._space,
            pen_name=self._pen_name(planned.author),
            title=planned.title,
            slug=planned.slug,
            excerpt=planned.excerpt,
            body_html=planned.body_html,
            written_at=planned.written_at,
            source_key=planned.source_key,
            at=self._at,
        )
        self._tally.articles += 1
        self._on_post()
        return opening.thread

    def _add(self, thread: Thread, reply: PlannedReply, *, parent: Post | None) -> Post:
        counselor = reply.author.counselor
        capacity = Capacity.ARTICLE_AUTHOR if reply.author.is_article_author else Capacity.MEMBER
        post = import_reply(
            thread,
            pen_name=self._pen_name(reply.author),
            body_html=reply.body_html,
            parent=parent,
            written_at=reply.written_at,
            source_key=reply.source_key,
            capacity=Capacity.COUNSELOR if counselor is not None else capacity,
            credential_line=counselor.credential_line if counselor is not None else "",
            at=self._at,
        )
        self._tally.thoughts += 1
        self._on_post()
        return post

    def _pen_name(self, author: Author) -> PenName:
        if author.counselor is not None:
            return author.counselor.pen_name
        if author.public_id not in self._names:
            name = import_pen_name(self._free_names(author), public_id=author.public_id, at=self._at)
            self._tally.pen_names += name.created_at == self._at
            self._names[author.public_id] = name
        return self._names[author.public_id]

    def _free_names(self, author: Author) -> Iterator[str]:
        if author.is_registered:
            return candidates(author.name)
        return (name for name in candidates(author.name) if normalise_name(name) not in self._reserved)


def _posts_to_answer(thread: Thread) -> Iterator[Post]:
    """Yield the imported posts of a thread, without their words."""
    posts = Post.objects.filter(thread=thread, source_key__isnull=False)
    return posts.only("source_key", "thread_id", "depth", "path", "is_opening").iterator()


def _open_room(at: datetime) -> Space:
    return create_space(
        slug="articles",
        name=_("Articles"),
        description=_("What our counselors and staff have written, and the thoughts of those who read it."),
        audience=_("For everyone"),
        at=at,
    )
