from datetime import date, timedelta
from uuid import uuid4

import pytest

from core.results import ConflictError, InvalidError, NotAllowedError
from counsel.actions import give_back_request, publish_counsel_reply, save_reply_draft, take_request
from counsel.actions.requests import LEASE
from counsel.models import Credential, ReplyDraft, RequestStatus
from forums.actions import lock_thread, withdraw_post
from forums.enums import Capacity, PostStatus
from forums.limits import MAX_BODY
from forums.models import Post
from moderation.models import Case
from notices.models import Kind, Notice
from tests import factories
from tests.counsel.scenes import LATER, NOW, answer, events


def test_save_reply_draft_keeps_words_and_renews_the_lease(taken, counselor):
    first = save_reply_draft(taken, by=counselor, body="Dear", version=0, at=NOW)
    second = save_reply_draft(taken, by=counselor, body="Dear you,\r\nthank you", version=first.version, at=LATER)

    assert (second.pk, second.version, second.body) == (first.pk, 2, "Dear you,\nthank you")
    taken.refresh_from_db()
    assert taken.lease_until == LATER + LEASE


def test_save_reply_draft_from_a_stale_tab_conflicts_and_overwrites_nothing(taken, counselor):
    save_reply_draft(taken, by=counselor, body="One", version=0, at=NOW)
    save_reply_draft(taken, by=counselor, body="One and two", version=1, at=NOW)

    with pytest.raises(ConflictError, match="another tab"):
        save_reply_draft(taken, by=counselor, body="One or three", version=1, at=LATER)
    with pytest.raises(ConflictError, match="another tab"):
        save_reply_draft(taken, by=counselor, body="From nothing", version=0, at=LATER)

    assert ReplyDraft.objects.get().body == "One and two"


def test_save_reply_draft_of_the_same_words_again_is_no_conflict(taken, counselor):
    save_reply_draft(taken, by=counselor, body="One", version=0, at=NOW)

    assert save_reply_draft(taken, by=counselor, body="One", version=0, at=LATER).version == 1


def test_save_reply_draft_under_another_name_from_a_stale_tab_conflicts(taken, counselor):
    public = factories.make_pen_name(counselor, "Doctor Oak")
    save_reply_draft(taken, by=counselor, body="One", version=0, at=NOW, pen_name=public)

    with pytest.raises(ConflictError, match="another tab"):
        save_reply_draft(
            taken, by=counselor, body="One", version=0, at=LATER, pen_name=factories.pen_name_of(counselor)
        )

    assert ReplyDraft.objects.get().pen_name == public


def test_save_reply_draft_without_holding_the_request_conflicts(taken, counselor, other_counselor):
    with pytest.raises(ConflictError, match="Another counselor"):
        save_reply_draft(taken, by=other_counselor, body="Mine", version=0, at=NOW)
    give_back_request(taken, by=counselor, at=NOW)
    with pytest.raises(ConflictError, match="went back to the desk"):
        save_reply_draft(taken, by=counselor, body="Mine", version=0, at=NOW)

    assert not ReplyDraft.objects.exists()


def test_save_reply_draft_without_valid_credential_refuses(taken, counselor):
    Credential.objects.update(valid_until=NOW.date() - timedelta(days=1))

    with pytest.raises(NotAllowedError):
        save_reply_draft(taken, by=counselor, body="Dear", version=0, at=NOW)
    assert not ReplyDraft.objects.exists()


def test_save_reply_draft_of_a_flood_is_refused(taken, counselor):
    with pytest.raises(InvalidError):
        save_reply_draft(taken, by=counselor, body="x" * (MAX_BODY + 1), version=0, at=NOW)


def test_publish_counsel_reply_writes_a_held_post_with_the_badge(taken, counselor, story):
    Credential.objects.update(
        profession="Clinical social worker", register="Example State register", valid_until=date(2027, 4, 1)
    )
    save_reply_draft(taken, by=counselor, body="Thank you for telling us.", version=0, at=NOW)

    post = publish_counsel_reply(taken, by=counselor, at=LATER)

    assert (post.status, post.capacity, post.parent) == (PostStatus.HELD, Capacity.COUNSELOR, story)
    assert post.credential_line == "Clinical social worker, Example State register, verified until 2027"
    assert post.pen_name == factories.pen_name_of(counselor)
    assert (taken.status, taken.answer, taken.answered_at) == (RequestStatus.ANSWERED, post, LATER)
    assert Case.objects.filter(post=post).exists()
    assert not ReplyDraft.objects.exists()
    assert events("request_answered") == 1


def test_publish_counsel_reply_once_screened_tells_the_author(taken, counselor, member):
    save_reply_draft(taken, by=counselor, body="Thank you for telling us.", version=0, at=NOW)
    post = publish_counsel_reply(taken, by=counselor, at=LATER)
    assert not Notice.objects.filter(member=member, kind=Kind.COUNSELOR_REPLY).exists()

    factories.screen(post)
    factories.show(post)

    assert Notice.objects.filter(member=member, kind=Kind.COUNSELOR_REPLY).count() == 1


