"""The replier's nudge: shown once, in private, and never in the way of a reply."""

import logging
from html import unescape

import pytest
from django.test import Client

from core.models import Event
from forums import nudges
from forums.actions import lock_thread
from forums.enums import Wish
from forums.limits import MAX_BODY, NUDGE_LIMIT
from forums.models import Draft, Post
from moderation.models import Case
from moderation.nudges import LINES
from tests import factories
from tests.factories import NOON, pen_name_of
from tests.forums.posting import assert_keeps_words, guest_reply, hidden_values, reply_of, reply_url, typed_words

pytestmark = pytest.mark.django_db

LABEL = "I read all of it. Your husband is a drunk. I wish you a quiet night."
ADVICE = "You should go to a meeting, even just once."
KIND = "I read all of it. I wish you a quiet night."


@pytest.fixture
def listening(member):
    """A story whose author asked to be just listened to."""
    return factories.make_published_story(member, wish=Wish.LISTEN)


@pytest.fixture
def wanting_ideas(member):
    return factories.make_published_story(member, wish=Wish.IDEAS, title="Another day")


def replies():
    return Post.objects.filter(is_opening=False)


def nudge_url(thread):
    return f"/t/{thread.pk}/reply/nudge/"


def shows_nudge(answer):
    return b"<mark>" in answer.content


def fields_for(who, other_member, thread, **fields):
    return reply_of(other_member, thread, **fields) if who == "member" else guest_reply(**fields)


# Without a script


@pytest.mark.parametrize("who", ["member", "guest"])
def test_reply_with_a_label_comes_back_once_with_its_words_and_one_line(story, other_member, as_user, who):
    client = as_user(other_member if who == "member" else None)

    answer = client.post(reply_url(story.thread), fields_for(who, other_member, story.thread, body=LABEL))

    assert_keeps_words(answer, LABEL, status=200)
    html = unescape(answer.content.decode())
    assert html.count(str(LINES["label"])) == 1
    assert "I read all of it. <mark>Your husband is a drunk</mark>. I wish" in html
    assert html.index("Post it as it is") < html.index("<textarea") < html.index(">Send<")
    assert not replies().exists()


@pytest.mark.parametrize("who", ["member", "guest"])
@pytest.mark.parametrize("body", [LABEL, LABEL + " And he is a junkie too."])
def test_second_press_posts_the_same_words_or_changed_ones(story, other_member, as_user, who, body):
    client = as_user(other_member if who == "member" else None)
    fields = fields_for(who, other_member, story.thread, body=LABEL)
    first = client.post(reply_url(story.thread), fields)

    second = client.post(reply_url(story.thread), fields | hidden_values(first) | {"body": body})

    assert second.status_code == 302
    assert replies().get().body == body
    assert not Draft.objects.exists()


