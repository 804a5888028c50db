"""Cases and readings made by hand, for tests that do not depend on what the lexicon finds."""

from datetime import timedelta

from accounts.models import User
from forums.models import Post
from moderation.actions import Verdict, claim_case, decide_case, place_case
from moderation.models import Case, Decision
from moderation.screening.reading import Category, Finding, Reading, When, Who
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
) -> Finding:
    return Finding(category, severity, who, when, start, end, "A reason for moderators.", "by-hand")


def reading(*findings: Finding, severity: int | None = None, language: str = "en") -> Reading:
    highest = max((one.severity for one in findings), default=0)
    return Reading(highest if severity is None else severity, findings, "by hand", language)


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
