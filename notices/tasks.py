"""Bells of notices."""

from celery import shared_task

from notices import mail


@shared_task(name="notices.send_due_mail")
def send_due_mail() -> None:
    """Send the discreet mail that is due."""
    mail.send_due_mail()
