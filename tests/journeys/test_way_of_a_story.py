"""The main job: a story, from a reader's first visit to a counselor's published answer, with and without JavaScript."""

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from counsel.models import ReplyRequest, RequestStatus
from forums.enums import PostStatus
from forums.models import Post, Thread
from moderation.models import Case
from notices.models import Kind, Notice
from tests import factories
from tests.journeys.conftest import sign_in
from tests.services import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.workers, pytest.mark.django_db(transaction=True)]

STORY = """My partner has been using crack for two winters now, and I have started to drink with him so that the evenings end.

When the money is gone he shouts at me until I give him mine. Last week it was everything that was left for the month. \
He says that if I leave he will kill himself, and I believe him.

I was in hospital twice when I was younger. I was doing so well before this. I don't know what I am asking."""

ANSWER = """Thank you for writing this down. You see very clearly what the evenings do to you.

You are not the only thing between him and his death, although it must feel like that. \
There are people he can call, and people you can call, and both are on your page.

What would one evening look like that was yours?"""


def founding_story() -> str:
    folder = Path(os.environ.get("ALONGSIDE_CASES") or Path(__file__).parents[3] / "shared" / "cases")
    names = {"wp": "http://wordpress.org/export/1.2/"}
    tree = ET.parse(folder / "founding-thread.wxr.xml")
    return tree.findall(".//wp:comment", names)[1].findtext("wp:comment_content", "", names)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_story_is_carried_to_a_counselors_answer(
    open_page, celery_worker, staffed, moderator, counselor, other_member, javascript
):
    carry(STORY, open_page, celery_worker, moderator, counselor, other_member, javascript=javascript)


@pytest.mark.cases
def test_founding_story_is_carried_to_a_counselors_answer(
    open_page, celery_worker, staffed, moderator, counselor, other_member
):
    story = founding_story()
    carry(story, open_page, celery_worker, moderator, counselor, other_member, javascript=True)

    case = Case.objects.get(post__is_opening=True, post__body=story.strip())
    assert case.severity == 3


def carry(story, open_page, celery_worker, moderator, counselor, peer, *, javascript):
    celery_worker(concurrency=1)
    author = open_page(javascript=javascript, width=360)
    join(author, "nightowl", "Small Lamp")
    share(author, story)
    read_what_happens_next(author)

    review_and_publish(open_page(javascript=javascript), moderator)
    thread = Thread.objects.get(title="Two winters")
    read_and_reply(open_page(javascript=javascript), open_page(javascript=javascript), thread, peer)
    review_guest(open_page(javascript=javascript), moderator)

    answer_as_counselor(open_page(javascript=javascript), counselor, thread)
    author_answers(author, thread)
    follow_up_is_offered(open_page(javascript=javascript), counselor)


def join(page: Page, username: str, pen_name: str) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.click("nav >> text=Join")
    page.fill("[name=username]", username)
    page.fill("[name=pen_name]", pen_name)
    page.fill("[name=password1]", factories.PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/me/")
    expect(page.locator("main")).to_contain_text(pen_name)


def share(page: Page, story: str) -> None:
    page.goto("/stories/new/")
    page.fill("[name=title]", "Two winters")
    page.fill("[name=body]", story)
    page.check("[name=wish][value=counselor]")
    page.check("[name=wants_counselor]")
    page.click("text=Send my story")
    page.wait_for_url("**/me/posts/**")


def read_what_happens_next(page: Page) -> None:
    """The author is offered help before anyone looked, and is told honestly by when a person will."""
    settle(page, "A person will read")
    words = page.locator("main").inner_text()
    for label in ("severity", "urgent", "suicide_threat", "coercion", "risk", "flagged"):
        assert label not in words.lower()
    assert page.title() in {"Alongside", "What happens next · Alongside", "Your post · Alongside"}
    assert page.locator("main a[href^='tel:']").count() >= 1 or page.locator("main select[name=country]").count() == 1
    post = Post.objects.get(thread__title="Two winters")
    assert post.status == PostStatus.HELD
    assert Notice.objects.filter(member=post.pen_name.member, kind=Kind.CARE).count() == 1


def settle(page: Page, words: str) -> None:
    """Wait as a person would: the page refreshes itself while the program reads."""
    for _look in range(20):
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"the page never said {words!r}: {page.locator('main').inner_text()[:600]}")


