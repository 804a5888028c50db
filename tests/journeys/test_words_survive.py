"""A member's typed words survive a closed tab, an ended session, a stale form and a failed or doubled press."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from forums.models import Draft, Post
from tests import factories
from tests.journeys.conftest import sign_in, wait_with

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WORDS = "It took me a year to write this down."


def begin_story(page, title="A year"):
    page.goto("/stories/new/")
    page.fill("[name=title]", title)
    page.fill("[name=body]", WORDS)


def test_closed_tab_finds_its_words_again(open_page, member, space):
    page = open_page()
    sign_in(page, member)
    begin_story(page)
    expect(page.locator("form [data-saved]")).to_contain_text("Saved", timeout=8000)
    context = page.context
    page.close()

    again = context.new_page()
    again.goto("/stories/new/")

    expect(again.locator("[name=body]")).to_have_value(WORDS)
    expect(again.locator("[name=title]")).to_have_value("A year")


@pytest.mark.parametrize("javascript", [True, False])
def test_ended_session_keeps_the_words_for_their_owner_alone(open_page, member, other_member, space, javascript):
    page = open_page(javascript=javascript)
    sign_in(page, member)
    begin_story(page)
    Session.objects.all().delete()

    page.click("text=Send my story")
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("body")).to_contain_text("Your words are kept")
    stranger = open_page(javascript=javascript)
    sign_in(stranger, other_member)
    stranger.goto("/stories/new/")
    expect(stranger.locator("[name=body]")).to_have_value("")

    page.fill("[name=login]", member.username)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("main form button[type=submit]:not([form])")
    page.wait_for_url("**/stories/new/**")
    expect(page.locator("[name=body]")).to_have_value(WORDS)


def test_form_whose_token_is_stale_gives_the_words_back_and_sends_them(open_page, member, space):
    page = open_page(javascript=False)
    sign_in(page, member)
    begin_story(page)
    page.context.clear_cookies(name="csrf")

    page.click("text=Send my story")
    expect(page.locator("body")).to_contain_text("words are safe")
    expect(page.locator("textarea[name=body]")).to_have_value(WORDS)
    page.click("main form button")

    page.wait_for_url("**/me/posts/**")
    assert Post.objects.get().body == WORDS


def test_form_with_an_error_keeps_the_words_and_links_to_the_field(open_page, member, space):
    page = open_page(javascript=False)
    sign_in(page, member)
    page.goto("/stories/new/")
    page.fill("[name=body]", WORDS)
    # An old browser that does not ask for required fields.
    page.locator("main form.form").evaluate("form => form.noValidate = true")

    page.click("text=Send my story")

    expect(page.locator("[name=body]")).to_have_value(WORDS)
    link = page.locator("main a[href^='#']", has_text="title").first
    link.click()
    expect(page.locator("[name=title]")).to_be_focused()


def test_two_presses_send_one_story(open_page, member, space):
    page = open_page()
    sign_in(page, member)
    begin_story(page)

    page.get_by_role("button", name="Send my story").dblclick()
    page.wait_for_url("**/me/posts/**")

    assert Post.objects.count() == 1
    assert not Draft.objects.exists()


def test_two_tabs_do_not_overwrite_each_other(open_page, member, space):
    first = open_page()
    sign_in(first, member)
    begin_story(first)
    expect(first.locator("form [data-saved]")).to_contain_text("Saved", timeout=8000)
    second = first.context.new_page()
    second.goto("/stories/new/")
    second.fill("[name=body]", "Other words in the second tab.")
    expect(second.locator("form [data-saved]")).to_contain_text("Saved", timeout=8000)

    first.fill("[name=body]", WORDS + " And more.")

    wait_with(
        first,
        lambda: (
            {WORDS + " And more.", "Other words in the second tab."}
            <= {draft.fields["body"] for draft in Draft.objects.all()}
        ),
    )
