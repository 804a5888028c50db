"""What a member wrote never stands in a log, whatever fails."""

import io
import logging
import logging.config
import sys

import pytest
from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from core.logs import WithoutRequestBody

MARKER = "the words that nobody may log"


def broken(request):
    """Fail as a fault of ours would, with the posted words in sight."""
    words = request.POST["body"]
    raise RuntimeError(words)


def refused_by_the_database(request):
    """Carry the posted words into a real refusal of the database."""
    break_constraint(request.POST["body"])
    return HttpResponse()


urlpatterns = [
    path("broken/", broken),
    path("refused/", refused_by_the_database),
    path("", include("community.urls")),
]
handler500 = "community.views.server_error"


def break_constraint(words):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forums_space (slug, name, description, audience, review_policy, rank)"
            " VALUES (%s, %s, %s, %s, %s, 1)",
            [words, words, words, words, "unknown"],
        )


@pytest.fixture
def log(monkeypatch):
    """The text that the configured logging writes to standard error."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logging.config.dictConfig(settings.LOGGING)
    yield stream
    monkeypatch.undo()
    logging.config.dictConfig(settings.LOGGING)


@pytest.mark.django_db
def test_failure_with_posted_words_logs_its_place_alone(log):
    with override_settings(ROOT_URLCONF=__name__):
        answer = Client(raise_request_exception=False).post("/broken/", {"body": MARKER})

    assert answer.status_code == 500
    assert "Internal Server Error: /broken/" in log.getvalue()
    assert "RuntimeError at " in log.getvalue()
    assert "test_logs.py:" in log.getvalue()
    assert MARKER not in log.getvalue()


@pytest.mark.django_db(transaction=True)
def test_refusal_of_the_database_does_not_log_the_values(log):
    with override_settings(ROOT_URLCONF=__name__):
        answer = Client(raise_request_exception=False).post("/refused/", {"body": MARKER})

    assert answer.status_code == 500
    assert "IntegrityError at " in log.getvalue()
    assert MARKER not in log.getvalue()


@pytest.mark.django_db
def test_caught_refusal_of_the_database_does_not_log_the_values(log):
    logger = logging.getLogger("forums.actions.submissions")

    try:
        break_constraint(MARKER)
    except IntegrityError as error:
        logger.exception("announcing post %s failed", 5)
        logger.exception("announcing failed: %s", error)  # noqa: TRY401  as below
        logger.warning("announcing failed: %s", error)
        logger.error(error)  # noqa: TRY400  the careless way is what is tried

    assert "announcing post 5 failed" in log.getvalue()
    assert log.getvalue().count("IntegrityError") >= 4
    assert MARKER not in log.getvalue()


@pytest.mark.parametrize("words", [MARKER, f"{MARKER}\nin two lines", f"'{MARKER}' \"quoted\""])
def test_exception_that_quotes_words_is_told_by_its_kind(log, words):
    logger = logging.getLogger("anything")
    cause = ValueError(words)

    try:
        raise KeyError(words) from cause  # noqa: TRY301  a plain failure
    except KeyError as error:
        logger.exception(f"it failed: {error}")  # noqa: G004, TRY401  the careless way is what is tried
        logger.exception("it failed: %s, %r, %s", error, cause, str(error))  # noqa: TRY401
        logger.exception("it failed: %(why)s", {"why": error})  # noqa: TRY401

    assert "KeyError" in log.getvalue()
    assert MARKER not in log.getvalue()


def test_failed_task_is_told_by_its_kind(log):
    @shared_task(name="tests.fails_with_words")
    def fails_with_words(words):
        raise ValueError(words)

    fails_with_words.apply(args=[MARKER], throw=False)

    assert "tests.fails_with_words" in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert MARKER not in log.getvalue()


def test_ordinary_messages_are_logged_as_they_are(log):
    logging.getLogger("anything").warning("%s of %d", "two", 3)
    logging.getLogger("anything").warning("%(done)s done", {"done": "all"})

    assert "WARNING anything two of 3" in log.getvalue()
    assert "all done" in log.getvalue()


def test_filter_keeps_every_record():
    record = logging.LogRecord("a", logging.ERROR, "b", 1, "c", None, None)
    record.request = object()

    assert WithoutRequestBody().filter(record)
    assert not hasattr(record, "request")


def test_every_handler_has_the_filter():
    assert all(handler["filters"] == ["no_request_body"] for handler in settings.LOGGING["handlers"].values())
