import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.services import REPOSITORY, wait_until

pytestmark = pytest.mark.workers

# What serve starts, by a word of its command line; it also has a watcher.
PARTS = {
    "broker": "valkey-server",
    "worker": "community worker",
    "beat": "community beat",
    "web": "granian",
    "watcher": "supervisor.py",
}


@dataclass
class Site:
    """A site started by `manage.py serve`, its output in `log`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def says(self, text: str) -> bool:
        return text in self.log.read_text(encoding="utf-8")

    def parts(self) -> dict[str, int]:
        """The process numbers of what serve has started itself, by name."""
        return {
            name: pid
            for pid, parent, command in _processes()
            for name, word in PARTS.items()
            if parent == self.process.pid and word in command
        }

    def family(self) -> set[int]:
        """The process numbers of serve and of everything below it."""
        found = {self.process.pid}
        rows = _processes()
        while more := {pid for pid, parent, _ in rows if parent in found} - found:
            found |= more
        return found

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as response:
                return response.read() == b"ok"
        except OSError:
            return False


def _processes() -> list[tuple[int, int, str]]:
    """Number, parent's number and command of every process that has not ended."""
    command = ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="]
    lines = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.splitlines()
    rows = [line.split(None, 3) for line in lines]
    return [(int(row[0]), int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")]


def _alive(pids: set[int]) -> set[int]:
    return pids & {pid for pid, _, _ in _processes()}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with tables and collected static files, to be copied."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    _manage("prepare", folder)
    return folder


def _environment(data_dir: Path) -> dict[str, str]:
    own = {"DJANGO_SETTINGS_MODULE": "community.settings.embedded", "DATA_DIR": str(data_dir), "DEMO": "0"}
    unwanted = {"DATABASE_URL", "REDIS_URL", "TEST_DATABASE_NAME", "HOST", "PORT"}
    return {name: value for name, value in os.environ.items() if name not in unwanted} | own


def _manage(command: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command.split()],
        cwd=REPOSITORY,
        env=_environment(data_dir),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "data", symlinks=True))


@pytest.fixture
def site(data_dir: Path, tmp_path: Path) -> Iterator[Site]:
    log, port = tmp_path / "log", free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=REPOSITORY,
            env=_environment(data_dir),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    found = Site(process, port, log)
    try:
        wait_until(lambda: found.says("is ready at") or process.poll() is not None, seconds=60, what="the ready line")
        yield found
    finally:
        family = found.family()
        process.terminate()
        try:
            process.wait(timeout=40)
        finally:
            for pid in _alive(family):
                os.kill(pid, signal.SIGKILL)


def test_ready_site_answers_and_has_all_its_parts(site):
    lines = site.log.read_text(encoding="utf-8").splitlines()

    assert f"Alongside is ready at http://127.0.0.1:{site.port}/" in lines
    assert site.answers()
    assert set(site.parts()) == set(PARTS)


@pytest.mark.parametrize("name", ["broker", "worker", "beat", "web"])
def test_killed_part_is_started_again(site, name):
    before = site.parts()[name]

    os.kill(before, signal.SIGKILL)

    after = wait_until(lambda: _restarted(site, name, before), seconds=15, what=f"another {name}")
    assert after != before
    line = f"{name} ended (killed by SIGKILL); starting it again in 1 s"
    assert site.log.read_text(encoding="utf-8").count(line) == 1
    wait_until(site.answers, what="the web server")


def _restarted(site: Site, name: str, before: int) -> int | None:
    found = site.parts().get(name)
    return found if found != before else None


def test_killed_web_worker_is_started_again(site):
    (before,) = _children(site.parts()["web"])

    os.kill(before, signal.SIGKILL)

    wait_until(lambda: _children(site.parts()["web"]) not in ([], [before]), what="another web worker")
    wait_until(site.answers, what="the web server")


def _children(parent: int) -> list[int]:
    return [pid for pid, of, _ in _processes() if of == parent]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_leaves_no_process(site, data_dir, number):
    # Serve, its five parts, the worker's pool of two and the web server's worker.
    family = wait_until(lambda: _all_of(site), what="the whole family")

    site.process.send_signal(number)

    assert site.process.wait(timeout=30) == 0
    assert _alive(family) == set()
    assert not (data_dir / "broker" / "valkey.sock").exists()


def _all_of(site: Site) -> set[int] | None:
    family = site.family()
    return family if len(family) >= 9 else None


def test_killed_serve_leaves_no_process_and_starts_again(site, data_dir):
    family = wait_until(lambda: _all_of(site), what="the whole family")

    site.process.kill()
    site.process.wait(timeout=5)

    wait_until(lambda: not _alive(family), seconds=30, what="the end of everything")
    again = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(site.port)],
        cwd=REPOSITORY,
        env=_environment(data_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert any(line.startswith(b"Alongside is ready at ") for line in again.stdout)
    finally:
        again.terminate()
        again.communicate(timeout=30)
    assert again.returncode == 0


def test_killed_watcher_is_replaced_and_does_its_work(site):
    before = site.parts()["watcher"]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: _restarted(site, "watcher", before), what="another watcher")
    family = site.family()

    site.process.kill()
    site.process.wait(timeout=5)

    wait_until(lambda: not _alive(family), seconds=30, what="the end of everything")


def test_second_serve_on_the_same_folder_is_one_line(site, data_dir):
    result = _manage(f"serve --port {free_port()}", data_dir)

    assert result.returncode == 1
    assert result.stderr == (
        f"CommandError: Alongside already runs on the data folder {data_dir} (process {site.process.pid}), "
        "or is just ending. Stop it first, or set DATA_DIR to another folder.\n"
    )
    assert site.answers()


def test_serve_on_a_taken_port_is_one_line_and_starts_nothing(site, prepared):
    result = _manage(f"serve --port {site.port}", prepared)

    assert result.returncode == 1
    assert result.stderr.startswith(f"CommandError: Port {site.port} on 127.0.0.1 cannot be used")
    assert result.stderr.count("\n") == 1
    assert not (prepared / "broker").exists()


def test_prepare_a_second_time_does_nothing(prepared):
    before = _static_times(prepared)
    assert len(before) > 10

    result = _manage("prepare", prepared)

    assert (result.returncode, result.stdout) == (0, "")
    assert _static_times(prepared) == before


def _static_times(data_dir: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (data_dir / "static").rglob("*") if path.is_file()}
