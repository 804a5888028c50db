"""Keep a few processes alive and end them together.

Plain Python without Django. Every service runs in a process group of its own, so Ctrl-C in a terminal reaches the
supervisor alone, which then ends the services in order. A small watcher process (this file, run as a program) holds the
other end of a pipe: when the supervisor disappears without a word, as after `kill -9`, the pipe closes and the watcher
ends what is left. That works alike on Linux and macOS.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 30.0
_HEALTHY_SECONDS = 60.0
_WATCHER_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Service:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    # How long it may take to end by itself after SIGTERM, in seconds; then it is killed.
    patience: float = 5.0
    # Answers whether it works; None counts as working once it runs.
    is_ready: Callable[[], bool] | None = None


class NotReadyError(Exception):
    """A service ended or stayed silent while starting; `str()` is one line that says which."""


@dataclass(slots=True)
class _Child:
    service: Service
    process: subprocess.Popen[bytes]
    started: float
    pause: float = 0.0
    # When to start it again (time.monotonic()); None while it runs.
    due: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Starts services in the order given, restarts what dies, and stops them in the opposite order."""

    services: Sequence[Service]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    # File descriptors that the watcher keeps open until the last service has ended.
    keep_open: tuple[int, ...] = ()
    _children: list[_Child] = field(default_factory=list)
    _watcher: subprocess.Popen[bytes] | None = None
    _stop_signals: int = 0

    def run(self, *, on_ready: Callable[[], None], start_seconds: float = 60.0) -> None:
        """Start everything, call `on_ready` once all services work, and keep them alive until SIGINT, SIGTERM or SIGHUP.

        Raises NotReadyError when a service does not work within `start_seconds`. Leaves no process behind either way.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start_all(until=time.monotonic() + start_seconds)
            if not self._stop_signals:
                on_ready()
            while not self._stop_signals:
                self._look_after()
                time.sleep(_POLL_SECONDS)
        finally:
            self._stop_all()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _start_all(self, *, until: float) -> None:
        for service in self.services:
            child = _Child(service, self._spawn(service), started=time.monotonic())
            self._children.append(child)
            while service.is_ready is not None and not self._stop_signals and not service.is_ready():
                if child.process.poll() is not None:
                    message = f"{service.name} ended while starting ({_ending(child.process.returncode)})."
                    raise NotReadyError(message)
                if time.monotonic() > until:
                    message = f"{service.name} did not answer in time."
                    raise NotReadyError(message)
                time.sleep(_POLL_SECONDS)
            if self._stop_signals:
                return

    def _look_after(self) -> None:
        if self._watcher is not None and self._watcher.poll() is not None:
            self._watch()
        now = time.monotonic()
        for child in self._children:
            if child.due is None and child.process.poll() is not None:
                self._bury(child.process)
                child.pause = pause_after(child.pause, ran_seconds=now - child.started)
                child.due = now + child.pause
                ending = _ending(child.process.returncode)
                logger.warning("%s ended (%s); starting it again in %d s", child.service.name, ending, child.pause)
            elif child.due is not None and now >= child.due:
                child.process, child.started, child.due = self._spawn(child.service), now, None

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        if self._watcher is None:
            self._watch()
        process = subprocess.Popen(
            service.command, cwd=self.cwd, env=self.env, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._tell(f"+{process.pid}")
        return process

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """End what an ended service left in its process group: pool workers would go on without their parent."""
        _signal_group(process.pid, signal.SIGKILL)
        self._tell(f"-{process.pid}")

    def _stop_all(self) -> None:
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
                self._wait(child)
            self._bury(child.process)
        if self._watcher is not None and self._watcher.stdin is not None:
            self._watcher.stdin.close()
            self._watcher.wait()

    def _wait(self, child: _Child) -> None:
        """Wait for a terminated service as long as its patience, or until a second signal asks for haste."""
        until = time.monotonic() + child.service.patience
        while child.process.poll() is None:
            if time.monotonic() > until or self._stop_signals > 1:
                logger.warning("%s did not end in time and is killed", child.service.name)
                child.process.kill()
                child.process.wait()
            time.sleep(_POLL_SECONDS / 2)

    def _watch(self) -> None:
        """Start the watcher, and name to it what runs already."""
        self._watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            pass_fds=self.keep_open,
        )
        for child in self._children:
            if child.process.poll() is None:
                self._tell(f"+{child.process.pid}")

    def _tell(self, line: str) -> None:
        if self._watcher is not None and self._watcher.stdin is not None:
            try:
                self._watcher.stdin.write(f"{line}\n".encode())
            except BrokenPipeError:
                # It is gone: the next look starts another one.
                logger.warning("the watcher ended")


def pause_after(previous: float, *, ran_seconds: float) -> float:
    """Return how long to wait, in seconds, before starting again what ended after running for `ran_seconds`.

    1, 2, 4 and so on up to 30 s; `previous` is the last pause (0 for none), forgotten after a healthy minute.
    """
    if not previous or ran_seconds >= _HEALTHY_SECONDS:
        return 1.0
    return min(previous * 2, _LONGEST_PAUSE_SECONDS)


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit {code}"
    return f"killed by {signal.Signals(-code).name}"


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group and return whether there was anybody in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers "not permitted" for a group in which only ended processes are left.
        return False
    return True


def _watch_pipe() -> None:
    """Note the groups named on standard input; when it closes, end those that are left, the last one first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: list[int] = []
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.append(group)
        elif group in groups:
            groups.remove(group)
    for group in reversed(groups):
        until = time.monotonic() + _WATCHER_PATIENCE_SECONDS
        try:
            os.kill(group, signal.SIGTERM)
        except ProcessLookupError:
            until = 0.0
        while _signal_group(group, 0) and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
        _signal_group(group, signal.SIGKILL)


if __name__ == "__main__":
    _watch_pipe()
