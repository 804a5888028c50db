"""The one place that opens the screening engine as the settings and this site's calibration say.

Workers and commands read through it. The web server does not: it would hold the sentence encoder in memory for nothing. The
engine stays open in its process and is opened again when its files or the calibration change.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.conf import settings

from helplines.queries import numbers
from moderation.models import ScreeningCalibration
from moderation.screening.engine import ENGINE_VERSION, use_lexicon
from moderation.screening.engine import read as read_patterns
from moderation.screening.identifiers import use_public_numbers
from moderation.screening.lexicon import LexiconError
from moderation.screening.model.files import is_ready
from moderation.screening.nudge import nudge
from moderation.screening.reading import Category, Reading
from moderation.screening.screener import Screener, open_screener, patterns_alone

logger = logging.getLogger(__name__)

# Between two looks at whether a file or the calibration has changed.
LOOK_AFTER_SECONDS: Final = 60.0
_TRIAL = "A short sentence, to try it with."
_FOLDERS = re.compile(r"(?:/[^/\s'\"]+)+/")


@dataclass(frozen=True, slots=True)
class Works:
    """What a process screens with: the layers that work, and in plain English why one does not ("" when all do)."""

    layers: tuple[str, ...]
    why: str
    engine: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an open engine was made from; another value means that it must be opened again."""

    process: int
    folder: Path
    model_changed_ns: int | None
    is_encoder_ready: bool
    calibration: int | None


@dataclass(slots=True)
class _Open:
    screener: Screener
    thresholds: Mapping[Category, float]
    seen: _Seen
    looked_at: float


class _Process:
    """What this process holds: the engine once something was read, and what is wrong with the site's own lexicon."""

    opened: _Open | None = None
    lexicon_problem: str = ""


def read(text: str) -> Reading:
    """Return the reading of `text` by every layer that works here, with this site's thresholds."""
    opened = _opened()
    return opened.screener.read(text, thresholds=opened.thresholds)


def warm_up() -> None:
    """Open the patterns and the nudge, which the web server reads with: it takes seconds, and nobody's first post should wait for it."""
    read_patterns(_TRIAL)
    nudge(_TRIAL, just_listen=True)


def works() -> Works:
    """Return what this process screens with; opens the engine if it is not open."""
    screener = _opened().screener
    why = "; ".join(reason for reason in (screener.layers.why, _Process.lexicon_problem) if reason)
    # It stands on pages: the names of files are enough there.
    return Works(layers=screener.layers.names, why=_FOLDERS.sub("", why), engine=engine_of(screener))


def open_engine() -> Screener:
    """Return the open engine itself."""
    return _opened().screener


def engine_of(screener: Screener) -> str:
    """Return the name that `screener` gives to its readings."""
    return f"{ENGINE_VERSION}+{screener.version}" if screener.layers.ngrams else ENGINE_VERSION


def close() -> None:
    """Let go of the open engine; the next reading opens it again."""
    _Process.opened = None


def model_file() -> Path:
    """Return where a model trained on this site stands, if there is one."""
    return Path(settings.SCREENING_FOLDER) / "model.npz"


def encoder_folder() -> Path:
    """Return where the sentence encoder stands once it has been made ready."""
    return Path(settings.SCREENING_FOLDER) / "encoder"


def lexicon_folder() -> Path:
    """Return where the operator's own lexicon entries stand, if there are any."""
    return Path(settings.SCREENING_FOLDER) / "lexicon"


def use_own_lexicon() -> str:
    """Read with the operator's own entries from now on; return what is wrong with them, "" when nothing is.

    Wrong entries are all left out, so that a mistake never stops screening: staff pages and `check` name it.
    """
    folder = lexicon_folder()
    try:
        use_lexicon(folder if folder.is_dir() else None)
        _Process.lexicon_problem = ""
    except LexiconError as error:
        use_lexicon(None)
        _Process.lexicon_problem = f"the site's own lexicon is not in use ({error})"
    return _Process.lexicon_problem


def _opened() -> _Open:
    now = time.monotonic()
    opened = _Process.opened
    is_fresh = opened is not None and now - opened.looked_at < LOOK_AFTER_SECONDS
    # A forked process cannot go on with its parent's encoder.
    if opened is not None and is_fresh and opened.seen.process == os.getpid():
        return opened
    use_public_numbers(numbers())
    calibration = ScreeningCalibration.objects.order_by("-pk").first()
    seen = _look(calibration)
    if opened is None or opened.seen != seen:
        opened = _open(seen, calibration)
        _Process.opened = opened
    opened.looked_at = now
    return opened


def _open(seen: _Seen, calibration: ScreeningCalibration | None) -> _Open:
    screener = _working(model_file() if seen.model_changed_ns is not None else None)
    thresholds: dict[Category, float] = {}
    # Scores of another engine mean something else: until the next calibration the shipped thresholds hold.
    if calibration is not None and calibration.engine == engine_of(screener):
        thresholds = {Category(name): float(value) for name, value in calibration.thresholds.items()}
    return _Open(screener=screener, thresholds=thresholds, seen=seen, looked_at=0.0)


def _working(model: Path | None) -> Screener:
    """Return the engine with what can really be read with: a model that opens may still not fit this version.

    One that fails is left out, since it would fail on every post and send each to the top of the queue.
    """
    screener = open_screener(model_file=model, encoder_folder=encoder_folder())
    try:
        screener.read(_TRIAL)
    except Exception as error:  # noqa: BLE001  whatever is wrong with a part, the others go on
        logger.error("screening: a trained part fails (%s)", type(error).__name__)  # noqa: TRY400  its name is enough
    else:
        return screener
    if model is None:
        screener = patterns_alone()
        screener.layers = replace(screener.layers, why="the trained model that Alongside came with fails on every text")
    else:
        screener = _working(None)
        why = "the model trained here fails on every text and is left out (manage.py retrain_screening)"
        screener.layers = replace(screener.layers, why="; ".join(filter(None, (why, screener.layers.why))))
    return screener


def _look(calibration: ScreeningCalibration | None) -> _Seen:
    try:
        changed = model_file().stat().st_mtime_ns
    except OSError:
        changed = None
    return _Seen(
        process=os.getpid(),
        folder=Path(settings.SCREENING_FOLDER),
        model_changed_ns=changed,
        is_encoder_ready=is_ready(encoder_folder()),
        calibration=calibration.pk if calibration is not None else None,
    )
