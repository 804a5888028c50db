from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.markup import FoldSpan
from core.models import Event
from core.results import ConflictError, InvalidError, NotAllowedError
from forums.actions import resubmit_post, withdraw_post
from forums.enums import PostStatus
from forums.models import Post
from moderation.actions import Verdict, claim_case, decide_case, set_case_aside
from moderation.enums import Action, CaseStatus, Severity
from moderation.models import Case, Decision
from moderation.screening.reading import Category
from moderation.signals import post_referred
from moderation.transitions import may_follow
from notices.models import Kind, Notice
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import BODY, SOON, decide, finding, place, reading, waiting_case

FOLD = FoldSpan(43, 86, "Talks about an evening")
# What each action needs besides its name.
NEEDS = {
    Action.PUBLISH: {},
    Action.FOLD: {"reason": "One part is hard.", "folds": (FOLD,)},
    Action.CHANGE: {"reason": "Leave out the name."},
    Action.DECLINE: {"reason": "It sells something."},
    Action.REFER: {},
    Action.ESCALATE: {"note": "Worried about tonight."},
}
AFTER = {
    Action.PUBLISH: (CaseStatus.CLOSED, PostStatus.PUBLISHED),
    Action.FOLD: (CaseStatus.CLOSED, PostStatus.PUBLISHED),
    Action.CHANGE: (CaseStatus.RETURNED, PostStatus.CHANGE_ASKED),
    Action.DECLINE: (CaseStatus.CLOSED, PostStatus.DECLINED),
    Action.REFER: (CaseStatus.CLOSED, PostStatus.PUBLISHED),
    Action.ESCALATE: (CaseStatus.WAITING, PostStatus.HELD),
}


def verdict(action, **changes):
    return Verdict(action=action, **(NEEDS.get(action, {}) | changes))


@pytest.mark.parametrize("action", NEEDS)
def test_decide_case_each_action_moves_case_and_post(member, moderator, action):
    case = waiting_case(member)

    decision = decide(case, moderator, action, **NEEDS[action])

    case.refresh_from_db()
    post = Post.objects.get(pk=case.post_id)
    assert (case.status, post.status) == AFTER[action]
    assert may_follow(CaseStatus.WAITING, case.status)
    assert (case.lease_holder, case.lease_until) == (None, None)
    assert post.human_read_at == SOON
    assert (decision.by, decision.at, decision.post_version, decision.severity) == (moderator, SOON, 1, 2)
    events = Event.objects.about("case", case.pk)
    assert events.last().kind == "case_decided"
    assert events.last().data == {"action": action, "decision": decision.pk}


def test_decide_case_none_leaves_a_published_post_as_it_is(member, moderator):
    case = waiting_case(member, found=reading(severity=1))

    decide(case, moderator, Action.NONE)

    case.refresh_from_db()
    assert (case.status, case.post.status) == (CaseStatus.CLOSED, PostStatus.PUBLISHED)


@pytest.mark.parametrize("action", [Action.CHANGE, Action.DECLINE])
def test_decide_case_published_opening_taken_down_leaves_the_pages(member, moderator, action):
    case = waiting_case(member, found=reading(severity=1))

    decide(case, moderator, action, reason="Because.")

    post = Post.objects.select_related("thread").get(pk=case.post_id)
    assert post.status == AFTER[action][1]
    assert post.thread.published_at is None


def test_decide_case_fold_stores_and_shows_the_line(member, moderator):
    case = waiting_case(member)

    decision = decide(case, moderator, Action.FOLD, **NEEDS[Action.FOLD])

    post = Post.objects.get(pk=case.post_id)
    assert decision.passages == [[43, 86]]
    assert "<summary>Talks about an evening</summary>" in post.body_html
    assert post.body == BODY


@pytest.mark.parametrize("action", [Action.FOLD, Action.CHANGE, Action.DECLINE])
def test_decide_case_restriction_tells_the_author_once(member, moderator, action):
    decision = decide(waiting_case(member), moderator, action, **NEEDS[action])

    kind = Kind.CHANGE_ASKED if action == Action.CHANGE else Kind.DECISION
    notice = Notice.objects.get(member=member, kind=kind)
    assert notice.path == f"/me/decisions/{decision.pk}/"


