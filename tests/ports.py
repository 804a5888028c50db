"""Ports for servers that tests start."""

import contextlib
import os
import random
import socket


def free_port() -> int:
    """Return a TCP port on which nobody listens, from the range in TEST_PORTS (20000-29999 unless set).

    The range lies below the ports that systems hand out by themselves, which may be taken at any moment.
    """
    first, last = (int(part) for part in os.environ.get("TEST_PORTS", "20000-29999").split("-"))
    for port in random.sample(range(first, last + 1), k=last + 1 - first):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    message = f"no port is free from {first} to {last}"
    raise RuntimeError(message)
