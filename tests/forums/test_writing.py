"""Stories, questions and replies in the browser: who may, what happens twice, and that every error keeps the words."""

from html import unescape
from uuid import uuid4

import pytest

from forums.actions import lock_thread, return_post, withdraw_post
from forums.enums import PostStatus
from forums.limits import GUEST_REPLY_LIMIT, MAX_BODY, REPLY_LIMIT, SUBMIT_LIMIT
from forums.models import Draft, Post, Thread
from forums.views import reading
from tests import factories
from tests.factories import NOON, pen_name_of
from tests.forums.posting import WORDS, assert_keeps_words, guest_reply, hidden_values, opening_of, reply_of, reply_url

pytestmark = pytest.mark.django_db

WRITE = ["/stories/new/", "/questions/new/"]


# Sharing and asking


@pytest.mark.parametrize(("address", "kind"), list(zip(WRITE, ["story", "question"], strict=True)))
def test_member_shares_and_is_told_what_happens_next(member, as_user, address, kind):
    client = as_user(member)
    page = client.get(address)

    answer = client.post(address, opening_of(member))

    assert page.status_code == 200
    post = Post.objects.get()
    assert (post.thread.kind, post.body, post.status, post.pen_name) == (
        kind,
        WORDS,
        PostStatus.HELD,
        pen_name_of(member),
    )
    assert answer["Location"] == f"/me/posts/{post.pk}/?new=1"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("address", WRITE)
def test_pressed_twice_is_one_post_and_one_page(member, as_user, address):
    client, fields = as_user(member), opening_of(member)

    first, second = client.post(address, fields), client.post(address, fields)

    assert first["Location"] == second["Location"]
    assert Post.objects.count() == 1


@pytest.mark.parametrize("address", WRITE)
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_wrong_method_is_refused(member, as_user, address, method):
    assert getattr(as_user(member), method)(address).status_code == 405


@pytest.mark.parametrize("address", WRITE)
def test_visitor_is_asked_to_join_first(db, as_user, address):
    answer = as_user(None).get(address)

    assert answer.status_code == 200
    assert f"next={address}" in answer.content.decode()
    assert b"<textarea" not in answer.content


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Give it a title"),
        ({"title": "x" * 151}, "150"),
        ({"title": "\u200b"}, "Give it a title"),
        ({"wish": ""}, "Choose what would help you"),
        ({"wish": "everything"}, "Select a valid choice"),
        ({"space": "none"}, "Select a valid choice"),
        ({"space": ""}, "required"),
        ({"pen_name": ""}, "required"),
        ({"pen_name": "none"}, "Choose one of your own pen names"),
        ({"submission_key": "x"}, "Enter a valid UUID"),
        ({"version": "-1"}, "greater than or equal to 0"),
    ],
)
def test_every_error_in_a_story_keeps_the_words(member, as_user, fields, said):
    answer = as_user(member).post("/stories/new/", opening_of(member, **fields))

    assert_keeps_words(answer)
    assert said in unescape(answer.content.decode())
    assert not Post.objects.exists()
    assert Draft.objects.get().member == member
    assert Draft.objects.get().fields["body"] == WORDS


def test_too_many_words_are_all_kept(member, as_user):
    words = "x" * (MAX_BODY + 1)

    answer = as_user(member).post("/stories/new/", opening_of(member, body=words))

    assert_keeps_words(answer, words)
    assert len(Draft.objects.get().fields["body"]) == MAX_BODY + 1


def test_empty_story_is_refused_and_leaves_no_draft_without_a_title(member, as_user):
    answer = as_user(member).post("/stories/new/", opening_of(member, title="", body=" "))

    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    assert not Draft.objects.exists()


def test_post_without_any_field_is_refused(member, story, as_user, moderator):
    client = as_user(member)
    return_post(story, asked_for="Please leave out the street.", at=NOON, by=moderator)

    for address in (*WRITE, f"/me/posts/{story.pk}/edit/"):
        assert client.post(address, {}).status_code == 422


def test_nul_in_any_field_is_no_fault(member, as_user):
    fields = opening_of(member, body=f"{WORDS}\x00", title="A\x00 night", space="welcome\x00", wish="listen\x00")

    assert as_user(member).post("/stories/new/", fields).status_code == 302
    assert (Post.objects.get().body, Thread.objects.get().title) == (WORDS, "A night")


