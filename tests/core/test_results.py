"""Refusals with a reason."""

import pytest
from django.utils.translation import gettext_lazy as _

from core.results import Allowed, Denied, InvalidError, NotAllowedError, require


def test_answers_have_a_truth_value():
    assert Allowed()
    assert not Denied("No.")


def test_require_lets_the_allowed_pass_and_tells_others_why():
    require(Allowed())

    with pytest.raises(NotAllowedError, match="This account is paused"):
        require(Denied(_("This account is paused.")))


def test_invalid_input_names_its_field():
    error = InvalidError("Write something first.", "body")

    assert (str(error), error.field) == ("Write something first.", "body")
