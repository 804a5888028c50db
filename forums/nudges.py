"""What a replier may be told in private before a reply is sent: one line, once, and never in the way.

Forums knows what a nudge is and where it is shown; what to notice is known above, by whoever registers a reader here.
Nothing about a nudge is stored or logged, and nobody but the writer sees it.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from core.results import Words

logger = logging.getLogger(__name__)

# Characters shown on either side of the passage that is marked.
_AROUND = 70


@dataclass(frozen=True, slots=True)
class Nudge:
    """A kind line about the passage `start` to `end` (offsets in the reply, end exclusive)."""

    line: Words
    start: int
    end: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The passage that a nudge is about and the words around it, as plain text."""

    before: str
    marked: str
    after: str


class Reader(Protocol):
    """Reads a reply that is not sent yet; `just_listen` says that who is answered asked only to be heard."""

    def __call__(self, body: str, *, just_listen: bool) -> Nudge | None:
        """Return what its writer may be told, or None."""


_AnyReader = TypeVar("_AnyReader", bound=Callable[..., "Nudge | None"])
_readers: list[Reader] = []


def register(reader: _AnyReader) -> _AnyReader:
    """Ask `reader` about every reply from now on; usable as a decorator, harmless when repeated."""
    if reader not in _readers:
        _readers.append(reader)
    return reader


def nudge_for(body: str, *, just_listen: bool) -> Nudge | None:
    """Return the first nudge that a reader has for a reply, or None; a reader that fails stands in nobody's way."""
    for reader in _readers:
        try:
            nudge = reader(body, just_listen=just_listen)
        except Exception as error:  # noqa: BLE001  a nudge is worth less than the reply; the words must not reach the log
            logger.error("reading a reply for a nudge failed (%s)", type(error).__name__)  # noqa: TRY400  no trace: it may quote
        else:
            if nudge is not None:
                return nudge
    return None


def excerpt(body: str, nudge: Nudge) -> Excerpt:
    """Return the passage with some words around it, cut between words."""
    before, after = body[: nudge.start], body[nudge.end :]
    if len(before) > _AROUND:
        before = "… " + re.sub(r"^\S{0,30}\s", "", before[-_AROUND:])
    if len(after) > _AROUND:
        after = re.sub(r"\s\S{0,30}$", "", after[:_AROUND]) + " …"
    return Excerpt(before.lstrip(), body[nudge.start : nudge.end], after.rstrip())
