"""Words not sent yet: kept for their owner alone, overwritten never."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.http import QueryDict

from core.results import NotAllowedError
from forums.actions import discard_draft, save_draft
from forums.actions.drafts import MAX_DRAFTS
from forums.drafting import draft_of_change, drafts_of, initial_of, keep, seal
from forums.models import Draft, DraftKind
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def save(member, key, version, body="First words.", at=NOON, **more):
    fields = {"kind": DraftKind.STORY, "thread": None} | more
    return save_draft(member=member, key=key, version=version, fields={"body": body}, at=at, **fields)


def posted(member, kind=DraftKind.STORY, thread=None, post=None, **fields):
    form = QueryDict(mutable=True)
    form.update({"draft_key": seal(member, kind, thread, post), "body": "First words."} | fields)
    return form


# Saving


def test_draft_grows_by_versions(member):
    key = uuid4()

    first = save(member, key, 0)
    second = save(member, key, first.version, "More words.")

    assert (first.pk, first.version, second.version) == (second.pk, 1, 2)
    assert Draft.objects.get().fields == {"body": "More words."}
    assert str(second) == f"story draft {second.pk}"


def test_second_tab_gets_a_draft_of_its_own(member):
    key = uuid4()
    save(member, key, 0)
    one = save(member, key, 1, "Tab one.")

    other = save(member, key, 1, "Tab two.")

    assert other.key != key
    assert {draft.fields["body"] for draft in Draft.objects.all()} == {"Tab one.", "Tab two."}
    assert Draft.objects.get(key=key).version == one.version


def test_same_words_twice_are_one_draft(member):
    key = uuid4()

    first, second = save(member, key, 0), save(member, key, 0)

    assert first == second
    assert Draft.objects.count() == 1


def test_key_of_another_member_is_not_touched(member, other_member):
    key = uuid4()
    save(member, key, 0)

    for version in (0, 1):
        theirs = save(other_member, key, version)
        assert (theirs.member, theirs.key != key) == (other_member, True)

    assert Draft.objects.get(key=key).fields == {"body": "First words."}
    assert Draft.objects.get(key=key).version == 1


def test_oldest_drafts_beyond_a_flood_go(member, other_member):
    save(other_member, uuid4(), 0)
    drafts = [
        save(member, uuid4(), 0, f"{turn}", NOON + timedelta(minutes=turn // 2)) for turn in range(MAX_DRAFTS + 2)
    ]

    kept = set(Draft.objects.filter(member=member))

    assert kept == set(drafts[2:])
    assert Draft.objects.filter(member=other_member).count() == 1


def test_draft_is_discarded_by_its_owner_alone(member, other_member):
    draft = save(member, uuid4(), 0)

    with pytest.raises(NotAllowedError):
        discard_draft(draft, by=other_member)
    assert Draft.objects.exists()
    discard_draft(draft, by=member)

    assert not Draft.objects.exists()


# Keeping a posted form


def test_form_is_kept_for_whoever_opened_it(member):
    draft = keep(posted(member, title="A day", wish="listen", csrfmiddlewaretoken="x"), at=NOON)

    assert (draft.member, draft.kind) == (member, DraftKind.STORY)
    assert draft.fields == {"body": "First words.", "title": "A day", "wish": "listen"}


def test_form_of_another_member_is_not_kept_for_me(member, other_member):
    assert keep(posted(member), at=NOON, member=other_member) is None
    assert not Draft.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "eyJtIjoxfQ:1:x", "\x00"])
def test_form_with_a_broken_note_is_not_kept(member, key):
    assert keep(posted(member, draft_key=key), at=NOON) is None


def test_note_lasts_a_month(member):
    with time_machine.travel(NOON, tick=False) as clock:
        form = posted(member)
        clock.shift(timedelta(days=29))
        assert keep(form, at=NOON) is not None
        clock.shift(timedelta(days=2))
        assert keep(form, at=NOON) is None


def test_paused_member_and_empty_form_leave_no_draft(member, suspended):
    assert keep(posted(suspended), at=NOON) is None
    assert keep(posted(member, body="", wish="listen"), at=NOON) is None
    assert keep(posted(member, body="\x00"), at=NOON) is None


@pytest.mark.parametrize("version", ["", "-1", "x", "1" * 5000, str(10**30), "٣", "1.5", "\x00"])
@pytest.mark.parametrize("key", ["", "x", "\x00", "0" * 5000])
def test_broken_keys_and_versions_lose_no_words(member, key, version):
    draft = keep(posted(member, submission_key=key, version=version), at=NOON, member=member)

    assert draft.fields["body"] == "First words."


def test_nul_is_left_out_of_drafts(member):
    assert keep(posted(member, body="so\x00 late", title="\x00"), at=NOON).fields == {"body": "so late"}


def test_longest_paste_is_kept_whole(member):
    draft = keep(posted(member, body="x" * 500_000), at=NOON)

    assert len(Draft.objects.get(pk=draft.pk).fields["body"]) == 500_000


def test_draft_saved_while_its_form_was_sent_does_not_come_back(member):
    key = uuid4()
    factories.make_story(member, body="One.\nTwo.", submission_key=key)

    assert keep(posted(member, submission_key=str(key), body="One.\r\nTwo. "), at=NOON) is None
    assert keep(posted(member, submission_key=str(key), body="One."), at=NOON) is None
    assert keep(posted(member, submission_key=str(key), body="Other words."), at=NOON) is not None


def test_reply_is_kept_with_its_thread_if_that_can_be_read(member, other_member):
    shown = factories.make_published_story(member).thread
    held = factories.make_story(member).thread

    assert keep(posted(other_member, DraftKind.REPLY, shown), at=NOON).thread == shown
    assert keep(posted(other_member, DraftKind.REPLY, held), at=NOON).thread is None


def test_drafts_are_of_one_member_kind_and_thread(member, other_member):
    thread = factories.make_published_story(member).thread
    story = keep(posted(member), at=NOON)
    reply = keep(posted(member, DraftKind.REPLY, thread), at=NOON)
    keep(posted(other_member), at=NOON)

    assert list(drafts_of(member, DraftKind.STORY)) == [story]
    assert list(drafts_of(member, DraftKind.REPLY, thread)) == [reply]
    assert list(drafts_of(other_member, DraftKind.REPLY, thread)) == []


def test_draft_of_a_change_is_found_by_its_post(member):
    post, other = factories.make_story(member), factories.make_story(member, title="Another")
    draft = keep(posted(member, DraftKind.CHANGE, post.thread, post), at=NOON)

    assert draft_of_change(post, member) == draft
    assert draft_of_change(other, member) is None


def test_form_goes_on_with_its_draft(member):
    draft = keep(posted(member, submission_key=str(UUID(int=5))), at=NOON)

    assert initial_of(draft) == {"body": "First words.", "submission_key": UUID(int=5), "version": 1}
    assert initial_of(None) == {}
