"""What all forms share."""

from crispy_forms.layout import Fieldset, Layout
from crispy_forms.utils import render_crispy_form
from django import forms

from core.forms import CrispyFormMixin


class Form(CrispyFormMixin, forms.Form):
    """A form that leaves one field out of its layout."""

    name = forms.CharField()
    key = forms.CharField(widget=forms.HiddenInput)
    layout = Layout(Fieldset("Who", "name"))


def test_layout_is_used_and_hidden_fields_are_always_written():
    html = render_crispy_form(Form())

    assert "<legend" in html
    assert 'name="name"' in html
    assert 'name="key"' in html
    assert "<form" not in html


def test_layout_is_not_shared_between_requests():
    assert Form().helper.layout is not Form().helper.layout
