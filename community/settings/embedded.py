"""One command on one small machine: SQLite and a private broker under DATA_DIR, a generated secret key.

With DATABASE_URL and REDIS_URL set, the same settings run on PostgreSQL and Redis or Valkey.
"""

from community import env, secret_key
from community.settings.base import *  # noqa: F403  settings build on one another by design
from community.settings.base import DATA_DIR

SECRET_KEY = secret_key.read_or_create(DATA_DIR / "secret-key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# Plain HTTP on the machine itself; behind a proxy with TLS set SECURE_COOKIES=1.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("SECURE_COOKIES", default=False)
DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=True)
# The demo's staff accounts have no second factor; every page says that it is a demonstration.
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", default=not DEMO)
# Links in mails lead here; behind a proxy set SITE_URL to the public address.
SITE_URL = env.text("SITE_URL", f"http://localhost:{env.number('PORT', 8000)}").rstrip("/")
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = DATA_DIR / "mail"
