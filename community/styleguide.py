"""A page with every component in every state, for developers: only while DEBUG is on, and not translated."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.forms import CrispyFormMixin
from core.markup import FoldSpan
from core.markup import render as render_markup
from core.pagination import Page
from forums.enums import Capacity, PostStatus, ThreadKind, Wish
from forums.models import Post, Space, Thread

_LINES = [
    {"name": "A line to call", "call": "000 000", "hours": _("Every day, day and night"), "note": _("Free to call.")},
    {
        "name": "A line to write to",
        "text_number": "00000",
        "text_word": "HELLO",
        "chat_address": "https://example.org/",
    },
]


class SampleForm(CrispyFormMixin, forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("Title"), help_text=_("A few plain words."))
    body = forms.CharField(label=_("Your words"), widget=forms.Textarea(attrs={"rows": 6}))
    wish = forms.ChoiceField(label=_("What would help you?"), choices=Wish.choices, widget=forms.RadioSelect)
    wants_mail = forms.BooleanField(label=_("Send me a short mail"), required=False, help_text=_("Without any topic."))
    note = forms.CharField(label=_("Note"), required=False)
    choice_hints = {"wish": {Wish.LISTEN: _("No advice. To be heard is enough.")}}


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the components; raises Http404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    thread = _sample_thread()
    context: dict[str, Any] = {
        "thread": thread,
        "posts": _sample_posts(thread),
        "form": SampleForm(initial={"wish": Wish.LISTEN}, auto_id="good_%s"),
        "wrong_form": SampleForm({"title": "", "wish": "none"}, auto_id="wrong_%s"),
        "page": Page(rows=[thread], next_key="x", is_first=False),
        "lines": _LINES,
        "levels": [4, 3, 2, 1, 0],
        "fold_html": mark_safe("<p>What stands behind the line.</p>"),
        "now": timezone.now(),
    }
    return render(request, "styleguide.html", context)


def _sample_thread() -> Thread:
    space = Space(slug="porch", name="A space", audience="For anyone", description="What it is for.")
    thread = Thread(pk=0, kind=ThreadKind.STORY, space=space, title="A title", slug="a-title", wish=Wish.LISTEN)
    thread.published_at = timezone.now() - timedelta(days=3)
    thread.reply_count = 2
    return thread


def _sample_posts(thread: Thread) -> list[Post]:
    at = timezone.now() - timedelta(days=2)
    text = "A few words, and *some* with weight.\n\nA second paragraph."
    folded = str(render_markup(text, folds=[FoldSpan(0, 10, "About a hard night")]))
    plain = str(render_markup(text))
    rows: list[dict[str, Any]] = [
        {"pk": 1, "depth": 1, "guest_name": "a guest", "body_html": plain},
        {
            "pk": 2,
            "depth": 2,
            "guest_name": "A counselor",
            "body_html": plain,
            "capacity": Capacity.COUNSELOR,
            "credential_line": "Licensed counselor, checked by this community until next spring",
        },
        {"pk": 3, "depth": 3, "guest_name": "a third", "body_html": folded},
        {"pk": 4, "depth": 1, "guest_name": "you", "body_html": plain, "status": PostStatus.HELD},
    ]
    return [
        Post(thread=thread, **{"status": PostStatus.PUBLISHED, "created_at": at, "published_at": at, **row})
        for row in rows
    ]
