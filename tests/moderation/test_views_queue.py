from datetime import time, timedelta

import pytest

from accounts.models import Role
from moderation.actions import add_shift, appeal_decision, claim_case, note_screening_state
from moderation.enums import Action
from moderation.models import Case
from moderation.views.queue import CASES_PER_PAGE
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import BODY, SOON, decide, place, reading, waiting_case

pytestmark = pytest.mark.usefixtures("five_past_noon")

STAFF_PAGES = ["/review/", "/review/cases/{case}/", "/review/appeals/", "/review/appeals/{appeal}/", "/review/rota/"]
STAFF_PAGES += ["/review/screening/"]
STAFF_POSTS = [
    "/review/next/",
    "/review/cases/{case}/claim/",
    "/review/cases/{case}/renew/",
    "/review/cases/{case}/release/",
    "/review/cases/{case}/decide/",
    "/review/appeals/{appeal}/",
    "/review/rota/add/",
    "/review/rota/{shift}/remove/",
]
REASON = "The review desk is open to moderators, safety leads and operators."


@pytest.fixture
def things(other_member, other_moderator, lead, operator):
    """A waiting case, an appeal and a shift, none of them of Ada or Mia."""
    case = waiting_case(other_member)
    declined = waiting_case(other_member, title="Declined")
    decision = decide(declined, other_moderator, Action.DECLINE, reason="Because.")
    appeal = appeal_decision(decision, by=other_member, text="Please look again.", at=SOON)
    shift = add_shift(
        other_moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON
    )
    return {"case": case.pk, "appeal": appeal.pk, "shift": shift.pk}


def state_of(things):
    case = Case.objects.get(pk=things["case"])
    return case.lease_holder_id, case.status, case.decisions.count()


@pytest.mark.parametrize("path", [*STAFF_PAGES, *STAFF_POSTS])
@pytest.mark.parametrize("person", ["member", "counselor"])
def test_staff_page_for_others_is_403_with_the_reason(request, as_user, things, path, person):
    browser = as_user(request.getfixturevalue(person))
    method = browser.post if path in STAFF_POSTS else browser.get

    answer = method(path.format(**things))

    assert answer.status_code == 403
    assert REASON in answer.text
    assert state_of(things) == (None, "waiting", 0)


@pytest.mark.parametrize("path", [*STAFF_PAGES, *STAFF_POSTS])
@pytest.mark.parametrize("person", [None, "suspended"])
def test_staff_page_without_a_session_asks_to_sign_in(request, as_user, things, path, person):
    browser = as_user(request.getfixturevalue(person) if person else None)
    method = browser.post if path in STAFF_POSTS else browser.get

    answer = method(path.format(**things))

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/review/")
    assert state_of(things) == (None, "waiting", 0)


@pytest.mark.parametrize("path", STAFF_PAGES)
@pytest.mark.parametrize("person", ["moderator", "lead", "operator"])
def test_staff_page_for_the_desk_is_shown(request, as_user, things, path, person):
    assert as_user(request.getfixturevalue(person)).get(path.format(**things)).status_code == 200


@pytest.mark.parametrize("path", [path for path in STAFF_POSTS if path != "/review/appeals/{appeal}/"])
def test_staff_post_by_get_is_405_and_changes_nothing(as_user, lead, things, path):
    assert as_user(lead).get(path.format(**things)).status_code == 405
    assert state_of(things) == (None, "waiting", 0)


@pytest.mark.parametrize("path", [path for path in [*STAFF_PAGES, *STAFF_POSTS] if "{" in path])
def test_staff_page_of_an_unknown_id_is_404(as_user, lead, path):
    browser = as_user(lead)
    method = browser.post if path in STAFF_POSTS else browser.get

    assert method(path.format(case=999, appeal=999, shift=999)).status_code == 404


@pytest.mark.parametrize("path", [path for path in [*STAFF_PAGES, *STAFF_POSTS] if "{case}" in path])
def test_staff_page_of_a_case_about_own_words_is_404(as_user, moderator, path):
    case = waiting_case(moderator)
    browser = as_user(moderator)
    method = browser.post if path in STAFF_POSTS else browser.get

    assert method(path.format(case=case.pk)).status_code == 404


@pytest.mark.parametrize("path", STAFF_POSTS)
def test_staff_post_without_token_is_refused(client, moderator, things, path):
    client.handler.enforce_csrf_checks = True
    client.force_login(moderator)

    assert client.post(path.format(**things), {"action": "publish"}).status_code == 403
    assert state_of(things) == (None, "waiting", 0)


def test_queue_most_severe_first_then_soonest_due_without_story_text(as_user, member, moderator):
    waiting_case(member, severity=2, title="Alpha secret")
    waiting_case(member, severity=4, title="Beta secret")
    waiting_case(member, severity=2, title="Gamma secret", at=NOON - timedelta(hours=1))

    answer = as_user(moderator).get("/review/")

    rows = answer.context["rows"]
    assert [row.case.post.thread.title for row in rows] == ["Beta secret", "Gamma secret", "Alpha secret"]
    assert "secret" not in answer.text
    assert BODY.split()[2] not in answer.text
    assert answer.text.count("Quiet Heron") == 3


