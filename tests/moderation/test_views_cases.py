from datetime import timedelta

import pytest

from forums.actions import submit_reply, withdraw_post
from forums.enums import PostStatus
from forums.models import Post
from moderation.actions import claim_case, note_screening_state, release_case, set_case_aside
from moderation.actions.cases import LEASE
from moderation.enums import Action, CaseStatus
from moderation.models import Case, CommunityRule, Decision, ScreeningLabel
from moderation.screening.reading import RISKS, Category, Certainty
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import BODY, SOON, decide, finding, place, reading, waiting_case

pytestmark = pytest.mark.usefixtures("five_past_noon")


@pytest.fixture
def case(member):
    return waiting_case(member)


@pytest.fixture
def mine(case, moderator):
    """A case that Mia has taken."""
    return claim_case(case, by=moderator, at=SOON)


def page(case):
    return f"/review/cases/{case.pk}/"


def words(case, action="publish", **changes):
    """What the form on the page sends."""
    plain = {"action": action, "reason": "", "note": "", "rule": "", "fold_line": "A hard part"}
    return plain | {"lease_number": case.lease_number, "post_version": case.post.version} | changes


# Reading


def test_case_without_a_claim_offers_to_take_it(as_user, moderator, case):
    answer = as_user(moderator).get(page(case))

    assert f'action="/review/cases/{case.pk}/claim/"' in answer.text
    assert "form" not in answer.context
    assert "data-renew-url" not in answer.text


def test_case_shows_the_words_the_passages_and_the_reasons(as_user, moderator, member):
    head = len("A day\n\n")
    found = reading(finding(Category.SUICIDE_SELF_HARM, 3, start=head, end=head + 9))
    answer = as_user(moderator).get(page(waiting_case(member, found=found)))

    assert '<mark class="passage">The first</mark><sup> urgent 1</sup>' in answer.text
    assert "A reason for moderators." in answer.text
    before, _found, after = answer.text.partition("Before you read: suicide or self-harm.")
    assert "The first" in after
    assert "The first" not in before


def test_case_escapes_what_people_write(as_user, moderator, member):
    answer = as_user(moderator).get(page(waiting_case(member, body="<script>alert(1)</script>", title="<b>bold</b>")))

    assert "<script>alert" not in answer.text
    assert "<b>bold" not in answer.text


def test_case_where_screening_failed_says_so(as_user, moderator, member):
    failed = Case.objects.get(post=factories.make_story(member, body=BODY))
    set_case_aside(failed, attempt=0, at=NOON)

    assert "Screening failed on this post" in as_user(moderator).get(page(failed)).text


def test_case_says_what_the_author_wants(as_user, moderator, member):
    answer = as_user(moderator).get(page(waiting_case(member, wish="counselor")))

    assert "What would help" in answer.text
    assert "A counselor's view is wanted." in answer.text


def test_case_of_a_colleague_says_whose_it_is(as_user, moderator, other_moderator, case):
    claim_case(case, by=other_moderator, at=SOON)

    answer = as_user(moderator).get(page(case))

    assert "Blue Lamp has this case." in answer.text
    assert "form" not in answer.context


def test_case_escalated_shows_the_reason_to_moderators_and_the_button_to_leads(as_user, moderator, lead, case):
    decide(case, moderator, Action.ESCALATE, note="Worried about tonight.")

    assert "This case waits for a safety lead." in as_user(moderator).get(page(case)).text
    shown = as_user(lead).get(page(case)).text
    assert "Take this case" in shown
    assert "Worried about tonight." in shown


def test_case_closed_offers_nothing_but_its_history(as_user, moderator, case):
    decide(case, moderator, Action.DECLINE, reason="It sells something.")

    answer = as_user(moderator).get(page(case))

    assert (answer.context["is_mine"], answer.context["can_take"]) == (False, False)
    assert "It sells something." in answer.text


def test_case_that_is_mine_has_the_form_with_what_can_be_chosen(as_user, moderator, mine):
    answer = as_user(moderator).get(page(mine))

    form = answer.context["form"]
    assert [value for value, _label in form.fields["action"].choices] == [
        "publish",
        "fold",
        "change",
        "decline",
        "refer",
        "escalate",
    ]
    assert f'data-renew-url="/review/cases/{mine.pk}/renew/"' in answer.text
    assert '<input type="hidden" name="lease_number" value="1"' in answer.text
    assert '<input type="hidden" name="post_version" value="1"' in answer.text
    assert "This post is still held" in answer.text


