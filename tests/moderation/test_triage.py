"""Every combination of facts and readings: the machine may publish or ask a person, nothing else."""

from dataclasses import replace
from itertools import product

import pytest

from forums.enums import Capacity, ReviewPolicy
from moderation import triage
from moderation.enums import Cause, Severity
from moderation.screening.reading import Category
from tests import factories
from tests.moderation.helpers import finding, reading

FACTS = [
    triage.Facts(
        is_guest=is_guest,
        is_opening=is_opening,
        is_imported=is_imported,
        was_changed=was_changed,
        capacity=capacity,
        review_policy=policy,
        is_sampled=is_sampled,
    )
    for is_guest, is_opening, is_imported, was_changed, is_sampled, capacity, policy in product(
        *([[False, True]] * 5), Capacity.values, ReviewPolicy.values
    )
]
READINGS = [
    reading(finding(category, severity), language=language)
    for category, severity, language in product(
        [Category.SUICIDE_SELF_HARM, Category.SOURCING, Category.OWN_USE], [1, 2, 3, 4], ["en", "unknown"]
    )
] + [reading(language=language) for language in ("en", "unknown")]
ALL = list(product(READINGS, FACTS))


def facts(**changes):
    plain = {
        "is_guest": False,
        "is_opening": False,
        "is_imported": False,
        "was_changed": False,
        "capacity": Capacity.MEMBER,
        "review_policy": ReviewPolicy.SCREENED,
    }
    return triage.Facts(**(plain | changes))


def test_place_any_facts_every_post_is_published_or_waits():
    for found, one in ALL:
        placement = triage.place(found, one)

        assert placement.publish or placement.wait, (found, one)


def test_place_attention_and_above_is_never_published_unread_except_a_professionals_own():
    for found, one in ALL:
        if found.severity >= Severity.ATTENTION and one.capacity == Capacity.MEMBER and not one.is_imported:
            assert triage.place(found, one).publish is False, (found, one)


def test_place_guest_is_never_published_unread():
    for found, one in ALL:
        if one.is_guest and one.capacity == Capacity.MEMBER and not one.is_imported:
            assert triage.place(found, one).publish is False, (found, one)


def test_place_unknown_language_is_never_published_unread_outside_an_import():
    for found, one in ALL:
        if found.language == "unknown" and not one.is_imported:
            assert triage.place(found, one).publish is False, (found, one)


def test_place_every_members_opening_is_read_by_a_person_sooner_or_later():
    for found, one in ALL:
        if one.is_opening and one.capacity == Capacity.MEMBER and not one.is_imported:
            assert triage.place(found, one).wait is True, (found, one)


def test_place_severity_is_never_lowered_outside_an_import():
    for found, one in ALL:
        least = min(found.severity, Severity.ATTENTION) if one.is_imported else found.severity

        assert triage.place(found, one).severity >= least, (found, one)


@pytest.mark.parametrize(
    ("found", "changes", "publish", "wait", "severity", "cause"),
    [
        (reading(), {}, True, False, 0, Cause.SUBMITTED),
        (reading(severity=1), {}, True, False, 1, Cause.SUBMITTED),
        (reading(severity=2), {}, False, True, 2, Cause.READING),
        (reading(severity=4), {"is_opening": True}, False, True, 4, Cause.READING),
        (reading(), {"is_opening": True}, True, True, 1, Cause.LOOK_AFTER),
        (reading(severity=1), {"is_opening": True}, True, True, 1, Cause.LOOK_AFTER),
        (reading(), {"is_guest": True}, False, True, 1, Cause.GUEST),
        (reading(), {"was_changed": True}, False, True, 1, Cause.CHANGED),
        (reading(), {"review_policy": ReviewPolicy.HUMAN_FIRST}, False, True, 1, Cause.SPACE),
        (reading(language="unknown"), {}, False, True, 2, Cause.LANGUAGE),
        (reading(severity=3, language="unknown"), {}, False, True, 3, Cause.LANGUAGE),
        (reading(language="es"), {}, True, True, 1, Cause.LANGUAGE),
        (reading(severity=3, language="es"), {}, False, True, 3, Cause.READING),
        (reading(severity=4), {"is_imported": True}, True, True, 2, Cause.IMPORTED),
        (reading(severity=1), {"is_imported": True}, True, False, 1, Cause.IMPORTED),
        (
            reading(finding(Category.SUICIDE_SELF_HARM, 4)),
            {"capacity": Capacity.COUNSELOR},
            True,
            False,
            4,
            Cause.SUBMITTED,
        ),
        (reading(finding(Category.DOSE_ADVICE, 1)), {"capacity": Capacity.COUNSELOR}, False, True, 2, Cause.READING),
        (reading(language="unknown"), {"capacity": Capacity.COUNSELOR}, False, True, 2, Cause.LANGUAGE),
        (
            reading(severity=1),
            {"capacity": Capacity.ARTICLE_AUTHOR, "is_opening": True},
            True,
            False,
            1,
            Cause.SUBMITTED,
        ),
    ],
)
def test_place_one_case_each_goes_where_the_rules_say(found, changes, publish, wait, severity, cause):
    assert triage.place(found, facts(**changes)) == triage.Placement(publish, wait, Severity(severity), cause)


def test_failed_goes_to_a_person_at_the_top():
    assert triage.failed() == triage.Placement(False, True, Severity.IMMEDIATE, Cause.SCREENING_FAILED)


def test_facts_of_post_read_from_its_thread_and_space(member):
    post = factories.make_story(member)

    assert triage.Facts.of(post) == facts(is_opening=True)


def test_place_drawn_reply_is_published_and_looked_at_afterwards():
    for found in (reading(), reading(severity=1)):
        placement = triage.place(found, facts(is_sampled=True))

        assert (placement.publish, placement.wait) == (True, True)
        assert (placement.cause, placement.severity) == (Cause.SAMPLE, Severity.SUPPORT)


def test_place_drawn_post_that_has_a_look_anyway_goes_its_own_way():
    for found, one in ALL:
        if one.is_sampled:
            placement = triage.place(found, one)
            plain = triage.place(found, replace(one, is_sampled=False))

            assert placement == plain or (plain.wait is False and placement.cause == Cause.SAMPLE), (found, one)
