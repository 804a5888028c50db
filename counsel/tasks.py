"""The counsel desk's work in the background."""

from celery import shared_task
from django.utils import timezone

from counsel import intake


@shared_task(name="counsel.release_expired", acks_late=True, ignore_result=True)
def release_expired() -> None:
    """Give requests back whose lease has run out; open what a lost signal left out; close what is gone."""
    intake.tidy_desk(timezone.now())