@pytest.mark.parametrize("action", [Action.PUBLISH, Action.REFER, Action.ESCALATE])
def test_decide_case_without_restriction_sends_no_statement(member, moderator, action):
    decide(waiting_case(member), moderator, action, **NEEDS[action])

    assert not Notice.objects.filter(kind__in=[Kind.DECISION, Kind.CHANGE_ASKED]).exists()


def test_decide_case_guests_post_is_published_after_a_person_read_it(member, moderator):
    story = factories.make_published_story(member)
    reply = factories.submit_reply(story.thread, body="Hello there.", at=NOON, guest_name="Passing by")
    case = place(reply, reading())

    decide(case, moderator, Action.DECLINE, reason="It sells something.")
    again = Post.objects.get(pk=reply.pk)

    assert (again.status, again.human_read_at) == (PostStatus.DECLINED, SOON)
    assert not Notice.objects.filter(kind=Kind.DECISION).exists()


def test_decide_case_where_screening_failed_the_person_has_read_it_instead(member, moderator):
    post = factories.make_story(member)
    case = Case.objects.get(post=post)
    assert set_case_aside(case, attempt=0, at=NOON)

    decide(case, moderator, Action.PUBLISH)

    post.refresh_from_db()
    assert (post.status, post.screened_at) == (PostStatus.PUBLISHED, SOON)


def test_decide_case_refer_announces_after_commit(member, moderator, django_capture_on_commit_callbacks):
    heard = []

    def listen(post_id, **_kwargs):
        heard.append(post_id)

    post_referred.connect(listen)
    case = waiting_case(member)
    with django_capture_on_commit_callbacks(execute=True):
        decide(case, moderator, Action.REFER)
    post_referred.disconnect(listen)

    assert heard == [case.post_id]


def test_decide_case_escalate_is_urgent_and_for_a_lead_who_may_decide(member, moderator, lead):
    case = waiting_case(member, severity=2)
    decide(case, moderator, Action.ESCALATE, **NEEDS[Action.ESCALATE])
    case.refresh_from_db()

    assert (case.for_lead, case.severity) == (True, Severity.URGENT)
    with pytest.raises(NotAllowedError):
        claim_case(case, by=moderator, at=SOON)
    decide(case, lead, Action.PUBLISH, at=SOON + timedelta(minutes=1))
    assert list(Decision.objects.order_by("pk").values_list("action", flat=True)) == ["escalate", "publish"]


@pytest.mark.parametrize(
    ("action", "changes", "field"),
    [
        ("burn", {}, "action"),
        ("mask", {}, "action"),
        (Action.FOLD, {"reason": "  "}, "reason"),
        (Action.CHANGE, {"reason": ""}, "reason"),
        (Action.DECLINE, {"reason": ""}, "reason"),
        (Action.FOLD, {"folds": ()}, "folds"),
        (Action.ESCALATE, {"note": " "}, "note"),
    ],
)
def test_decide_case_incomplete_verdict_is_refused_and_nothing_is_written(member, moderator, action, changes, field):
    case = claim_case(waiting_case(member), by=moderator, at=NOON)

    with pytest.raises(InvalidError) as caught:
        decide_case(case, verdict(action, **changes), by=moderator, lease_number=1, post_version=1, at=SOON)

    assert caught.value.field == field
    assert Decision.objects.count() == 0


def test_decide_case_what_the_rules_deny_is_refused(member, moderator):
    case = claim_case(
        waiting_case(member, found=reading(finding(Category.SUICIDE_SELF_HARM, 3))), by=moderator, at=NOON
    )

    with pytest.raises(NotAllowedError):
        decide_case(case, verdict(Action.DECLINE), by=moderator, lease_number=1, post_version=1, at=SOON)
    assert Decision.objects.count() == 0


