"""What words must be like before they are written down."""

import re
import unicodedata

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import PenName, normalise_name
from accounts.names import can_be_pen_name
from core.results import Denied, InvalidError
from forums.enums import ThreadKind
from forums.limits import MAX_BODY, MAX_GUEST_NAME, MAX_TITLE

# They turn the direction of what stands behind them, and so of words that are not the writer's.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SLUG_LENGTH = 80


def has_words(text: str) -> bool:
    """Whether anything of `text` can be seen: not only spaces, controls and characters without a shape."""
    return any(unicodedata.category(letter)[0] not in "CZ" for letter in text)


def checked_body(body: str) -> str:
    """Return the words of a post with plain line ends; raises InvalidError when they are empty or too long."""
    body = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not has_words(body):
        raise InvalidError(_("Write something first."), "body")
    if len(body) > MAX_BODY:
        message = _("This is longer than one post can hold (%(max)d characters). Share it in parts.")
        raise InvalidError(message % {"max": MAX_BODY}, "body")
    return body


def checked_title(title: str) -> str:
    """Return a title on one line; raises InvalidError when it is empty, too long, a member's or staff's."""
    title = _one_line(title)
    if not has_words(title):
        raise InvalidError(_("Give it a title. A few plain words are enough."), "title")
    if len(title) > MAX_TITLE:
        raise InvalidError(_("The title can have %(max)d characters.") % {"max": MAX_TITLE}, "title")
    return title


def checked_guest_name(name: str) -> str:
    """Return the name under which a guest writes; raises InvalidError when it is empty or too long."""
    name = _one_line(name)
    if not has_words(name):
        raise InvalidError(_("Choose a name to show. It need not be your own."), "guest_name")
    if len(name) > MAX_GUEST_NAME:
        raise InvalidError(_("The name can have %(max)d characters.") % {"max": MAX_GUEST_NAME}, "guest_name")
    answer = can_be_pen_name(name, username="", email="", site_name=settings.SITE_NAME)
    if isinstance(answer, Denied):
        raise InvalidError(str(answer.reason), "guest_name")
    if PenName.objects.filter(key=normalise_name(name)).exists():
        raise InvalidError(_("Somebody here writes under this name. Please choose another."), "guest_name")
    return name


def slug_of(title: str, kind: ThreadKind | str) -> str:
    """Return the part of an address that tells the title; the kind where no letter of it can stand there."""
    return slugify(title)[:_SLUG_LENGTH].strip("-") or str(kind)


def _one_line(text: str) -> str:
    spaced = " ".join(text.split())
    return _TURNS.sub("", "".join(letter for letter in spaced if unicodedata.category(letter) != "Cc")).strip()
