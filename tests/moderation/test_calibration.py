"""Thresholds come from the scores of this site's own last ordinary posts, and from nothing else."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Event
from forums.actions import submit_reply, withdraw_post
from forums.enums import Capacity
from forums.models import Post
from moderation import calibration, screener
from moderation.actions import About
from moderation.enums import Action
from moderation.models import ReadingRecord, ScreeningCalibration
from moderation.screening.model.calibration import FEWEST, FURTHEST, MOST
from moderation.screening.reading import RISKS, Category
from moderation.screening.screener import patterns_alone
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import decide, finding, place, reading

ALL = ("patterns", "n-grams", "meaning")
ENGINE = "engine+model"
LATER = NOON + timedelta(days=10)


def ordinary(score=0.1, *, layers=ALL, **changes):
    """A calm reading in which every category has this score."""
    return reading(scores=dict.fromkeys(RISKS, score), layers=layers, **changes)


@pytest.fixture
def thread(member):
    return factories.make_published_story(member).thread


@pytest.fixture
def answer(thread, member, settings):
    """Return a function that places a reply with a reading, as a worker does."""

    def submit(found, *, at=NOON, **fields):
        writer = {"by": member, "pen_name": factories.pen_name_of(member)} | fields
        post = submit_reply(thread, body="Words.", at=at, **writer)
        case = place(post, found, at=at)
        ReadingRecord.objects.filter(case=case).update(engine=ENGINE)
        return case

    return submit


def scores(**changes):
    return calibration.ordinary_scores(**({"engine": ENGINE, "layers": ALL, "at": LATER} | changes))


def grooming(found):
    return [post[Category.GROOMING] for post in found]


def test_ordinary_scores_are_those_of_published_posts_oldest_first(answer):
    for score in (0.1, 0.2, 0.3):
        answer(ordinary(score))

    assert grooming(scores()) == [0.1, 0.2, 0.3]
    assert set(scores()[0]) == set(RISKS)


def test_ordinary_scores_are_the_last_five_hundred(answer):
    case = answer(ordinary(0.5))
    record = ReadingRecord.objects.get(case=case)
    ReadingRecord.objects.bulk_create(
        ReadingRecord(case=case, post_version=1, at=NOON, engine=ENGINE, content=record.content)
        for _ in range(MOST + 5)
    )

    assert len(scores()) == MOST


def test_ordinary_scores_read_no_words(answer):
    answer(ordinary())

    with CaptureQueriesContext(connection) as queries:
        scores()

    assert len(queries) == 1
    assert '"forums_post"."body"' not in queries[0]["sql"]


@pytest.mark.parametrize(
    ("found", "changes"),
    [
        (ordinary(severity=2), {}),  # held, nobody has looked
        (ordinary(), {"guest_name": "Gus", "by": None, "pen_name": None}),  # held
        (reading(), {}),  # read by an earlier version, which kept no scores
        (ordinary(layers=("patterns", "n-grams")), {}),  # read while a part was missing
        (ordinary(), {"at": LATER - calibration.OLDEST - timedelta(days=1)}),
    ],
)
def test_ordinary_scores_leave_out_what_is_not_ordinary(answer, found, changes):
    answer(found, **changes)

    assert scores() == []


def test_ordinary_scores_of_another_engine_are_left_out(answer):
    answer(ordinary())

    assert scores(engine="another") == []


def test_ordinary_scores_of_other_languages_count_without_meaning(answer, moderator):
    case = answer(ordinary(layers=("patterns", "n-grams"), language="es"))

    assert case.post.is_published
    assert len(scores()) == 1


@pytest.mark.parametrize("change", ["imported", "professional", "withdrawn", "changed"])
def test_ordinary_scores_leave_out_other_posts(answer, member, change):
    post = answer(ordinary()).post
    assert len(scores()) == 1
    if change == "withdrawn":
        withdraw_post(post, by=member, at=NOON)
    else:
        fields = {
            "imported": {"is_imported": True},
            "professional": {"capacity": Capacity.ARTICLE_AUTHOR},
            "changed": {"version": 2},
        }
        Post.objects.filter(pk=post.pk).update(**fields[change])

    assert scores() == []


def test_ordinary_scores_leave_out_what_a_person_restricted(answer, moderator, settings):
    settings.SCREENING_SAMPLE_PERCENT = 100
    case = answer(ordinary())
    assert len(scores()) == 1

    decide(case, moderator, Action.DECLINE, reason="Because.")
    Post.objects.filter(pk=case.post_id).update(status="published")

    assert scores() == []


@pytest.mark.parametrize(
    ("about", "counts"),
    [
        (None, 0),
        (About(frozenset(), 1), 1),
        (About(frozenset(), 2), 0),
        (About(frozenset({Category.SOURCING}), 1), 0),
    ],
)
def test_ordinary_scores_of_a_post_with_findings_count_when_a_person_said_there_was_nothing(
    answer, moderator, about, counts
):
    case = answer(ordinary_with_finding())
    decide(case, moderator, Action.PUBLISH, about=about)

    assert len(scores()) == counts


def ordinary_with_finding():
    return reading(finding(severity=2), scores=dict.fromkeys(RISKS, 0.4), layers=ALL)


def test_recalibrate_with_too_few_changes_nothing_and_says_so(with_model, db, capsys):
    call_command("recalibrate_screening")

    said = capsys.readouterr().out
    assert "Nothing changed. 0 ordinary posts of the last 180 days were found, and 200 are needed." in said
    assert not ScreeningCalibration.objects.exists()


def test_recalibrate_sets_bounded_thresholds_and_tells(with_model, answer, capsys):
    found = screener.works()
    case = answer(ordinary(0.999, layers=found.layers))
    record = ReadingRecord.objects.get(case=case)
    ReadingRecord.objects.update(engine=found.engine)
    ReadingRecord.objects.bulk_create(
        ReadingRecord(case=case, post_version=1, at=NOON, engine=found.engine, content=record.content)
        for _ in range(FEWEST - 1)
    )

    outcome = calibration.recalibrate(at=LATER)

    kept = ScreeningCalibration.objects.get()
    assert (outcome.posts, outcome.why) == (FEWEST, "")
    assert (kept.posts, kept.engine, kept.at) == (FEWEST, found.engine, LATER)
    shipped = screener.open_engine().thresholds
    for category in RISKS:
        odds = [value / (1 - value) for value in (kept.thresholds[category], shipped[category])]
        assert 1 <= odds[0] / odds[1] < 2.72**FURTHEST, "a flood of strange posts moves a threshold only so far"
    assert Event.objects.filter(kind="screening_calibrated").count() == 1


def test_recalibrate_without_a_model_says_so(screening_folder, db, monkeypatch):
    # The edge: this version ships a model, and here it cannot be read.
    monkeypatch.setattr(screener, "open_screener", lambda **_paths: patterns_alone())

    assert "no trained model" in calibration.recalibrate(at=LATER).why
    assert not ScreeningCalibration.objects.exists()
