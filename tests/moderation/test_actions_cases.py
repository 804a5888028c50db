from datetime import timedelta

import pytest

from core.models import Event
from core.results import ConflictError, NotAllowedError
from forums.actions import withdraw_post
from moderation.actions import claim_case, claim_next_case, close_case_of, open_case, release_case, renew_lease
from moderation.actions.cases import LEASE
from moderation.enums import Action, CaseStatus
from moderation.models import Case
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import decide, waiting_case

LATER = NOON + timedelta(minutes=1)


def kinds(case):
    return list(Event.objects.about("case", case.pk).values_list("kind", flat=True))


def test_submitting_opens_one_case_in_the_same_transaction(member):
    post = factories.make_story(member)

    case = Case.objects.get(post=post)
    assert (case.status, case.opened_at, kinds(case)) == (CaseStatus.SCREENING, NOON, ["case_opened"])


def test_open_case_twice_is_one_case(member):
    post = factories.make_story(member)

    again = open_case(post, at=LATER)

    assert again == Case.objects.get(post=post)
    assert kinds(again) == ["case_opened"]


def test_open_case_of_a_changed_post_goes_back_to_the_case_that_asked(member, moderator):
    case = waiting_case(member)
    decide(case, moderator, Action.CHANGE, reason="Leave out the name.")

    again = open_case(case.post, at=LATER)

    assert (again.pk, again.status, again.screening_attempt) == (case.pk, CaseStatus.SCREENING, 0)
    assert kinds(case)[-1] == "case_reopened"


def test_claim_next_most_severe_then_soonest_due(member, moderator):
    mild = waiting_case(member, severity=2, title="one")
    late = waiting_case(member, severity=3, title="two", at=LATER)
    first = waiting_case(member, severity=3, title="three")

    claimed = []
    for _turn in range(3):
        case = claim_next_case(by=moderator, at=LATER)
        claimed.append(case.pk)
        decide(case, moderator, Action.PUBLISH, at=LATER)

    assert claimed == [first.pk, late.pk, mild.pk]
    assert claim_next_case(by=moderator, at=LATER) is None


def test_claim_next_who_holds_one_gets_that_one(member, moderator):
    held = waiting_case(member, severity=2, title="one")
    claim_case(held, by=moderator, at=NOON)
    waiting_case(member, severity=4, title="two")

    assert claim_next_case(by=moderator, at=LATER) == held


def test_claim_next_passes_over_own_words_and_escalated_ones(member, moderator, other_moderator, lead):
    waiting_case(moderator, severity=4)
    escalated = waiting_case(member, severity=3)
    decide(escalated, other_moderator, Action.ESCALATE, note="Worried.")

    assert claim_next_case(by=moderator, at=LATER + timedelta(hours=1)) is None
    assert claim_next_case(by=lead, at=LATER + timedelta(hours=1)) is not None


def test_claim_next_by_a_member_is_refused(member):
    with pytest.raises(NotAllowedError):
        claim_next_case(by=member, at=NOON)


def test_claim_next_after_giving_back_offers_others_first_then_the_same_again(member, moderator):
    pressing = waiting_case(member, severity=4, title="one")
    other = waiting_case(member, severity=2, title="two")
    claimed = claim_next_case(by=moderator, at=NOON)
    release_case(claimed, by=moderator, lease_number=claimed.lease_number, at=NOON)

    second = claim_next_case(by=moderator, at=LATER)
    release_case(second, by=moderator, lease_number=second.lease_number, at=LATER)

    assert (claimed, second) == (pressing, other)
    assert claim_next_case(by=moderator, at=LATER) == pressing


def test_claim_next_given_back_by_another_comes_at_once(member, moderator, other_moderator):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)
    release_case(case, by=moderator, lease_number=1, at=NOON)

    assert claim_next_case(by=other_moderator, at=LATER) == case


def test_claim_next_half_an_hour_after_giving_back_it_comes_first_again(member, moderator):
    pressing = waiting_case(member, severity=4, title="one")
    waiting_case(member, severity=2, title="two")
    claimed = claim_next_case(by=moderator, at=NOON)
    release_case(claimed, by=moderator, lease_number=claimed.lease_number, at=NOON)

    assert claim_next_case(by=moderator, at=NOON + timedelta(minutes=31)) == pressing


def test_claim_case_of_another_is_a_conflict(member, moderator, other_moderator):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)

    with pytest.raises(ConflictError):
        claim_case(case, by=other_moderator, at=LATER)
    case.refresh_from_db()
    assert case.lease_holder == moderator


def test_claim_case_twice_by_the_same_person_keeps_the_claim(member, moderator):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)

    again = claim_case(case, by=moderator, at=LATER)

    assert again.lease_number == 1
    assert kinds(case).count("case_claimed") == 1


def test_claim_case_after_the_lease_ran_out_goes_to_the_next(member, moderator, other_moderator):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)

    claim_case(case, by=other_moderator, at=NOON + LEASE)

    assert (case.lease_holder, case.lease_number) == (other_moderator, 2)


def test_claim_case_of_own_words_is_refused(moderator):
    with pytest.raises(NotAllowedError):
        claim_case(waiting_case(moderator), by=moderator, at=NOON)


def test_claim_case_that_is_closed_is_a_conflict(member, moderator, other_moderator):
    case = waiting_case(member)
    decide(case, moderator, Action.PUBLISH)

    with pytest.raises(ConflictError):
        claim_case(case, by=other_moderator, at=LATER)


def test_renew_lease_prolongs_and_only_for_its_holder(member, moderator, other_moderator):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)

    assert renew_lease(case, by=moderator, lease_number=1, at=LATER) is True
    assert renew_lease(case, by=other_moderator, lease_number=1, at=LATER) is False
    assert renew_lease(case, by=moderator, lease_number=2, at=LATER) is False
    case.refresh_from_db()
    assert case.lease_until == LATER + LEASE


def test_renew_lease_that_ran_out_untaken_is_renewed_taken_is_not(member, moderator, other_moderator):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)
    after = NOON + LEASE + timedelta(minutes=1)

    assert renew_lease(case, by=moderator, lease_number=1, at=after) is True
    claim_case(case, by=other_moderator, at=after + LEASE)
    assert renew_lease(case, by=moderator, lease_number=1, at=after + LEASE) is False


def test_release_case_gives_it_back_once_with_its_event(member, moderator, other_moderator):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)

    assert release_case(case, by=other_moderator, lease_number=1, at=LATER) is False
    assert release_case(case, by=moderator, lease_number=1, at=LATER) is True
    assert release_case(case, by=moderator, lease_number=1, at=LATER) is False
    case.refresh_from_db()
    assert (case.lease_holder, case.lease_until) == (None, None)
    assert kinds(case).count("case_released") == 1


def test_withdrawing_takes_the_case_off_the_desk(member, moderator, django_capture_on_commit_callbacks):
    case = waiting_case(member)
    claim_case(case, by=moderator, at=NOON)

    with django_capture_on_commit_callbacks(execute=True):
        withdraw_post(case.post, by=member, at=LATER)

    case.refresh_from_db()
    assert (case.status, case.lease_holder, kinds(case)[-1]) == (CaseStatus.CLOSED, None, "case_closed")
    assert close_case_of(case.post, at=LATER) is False


@pytest.mark.parametrize("status", [CaseStatus.SCREENING, CaseStatus.WAITING, CaseStatus.RETURNED])
def test_close_case_of_any_open_case_is_closed(member, status):
    case = waiting_case(member)
    Case.objects.filter(pk=case.pk).update(status=status)

    assert close_case_of(case.post, at=LATER) is True
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
