from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from core.markup import FoldSpan
from forums.actions import submit_reply, withdraw_post
from forums.enums import PostStatus
from forums.guests import guest_token
from forums.models import Post
from helplines.models import Helpline
from moderation.actions import About, add_shift, appeal_decision, decide_appeal
from moderation.enums import Action, AppealOutcome, Cause
from moderation.models import Appeal, Case, CommunityRule, Decision
from moderation.screening.reading import RISKS, Category, Certainty, Who
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import BODY, SOON, decide, finding, place, reading, waiting_case

pytestmark = pytest.mark.usefixtures("five_past_noon")

# Words of the staff pages that an author must never meet.
LABELS = [
    *("severity", "urgent", "suicide_self_harm", "identifying", "screening", "Green Lamp", "finding", "by-hand"),
    *("unsure", "likely", "certain", "0.8231", "chance"),
]


@pytest.fixture
def lines(db):
    """An emergency number and two lines of one country, checked this year."""
    rows = [
        ("Emergency", "111", ["emergency"]),
        ("Listening Line", "222", ["suicide"]),
        ("Safe Home Line", "333", ["violence"]),
        ("Family Line", "444", ["family"]),
    ]
    for name, call, purposes in rows:
        Helpline.objects.create(
            country="XA",
            country_name="Exampleland",
            name=name,
            call=call,
            purposes=purposes,
            verified_on=date(2026, 2, 1),
        )


def status(browser, case):
    return browser.get(f"/me/posts/{case.post_id}/")


# What happens with a post


def test_status_being_read_goes_on_by_itself_without_script_too(as_user, member):
    post = factories.make_story(member, at=SOON)

    answer = as_user(member).get(f"/me/posts/{post.pk}/")

    assert "Your words have arrived" in answer.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in answer.text
    assert "data-refresh-url" in answer.text
    assert "data-done" not in answer.text


def test_status_slow_no_longer_refreshes(as_user, member):
    post = factories.make_story(member, at=NOON)

    answer = as_user(member).get(f"/me/posts/{post.pk}/")

    assert "This takes longer than usual" in answer.text
    assert "http-equiv" not in answer.text
    assert "data-refresh-url" not in answer.text


def test_status_fragment_is_the_middle_of_the_page_alone(as_user, member):
    post = factories.make_story(member, at=SOON)

    answer = as_user(member).get(f"/me/posts/{post.pk}/", headers={"X-Fragment": "1"})

    assert "<html" not in answer.text
    assert "Your words have arrived" in answer.text


def test_status_waiting_promises_a_time_with_its_zone(as_user, member, moderator, operator):
    add_shift(moderator, role=Role.MODERATOR, weekday=1, starts=time(8), ends=time(18), by=operator, at=NOON)

    answer = status(as_user(member), waiting_case(member))

    assert "reads it before 12:00 tomorrow, UTC time." in answer.text


def test_status_waiting_with_nobody_on_the_rota_promises_nothing(as_user, member):
    answer = status(as_user(member), waiting_case(member))

    assert "we cannot say when" in answer.text
    assert "before" not in answer.text.split("<h1>")[1].split("</section>")[0]


def test_status_overdue_says_so(as_user, member, moderator, operator):
    add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(0), ends=time(0), by=operator, at=NOON)

    answer = status(as_user(member), waiting_case(member, severity=3, at=NOON - timedelta(hours=2)))

    assert "This takes longer than we said" in answer.text
    assert "It has not been forgotten" in answer.text


def test_status_published_links_to_the_post(as_user, member, moderator):
    case = waiting_case(member)
    decide(case, moderator, Action.PUBLISH)

    answer = status(as_user(member), case)

    assert "It is on the page" in answer.text
    assert f'href="{case.post.get_absolute_url()}"' in answer.text


