from datetime import UTC, datetime, time, timedelta

import pytest

from moderation import wording
from moderation.rota import Gap
from moderation.screening.reading import Category, When, Who
from tests.factories import NOON
from tests.moderation.helpers import finding


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_length_words_in_the_largest_sensible_unit(length, words):
    assert wording.length_words(length) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOON + timedelta(minutes=30), "13:30 today"),
        (NOON + timedelta(hours=11, minutes=1), "00:01 tomorrow"),
        (NOON - timedelta(hours=13, minutes=30), "23:30 yesterday"),
        (NOON + timedelta(days=3), "13:00 on Thursday"),
        (NOON + timedelta(days=7), "13:00 on 9 March 2026"),
        (NOON - timedelta(days=3), "13:00 on 27 February 2026"),
    ],
)
def test_moment_words_in_the_communitys_time_zone(settings, moment, words):
    settings.TIME_ZONE = "Europe/Berlin"

    assert wording.moment_words(moment, now=NOON) == words


def test_due_words_late_is_said_in_words():
    assert wording.due_words(NOON + timedelta(minutes=20), now=NOON) == "due in 20 minutes"
    assert wording.due_words(NOON - timedelta(hours=2), now=NOON) == "late by 2 hours"


def test_finding_words_say_what_whom_and_when():
    found = finding(Category.SUICIDE_THREAT_OTHER, 3, who=Who.PARTNER, when=When.RECENT)

    assert wording.finding_words(found) == "someone else threatens suicide; a partner or relative, recently"


@pytest.mark.parametrize("category", Category)
def test_category_words_exist_for_every_category(category):
    assert str(wording.CATEGORY_WORDS[category])


def test_event_words_known_and_unknown():
    assert wording.event_words("case_claimed") == "Taken"
    assert wording.event_words("case_looked_at") == "case looked at"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (Gap(0, time(0), 0, time(0)), "Nobody is on duty at any time."),
        (Gap(1, time(6), 1, time(8)), "Nobody is on duty on Tuesday 06:00 to 08:00."),
        (Gap(1, time(23), 2, time(8)), "Nobody is on duty from Tuesday 23:00 to Wednesday 08:00."),
        (Gap(1, time(23), 1, time(8)), "Nobody is on duty from Tuesday 23:00 to Tuesday 08:00."),
    ],
)
def test_gap_words_name_days_and_hours(gap, words):
    assert wording.gap_words(gap) == words


def test_zone_words_are_readable(settings):
    settings.TIME_ZONE = "America/New_York"

    assert wording.zone_words() == "America/New York"
    assert wording.moment_words(datetime(2026, 3, 2, 15, tzinfo=UTC), now=NOON) == "10:00 today"
