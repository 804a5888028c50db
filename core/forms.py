"""What all forms share."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cached_property
from typing import ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout

from core.results import Words


class CrispyFormMixin:
    """Gives a form its crispy helper. The template owns `<form>`, the csrf token and the buttons.

    `layout` orders the fields; without one they come in the order of the class. `choice_hints` explains choices shown as
    cards: field name, then choice value, then one short line. Fields that a layout leaves out stay out, hidden ones are
    always written.
    """

    layout: ClassVar[Layout | None] = None
    choice_hints: ClassVar[Mapping[str, Mapping[str, Words]]] = {}

    @cached_property
    def helper(self) -> FormHelper:
        """Return the helper that `{% crispy form %}` looks for."""
        helper = FormHelper()  # type: ignore[no-untyped-call]  # crispy is untyped
        helper.form_tag = False
        helper.disable_csrf = True
        helper.render_hidden_fields = True
        if self.layout is not None:
            # A layout keeps what it rendered, so two requests must not share one.
            helper.layout = deepcopy(self.layout)
        return helper
