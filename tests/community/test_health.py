import json
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from community import health
from core.models import Heartbeat
from moderation.actions import note_screening_state
from moderation.enums import CaseStatus, Severity
from moderation.models import Case
from tests import factories
from tests.ports import free_port

WELL = {"database": True, "broker": True, "ok": True}


@pytest.fixture
def no_broker(settings):
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"


def _beat(*, seconds_ago: float = 0, name: str = "sweep") -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now() - timedelta(seconds=seconds_ago)})


def _ready(client) -> tuple[int, dict]:
    response = client.get("/readyz")
    return response.status_code, json.loads(response.content)


def test_healthz_answers_without_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


def test_healthz_refuses_post(client):
    assert client.post("/healthz").status_code == 405


def test_readyz_all_well_is_200(client, db, redis_server):
    _beat()

    status, found = _ready(client)

    assert status == 200
    assert {name: found[name] for name in WELL} == WELL
    assert found["worker_heartbeat_age_seconds"] < 5
    assert found["oldest_unscreened_seconds"] is None


def test_readyz_without_broker_is_503(client, db, no_broker):
    _beat()

    status, found = _ready(client)

    assert status == 503
    assert (found["database"], found["broker"], found["ok"]) == (True, False, False)


def test_readyz_with_hung_broker_answers_soon(client, db, redis_server):
    _beat()
    redis_server.stop()
    started = time.monotonic()

    status, found = _ready(client)

    assert (status, found["broker"]) == (503, False)
    assert time.monotonic() - started < 1.5


def test_readyz_without_database_is_503(db, redis_server):
    def refuse(*_):
        raise DatabaseError

    with connection.execute_wrapper(refuse):
        found = health.readiness(at=timezone.now())

    assert (found.database, found.broker, found.is_ok) == (False, True, False)


@pytest.mark.parametrize(("seconds_ago", "expected"), [(55, 200), (65, 503)])
def test_readyz_tells_a_stopped_worker(client, db, redis_server, seconds_ago, expected):
    _beat(seconds_ago=seconds_ago)

    status, found = _ready(client)

    assert status == expected
    assert found["worker_heartbeat_age_seconds"] == pytest.approx(seconds_ago, abs=3)


def test_readyz_before_the_first_sweep_is_503(client, db, redis_server):
    status, found = _ready(client)

    assert (status, found["worker_heartbeat_age_seconds"]) == (503, None)


@pytest.mark.parametrize(("seconds_ago", "expected"), [(110, 200), (130, 503)])
def test_readyz_tells_an_unscreened_post(client, member, redis_server, seconds_ago, expected):
    _beat()
    factories.make_story(member, at=timezone.now() - timedelta(seconds=seconds_ago))

    status, found = _ready(client)

    assert status == expected
    assert found["oldest_unscreened_seconds"] == pytest.approx(seconds_ago, abs=3)


def test_readyz_forgets_a_screened_post(client, member, redis_server):
    _beat()
    post = factories.make_story(member, at=timezone.now() - timedelta(hours=1))
    factories.screen(post, at=timezone.now())

    status, found = _ready(client)

    assert (status, found["oldest_unscreened_seconds"]) == (200, None)


def test_metrics_count_cases_by_status_and_severity(client, member, redis_server):
    _beat()
    post = factories.make_story(member, body="A story about lilacs.", at=timezone.now() - timedelta(seconds=40))
    factories.make_story(member, at=timezone.now())
    Case.objects.filter(post=post).update(severity=Severity.URGENT)

    response = client.get("/metrics")
    lines = response.content.decode().splitlines()

    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert f'alongside_cases{{status="{CaseStatus.SCREENING}",severity="0"}} 1' in lines
    assert f'alongside_cases{{status="{CaseStatus.SCREENING}",severity="3"}} 1' in lines
    assert "alongside_broker_up 1" in lines
    (age,) = (line for line in lines if line.startswith("alongside_oldest_unscreened_seconds "))
    assert 40 <= float(age.split()[1]) < 60
    assert "lilacs" not in response.content.decode()


@pytest.mark.parametrize(
    ("address", "headers", "expected"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 403),
        ("", {}, 403),
        # A proxy on this machine speaks for somebody elsewhere.
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 403),
        ("127.0.0.1", {"forwarded": "for=192.0.2.7"}, 403),
        ("192.0.2.7", {"authorization": "Bearer of-the-monitor"}, 200),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7", "authorization": "Bearer of-the-monitor"}, 200),
        ("192.0.2.7", {"authorization": "Bearer another"}, 403),
        ("192.0.2.7", {"authorization": "Bearer "}, 403),
        ("192.0.2.7", {"authorization": "Bearer schlüssel"}, 403),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(client, db, settings, no_broker, address, headers, expected):
    settings.METRICS_TOKEN = "of-the-monitor"

    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == expected


def test_metrics_without_a_token_set_refuse_an_empty_one(client, db, settings, no_broker):
    settings.METRICS_TOKEN = ""

    response = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"authorization": "Bearer "})

    assert response.status_code == 403


def _tells(host: str, *layers: str, why: str = "", minutes_ago: float = 0) -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    note_screening_state(host, layers=layers, why=why, engine="e", at=at)


def test_readyz_tells_what_screening_works_with(client, db, redis_server):
    _beat()
    _tells("one", "patterns", "n-grams", "meaning")

    status, found = _ready(client)

    assert (status, found["screening_layers"], found["screening_why"]) == (200, ["patterns", "n-grams", "meaning"], "")


def test_readyz_without_meaning_is_degraded_and_not_down(client, db, redis_server):
    _beat()
    _tells("one", "patterns", "n-grams", "meaning")
    _tells("two", "patterns", "n-grams", why="the encoder is away")

    status, found = _ready(client)

    assert (status, found["ok"]) == (200, True)
    assert (found["screening_layers"], found["screening_why"]) == (["patterns", "n-grams"], "the encoder is away")


def test_readyz_forgets_workers_that_no_longer_tell(client, db, redis_server):
    _beat()
    _tells("one", "patterns", why="the encoder was away", minutes_ago=20)

    assert _ready(client)[1]["screening_layers"] == []

    _tells("two", "patterns", "n-grams", "meaning")

    assert _ready(client)[1]["screening_why"] == ""


def test_metrics_tell_what_screening_works_with(client, db, redis_server):
    _tells("one", "patterns", "n-grams")

    lines = client.get("/metrics").content.decode().splitlines()

    assert [line for line in lines if line.startswith("alongside_screening_layer{")] == [
        'alongside_screening_layer{layer="patterns"} 1',
        'alongside_screening_layer{layer="n-grams"} 1',
    ]