def test_status_change_asked_has_the_reason_the_edit_link_and_the_appeal(as_user, member, moderator):
    case = waiting_case(member)
    decision = decide(case, moderator, Action.CHANGE, reason="Leave out the name.")

    text = status(as_user(member), case).text

    assert "Leave out the name." in text
    assert f'href="/me/posts/{case.post_id}/edit/"' in text
    assert f'href="/me/decisions/{decision.pk}/"' in text


def test_status_declined_keeps_the_words(as_user, member, moderator):
    case = waiting_case(member)
    decide(case, moderator, Action.DECLINE, reason="It sells something.")

    text = status(as_user(member), case).text

    assert "It sells something." in text
    assert "The second one is about a harder evening." in text
    assert "/edit/" not in text


def test_status_withdrawn_keeps_the_words_and_offers_nothing(as_user, member):
    case = waiting_case(member)
    withdraw_post(case.post, by=member, at=SOON)

    text = status(as_user(member), case).text

    assert "You took this back" in text
    assert "harder evening" in text
    assert "/withdraw/" not in text


def test_status_can_be_taken_back_from_the_page(as_user, member):
    case = waiting_case(member)
    browser = as_user(member)
    assert f'action="/me/posts/{case.post_id}/withdraw/"' in status(browser, case).text

    browser.post(f"/me/posts/{case.post_id}/withdraw/")

    assert Post.objects.get(pk=case.post_id).status == PostStatus.WITHDRAWN


@pytest.mark.parametrize("person", ["other_member", "moderator", "operator"])
def test_status_of_another_is_404(request, as_user, member, person):
    assert status(as_user(request.getfixturevalue(person)), waiting_case(member)).status_code == 404


def test_status_without_a_session_asks_to_sign_in(as_user, member):
    case = waiting_case(member)

    assert status(as_user(), case).url == f"/accounts/login/?next=/me/posts/{case.post_id}/"


@pytest.mark.parametrize("severity", [2, 3, 4])
def test_status_never_shows_a_label_and_its_title_is_neutral(as_user, member, moderator, severity):
    found = reading(finding(severity=severity, certainty=Certainty.UNSURE), scores=dict.fromkeys(RISKS, 0.8231))
    case = waiting_case(member, title="A telling title", found=found)
    browser = as_user(member)
    for action in (None, Action.CHANGE):
        if action is not None:
            about = About(frozenset({Category.IDENTIFYING_DATA}), 2)
            decide(case, moderator, action, reason="Because.", note="by-hand note", about=about)
        text = status(browser, case).text

        assert [label for label in LABELS if label.lower() in text.lower()] == []
        assert "<title>Alongside</title>" in text
    for path in ("/me/", "/me/notices/", "/me/decisions/", f"/me/decisions/{Decision.objects.get().pk}/"):
        answer = browser.get(path)

        assert answer.status_code == 200
        assert [label for label in LABELS if label.lower() in answer.text.lower()] == []


def test_status_of_a_drawn_reply_says_nothing_of_it(as_user, member, other_member, settings):
    settings.SCREENING_SAMPLE_PERCENT = 100
    story = factories.make_published_story(other_member)
    reply = factories.submit_reply(
        story.thread, body="Thank you.", at=SOON, by=member, pen_name=factories.pen_name_of(member)
    )
    case = place(reply, reading(), at=SOON)
    assert case.cause == Cause.SAMPLE

    text = status(as_user(member), case).text

    assert "It is on the page" in text
    assert [label for label in LABELS if label.lower() in text.lower()] == []


# Help


def test_help_comes_at_once_even_while_no_worker_runs(as_user, member, lines, settings):
    settings.DEFAULT_COUNTRY = "XA"
    post = factories.make_story(member, body="I want to kill myself tonight.", at=SOON - timedelta(seconds=5))

    text = as_user(member).get(f"/me/posts/{post.pk}/").text

    assert "Your words have arrived" in text
    assert text.index("tel:111") < text.index("<h1>")
    assert "tel:222" in text
    assert "We are glad that you wrote this here." in text
    assert "Nobody is watching this page all the time." in text


