"""Fill an empty database in bulk: the shape of a grown community, not its words."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from accounts.models import PenName, User, normalise_name
from core.markup import render
from forums.enums import PostStatus, ThreadKind, Wish
from forums.models import Post, Space, Thread
from moderation.enums import CaseStatus, Cause
from moderation.models import Case

START = datetime(2026, 1, 1, tzinfo=UTC)
LONG_THREAD_REPLIES = 50
_BATCH = 2000
_BODY = (
    "I have been thinking about last winter again, and how small the kitchen was.\n\n"
    "What helped was somebody who asked what the evenings were like, and then waited for the answer. "
    "I am not sure that I said thank you. So this is the thank you, late, and the rest of the story with it."
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the measurements start from."""

    long_thread: Thread
    members: list[User]
    moderators: list[User]
    space: Space


def fill(threads: int, *, replies_each: int, waiting: int) -> Seeded:
    """Make `threads` stories with `replies_each` replies, one with fifty, and `waiting` cases; return what is needed."""
    chance = random.Random(7)  # the same community each run
    members = _people("bench", 40)
    moderators = _people("mod", 60)
    names = list(PenName.objects.filter(member__in=members))
    spaces = [
        Space.objects.create(slug=f"room-{n}", name=f"Room {n}", description="A room.", audience="All")
        for n in range(6)
    ]
    html = render(_BODY)
    for batch in _batches(threads):
        made = Thread.objects.bulk_create(_thread(n, chance, names, spaces, replies_each) for n in batch)
        _add_posts(made, replies_each, chance, names, html)
    long_thread = Thread.objects.order_by("pk").last()
    assert long_thread is not None  # noqa: S101  at least one thread was asked for
    _add_replies(long_thread, LONG_THREAD_REPLIES - replies_each, names, html, chance)
    _add_cases(waiting, spaces[0], names, html, chance)
    return Seeded(long_thread, members, moderators, spaces[0])


def _people(prefix: str, number: int) -> list[User]:
    users = User.objects.bulk_create(User(username=f"{prefix}{n}", password="!") for n in range(number))
    PenName.objects.bulk_create(
        PenName(member=u, name=f"{u.username} pen", key=normalise_name(f"{u.username} pen"), created_at=START)
        for u in users
    )
    return users


def _batches(number: int) -> Iterator[range]:
    for start in range(0, number, _BATCH):
        yield range(start, min(start + _BATCH, number))


def _thread(n: int, chance: random.Random, names: list[PenName], spaces: list[Space], replies: int) -> Thread:
    at = START + timedelta(minutes=n)
    return Thread(
        kind=ThreadKind.ARTICLE if n % 50 == 0 else ThreadKind.STORY,
        space=chance.choice(spaces),
        title=f"A story with the number {n}",
        slug=f"a-story-with-the-number-{n}",
        pen_name=chance.choice(names),
        wish=chance.choice(Wish.values),
        opened_at=at,
        published_at=at,
        last_post_at=at + timedelta(hours=replies),
        reply_count=replies,
    )


def _add_posts(threads: list[Thread], replies: int, chance: random.Random, names: list[PenName], html: str) -> None:
    with transaction.atomic():
        openings = [_post(thread, thread.pen_name, html, is_opening=True) for thread in threads]
        Post.objects.bulk_create(openings, batch_size=_BATCH)
        answers = [_post(thread, chance.choice(names), html) for thread in threads for _ in range(replies)]
        _give_paths(Post.objects.bulk_create(answers, batch_size=_BATCH))


def _add_replies(thread: Thread, number: int, names: list[PenName], html: str, chance: random.Random) -> None:
    _give_paths(Post.objects.bulk_create(_post(thread, chance.choice(names), html) for _ in range(number)))
    thread.reply_count = LONG_THREAD_REPLIES
    thread.save(update_fields=["reply_count"])


def _give_paths(posts: list[Post]) -> None:
    for post in posts:
        post.depth, post.path = 1, f"{post.pk:012x}"
    Post.objects.bulk_update(posts, ["depth", "path"], batch_size=500)


def _post(thread: Thread, pen_name: PenName, html: str, *, is_opening: bool = False, held: bool = False) -> Post:
    return Post(
        thread=thread,
        is_opening=is_opening,
        pen_name=pen_name,
        status=PostStatus.HELD if held else PostStatus.PUBLISHED,
        body=_BODY,
        body_html=html,
        created_at=thread.opened_at,
        screened_at=thread.opened_at,
        published_at=None if held else thread.opened_at,
    )


def _add_cases(number: int, space: Space, names: list[PenName], html: str, chance: random.Random) -> None:
    """Make held stories whose cases wait, of every severity."""
    for batch in _batches(number):
        made = [_thread(1_000_000_000 // 1000 + n, chance, names, [space], 0) for n in batch]
        for thread in made:
            thread.published_at = None
        posts = Post.objects.bulk_create(
            _post(thread, thread.pen_name, html, is_opening=True, held=True)
            for thread in Thread.objects.bulk_create(made)
        )
        Case.objects.bulk_create(
            Case(
                post=post,
                status=CaseStatus.WAITING,
                cause=Cause.READING,
                severity=chance.choice([1, 2, 2, 2, 3, 3, 4]),
                opened_at=START,
                placed_at=START,
                due_at=START + timedelta(minutes=chance.randrange(100_000)),
            )
            for post in posts
        )
