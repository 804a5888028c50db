"""Time pages and claims inside this process, and the bare view that they are compared with."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import PenName, Role, User
from bench.seeding import Seeded
from core.bell import silence
from forums.models import Post, Thread
from moderation.actions import claim_next_case

_BARE = engines["django"].from_string(
    "<!doctype html><title>bare</title><ol>{% for row in rows %}<li><b>{{ row.pen_name.name }}</b>"
    "<time>{{ row.published_at }}</time>{{ row.body_html|safe }}{{ row.title }}</li>{% endfor %}</ol>"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report: medians in milliseconds; `ratio` to the bare view where there is one."""

    name: str
    median_ms: float
    slowest_ms: float
    bare_ms: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the bare view's time this took."""
        return self.median_ms / self.bare_ms if self.bare_ms else None


def measure(seeded: Seeded, *, repeats: int) -> list[Figure]:
    """Return the figures of every page and of the queue, each the median of `repeats` runs."""
    thread_rows = Post.objects.filter(thread=seeded.long_thread).select_related("pen_name").order_by("path")
    list_rows = Thread.objects.published().for_listing().stories().order_by("-published_at", "-id")[:20]
    visitor, member, moderator = Client(), _signed_in(seeded.members[0]), _moderator(seeded)
    thread_url = seeded.long_thread.get_absolute_url()
    with silence():
        return [
            _page("thread, 50 replies, visitor", visitor, thread_url, repeats, thread_rows),
            _page("thread, 50 replies, signed in", member, thread_url, repeats, thread_rows),
            _page("story list, visitor", visitor, "/stories/", repeats, list_rows),
            _page("story list, deep page", visitor, _deep_page(visitor), repeats, list_rows),
            _page("home, visitor", visitor, "/", repeats, list_rows),
            _submit(member, seeded, repeats),
            _page("review queue page", moderator, "/review/", repeats, list_rows),
            _claim(seeded, repeats),
        ]


def timed(run: Callable[[int], object], repeats: int) -> list[float]:
    """Return how long each of `repeats` runs took, in milliseconds, after two that do not count."""
    taken = []
    for turn in range(repeats + 2):
        start = time.perf_counter()
        run(turn)
        taken.append((time.perf_counter() - start) * 1000)
    return taken[2:]


def _page(name: str, client: Client, url: str, repeats: int, rows: QuerySet[Post] | QuerySet[Thread]) -> Figure:
    requests = RequestFactory()

    def bare(_turn: int) -> None:
        _bare_view(requests.get("/"), rows)

    def real(_turn: int) -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            message = f"{url} answered {answer.status_code}"
            raise RuntimeError(message)

    bare_ms = statistics.median(timed(bare, repeats))
    return _figure(name, timed(real, repeats), bare_ms)


def _bare_view(_request: HttpRequest, rows: QuerySet[Post] | QuerySet[Thread]) -> HttpResponse:
    return HttpResponse(_BARE.render({"rows": rows.all()}))


def _submit(client: Client, seeded: Seeded, repeats: int) -> Figure:
    pen_name = PenName.objects.of(seeded.members[0])[0].public_id

    def submit(turn: int) -> None:
        # Another member each time, since nobody may submit this often.
        client.force_login(seeded.members[turn % len(seeded.members)])
        words = {
            "title": "An evening",
            "body": f"It was a long evening, number {turn}, and I am glad that it is over.",
            "wish": "listen",
            "space": seeded.space.slug,
            "pen_name": PenName.objects.of(seeded.members[turn % len(seeded.members)])[0].public_id or pen_name,
            "submission_key": str(uuid4()),
        }
        answer = client.post("/stories/new/", words)
        if answer.status_code != 302:
            message = f"a story was answered with {answer.status_code}"
            raise RuntimeError(message)

    return _figure("submit a story (with sign-in)", timed(submit, repeats))


def _claim(seeded: Seeded, repeats: int) -> Figure:
    group = Group.objects.get(name=Role.MODERATOR)
    for person in seeded.moderators:
        person.groups.add(group)
    people = iter(seeded.moderators * (1 + repeats // len(seeded.moderators)))

    def claim(_turn: int) -> None:
        case = claim_next_case(by=next(people), at=timezone.now())
        if case is None:
            message = "nothing was left to claim"
            raise RuntimeError(message)

    return _figure("queue claim", timed(claim, min(repeats, len(seeded.moderators) - 3)))


def _deep_page(client: Client) -> str:
    """Return the address of the tenth page of the story list."""
    url = "/stories/"
    for _page_number in range(9):
        page = client.get(url).context["page"]
        if not page.has_next:
            break
        url = f"/stories/?after={page.next_key}"
    return url


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _moderator(seeded: Seeded) -> Client:
    seeded.moderators[-1].groups.add(Group.objects.get(name=Role.MODERATOR))
    return _signed_in(seeded.moderators[-1])


def _figure(name: str, taken: list[float], bare_ms: float | None = None) -> Figure:
    return Figure(name, statistics.median(taken), max(taken), bare_ms)