def test_queue_late_ones_are_marked_in_words(as_user, member, moderator):
    waiting_case(member, severity=3, at=NOON - timedelta(hours=6))

    answer = as_user(moderator).get("/review/")

    assert '<span class="late">late by 2 hours</span>' in answer.text
    assert [(level.severity, level.waiting, level.late, level.oldest) for level in answer.context["levels"]] == [
        (3, 1, 1, "6 hours")
    ]


def test_queue_says_who_holds_what(as_user, member, moderator, other_moderator, lead):
    waiting_case(member, severity=2, title="free")
    claim_case(waiting_case(member, severity=3, title="hers"), by=moderator, at=SOON)
    claim_case(waiting_case(member, severity=4, title="his"), by=other_moderator, at=SOON)
    lead.pen_names.all().delete()
    claim_case(waiting_case(member, severity=4, title="lead's", at=NOON + timedelta(minutes=1)), by=lead, at=SOON)
    ran_out = waiting_case(member, severity=1, title="ran out", found=reading(severity=1))
    claim_case(ran_out, by=other_moderator, at=SOON - timedelta(hours=1))

    answer = as_user(moderator).get("/review/")

    assert [row.holder for row in answer.context["rows"]] == ["Blue Lamp", "a colleague", "you", "", ""]


def test_queue_escalated_ones_say_whom_they_wait_for(as_user, member, moderator, other_moderator):
    decide(waiting_case(member), other_moderator, Action.ESCALATE, note="Worried.")

    assert "waits for a safety lead" in as_user(moderator).get("/review/").text


def test_queue_leaves_own_words_out(as_user, moderator):
    waiting_case(moderator)

    answer = as_user(moderator).get("/review/")

    assert (answer.context["rows"], answer.context["levels"]) == ([], [])
    assert "Nothing waits" in answer.text


def test_queue_shows_what_is_back_with_its_author_and_who_is_on_duty(as_user, member, moderator, operator):
    returned = waiting_case(member)
    decide(returned, moderator, Action.CHANGE, reason="Because.")
    add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON)

    answer = as_user(moderator).get("/review/")

    assert list(answer.context["returned"]) == [returned]
    assert answer.context["on_duty"] == ["you"]
    assert as_user(operator).get("/review/").context["on_duty"] == ["Green Lamp"]


def test_queue_guests_are_named_as_guests(as_user, member, moderator):
    story = factories.make_published_story(member)
    place(factories.submit_reply(story.thread, body="Hello.", at=NOON, guest_name="Passing by"), reading())

    assert "Passing by (guest)" in as_user(moderator).get("/review/").text


def test_queue_pages_are_stable_and_whole(as_user, member, moderator):
    for number in range(CASES_PER_PAGE + 2):
        waiting_case(member, title=f"Story {number}", at=NOON - timedelta(minutes=number))
    browser = as_user(moderator)

    first = browser.get("/review/")
    second = browser.get("/review/", {"after": first.context["page"].next_key})

    shown = [row.case.pk for row in first.context["rows"] + second.context["rows"]]
    assert (len(first.context["rows"]), len(shown), len(set(shown))) == (CASES_PER_PAGE, CASES_PER_PAGE + 2, len(shown))
    assert second.context["page"].has_next is False


@pytest.mark.parametrize("cases", [1, 3])
def test_queue_number_of_queries_does_not_grow(
    as_user, member, moderator, other_moderator, operator, django_assert_num_queries, cases
):
    for number in range(cases):
        claim_case(waiting_case(member, title=f"Story {number}"), by=other_moderator, at=SOON)
        decide(waiting_case(member, title=f"Back {number}"), moderator, Action.CHANGE, reason="Because.")
        add_shift(
            moderator, role=Role.MODERATOR, weekday=0, starts=time(8 + number), ends=time(18), by=operator, at=NOON
        )
    browser = as_user(moderator)

    with django_assert_num_queries(10):
        browser.get("/review/")


def test_next_takes_the_most_pressing_one(as_user, member, moderator):
    waiting_case(member, severity=2, title="one")
    pressing = waiting_case(member, severity=3, title="two")

    answer = as_user(moderator).post("/review/next/")

    assert (answer.status_code, answer.url) == (302, f"/review/cases/{pressing.pk}/")
    pressing.refresh_from_db()
    assert pressing.lease_holder == moderator


def test_next_pressed_twice_is_the_same_case(as_user, member, moderator):
    waiting_case(member, title="one")
    waiting_case(member, title="two")
    browser = as_user(moderator)

    assert browser.post("/review/next/").url == browser.post("/review/next/").url
    assert Case.objects.exclude(lease_holder=None).count() == 1


def test_next_nothing_waits_says_thank_you(as_user, moderator):
    answer = as_user(moderator).post("/review/next/", follow=True)

    assert answer.redirect_chain == [("/review/", 302)]
    assert "Nothing waits. Thank you." in answer.text


@pytest.mark.parametrize(
    ("layers", "why", "said"),
    [
        (["patterns", "n-grams", "meaning"], "", ""),
        (["patterns", "n-grams"], "no encoder", "Screening works only with word patterns, learned wording"),
        (["patterns"], "no model", "Screening works only with word patterns at the moment: no model."),
    ],
)
def test_queue_says_when_a_part_of_screening_is_missing_and_who_can_mend_it(as_user, moderator, layers, why, said):
    note_screening_state("one", layers=layers, why=why, engine="e", at=SOON)

    text = as_user(moderator).get("/review/").text

    assert said in text
    assert ("An operator can mend it" in text) is bool(why)
