import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from community import preflight
from tests.ports import free_port
from tests.services import REPOSITORY

NOBODY = pwd.getpwnam("nobody").pw_uid


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = free_port()
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield port


def _run(
    *, cwd: Path, script: Path = REPOSITORY / "bin" / "run", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run bin/run with nothing of this run's environment but the search path."""
    given = {"PATH": os.environ["PATH"], "HOME": str(cwd)} | environment
    return subprocess.run(
        [shutil.which("bash"), script], cwd=cwd, env=given, capture_output=True, text=True, timeout=60, check=False
    )


def test_check_port_free_passes():
    preflight.check_port("127.0.0.1", str(free_port()))


def test_check_port_taken_says_what_to_do(taken_port):
    with pytest.raises(preflight.PreflightError) as caught:
        preflight.check_port("127.0.0.1", str(taken_port))

    assert str(caught.value) == (
        f"Port {taken_port} on 127.0.0.1 cannot be used (Address already in use). "
        f"Stop what listens there, or choose another port, for example PORT={taken_port + 1}."
    )


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", ""])
def test_check_port_wrong_is_refused(port):
    with pytest.raises(preflight.PreflightError, match="use a number from 1 to 65535"):
        preflight.check_port("127.0.0.1", port)


def test_check_folder_makes_it_private(tmp_path):
    folder = tmp_path / "new" / "data"

    preflight.check_folder(folder)

    assert folder.stat().st_mode & 0o777 == 0o700


def test_take_folder_twice_names_the_holder(tmp_path):
    descriptor = preflight.take_folder(tmp_path)

    with pytest.raises(preflight.PreflightError, match=rf"already runs .* \(process {os.getpid()}\)"):
        preflight.take_folder(tmp_path)

    os.close(descriptor)
    os.close(preflight.take_folder(tmp_path))


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """Root may write anywhere, so a test of rights steps down for a moment."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(user)


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        yield Path(name)


def test_main_read_only_folder_is_one_line(read_only_folder, as_nobody, capsys):
    code = preflight.main([str(read_only_folder), "127.0.0.1", str(free_port())])

    assert code == 1
    assert capsys.readouterr().err == (
        f"The data folder {read_only_folder} cannot be written (Permission denied). "
        "Make it writable, or set DATA_DIR to a folder that is.\n"
    )


def test_run_unusable_folder_is_one_line(tmp_path):
    (tmp_path / "file").touch()

    result = _run(cwd=tmp_path, DATA_DIR="file/data", PORT=str(free_port()))

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"The data folder {tmp_path}/file/data cannot be written (Not a directory). "
        "Make it writable, or set DATA_DIR to a folder that is.\n"
    )


def test_run_taken_port_is_one_line(tmp_path, taken_port):
    result = _run(cwd=tmp_path, DATA_DIR="data", PORT=str(taken_port))

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"Port {taken_port} on 127.0.0.1 cannot be used")
    assert result.stderr.count("\n") == 1
    # A relative DATA_DIR counts from the caller's folder.
    assert (tmp_path / "data").is_dir()


@pytest.mark.parametrize("python3", [None, "#!/bin/sh\nexit 1\n"], ids=["none", "too old"])
def test_run_without_python_is_one_line(tmp_path, python3):
    shutil.copytree(REPOSITORY / "bin", tmp_path / "bin")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "dirname").symlink_to(shutil.which("dirname"))
    if python3:
        (programs / "python3").write_text(python3, encoding="ascii")
        (programs / "python3").chmod(0o755)

    result = _run(cwd=tmp_path, script=tmp_path / "bin" / "run", PATH=str(programs))

    assert result.returncode == 1
    assert result.stderr == (
        "Alongside needs Python 3.11 or newer, and none was found. "
        "Install it, or name it: PYTHON=/path/to/python3 bin/run\n"
    )
