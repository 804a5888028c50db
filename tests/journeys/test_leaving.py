"""Leave this page: with three presses of Shift, by the link, and with nothing to come back to."""

import pytest
from playwright.sync_api import expect

from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def exit_here(settings, live_server):
    """Leave to a page of the test's own server, since tests reach no other."""
    settings.EXIT_URL = f"{live_server.url}/healthz"
    return settings.EXIT_URL


def test_three_presses_of_shift_leave_and_back_shows_nothing_of_it(open_page, member, exit_here):
    story = factories.make_published_story(member, body="Words that a partner must not find.")
    page = open_page()
    page.goto("/stories/")
    page.goto(story.thread.get_absolute_url())

    for _press in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(exit_here)
    page.go_back()

    # The page that was left stands no longer in the history: back goes to the one before it.
    assert page.url.endswith("/stories/")


def test_shift_while_typing_capitals_does_not_leave(open_page, member, exit_here):
    story = factories.make_published_story(member)
    page = open_page()
    page.goto(story.thread.get_absolute_url())
    page.locator("[name=body]").first.focus()

    for letter in "ABC":
        page.keyboard.press(f"Shift+{letter}")

    expect(page.locator("[name=body]").first).to_have_value("ABC")
    assert page.url.endswith(story.thread.get_absolute_url())


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", [320, 1280])
def test_leave_link_is_in_sight_and_works(open_page, member, exit_here, javascript, width):
    story = factories.make_published_story(member, body="\n\n".join(["A long night."] * 60))
    page = open_page(javascript=javascript, width=width)
    page.goto(story.thread.get_absolute_url())
    page.mouse.wheel(0, 2500)

    link = page.get_by_role("link", name="Leave this page")
    expect(link).to_be_in_viewport()
    link.click()

    page.wait_for_url(exit_here)
