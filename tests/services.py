"""Real servers, workers and a browser for tests, and the rules about skipping. Loaded by tests/conftest.py.

Everything started here has a bounded wait and is ended with the test or the run. From the environment:
TEST_BROKER=valkey (default, the server that the one-command site uses) or redis (the one installed on this machine);
TEST_PORTS, the range of ports to use (tests/ports.py); TEST_ONLY_DATABASE=1, which leaves out what needs no database;
NO_SKIP=1, which turns a skipped test into a failed one; ALONGSIDE_CASES, the folder of case files.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from kombu import pools
from playwright.sync_api import Browser, sync_playwright
from redis import Redis, RedisError

from community import broker as own_broker
from community.celery import app
from tests.ports import free_port

REPOSITORY = Path(__file__).resolve().parent.parent
CASES = Path(os.environ.get("ALONGSIDE_CASES") or REPOSITORY.parent / "shared" / "cases")
NO_SKIP = os.environ.get("NO_SKIP") == "1"
ONLY_DATABASE = os.environ.get("TEST_ONLY_DATABASE") == "1"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "celery_worker", "celery_beat"}
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def wait_until(condition: Callable[[], Any], *, seconds: float = 10.0, what: str = "the condition") -> Any:
    """Return the first true value of `condition()`; raise TimeoutError naming `what` after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not come true within {seconds} s")
        time.sleep(0.05)


# What may be left out.


def pytest_report_header() -> list[str]:
    """Say what this run stands on."""
    engine = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
    lines = [f"database: {engine}; broker: {os.environ.get('TEST_BROKER', 'valkey')}; browser: {CHROMIUM or 'none'}"]
    if not CASES.is_dir():
        lines.append(f"cases: left out, there is no folder {CASES} (ALONGSIDE_CASES names another)")
    return lines


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of case files where those files are not, and what needs no database when that is asked."""
    left_out = [item for item in items if not (_has_cases(item) and _is_asked(item))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    # The long ones first: then two processes end at about the same time.
    items.sort(key=lambda item: not (item.get_closest_marker("journey") or item.get_closest_marker("workers")))


def _has_cases(item: pytest.Item) -> bool:
    return CASES.is_dir() or not item.get_closest_marker("cases")


def _is_asked(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return not ONLY_DATABASE or bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Fail what was skipped, when NO_SKIP=1."""
    report = yield
    return _without_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    """Fail a whole file that was skipped, when NO_SKIP=1."""
    report = yield
    return _without_skip(report)


def _without_skip(report: Any) -> Any:
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"NO_SKIP=1, and this was skipped: {report.nodeid} ({reason})"
    return report


# The database, for tests whose rows other processes must see.


_first_rows: list[str] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Make the test database, and keep a copy of the rows that migrations made."""
    with django_db_blocker.unblock():
        _first_rows.append(connection.creation.serialize_db_to_string())


def pytest_configure() -> None:
    """Let committed rows be removed after a test, although some tables refuse it."""
    original = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        # The rows that migrations made come back from the copy instead of being made a second time.
        # Set here, because while a browser runs the connection is another one than at the beginning.
        case.serialized_rollback = True
        connection._test_serialized_contents = _first_rows[-1]
        with _without_triggers():
            original(case)
        connection.creation.deserialize_db_from_string(_first_rows[-1])
        # Its table is no model's, so the flush leaves it: rate limits of one test would count in the next.
        cache.clear()

    TransactionTestCase._fixture_teardown = teardown


@contextlib.contextmanager
def _without_triggers() -> Iterator[None]:
    """Take SQLite's triggers away for a moment: append-only tables refuse its DELETE, but not PostgreSQL's TRUNCATE."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _name, sql in triggers:
                cursor.execute(sql)


# The broker.