def test_publish_counsel_reply_keeps_the_badge_as_it_was_written(asked, counselor):
    post = answer(asked, counselor)
    Credential.objects.update(profession="Changed", revoked_at=LATER)

    post.refresh_from_db()
    assert post.credential_line == "Counselor, Example register, verified until 2099"


def test_publish_counsel_reply_pressed_twice_writes_one_post(taken, counselor):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)
    key = uuid4()

    first = publish_counsel_reply(taken, by=counselor, at=LATER, submission_key=key)
    second = publish_counsel_reply(taken, by=counselor, at=LATER, submission_key=key)

    assert first == second
    assert Post.objects.filter(capacity=Capacity.COUNSELOR).count() == 1
    assert events("request_answered") == 1


def test_publish_counsel_reply_from_another_tab_conflicts(taken, counselor):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)
    publish_counsel_reply(taken, by=counselor, at=LATER, submission_key=uuid4())

    for key in (None, uuid4()):
        with pytest.raises(ConflictError, match="answered already"):
            publish_counsel_reply(taken, by=counselor, at=LATER, submission_key=key)


@pytest.mark.parametrize("body", [None, "", "  \n "])
def test_publish_counsel_reply_without_words_is_refused(taken, counselor, body):
    if body is not None:
        save_reply_draft(taken, by=counselor, body=body, version=0, at=NOW)

    with pytest.raises(InvalidError, match="Write your answer first"):
        publish_counsel_reply(taken, by=counselor, at=LATER)


@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": NOW.date() - timedelta(days=1)},
        {"revoked_at": NOW},
        {"verified_at": None, "verified_by": None},
    ],
)
def test_publish_counsel_reply_without_valid_credential_writes_nothing(taken, counselor, change):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)
    Credential.objects.update(**change)

    with pytest.raises(NotAllowedError):
        publish_counsel_reply(taken, by=counselor, at=LATER)

    assert not Post.objects.filter(capacity=Capacity.COUNSELOR).exists()
    assert ReplyDraft.objects.get().body == "Thank you."


def test_publish_counsel_reply_without_the_role_writes_nothing(taken, counselor):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)
    counselor.groups.clear()

    with pytest.raises(NotAllowedError):
        publish_counsel_reply(taken, by=type(counselor).objects.get(pk=counselor.pk), at=LATER)
    assert not Post.objects.filter(capacity=Capacity.COUNSELOR).exists()


def test_publish_counsel_reply_that_another_took_conflicts_and_keeps_the_draft(taken, counselor, other_counselor):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)
    take_request(taken, by=other_counselor, at=NOW + 2 * LEASE)

    with pytest.raises(ConflictError, match="Another counselor"):
        publish_counsel_reply(taken, by=counselor, at=NOW + 2 * LEASE)
    assert ReplyDraft.objects.get(counselor=counselor).body == "Thank you."


def test_publish_counsel_reply_with_lease_run_out_but_still_theirs_works(taken, counselor):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)

    assert publish_counsel_reply(taken, by=counselor, at=NOW + 2 * LEASE).body == "Thank you."


def test_publish_counsel_reply_to_withdrawn_or_locked_story_refuses(taken, counselor, story, member, moderator):
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)

    lock_thread(story.thread, at=LATER, by=moderator)
    with pytest.raises(NotAllowedError, match="no more replies"):
        publish_counsel_reply(taken, by=counselor, at=LATER)
    withdraw_post(story, by=member, at=LATER)
    with pytest.raises(NotAllowedError, match="no longer on the page"):
        publish_counsel_reply(taken, by=counselor, at=LATER)

    assert ReplyDraft.objects.get().body == "Thank you."


def test_publish_counsel_reply_with_several_pen_names_needs_a_choice(taken, counselor):
    private = factories.pen_name_of(counselor)
    public = factories.make_pen_name(counselor, "Doctor Oak")
    save_reply_draft(taken, by=counselor, body="Thank you.", version=0, at=NOW)

    with pytest.raises(InvalidError, match="Choose the name") as refusal:
        publish_counsel_reply(taken, by=counselor, at=LATER)
    assert refusal.value.field == "pen_name"

    save_reply_draft(taken, by=counselor, body="Thank you.", version=1, at=NOW, pen_name=public)
    post = publish_counsel_reply(taken, by=counselor, at=LATER)
    assert post.pen_name == public
    assert not private.posts.exists()


def test_publish_counsel_reply_again_uses_the_name_that_bears_the_badge(asked, counselor, member):
    first = answer(asked, counselor)
    factories.make_pen_name(counselor, "Private Life")
    other = factories.make_published_story(member, wants_counselor=True)
    request = take_request(
        asked.__class__.objects.create(post=other, kind="story", opened_at=NOW), by=counselor, at=NOW
    )
    save_reply_draft(request, by=counselor, body="Thank you.", version=0, at=NOW)

    assert publish_counsel_reply(request, by=counselor, at=LATER).pen_name == first.pen_name
