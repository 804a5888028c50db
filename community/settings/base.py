"""Settings shared by every way of running Alongside. Safe by default: the others loosen, never tighten."""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from community import broker, env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "crispy_forms",
    "csp",
    "core",
    "accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.sessions_app.PrivateSessionsConfig",
    "helplines",
    "notices",
    "forums",
    "moderation",
    "counsel",
    "community",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "community.middleware.PrivacyHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "community.urls"
WSGI_APPLICATION = "community.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "community.context_processors.site",
            ],
        },
    }
]

# One row is the truth and the broker only a bell, so nothing here but Celery needs Redis: sessions, the cache and rate
# limits live in the database, and a hung broker cannot hold a member's request.
DATABASE_URL = env.text("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "alongside.sqlite3"),
            "OPTIONS": {
                # Writers queue at BEGIN instead of failing when a read turns into a write.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # With the default of 300, a few hundred tries would push somebody else's rate limit out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf"
CSRF_COOKIE_SECURE = True
CSRF_FAILURE_VIEW = "community.views.csrf_failure"

# Accounts.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm", "add_email": "accounts.forms.EmailForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
# Neither joining nor asking for a new password tells whose address is on file here, and no stranger gets a mail.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever finds an open page cannot change the way back in without the password.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_USERNAME_BLACKLIST = ["admin", "alongside", "counselor", "moderator", "operator", "root", "staff", "support"]
# Counted per sender ("ip", a name that changes daily and is no address), per member ("user") or per name tried ("key").
# A whole house may share one address, and whoever mistypes on purpose must not lock another person out for long.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,8/5m/key",
    "signup": "10/m/ip,60/d/ip",
    "reset_password": "10/m/ip,3/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
}
# How many proxies of our own stand in front: then the sender is that many addresses from the end of X-Forwarded-For.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
# Staff roles come into force with a passkey or a code app; a demonstration never asks.
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", default=False)
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# One code step of 30 seconds either way: old phones keep poor time.
MFA_TOTP_TOLERANCE = 1
# Addresses are never verified here, so a second factor must not wait for that.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = env.text("SITE_NAME", "Alongside")

# Mail.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "noreply@localhost")
# Plain words only: a subject line may be read by a partner on a lock screen.
EMAIL_SUBJECT_PREFIX = ""

# Words, times, files.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CRISPY_TEMPLATE_PACK = "alongside"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["alongside"]

# Security.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Other sites never learn where a reader came from. Not "no-referrer": browsers then send "Origin: null" with our own forms,
# and the CSRF check refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The community itself: what the operator sets.
SITE_NAME = env.text("SITE_NAME", "Alongside")
# The site's own address, for the links in mails, without a slash at the end.
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
DEFAULT_COUNTRY = env.text("DEFAULT_COUNTRY", "")
DEMO = env.flag("DEMO", default=False)
# Where the source of the version that runs here can be had (AGPL, section 13); shown at the foot of each page.
SOURCE_URL = env.text("SOURCE_URL", "")
# Where "Leave this page" goes: a page that tells nothing.
EXIT_URL = env.text("EXIT_URL", "https://www.wikipedia.org/")
# Lets a monitor on another machine read /metrics; without it, only this machine may.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# Screening: the sentence encoder, a model trained here, and the operator's own lexicon live in this folder.
SCREENING_FOLDER = DATA_DIR / "screening"
# Whether moderators may keep what a post was about, for a model trained here. Nothing leaves this server either way.
SCREENING_LEARNING = env.flag("SCREENING_LEARNING", default=True)
# How many of a hundred replies that need no look get one all the same.
SCREENING_SAMPLE_PERCENT = env.number_within(
    "SCREENING_SAMPLE_PERCENT",
    3,
    lowest=2,
    highest=100,
    why="Only posts drawn by chance, which screening let through, show what it misses.",
)

# Celery. The row is the queue; the task is the bell.
REDIS_URL = env.text("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL or broker.url(DATA_DIR)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "queue_order_strategy": "priority",
    "visibility_timeout": 120,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "retry_on_timeout": False,
}
CELERY_TASK_QUEUES_IN_ORDER = ["urgent", "screening", "default", "mail"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Rings again for every post whose first bell was lost, and finds held posts that have no case.
    "sweep": {"task": "moderation.sweep", "schedule": 5.0, "options": {"queue": "urgent", "expires": 5}},
    # Sends discreet mail that is due; the notice row says what is owed.
    "mail": {"task": "notices.send_due_mail", "schedule": 20.0, "options": {"queue": "mail", "expires": 20}},
    # Gives reply requests back to the desk when their lease has run out.
    "requests": {"task": "counsel.release_expired", "schedule": 60.0, "options": {"queue": "default", "expires": 60}},
    # Sets the thresholds of screening by this site's own ordinary posts.
    "calibrate": {
        "task": "moderation.recalibrate",
        "schedule": 24 * 3600.0,
        "options": {"queue": "default", "expires": 3600},
    },
}

# Story text is never logged: only names of events, ids and durations are.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"no_request_body": {"()": "core.logs.WithoutRequestBody"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_request_body"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
