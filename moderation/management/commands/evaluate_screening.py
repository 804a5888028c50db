"""`manage.py evaluate_screening`: measures screening on labelled passages."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from moderation.screening.evaluation import SPLITS, CorpusError, evaluate, load, own_corpus, report, score_lines


class Command(BaseCommand):
    """Prints recall, precision, missed passages and severities; writes graded scores when asked."""

    help = "Measure screening on a labelled file of JSON lines, or on the corpus of this project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `--file` (labelled JSON lines) and `--scores` (where to write graded scores)."""
        parser.add_argument("--file", type=Path, help='lines of {"id", "text", "label" or "labels"}')
        parser.add_argument("--scores", type=Path, help='write lines of {"id", "severity", "labels", "scores"} here')

    def handle(self, *args: Any, **options: Any) -> None:
        """Evaluate and print; raises CommandError for a file that cannot be read, naming the line."""
        path: Path | None = options["file"]
        try:
            sets = {path.name: load(path)} if path else {split: own_corpus(split=split) for split in SPLITS}
        except CorpusError as error:
            raise CommandError(str(error)) from error
        lines: list[str] = []
        for name, passages in sets.items():
            results = evaluate(passages)
            self.stdout.write(f"== {name}\n{report(results)}\n")
            lines += score_lines(results)
        if options["scores"]:
            self._write(options["scores"], lines)

    def _write(self, path: Path, lines: list[str]) -> None:
        try:
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            raise CommandError(_("%(path)s cannot be written: %(error)s") % {"path": path, "error": error}) from error
