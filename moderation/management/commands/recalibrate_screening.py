"""Set the thresholds of screening by this site's ordinary posts, now."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from moderation.calibration import recalibrate


class Command(BaseCommand):
    """`manage.py recalibrate_screening`: what beat does every day."""

    help = "Set screening's thresholds by the scores of this site's last 500 ordinary posts."

    def handle(self, **options: Any) -> None:
        """Recalibrate and say on how many posts; with too few nothing changes."""
        found = recalibrate(at=timezone.now())
        if found.why:
            self.stdout.write(f"Nothing changed. {found.why}")
        else:
            self.stdout.write(f"Set by {found.posts} ordinary posts. Workers use it within a minute.")
