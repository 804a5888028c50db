"""What moderators said that posts are about, kept so that screening can learn on this site."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from moderation.models import Decision, ScreeningLabel
from moderation.screening.reading import RISKS, Category


@dataclass(frozen=True, slots=True)
class About:
    """What a moderator confirmed that a post is about; no categories means that nothing in it calls for a look."""

    categories: frozenset[Category]
    severity: int


def keep_label(decision: Decision, *, about: About) -> ScreeningLabel | None:
    """Keep, in the decision's transaction, what its post is about; None while learning is turned off. Copies no word."""
    if not settings.SCREENING_LEARNING:
        return None
    return ScreeningLabel.objects.create(
        post_id=decision.case.post_id,
        post_version=decision.post_version,
        decision=decision,
        categories=[str(category) for category in RISKS if category in about.categories],
        severity=about.severity,
        at=decision.at,
        by_id=decision.by_id,
    )


def forget_labels(posts: Iterable[int]) -> int:
    """Delete every label of `posts` (ids) and return how many there were.

    Whatever takes away the words of a post calls this: withdrawing does, and erasing must, in its own transaction. A model
    trained before keeps no text; train again to be rid of what the words have added to its weights.
    """
    return ScreeningLabel.objects.filter(post_id__in=list(posts)).delete()[0]