def test_pen_name_of_another_member_is_refused(member, other_member, as_user):
    answer = as_user(member).post("/stories/new/", opening_of(member, pen_name=pen_name_of(other_member).public_id))

    assert_keeps_words(answer)
    assert b"Slow River" not in answer.content


@pytest.mark.parametrize("address", WRITE)
def test_too_many_in_a_short_time_keep_the_words(member, as_user, address):
    client = as_user(member)
    for turn in range(SUBMIT_LIMIT[0]):
        assert client.post(address, opening_of(member, body=f"Story {turn}")).status_code == 302

    answer = client.post(address, opening_of(member))

    assert_keeps_words(answer)
    assert b"That was a lot in a short time" in answer.content
    assert Draft.objects.get().fields["body"] == WORDS


def test_pressing_again_after_an_error_leaves_one_draft_and_then_none(member, as_user):
    client = as_user(member)
    fields = opening_of(member, title="")
    for _press in range(3):
        answer = client.post("/stories/new/", fields)
        fields |= hidden_values(answer)

    assert Draft.objects.count() == 1
    assert client.post("/stories/new/", fields | {"title": "Now"}).status_code == 302
    assert not Draft.objects.exists()


# Replies


def test_member_replies_and_is_told_what_happens_next(story, other_member, as_user):
    top = factories.make_reply(story.thread, other_member)

    answer = as_user(other_member).post(reply_url(story.thread), reply_of(other_member, story.thread, parent=top.pk))

    post = Post.objects.latest("pk")
    assert (post.body, post.parent, post.pen_name, post.status) == (
        WORDS,
        top,
        pen_name_of(other_member),
        PostStatus.HELD,
    )
    assert answer["Location"] == f"/me/posts/{post.pk}/?new=1"


def test_owner_of_the_story_answers_too(story, member, as_user):
    assert as_user(member).post(reply_url(story.thread), reply_of(member, story.thread)).status_code == 302


def test_guest_replies_and_gets_a_private_link(story, as_user):
    client = as_user(None)

    answer = client.post(reply_url(story.thread), guest_reply())

    post = Post.objects.latest("pk")
    assert (post.guest_name, post.status) == ("a neighbour", PostStatus.HELD)
    assert answer["Location"].startswith("/after/")
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("who", ["member", "guest"])
def test_reply_pressed_twice_is_one(story, other_member, as_user, who):
    fields = reply_of(other_member, story.thread) if who == "member" else guest_reply()
    client = as_user(other_member if who == "member" else None)

    answers = [client.post(reply_url(story.thread), fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Post.objects.filter(is_opening=False).count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pen_name": "none"}, "Choose one of your own pen names"),
        ({"parent": "999999"}, "no longer here"),
        ({"parent": "9" * 30}, "no longer here"),
        ({"parent": "x"}, "no longer here"),
        ({"body": f"{WORDS} " * 2000}, str(MAX_BODY)),
    ],
)
def test_every_error_in_a_reply_keeps_the_words(story, other_member, as_user, fields, said):
    posted = reply_of(other_member, story.thread, **fields)

    answer = as_user(other_member).post(reply_url(story.thread), posted)

    assert_keeps_words(answer, posted["body"])
    assert said in unescape(answer.content.decode())
    assert Draft.objects.get().thread == story.thread


@pytest.mark.parametrize(
    "fields", [{"guest_name": ""}, {"guest_name": "\u200b"}, {"guest_name": "x" * 41}, {"parent": "999"}]
)
def test_every_error_in_a_guests_reply_keeps_the_words(story, as_user, fields):
    answer = as_user(None).post(reply_url(story.thread), guest_reply(**fields))

    assert_keeps_words(answer)
    assert not Draft.objects.exists()


def test_reply_to_a_message_that_has_gone_can_be_sent_by_pressing_again(story, member, other_member, as_user):
    gone = factories.make_reply(story.thread, other_member)
    withdraw_post(gone, by=other_member, at=NOON)
    client, fields = as_user(member), reply_of(member, story.thread, parent=str(gone.pk))

    answer = client.post(reply_url(story.thread), fields)
    assert_keeps_words(answer)
    assert hidden_values(answer)["parent"] == ""

    assert client.post(reply_url(story.thread), fields | hidden_values(answer)).status_code == 302
    assert Post.objects.latest("pk").parent is None
    assert not Draft.objects.exists()


