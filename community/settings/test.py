"""Tests: no network, fast password hashing, plain static files. Databases and brokers are real."""

import os
import tempfile
from pathlib import Path

from community import env
from community.settings.base import *  # noqa: F403  settings build on one another by design
from community.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASE_URL, DATABASES, STORAGES

SECRET_KEY = "for tests alone"  # noqa: S105  never used outside tests
DATA_DIR = Path(tempfile.gettempdir())
# Empty: tests that need an encoder or a model of their own make them. Nothing is drawn by chance unless a test says so.
SCREENING_FOLDER = DATA_DIR / "alongside-test-screening"
SCREENING_LEARNING = True
SCREENING_SAMPLE_PERCENT = 0
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"socket_timeout": 1, "socket_connect_timeout": 1}
if not DATABASE_URL:
    # Live-server tests write from several threads, which an in-memory SQLite cannot serve.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"alongside-test-{os.getpid()}.sqlite3")}
# A worker process that a test starts joins the database that the test run has made.
if name := env.text("TEST_DATABASE_NAME", ""):
    DATABASES["default"]["NAME"] = name
