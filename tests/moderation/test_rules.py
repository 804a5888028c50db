from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Role
from core.results import Allowed
from moderation import rules
from moderation.actions import appeal_decision, decide_appeal
from moderation.enums import Action, AppealOutcome
from moderation.models import Case
from moderation.screening.reading import Category, When, Who
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import decide, finding, place, reading, waiting_case


def words(answer):
    return str(answer.reason)


def test_can_review_desk_roles_may(moderator, lead, operator):
    assert [rules.can_review(one) for one in (moderator, lead, operator)] == [Allowed()] * 3


def test_can_review_others_are_told_who_may(member, counselor, suspended):
    reason = "The review desk is open to moderators, safety leads and operators."

    assert [words(rules.can_review(one)) for one in (member, counselor, AnonymousUser(), suspended)] == [reason] * 4


def test_can_review_without_the_second_factor_is_told_about_it(moderator, settings):
    settings.STAFF_SECOND_FACTOR, settings.DEMO = True, False

    assert words(rules.can_review(moderator)).startswith("Set up a passkey")


def test_can_take_case_a_moderator_may(member, moderator):
    assert rules.can_take_case(moderator, waiting_case(member)) == Allowed()


def test_can_take_case_a_member_may_not(member, other_member):
    assert not rules.can_take_case(other_member, waiting_case(member))


def test_can_take_case_of_own_words_is_refused(moderator):
    assert words(rules.can_take_case(moderator, waiting_case(moderator))).startswith("These are your own words.")


def test_can_take_case_escalated_waits_for_a_lead(member, moderator, lead, operator):
    case = waiting_case(member)
    decide(case, moderator, Action.ESCALATE, note="Worried.")
    case.refresh_from_db()

    assert words(rules.can_take_case(moderator, case)) == "This case waits for a safety lead."
    assert rules.can_take_case(lead, case) == rules.can_take_case(operator, case) == Allowed()


def test_can_decide_without_the_right_to_take_is_refused(moderator):
    assert not rules.can_decide(moderator, waiting_case(moderator), Action.PUBLISH, None)


@pytest.mark.parametrize(
    "category",
    [
        Category.SUICIDE_SELF_HARM,
        Category.OVERDOSE_NOW,
        Category.DANGEROUS_WITHDRAWAL,
        Category.VIOLENCE_COERCION,
    ],
)
@pytest.mark.parametrize("who", [Who.WRITER, Who.OTHER])
def test_can_decide_decline_of_somebody_in_danger_is_refused(member, moderator, category, who):
    case = waiting_case(member)
    grave = finding(category, 3, who=who)

    assert "a cry for help is never answered by removing it" in words(
        rules.can_decide(moderator, case, Action.DECLINE, reading(grave))
    )


@pytest.mark.parametrize(("who", "is_allowed"), [(Who.WRITER, False), (Who.OTHER, True)])
def test_can_decide_lead_may_judge_that_somebody_else_is_in_no_danger(member, lead, who, is_allowed):
    found = reading(finding(Category.OVERDOSE_NOW, 4, who=who))

    assert bool(rules.can_decide(lead, waiting_case(member), Action.DECLINE, found)) == is_allowed


@pytest.mark.parametrize(
    "found",
    [
        None,
        reading(),
        reading(finding(Category.SUICIDE_SELF_HARM, 2)),
        reading(finding(Category.SUICIDE_SELF_HARM, 3, who=Who.PARTNER)),
        reading(finding(Category.SOURCING, 3)),
        reading(finding(Category.SUICIDE_SELF_HARM, 1, when=When.PAST)),
    ],
)
def test_can_decide_decline_otherwise_is_allowed(member, moderator, found):
    assert rules.can_decide(moderator, waiting_case(member), Action.DECLINE, found) == Allowed()


def test_can_decide_nothing_to_do_only_for_what_is_published(member, moderator):
    held = waiting_case(member)
    shown = waiting_case(member, found=reading(severity=1), title="Another day")

    assert words(rules.can_decide(moderator, held, Action.NONE, None)).startswith("This post is still held")
    shown.post.refresh_from_db()
    assert rules.can_decide(moderator, shown, Action.NONE, None) == Allowed()


