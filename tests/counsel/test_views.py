"""The ladder: who reaches the desk's addresses, and what the others meet."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import Role
from counsel.models import Credential, ReplyDraft, RequestStatus
from forums.enums import Capacity
from forums.models import Post
from tests import factories
from tests.counsel.scenes import LATER, NOW

POSTS = ["request_take", "request_give_back", "request_settle", "draft_save", "reply_publish"]
OPERATOR_POSTS = ["credential_verify", "credential_revoke"]


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(LATER, tick=False):
        yield


def state(request):
    """Return everything that a refused press must leave alone."""
    request.refresh_from_db()
    drafts = list(ReplyDraft.objects.values_list("body", "version"))
    return request.status, request.taken_by_id, request.lease_until, drafts, Post.objects.count()


@pytest.mark.parametrize("name", POSTS)
def test_post_by_author_member_or_moderator_is_not_found(
    name, taken, member, other_member, moderator, operator, as_user
):
    before = state(taken)

    for person in (member, other_member, moderator, operator):
        answer = as_user(person).post(reverse(f"counsel:{name}", args=[taken.pk]), {"body": "x"})
        assert answer.status_code == 404
    assert state(taken) == before


@pytest.mark.parametrize("name", POSTS)
def test_post_by_visitor_or_suspended_leads_to_sign_in_and_back_to_the_page(name, taken, suspended, as_user):
    before = state(taken)
    page = reverse("counsel:request", args=[taken.pk])

    for person in (None, suspended):
        answer = as_user(person).post(reverse(f"counsel:{name}", args=[taken.pk]))
        assert answer.status_code == 302
        assert answer["Location"] == f"{reverse('account_login')}?next={page}"
    assert state(taken) == before


@pytest.mark.parametrize("name", POSTS)
def test_post_after_the_session_ended_gives_the_words_back(name, taken, as_user):
    answer = as_user().post(reverse(f"counsel:{name}", args=[taken.pk]), {"body": "My long answer"})

    assert answer.status_code == 401
    assert b">My long answer</textarea>" in answer.content


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": NOW.date() - timedelta(days=1)},
        {"revoked_at": NOW},
        {"verified_at": None, "verified_by": None},
    ],
)
def test_post_without_valid_credential_says_why_and_gives_the_words_back(name, change, taken, counselor, as_user):
    Credential.objects.update(**change)
    before = state(taken)

    answer = as_user(counselor).post(reverse(f"counsel:{name}", args=[taken.pk]), {"body": "My long answer"})

    assert answer.status_code == 403
    assert "credential" in answer.context["reason"]
    assert b">My long answer</textarea>" in answer.content
    assert state(taken) == before


@pytest.mark.parametrize("name", ["desk", "request"])
def test_page_without_valid_credential_says_why(name, taken, expired_counselor, story, as_user):
    address = reverse(f"counsel:{name}", args=[taken.pk] if name == "request" else [])

    answer = as_user(expired_counselor).get(address)

    assert answer.status_code == 403
    assert b"Your credential was valid until Jan. 1, 2020." in answer.content
    assert story.body.encode() not in answer.content


@pytest.mark.parametrize("name", ["desk", "request"])
def test_page_for_members_is_not_found_and_for_visitors_leads_to_sign_in(name, taken, member, as_user):
    address = reverse(f"counsel:{name}", args=[taken.pk] if name == "request" else [])

    assert as_user(member).get(address).status_code == 404
    assert as_user().get(address)["Location"] == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("name", POSTS)
def test_post_by_get_is_refused(name, taken, counselor, as_user):
    assert as_user(counselor).get(reverse(f"counsel:{name}", args=[taken.pk])).status_code == 405


@pytest.mark.parametrize("name", POSTS)
def test_post_about_unknown_request_is_not_found(name, counselor, as_user):
    assert as_user(counselor).post(reverse(f"counsel:{name}", args=[404])).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_post_about_own_story_says_why(name, taken, member, operator, as_user):
    member.groups.add(Group.objects.get(name=Role.COUNSELOR))
    factories.make_credential(member, verified_by=operator)
    before = state(taken)

    answer = as_user(member).post(reverse(f"counsel:{name}", args=[taken.pk]), {"body": "I answer myself"})

    assert answer.status_code == 403
    assert b"Another counselor will answer it." in answer.content
    assert state(taken) == before


@pytest.mark.parametrize("name", ["request_give_back", "request_take", "draft_save", "reply_publish"])
def test_post_about_what_another_has_taken_conflicts_and_gives_the_words_back(name, taken, other_counselor, as_user):
    before = state(taken)

    answer = as_user(other_counselor).post(
        reverse(f"counsel:{name}", args=[taken.pk]), {"body": "My long answer", "version": "0"}
    )

    assert answer.status_code == 409
    assert b"Another counselor has taken this request" in answer.content
    assert b">My long answer</textarea>" in answer.content
    assert state(taken) == before


@pytest.mark.parametrize("name", OPERATOR_POSTS)
def test_credential_post_by_others_is_refused(name, member, counselor, lead, operator, suspended, as_user):
    credential = factories.make_credential(member, verified_by=None)
    address = reverse(f"counsel:{name}", args=[credential.pk])

    for person in (member, counselor, lead):
        assert as_user(person).post(address).status_code == 404
    for person in (None, suspended):
        assert as_user(person).post(address).status_code == 302
    assert as_user(operator).get(address).status_code == 405
    assert as_user(operator).post(reverse(f"counsel:{name}", args=[404])).status_code == 404
    credential.refresh_from_db()
    assert (credential.verified_at, credential.revoked_at) == (None, None)


def test_credentials_page_for_others_is_not_found(member, counselor, as_user):
    for person in (member, counselor):
        assert as_user(person).get(reverse("counsel:credentials")).status_code == 404


def test_staff_without_asked_second_factor_are_told(counselor, operator, as_user, settings):
    settings.DEMO = False
    settings.STAFF_SECOND_FACTOR = True

    for person, name in ((counselor, "desk"), (operator, "credentials")):
        answer = as_user(person).get(reverse(f"counsel:{name}"))
        assert answer.status_code == 403
        assert b"Set up a passkey" in answer.content


def test_autosave_refused_answers_in_words(taken, counselor, other_counselor, expired_counselor, as_user):
    address = reverse("counsel:draft_save", args=[taken.pk])
    accept = {"HTTP_ACCEPT": "application/json"}

    for person, status, words in (
        (None, 401, "signed out"),
        (expired_counselor, 403, "credential"),
        (other_counselor, 409, "Another counselor"),
    ):
        answer = as_user(person).post(address, {"body": "Dear", "version": "0"}, **accept)
        assert answer.status_code == status
        assert words in answer.json()["message"]


def test_nothing_published_by_anyone_without_the_badge(taken, counselor, as_user):
    as_user(counselor).post(
        reverse("counsel:reply_publish", args=[taken.pk]),
        {"body": "Thank you.", "version": "0", "capacity": "article_author", "credential_line": "Invented"},
    )

    post = Post.objects.get(capacity=Capacity.COUNSELOR)
    assert post.credential_line == "Counselor, Example register, verified until 2099"
    taken.refresh_from_db()
    assert taken.status == RequestStatus.ANSWERED
