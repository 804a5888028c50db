"""Every page kind, with the demo community on it: accessible, no wider than the screen, nothing from elsewhere, light."""

import gzip
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from accounts.models import User
from community.demo.loader import DemoLoader
from counsel.models import ReplyRequest, RequestStatus
from forums.enums import PostStatus, ThreadKind
from forums.models import Fold, Post, Thread
from moderation.models import Appeal, Case, Decision
from tests import factories
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def demo(transactional_db):
    DemoLoader(timezone.now()).load()
    for user in User.objects.filter(username__in=["member", "moderator", "lead", "counselor", "operator"]):
        user.set_password(factories.PASSWORD)
        user.save(update_fields=["password"])


def thread_of(kind, **conditions):
    return Thread.objects.published().filter(kind=kind, **conditions).order_by("-reply_count").first()


def visitor_pages():
    yield from ["/", "/stories/", "/stories/?kind=question", "/articles/", "/spaces/", "/spaces/families/"]
    yield from [thread_of(kind).get_absolute_url() for kind in ThreadKind.values]
    yield Fold.objects.first().post.thread.get_absolute_url()
    yield from ["/stories/new/", "/help/", "/rules/", "/leave/", "/accounts/login/", "/accounts/signup/", "/nowhere/"]


def member_pages():
    member = User.objects.get(username="member")
    yield from ["/me/", "/me/pen-names/", "/me/privacy/", "/me/notices/", "/me/decisions/"]
    yield from ["/stories/new/", "/questions/new/", thread_of(ThreadKind.STORY).get_absolute_url()]
    yield f"/me/decisions/{Decision.objects.about_words_of(member).first().pk}/"
    for status in (PostStatus.PUBLISHED, PostStatus.CHANGE_ASKED):
        yield f"/me/posts/{Post.objects.filter(pen_name__member=member, status=status).first().pk}/"
    changed = Post.objects.filter(pen_name__member=member, status=PostStatus.CHANGE_ASKED).first()
    yield f"/me/posts/{changed.pk}/edit/"


def moderator_pages():
    yield from ["/review/", "/review/appeals/", "/review/rota/", "/review/screening/"]
    for severity in (4, 2, 1):
        yield f"/review/cases/{Case.objects.waiting().filter(severity=severity).first().pk}/"


def lead_pages():
    yield "/review/rota/"
    yield f"/review/appeals/{Appeal.objects.waiting().first().pk}/"


def counselor_pages():
    yield "/counsel/"
    yield f"/counsel/requests/{ReplyRequest.objects.filter(status=RequestStatus.OPEN, preferred=None).first().pk}/"


def operator_pages():
    yield "/counsel/credentials/"


PAGES = {
    "visitor": visitor_pages,
    "member": member_pages,
    "moderator": moderator_pages,
    "lead": lead_pages,
    "counselor": counselor_pages,
    "operator": operator_pages,
}


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
@pytest.mark.parametrize("who", PAGES)
def test_pages_are_accessible_and_fit_the_screen(demo, open_page, who, width, scheme):
    page = open_page(width=width, scheme=scheme)
    if who != "visitor":
        sign_in(page, User.objects.get(username=who))
    faults = []

    for path in PAGES[who]():
        answer = page.goto(path)
        assert answer.status == (404 if path == "/nowhere/" else 200), path
        faults += [f"{path}: {fault}" for fault in faults_of(page, width)]

    assert faults == []


def faults_of(page, width):
    for violation in Axe().run(page, options={"runOnly": WCAG}).response["violations"]:
        places = [node["target"] for node in violation["nodes"][:3]]
        yield f"{violation['id']}: {violation['help']} at {places}"
    if page.evaluate("document.documentElement.scrollWidth") > width:
        yield "wider than the screen"
    leave = page.get_by_role("link", name="Leave this page")
    if leave.count() != 1 or not leave.is_visible():
        yield "no way to leave"
    if page.locator("h1").count() != 1:
        yield "not one main heading"
    if page.locator("style, [style], script:not([src]):not([type='application/json'])").count():
        yield "inline style or script"


@pytest.mark.parametrize("kind", ThreadKind.values)
def test_title_of_a_story_tells_no_topic(demo, open_page, kind):
    thread = thread_of(kind)
    page = open_page()

    page.goto(thread.get_absolute_url())

    assert (thread.title in page.title()) == (kind == ThreadKind.ARTICLE)


def test_first_visit_weighs_less_than_60_kb_compressed(demo, open_page, watch):
    page = open_page(width=360)
    page.goto("/")
    page.wait_for_load_state("networkidle")

    sizes = {request.url: len(gzip.compress(request.response().body())) for request in watch.requests}

    assert len(sizes) >= 3
    assert sum(sizes.values()) < 60_000, sizes


def test_page_asks_only_its_own_host_even_with_hostile_words(open_page, watch, member, other_member):
    hostile = (
        "![a picture](https://elsewhere.example/a.png)\n\n<img src=https://elsewhere.example/b.png>\n\n"
        "<script src='https://elsewhere.example/c.js'></script> [a link](https://elsewhere.example/) "
        "<iframe src='https://elsewhere.example/d'></iframe>"
    )
    post = factories.make_published_story(member, title="Hostile <b>title</b>", body=hostile)
    factories.make_reply(post.thread, other_member, body=hostile)
    page = open_page()

    page.goto(post.thread.get_absolute_url())

    assert page.locator("main img, main iframe, main script").count() == 0
    rel = page.locator("main a[href='https://elsewhere.example/']").first.get_attribute("rel")
    assert {"noopener", "noreferrer", "nofollow"} <= set(rel.split())


def test_answers_forbid_storing_framing_and_foreign_code(demo, open_page):
    headers = open_page().goto("/").headers

    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:", policy)
    assert headers["x-frame-options"] == "DENY"
