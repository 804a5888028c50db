"""How allauth joins Alongside."""

import logging
import threading
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.http import visitor

logger = logging.getLogger(__name__)

# The only mail that allauth may send, and our own words for it; whatever else it has is about addresses or devices.
_MAILS = {"account/email/password_reset_key": "emails/password-reset"}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in that keep no address and tell nobody who has an account."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("This username and password do not belong together. Please check both."),
        "username_taken": _("Somebody signs in with this username already. Please choose another."),
        "username_blacklisted": _("This username is kept for the house. Please choose another."),
        "too_many_login_attempts": _("That was several tries in a row. Please wait five minutes and try again."),
        "rate_limited": _("That was several tries in a row. Please wait a minute and try again."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return a daily-changing name for the sender in place of the address.

        Rate limits only compare it, and it is what allauth writes into the cache, a table of the database.
        """
        return visitor(request, at=timezone.now())

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: Any, signup: bool) -> bool:  # noqa: FBT001  allauth's signature
        """Addresses are not verified by mail: return False."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send the mail that helps somebody back in; nothing else goes out, and no topic or username stands in it.

        Sent from a thread of its own, so that the time to answer does not tell whether an address is on file.
        """
        name = _MAILS.get(template_prefix)
        if name is None:
            logger.info("mail not sent: %s", template_prefix)
            return
        words = {"site_name": settings.SITE_NAME, "password_reset_url": context["password_reset_url"]}
        message = EmailMultiAlternatives(
            " ".join(render_to_string(f"{name}-subject.txt", words).split()),
            render_to_string(f"{name}-body-text.txt", words),
            settings.DEFAULT_FROM_EMAIL,
            [email],
        )
        message.attach_alternative(render_to_string(f"{name}-body-html.html", words), "text/html")
        threading.Thread(target=_send, args=(message,), name="account-mail").start()


class MFAAdapter(DefaultMFAAdapter):
    """Second factors that show the username alone to the device, never the e-mail address."""

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return user.get_username()


def _send(message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except OSError as error:
        # smtplib's errors are OSErrors too. The person can ask again; the address is not logged.
        logger.warning("account mail failed: %s", type(error).__name__)
