"""What screening missed and got wrong, in plain counts, and nothing said where there is too little to say."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from forums.actions import submit_reply
from moderation.actions import About, keep_calibration, note_screening_state
from moderation.enums import Action, Cause
from moderation.models import ScreeningLabel
from moderation.report import FEWEST, report, screening_state
from moderation.screening.reading import Category
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import SOON, decide, finding, place, reading, waiting_case

NOTHING = About(frozenset(), 1)
SOURCING = About(frozenset({Category.SOURCING}), 2)


def count(category, found=None):
    (row,) = [row for row in (found or report(at=SOON)).categories if row.category == category]
    return row.confirmed, row.added, row.removed


@pytest.fixture
def drawn(member, settings):
    """Return a function that gives a case that chance drew."""
    settings.SCREENING_SAMPLE_PERCENT = 100
    thread = factories.make_published_story(member).thread

    def draw(at=NOON):
        reply = submit_reply(thread, body="Words.", at=at, by=member, pen_name=factories.pen_name_of(member))
        case = place(reply, reading(), at=at)
        assert case.cause == Cause.SAMPLE
        return case

    return draw


def test_report_of_an_empty_site_has_zeros(db):
    found = report(at=NOON)

    assert (found.read, found.labels, found.sample.drawn, found.sample.says_enough) == (0, 0, 0, False)
    assert {(row.confirmed, row.added, row.removed) for row in found.categories} == {(0, 0, 0)}
    assert len(found.categories) == 16


def test_report_counts_what_moderators_confirmed_added_and_took_out(member, moderator):
    both = reading(finding(Category.SOURCING, 2), finding(Category.MINOR, 3))
    about = About(frozenset({Category.SOURCING, Category.GROOMING}), 3)
    decide(waiting_case(member, found=both), moderator, Action.PUBLISH, about=about)
    decide(waiting_case(member, found=both), moderator, Action.PUBLISH)

    assert count(Category.SOURCING) == (1, 0, 0)
    assert count(Category.GROOMING) == (0, 1, 0)
    assert count(Category.MINOR) == (0, 0, 1)
    assert report(at=SOON).labels == 1


def test_report_counts_what_was_brought_to_a_person_by_level(member):
    for severity in (4, 4, 2):
        waiting_case(member, severity=severity)
    waiting_case(member, found=reading(severity=1))

    assert [(row.severity, row.brought) for row in report(at=SOON).levels] == [(4, 2), (3, 0), (2, 1)]
    assert report(at=SOON).read == 4


def test_report_sample_counts_looks_and_misses(drawn, moderator):
    decide(drawn(), moderator, Action.NONE)
    decide(drawn(), moderator, Action.NONE, about=NOTHING)
    decide(drawn(), moderator, Action.NONE, about=SOURCING)
    decide(drawn(), moderator, Action.DECLINE, reason="Because.", about=SOURCING)
    decide(drawn(), moderator, Action.ESCALATE, note="Worried.")
    drawn()

    sample = report(at=SOON).sample

    assert (sample.drawn, sample.looked_at, sample.missed) == (6, 5, 3)


@pytest.mark.parametrize(("looks", "enough"), [(FEWEST - 1, False), (FEWEST, True)])
def test_report_sample_says_nothing_below_twenty(drawn, moderator, looks, enough):
    for _number in range(looks):
        decide(drawn(), moderator, Action.NONE)

    assert report(at=SOON).sample.says_enough is enough


def test_report_leaves_out_what_is_older_than_ninety_days(drawn, member, moderator):
    decide(waiting_case(member), moderator, Action.PUBLISH, about=SOURCING)
    drawn()
    found = report(at=NOON + timedelta(days=91))

    assert (found.read, found.labels, found.sample.drawn) == (0, 0, 0)
    assert {row.brought for row in found.levels} == {0}


@pytest.mark.parametrize("labels", [1, 3])
def test_report_number_of_queries_does_not_grow(member, moderator, django_assert_num_queries, labels):
    for number in range(labels):
        decide(waiting_case(member, title=f"Story {number}"), moderator, Action.PUBLISH, about=SOURCING)

    with django_assert_num_queries(8):
        report(at=SOON)


def test_screening_state_is_what_all_workers_have(db):
    note_screening_state("one", layers=["patterns", "n-grams", "meaning"], why="", engine="e", at=NOON)
    note_screening_state("two", layers=["patterns"], why="no model", engine="e", at=NOON)

    state = screening_state(at=NOON)

    assert (state.layers, state.why, state.is_partial) == (("patterns",), "no model", True)


def test_screening_state_before_any_worker_told_is_empty_and_not_partial(db):
    state = screening_state(at=NOON)

    assert (state.layers, state.why, state.is_partial) == ((), "", False)


def test_screening_report_prints_the_figures(member, moderator, capsys):
    decide(waiting_case(member, found=reading(finding(Category.SOURCING))), moderator, Action.PUBLISH, about=SOURCING)

    with time_machine.travel(SOON):
        call_command("screening_report")

    said = capsys.readouterr().out
    assert "works with: no worker has told" in said
    assert "drawn 0, looked at 0, should have been found 0 (too few to say)" in said
    (line,) = [line.split() for line in said.splitlines() if "finding or selling drugs" in line]
    assert line[-7:] == ["1", "0", "0", "too", "few", "to", "say"]
    assert "%" not in said


# The page


def test_screening_page_shows_counts_and_no_shares(as_user, member, moderator, five_past_noon):
    note_screening_state("one", layers=["patterns"], why="no model", engine="e", at=SOON)
    keep_calibration({}, engine="e", posts=321, at=NOON)
    ScreeningLabel.objects.all().delete()
    decide(waiting_case(member), moderator, Action.PUBLISH, about=SOURCING)

    text = as_user(moderator).get("/review/screening/").text

    assert "On 2 March 2026, by the scores of the last 321 ordinary posts of this site." in text
    assert "Screening works only with word patterns at the moment: no model." in text
    # The sample, what was added, and what was taken out by leaving it away.
    assert text.count("too few to say") == 3
    assert "finding or selling drugs" in text
    assert "sexual approach or grooming" not in text
    assert "%" not in text


def test_screening_page_before_anything_happened(as_user, moderator, five_past_noon, settings):
    settings.SCREENING_LEARNING = False

    text = as_user(moderator).get("/review/screening/").text

    assert "Not yet: it works with the thresholds that it came with." in text
    assert "No worker has told yet." in text
    assert "Learning is turned off here" in text


@pytest.mark.parametrize("labels", [1, 3])
def test_screening_page_number_of_queries_does_not_grow(
    as_user, member, moderator, django_assert_num_queries, five_past_noon, labels
):
    for number in range(labels):
        decide(waiting_case(member, title=f"Story {number}"), moderator, Action.PUBLISH, about=SOURCING)
    browser = as_user(moderator)

    with django_assert_num_queries(14):
        browser.get("/review/screening/")
