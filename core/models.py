"""The event log and the heartbeat: the two records that every app shares."""

from django.db import models
from django.utils import timezone


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of the event log."""

    def about(self, subject: str, subject_id: int) -> "EventQuerySet":
        """Return the events about one thing, oldest first."""
        return self.filter(subject=subject, subject_id=subject_id).order_by("pk")


class Event(models.Model):
    """One thing that happened: append-only, each row chained to the one before by its hash.

    A trigger in the database refuses update and delete. People stand as plain numbers without a foreign key, so that an
    account can be erased without touching the log. `data` holds words of the vocabulary and ids, never story text.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id", "id"], name="core_event_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.subject_id}"


class EventChain(models.Model):
    """The end of the hash chain: one row, locked while an event is appended."""

    hash = models.CharField(max_length=64, default="0" * 64)
    length = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.length} events"


class Heartbeat(models.Model):
    """When a periodic task last ran, so that a stopped worker or beat is visible."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
