"""How screening works on this site, in plain counts."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from moderation.report import FEWEST, PERIOD, report, screening_state
from moderation.wording import CATEGORY_WORDS, severity_words

_FEW = "too few to say"


class Command(BaseCommand):
    """`manage.py screening_report`: the figures of the page /review/screening/."""

    help = "Print what moderators corrected, what chance has shown to be missed, and how many posts waited."

    def handle(self, **options: Any) -> None:
        """Print the report of the last 90 days."""
        now = timezone.now()
        found, state = report(at=now), screening_state(at=now)
        write = self.stdout.write
        write(f"Screening, the last {PERIOD.days} days")
        write(f"works with: {', '.join(state.layers) or 'no worker has told'}{f' ({state.why})' if state.why else ''}")
        write(f"\nposts read: {found.read}; brought to a person:")
        for level in found.levels:
            write(f"  {severity_words(level.severity):12}{level.brought:6}")
        sample = found.sample
        few = "" if sample.says_enough else f" ({_FEW})"
        write("\ndrawn by chance from what needed no look:")
        write(f"  drawn {sample.drawn}, looked at {sample.looked_at}, should have been found {sample.missed}{few}")
        write(f"\nwhat moderators said about {found.labels} posts (below {FEWEST}: {_FEW}):")
        write(f"  {'':42}{'confirmed':>10}{'added':>7}{'removed':>9}")
        for row in found.categories:
            few = "" if row.says_enough else f"   {_FEW}"
            words = str(CATEGORY_WORDS[row.category])
            write(f"  {words:42}{row.confirmed:10}{row.added:7}{row.removed:9}{few}")
