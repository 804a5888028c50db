"""A replier meets the nudge on a small old phone: with a script beneath the box, without one above it, never twice."""

import pytest
from playwright.sync_api import expect

from forums.models import Post
from tests import factories
from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import faults_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WORDS = "I read it twice. Your husband is a drunk. I hope the night is quiet."
PASSAGE = "Your husband is a drunk"


def replies():
    return Post.objects.filter(is_opening=False)


@pytest.mark.parametrize(("javascript", "scheme"), [(True, "dark"), (False, "light")])
@pytest.mark.parametrize("who", ["member", "guest"])
def test_replier_meets_one_line_and_posts_the_words(open_page, member, other_member, space, who, javascript, scheme):
    thread = factories.make_published_story(member).thread
    page = open_page(javascript=javascript, width=360, scheme=scheme)
    if who == "member":
        sign_in(page, other_member)
    page.goto(thread.get_absolute_url())
    page.fill("[name=body]", WORDS)
    if who == "guest":
        page.fill("[name=guest_name]", "a neighbour")

    if javascript:
        expect(page.locator("[data-nudge] mark")).to_have_text(PASSAGE, timeout=8000)
        assert list(faults_of(page, 360)) == []
        page.get_by_role("button", name="Keep my words").click()
        expect(page.locator("[data-nudge]")).to_be_empty()
        expect(page.locator("[name=body]")).to_be_focused()
        page.get_by_role("button", name="Send", exact=True).click()
    else:
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("form mark")).to_have_text(PASSAGE)
        expect(page.locator("[name=body]")).to_have_value(WORDS)
        assert page.locator("form mark").bounding_box()["y"] < page.locator("[name=body]").bounding_box()["y"]
        page.get_by_role("button", name="Post it as it is").click()

    page.wait_for_url("**/me/posts/**" if who == "member" else "**/after/**")
    assert replies().get().body == WORDS


def test_passage_that_is_changed_takes_its_line_away_and_is_not_asked_about_again(open_page, member, space):
    thread = factories.make_published_story(member).thread
    page = open_page(width=360)
    page.goto(thread.get_absolute_url())
    page.fill("[name=guest_name]", "a neighbour")
    page.fill("[name=body]", WORDS)
    expect(page.locator("[data-nudge] mark")).to_have_text(PASSAGE, timeout=8000)

    page.fill("[name=body]", WORDS.replace("is a drunk", "drinks every night. He is a junkie"))

    expect(page.locator("[data-nudge]")).to_be_empty()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/after/**")
    assert replies().count() == 1


def test_quick_sender_with_a_script_meets_the_line_on_the_next_page(open_page, member, space):
    thread = factories.make_published_story(member).thread
    page = open_page(width=360, scheme="dark")
    page.goto(thread.get_absolute_url())
    page.fill("[name=guest_name]", "a neighbour")
    page.route("**/reply/nudge/", lambda route: route.fulfill(status=204))
    page.fill("[name=body]", WORDS)

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("form mark")).to_have_text(PASSAGE)
    assert list(faults_of(page, 360)) == []
    page.fill("[name=body]", WORDS.replace("is a drunk", "drinks every night"))
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/after/**")
    assert "drinks every night" in replies().get().body
