"""What screening writes down about itself: its thresholds on this site, and what workers screen with."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from core.events import record
from moderation.models import ScreeningCalibration, ScreeningState
from moderation.screening.reading import Category

_FORGOTTEN_AFTER = timedelta(days=1)


def keep_calibration(
    thresholds: Mapping[Category, float], *, engine: str, posts: int, at: datetime
) -> ScreeningCalibration:
    """Keep thresholds set on the scores of `posts` ordinary posts; workers use them within a minute."""
    with transaction.atomic():
        calibration = ScreeningCalibration.objects.create(
            thresholds={str(category): value for category, value in thresholds.items()},
            engine=engine,
            posts=posts,
            at=at,
        )
        record("screening_calibrated", calibration, at=at, posts=posts)
    return calibration


def note_screening_state(host: str, *, layers: Sequence[str], why: str, engine: str, at: datetime) -> None:
    """Write down what the workers on `host` screen with; machines that have not told for a day are forgotten."""
    with transaction.atomic():
        ScreeningState.objects.update_or_create(
            host=host, defaults={"layers": list(layers), "why": why, "engine": engine, "at": at}
        )
        ScreeningState.objects.filter(at__lt=at - _FORGOTTEN_AFTER).delete()
