"""Wake-ups. The rows say what is due."""

from celery import shared_task

from moderation import calibration, reader


@shared_task(name="moderation.screen_due", acks_late=True, time_limit=60, soft_time_limit=45)
def screen_due() -> int:
    """Read what waits for screening; safe to run twice or at once."""
    return reader.read_due()


@shared_task(name="moderation.sweep", acks_late=True, time_limit=30, soft_time_limit=25)
def sweep() -> None:
    """Find what was forgotten and ring again; safe to run twice or at once."""
    reader.sweep()


@shared_task(name="moderation.recalibrate", acks_late=True, time_limit=60, soft_time_limit=45)
def recalibrate() -> None:
    """Set thresholds by this site's ordinary posts, and forget labels of what was taken back; safe to run twice."""
    calibration.daily()
