import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection
from redis import Redis, RedisError

from community import broker
from tests.services import wait_until

LONG = "a-folder-with-a-name-that-says-a-lot" * 4


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    # Characters that mean something in an address.
    folder = tmp_path / "my data #1 100% ä?"
    folder.mkdir()
    return folder


@pytest.fixture
def client(data_dir: Path) -> Iterator[Redis]:
    process = subprocess.Popen(broker.command(data_dir))
    with Redis.from_url(broker.client_url(broker.url(data_dir)), socket_timeout=2) as found:
        wait_until(lambda: _answers(found), what="the broker")
        yield found
    process.terminate()
    assert process.wait(timeout=10) == 0


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def test_socket_path_of_short_folder_is_inside():
    assert broker.socket_path(Path("/srv/alongside")) == Path("/srv/alongside/broker/valkey.sock")


def test_socket_path_of_long_folder_fits_a_socket_and_is_its_own(tmp_path):
    first, second = broker.socket_path(tmp_path / LONG), broker.socket_path(tmp_path / LONG / "other")

    assert len(os.fsencode(first)) <= 103
    assert first != second
    assert first == broker.socket_path(tmp_path / LONG)


def test_command_for_long_folder_listens(tmp_path):
    data_dir = tmp_path / LONG
    process = subprocess.Popen(broker.command(data_dir))
    try:
        with Redis.from_url(broker.client_url(broker.url(data_dir)), socket_timeout=2) as client:
            wait_until(lambda: _answers(client), what="the broker")
    finally:
        process.terminate()
        process.wait(timeout=10)
        folder = broker.socket_path(data_dir).parent
        (folder / "valkey.log").unlink()
        folder.rmdir()


def test_broker_is_private_and_keeps_nothing(client, data_dir):
    path = broker.socket_path(data_dir)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    found = {_text(key): _text(value) for key, value in client.config_get("*").items()}
    # No TCP port at all.
    assert found["port"] == "0"
    assert found["maxmemory-policy"] == "noeviction"
    assert found["save"] == ""
    assert found["appendonly"] == "no"


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def test_broker_address_works_for_celery(client, data_dir):
    with Connection(broker.url(data_dir)) as connection:
        queue = connection.SimpleQueue("letters")
        queue.put({"number": 7})
        message = queue.get(timeout=5)
        message.ack()
        queue.close()

    assert message.payload == {"number": 7}


def test_broker_starts_over_a_stale_socket(data_dir):
    path = broker.socket_path(data_dir)
    command = broker.command(data_dir)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    assert path.exists()

    process = subprocess.Popen(command)
    try:
        with Redis.from_url(broker.client_url(broker.url(data_dir)), socket_timeout=2) as client:
            assert wait_until(lambda: _answers(client), what="the broker")
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_command_with_a_link_in_place_of_the_folder_is_refused(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "broker").symlink_to(elsewhere)

    with pytest.raises(broker.BrokerError, match="belongs to somebody else"):
        broker.command(tmp_path)


def test_command_closes_a_folder_that_others_may_enter(tmp_path):
    folder = tmp_path / "broker"
    folder.mkdir()
    folder.chmod(0o755)

    broker.command(tmp_path)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
