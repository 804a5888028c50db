import pytest

from forums.enums import PostStatus
from forums.models import Post
from moderation.actions import appeal_decision, decide_appeal
from moderation.enums import Action, AppealOutcome
from moderation.models import Appeal
from tests.moderation.helpers import SOON, decide, waiting_case

pytestmark = pytest.mark.usefixtures("five_past_noon")


def make_appeal(member, moderator, title="A day"):
    decision = decide(
        waiting_case(member, title=title), moderator, Action.DECLINE, reason="It sells.", note="Seen before."
    )
    return appeal_decision(decision, by=member, text="Please look again.", at=SOON)


@pytest.fixture
def appeal(member, moderator):
    """Ada's appeal against what Mia decided."""
    return make_appeal(member, moderator)


def page(appeal):
    return f"/review/appeals/{appeal.pk}/"


def test_appeals_lists_what_waits_with_the_reason_where_another_must_decide(as_user, appeal, member, other_moderator):
    theirs = make_appeal(member, other_moderator, title="Another")

    rows = as_user(other_moderator).get("/review/appeals/").context["rows"]

    assert [(row.appeal, bool(row.refusal)) for row in rows] == [(appeal, False), (theirs, True)]


def test_appeals_own_one_is_listed_with_the_reason_but_cannot_be_opened(as_user, moderator, other_moderator):
    own = make_appeal(moderator, other_moderator)
    browser = as_user(moderator)

    shown = browser.get("/review/appeals/").text
    assert "This is your own appeal." in shown
    assert "Seen before." not in shown
    assert browser.get(page(own)).status_code == 404
    assert browser.post(page(own), {"outcome": "reversed", "reason": "Mine."}).status_code == 404


def test_appeals_empty_says_so(as_user, moderator):
    assert "No appeal waits" in as_user(moderator).get("/review/appeals/").text


@pytest.mark.parametrize("appeals", [1, 3])
def test_appeals_number_of_queries_does_not_grow(
    as_user, member, moderator, other_moderator, django_assert_num_queries, appeals
):
    for number in range(appeals):
        make_appeal(member, moderator, title=f"Story {number}")
    browser = as_user(other_moderator)

    with django_assert_num_queries(5):
        browser.get("/review/appeals/")


def test_appeal_shows_words_reason_and_note_to_who_may_decide(as_user, appeal, other_moderator):
    text = as_user(other_moderator).get(page(appeal)).text

    for words in ("Please look again.", "It sells.", "Seen before.", "harder evening"):
        assert words in text
    assert "Decide the appeal" in text


def test_appeal_for_who_decided_shows_the_reason_instead_of_the_form(as_user, appeal, moderator):
    text = as_user(moderator).get(page(appeal)).text

    assert "You made this decision. A different person decides about the appeal." in text
    assert "Decide the appeal" not in text


@pytest.mark.parametrize(("outcome", "status"), [("upheld", PostStatus.DECLINED), ("reversed", PostStatus.PUBLISHED)])
def test_appeal_decided_with_reasons_is_told(as_user, appeal, other_moderator, member, outcome, status):
    answer = as_user(other_moderator).post(page(appeal), {"outcome": outcome, "reason": "Looked again."}, follow=True)

    assert answer.redirect_chain == [("/review/appeals/", 302)]
    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.decided_by) == (outcome, other_moderator)
    assert Post.objects.get(pk=appeal.decision.case.post_id).status == status
    assert member.notices.filter(kind="appeal").count() == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"reason": "Kept words."}, "outcome"),
        ({"outcome": "upheld", "reason": " "}, "reason"),
        ({"outcome": "open", "reason": "Kept words."}, "outcome"),
    ],
)
def test_appeal_incomplete_keeps_the_words(as_user, appeal, other_moderator, form, field):
    answer = as_user(other_moderator).post(page(appeal), form)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert form["reason"].strip() in answer.text
    assert Appeal.objects.get().outcome == AppealOutcome.OPEN


def test_appeal_by_who_decided_is_403_with_the_reason(as_user, appeal, moderator):
    answer = as_user(moderator).post(page(appeal), {"outcome": "upheld", "reason": "Mine."})

    assert answer.status_code == 403
    assert "You made this decision." in answer.text
    assert Appeal.objects.get().outcome == AppealOutcome.OPEN


def test_appeal_pressed_twice_is_decided_once(as_user, appeal, other_moderator, member):
    browser = as_user(other_moderator)
    form = {"outcome": "upheld", "reason": "Looked again."}

    browser.post(page(appeal), form)
    answer = browser.post(page(appeal), form, follow=True)

    assert "You had decided this already." in answer.text
    assert member.notices.filter(kind="appeal").count() == 1


def test_appeal_decided_by_another_meanwhile_is_a_conflict_with_the_words(as_user, appeal, other_moderator, lead):
    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.UPHELD, reason="It stands.", at=SOON)

    answer = as_user(lead).post(page(appeal), {"outcome": "reversed", "reason": "My own words."})

    assert answer.status_code == 409
    assert "My own words." in answer.text
    assert "the decision stands" in answer.text


def test_appeal_decided_can_still_be_read(as_user, appeal, other_moderator, lead):
    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.UPHELD, reason="It stands.", at=SOON)

    assert "It stands." in as_user(lead).get(page(appeal)).text
