"""Forms of writing: they parse and validate, the actions write."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import PenName, User
from core.forms import CrispyFormMixin
from forums.enums import Wish
from forums.limits import MAX_BODY, MAX_GUEST_NAME, MAX_TITLE
from forums.models import Post, Space, Thread


class WritingForm(CrispyFormMixin, forms.Form):
    """A form of words: bytes that no page shows and no database takes do not make it fail."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(_without_nul(data), *args, **kwargs)

    def go_on_as(self, **values: str) -> None:
        """Change hidden values of a bound form, for the page that shows it once more."""
        posted: Any = self.data
        changed = posted.copy()
        for name, value in values.items():
            changed[name] = value
        self.data = changed


class SubmissionForm(WritingForm):
    """What every form of writing carries: the words, and the key that makes a second press harmless."""

    body = forms.CharField(
        label=_("Your words"),
        max_length=MAX_BODY,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("Write something first.")},
    )
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    draft_key = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("submission_key", uuid4())
            self.initial.setdefault("version", 0)


class MemberForm(SubmissionForm):
    """Writing under one of the member's pen names."""

    pen_name = forms.ChoiceField(
        label=_("Pen name"),
        help_text=_("The only name that others see."),
        error_messages={"invalid_choice": _("Choose one of your own pen names.")},
    )

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = {name.public_id: name for name in PenName.objects.of(member)}
        field = self.fields["pen_name"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  tells the type checker what the class declares
        field.choices = [(public_id, name.name) for public_id, name in self._names.items()]

    def clean_pen_name(self) -> PenName:
        """Return the pen name itself."""
        return self._names[self.cleaned_data["pen_name"]]


class OpeningForm(MemberForm):
    """What a story and a question share."""

    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_TITLE,
        help_text=_("A few plain words. It stands on the page above your words."),
        error_messages={"required": _("Give it a title. A few plain words are enough.")},
    )
    space = forms.ModelChoiceField(
        label=_("Space"),
        queryset=Space.objects.all(),
        empty_label=None,
        to_field_name="slug",
        help_text=_("The room where people will look for it."),
    )
    wants_counselor = forms.BooleanField(
        label=_("I'd like a counselor's view"),
        required=False,
        help_text=_("A verified counselor is asked to answer. It can take longer than an answer from peers."),
    )


class StoryForm(OpeningForm):
    """Share a story."""

    wish = forms.ChoiceField(
        label=_("What would help you?"),
        choices=[
            (Wish.LISTEN, _("Just listen")),
            (Wish.EXPERIENCE, _("Shared experience")),
            (Wish.IDEAS, _("Ideas")),
            (Wish.COUNSELOR, _("A counselor's view")),
        ],
        widget=forms.RadioSelect,
        initial=Wish.LISTEN,
        help_text=_("It stands above the reply box, so that people answer what you asked for."),
        error_messages={"required": _("Choose what would help you.")},
    )

    field_order = ("title", "body", "wish", "wants_counselor", "space", "pen_name")
    choice_hints: ClassVar = {
        "wish": {
            Wish.LISTEN: _("No advice. To be heard is enough."),
            Wish.EXPERIENCE: _("From people who know it from inside."),
            Wish.IDEAS: _("Things others have tried."),
            Wish.COUNSELOR: _("From somebody whose training was checked."),
        }
    }


class QuestionForm(OpeningForm):
    """Ask a question."""

    field_order = ("title", "body", "wants_counselor", "space", "pen_name")


class ReplyMixin(forms.Form):
    """Which message of the thread is answered, and whether its writer has met a nudge (`forums.nudges`) already."""

    parent = forms.ModelChoiceField(
        queryset=Post.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("The message you answer is no longer here. Your words are below.")},
    )
    nudge_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def set_thread(self, thread: Thread, viewer: Any) -> None:
        """Let the form answer what `viewer` may read in `thread`."""
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  as declared above
        field.queryset = Post.objects.visible_to(viewer).filter(thread=thread)
        self.fields["body"].widget.attrs["rows"] = 6


class MemberReplyForm(MemberForm, ReplyMixin):
    """A member answers."""

    field_order = ("body", "pen_name")


class GuestReplyForm(SubmissionForm, ReplyMixin):
    """A guest answers; a person reads it before it appears."""

    guest_name = forms.CharField(
        label=_("A name to show"),
        max_length=MAX_GUEST_NAME,
        help_text=_("It need not be your own."),
        error_messages={"required": _("Choose a name to show. It need not be your own.")},
    )
    field_order = ("body", "guest_name")


class ChangeForm(WritingForm):
    """Change a post after a change was asked for."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE, required=False)
    body = forms.CharField(
        label=_("Your words"),
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("Write something first.")},
    )
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    draft_key = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


def _without_nul(data: Any) -> Any:
    """Return posted values without NUL characters; what is not posted stays as it is."""
    if not isinstance(data, MultiValueDict):
        return data
    cleaned = data.copy()
    for name, values in data.lists():
        cleaned.setlist(name, [value.replace("\x00", "") for value in values])
    return cleaned