def test_help_for_three_needs_at_most_and_calmly(as_user, member, lines, settings):
    settings.DEFAULT_COUNTRY = "XA"
    found = reading(
        finding(Category.VIOLENCE_COERCION, 3),
        finding(Category.SUICIDE_THREAT_OTHER, 3, who=Who.PARTNER),
        finding(Category.OWN_USE, 1),
        finding(Category.BEREAVEMENT, 1),
    )

    text = status(as_user(member), waiting_case(member, found=found)).text

    for words in ("take it seriously", "not yours alone to carry", "Safe Home Line", "Listening Line", "Family Line"):
        assert words in text
    assert "sorry for your loss" not in text
    assert "tel:111" not in text
    assert text.index("<h1>") < text.index("Safe Home Line")


def test_help_for_withdrawal_warns_of_stopping_suddenly(as_user, member):
    case = waiting_case(member, found=reading(finding(Category.DANGEROUS_WITHDRAWAL, 3)))

    text = status(as_user(member), case).text

    assert "do not stop suddenly without medical advice" in text
    assert "need emergency care at once" in text


def test_help_for_an_overdose_says_what_to_do_until_help_is_there(as_user, member):
    case = waiting_case(member, found=reading(finding(Category.OVERDOSE_NOW, 4, who=Who.OTHER)))

    text = status(as_user(member), case).text

    assert "In danger, call your local emergency number." in text
    assert "If there is naloxone, give it." in text


def test_help_country_is_chosen_on_the_page(as_user, member, lines):
    case = waiting_case(member, found=reading(finding(Category.VIOLENCE_COERCION, 3)))
    browser = as_user(member)
    assert "Safe Home Line" not in status(browser, case).text

    answer = browser.post("/help/country/", {"country": "XA", "next": f"/me/posts/{case.post_id}/"}, follow=True)

    assert "Safe Home Line" in answer.text


def test_help_not_called_for_is_one_quiet_link(as_user, member):
    text = status(as_user(member), waiting_case(member)).text

    assert "Nobody is watching" not in text.split("<main")[1].split("</main>")[0]
    assert 'href="/help/"' in text


# Guests


@pytest.fixture
def guest_reply(member):
    story = factories.make_published_story(member)
    return submit_reply(story.thread, body="A guest's words.", at=SOON, guest_name="Passing by")


def test_guest_status_by_the_private_link(as_user, guest_reply):
    place(guest_reply, reading(), at=SOON)

    answer = as_user().get(f"/after/{guest_token(guest_reply)}/")

    assert "A person will read this" in answer.text
    assert "Keep this page" in answer.text
    assert "/withdraw/" not in answer.text


def test_guest_status_declined_shows_reason_and_words(as_user, guest_reply, moderator):
    place(guest_reply, reading(), at=SOON)
    decide(Case.objects.get(post=guest_reply), moderator, Action.DECLINE, reason="It sells something.")

    text = as_user().get(f"/after/{guest_token(guest_reply)}/").text

    assert "It sells something." in text
    assert "A guest&#x27;s words." in text
    assert "/me/decisions/" not in text


@pytest.mark.parametrize("token", ["x", "Mg:1:2", "eyJ9"])
def test_guest_status_of_a_broken_link_is_404(as_user, db, token):
    assert as_user().get(f"/after/{token}/").status_code == 404


def test_guest_status_of_a_members_post_is_404(as_user, member):
    assert as_user().get(f"/after/{guest_token(waiting_case(member).post)}/").status_code == 404


# Decisions


@pytest.fixture
def decision(member, moderator):
    return decide(
        waiting_case(member),
        moderator,
        Action.FOLD,
        reason="One part may be hard to read.",
        rule="Speak kindly",
        folds=(FoldSpan(43, 84, "An evening"),),
    )


