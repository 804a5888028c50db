"""What moderators said that posts are about is kept for learning, and goes with the words."""

import pytest
from django.db.models import CASCADE

from forums.actions import resubmit_post, withdraw_post
from moderation.actions import About, appeal_decision, decide_appeal, forget_labels
from moderation.calibration import daily
from moderation.enums import Action, AppealOutcome
from moderation.models import Decision, ScreeningLabel
from moderation.screening.reading import Category
from tests.moderation.helpers import SOON, decide, waiting_case

SOURCING = About(frozenset({Category.SOURCING}), 2)
NOTHING = About(frozenset(), 1)


@pytest.fixture
def label(member, moderator):
    """What Mia said about a story of Ada."""
    return decide(waiting_case(member), moderator, Action.PUBLISH, about=SOURCING).screening_label


def test_decide_case_with_about_keeps_a_label_without_words(member, moderator):
    case = waiting_case(member, title="Lilacs")
    decision = decide(case, moderator, Action.PUBLISH, about=About(frozenset({Category.SOURCING, Category.MINOR}), 3))

    label = ScreeningLabel.objects.get()
    assert (label.post, label.post_version, label.decision, label.by) == (case.post, 1, decision, moderator)
    assert (label.categories, label.severity, label.at) == (["minor", "sourcing"], 3, SOON)
    assert "Lilacs" not in str(ScreeningLabel.objects.values())


def test_decide_case_without_about_keeps_none(member, moderator):
    decide(waiting_case(member), moderator, Action.PUBLISH)

    assert not ScreeningLabel.objects.exists()


def test_decide_case_with_nothing_found_is_a_label_too(member, moderator):
    decide(waiting_case(member), moderator, Action.PUBLISH, about=NOTHING)

    assert ScreeningLabel.objects.get().categories == []


def test_decide_case_escalated_keeps_none(member, moderator):
    decide(waiting_case(member), moderator, Action.ESCALATE, note="Worried.", about=SOURCING)

    assert not ScreeningLabel.objects.exists()


def test_decide_case_learning_turned_off_keeps_none(member, moderator, settings):
    settings.SCREENING_LEARNING = False
    decide(waiting_case(member), moderator, Action.PUBLISH, about=SOURCING)

    assert Decision.objects.count() == 1
    assert not ScreeningLabel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_withdraw_post_takes_its_labels_along(member, other_member, label, moderator):
    decide(waiting_case(other_member), moderator, Action.PUBLISH, about=SOURCING)

    withdraw_post(label.post, by=member, at=SOON)

    assert [kept.post.pen_name.member for kept in ScreeningLabel.objects.all()] == [other_member]


def test_daily_forgets_labels_of_posts_whose_withdrawal_was_not_announced(member, label, fresh_engine):
    # Inside a test's transaction nothing is announced: as when a process dies between commit and announcement.
    withdraw_post(label.post, by=member, at=SOON)
    assert ScreeningLabel.objects.exists()

    daily()

    assert not ScreeningLabel.objects.exists()


def test_forget_labels_takes_those_of_the_posts_alone(member, other_member, label, moderator):
    other = decide(waiting_case(other_member), moderator, Action.PUBLISH, about=SOURCING).screening_label

    assert forget_labels([label.post_id]) == 1
    assert list(ScreeningLabel.objects.all()) == [other]
    assert forget_labels([label.post_id]) == 0
    assert Decision.objects.count() == 2


def test_to_learn_from_has_what_still_stands(label):
    assert list(ScreeningLabel.objects.to_learn_from()) == [label]


def test_to_learn_from_leaves_out_words_that_were_taken_back(member, label):
    withdraw_post(label.post, by=member, at=SOON)

    assert not ScreeningLabel.objects.to_learn_from().exists()


def test_to_learn_from_leaves_out_words_that_their_author_replaced(member, moderator):
    label = decide(waiting_case(member), moderator, Action.CHANGE, reason="Because.", about=SOURCING).screening_label
    assert list(ScreeningLabel.objects.to_learn_from()) == [label]
    label.post.refresh_from_db()

    resubmit_post(label.post, by=member, body="Something else.", at=SOON)

    assert not ScreeningLabel.objects.to_learn_from().exists()


def test_to_learn_from_leaves_out_words_that_were_erased(label):
    type(label.post).objects.filter(pk=label.post_id).update(body="")

    assert not ScreeningLabel.objects.to_learn_from().exists()


@pytest.mark.parametrize(("outcome", "stays"), [(AppealOutcome.REVERSED, False), (AppealOutcome.UPHELD, True)])
def test_to_learn_from_leaves_out_what_an_appeal_reversed(member, moderator, other_moderator, outcome, stays):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.", about=SOURCING)
    appeal = appeal_decision(decision, by=member, text="Please look again.", at=SOON)
    decide_appeal(appeal, by=other_moderator, outcome=outcome, reason="Because.", at=SOON)

    assert ScreeningLabel.objects.to_learn_from().exists() is stays


def test_label_goes_with_its_post():
    assert ScreeningLabel._meta.get_field("post").remote_field.on_delete is CASCADE