def test_can_decide_change_of_a_guests_words_is_refused(member, moderator):
    story = factories.make_published_story(member)
    reply = factories.submit_reply(story.thread, body="Hello there.", at=NOON, guest_name="Passing by")
    case = place(reply, reading())

    assert words(rules.can_decide(moderator, case, Action.CHANGE, None)).startswith("A guest cannot be reached")


@pytest.mark.parametrize("action", Action)
def test_can_decide_plain_held_post_everything_but_nothing(member, moderator, action):
    answer = rules.can_decide(moderator, waiting_case(member), action, reading())

    assert bool(answer) is (action != Action.NONE)


def test_can_appeal_author_within_six_months(member, other_member, moderator):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.")

    assert rules.can_appeal(member, decision, decision.at + timedelta(days=183)) == Allowed()
    late = rules.can_appeal(member, decision, decision.at + timedelta(days=183, seconds=1))
    assert words(late) == "Six months have passed, so this can no longer be appealed."
    stranger = rules.can_appeal(other_member, decision, decision.at)
    assert words(stranger) == "Only the person whose words were decided about can appeal."


def test_can_appeal_guests_words_have_nobody_to_appeal(member, moderator):
    story = factories.make_published_story(member)
    reply = factories.submit_reply(story.thread, body="Hello there.", at=NOON, guest_name="Passing by")
    place(reply, reading())
    decision = decide(Case.objects.get(post=reply), moderator, Action.DECLINE, reason="Because.")

    assert not rules.can_appeal(member, decision, NOON)


def test_can_appeal_what_restricted_nothing_is_refused(member, moderator):
    decision = decide(waiting_case(member), moderator, Action.PUBLISH)

    assert (
        words(rules.can_appeal(member, decision, NOON))
        == "Nothing was restricted, so there is nothing to appeal against."
    )


def test_can_appeal_twice_is_refused(member, moderator):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.")
    appeal_decision(decision, by=member, text="Please look again.", at=NOON)

    assert words(rules.can_appeal(member, decision, NOON)) == "You have appealed already."


@pytest.fixture
def appeal(member, moderator):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.")
    return appeal_decision(decision, by=member, text="Please look again.", at=NOON)


def test_can_decide_appeal_only_a_different_moderator(appeal, member, moderator, other_moderator, lead):
    assert words(rules.can_decide_appeal(moderator, appeal)).startswith("You made this decision.")
    assert not rules.can_decide_appeal(member, appeal)
    assert rules.can_decide_appeal(other_moderator, appeal) == rules.can_decide_appeal(lead, appeal) == Allowed()


def test_can_decide_appeal_of_ones_own_is_refused(moderator, other_moderator):
    decision = decide(waiting_case(moderator), other_moderator, Action.DECLINE, reason="Because.")
    own = appeal_decision(decision, by=moderator, text="Please look again.", at=NOON)

    assert words(rules.can_decide_appeal(moderator, own)).startswith("This is your own appeal.")


def test_can_decide_appeal_again_is_refused(appeal, other_moderator, lead):
    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.UPHELD, reason="It stands.", at=NOON)

    assert words(rules.can_decide_appeal(lead, appeal)) == "This appeal has been decided."


def test_can_keep_rota_leads_and_operators_may(moderator, lead, operator):
    assert [bool(rules.can_keep_rota(one)) for one in (moderator, lead, operator)] == [False, True, True]


def test_can_write_rules_operators_may(lead, operator):
    assert [bool(rules.can_write_rules(one)) for one in (lead, operator)] == [False, True]


def test_can_be_on_duty_needs_the_role_of_the_desk(member, moderator, lead, operator, counselor, suspended):
    assert [bool(rules.can_be_on_duty(one, Role.MODERATOR)) for one in (moderator, lead, operator)] == [True] * 3
    assert [bool(rules.can_be_on_duty(one, Role.MODERATOR)) for one in (member, counselor, suspended)] == [False] * 3
    assert [bool(rules.can_be_on_duty(one, Role.COUNSELOR)) for one in (counselor, moderator)] == [True, False]
    assert words(rules.can_be_on_duty(operator, Role.OPERATOR)) == "Choose a role that has a desk."