def test_decision_says_what_which_words_why_and_how_to_appeal(as_user, member, decision):
    text = as_user(member).get(f"/me/decisions/{decision.pk}/").text

    for words in (
        "Some of your words open only on request",
        "The second one is about a harder evening.",
        "One part may be hard to read.",
        "Speak kindly",
        "A program pointed this out; a person read it and decided.",
        "within six months",
        "A different person",
        f'action="/me/decisions/{decision.pk}/appeal/"',
    ):
        assert words in text
    assert "The first paragraph" not in text
    assert "<title>Alongside</title>" in text


def test_decision_not_flagged_says_that_no_program_did(as_user, member, moderator):
    decision = decide(waiting_case(member, found=reading(severity=1)), moderator, Action.DECLINE, reason="Because.")

    assert "No program pointed it out." in as_user(member).get(f"/me/decisions/{decision.pk}/").text


@pytest.mark.parametrize("path", ["/me/decisions/{}/", "/me/decisions/{}/appeal/"])
def test_decision_of_another_is_404(as_user, other_member, moderator, decision, path):
    for person in (other_member, moderator):
        browser = as_user(person)
        method = browser.post if "appeal" in path else browser.get
        assert method(path.format(decision.pk), {"text": "Mine."}).status_code == 404
    assert Appeal.objects.count() == 0


@pytest.mark.parametrize("path", ["/me/decisions/", "/me/decisions/{}/", "/me/decisions/{}/appeal/"])
@pytest.mark.parametrize("person", [None, "suspended"])
def test_decision_without_a_session_asks_to_sign_in(request, as_user, decision, path, person):
    browser = as_user(request.getfixturevalue(person) if person else None)
    method = browser.post if "appeal" in path else browser.get

    assert method(path.format(decision.pk)).url.startswith("/accounts/login/?next=/me/decisions/")


def test_decision_that_restricted_nothing_has_no_page(as_user, member, moderator):
    published = decide(waiting_case(member), moderator, Action.PUBLISH)

    assert as_user(member).get(f"/me/decisions/{published.pk}/").status_code == 404


def test_appeal_is_made_and_shown(as_user, member, decision):
    browser = as_user(member)

    answer = browser.post(f"/me/decisions/{decision.pk}/appeal/", {"text": "Please open it."}, follow=True)

    assert answer.redirect_chain == [(f"/me/decisions/{decision.pk}/", 302)]
    assert "Please open it." in answer.text
    assert "It waits for a person who had no part in the decision." in answer.text
    assert Appeal.objects.get().text == "Please open it."


def test_appeal_pressed_twice_is_one_appeal(as_user, member, decision):
    browser = as_user(member)
    for _press in range(2):
        answer = browser.post(f"/me/decisions/{decision.pk}/appeal/", {"text": "Please open it."}, follow=True)

    assert "You have appealed already." in answer.text
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  ", "x" * 5001])
def test_appeal_empty_or_endless_is_422_with_the_words(as_user, member, decision, text):
    answer = as_user(member).post(f"/me/decisions/{decision.pk}/appeal/", {"text": text})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["text"]
    assert Appeal.objects.count() == 0


def test_appeal_by_get_is_405(as_user, member, decision):
    assert as_user(member).get(f"/me/decisions/{decision.pk}/appeal/").status_code == 405


def test_appeal_after_six_months_is_refused_with_the_reason(as_user, member, decision, five_past_noon):
    five_past_noon.shift(timedelta(days=184))
    browser = as_user(member)

    assert "Six months have passed" in browser.get(f"/me/decisions/{decision.pk}/").text
    browser.post(f"/me/decisions/{decision.pk}/appeal/", {"text": "Too late."})
    assert Appeal.objects.count() == 0


