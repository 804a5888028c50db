"""Show how far a long reading is: percent of the bytes, and what was done so far."""

import time
from collections.abc import Callable

_SECONDS_ON_TERMINAL = 0.1
_SECONDS_IN_LOG = 1.0


class Progress:
    """Calls `write` at most ten times a second on a terminal, each time over the last line, else a line each second.

    `size` is the number of bytes to read, `words` the line with the places `percent` and `done`.
    """

    def __init__(self, write: Callable[[str], None], *, is_terminal: bool, size: int, words: str) -> None:
        self._write = write
        self._size = max(size, 1)
        self._words = words
        self._is_terminal = is_terminal
        self._pause = _SECONDS_ON_TERMINAL if self._is_terminal else _SECONDS_IN_LOG
        self._shown_at = time.monotonic()
        self._width = 0
        self._bytes = 0
        self._done = 0

    def on_bytes(self, count: int) -> None:
        """Take note that `count` bytes were read so far."""
        self._bytes = count
        self._show_in_turn()

    def on_post(self) -> None:
        """Take note that one more thing is done."""
        self._done += 1
        self._show_in_turn()

    def close(self) -> None:
        """Leave the terminal's line clean for what follows."""
        if self._is_terminal and self._width:
            self._write("\r" + " " * self._width + "\r")

    def _show_in_turn(self) -> None:
        now = time.monotonic()
        if now - self._shown_at < self._pause:
            return
        self._shown_at = now
        percent = min(100, 100 * self._bytes // self._size)
        line = self._words % {"percent": percent, "done": self._done}
        if self._is_terminal:
            self._write("\r" + line.ljust(self._width))
            self._width = max(self._width, len(line))
        else:
            self._write(line + "\n")
