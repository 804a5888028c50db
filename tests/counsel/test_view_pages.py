"""What the pages show and do for those who may use them."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counsel.actions import give_back_request, open_request, save_reply_draft, take_request
from counsel.actions.requests import LEASE
from counsel.models import Credential, ReplyDraft, ReplyRequest, RequestKind, RequestStatus
from forums.actions import withdraw_post
from forums.enums import Capacity
from forums.limits import MAX_BODY
from forums.models import Post
from tests import factories
from tests.counsel.scenes import LATER, NOW, answer, events, make_follow_up

DESK_QUERIES = 8
REQUEST_QUERIES = 14


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(LATER, tick=False):
        yield


def address(name: str, request: ReplyRequest) -> str:
    return reverse(f"counsel:{name}", args=[request.pk])


def pressed(request: ReplyRequest, **fields) -> dict[str, str]:
    """Return what the writing form posts."""
    return {"body": "Thank you for telling us.", "version": "0", "submission_key": str(uuid4())} | fields


# The desk.


def test_desk_sorts_into_three_lists(member, other_member, counselor, asked, as_user):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)
    mine = open_request(factories.make_published_story(member, title="Mine"), kind=RequestKind.STORY, at=NOW)
    take_request(mine, by=counselor, at=NOW)
    free = open_request(factories.make_published_story(other_member, title="Free"), kind=RequestKind.STORY, at=NOW)

    page = as_user(counselor).get(reverse("counsel:desk"))

    assert list(page.context["kept"]) == [follow_up]
    assert list(page.context["mine"]) == [mine]
    assert page.context["waiting"].rows == [free]
    assert b"wrote again" in page.content
    assert "waiting for 21\xa0hours, 30\xa0minutes".encode() in page.content


def test_desk_shows_neither_own_stories_nor_what_left_the_page(
    asked, story, member, counselor, other_counselor, as_user
):
    own = open_request(factories.make_published_story(counselor, title="My own"), kind=RequestKind.STORY, at=NOW)
    withdraw_post(story, by=member, at=NOW)

    assert as_user(counselor).get(reverse("counsel:desk")).context["waiting"].rows == []
    assert as_user(other_counselor).get(reverse("counsel:desk")).context["waiting"].rows == [own]


def test_desk_pages_through_what_waits(member, counselor, as_user):
    for number in range(23):
        post = factories.make_published_story(member, title=f"Day {number}", at=NOW + timedelta(minutes=number))
        open_request(post, kind=RequestKind.STORY, at=NOW)
    browser = as_user(counselor)

    first = browser.get(reverse("counsel:desk")).context["waiting"]
    second = browser.get(reverse("counsel:desk"), {"after": first.next_key}).context["waiting"]

    titles = [request.post.thread.title for request in [*first.rows, *second.rows]]
    assert titles == [f"Day {number}" for number in range(23)]
    assert (len(first.rows), second.has_next) == (20, False)


@pytest.mark.parametrize("number", [1, 3])
def test_desk_takes_the_same_queries_for_any_number(number, member, counselor, as_user):
    for _each in range(number):
        post = factories.make_published_story(member)
        request = open_request(post, kind=RequestKind.STORY, at=NOW)
        make_follow_up(answer(request, counselor), member, counselor)
        open_request(factories.make_published_story(member), kind=RequestKind.STORY, at=NOW)
        mine = open_request(factories.make_published_story(member), kind=RequestKind.STORY, at=NOW)
        take_request(mine, by=counselor, at=NOW)
    browser = as_user(counselor)

    with CaptureQueriesContext(connection) as queries:
        page = browser.get(reverse("counsel:desk"))

    assert [len(page.context[name]) for name in ("kept", "mine")] == [number, number]
    assert len(queries) == DESK_QUERIES


@pytest.mark.parametrize("number", [1, 3])
def test_request_page_takes_few_queries_for_any_length_of_thread(
    number, asked, member, other_member, counselor, as_user
):
    post = answer(asked, counselor)
    for _each in range(number):
        factories.make_reply(post.thread, other_member)
        follow_up = make_follow_up(post, member, counselor)
        post = answer(follow_up, counselor)
    last = take_request(make_follow_up(post, member, counselor), by=counselor, at=LATER)
    browser = as_user(counselor)

    with CaptureQueriesContext(connection) as queries:
        page = browser.get(address("request", last))

    assert len(page.context["briefing"].around) == 3 + 3 * number
    assert len(queries) <= REQUEST_QUERIES


# Reading one request.


def test_request_page_open_shows_the_story_and_how_to_take_it(asked, story, counselor, as_user):
    page = as_user(counselor).get(address("request", asked))

    assert story.body_html.encode() in page.content
    assert b"What would help: <b>A counselor" in page.content
    assert address("request_take", asked).encode() in page.content
    assert b'name="body"' not in page.content
    assert page.content.count(b"<h1") == 1


def test_request_page_taken_shows_where_to_write_and_the_badge(taken, counselor, as_user):
    page = as_user(counselor).get(address("request", taken))

    assert f'data-draft-url="{address("draft_save", taken)}"'.encode() in page.content
    assert b"Counselor, Example register, verified until 2099" in page.content
    assert b"A boundary as what I will do." in page.content
    assert b'name="pen_name"' not in page.content


def test_request_page_taken_by_another_shows_no_place_to_write(taken, other_counselor, as_user):
    page = as_user(other_counselor).get(address("request", taken))

    assert b"Another counselor has taken this request" in page.content
    assert address("request_take", taken).encode() not in page.content
    assert b'name="body"' not in page.content


def test_request_page_with_anothers_lease_run_out_offers_to_take_it(taken, other_counselor, as_user):
    with time_machine.travel(NOW + LEASE + timedelta(minutes=1)):
        page = as_user(other_counselor).get(address("request", taken))

    assert address("request_take", taken).encode() in page.content


def test_request_page_kept_for_another_says_so(asked, member, counselor, other_counselor, as_user):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)

    page = as_user(other_counselor).get(address("request", follow_up))

    assert b"who is asked first" in page.content
    assert address("request_take", follow_up).encode() not in page.content


def test_request_page_answered_leads_to_the_answer(asked, counselor, other_counselor, as_user):
    post = answer(asked, counselor)

    page = as_user(other_counselor).get(address("request", asked))

    assert post.get_absolute_url().encode() in page.content


def test_request_page_of_a_withdrawn_story_shows_own_words_alone(taken, story, member, counselor, as_user):
    save_reply_draft(taken, by=counselor, body="My long answer", version=0, at=NOW)
    withdraw_post(story, by=member, at=NOW)

    page = as_user(counselor).get(address("request", taken))

    assert b">My long answer</textarea>" in page.content
    assert story.body.encode() not in page.content
    assert story.thread.title.encode() not in page.content


def test_request_page_never_shows_another_counselors_draft(taken, counselor, other_counselor, as_user):
    save_reply_draft(taken, by=counselor, body="Unfinished thoughts", version=0, at=NOW)

    assert b"Unfinished thoughts" not in as_user(other_counselor).get(address("request", taken)).content
    assert b"Unfinished thoughts" in as_user(counselor).get(address("request", taken)).content


def test_request_page_for_own_story_says_why(counselor, other_counselor, as_user):
    own = open_request(factories.make_published_story(counselor), kind=RequestKind.STORY, at=NOW)

    page = as_user(counselor).get(address("request", own))

    assert page.status_code == 403
    assert b"You wrote this yourself." in page.content


# Taking and giving back.


def test_request_take_pressed_twice_takes_once(asked, counselor, as_user):
    browser = as_user(counselor)

    for _time in range(2):
        assert browser.post(address("request_take", asked))["Location"] == address("request", asked)

    asked.refresh_from_db()
    assert asked.is_taken_by(counselor)
    assert events("request_taken") == 1


def test_request_take_again_keeps_the_words_of_the_lost_lease(taken, counselor, as_user):
    save_reply_draft(taken, by=counselor, body="First half", version=0, at=NOW)
    give_back_request(taken, by=counselor, at=NOW)
    browser = as_user(counselor)

    conflict = browser.post(address("draft_save", taken), pressed(taken, body="First and second half", version="1"))
    assert conflict.status_code == 409
    assert address("request_take", taken).encode() in conflict.content
    browser.post(address("request_take", taken), {"body": "First and second half", "version": "1"})

    taken.refresh_from_db()
    assert taken.is_taken_by(counselor)
    assert ReplyDraft.objects.get().body == "First and second half"


def test_request_take_with_a_flood_of_words_says_so(asked, counselor, as_user):
    page = as_user(counselor).post(address("request_take", asked), {"body": "x" * (MAX_BODY + 1), "version": "0"})

    assert page.status_code == 422
    assert not ReplyDraft.objects.exists()


def test_request_give_back_pressed_twice_opens_it(taken, counselor, as_user):
    browser = as_user(counselor)

    for _time in range(2):
        assert browser.post(address("request_give_back", taken))["Location"] == reverse("counsel:desk")

    taken.refresh_from_db()
    assert taken.status == RequestStatus.OPEN
    assert events("request_given_back") == 1


def test_request_settle_pressed_twice_ends_the_follow_up(asked, member, counselor, as_user):
    follow_up = take_request(make_follow_up(answer(asked, counselor), member, counselor), by=counselor, at=LATER)
    browser = as_user(counselor)

    for _time in range(2):
        assert browser.post(address("request_settle", follow_up))["Location"] == reverse("counsel:desk")

    follow_up.refresh_from_db()
    assert follow_up.status == RequestStatus.SETTLED
    assert events("request_settled") == 1


def test_request_settle_not_taken_conflicts(asked, member, counselor, as_user):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)

    assert as_user(counselor).post(address("request_settle", follow_up)).status_code == 409


# Writing.


def test_draft_save_by_script_answers_with_the_version(taken, counselor, as_user):
    browser = as_user(counselor)

    first = browser.post(address("draft_save", taken), pressed(taken), HTTP_ACCEPT="application/json")
    stale = browser.post(address("draft_save", taken), pressed(taken, body="Other"), HTTP_ACCEPT="application/json")

    assert first.json() == {"ok": True, "version": 1, "saved_at": "9:30 a.m."}
    assert stale.status_code == 409
    assert ReplyDraft.objects.get().body == "Thank you for telling us."


def test_draft_save_by_script_of_a_flood_says_so(taken, counselor, as_user):
    reply = as_user(counselor).post(
        address("draft_save", taken), pressed(taken, body="x" * (MAX_BODY + 1)), HTTP_ACCEPT="application/json"
    )

    assert reply.status_code == 422
    assert reply.json()["ok"] is False


def test_draft_save_by_button_keeps_and_shows_the_words(taken, counselor, as_user):
    page = as_user(counselor).post(address("draft_save", taken), pressed(taken, save="1"), follow=True)

    assert b"Thank you for telling us.</textarea>" in page.content
    assert ReplyDraft.objects.get().version == 1


def test_draft_save_of_cleared_words_keeps_them_cleared(taken, counselor, as_user):
    save_reply_draft(taken, by=counselor, body="Not like this", version=0, at=NOW)

    as_user(counselor).post(address("draft_save", taken), pressed(taken, body="", version="1"))

    assert ReplyDraft.objects.get().body == ""


def test_draft_save_with_preview_shows_it_as_it_will_appear(taken, counselor, as_user):
    words = pressed(taken, body="Thank *you*.\r\n\r\n<script>", preview="1")

    page = as_user(counselor).post(address("draft_save", taken), words, follow=True)

    assert b"<p>Thank <em>you</em>.</p>" in page.content
    assert b"Counselor, Example register, verified until 2099" in page.content
    assert b"General support, not an assessment or treatment." in page.content
    assert b"Only you see this: a person will read it." not in page.content
    assert not Post.objects.filter(capacity=Capacity.COUNSELOR).exists()


def test_request_page_preview_without_a_draft_is_the_plain_page(taken, counselor, as_user):
    page = as_user(counselor).get(address("request", taken), {"preview": "1"})

    assert page.context["preview"] is None


def test_draft_save_from_a_stale_tab_gives_both_versions(taken, counselor, as_user):
    save_reply_draft(taken, by=counselor, body="Saved elsewhere", version=0, at=NOW)
    browser = as_user(counselor)

    page = browser.post(address("draft_save", taken), pressed(taken, body="Typed here"))

    assert page.status_code == 409
    assert b">Typed here</textarea>" in page.content
    assert b">Saved elsewhere</textarea>" in page.content
    assert b'name="version" value="1"' in page.content
    assert ReplyDraft.objects.get().body == "Saved elsewhere"

    browser.post(address("draft_save", taken), {"body": "Typed here", "version": "1"})
    assert ReplyDraft.objects.get().body == "Typed here"


def test_reply_publish_sends_the_words_and_leads_to_the_desk(taken, counselor, as_user):
    reply = as_user(counselor).post(address("reply_publish", taken), pressed(taken))

    assert reply["Location"] == reverse("counsel:desk")
    post = Post.objects.get(capacity=Capacity.COUNSELOR)
    assert (post.body, post.parent) == ("Thank you for telling us.", taken.post)


def test_reply_publish_pressed_twice_writes_one_post(taken, counselor, as_user):
    words = pressed(taken)
    browser = as_user(counselor)

    for _time in range(2):
        assert browser.post(address("reply_publish", taken), words)["Location"] == reverse("counsel:desk")

    assert Post.objects.filter(capacity=Capacity.COUNSELOR).count() == 1


def test_reply_publish_of_other_words_after_sending_gives_them_back(taken, counselor, as_user):
    browser = as_user(counselor)
    browser.post(address("reply_publish", taken), pressed(taken))

    page = browser.post(address("reply_publish", taken), pressed(taken, body="A second thought"))

    assert page.status_code == 409
    assert b">A second thought</textarea>" in page.content
    assert b"This request has been answered already." in page.content


def test_reply_publish_without_words_says_so(taken, counselor, as_user):
    page = as_user(counselor).post(address("reply_publish", taken), pressed(taken, body="  "))

    assert page.status_code == 422
    assert b"Write your answer first." in page.content
    assert not Post.objects.filter(capacity=Capacity.COUNSELOR).exists()


def test_reply_publish_with_two_names_asks_which_and_keeps_the_words(taken, counselor, as_user):
    public = factories.make_pen_name(counselor, "Doctor Oak")
    browser = as_user(counselor)

    page = browser.post(address("reply_publish", taken), pressed(taken))
    assert page.status_code == 422
    assert b"Choose the name under which you answer." in page.content
    assert b'name="version" value="1"' in page.content

    words = pressed(taken, version="1", pen_name=public.public_id)
    assert browser.post(address("reply_publish", taken), words).status_code == 302
    assert Post.objects.get(capacity=Capacity.COUNSELOR).pen_name == public


def test_draft_save_remembers_the_chosen_name(taken, counselor, as_user):
    public = factories.make_pen_name(counselor, "Doctor Oak")
    browser = as_user(counselor)

    page = browser.post(
        address("draft_save", taken), pressed(taken, pen_name=public.public_id, preview="1"), follow=True
    )

    assert f'value="{public.public_id}" selected'.encode() in page.content
    assert page.context["preview"].author_name == "Doctor Oak"


def test_reply_publish_under_somebody_elses_name_is_refused(taken, counselor, other_member, as_user):
    factories.make_pen_name(counselor, "Doctor Oak")
    words = pressed(taken, pen_name=factories.pen_name_of(other_member).public_id)

    page = as_user(counselor).post(address("reply_publish", taken), words)

    assert page.status_code == 422
    assert not Post.objects.filter(capacity=Capacity.COUNSELOR).exists()


def test_reply_publish_to_a_withdrawn_story_gives_the_words_back(taken, story, member, counselor, as_user):
    withdraw_post(story, by=member, at=NOW)

    page = as_user(counselor).post(address("reply_publish", taken), pressed(taken))

    assert page.status_code == 403
    assert b"Thank you for telling us.</textarea>" in page.content


# Credentials.


FIELDS = {
    "username": "CLEO",
    "profession": "Clinical social worker",
    "register": "Example State register",
    "number": "EX-1",
    "jurisdiction": "Example State",
    "issuer": "Example board",
    "valid_until": "2027-04-01",
}


def test_credentials_add_then_verify_and_revoke_each_pressed_twice(counselor, operator, as_user):
    Credential.objects.all().delete()
    browser = as_user(operator)

    assert browser.post(reverse("counsel:credentials"), FIELDS)["Location"] == reverse("counsel:credentials")
    credential = Credential.objects.get()
    assert (credential.member, credential.standing_on(NOW.date())) == (counselor, "unverified")
    for _time in range(2):
        browser.post(reverse("counsel:credential_verify", args=[credential.pk]))
    assert as_user(counselor).get(reverse("counsel:desk")).status_code == 200
    for _time in range(2):
        browser.post(reverse("counsel:credential_revoke", args=[credential.pk]))
    assert as_user(counselor).get(reverse("counsel:desk")).status_code == 403
    assert (events("credential_verified"), events("credential_revoked")) == (1, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "ada"}, b"has the role of counselor"),
        ({"username": "nobody"}, b"has the role of counselor"),
        ({"valid_until": "2026-01-01"}, b"This day has passed."),
        ({"profession": ""}, b"This field is required."),
    ],
)
def test_credentials_add_with_a_fault_says_so(change, words, member, counselor, operator, as_user):
    before = Credential.objects.count()

    page = as_user(operator).post(reverse("counsel:credentials"), FIELDS | change)

    assert page.status_code == 422
    assert words in page.content
    assert Credential.objects.count() == before


def test_credentials_page_shows_expired_ones_as_such(expired_counselor, operator, as_user):
    page = as_user(operator).get(reverse("counsel:credentials"))

    assert [(str(row), str(standing), may) for row, standing, may in page.context["rows"]] == [
        ("Counselor, Example State", "expired", False)
    ]
    assert b">expired</td>" in page.content.replace(b"\n", b"")


def test_credential_verify_of_ones_own_says_why(operator, as_user):
    own = factories.make_credential(operator, verified_by=None)

    page = as_user(operator).post(reverse("counsel:credential_verify", args=[own.pk]))

    assert page.status_code == 403
    assert b"Nobody verifies their own credential." in page.content


@pytest.mark.parametrize("number", [1, 3])
def test_credentials_page_takes_the_same_queries_for_any_number(number, member, operator, as_user):
    for _each in range(number):
        factories.make_credential(member, verified_by=operator)
    browser = as_user(operator)

    with CaptureQueriesContext(connection) as queries:
        browser.get(reverse("counsel:credentials"))

    assert len(queries) == 5
