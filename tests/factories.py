"""Make people, spaces and posts for tests, through the same verbs as the site."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.contrib.auth.models import Group

from accounts.models import PenName, Role, User, normalise_name
from counsel.models import Credential
from forums.actions import mark_read_by_human, mark_screened, publish_post, submit_reply, submit_story
from forums.models import Post, Space, Thread
from moderation.actions import place_case
from moderation.models import Case
from moderation.readings import ScreenedWords
from moderation.screening.engine import read

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD = "a quiet river at dawn"
_numbers = count(1)


def make_member(username: str = "", *roles: Role, pen_name: str = "") -> User:
    """Return a member with one pen name and the roles given."""
    number = next(_numbers)
    user = User.objects.create_user(username=username or f"member{number}", password=PASSWORD)
    user.groups.set(Group.objects.filter(name__in=roles))
    make_pen_name(user, pen_name or f"Pen {number}")
    return user


def make_pen_name(member: User | None, name: str) -> PenName:
    """Return a pen name of `member`."""
    return PenName.objects.create(member=member, name=name, key=normalise_name(name), created_at=NOON)


def make_space(slug: str = "welcome", **fields: object) -> Space:
    """Return the space called `slug`, made on first use."""
    defaults = {"name": slug.capitalize(), "description": "A room.", "audience": "For everyone."} | fields
    return Space.objects.get_or_create(slug=slug, defaults=defaults)[0]


def pen_name_of(member: User) -> PenName:
    """Return the first pen name of `member`."""
    return PenName.objects.of(member)[0]


def make_story(member: User, *, body: str = "A quiet ordinary day.", at: datetime = NOON, **fields: object) -> Post:
    """Return a story that was submitted and is held: its case waits for screening."""
    arguments = {
        "pen_name": pen_name_of(member),
        "space": make_space(),
        "title": "A day",
        "wish": "listen",
        "wants_counselor": False,
    } | fields
    return submit_story(by=member, body=body, at=at, **arguments)


def screen(post: Post, *, at: datetime | None = None) -> Case:
    """Read a post as a worker would, and return its case, placed."""
    case = Case.objects.select_related("post", "post__thread").filter(post=post).open().get()
    reading = read(ScreenedWords.of(post).text)
    attempt = case.screening_attempt
    assert place_case(case, reading, attempt=attempt, post_version=post.version, at=at or post.created_at)
    case.refresh_from_db()
    post.refresh_from_db()
    return case


def make_published_story(member: User, **fields: object) -> Post:
    """Return a story that others can read."""
    post = make_story(member, **fields)
    screen(post)
    return show(post)


def make_reply(thread: Thread, member: User, *, body: str = "Thank you for telling us.", **fields: object) -> Post:
    """Return a reply of `member` that others can read."""
    post = submit_reply(
        thread,
        by=member,
        pen_name=pen_name_of(member),
        body=body,
        at=fields.pop("at", NOON + timedelta(hours=1)),
        **fields,
    )
    screen(post)
    return show(post)


def show(post: Post) -> Post:
    """Make a post visible if triage has not done so."""
    if not post.is_published:
        mark_screened(post, at=post.created_at)
        mark_read_by_human(post, at=post.created_at)
        publish_post(post, at=post.created_at)
    post.refresh_from_db()
    return post


def make_credential(member: User, *, verified_by: User | None, valid_until: date | None = None) -> Credential:
    """Return a credential of `member`, verified by `verified_by` if given, valid for a year from today."""
    return Credential.objects.create(
        member=member,
        profession="Counselor",
        register="Example register",
        number="1",
        jurisdiction="Example State",
        issuer="Example board",
        valid_until=valid_until or date(2099, 1, 1),
        verified_at=NOON if verified_by else None,
        verified_by=verified_by,
    )
