"""Small words for templates: how long ago, where we are, what a choice means."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

register = template.Library()

# Names of the fields whose words are given back on an error page, as a person would call them.
_FIELD_LABELS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "body": gettext_lazy("What you wrote"),
    "text": gettext_lazy("What you wrote"),
    "reason": gettext_lazy("Reason"),
    "note": gettext_lazy("Note"),
    "guest_name": gettext_lazy("Your name for this page"),
}


@register.filter
def ago(at: datetime | None) -> str:
    """Return how long ago `at` was, coarsely ("3 days ago"): an exact time can tell a partner who wrote.

    Below one hour it says "just now", beyond about a year it gives month and year. Returns "" for None.
    """
    if at is None:
        return ""
    age = timezone.now() - at
    if age < timedelta(hours=1):
        return _("just now")
    if age < timedelta(days=1):
        hours = int(age.total_seconds() // 3600)
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    if age < timedelta(days=14):
        return ngettext("%(count)d day ago", "%(count)d days ago", age.days) % {"count": age.days}
    if age < timedelta(days=60):
        weeks = age.days // 7
        return ngettext("%(count)d week ago", "%(count)d weeks ago", weeks) % {"count": weeks}
    if age < timedelta(days=365):
        months = age.days // 30
        return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
    return date_format(timezone.localtime(at), "YEAR_MONTH_FORMAT")


@register.filter
def is_under(path: object, root: object) -> bool:
    """Return whether the address `path` lies at or below the address `root`; never below an empty one."""
    return bool(root) and str(path).startswith(str(root))


@register.filter
def field_label(name: str) -> str:
    """Return what a person would call the form field `name`."""
    return str(_FIELD_LABELS.get(name, _("What you wrote")))


@register.filter
def choice_hint(field: BoundField, value: object) -> Any:
    """Return the line that explains the choice `value` of `field`: `choice_hints[field name][value]` of its form."""
    return getattr(field.form, "choice_hints", {}).get(field.name, {}).get(str(value), "")


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a static file, also when the manifest is missing: an error page must not fail itself."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"
