"""Look at what can be known before anything starts: the data folder is usable and free, the port is free.

Plain Python without Django, because bin/run asks before any package is installed and `serve` asks again:

    python3 community/preflight.py DATA_DIR HOST PORT

prints one line on standard error and ends with 1 when something is in the way.
"""

import fcntl
import os
import socket
import sys
import tempfile
from pathlib import Path


class PreflightError(Exception):
    """Something is in the way; `str()` is one line that says what to do."""


def check_folder(folder: Path) -> None:
    """Make the data folder `folder`, private to its owner, unless it is there; raise PreflightError if it cannot be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = (
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Make it writable, or set DATA_DIR to a folder that is."
        )
        raise PreflightError(message) from error


def take_folder(folder: Path) -> int:
    """Return an open file descriptor that marks `folder` as in use until every copy of it is closed.

    Raises PreflightError when another process holds the mark. The kernel drops it with the process, however that ends, so
    no stale mark can be left behind.
    """
    descriptor = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        message = (
            f"Alongside already runs on the data folder {folder} (process {holder}), or is just ending. "
            "Stop it first, or set DATA_DIR to another folder."
        )
        raise PreflightError(message) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def check_port(host: str, port: str) -> None:
    """Raise PreflightError unless a server could listen on `host` (a name or an address) at the TCP port `port`."""
    number = int(port) if port.isdecimal() else 0
    if not 0 < number < 65536:
        message = f"PORT is {port!r}; use a number from 1 to 65535."
        raise PreflightError(message)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            # Binding alone may succeed beside a listener on some systems.
            probe.listen(1)
    except socket.gaierror as error:
        message = (
            f"HOST is {host!r}, which is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for every address."
        )
        raise PreflightError(message) from error
    except PermissionError as error:
        message = f"Port {port} needs more rights than this user has. Choose another, for example PORT=8000."
        raise PreflightError(message) from error
    except OSError as error:
        message = (
            f"Port {port} on {host} cannot be used ({error.strerror}). "
            f"Stop what listens there, or choose another port, for example PORT={number % 65535 + 1}."
        )
        raise PreflightError(message) from error


def main(arguments: list[str]) -> int:
    """Check `arguments` (data folder, host, port) and return the exit code, 0 or 1."""
    folder, host, port = arguments
    try:
        check_folder(Path(folder))
        os.close(take_folder(Path(folder)))
        check_port(host, port)
    except PreflightError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
