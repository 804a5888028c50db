"""Forms of the desk and of appeals: they parse and validate, the actions write."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from core.forms import CrispyFormMixin
from core.results import Words
from moderation import rules
from moderation.actions import About
from moderation.enums import Action, AppealOutcome, Severity
from moderation.models import CommunityRule
from moderation.screening.reading import RISKS, Category, Reading
from moderation.wording import CATEGORY_WORDS

MAX_REASON = 5000
MAX_FOLD_LINE = 120


class DecisionForm(CrispyFormMixin, forms.Form):
    """Decide a case. Only what the rules allow can be chosen; what they refuse comes back with its reason."""

    action = forms.ChoiceField(
        label=_("What should happen?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what should happen."),
            "invalid_choice": _("Choose one of the actions on this page."),
        },
    )
    reason = forms.CharField(
        label=_("To the author"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "The author reads exactly this. Needed for folding, for asking for a change and for declining; "
            "after any other decision nothing is sent."
        ),
    )
    rule = forms.ModelChoiceField(
        label=_("Rule of the community"),
        queryset=CommunityRule.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("None in particular"),
        help_text=_("Named to the author."),
    )
    fold = forms.MultipleChoiceField(
        label=_("Which words?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A fold closes the whole paragraph. With any other restriction the words are quoted to the author."
        ),
        error_messages={"invalid_choice": _("The post has changed. Choose the passages again.")},
    )
    fold_line = forms.CharField(
        label=_("Line shown instead of folded words"),
        max_length=MAX_FOLD_LINE,
        required=False,
        help_text=_("Short and neutral: everyone reads it."),
    )
    note = forms.CharField(
        label=_("Note for staff only"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Never shown to the author. Needed when you escalate."),
    )
    lease_number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    post_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    choice_hints: ClassVar[Mapping[str, Mapping[str, Words]]] = {
        "action": {
            Action.PUBLISH: _("Everyone can read it."),
            Action.FOLD: _("Everyone can read it; some words open only on request."),
            Action.CHANGE: _("Back to the author with your reason. The words stay theirs."),
            Action.DECLINE: _("It does not appear. The author keeps the words and is told why."),
            Action.REFER: _("Everyone can read it, and a counselor is asked to answer."),
            Action.ESCALATE: _("A safety lead looks at it next. It stays as it is until then."),
            Action.NONE: _("It is on the page already and can stay as it is."),
        }
    }

    def __init__(
        self,
        *args: Any,
        allowed: Sequence[Action],
        refused: Mapping[str, str],
        passages: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        action, fold = self.fields["action"], self.fields["fold"]
        assert isinstance(action, forms.ChoiceField)  # noqa: S101  tells the type checker what the class declares
        assert isinstance(fold, forms.ChoiceField)  # noqa: S101  as above
        action.choices = [(one.value, one.label) for one in allowed]
        asked = self.data.get("action", "") if self.is_bound else ""
        if asked in refused:
            action.error_messages["invalid_choice"] = refused[asked]
        fold.choices = passages
        self.initial.setdefault("fold_line", _("Talks about something that may be hard to read"))


class AboutForm(CrispyFormMixin, forms.Form):
    """Say what a post is about, beside a decision: what screening found is ticked, and a person sets it right.

    All of it may be left alone. Ticks that nobody has looked at teach nothing, so they are kept only when something in them
    was changed or when they were confirmed.
    """

    about = forms.MultipleChoiceField(
        label=_("In these words there is"),
        required=False,
        choices=[(category.value, CATEGORY_WORDS[category]) for category in RISKS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the list on this page.")},
    )
    about_severity = forms.TypedChoiceField(
        label=_("How soon should a person have looked?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(level.value, level.label) for level in sorted(Severity, reverse=True)],
        error_messages={"invalid_choice": _("Choose from the list on this page.")},
    )
    about_confirmed = forms.BooleanField(
        label=_("I have looked through this: screening here may learn from it"), required=False
    )
    about_shown = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, reading: Reading | None, severity: int) -> None:
        self._found = frozenset(reading.risks) if reading is not None else frozenset()
        self._severity = reading.severity if reading is not None else severity
        initial = {"about": [str(category) for category in self._found], "about_severity": self._severity}
        super().__init__(data, initial=initial)

    def about_or_none(self) -> About | None:
        """Return what the moderator said, None when they said nothing; call it on a valid form."""
        words = self.cleaned_data
        was_shown = words["about_shown"] or bool(words["about"])
        severity = self._severity if words["about_severity"] is None else words["about_severity"]
        about = About(frozenset(Category(name) for name in words["about"]), severity)
        is_changed = was_shown and about != About(self._found, self._severity)
        return about if words["about_confirmed"] or is_changed else None


class AppealForm(CrispyFormMixin, forms.Form):
    """Ask that another person decides again."""

    text = forms.CharField(
        label=_("What should we look at again?"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("In your own words. A few lines are enough."),
        error_messages={"required": _("Say in your own words what we should look at again.")},
    )


class AppealDecisionForm(CrispyFormMixin, forms.Form):
    """Decide an appeal."""

    outcome = forms.ChoiceField(
        label=_("Does the decision stand?"),
        widget=forms.RadioSelect,
        choices=[
            (AppealOutcome.UPHELD, _("The decision stands")),
            (AppealOutcome.REVERSED, _("The decision is reversed")),
        ],
        error_messages={"required": _("Choose whether the decision stands.")},
    )
    reason = forms.CharField(
        label=_("To the author"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The author reads exactly this."),
        error_messages={"required": _("Tell the member why, in a few plain words.")},
    )
    choice_hints: ClassVar[Mapping[str, Mapping[str, Words]]] = {
        "outcome": {
            AppealOutcome.UPHELD: _("Nothing changes; the author is told why."),
            AppealOutcome.REVERSED: _("The post is shown as it was written, without folds."),
        }
    }


class ShiftForm(CrispyFormMixin, forms.Form):
    """Put somebody on the rota, every week."""

    person = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), error_messages={"required": _("Choose a person.")}
    )
    role = forms.ChoiceField(
        label=_("As"), choices=[(role, Role(role).label) for role in rules.SHIFT_ROLES], initial=Role.MODERATOR
    )
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=list(WEEKDAYS.items()))
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time", "class": "short"}))
    ends = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}),
        help_text=_("The same time or earlier means the next day."),
    )

    def __init__(self, *args: Any, names: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  as declared above
        field.queryset = User.objects.filter(pk__in=names).order_by("pk")
        field.label_from_instance = lambda person: names[person.pk]  # type: ignore[assignment,method-assign]
