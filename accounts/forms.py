"""Forms about the account and its pen names."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import actions, names
from accounts.models import PenName, User, normalise_name
from core.forms import CrispyFormMixin
from core.results import Denied, InvalidError


class PenNameForm(CrispyFormMixin, forms.Form):
    """One more pen name. Whether it is fit and free is decided when it is made."""

    name = forms.CharField(
        label=_("New pen name"),
        min_length=names.MIN_LENGTH,
        max_length=names.MAX_LENGTH,
        help_text=_("2 to 40 characters. Not your real name, and nothing like your username."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MailWishForm(CrispyFormMixin, forms.Form):
    """Whether to send discreet mail."""

    wants_mail = forms.BooleanField(
        label=_("Send me a short mail when there is something new"),
        help_text=_("It never says what it is about, who wrote, or what was written."),
        required=False,
    )


class EmailForm(allauth_forms.AddEmailForm):
    """The one address of a member; a new one takes the place of the old."""

    user: User

    def save(self, request: HttpRequest) -> EmailAddress:
        """Keep the address and return its row."""
        return actions.set_email(self.user, email=self.cleaned_data["email"])


class SignupForm(allauth_forms.SignupForm):
    """Join with a username, a pen name and a password; an e-mail address only if wanted."""

    pen_name = forms.CharField(
        label=_("Pen name"),
        min_length=names.MIN_LENGTH,
        max_length=names.MAX_LENGTH,
        help_text=_("The name others see. Choose one that nobody who knows you would guess."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["username", "pen_name", "password1", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = _("You sign in with this. Nobody else sees it.")
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _(
            "Never shown to anyone. Used for two things only: a way back in if you forget your password, and a short, "
            "discreet mail when there is something new, if you ask for that later."
        )
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_pen_name(self) -> str:
        """Return the name as it will be shown; refuse one that somebody has or had."""
        name = names.tidy(self.cleaned_data["pen_name"])
        if PenName.objects.filter(key=normalise_name(name)).exists():
            raise forms.ValidationError(_("This name is taken, now or in the past. Please choose another."))
        return name

    def clean(self) -> dict[str, Any]:
        """Refuse a pen name that leads to the username or the address, once all three are known."""
        data: dict[str, Any] = super().clean()
        if "pen_name" in data:
            answer = names.can_be_pen_name(
                data["pen_name"],
                username=data.get("username", ""),
                email=data.get("email", ""),
                site_name=settings.SITE_NAME,
            )
            if isinstance(answer, Denied):
                self.add_error("pen_name", answer.reason)
        return data

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Make the account and its pen name together, or neither.

        Returns the member, or the form again when somebody else was a moment quicker with one of the two names.
        """
        try:
            with transaction.atomic():
                saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except InvalidError as error:
            self.add_error("pen_name", error.message)
        except IntegrityError:
            self.add_error("username", _("Somebody signs in with this username already. Please choose another."))
        else:
            return saved
        return None, render(request, "account/signup.html", {"form": self})

    def custom_signup(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Give the new member their pen name."""
        assert isinstance(user, User)  # noqa: S101  allauth makes the user from our own model
        actions.create_pen_name(user, name=self.cleaned_data["pen_name"], at=timezone.now())
