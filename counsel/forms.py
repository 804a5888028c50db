"""Forms of the desk: they parse and validate, the actions write."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import PenName, Role, User
from core.forms import CrispyFormMixin
from forums.limits import MAX_BODY


class NeededToPublish:
    """A field that publishing needs and saving does not: shown as one to fill in, saved empty as well."""

    def validate(self, value: Any) -> None:
        """Accept anything; `publish_counsel_reply` asks for what is missing."""


class WordsField(NeededToPublish, forms.CharField):
    """The words of an answer."""


class NameField(NeededToPublish, forms.ChoiceField):
    """The name to answer under, by its public id; the form turns it into the pen name."""


class AnswerForm(CrispyFormMixin, forms.Form):
    """A counselor's answer: the words, the draft's version, and the key that makes a second press harmless.

    `names` are the pen names to choose from; with one there is nothing to choose and the field is left out.
    """

    use_required_attribute = False

    body = WordsField(
        label=_("Your answer"),
        max_length=MAX_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "class": "long"}),
    )
    pen_name = NameField(
        label=_("Answer under"),
        help_text=_("Readers see your profession beside this name, now and later. You cannot change it afterwards."),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    draft_key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: list[PenName], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = {name.public_id: name for name in names}
        if len(names) > 1:
            field = self.fields["pen_name"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  tells the type checker what the class declares
            field.choices = [("", _("Choose a name")), *((name.public_id, name.name) for name in names)]
        else:
            del self.fields["pen_name"]
        if not self.is_bound:
            self.initial.setdefault("submission_key", uuid4())
            self.initial.setdefault("version", 0)

    def clean_body(self) -> str:
        """Return the words with plain line ends, as they are stored."""
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean_pen_name(self) -> PenName | None:
        """Return the pen name itself, None while none is chosen."""
        chosen = self.cleaned_data["pen_name"]
        if chosen and chosen not in self._names:
            raise forms.ValidationError(_("Choose one of your own pen names."))
        return self._names.get(chosen)

    def clean_version(self) -> int:
        """Return the version that the page knew, 0 for none."""
        return self.cleaned_data["version"] or 0


class CredentialForm(CrispyFormMixin, forms.Form):
    """A counselor's credential, as the register states it."""

    username = forms.CharField(
        label=_("Username of the counselor"), max_length=150, help_text=_("The name they sign in with, not a pen name.")
    )
    profession = forms.CharField(label=_("Profession"), max_length=100, help_text=_("Shown beside every answer."))
    register = forms.CharField(label=_("Register"), max_length=120, help_text=_("Shown beside every answer."))
    number = forms.CharField(label=_("Number in the register"), max_length=60, help_text=_("Never shown to members."))
    jurisdiction = forms.CharField(label=_("State or country where it holds"), max_length=80)
    issuer = forms.CharField(label=_("Issued by"), max_length=120)
    valid_until = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
        help_text=_("The last day on which it is valid."),
    )
    interests = forms.CharField(label=_("What they know most about"), max_length=300, required=False)

    def clean_username(self) -> User:
        """Return the counselor; a name that fits nobody, or nobody with the role, is refused in the same words."""
        member = User.objects.filter(username__iexact=self.cleaned_data["username"], is_active=True).first()
        if member is None or Role.COUNSELOR not in member.granted_roles():
            raise forms.ValidationError(_("No account with this name has the role of counselor. Give the role first."))
        return member
