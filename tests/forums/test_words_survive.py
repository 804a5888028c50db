"""Typed words survive a closed tab, a second tab, an ended session and a fault of ours, and only their owner sees them."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import include, path

from forums.actions import return_post
from forums.drafting import seal
from forums.models import Draft, DraftKind, Post
from tests import factories
from tests.factories import NOON, pen_name_of
from tests.forums.posting import (
    WORDS,
    assert_keeps_words,
    change_of,
    guest_reply,
    hidden_values,
    login_address,
    opening_of,
    reply_of,
    reply_url,
    sign_in,
    typed_words,
)

pytestmark = pytest.mark.django_db


def fails(request):
    """Fail as a fault of ours would."""
    raise RuntimeError(request.POST["body"])


urlpatterns = [
    path("stories/new/", fails),
    path("t/<int:thread_id>/reply/", fails),
    path("me/posts/<int:post_id>/edit/", fails),
    path("", include("community.urls")),
]
handler500 = "community.views.server_error"


# A reply's draft


def test_draft_of_a_reply_comes_back_with_whom_it_answers(story, member, other_member, as_user):
    top = factories.make_reply(story.thread, other_member)
    client = as_user(member)
    client.post("/drafts/save/", reply_of(member, story.thread, parent=str(top.pk)))

    page = client.get(story.thread.get_absolute_url())
    assert typed_words(page) == WORDS
    assert page.context["reply_parent"] == top
    assert hidden_values(page)["parent"] == str(top.pk)

    link = re.search(r'href="([^"]*)">Answer the first post instead', page.content.decode())[1]
    instead = client.get(link.partition("#")[0])
    assert typed_words(instead) == WORDS
    assert hidden_values(instead)["parent"] == ""


def test_draft_is_not_shown_to_others_or_elsewhere(story, member, other_member, as_user):
    elsewhere = factories.make_published_story(member, title="Elsewhere").thread
    client = as_user(other_member)
    client.post("/drafts/save/", reply_of(other_member, story.thread))

    assert typed_words(client.get(elsewhere.get_absolute_url())) == ""
    for viewer in (member, None):
        assert WORDS[:15].encode() not in as_user(viewer).get(story.thread.get_absolute_url()).content


# Two tabs and drafts of openings


def save_draft(client, member, **fields):
    return client.post("/drafts/save/", opening_of(member, **fields))


def test_draft_is_saved_and_comes_back(member, as_user):
    client = as_user(member)

    saved = save_draft(client, member).json()

    page = client.get("/stories/new/")
    assert (saved["ok"], saved["version"]) == (True, 1)
    assert typed_words(page) == WORDS
    assert hidden_values(page)["submission_key"] == saved["key"]
    assert hidden_values(page)["version"] == "1"
    assert typed_words(client.get("/stories/new/?fresh=1")) == ""
    assert typed_words(client.get("/questions/new/")) == ""


def test_two_tabs_never_overwrite_each_other(member, as_user):
    client, key = as_user(member), str(uuid4())
    first = save_draft(client, member, submission_key=key, body="Before.").json()
    fields = {"submission_key": key, "version": first["version"]}

    one = save_draft(client, member, body="Tab one.", **fields).json()
    two = save_draft(client, member, body="Tab two.", **fields).json()

    assert one["key"] != two["key"]
    for saved, words in ((one, "Tab one."), (two, "Tab two.")):
        assert typed_words(client.get(f"/stories/new/?draft={saved['key']}")) == words


def test_every_draft_that_is_listed_can_be_opened(member, as_user):
    client = as_user(member)
    saved = [save_draft(client, member, body=f"Draft {turn}").json() for turn in range(10)]

    for turn, draft in enumerate(saved):
        assert typed_words(client.get(f"/stories/new/?draft={draft['key']}")) == f"Draft {turn}"


def test_draft_of_another_member_is_never_shown(member, other_member, as_user):
    saved = save_draft(as_user(member), member).json()
    client = as_user(other_member)

    for query in (f"?draft={saved['key']}", "?draft=x", "?draft=%00", ""):
        assert typed_words(client.get(f"/stories/new/{query}")) == ""
    assert WORDS[:15].encode() not in client.get("/me/").content


def test_space_that_is_asked_for_is_chosen(member, as_user):
    factories.make_space("families")

    assert b'value="families" selected' in as_user(member).get("/stories/new/?space=families").content
    assert as_user(member).get("/stories/new/?space=%00").status_code == 200


def test_draft_without_words_or_note_is_not_saved(member, other_member, as_user):
    client = as_user(member)

    assert save_draft(client, member, title="", body="").status_code == 422
    assert save_draft(client, member, draft_key="x").status_code == 422
    assert save_draft(client, other_member).status_code == 422
    assert not Draft.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_draft_saving_by_a_wrong_method_is_refused(member, as_user, method):
    assert getattr(as_user(member), method)("/drafts/save/").status_code == 405


def test_visitor_without_a_note_saves_nothing(db, as_user):
    assert as_user(None).post("/drafts/save/", {"body": WORDS}).status_code == 422


# Throwing a draft away


def test_draft_is_thrown_away_by_its_owner_alone(member, other_member, suspended, as_user):
    key = save_draft(as_user(member), member).json()["key"]
    address = f"/drafts/{key}/discard/"

    assert as_user(other_member).post(address).status_code == 404
    assert login_address(as_user(None).post(address)).endswith("next=/me/")
    assert login_address(as_user(suspended).post(address)).endswith("next=/me/")
    assert as_user(member).get(address).status_code == 405
    assert Draft.objects.exists()

    client = as_user(member)
    assert client.post(address)["Location"] == "/me/"
    assert not Draft.objects.exists()
    assert client.post(address).status_code == 404
    assert client.post(f"/drafts/{uuid4()}/discard/").status_code == 404


# A session that has ended


@pytest.mark.parametrize("kind", ["story", "question"])
def test_words_of_an_ended_session_wait_for_their_owner(member, as_user, kind):
    address = "/stories/new/" if kind == "story" else "/questions/new/"
    client = as_user(None)

    answer = client.post(address, opening_of(member, draft_key=seal(member, kind)))

    assert WORDS[:15].encode() not in client.get(login_address(answer)).content
    draft = Draft.objects.get()
    assert (draft.member, draft.kind, draft.fields["body"]) == (member, kind, WORDS)
    page = sign_in(client, member, answer["Location"])
    assert page.redirect_chain[-1][0] == f"{address}?draft={draft.key}"
    assert typed_words(page) == WORDS
    assert not Post.objects.exists()


def test_another_member_at_the_same_device_sees_nothing(member, other_member, as_user):
    client = as_user(None)
    answer = client.post("/stories/new/", opening_of(member))

    page = sign_in(client, other_member, answer["Location"])

    assert page.status_code == 200
    assert typed_words(page) == ""
    for address in ("/me/", "/stories/new/", "/questions/new/"):
        assert WORDS[:15].encode() not in client.get(address).content


def test_reply_of_an_ended_session_waits_for_its_owner(story, other_member, as_user):
    client = as_user(None)

    answer = client.post(reply_url(story.thread), reply_of(other_member, story.thread))

    assert Post.objects.filter(is_opening=False).count() == 0
    assert typed_words(sign_in(client, other_member, answer["Location"])) == WORDS


def test_pressing_twice_in_an_ended_session_keeps_one_draft(member, as_user):
    client, fields = as_user(None), opening_of(member)

    answers = [client.post("/stories/new/", fields) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert Draft.objects.count() == 1


def test_draft_is_saved_after_the_session_has_ended(member, as_user):
    answer = save_draft(as_user(None), member)

    assert (answer.status_code, answer.json()["ok"]) == (202, True)
    assert WORDS not in answer.content.decode()
    assert Draft.objects.get().member == member


@pytest.mark.parametrize("note", ["", "x", "suspended"])
def test_words_that_cannot_be_kept_are_given_back(member, suspended, as_user, note):
    draft_key = seal(suspended, DraftKind.STORY) if note == "suspended" else note

    answer = as_user(suspended).post("/stories/new/", opening_of(suspended, draft_key=draft_key))

    assert_keeps_words(answer, status=403)
    assert typed_words(answer, "title") == "A night"
    assert hidden_values(answer)["wish"] == "listen"
    assert not Post.objects.exists()
    assert not Draft.objects.exists()


def test_reply_of_a_paused_member_is_given_back(story, suspended, as_user):
    answer = as_user(suspended).post(reply_url(story.thread), reply_of(suspended, story.thread))

    assert_keeps_words(answer, status=403)
    assert not Post.objects.filter(is_opening=False).exists()


def test_visitor_who_posts_nothing_is_asked_to_sign_in(db, as_user):
    assert login_address(as_user(None).post("/stories/new/", {})).endswith("next=/stories/new/")


# Faults on our side


@pytest.mark.parametrize("kind", ["story", "guest", "change"])
def test_old_token_gives_the_words_back_in_a_form_that_works(story, member, moderator, kind):
    client = Client(enforce_csrf_checks=True)
    if kind == "story":
        client.force_login(member)
        address, fields = "/stories/new/", opening_of(member)
    elif kind == "guest":
        address, fields = reply_url(story.thread), guest_reply()
    else:
        client.force_login(member)
        return_post(story, asked_for="Please leave out the street.", at=NOON, by=moderator)
        address, fields = f"/me/posts/{story.pk}/edit/", change_of(story, member)

    answer = client.post(address, fields | {"csrfmiddlewaretoken": "x" * 64})

    assert_keeps_words(answer, status=403)
    again = {"title": fields.get("title", ""), "body": typed_words(answer), "guest_name": "a neighbour"}
    assert client.post(address, hidden_values(answer) | again).status_code == 302
    assert Post.objects.filter(body=WORDS).exists()


@pytest.mark.parametrize("page", ["/stories/new/", "/t/1/reply/", "/me/posts/1/edit/"])
def test_fault_of_ours_gives_the_words_back(member, settings, page):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.force_login(member)

    answer = client.post(page, opening_of(member))

    assert_keeps_words(answer, status=500)
    assert hidden_values(answer)["pen_name"] == pen_name_of(member).public_id
    assert f'action="{page}"' in answer.content.decode()


def test_words_after_a_fault_can_be_sent_again(member, settings, as_user):
    client = Client(raise_request_exception=False)
    client.force_login(member)
    community = settings.ROOT_URLCONF
    settings.ROOT_URLCONF = __name__
    answer = client.post("/stories/new/", opening_of(member))
    settings.ROOT_URLCONF = community

    again = {"title": "A night", "body": typed_words(answer)}

    assert client.post("/stories/new/", hidden_values(answer) | again).status_code == 302
    assert Post.objects.get().body == WORDS
