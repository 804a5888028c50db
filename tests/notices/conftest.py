import pytest

from accounts import actions
from tests.notices.smtp import running


@pytest.fixture
def mailed(member):
    """Ada, who asked for mail."""
    actions.set_email(member, email="ada@example.org")
    actions.set_mail_wish(member, wants=True)
    return member


@pytest.fixture
def smtp(settings):
    """A real mail server on this machine."""
    with running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
        yield server
