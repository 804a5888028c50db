"""Verify the event log's chain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.events import faults
from core.models import EventChain


class Command(BaseCommand):
    """`manage.py verify_events`: say whether any event was changed, removed, added or moved."""

    help = "Verify that no event of the log was changed, removed, added or moved."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each fault; raises CommandError when there is one."""
        found = 0
        for fault in faults():
            found += 1
            self.stdout.write(f"event {fault.event_id}: {fault.what}")
        if found:
            message = f"The log does not hold: {found} faults."
            raise CommandError(message)
        self.stdout.write(
            f"The log holds: {EventChain.objects.get(pk=1).length} events, each following the one before."
        )