@pytest.mark.parametrize("who", ["member", "guest"])
def test_thread_locked_while_writing_gives_the_words_back(story, other_member, moderator, as_user, who):
    fields = reply_of(other_member, story.thread) if who == "member" else guest_reply()
    lock_thread(story.thread, at=NOON, by=moderator)

    answer = as_user(other_member if who == "member" else None).post(reply_url(story.thread), fields)

    assert_keeps_words(answer)
    assert b"takes no more replies" in answer.content


@pytest.mark.parametrize("who", ["member", "guest"])
def test_thread_withdrawn_while_writing_gives_the_words_back(story, member, other_member, as_user, who):
    fields = reply_of(other_member, story.thread) if who == "member" else guest_reply()
    withdraw_post(story, by=member, at=NOON)

    answer = as_user(other_member if who == "member" else None).post(reply_url(story.thread), fields)

    assert_keeps_words(answer, status=404)
    assert b"A day" not in answer.content


def test_reply_to_an_unknown_or_held_thread_is_not_found(member, other_member, as_user):
    held = factories.make_story(member, title="Something private").thread
    client = as_user(other_member)

    assert client.post("/t/999999/reply/", {}).status_code == 404
    assert client.get("/t/999999/reply/").status_code == 404
    answer = client.post(reply_url(held), reply_of(other_member, held))
    assert answer.status_code == 404
    assert b"private" not in answer.content


def test_author_cannot_answer_a_held_story_and_keeps_the_words(member, as_user):
    held = factories.make_story(member).thread

    answer = as_user(member).post(reply_url(held), reply_of(member, held))

    assert_keeps_words(answer)
    assert b"not on the page yet" in answer.content


def test_links_of_a_page_with_an_error_lead_to_the_thread(story, as_user):
    answer = as_user(None).get(f"{reply_url(story.thread)}?reply_to=5&after=x")

    assert (answer.status_code, answer["Location"]) == (302, f"{story.thread.get_absolute_url()}?reply_to=5&after=x")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_reply_by_a_wrong_method_is_refused(story, as_user, method):
    assert getattr(as_user(None), method)(reply_url(story.thread)).status_code == 405


def test_too_many_replies_of_guests_keep_the_words(story, as_user):
    client = as_user(None)
    for turn in range(GUEST_REPLY_LIMIT[0]):
        assert client.post(reply_url(story.thread), guest_reply(body=f"Reply {turn}")).status_code == 302

    answer = client.post(reply_url(story.thread), guest_reply())

    assert_keeps_words(answer)
    assert b"That was a lot in a short time" in answer.content
    other_house = client.post(reply_url(story.thread), guest_reply(), REMOTE_ADDR="203.0.113.9")
    assert other_house.status_code == 302


@pytest.mark.parametrize(("proxies", "status"), [(0, 422), (1, 302)])
def test_guests_behind_a_proxy_of_ours_are_told_apart(story, as_user, settings, proxies, status):
    settings.TRUSTED_PROXIES = settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = as_user(None)

    def reply_from(address):
        fields = guest_reply(body=str(uuid4()))
        return client.post(reply_url(story.thread), fields, headers={"X-Forwarded-For": f"198.51.100.1, {address}"})

    for _turn in range(GUEST_REPLY_LIMIT[0]):
        reply_from("203.0.113.7")

    assert reply_from("203.0.113.8").status_code == status


def test_too_many_replies_of_a_member_keep_the_words(story, other_member, as_user):
    client = as_user(other_member)
    for turn in range(REPLY_LIMIT[0]):
        client.post(reply_url(story.thread), reply_of(other_member, story.thread, body=f"Reply {turn}"))

    assert_keeps_words(client.post(reply_url(story.thread), reply_of(other_member, story.thread)))


def test_page_with_an_error_shows_the_conversation_too(story, other_member, as_user, monkeypatch):
    monkeypatch.setattr(reading, "REPLIES_PER_PAGE", 1)
    factories.make_reply(story.thread, other_member, body="Shown below.")

    answer = as_user(None).post(reply_url(story.thread), guest_reply(guest_name=""))

    assert b"A quiet ordinary day." in answer.content
    assert b"Shown below." in answer.content


@pytest.mark.parametrize("name", ["Quiet Heron", "quiet  HERON", "Counselor Ann", "Dr. Smith", "Therapist Tom"])
def test_guest_cannot_write_as_a_member_or_as_staff(member, as_user, name):
    story = factories.make_published_story(member)

    answer = as_user(None).post(f"/t/{story.thread_id}/reply/", {"body": "Hello to you all.", "guest_name": name})

    assert answer.status_code == 422
    assert not Post.objects.exclude(guest_name="").exists()