def test_case_of_somebody_in_danger_cannot_be_declined_and_says_why(as_user, moderator, member):
    case = waiting_case(member, found=reading(finding(Category.SUICIDE_SELF_HARM, 3)))
    claim_case(case, by=moderator, at=SOON)

    answer = as_user(moderator).get(page(case))

    assert "decline" not in [value for value, _label in answer.context["form"].fields["action"].choices]
    assert "a cry for help is never answered by removing it" in answer.text


@pytest.mark.parametrize("around", [1, 3])
def test_case_number_of_queries_does_not_grow(
    as_user, member, moderator, other_moderator, django_assert_num_queries, around
):
    story = factories.make_published_story(member)
    for number in range(around):
        factories.make_reply(story.thread, member, body=f"Number {number}")
        decide(waiting_case(member, title=f"Earlier {number}"), other_moderator, Action.DECLINE, reason="Because.")
    reply = submit_reply(story.thread, body="Mine", at=NOON, by=member, pen_name=factories.pen_name_of(member))
    case = place(reply, reading(*[finding()] * around))
    claim_case(case, by=moderator, at=SOON)
    browser = as_user(moderator)

    with django_assert_num_queries(15):
        browser.get(page(case))


# Taking, keeping, giving back


def test_claim_takes_the_case(as_user, moderator, case):
    answer = as_user(moderator).post(f"{page(case)}claim/")

    case.refresh_from_db()
    assert (answer.url, case.lease_holder) == (page(case), moderator)


def test_claim_pressed_twice_is_one_claim(as_user, moderator, case):
    browser = as_user(moderator)
    browser.post(f"{page(case)}claim/")
    browser.post(f"{page(case)}claim/")

    case.refresh_from_db()
    assert case.lease_number == 1


def test_claim_of_a_case_that_another_has_is_told(as_user, moderator, other_moderator, case):
    claim_case(case, by=other_moderator, at=SOON)

    answer = as_user(moderator).post(f"{page(case)}claim/", follow=True)

    assert "Somebody else has this case, or it has been decided." in answer.text
    case.refresh_from_db()
    assert case.lease_holder == other_moderator


def test_claim_of_an_escalated_case_by_a_moderator_is_403_with_the_reason(as_user, moderator, case):
    decide(case, moderator, Action.ESCALATE, note="Worried.")

    answer = as_user(moderator).post(f"{page(case)}claim/")

    assert answer.status_code == 403
    assert "This case waits for a safety lead." in answer.text


def test_renew_prolongs_the_claim(as_user, moderator, mine, five_past_noon):
    five_past_noon.shift(timedelta(minutes=1))

    answer = as_user(moderator).post(f"{page(mine)}renew/", {"lease_number": 1})

    assert (answer.status_code, answer.json()) == (200, {"ok": True, "message": ""})
    mine.refresh_from_db()
    assert mine.lease_until == SOON + timedelta(minutes=1) + LEASE


def test_renew_of_a_lost_claim_says_so(as_user, moderator, other_moderator, mine):
    claim_case(mine, by=other_moderator, at=SOON + LEASE)

    answer = as_user(moderator).post(f"{page(mine)}renew/", {"lease_number": 1})

    assert answer.status_code == 409
    assert answer.json()["ok"] is False
    assert "no longer yours" in answer.json()["message"]


def test_release_gives_it_back_and_twice_is_harmless(as_user, moderator, mine):
    browser = as_user(moderator)

    first = browser.post(f"{page(mine)}release/", {"lease_number": 1}, follow=True)
    second = browser.post(f"{page(mine)}release/", {"lease_number": 1}, follow=True)

    mine.refresh_from_db()
    assert mine.lease_holder is None
    assert "Given back." in first.text
    assert "no longer yours" in second.text


def test_release_of_another_persons_claim_changes_nothing(as_user, moderator, other_moderator, mine):
    as_user(other_moderator).post(f"{page(mine)}release/")

    mine.refresh_from_db()
    assert mine.lease_holder == moderator


# Deciding


