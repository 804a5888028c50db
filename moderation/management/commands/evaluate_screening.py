"""`manage.py evaluate_screening`: measures screening on labelled texts."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from moderation.screening.corpus import EARLY, CorpusError, Passage, early_corpus, load, own_corpus
from moderation.screening.evaluation import evaluate, report, score_lines
from moderation.screening.model.encoder import Encoder
from moderation.screening.model.examples import examples_of, training_examples
from moderation.screening.model.measure import found_when_flagged, table, unseen_scores
from moderation.screening.model.train import evidence_of
from moderation.screening.reading import RISKS
from moderation.screening.screener import Screener, open_screener, patterns_alone

LAYERS = ("all", "light", "patterns")
LEAVE_OUT = ("voice", "writer")


class Command(BaseCommand):
    """Prints recall, precision, missed passages and severities; writes graded scores when asked."""

    help = "Measure screening on a labelled file of JSON lines, or on the corpus of this project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to read, with which layers, and where scores are written."""
        parser.add_argument("--file", type=Path, help='lines of {"id", "text", "label" or "labels"}')
        parser.add_argument("--scores", type=Path, help='write lines of {"id", "severity", "labels", "scores"} here')
        parser.add_argument(
            "--layers", choices=LAYERS, default="all", help="all; light: no meaning; patterns: the lexicon alone"
        )
        parser.add_argument("--early", action="store_true", help="the four early parts of the corpus, one by one")
        parser.add_argument(
            "--leave-out", choices=LEAVE_OUT, help="train anew without each voice or writer in turn (takes long)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Evaluate and print; raises CommandError for a file that cannot be read, naming the line."""
        if options["leave_out"]:
            self._leave_out(options["leave_out"], with_meaning=options["layers"] == "all")
            return
        screener = self._screener(options["layers"])
        try:
            sets = self._sets(options)
        except CorpusError as error:
            raise CommandError(str(error)) from error
        lines: list[str] = []
        for name, passages in sets.items():
            results = evaluate(passages, read=screener.read)
            scores = np.array([[one.reading.scores[risk] for risk in RISKS] for one in results], np.float32).reshape(
                -1, len(RISKS)
            )
            found = table(found_when_flagged(examples_of(passages), scores))
            self.stdout.write(f"== {name}\n{report(results)}\n\n{found}\n")
            lines += score_lines(results)
        if options["scores"]:
            self._write(options["scores"], lines)

    def _sets(self, options: dict[str, Any]) -> dict[str, list[Passage]]:
        path: Path | None = options["file"]
        if path:
            return {path.name: load(path)}
        if options["early"]:
            return {part: early_corpus(part=part) for part in EARLY}
        return {"test": own_corpus(split="test")}

    def _screener(self, layers: str) -> Screener:
        if layers == "patterns":
            screener = patterns_alone()
        else:
            screener = open_screener(encoder_folder=encoder_folder(self.stdout) if layers == "all" else None)
        self.stdout.write(f"Read with {', '.join(screener.layers.names)}; model: {screener.version}.")
        if layers == "all" and screener.layers.why:
            self.stdout.write(f"Not with all layers: {screener.layers.why}.")
        return screener

    def _leave_out(self, what: str, *, with_meaning: bool) -> None:
        try:
            encoder = Encoder(encoder_folder(self.stdout))
        except (OSError, ImportError) as error:
            raise CommandError(f"The sentence encoder is needed ({error}). Run: manage.py prepare_screening") from error
        examples = [*training_examples(), *examples_of(own_corpus(split="test"))]
        evidence = [evidence_of(example, encoder) for example in examples]
        voices = [example.voice for example in examples]
        # A voice is named by its writer and itself; the early parts have one writer.
        groups = voices if what == "voice" else [voice.split("-")[0] if "-" in voice else "early" for voice in voices]
        scores = unseen_scores(examples, evidence, groups=groups, tell=self.stdout.write, with_meaning=with_meaning)
        self.stdout.write(table(found_when_flagged(examples, scores)))

    def _write(self, path: Path, lines: list[str]) -> None:
        try:
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            raise CommandError(_("%(path)s cannot be written: %(error)s") % {"path": path, "error": error}) from error


def encoder_folder(stdout: Any) -> Path:
    """Return the folder of the sentence encoder, made ready if it can be."""
    call_command("prepare_screening", quiet=True, stdout=stdout)
    return Path(settings.SCREENING_FOLDER) / "encoder"
