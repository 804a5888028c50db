"""Production: PostgreSQL, Redis or Valkey, TLS at a proxy. A missing variable stops the start with its name."""

from community import env
from community.settings.base import *  # noqa: F403  settings build on one another by design

SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    env.text("ALLOWED_HOSTS")
env.text("DATABASE_URL")
env.text("REDIS_URL")
# Links in mails lead here, for example https://community.example
SITE_URL = env.text("SITE_URL").rstrip("/")
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", default=True)

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith(".")]
