"""`manage.py train_screening`: makes the model that is shipped, from the train split of the corpus."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from moderation.screening.engine import ENGINE_VERSION
from moderation.screening.model.encoder import Encoder
from moderation.screening.model.examples import training_examples
from moderation.screening.model.train import train
from moderation.screening.model.trained import SHIPPED


class Command(BaseCommand):
    """For those who change the corpus or the lexicon; a site trains on its own labels with `retrain_screening`."""

    help = "Train the model on the corpus and write it. Takes some minutes; needs the sentence encoder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where the model is written."""
        parser.add_argument("--out", type=Path, default=SHIPPED, help="file to write (default: the shipped model)")

    def handle(self, *, out: Path, **options: Any) -> None:
        """Train and write; raises CommandError without the encoder."""
        try:
            call_command("prepare_screening", quiet=True, stdout=self.stdout)
            encoder = Encoder(settings.SCREENING_FOLDER / "encoder")
        except (OSError, ImportError) as error:
            raise CommandError(f"The sentence encoder is needed ({error}). Run: manage.py prepare_screening") from error
        model = train(training_examples(), encoder=encoder, name=ENGINE_VERSION, tell=self._say)
        model.save(out)
        self._say(f"Wrote {out}: version {model.version}, {out.stat().st_size / 1000:.0f} kB.")
        for name, value in model.about["thresholds"].items():
            self._say(f"  {name:24} from {value:.3f}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