@pytest.mark.parametrize(
    ("action", "changes", "status", "message"),
    [
        ("publish", {}, PostStatus.PUBLISHED, "Published."),
        ("fold", {"reason": "One part.", "fold": ["43-84"]}, PostStatus.PUBLISHED, "Published with folds."),
        ("change", {"reason": "The name."}, PostStatus.CHANGE_ASKED, "Back with the author, with your reason."),
        ("decline", {"reason": "It sells."}, PostStatus.DECLINED, "Declined."),
        ("refer", {}, PostStatus.PUBLISHED, "Published, and a counselor is asked."),
        ("escalate", {"note": "Worried."}, PostStatus.HELD, "It waits for a safety lead now."),
    ],
)
def test_decide_each_action_works_and_says_what_happened(as_user, moderator, mine, action, changes, status, message):
    answer = as_user(moderator).post(f"{page(mine)}decide/", words(mine, action, **changes), follow=True)

    assert answer.redirect_chain == [("/review/", 302)]
    assert message in answer.text
    assert Post.objects.get(pk=mine.post_id).status == status
    assert Decision.objects.get().action == action


def test_decide_with_only_what_the_contract_names_works(as_user, moderator, mine):
    as_user(moderator).post(
        f"{page(mine)}decide/", {"action": "decline", "reason": "It sells.", "note": "Seen before."}
    )

    decision = Decision.objects.get()
    assert (decision.reason, decision.note) == ("It sells.", "Seen before.")


def test_decide_keeps_rule_passages_and_line(as_user, moderator, mine):
    CommunityRule.objects.create(slug="found", title="Nobody can be found", text="Leave out names.")
    form = words(mine, "fold", reason="One part.", rule="found", fold=["0-41", "43-84"], fold_line="About an evening")

    as_user(moderator).post(f"{page(mine)}decide/", form)

    decision = Decision.objects.get()
    assert (decision.rule, decision.passages) == ("Nobody can be found", [[0, 41], [43, 84]])
    assert "<summary>About an evening</summary>" in Post.objects.get(pk=mine.post_id).body_html


def test_decide_fold_without_a_line_gets_a_neutral_one(as_user, moderator, mine):
    form = words(mine, "fold", reason="One part.", fold=["0-41"], fold_line="")

    as_user(moderator).post(f"{page(mine)}decide/", form)

    folded = Post.objects.get(pk=mine.post_id).folds.get()
    assert folded.line == "Talks about something that may be hard to read"


def test_decide_and_take_next_goes_to_the_next_case(as_user, moderator, mine, member):
    waiting = waiting_case(member, title="Another")

    answer = as_user(moderator).post(f"{page(mine)}decide/", words(mine, then="next"))

    assert answer.url == page(waiting)
    waiting.refresh_from_db()
    assert waiting.lease_holder == moderator


def test_decide_and_take_next_with_nothing_left_says_thank_you(as_user, moderator, mine):
    answer = as_user(moderator).post(f"{page(mine)}decide/", words(mine, then="next"), follow=True)

    assert "Nothing waits. Thank you." in answer.text


