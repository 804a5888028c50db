import pytest
from django.db import IntegrityError, transaction

from core.markup import FoldSpan
from core.models import Event
from core.results import ConflictError, InvalidError, NotAllowedError
from forums.actions import resubmit_post, withdraw_post
from forums.enums import PostStatus
from forums.models import Post
from moderation.actions import appeal_decision, decide_appeal
from moderation.enums import Action, AppealOutcome, CaseStatus
from moderation.models import Appeal, Case
from notices.models import Kind, Notice
from tests.factories import NOON
from tests.moderation.helpers import SOON, decide, waiting_case

WORDS = {
    Action.FOLD: {"reason": "One part is hard.", "folds": (FoldSpan(0, 40, "Weather"),)},
    Action.CHANGE: {"reason": "Leave out the name."},
    Action.DECLINE: {"reason": "It sells something."},
}


def make_appeal(member, moderator, action=Action.DECLINE):
    decision = decide(waiting_case(member), moderator, action, **WORDS[action])
    return appeal_decision(decision, by=member, text="Please look again.", at=SOON)


def test_appeal_decision_is_kept_with_its_event(member, moderator):
    appeal = make_appeal(member, moderator)

    assert (appeal.member, appeal.decision_by, appeal.outcome) == (member, moderator, AppealOutcome.OPEN)
    assert Event.objects.get(subject="appeal", subject_id=appeal.pk).kind == "appeal_made"


@pytest.mark.parametrize("text", ["", "  \n", "x" * 5001])
def test_appeal_decision_empty_or_endless_is_refused(member, moderator, text):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.")

    with pytest.raises(InvalidError) as caught:
        appeal_decision(decision, by=member, text=text, at=SOON)
    assert caught.value.field == "text"


def test_appeal_decision_by_another_is_refused(member, other_member, moderator):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.")

    with pytest.raises(NotAllowedError):
        appeal_decision(decision, by=other_member, text="Let me.", at=SOON)


def test_appeal_decision_twice_is_refused(member, moderator):
    appeal = make_appeal(member, moderator)

    with pytest.raises(NotAllowedError, match="already"):
        appeal_decision(appeal.decision, by=member, text="Again.", at=SOON)
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("action", WORDS)
def test_decide_appeal_reversed_restores_the_post(member, moderator, other_moderator, action):
    appeal = make_appeal(member, moderator, action)

    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.REVERSED, reason="You are right.", at=SOON)

    post = Post.objects.get(pk=appeal.decision.case.post_id)
    assert post.status == PostStatus.PUBLISHED
    assert "<details" not in post.body_html
    assert post.folds.count() == 0
    assert Case.objects.get(post=post).status == CaseStatus.CLOSED
    assert Notice.objects.filter(member=member, kind=Kind.APPEAL).count() == 1


@pytest.mark.parametrize("action", WORDS)
def test_decide_appeal_upheld_changes_nothing_but_says_why(member, moderator, other_moderator, action):
    appeal = make_appeal(member, moderator, action)
    before = Post.objects.get(pk=appeal.decision.case.post_id)

    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.UPHELD, reason=" It stands. ", at=SOON)

    after = Post.objects.get(pk=before.pk)
    assert (after.status, after.body_html) == (before.status, before.body_html)
    assert (appeal.outcome_reason, appeal.decided_by, appeal.decided_at) == ("It stands.", other_moderator, SOON)
    assert Event.objects.about("appeal", appeal.pk).last().data == {"outcome": "upheld"}


def test_decide_appeal_by_the_same_person_is_refused(member, moderator):
    appeal = make_appeal(member, moderator)

    with pytest.raises(NotAllowedError, match="A different person"):
        decide_appeal(appeal, by=moderator, outcome=AppealOutcome.UPHELD, reason="It stands.", at=SOON)


def test_decide_appeal_by_the_same_person_is_refused_by_the_database_too(member, moderator):
    appeal = make_appeal(member, moderator)

    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            outcome=AppealOutcome.UPHELD, outcome_reason="It stands.", decided_by=moderator, decided_at=NOON
        )


def test_decide_appeal_without_reasons_is_refused_by_the_database_too(member, moderator, other_moderator):
    appeal = make_appeal(member, moderator)

    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            outcome=AppealOutcome.UPHELD, outcome_reason="", decided_by=other_moderator, decided_at=NOON
        )


@pytest.mark.parametrize(
    ("outcome", "reason", "field"),
    [("open", "Because.", "outcome"), ("burnt", "Because.", "outcome"), ("upheld", " ", "reason")],
)
def test_decide_appeal_incomplete_is_refused(member, moderator, other_moderator, outcome, reason, field):
    appeal = make_appeal(member, moderator)

    with pytest.raises(InvalidError) as caught:
        decide_appeal(appeal, by=other_moderator, outcome=outcome, reason=reason, at=SOON)
    assert caught.value.field == field


def test_decide_appeal_second_person_comes_too_late(member, moderator, other_moderator, lead):
    appeal = make_appeal(member, moderator)
    stale = Appeal.objects.get(pk=appeal.pk)
    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.UPHELD, reason="It stands.", at=SOON)

    with pytest.raises(ConflictError):
        decide_appeal(stale, by=lead, outcome=AppealOutcome.REVERSED, reason="No.", at=SOON)
    assert Appeal.objects.get().outcome == AppealOutcome.UPHELD


def test_decide_appeal_reversed_leaves_newer_words_alone(member, moderator, other_moderator):
    appeal = make_appeal(member, moderator, Action.CHANGE)
    post = Post.objects.get(pk=appeal.decision.case.post_id)
    resubmit_post(post, by=member, body="New words.", at=SOON)

    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.REVERSED, reason="You are right.", at=SOON)

    assert Post.objects.get(pk=post.pk).status == PostStatus.HELD
    assert Case.objects.get(post=post).status == CaseStatus.SCREENING


def test_decide_appeal_reversed_leaves_a_withdrawn_post_alone(member, moderator, other_moderator):
    appeal = make_appeal(member, moderator)
    withdraw_post(appeal.decision.case.post, by=member, at=SOON)

    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.REVERSED, reason="You are right.", at=SOON)

    assert Post.objects.get(pk=appeal.decision.case.post_id).status == PostStatus.WITHDRAWN