@pytest.mark.parametrize(
    ("outcome", "words"), [("upheld", "The decision stands"), ("reversed", "The decision was reversed")]
)
def test_appeal_outcome_comes_with_its_reasons(as_user, member, decision, other_moderator, outcome, words):
    appeal = appeal_decision(decision, by=member, text="Please open it.", at=SOON)
    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome(outcome), reason="I read it twice.", at=SOON)

    text = as_user(member).get(f"/me/decisions/{decision.pk}/").text

    assert words in text
    assert "I read it twice." in text
    assert "Blue Lamp" not in text


@pytest.mark.parametrize("decisions", [1, 3])
def test_decisions_list_is_ones_own_under_a_fixed_number_of_queries(
    as_user, member, other_member, moderator, django_assert_num_queries, decisions
):
    decide(waiting_case(other_member, title="Not mine"), moderator, Action.DECLINE, reason="Because.")
    decide(waiting_case(member, title="Published"), moderator, Action.PUBLISH)
    for number in range(decisions):
        one = decide(waiting_case(member, title=f"Mine {number}"), moderator, Action.DECLINE, reason="Because.")
    appeal_decision(one, by=member, text="Please.", at=SOON)
    browser = as_user(member)

    with django_assert_num_queries(5):
        answer = browser.get("/me/decisions/")

    assert [row.case.post.thread.title for row in answer.context["page"].rows] == [
        f"Mine {number}" for number in reversed(range(decisions))
    ]


def test_rules_are_open_to_everyone_in_order(as_user, db):
    CommunityRule.objects.create(slug="b", title="Second", text="Two.", rank=2)
    CommunityRule.objects.create(slug="a", title="First", text="One.\n\nAnd more.", rank=1)

    text = as_user().get("/rules/").text

    assert text.index("First") < text.index("And more.") < text.index("Second")


def test_rules_none_yet_says_so(as_user, db):
    assert "No rules are written down yet" in as_user().get("/rules/").text


def test_body_used_here_has_the_passages_that_tests_quote():
    assert BODY[43:84] == "The second one is about a harder evening."


def test_new_plain_answer_that_appeared_leads_back_to_the_conversation(member, other_member, as_user):
    thread = factories.make_published_story(member).thread
    answer = factories.make_reply(thread, other_member)

    page = as_user(other_member).get(f"/me/posts/{answer.pk}/?new=1")

    assert (page.status_code, page["Location"]) == (302, answer.get_absolute_url())


def test_new_answer_that_calls_for_help_keeps_its_author_on_the_page(member, other_member, as_user):
    thread = factories.make_published_story(member).thread
    answer = factories.make_reply(thread, other_member, body="I want to kill myself tonight.")

    page = as_user(other_member).get(f"/me/posts/{answer.pk}/?new=1")

    assert page.status_code == 200
    assert page.context["care"].is_emergency


def test_new_post_that_nobody_has_read_yet_is_shown_after_a_moment(member, as_user):
    post = factories.make_story(member, at=timezone.now())

    page = as_user(member).get(f"/me/posts/{post.pk}/?new=1")

    assert page.context["state"] == "reading"


def test_reversed_decision_says_that_the_post_is_on_the_page(member, moderator, other_moderator, as_user):
    case = waiting_case(member)
    found = decide(case, moderator, Action.DECLINE, reason="It names a person.")
    appeal = appeal_decision(found, by=member, text="It names nobody.", at=SOON)
    decide_appeal(appeal, by=other_moderator, outcome=AppealOutcome.REVERSED, reason="You are right.", at=SOON)

    page = as_user(member).get(f"/me/decisions/{found.pk}/").content.decode()

    assert "This decision was reversed" in page
    assert "as you wrote it" in page
    assert "not on the page" not in page


def test_own_overdose_is_not_told_to_wake_somebody_else(member, as_user):
    post = factories.make_story(member, body="I took all of my pills an hour ago. This is goodbye.")

    page = as_user(member).get(f"/me/posts/{post.pk}/").content.decode()

    assert "Unlock the door" in page
    assert "trying to wake them" not in page
