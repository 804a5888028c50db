"""Train screening on what moderators said on this site."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from moderation import learning, screener
from moderation.learning import Compared, NotLearnedError

_OFF = "Learning is turned off here (SCREENING_LEARNING=0), so nothing is trained. The model in use stays."


class Command(BaseCommand):
    """`manage.py retrain_screening`: without `--install` it only trains, compares and prints."""

    help = "Train a model on the corpus and on this site's labels, compare it with the one in use, install it if it is better."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare installing and the two ways back."""
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--install", action="store_true", help="put the new model in use if it is not worse")
        ways.add_argument("--previous", action="store_true", help="go back to the model before the present one")
        ways.add_argument("--shipped", action="store_true", help="go back to the model that Alongside came with")

    def handle(self, *, install: bool, previous: bool, shipped: bool, **options: Any) -> None:
        """Train and compare; raises CommandError for a worse candidate, too little to learn from, or learning turned off."""
        if shipped:
            self._say(
                "Back to the shipped model." if learning.use_shipped() else "The shipped model is in use already."
            )
            return
        if previous:
            if not learning.go_back():
                raise CommandError("There is no earlier model here.")
            self._say("Back to the model before.")
            return
        if not settings.SCREENING_LEARNING:
            raise CommandError(_OFF)
        self._train(install=install)

    def _train(self, *, install: bool) -> None:
        here = learning.lessons()
        self._say(f"{len(here)} labelled posts of this site.")
        try:
            found = learning.retrain(here, at=timezone.now(), tell=self._say)
        except NotLearnedError as error:
            raise CommandError(str(error)) from error
        self._say(table(found.compared))
        if found.refusals:
            raise CommandError("Not installed. " + "; ".join(found.refusals) + ".")
        if not install:
            self._say("It may be installed: run this with --install.")
            return
        learning.install(found.model)
        self._say(f"Installed {found.model.version} as {screener.model_file()}. Workers read with it within a minute.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def table(compared: Sequence[Compared]) -> str:
    """Return the comparison as plain text."""
    lines = []
    for pair in compared:
        lines += ["", pair.name, f"  {'':28}{'in use now':>14}{'candidate':>14}"]
        for level in (4, 3, 2):
            now, new = pair.current.found[level], pair.candidate.found[level]
            lines.append(f"  {f'found at level {level}':28}{now!s:>14}{new!s:>14}")
        now, new = pair.current.flagged, pair.candidate.flagged
        lines.append(f"  {'ordinary posts flagged':28}{now!s:>14}{new!s:>14}")
    return "\n".join(lines)
