"""A browser that refuses every foreign host and remembers what went wrong on a page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from accounts.models import Role, User
from forums.models import Space
from moderation import screener
from moderation.models import Shift
from tests import factories


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Open what the web server opens at its start, so that no page of a test waits for it."""
    screener.warm_up()


@dataclass
class Watch:
    """What a test's pages asked for and complained about."""

    origin: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.route("**/*", self._route)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("requestfinished", lambda request: self.requests.append(request))  # noqa: PLW0108  Playwright marks the handler

    def _console(self, kind: str, text: str) -> None:
        # A form that comes back with errors is answered with 422, which Chromium calls an error.
        if kind == "error" and "the server responded with a status of" not in text:
            self.errors.append(text)

    def _route(self, route: Route) -> None:
        if route.request.url.startswith(self.origin) or route.request.url.startswith("data:"):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()


@pytest.fixture
def watch(live_server) -> Iterator[Watch]:
    """Fails the test afterwards if any page asked a foreign host for anything, or had a script or policy error."""
    found = Watch(live_server.url)
    yield found
    assert found.foreign == []
    assert found.errors == []


@pytest.fixture
def open_page(browser: Browser, live_server, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a new browser for one person: `open_page(javascript=False, width=360)`."""
    contexts: list[BrowserContext] = []

    def open_one(*, javascript: bool = True, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
        )
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def staffed(moderator: User, space: Space) -> None:
    """Mia is on duty all day, every day."""
    for weekday in range(7):
        Shift.objects.create(person=moderator, role=Role.MODERATOR, weekday=weekday, starts=time(0, 0), ends=time(0, 0))


def sign_in(page: Page, user: User) -> None:
    """Sign in through the page."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("main form button[type=submit]:not([form])")
    page.wait_for_url("**/me/")


def wait_with(page: Page, condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until `condition()` holds, letting the browser's requests through meanwhile."""
    for _look in range(int(seconds * 5)):
        if condition():
            return
        page.wait_for_timeout(200)
    raise TimeoutError(f"it did not come true within {seconds} s")