def test_decide_case_twice_is_a_conflict_and_one_row(member, moderator):
    case = waiting_case(member)
    decide(case, moderator, Action.PUBLISH)

    with pytest.raises(ConflictError):
        decide_case(case, verdict(Action.DECLINE), by=moderator, lease_number=1, post_version=1, at=SOON)
    assert [one.action for one in Decision.objects.all()] == [Action.PUBLISH]


def test_decide_case_without_a_claim_is_a_conflict(member, moderator):
    case = waiting_case(member)

    with pytest.raises(ConflictError, match="Take it first"):
        decide_case(case, verdict(Action.PUBLISH), by=moderator, lease_number=0, post_version=1, at=SOON)


def test_decide_case_that_another_has_taken_is_a_conflict(member, moderator, other_moderator):
    case = claim_case(waiting_case(member), by=moderator, at=NOON)
    claim_case(case, by=other_moderator, at=NOON + timedelta(hours=1))

    with pytest.raises(ConflictError, match="somebody else has it"):
        decide_case(case, verdict(Action.PUBLISH), by=moderator, lease_number=1, post_version=1, at=SOON)


def test_decide_case_from_an_older_claim_is_a_conflict(member, moderator):
    case = claim_case(waiting_case(member), by=moderator, at=NOON)
    claim_case(case, by=moderator, at=NOON + timedelta(hours=1))

    with pytest.raises(ConflictError, match="opened last"):
        decide_case(case, verdict(Action.PUBLISH), by=moderator, lease_number=1, post_version=1, at=SOON)


def test_decide_case_lease_ran_out_but_nobody_took_it_is_decided(member, moderator):
    case = claim_case(waiting_case(member), by=moderator, at=NOON)

    late = NOON + timedelta(hours=1)
    decision = decide_case(case, verdict(Action.PUBLISH), by=moderator, lease_number=1, post_version=1, at=late)

    assert decision.at == late


def test_decide_case_words_changed_meanwhile_is_a_conflict(member, moderator, other_moderator):
    case = waiting_case(member)
    decide(case, other_moderator, Action.CHANGE, reason="Leave out the name.")
    post = Post.objects.get(pk=case.post_id)
    resubmit_post(post, by=member, body="Without the name.", at=SOON)
    place(post, reading(finding()), at=SOON)
    case.refresh_from_db()
    taken = claim_case(case, by=moderator, at=SOON)

    with pytest.raises(ConflictError, match="changed the post meanwhile"):
        decide_case(
            taken, verdict(Action.PUBLISH), by=moderator, lease_number=taken.lease_number, post_version=1, at=SOON
        )
    assert Decision.objects.count() == 1


def test_decide_case_taken_back_meanwhile_is_a_conflict(member, moderator):
    case = claim_case(waiting_case(member), by=moderator, at=NOON)
    # The announcement that would close the case comes after commit, which a test's transaction never reaches.
    withdraw_post(case.post, by=member, at=NOON)

    with pytest.raises(ConflictError, match="taken the post back"):
        decide_case(case, verdict(Action.PUBLISH), by=moderator, lease_number=1, post_version=1, at=SOON)


def test_decide_case_was_flagged_says_whether_screening_brought_it(member, moderator):
    flagged = decide(waiting_case(member), moderator, Action.PUBLISH)
    looked_at = decide(waiting_case(member, found=reading(severity=1), title="Another"), moderator, Action.NONE)

    assert (flagged.was_flagged, looked_at.was_flagged) == (True, False)


@pytest.mark.parametrize("action", [Action.FOLD, Action.CHANGE, Action.DECLINE])
def test_restriction_without_reason_is_refused_by_the_database_too(member, moderator, action):
    case = waiting_case(member)

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            case=case, action=action, by=moderator, at=NOON, post_version=1, severity=2, reason="", was_flagged=True
        )


def test_unknown_action_is_refused_by_the_database_too(member, moderator):
    case = waiting_case(member)

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            case=case, action="burn", by=moderator, at=NOON, post_version=1, severity=2, was_flagged=True
        )


def test_decision_can_be_neither_changed_nor_deleted(member, moderator):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(reason="Other words.")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).delete()
    decision.refresh_from_db()
    assert decision.reason == "Because."
