"""Thresholds that fit this site: from the scores of its own last ordinary posts. Scores are read, never words."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.enums import Capacity, PostStatus
from moderation import screener
from moderation.actions import forget_labels, keep_calibration
from moderation.enums import RESTRICTIONS, Severity
from moderation.models import Case, Decision, ReadingRecord, ScreeningLabel
from moderation.screening.model.calibration import FEWEST, MOST, thresholds_for
from moderation.screening.reading import Category
from moderation.screening.screener import ALL_LAYERS

logger = logging.getLogger(__name__)

# Older posts were written by another community.
OLDEST = timedelta(days=180)
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a calibration came to: `posts` ordinary posts were found, and `why` says why nothing changed ("" when it did)."""

    posts: int
    why: str


def recalibrate(*, at: datetime) -> Outcome:
    """Set the thresholds by the last ordinary posts before `at`; with fewer than 200 nothing changes."""
    engine = screener.open_engine()
    if not engine.thresholds:
        return Outcome(0, _("There is no trained model here, so there is nothing to set."))
    scores = ordinary_scores(engine=screener.engine_of(engine), layers=engine.layers.names, at=at)
    if len(scores) < FEWEST:
        why = _("%(found)d ordinary posts of the last %(days)d days were found, and %(needed)d are needed.") % {
            "found": len(scores),
            "days": OLDEST.days,
            "needed": FEWEST,
        }
        return Outcome(len(scores), why)
    thresholds = thresholds_for(scores, shipped=engine.thresholds)
    keep_calibration(thresholds, engine=screener.engine_of(engine), posts=len(scores), at=at)
    return Outcome(len(scores), "")


def daily() -> None:
    """Recalibrate, and forget the labels of posts that were taken back while nobody was told."""
    forget_labels(ScreeningLabel.objects.filter(post__status=PostStatus.WITHDRAWN).values_list("post_id", flat=True))
    found = recalibrate(at=timezone.now())
    logger.info("screening calibration: %s ordinary posts%s", found.posts, "" if not found.why else ", nothing changed")


def ordinary_scores(*, engine: str, layers: tuple[str, ...], at: datetime) -> list[Mapping[Category, float]]:
    """Return the scores of the last ordinary posts, oldest first, at most 500: as `engine` read them with `layers`.

    Ordinary is what stands published without any restriction and, where a person looked, at support or below.
    """
    rows = _ordinary_records(engine, at).values_list("content__scores", "content__layers", "content__language")
    found: list[Mapping[Category, float]] = []
    for scores, read_by, language in rows.iterator(chunk_size=_BATCH):
        # Scores made without meaning lie elsewhere. Texts in other languages never have it, so they count as they are.
        is_alike = set(read_by or ()) == set(layers) or (language != "en" and set(layers) == set(ALL_LAYERS))
        if scores and is_alike:
            found.append({Category(name): float(score) for name, score in scores.items()})
        if len(found) == MOST:
            break
    return found[::-1]


def _ordinary_records(engine: str, at: datetime) -> QuerySet[ReadingRecord]:
    of_post = {"post": OuterRef("case__post")}
    restricted = Decision.objects.filter(case__post=OuterRef("case__post"), action__in=RESTRICTIONS)
    grave = Case.objects.filter(**of_post, severity__gt=Severity.SUPPORT)
    said = ScreeningLabel.objects.filter(**of_post, post_version=OuterRef("post_version"))
    return (
        ReadingRecord.objects.filter(
            engine=engine,
            at__gt=at - OLDEST,
            at__lte=at,
            post_version=F("case__post__version"),
            case__post__status=PostStatus.PUBLISHED,
            case__post__is_imported=False,
            case__post__capacity=Capacity.MEMBER,
        )
        .filter(~Exists(restricted), ~Exists(said.exclude(categories=[], severity__lte=Severity.SUPPORT)))
        # What screening thought grave is ordinary only when a person said so.
        .filter(~Exists(grave) | Exists(said.filter(categories=[], severity__lte=Severity.SUPPORT)))
        .order_by("-pk")
    )
