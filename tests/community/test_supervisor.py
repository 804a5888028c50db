import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from community.supervisor import pause_after
from tests.services import REPOSITORY, wait_until

# A service that notes its name when it is asked to end.
SERVICE = """
import signal, sys, time
def end(*_):
    with open("ended", "a") as file:
        file.write(sys.argv[1] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, end)
open("started-" + sys.argv[1], "w").close()
time.sleep(60)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('deaf', 'w').close(); time.sleep(60)"
)


def _supervise(folder: Path, services: str) -> subprocess.Popen[str]:
    """Run a supervisor of its own process in `folder`; `services` is Python for the list of services."""
    program = f"""
        import os, sys
        from pathlib import Path
        from community.supervisor import NotReadyError, Service, Supervisor
        here = Path.cwd()
        def noted(name): return Service(name, [sys.executable, "-c", {SERVICE!r}, name],
            is_ready=(here / ("started-" + name)).exists)
        try:
            Supervisor({services}, cwd=here).run(on_ready=lambda: print("ready", flush=True), start_seconds=5)
        except NotReadyError as error:
            sys.exit(str(error))
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_pause_doubles_up_to_half_a_minute():
    pauses = [0.0]
    for _ in range(7):
        pauses.append(pause_after(pauses[-1], ran_seconds=5))

    assert pauses[1:] == [1, 2, 4, 8, 16, 30, 30]


def test_pause_is_forgotten_after_a_healthy_minute():
    assert pause_after(30, ran_seconds=60) == 1


def test_services_stop_in_the_opposite_order(tmp_path):
    supervisor = _supervise(tmp_path, '[noted("first"), noted("second"), noted("third")]')
    assert supervisor.stdout.readline() == "ready\n"

    supervisor.send_signal(signal.SIGINT)
    supervisor.communicate(timeout=20)

    assert supervisor.returncode == 0
    assert (tmp_path / "ended").read_text() == "third\nsecond\nfirst\n"


def test_stubborn_service_is_killed_after_its_patience(tmp_path):
    stubborn = json.dumps([sys.executable, "-c", STUBBORN])
    supervisor = _supervise(tmp_path, f'[Service("deaf", {stubborn}, patience=0.5, is_ready=(here / "deaf").exists)]')
    assert supervisor.stdout.readline() == "ready\n"

    supervisor.terminate()
    _, errors = supervisor.communicate(timeout=10)

    assert supervisor.returncode == 0
    assert "deaf did not end in time and is killed" in errors


def test_second_signal_asks_for_haste(tmp_path):
    stubborn = json.dumps([sys.executable, "-c", STUBBORN])
    supervisor = _supervise(tmp_path, f'[Service("deaf", {stubborn}, patience=60, is_ready=(here / "deaf").exists)]')
    assert supervisor.stdout.readline() == "ready\n"

    supervisor.send_signal(signal.SIGTERM)
    supervisor.send_signal(signal.SIGINT)
    supervisor.communicate(timeout=10)

    assert supervisor.returncode == 0


def test_service_that_ends_while_starting_stops_the_others(tmp_path):
    failing = json.dumps([sys.executable, "-c", "raise SystemExit(3)"])
    supervisor = _supervise(tmp_path, f'[noted("first"), Service("web", {failing}, is_ready=lambda: False)]')

    output, errors = supervisor.communicate(timeout=20)

    assert supervisor.returncode == 1
    assert output == ""
    assert errors == "web ended while starting (exit 3).\n"
    assert (tmp_path / "ended").read_text() == "first\n"


def test_silent_service_ends_the_start(tmp_path):
    silent = json.dumps([sys.executable, "-c", "import time; time.sleep(60)"])
    supervisor = _supervise(tmp_path, f'[Service("web", {silent}, is_ready=lambda: False)]')

    _, errors = supervisor.communicate(timeout=20)

    assert supervisor.returncode == 1
    assert errors == "web did not answer in time.\n"


def test_killed_service_takes_its_own_children_along(tmp_path):
    parent = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); "
    parent += "open('child-%d' % p.pid, 'w').close(); time.sleep(60)"
    service = f'Service("parent", {json.dumps([sys.executable, "-c", parent])})'
    supervisor = _supervise(tmp_path, f"[{service}]")
    assert supervisor.stdout.readline() == "ready\n"
    first = wait_until(lambda: list(tmp_path.glob("child-*")), what="a child")[0]
    child = int(first.name.removeprefix("child-"))

    os.kill(os.getpgid(child), signal.SIGKILL)

    wait_until(lambda: _is_gone(child), what="the end of the child")
    wait_until(lambda: len(list(tmp_path.glob("child-*"))) == 2, what="the restart")
    supervisor.terminate()
    _, errors = supervisor.communicate(timeout=10)
    assert "parent ended (killed by SIGKILL); starting it again in 1 s" in errors


def _is_gone(pid: int) -> bool:
    """Whether no process has the number `pid`, or only one that has ended and is not yet collected."""
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout.strip()
    return state == "" or state.startswith("Z")
