"""Small words for templates."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms

from core.forms import CrispyFormMixin
from core.templatetags.alongside import ago, asset, choice_hint, field_label, is_under

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=59), "just now"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=13, hours=23), "13 days ago"),
        (timedelta(days=14), "2 weeks ago"),
        (timedelta(days=59), "8 weeks ago"),
        (timedelta(days=60), "2 months ago"),
        (timedelta(days=364), "12 months ago"),
        (timedelta(days=365), "March 2025"),
    ],
)
def test_age_is_told_coarsely(age, words):
    with time_machine.travel(NOON, tick=False):
        assert ago(NOON - age) == words


def test_age_of_nothing_is_empty():
    assert ago(None) == ""


@pytest.mark.parametrize(
    ("path", "root", "answer"),
    [
        ("/stories/new/", "/stories/", True),
        ("/stories/", "/stories/", True),
        ("/me/", "/stories/", False),
        ("/", "", False),
    ],
)
def test_page_knows_where_it_stands(path, root, answer):
    assert is_under(path, root) is answer


def test_field_label_is_what_a_person_would_say():
    assert field_label("title") == "Title"
    assert field_label("unknown") == "What you wrote"


def test_asset_has_an_address_without_a_manifest(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }

    assert asset("css/none.css") == "/static/css/none.css"


def test_choice_hint_explains_one_choice():
    class Form(CrispyFormMixin, forms.Form):
        wish = forms.ChoiceField(choices=[("listen", "Listen")])
        choice_hints = {"wish": {"listen": "To be heard is enough."}}

    assert choice_hint(Form()["wish"], "listen") == "To be heard is enough."
    assert choice_hint(Form()["wish"], "other") == ""
