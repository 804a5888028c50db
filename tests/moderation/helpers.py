"""Cases and readings made by hand, for tests that do not depend on what the lexicon finds."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from accounts.models import User
from forums.models import Post
from moderation.actions import Verdict, claim_case, decide_case, place_case
from moderation.models import Case, Decision
from moderation.screening.model import logistic, train
from moderation.screening.reading import Category, Certainty, Finding, Reading, When, Who
from tests import factories
from tests.factories import NOON

BODY = "The first paragraph is about the weather.\n\nThe second one is about a harder evening.\n\nThe third is short."
SOON = NOON + timedelta(minutes=5)


def finding(
    category: Category = Category.IDENTIFYING_DATA,
    severity: int = 2,
    *,
    who: Who = Who.WRITER,
    when: When = When.NOW,
    start: int = 0,
    end: int = 3,
    certainty: Certainty = Certainty.CLEAR,
) -> Finding:
    return Finding(category, severity, who, when, start, end, "A reason for moderators.", "by-hand", certainty)


def reading(*findings: Finding, severity: int | None = None, language: str = "en", **about) -> Reading:
    highest = max((one.severity for one in findings), default=0)
    return Reading(highest if severity is None else severity, findings, "by hand", language, **about)


@contextmanager
def short_training() -> Iterator[None]:
    """Training inside takes a few steps: enough for its ways to be tested, too few to learn much."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "failed to converge" is what is asked for
        patch.setattr(logistic, "_MOST_STEPS", 3)
        patch.setattr(train, "FOLDS", 2)
        yield


def place(post: Post, found: Reading, *, at=NOON) -> Case:
    """Place the open case of `post` as if screening had found `found`."""
    case = Case.objects.filter(post=post).open().get()
    assert place_case(case, found, attempt=case.screening_attempt, post_version=post.version, at=at)
    case.refresh_from_db()
    post.refresh_from_db()
    return case


def waiting_case(member: User, *, severity: int = 2, found: Reading | None = None, at=NOON, **story) -> Case:
    """Return a case of a story of `member` that waits for a person."""
    post = factories.make_story(member, at=at, **({"body": BODY} | story))
    return place(post, found or reading(finding(severity=severity)), at=at)


def decide(case: Case, by: User, action: str, *, at=SOON, **words) -> Decision:
    """Take a case and decide it."""
    case.refresh_from_db()
    taken = claim_case(case, by=by, at=at)
    verdict = Verdict(action=action, **words)
    return decide_case(taken, verdict, by=by, lease_number=taken.lease_number, post_version=taken.post.version, at=at)