def test_second_press_pressed_twice_is_one_reply(story, other_member, as_user):
    client = as_user(other_member)
    fields = reply_of(other_member, story.thread, body=LABEL)
    fields |= hidden_values(client.post(reply_url(story.thread), fields))

    answers = [client.post(reply_url(story.thread), fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert replies().count() == 1


def test_first_press_pressed_twice_posts_nothing_and_keeps_one_draft(story, other_member, as_user):
    fields = reply_of(other_member, story.thread, body=LABEL)

    answers = [as_user(other_member).post(reply_url(story.thread), fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not replies().exists()
    assert Draft.objects.get().fields["body"] == LABEL


def test_reply_without_a_nudge_is_posted_by_the_bare_fields_in_one_request(story, other_member, as_user):
    fields = {"body": KIND, "parent": "", "pen_name": pen_name_of(other_member).public_id}

    answer = as_user(other_member).post(reply_url(story.thread), fields)

    assert answer.status_code == 302
    assert replies().get().body == KIND
    assert not answer.cookies


@pytest.mark.parametrize("who", ["member", "guest"])
def test_client_that_sends_the_bare_fields_again_is_not_asked_again(story, other_member, as_user, who):
    client = as_user(other_member if who == "member" else None)
    fields = {"body": LABEL, "pen_name": pen_name_of(other_member).public_id, "guest_name": "a neighbour"}

    first = client.post(reply_url(story.thread), fields)
    cookie = first.cookies["nudged"]
    second = client.post(reply_url(story.thread), fields)

    assert (first.status_code, second.status_code) == (200, 302)
    assert replies().get().body == LABEL
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (reply_url(story.thread), True, "Lax")
    assert not set(LABEL.split()) & set(cookie.value.split())
    assert second.cookies["nudged"].value == ""


def test_cookie_of_other_words_or_another_thread_does_not_count(story, wanting_ideas, other_member, as_user):
    client = as_user(other_member)
    client.post(reply_url(story.thread), reply_of(other_member, story.thread, body=LABEL))

    other_words = client.post(reply_url(story.thread), reply_of(other_member, story.thread, body="He is a junkie."))
    value = other_words.cookies["nudged"].value
    client.cookies["nudged"] = value
    elsewhere = client.post(
        reply_url(wanting_ideas.thread), reply_of(other_member, wanting_ideas.thread, body="He is a junkie.")
    )

    assert shows_nudge(other_words)
    assert shows_nudge(elsewhere)


def test_nudge_leaves_no_trace(story, other_member, moderator, as_user, caplog):
    client = as_user(other_member)
    fields = reply_of(other_member, story.thread, body=LABEL)
    events = Event.objects.count()
    with caplog.at_level(logging.DEBUG):
        answer = client.post(reply_url(story.thread), fields)
        client.post(nudge_url(story.thread), fields)

    assert Event.objects.count() == events
    assert "drunk" not in caplog.text
    draft = Draft.objects.get()
    assert not any("nudge" in name for name in draft.fields)

    client.post(reply_url(story.thread), fields | hidden_values(answer))
    case = Case.objects.get(post=replies().get())
    page = as_user(moderator).get(f"/review/cases/{case.pk}/")
    assert b"nudge" not in page.content.lower()


def test_errors_come_before_the_nudge_and_after_it(story, other_member, moderator, as_user):
    client = as_user(other_member)

    wrong = client.post(reply_url(story.thread), reply_of(other_member, story.thread, body=LABEL, pen_name="none"))
    fields = reply_of(other_member, story.thread, body=LABEL)
    fields |= hidden_values(client.post(reply_url(story.thread), fields))
    empty = client.post(reply_url(story.thread), fields | {"pen_name": "none"})
    lock_thread(story.thread, at=NOON, by=moderator)
    locked = client.post(reply_url(story.thread), reply_of(other_member, story.thread, body=LABEL))

    assert_keeps_words(wrong, LABEL)
    assert not shows_nudge(wrong)
    assert_keeps_words(empty, LABEL)
    assert hidden_values(empty)["nudge_seen"] == "1"
    assert_keeps_words(locked, LABEL)
    assert not shows_nudge(locked)


def test_page_with_the_line_names_whom_it_answers_and_leaks_no_markup(story, other_member, as_user):
    top = factories.make_reply(story.thread, other_member)
    body = "<script>x()</script> <b>you're a junkie</b> <i>and that</i>"

    answer = as_user(other_member).post(
        reply_url(story.thread), reply_of(other_member, story.thread, body=body, parent=top.pk)
    )

    html = answer.content.decode()
    assert "Answer Slow River</h2>" in html
    assert hidden_values(answer)["parent"] == str(top.pk)
    assert "<script>x()" not in html
    assert "&lt;b&gt;<mark>you&#x27;re a junkie</mark>&lt;/b&gt;" in html
    assert typed_words(answer) == body


def test_advice_is_noticed_only_where_somebody_asked_to_be_heard(listening, wanting_ideas, other_member, as_user):
    client = as_user(other_member)

    heard = client.post(reply_url(listening.thread), reply_of(other_member, listening.thread, body=ADVICE))
    ideas = client.post(reply_url(wanting_ideas.thread), reply_of(other_member, wanting_ideas.thread, body=ADVICE))

    assert "What would help: <b>Just listen</b>" in heard.content.decode()
    assert unescape(str(LINES["advice"])) in unescape(heard.content.decode())
    assert ideas.status_code == 302


def test_wish_is_that_of_the_storys_author_alone(listening, member, other_member, as_user):
    top = factories.make_reply(listening.thread, other_member)
    own = factories.make_reply(listening.thread, member)

    def posts(user, parent):
        return as_user(user).post(
            reply_url(listening.thread), reply_of(user, listening.thread, body=ADVICE, parent=parent.pk)
        )

    assert posts(member, top).status_code == 302
    assert posts(other_member, top).status_code == 302
    assert shows_nudge(posts(other_member, own))
    assert shows_nudge(posts(other_member, listening))


@pytest.mark.parametrize("address", ["/stories/new/", "/questions/new/"])
def test_stories_and_questions_are_never_nudged(member, as_user, address):
    fields = {
        "title": "He is a drunk",
        "body": LABEL,
        "wish": "listen",
        "space": factories.make_space().slug,
        "pen_name": pen_name_of(member).public_id,
    }

    assert as_user(member).post(address, fields).status_code == 302


def test_reader_that_fails_stands_in_nobodys_way(story, other_member, as_user, monkeypatch, caplog):
    def broken(body, *, just_listen):
        raise RuntimeError("it broke")

    monkeypatch.setattr(nudges, "_readers", [broken])

    answer = as_user(other_member).post(reply_url(story.thread), reply_of(other_member, story.thread, body=LABEL))

    assert answer.status_code == 302
    assert "reading a reply for a nudge failed" in caplog.text


def test_reader_that_fails_over_the_words_leaves_them_out_of_the_log(story, other_member, as_user, monkeypatch, caplog):
    def broken(body, *, just_listen):
        raise ValueError(body)

    monkeypatch.setattr(nudges, "_readers", [broken])

    as_user(other_member).post(reply_url(story.thread), reply_of(other_member, story.thread, body=LABEL))

    assert "(ValueError)" in caplog.text
    assert LABEL not in caplog.text


# With a script


@pytest.mark.parametrize("who", ["member", "guest"])
def test_draft_of_a_reply_gets_the_line_beneath_the_box(story, other_member, as_user, who):
    client = as_user(other_member if who == "member" else None)

    answer = client.post(nudge_url(story.thread), fields_for(who, other_member, story.thread, body=LABEL))

    html = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert html.count(str(LINES["label"])) == 1
    assert "<mark>Your husband is a drunk</mark>" in html
    assert "Keep my words" in html
    assert "<html" not in html
    assert not replies().exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"body": KIND}, {"body": ""}, {}, {"body": LABEL, "nudge_seen": "1"}, {"body": "he is a junkie " * MAX_BODY}],
)
def test_draft_without_a_nudge_is_answered_with_nothing(story, as_user, fields):
    answer = as_user(None).post(nudge_url(story.thread), fields)

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("parent", ["", "0", "-1", "x", "9" * 30, "²"])
def test_odd_parent_is_the_opening(listening, as_user, parent):
    answer = as_user(None).post(nudge_url(listening.thread), {"body": ADVICE, "parent": parent})

    assert shows_nudge(answer)


def test_form_that_has_shown_its_line_is_sent_at_once(story, other_member, as_user):
    fields = reply_of(other_member, story.thread, body=LABEL, nudge_seen="1")

    assert as_user(other_member).post(reply_url(story.thread), fields).status_code == 302
    assert replies().get().body == LABEL


def test_asking_too_often_is_answered_with_nothing_and_does_not_hinder_sending(story, as_user):
    client = as_user(None)
    for _turn in range(NUDGE_LIMIT[0]):
        assert client.post(nudge_url(story.thread), {"body": LABEL}).status_code == 200

    assert client.post(nudge_url(story.thread), {"body": LABEL}).status_code == 204
    assert client.post(reply_url(story.thread), guest_reply(body=KIND)).status_code == 302


def test_draft_of_a_reply_to_what_is_not_there_is_not_found(member, as_user):
    held = factories.make_story(member).thread

    assert as_user(None).post(nudge_url(held), {"body": LABEL}).status_code == 404
    assert as_user(None).post("/t/999999/reply/nudge/", {"body": LABEL}).status_code == 404


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_draft_of_a_reply_by_a_wrong_method_is_refused(story, as_user, method):
    assert getattr(as_user(None), method)(nudge_url(story.thread)).status_code == 405


def test_foreign_page_cannot_ask(story):
    assert Client(enforce_csrf_checks=True).post(nudge_url(story.thread), {"body": LABEL}).status_code == 403


def test_thread_page_carries_what_the_script_needs(story, as_user):
    page = as_user(None).get(story.thread.get_absolute_url())

    assert f'data-nudge-url="{nudge_url(story.thread)}"' in page.content.decode()
    assert '<div data-nudge aria-live="polite"></div>' in page.content.decode()
    assert hidden_values(page)["nudge_seen"] == ""


# The passage and the words around it


@pytest.mark.parametrize(
    ("body", "passage", "expected"),
    [
        ("he is a drunk", "a drunk", ("he is ", "a drunk", "")),
        ("a drunk he is", "a drunk", ("", "a drunk", " he is")),
        (f"{'word ' * 40}a drunk{' word' * 40}", "a drunk", ("… " + "word " * 13, "a drunk", " word" * 13 + " …")),
        (f"{'x' * 200}a drunk{'x' * 200}", "a drunk", (f"… {'x' * 70}", "a drunk", f"{'x' * 70} …")),
    ],
)
def test_excerpt_shows_the_words_around_the_passage(body, passage, expected):
    start = body.index(passage)

    shown = nudges.excerpt(body, nudges.Nudge("A line.", start, start + len(passage)))

    assert (shown.before, shown.marked, shown.after) == expected


def test_registering_twice_asks_once(monkeypatch):
    asked = []

    def reader(body, *, just_listen):
        asked.append(body)

    monkeypatch.setattr(nudges, "_readers", [])
    nudges.register(nudges.register(reader))

    assert nudges.nudge_for("words", just_listen=False) is None
    assert asked == ["words"]