@pytest.mark.parametrize(
    ("action", "changes", "field"),
    [
        ("", {}, "action"),
        ("burn", {}, "action"),
        ("mask", {}, "action"),
        ("lock", {}, "action"),
        ("pause", {}, "action"),
        ("none", {}, "action"),
        ("change", {"reason": "  "}, "reason"),
        ("decline", {}, "reason"),
        ("fold", {"reason": "Kept reason."}, "fold"),
        ("fold", {"reason": "Kept reason.", "fold": ["900-999"]}, "fold"),
        ("escalate", {}, "note"),
        ("publish", {"rule": "unknown"}, "rule"),
        ("publish", {"reason": "x" * 5001}, "reason"),
    ],
)
def test_decide_incomplete_keeps_all_typed_words(as_user, moderator, mine, action, changes, field):
    typed = {"note": "Kept note."} if field != "note" else {"reason": "Kept reason."}
    form = words(mine, action, **(typed | changes))

    answer = as_user(moderator).post(f"{page(mine)}decide/", form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert all(value in answer.text for value in (typed | changes).values() if value in ("Kept note.", "Kept reason."))
    assert Decision.objects.count() == 0


def test_decide_what_the_rules_deny_comes_back_with_their_reason(as_user, moderator, member):
    case = waiting_case(member, found=reading(finding(Category.SUICIDE_SELF_HARM, 3)))
    claim_case(case, by=moderator, at=SOON)

    answer = as_user(moderator).post(f"{page(case)}decide/", words(case, "decline", reason="Kept reason."))

    assert answer.status_code == 422
    assert "a cry for help" in str(answer.context["form"].errors["action"])
    assert "Kept reason." in answer.text


def test_decide_pressed_twice_is_one_decision_and_says_so(as_user, moderator, mine):
    browser = as_user(moderator)
    form = words(mine, "decline", reason="It sells.")

    browser.post(f"{page(mine)}decide/", form)
    answer = browser.post(f"{page(mine)}decide/", form, follow=True)

    assert "You had decided this already." in answer.text
    assert Decision.objects.count() == 1


def test_decide_escalate_pressed_twice_is_one_decision(as_user, moderator, mine):
    browser = as_user(moderator)
    form = words(mine, "escalate", note="Worried.")

    browser.post(f"{page(mine)}decide/", form)
    answer = browser.post(f"{page(mine)}decide/", form, follow=True)

    assert "You had decided this already." in answer.text
    assert Decision.objects.count() == 1


def test_decide_after_another_decided_shows_what_changed_and_keeps_the_words(as_user, moderator, other_moderator, mine):
    form = words(mine, "decline", reason="My own reason.", note="My own note.")
    decide(mine, other_moderator, Action.PUBLISH, at=SOON + LEASE)

    answer = as_user(moderator).post(f"{page(mine)}decide/", form)

    assert answer.status_code == 409
    for text in ("This case has been decided meanwhile.", "Blue Lamp", "“Publish”", "My own reason.", "My own note."):
        assert text in answer.text
    assert [one.by for one in Decision.objects.all()] == [other_moderator]


def test_decide_after_another_took_it_is_a_conflict_with_a_way_back(as_user, moderator, other_moderator, mine):
    form = words(mine, "decline", reason="My own reason.")
    claim_case(mine, by=other_moderator, at=SOON + LEASE)

    answer = as_user(moderator).post(f"{page(mine)}decide/", form)

    assert answer.status_code == 409
    assert "somebody else has it now" in answer.text
    assert f'href="{page(mine)}"' in answer.text
    assert "My own reason." in answer.text


def test_decide_after_giving_it_back_is_a_conflict(as_user, moderator, mine):
    form = words(mine, "decline", reason="My own reason.")
    release_case(mine, by=moderator, lease_number=1, at=SOON)

    answer = as_user(moderator).post(f"{page(mine)}decide/", form)

    assert answer.status_code == 409
    assert Decision.objects.count() == 0


def test_decide_incomplete_form_of_a_lost_case_is_a_conflict_too(as_user, moderator, other_moderator, mine):
    form = words(mine, "decline", note="My own note.", fold=["900-999"])
    claim_case(mine, by=other_moderator, at=SOON + LEASE)

    answer = as_user(moderator).post(f"{page(mine)}decide/", form)

    assert answer.status_code == 409
    assert "My own note." in answer.text


def test_decide_words_changed_meanwhile_is_a_conflict(as_user, moderator, mine):
    form = words(mine, "publish", reason="My own reason.")
    Post.objects.filter(pk=mine.post_id).update(version=2)

    answer = as_user(moderator).post(f"{page(mine)}decide/", form)

    assert answer.status_code == 409
    assert "The author has changed the post meanwhile." in answer.text


def test_decide_taken_back_meanwhile_is_a_conflict(as_user, member, moderator, mine):
    withdraw_post(mine.post, by=member, at=SOON)

    answer = as_user(moderator).post(f"{page(mine)}decide/", words(mine))

    assert answer.status_code == 409
    assert Post.objects.get(pk=mine.post_id).status == PostStatus.WITHDRAWN


def test_decide_published_post_can_be_left_as_it_is(as_user, moderator, member):
    case = waiting_case(member, found=reading(severity=1))
    claim_case(case, by=moderator, at=SOON)

    as_user(moderator).post(f"{page(case)}decide/", words(case, "none"))

    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED


def test_decide_staff_note_and_name_never_reach_the_author(as_user, member, moderator, mine):
    form = words(mine, "decline", reason="It sells.", note="Sounds like the one from last week.")
    as_user(moderator).post(f"{page(mine)}decide/", form)
    browser = as_user(member)

    for path in (f"/me/posts/{mine.post_id}/", "/me/decisions/", f"/me/decisions/{Decision.objects.get().pk}/"):
        text = browser.get(path).text
        assert "last week" not in text
        assert "Green Lamp" not in text
        assert ">mia<" not in text


def test_renew_with_a_number_that_is_none_uses_the_present_claim(as_user, moderator, mine):
    assert as_user(moderator).post(f"{page(mine)}renew/", {"lease_number": "x"}).json()["ok"] is True


# What is it about?


def about(case, **changes):
    """What the form sends when the group "What is it about?" was left as it came: identifying data, attention."""
    return words(case) | {"about_shown": "True", "about": ["identifying_data"], "about_severity": "2"} | changes


def decided(browser, case, **sent):
    """Decide and return the label kept, None without one."""
    answer = browser.post(f"{page(case)}decide/", {name: value for name, value in sent.items() if value is not None})
    assert answer.status_code == 302
    return ScreeningLabel.objects.first()


def test_about_is_offered_with_what_was_found_ticked(as_user, moderator, mine):
    answer = as_user(moderator).get(page(mine))

    assert "What is it about? (optional)" in answer.text
    assert answer.context["about"].initial["about"] == ["identifying_data"]
    assert answer.text.count('name="about" value=') == 16
    assert 'name="about" value="identifying_data" id="id_about_9" checked' in " ".join(answer.text.split())


def test_about_of_a_drawn_case_stands_open(as_user, moderator, member, settings):
    settings.SCREENING_SAMPLE_PERCENT = 100
    story = factories.make_published_story(member)
    drawn = Case.objects.get(post=factories.make_reply(story.thread, member))
    claim_case(drawn, by=moderator, at=SOON)

    answer = as_user(moderator).get(page(drawn))

    assert answer.context["about_is_open"] is True
    assert "drawn by chance, to see what screening misses" in answer.text


def test_decide_by_action_reason_and_note_alone_keeps_no_label(as_user, moderator, mine):
    assert decided(as_user(moderator), mine, action="publish", reason="", note="") is None
    assert Decision.objects.count() == 1


def test_decide_with_untouched_ticks_keeps_no_label(as_user, moderator, mine):
    assert decided(as_user(moderator), mine, **about(mine)) is None


def test_decide_with_confirmed_ticks_keeps_a_label(as_user, moderator, mine):
    label = decided(as_user(moderator), mine, **about(mine, about_confirmed="on"))

    assert (label.categories, label.severity, label.by) == (["identifying_data"], 2, moderator)


@pytest.mark.parametrize(
    ("changes", "categories", "severity"),
    [
        ({"about": ["identifying_data", "minor"]}, ["minor", "identifying_data"], 2),
        ({"about": []}, [], 2),
        ({"about_severity": "4"}, ["identifying_data"], 4),
        ({"about": ["sourcing"], "about_shown": None, "about_severity": None}, ["sourcing"], 2),
    ],
)
def test_decide_with_changed_ticks_keeps_a_label(as_user, moderator, mine, changes, categories, severity):
    label = decided(as_user(moderator), mine, **about(mine, **changes))

    assert (label.categories, label.severity) == (categories, severity)


def test_decide_with_an_unknown_category_keeps_the_words_and_decides_nothing(as_user, moderator, mine):
    answer = as_user(moderator).post(f"{page(mine)}decide/", about(mine, about=["no such"], note="My note."))

    assert answer.status_code == 422
    assert "Choose from the list on this page." in answer.text
    assert "My note." in answer.text
    assert not Decision.objects.exists()


def test_about_is_gone_while_learning_is_turned_off(as_user, moderator, mine, settings):
    settings.SCREENING_LEARNING = False
    browser = as_user(moderator)

    assert "What is it about?" not in browser.get(page(mine)).text
    assert decided(browser, mine, **about(mine, about_confirmed="on")) is None


# Honesty about screening


@pytest.mark.parametrize(
    ("certainty", "said"),
    [
        (Certainty.CLEAR, "(clear words)"),
        (Certainty.LIKELY, "(likely)"),
        (Certainty.UNSURE, "(unsure: read it yourself)"),
    ],
)
def test_case_says_how_sure_a_finding_is_in_words_alone(as_user, moderator, member, certainty, said):
    scores = dict.fromkeys(RISKS, 0.8231)
    case = waiting_case(member, found=reading(finding(certainty=certainty), scores=scores))

    text = as_user(moderator).get(page(case)).text

    assert said in text
    assert "%" not in text
    assert "0.82" not in text


def test_case_says_when_a_part_of_screening_is_missing(as_user, moderator, case):
    line = "Screening works only with word patterns at the moment: the encoder is away."
    browser = as_user(moderator)
    assert line not in browser.get(page(case)).text

    note_screening_state("one", layers=["patterns"], why="the encoder is away", engine="e", at=SOON)

    assert line in browser.get(page(case)).text