def review_and_publish(page: Page, moderator) -> None:
    sign_in(page, moderator)
    page.goto("/review/")
    page.click("text=Next case")
    page.wait_for_url("**/review/cases/**")
    assert page.locator("mark").count() >= 2
    page.check("[name=action][value=publish]")
    page.locator("form").filter(has=page.locator("[name=action]")).get_by_role(
        "button", name="Decide", exact=True
    ).click()
    page.wait_for_url("**/review/")


def read_and_reply(peer_page: Page, guest_page: Page, thread: Thread, peer) -> None:
    sign_in(peer_page, peer)
    peer_page.goto(thread.get_absolute_url())
    expect(peer_page.locator("main")).to_contain_text("A counselor's view")
    peer_page.fill("[name=body]", "I read all of it. The evenings were the worst part for me too.")
    peer_page.click("#reply button:has-text('Send')")
    peer_page.wait_for_load_state()
    settle_reply(thread, "The evenings were the worst part")

    guest_page.goto(thread.get_absolute_url())
    first = Post.objects.get(thread=thread, parent=None, is_opening=False)
    guest_page.goto(f"{thread.get_absolute_url()}?reply_to={first.pk}#reply")
    guest_page.fill("[name=body]", "I am only passing, but thank you both.")
    guest_page.fill("[name=guest_name]", "Passing by")
    guest_page.click("#reply button:has-text('Send')")
    guest_page.wait_for_url("**/after/**")
    guest_page.goto(thread.get_absolute_url())
    assert "only passing" not in guest_page.content()


def settle_reply(thread: Thread, words: str) -> None:
    wait_until(
        lambda: Post.objects.filter(thread=thread, body__contains=words, status=PostStatus.PUBLISHED).exists(),
        seconds=15,
        what="the reply",
    )


def review_guest(page: Page, moderator) -> None:
    sign_in(page, moderator)
    page.goto("/review/")
    page.click("text=Next case")
    page.wait_for_url("**/review/cases/**")
    expect(page.locator("main")).to_contain_text("only passing")
    page.check("[name=action][value=publish]")
    page.locator("form").filter(has=page.locator("[name=action]")).get_by_role(
        "button", name="Decide", exact=True
    ).click()
    page.wait_for_url("**/review/")
    guest = Post.objects.get(guest_name="Passing by")
    assert guest.status == PostStatus.PUBLISHED
    assert guest.depth == 2


def answer_as_counselor(page: Page, counselor, thread: Thread) -> None:
    sign_in(page, counselor)
    page.goto("/counsel/")
    page.click("main a[href*='/counsel/requests/']")
    page.click("text=Take this request")
    page.wait_for_load_state()
    page.fill("[name=body]", ANSWER)
    page.get_by_role("button", name="Publish").click()
    page.wait_for_load_state()
    settle_reply(thread, "What would one evening look like")
    page.goto(thread.get_absolute_url())
    answer = page.locator("article, li, div").filter(has_text="What would one evening look like").last
    expect(page.locator("main")).to_contain_text("Counselor, Example register, verified until 2099")
    expect(answer).to_be_visible()


def author_answers(page: Page, thread: Thread) -> None:
    page.goto("/me/notices/")
    expect(page.locator("main")).to_contain_text("counselor answered")
    answer = Post.objects.get(thread=thread, capacity="counselor")
    page.goto(f"{thread.get_absolute_url()}?reply_to={answer.pk}#reply")
    page.fill(
        "[name=body]", "An evening with the radio on and nobody shouting. I had not thought of it as something to want."
    )
    page.click("#reply button:has-text('Send')")
    page.wait_for_load_state()
    settle_reply(thread, "nobody shouting")


def follow_up_is_offered(page: Page, counselor) -> None:
    wait_until(
        lambda: ReplyRequest.objects.filter(preferred=counselor, status=RequestStatus.OPEN).exists(),
        what="the follow-up",
    )
    sign_in(page, counselor)
    page.goto("/counsel/")
    expect(page.locator("main")).to_contain_text("Small Lamp")
    assert Notice.objects.filter(member=counselor, kind=Kind.FOLLOW_UP).count() == 1
    assert counselor.groups.filter(name=Role.COUNSELOR).exists()
