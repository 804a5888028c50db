"""Two people at the same moment, on real connections: one wins, the other is told, and nothing is written twice."""

import threading

import pytest
from django.db import connection

from core.models import Event
from core.results import ConflictError, NotAllowedError
from forums.models import Post
from moderation.actions import (
    Verdict,
    appeal_decision,
    claim_case,
    claim_next_case,
    decide_appeal,
    decide_case,
    open_case,
    place_case,
    set_case_aside,
)
from moderation.enums import Action, AppealOutcome, CaseStatus
from moderation.models import Appeal, Case, Decision, ReadingRecord
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import SOON, decide, reading, waiting_case

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run `works` each in a thread of its own, let go at the same moment; return what each returned or raised, in order."""
    gate = threading.Barrier(len(works), timeout=20)
    results = [None] * len(works)

    def run(place, work):
        try:
            connection.ensure_connection()
            gate.wait()
            results[place] = work()
        except Exception as error:  # noqa: BLE001  the outcome is what is tested
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def kinds(case):
    return sorted(Event.objects.about("case", case.pk).values_list("kind", flat=True))


@pytest.mark.parametrize("_round", range(5))
def test_claim_next_two_people_one_case_one_of_them_has_it(member, moderator, other_moderator, _round):
    case = waiting_case(member)

    results = at_once(
        lambda: claim_next_case(by=moderator, at=SOON), lambda: claim_next_case(by=other_moderator, at=SOON)
    )

    assert sorted(str(result) for result in results) == sorted(["None", str(case)])
    case.refresh_from_db()
    winner = (moderator, other_moderator)[0 if results[0] is not None else 1]
    assert (case.lease_holder, case.lease_number) == (winner, 1)
    assert kinds(case).count("case_claimed") == 1


@pytest.mark.parametrize("_round", range(5))
def test_claim_next_four_people_four_cases_each_has_one(member, moderator, other_moderator, lead, operator, _round):
    cases = {waiting_case(member, title=f"Story {number}").pk for number in range(4)}

    results = at_once(
        *(
            lambda person=person: claim_next_case(by=person, at=SOON)
            for person in (moderator, other_moderator, lead, operator)
        )
    )

    assert {result.pk for result in results} == cases
    assert Case.objects.values("lease_holder").distinct().count() == 4


def test_claim_case_two_people_one_is_told(member, moderator, other_moderator):
    case = waiting_case(member)
    stale = Case.objects.get(pk=case.pk)

    results = at_once(
        lambda: claim_case(case, by=moderator, at=SOON), lambda: claim_case(stale, by=other_moderator, at=SOON)
    )

    assert {type(result) for result in results} == {Case, ConflictError}
    assert kinds(case).count("case_claimed") == 1


@pytest.mark.parametrize("_round", range(5))
def test_decide_case_two_tabs_of_one_person_one_decision(member, moderator, _round):
    case = claim_case(waiting_case(member), by=moderator, at=SOON)

    def press(action, reason):
        verdict = Verdict(action=action, reason=reason)
        return decide_case(case, verdict, by=moderator, lease_number=1, post_version=1, at=SOON)

    results = at_once(lambda: press(Action.PUBLISH, ""), lambda: press(Action.DECLINE, "It sells."))

    assert {type(result) for result in results} == {Decision, ConflictError}
    decision = Decision.objects.get()
    status = {"publish": "published", "decline": "declined"}[decision.action]
    assert Post.objects.get(pk=case.post_id).status == status
    assert kinds(case).count("case_decided") == 1


@pytest.mark.parametrize("_round", range(3))
def test_decide_appeal_two_people_one_outcome(member, moderator, other_moderator, lead, _round):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="It sells.")
    appeal = appeal_decision(decision, by=member, text="Please look again.", at=SOON)

    def answer(person, outcome):
        return decide_appeal(Appeal.objects.get(pk=appeal.pk), by=person, outcome=outcome, reason="I read it.", at=SOON)

    results = at_once(
        lambda: answer(other_moderator, AppealOutcome.UPHELD), lambda: answer(lead, AppealOutcome.REVERSED)
    )

    won = [result for result in results if isinstance(result, Appeal)]
    lost = [result for result in results if isinstance(result, ConflictError | NotAllowedError)]
    assert (len(won), len(lost)) == (1, 1)
    decided = Appeal.objects.get()
    assert decided.outcome == won[0].outcome
    published = Post.objects.get(pk=decision.case.post_id).is_published
    assert published is (decided.outcome == AppealOutcome.REVERSED)


@pytest.mark.parametrize("_round", range(3))
def test_appeal_decision_pressed_twice_at_once_is_one_appeal(member, moderator, _round):
    decision = decide(waiting_case(member), moderator, Action.DECLINE, reason="It sells.")

    def press():
        return appeal_decision(decision, by=member, text="Please look again.", at=SOON)

    results = at_once(press, press)

    assert sum(isinstance(result, Appeal) for result in results) == 1
    assert sum(isinstance(result, ConflictError | NotAllowedError) for result in results) == 1
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_open_case_announced_twice_at_once_is_one_case(member, _round):
    post = factories.make_story(member)
    Case.objects.filter(post=post).update(status=CaseStatus.CLOSED, closed_at=NOON)

    results = at_once(lambda: open_case(post, at=SOON), lambda: open_case(post, at=SOON))

    assert results[0] == results[1]
    assert Case.objects.filter(post=post).open().count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_place_case_two_workers_of_one_attempt_one_reading(member, _round):
    post = factories.make_story(member)
    case = Case.objects.get(post=post)

    results = at_once(
        lambda: place_case(case, reading(severity=2), attempt=0, post_version=1, at=SOON),
        lambda: set_case_aside(case, attempt=0, at=SOON),
    )

    assert sorted(results) == [False, True]
    assert ReadingRecord.objects.count() == (1 if results[0] else 0)
    assert kinds(case).count("case_placed") == 1
