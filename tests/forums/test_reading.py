"""Reading: lists, threads in the order of a conversation, and no hole in the pages."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils.html import escape

from accounts.models import Role, User
from core.markup import FoldSpan
from forums.actions import fold_passages, publish_article, submit_question, withdraw_post
from forums.enums import PostStatus
from forums.models import Post, Thread
from forums.views import reading
from tests import factories
from tests.factories import NOON, pen_name_of

pytestmark = pytest.mark.django_db

EVIL = "<script>x()</script>\"'><b>"
# Session and user, thread, posts, draft, pen names, roles, unread notices; a visitor needs the thread and its posts.
THREAD_QUERIES = {"visitor": 2, "member": 8}
LIST_QUERIES = {
    "/stories/": 1,
    "/stories/?kind=story": 1,
    "/articles/": 1,
    "/spaces/": 1,
    "/spaces/welcome/": 2,
    "/articles/feed/": 1,
}


def make_article(author, *, title="How to help", at=NOON, **fields):
    author.groups.add(Group.objects.get(name=Role.LEAD))
    post = publish_article(
        space=factories.make_space(),
        pen_name=pen_name_of(author),
        title=title,
        body="Begin with being there.",
        excerpt=fields.pop("excerpt", "Begin."),
        at=at,
        by=User.objects.get(pk=author.pk),
    )
    return factories.show(post)


def make_question(member, **fields):
    arguments = {"title": "Why?", "body": "Why at night?"} | fields
    post = submit_question(
        by=member,
        pen_name=pen_name_of(member),
        space=factories.make_space(),
        wants_counselor=False,
        at=NOON,
        **arguments,
    )
    return factories.show(post)


def titles(answer):
    return [thread.title for thread in answer.context["page"].rows]


def bodies(answer):
    return [post.body_html.strip() for post in answer.context["replies"]]


# Queries


@pytest.mark.parametrize("replies", [1, 3, 50])
def test_thread_costs_the_same_however_long_it_is(member, other_member, as_user, django_assert_num_queries, replies):
    thread = factories.make_published_story(member).thread
    parent = None
    for _ in range(replies):
        parent = factories.make_reply(thread, other_member, parent=parent)
    url = thread.get_absolute_url()

    with django_assert_num_queries(THREAD_QUERIES["visitor"]):
        assert as_user(None).get(url).content.count(b"post reply depth-") == replies
    client = as_user(other_member)
    with django_assert_num_queries(THREAD_QUERIES["member"]):
        assert client.get(url).content.count(b"post reply depth-") == replies


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", list(LIST_QUERIES))
def test_list_costs_the_same_however_long_it_is(member, as_user, django_assert_num_queries, path, rows):
    for turn in range(rows):
        factories.make_published_story(member, title=f"Story {turn}")
        make_article(member, title=f"Article {turn}")
        factories.make_space(f"room-{turn}")

    with django_assert_num_queries(LIST_QUERIES[path]):
        answer = as_user(None).get(path)

    assert answer.status_code == 200


# Lists


def test_lists_hold_what_they_say(member, as_user):
    factories.make_published_story(member, title="A story")
    make_question(member, title="A question")
    make_article(member, title="An article")
    factories.make_story(member, title="A held story")
    client = as_user(member)

    assert titles(client.get("/stories/")) == ["A question", "A story"]
    assert titles(client.get("/stories/?kind=story")) == ["A story"]
    assert titles(client.get("/stories/?kind=question")) == ["A question"]
    assert titles(client.get("/stories/?kind=article")) == ["A question", "A story"]
    assert titles(client.get("/articles/")) == ["An article"]
    assert set(titles(client.get("/spaces/welcome/"))) == {"A question", "A story", "An article"}
    assert [space.slug for space in client.get("/spaces/").context["spaces"]] == ["welcome"]


def test_space_shows_its_own_threads_the_liveliest_first(member, other_member, as_user):
    quiet = factories.make_published_story(member, title="Quiet", at=NOON + timedelta(minutes=5))
    lively = factories.make_published_story(member, title="Lively")
    factories.make_published_story(member, title="Elsewhere", space=factories.make_space("families"))
    factories.make_reply(lively.thread, other_member)

    assert titles(as_user(None).get(quiet.thread.space.get_absolute_url())) == ["Lively", "Quiet"]


def test_empty_lists_say_so(space, as_user):
    for path in ("/stories/", "/articles/", "/spaces/welcome/"):
        assert b'class="empty"' in as_user(None).get(path).content


def read_on(client, path):
    """Return the titles of all pages, following the links that the pages give."""
    seen, address = [], path
    while address:
        answer = client.get(address)
        seen += titles(answer)
        key = answer.context["page"].next_key
        joint = "&" if "?" in path else "?"
        address = f"{path}{joint}after={key}" if key else ""
        if key:
            assert f"after={key}" in answer.content.decode()
    return seen


@pytest.mark.parametrize("path", ["/stories/", "/stories/?kind=story", "/spaces/welcome/"])
def test_pages_of_one_moment_hold_every_story_once(member, as_user, path, monkeypatch):
    monkeypatch.setattr(reading, "THREADS_PER_PAGE", 2)
    for turn in range(5):
        factories.make_published_story(member, title=f"Story {turn}")

    assert read_on(as_user(None), path) == [f"Story {turn}" for turn in (4, 3, 2, 1, 0)]


def test_story_published_between_two_pages_moves_nothing(member, as_user, monkeypatch):
    monkeypatch.setattr(reading, "THREADS_PER_PAGE", 2)
    for turn in range(4):
        factories.make_published_story(member, title=f"Story {turn}")
    client = as_user(None)
    first = client.get("/stories/")

    factories.make_published_story(member, title="New", at=NOON + timedelta(days=1))

    second = client.get(f"/stories/?after={first.context['page'].next_key}")
    assert titles(first) + titles(second) == ["Story 3", "Story 2", "Story 1", "Story 0"]


@pytest.mark.parametrize(
    "query", ["after=x", "after=%00", "after=-1", "after=W10", "kind=%00", "kind=story&after=%FF", "page=-1"]
)
def test_broken_query_shows_the_first_page(member, as_user, query):
    factories.make_published_story(member)

    for path in ("/stories/", "/spaces/welcome/", "/articles/"):
        assert as_user(None).get(f"{path}?{query}").status_code == 200
    assert titles(as_user(None).get(f"/stories/?{query}")) == ["A day"]


@pytest.mark.parametrize(
    "path", ["/spaces/none/", "/t/1-none/", "/t/99999999999999999999999-x/", f"/t/{'9' * 5000}-x/", "/t/0-x/"]
)
def test_what_is_not_there_is_not_found(db, as_user, path):
    assert as_user(None).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/stories/", "/articles/", "/spaces/", "/spaces/welcome/", "thread"])
def test_reading_answers_head_and_refuses_to_be_written_to(member, as_user, path):
    thread = factories.make_published_story(member).thread
    path = thread.get_absolute_url() if path == "thread" else path

    assert as_user(None).head(path).status_code == 200
    for method in ("post", "put", "delete", "patch"):
        assert getattr(as_user(member), method)(path).status_code == 405


# One thread


def test_thread_is_read_as_a_conversation(member, other_member, as_user):
    thread = factories.make_published_story(member).thread

    def reply(body, parent=None):
        return factories.make_reply(thread, other_member, body=body, parent=parent)

    one = reply("1")
    two = reply("2")
    below_one = reply("1.1", one)
    reply("2.1", two)
    reply("1.2", one)
    third = reply("1.1.1", below_one)
    reply("1.1.2 to third", third)
    reply("3")
    reply("1.1.3 to third", third)

    answer = as_user(None).get(thread.get_absolute_url())

    words = [
        f"<p>{text}</p>" for text in ("1", "1.1", "1.1.1", "1.1.2 to third", "1.1.3 to third", "1.2", "2", "2.1", "3")
    ]
    assert bodies(answer) == words
    assert [post.depth for post in answer.context["replies"]] == [1, 2, 3, 3, 3, 2, 1, 2, 1]
    names = [post.in_reply_to for post in answer.context["replies"]]
    assert names == ["", "", "", "Slow River", "Slow River", "", "", "", ""]
    assert f'<a href="#p{third.pk}">to Slow River</a>' in answer.content.decode()


def test_answer_to_the_opening_stands_at_the_first_level(member, other_member):
    opening = factories.make_published_story(member)

    assert factories.make_reply(opening.thread, other_member, parent=opening).depth == 1


def deep_thread(member, other_member):
    thread = factories.make_published_story(member).thread
    parent = None
    for level in range(3):
        parent = factories.make_reply(thread, other_member, body=f"level {level}", parent=parent)
    return thread, parent


def test_name_of_whom_a_reply_answers_is_found_on_an_earlier_page(member, other_member, as_user, monkeypatch):
    thread, deepest = deep_thread(member, other_member)
    factories.make_reply(thread, member, body="the last", parent=deepest)
    monkeypatch.setattr(reading, "REPLIES_PER_PAGE", 3)
    client = as_user(None)

    first = client.get(thread.get_absolute_url())
    second = client.get(f"{thread.get_absolute_url()}?after={first.context['page'].next_key}")

    assert bodies(second) == ["<p>the last</p>"]
    assert second.context["replies"][0].in_reply_to == "Slow River"
    assert b"Back to what was written first" in second.content


@pytest.mark.parametrize("status", [PostStatus.WITHDRAWN, PostStatus.DECLINED, PostStatus.CHANGE_ASKED])
def test_name_of_somebody_whose_words_are_gone_is_not_told(member, other_member, as_user, status):
    thread, deepest = deep_thread(member, other_member)
    factories.make_reply(thread, member, body="the last", parent=deepest)
    Post.objects.filter(pk=deepest.pk).update(status=status)

    for viewer in (None, other_member):
        answer = as_user(viewer).get(thread.get_absolute_url())
        assert answer.context["replies"][-1].in_reply_to == ""


def test_long_thread_is_read_page_by_page_without_a_hole(member, other_member, as_user, monkeypatch):
    monkeypatch.setattr(reading, "REPLIES_PER_PAGE", 3)
    thread = factories.make_published_story(member).thread
    replies = [factories.make_reply(thread, other_member, body=f"reply {turn}") for turn in range(6)]
    factories.make_reply(thread, other_member, body="below the first", parent=replies[0])
    client, url = as_user(None), thread.get_absolute_url()
    seen, address = [], url

    while address:
        answer = client.get(address)
        seen += bodies(answer)
        key = answer.context["page"].next_key
        address = f"{url}?after={key}" if key else ""

    expected = ["reply 0", "below the first", *(f"reply {turn}" for turn in range(1, 6))]
    assert seen == [f"<p>{text}</p>" for text in expected]


@pytest.mark.parametrize("after", ["x", "%00", "WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiXQ", "WzFd", "W251bGxd"])
def test_broken_page_key_shows_the_thread(member, as_user, after):
    opening = factories.make_published_story(member)

    answer = as_user(None).get(f"{opening.thread.get_absolute_url()}?after={after}")

    assert answer.status_code == 200


def test_old_address_leads_to_the_new_one_with_its_query(member, as_user):
    thread = factories.make_published_story(member).thread

    answer = as_user(None).get(f"/t/{thread.pk}-older-title/?after=x&reply_to=5")

    assert (answer.status_code, answer["Location"]) == (301, f"{thread.get_absolute_url()}?after=x&reply_to=5")
    assert as_user(None).get(f"/t/{thread.pk}-older-title/")["Location"] == thread.get_absolute_url()


def test_address_of_a_held_story_tells_nothing(member, as_user):
    thread = factories.make_story(member, title="Something private").thread

    answer = as_user(None).get(f"/t/{thread.pk}-x/")

    assert answer.status_code == 404
    assert b"private" not in answer.content


def test_author_sees_a_held_story_and_cannot_answer_it_yet(member, as_user):
    post = factories.make_story(member, body="Only mine.")

    answer = as_user(member).get(post.thread.get_absolute_url())

    assert b"Only mine." in answer.content
    assert b"Only you see this" in answer.content
    assert "not on the page yet" in str(answer.context["reply_refusal"])
    assert answer.context["reply_form"] is None


def test_story_taken_back_is_gone_for_its_author_too(member, as_user):
    opening = factories.make_published_story(member)
    withdraw_post(opening, by=member, at=NOON)

    assert as_user(member).get(opening.thread.get_absolute_url()).status_code == 404


def test_locked_thread_can_be_read(member, as_user):
    thread = factories.make_published_story(member).thread
    Thread.objects.update(locked_at=NOON)

    answer = as_user(member).get(thread.get_absolute_url())

    assert b"takes no more replies" in answer.content
    assert b"<textarea" not in answer.content


def test_folded_passage_is_closed_on_the_page(member, as_user, moderator):
    body = "A quiet start.\n\nMARKER\n\nA quiet end."
    opening = factories.make_published_story(member, body=body)
    fold_passages(opening, [FoldSpan(16, 22, EVIL[:100])], at=NOON, by=moderator)

    html = as_user(None).get(opening.thread.get_absolute_url()).content.decode()

    before, _, rest = html.partition('<details class="fold">')
    folded, _, after = rest.partition("</details>")
    assert "MARKER" in folded
    assert "MARKER" not in before + after
    assert "<script>x()" not in html
    assert escape(EVIL) in folded


def test_markup_in_names_and_titles_stays_text(member, as_user):
    thread = factories.make_published_story(member, title=EVIL, body=EVIL).thread
    pen_name = pen_name_of(member)
    pen_name.name = EVIL
    pen_name.save(update_fields=["name"])
    reply = factories.make_reply(thread, member, body=EVIL)
    Post.objects.filter(pk=reply.pk).update(pen_name=None, guest_name=EVIL, human_read_at=NOON)
    client = as_user(member)

    for path in (
        thread.get_absolute_url(),
        f"{thread.get_absolute_url()}?reply_to={reply.pk}",
        "/stories/",
        "/spaces/welcome/",
        "/stories/new/",
    ):
        html = client.get(path).content.decode()
        assert "<script>x()" not in html
        assert "'><b>" not in html


# Whom a reply answers


def parent_of(answer):
    parent = answer.context["reply_parent"]
    return parent.pk if parent is not None else None


def test_reply_box_names_the_message_that_is_answered(member, other_member, as_user):
    thread = factories.make_published_story(member).thread
    reply = factories.make_reply(thread, other_member)

    answer = as_user(member).get(f"{thread.get_absolute_url()}?reply_to={reply.pk}")

    assert parent_of(answer) == reply.pk
    assert answer.context["reply_form"].initial["parent"] == reply.pk
    assert b"Answer Slow River</h2>" in answer.content


def test_message_on_another_page_can_be_answered(member, other_member, as_user, monkeypatch):
    thread = factories.make_published_story(member).thread
    replies = [factories.make_reply(thread, other_member) for _ in range(4)]
    monkeypatch.setattr(reading, "REPLIES_PER_PAGE", 1)

    answer = as_user(None).get(f"{thread.get_absolute_url()}?reply_to={replies[-1].pk}")

    assert parent_of(answer) == replies[-1].pk
    assert answer.context["reply_form"].initial["parent"] == replies[-1].pk


@pytest.mark.parametrize("wanted", ["", "0", "-1", "x", "%00", "9" * 30, "9" * 5000, "٣", "²", "1.5"])
def test_answering_nothing_known_answers_the_story(member, as_user, wanted):
    thread = factories.make_published_story(member).thread

    answer = as_user(member).get(f"{thread.get_absolute_url()}?reply_to={wanted}")

    assert (answer.status_code, parent_of(answer)) == (200, None)


def test_held_message_opening_and_message_of_another_thread_are_not_answered(member, other_member, as_user):
    opening = factories.make_published_story(member)
    mine = factories.make_reply(opening.thread, member)
    elsewhere = factories.make_reply(factories.make_published_story(member).thread, other_member)
    Post.objects.filter(pk=mine.pk).update(status=PostStatus.HELD)

    for post in (opening, mine, elsewhere):
        answer = as_user(member).get(f"{opening.thread.get_absolute_url()}?reply_to={post.pk}")
        assert parent_of(answer) is None


# The feed


def test_feed_has_articles_only(member, as_user):
    make_article(member, title=f"Shown {EVIL}", excerpt="One & two.")
    factories.make_published_story(member, title="A story")
    make_question(member, title="A question")
    held = make_article(member, title="Held")
    Thread.objects.filter(pk=held.thread_id).update(published_at=None)

    answer = as_user(None).get("/articles/feed/")
    text = answer.content.decode()

    assert answer["Content-Type"].startswith("application/atom+xml")
    assert text.count("<entry>") == 1
    assert f"Shown {escape(EVIL)}".replace("&#x27;", "'").replace("&quot;", '"') in text
    assert "One &amp; two." in text
    assert "A story" not in text
    assert "A question" not in text
    assert "Held" not in text


def test_feed_survives_a_title_with_control_characters(member, as_user):
    make_article(member, title="bell\x07 and\x1b escape")

    assert "bell and escape" in as_user(None).get("/articles/feed/").content.decode()


def test_feed_without_articles_is_empty(db, as_user):
    assert "<entry>" not in as_user(None).get("/articles/feed/").content.decode()


def test_rows_say_what_they_are(member):
    opening = factories.make_published_story(member)

    assert str(opening) == f"post {opening.pk}"
    assert opening.get_absolute_url() == f"{opening.thread.get_absolute_url()}#p{opening.pk}"
    assert list(Post.objects.in_thread_order()) == [opening]


@pytest.mark.parametrize(("excerpt", "is_shown"), [("Begin with being there.", False), ("Another sentence.", True)])
def test_article_does_not_say_its_beginning_twice(lead, as_user, excerpt, is_shown):
    article = make_article(lead, excerpt=excerpt)

    page = as_user(None).get(article.thread.get_absolute_url())

    assert (page.context["lead"] == excerpt) == is_shown


def test_home_answers_head(db, as_user):
    assert as_user(None).head("/").status_code == 200
