"""The choice of a country."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CrispyFormMixin
from helplines.queries import Country


class CountryForm(CrispyFormMixin, forms.Form):
    """Which country's lines to show."""

    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, countries: Sequence[Country], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("No country")), *((country.code, country.name) for country in countries)]
        self.fields["country"] = forms.ChoiceField(label=_("Show help for"), required=False, choices=choices)