@dataclass
class BrokerServer:
    """A Redis or Valkey server of our own at `url`."""

    command: list[str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(self.answers, what="the broker")

    def answers(self) -> bool:
        with Redis(port=self.port, socket_timeout=1, socket_connect_timeout=1) as client:
            try:
                return bool(client.ping())
            except (RedisError, OSError):
                return False

    def stop(self) -> None:
        """Freeze it: it keeps its connections and answers nobody."""
        self._signal(signal.SIGSTOP)

    def cont(self) -> None:
        """Let it go on after `stop`."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """Empty it."""
        with Redis(port=self.port, socket_timeout=5) as client:
            client.flushall()

    def kill(self) -> None:
        """End it at once (SIGKILL); what it held is lost."""
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=10)

    def restart(self) -> None:
        """Start it again, empty, whether it runs or not."""
        self.kill()
        self.start()

    def _signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


@pytest.fixture(scope="session")
def _broker_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerServer]:
    if os.environ.get("TEST_BROKER", "valkey") == "redis":
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("redis-server is not installed")
    else:
        program = str(own_broker._server())
    folder = tmp_path_factory.mktemp("broker")
    port = free_port()
    options = f"--bind 127.0.0.1 --port {port} --appendonly no --maxmemory-policy noeviction --loglevel warning"
    server = BrokerServer([program, *options.split(), "--save", "", "--dir", str(folder)], port)
    server.start()
    yield server
    server.cont()
    server.kill()


@pytest.fixture
def redis_server(_broker_server: BrokerServer) -> Iterator[BrokerServer]:
    """A running, empty broker that this process's bells and health pages use too."""
    _broker_server.cont()
    if not _broker_server.answers():
        _broker_server.restart()
    _broker_server.flush()
    before = settings.CELERY_BROKER_URL
    _use_broker(_broker_server.url)
    yield _broker_server
    _broker_server.cont()
    _use_broker(before)


def _use_broker(url: str) -> None:
    """Make this process's Celery application and the health pages talk to the broker at `url`."""
    settings.CELERY_BROKER_URL = url
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
    app.conf.broker_url = url


# Workers and beat.


@dataclass
class CeleryProcess:
    """A `celery` process of its own process group; its output is in `log`."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def says(self, text: str) -> bool:
        """Whether its output has `text` by now."""
        return text in self.log.read_text(encoding="utf-8", errors="replace")

    def kill9(self) -> None:
        """Kill it with all its pool processes, as when a machine loses power."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def terminate(self, *, seconds: float = 15.0) -> int:
        """Ask it to end (warm shutdown) and return its exit code; it is killed after `seconds`."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=seconds)
        self.kill9()
        return self.process.returncode


@dataclass
class _Celery:
    """Starts `celery` commands against the test's database and broker, and remembers what to end."""

    folder: Path
    broker_url: str
    started: list[CeleryProcess] = field(default_factory=list)

    def start(self, *arguments: str, ready: str, **environment: str) -> CeleryProcess:
        name = f"{arguments[0]}-{len(self.started) + 1}"
        log = self.folder / f"{name}.log"
        command = [sys.executable, "-m", "celery", "--skip-checks", "-A", "community", *arguments, "--loglevel", "INFO"]
        given = {
            "DJANGO_SETTINGS_MODULE": "community.settings.test",
            "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
            "REDIS_URL": self.broker_url,
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=os.environ | given | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        found = CeleryProcess(process, log)
        self.started.append(found)
        wait_until(lambda: process.poll() is not None or found.says(ready), seconds=30, what=name)
        if process.poll() is not None:
            pytest.fail(f"{name} ended while starting:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        return found

    def end(self) -> None:
        for process in self.started:
            process.kill9()


@pytest.fixture
def _celery(transactional_db: None, redis_server: BrokerServer, tmp_path: Path) -> Iterator[_Celery]:
    found = _Celery(tmp_path, redis_server.url)
    yield found
    found.end()


@pytest.fixture
def celery_worker(_celery: _Celery) -> Callable[..., CeleryProcess]:
    """A function that starts a worker, ready when it returns: `celery_worker(queues="urgent,screening", concurrency=1)`.

    Further keywords go into the worker's environment. All workers are killed after the test.
    """

    def start(queues: str = "", *, concurrency: int = 1, **environment: str) -> CeleryProcess:
        queues = queues or ",".join(settings.CELERY_TASK_QUEUES_IN_ORDER)
        options = f"--queues {queues} --concurrency {concurrency} --without-gossip --without-mingle"
        name = f"worker{len(_celery.started) + 1}@%h"
        return _celery.start("worker", *options.split(), "--hostname", name, ready=" ready.", **environment)

    return start


@pytest.fixture
def celery_beat(_celery: _Celery) -> Callable[..., CeleryProcess]:
    """A function that starts beat; keywords go into its environment. It is killed after the test."""

    def start(**environment: str) -> CeleryProcess:
        schedule = str(_celery.folder / f"schedule-{len(_celery.started)}")
        return _celery.start("beat", "--pidfile=", "--schedule", schedule, ready="beat: Starting", **environment)

    return start


# The browser.


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, driven by Playwright; skipped with the reason where it is not installed."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield found
        found.close()
