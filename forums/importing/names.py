"""Public names for imported authors: never an address, never empty, never too long."""

import html
import re
import unicodedata
from collections.abc import Iterator

import nh3
from django.utils.translation import gettext as _

from accounts.models import normalise_name

_PHONE_NUMBER = re.compile(r"\+?(?:\d[\s().\-/]*){7,}")

# As wide as the columns of a pen name.
MAX_NAME = 40
MAX_KEY = 80
# WordPress itself keeps 245 characters of a name.
_MAX_RAW = 1000

_ADDRESS = re.compile(
    r"@|://|\bwww\.|\bmailto:|\b[\w-]+\.(?:com|org|net|info|biz|io|co|me|blog|site|online|shop|edu|gov)\b",
    re.IGNORECASE,
)


def public_name(raw: str) -> str:
    """Return the name to show for someone who signed as `raw`: markup and invisible characters removed, not yet cut.

    Whoever signed with nothing, a mail address, a web address or a telephone number becomes "A reader".
    """
    text = html.unescape(nh3.clean(html.unescape(raw[:_MAX_RAW]), tags=set()))
    text = unicodedata.normalize("NFKC", text)
    # Direction marks and zero-width characters can make one name look like another.
    text = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    text = " ".join(text.split())
    if (
        not any(letter.isalnum() or unicodedata.category(letter) == "So" for letter in text)
        or _ADDRESS.search(text)
        or _PHONE_NUMBER.search(text)
    ):
        return _("A reader")
    return text


def candidates(name: str) -> Iterator[str]:
    """Yield `name`, then ever new names that say that it came with an import, each short enough to be a pen name."""
    yield _fitted(name, "")
    yield _fitted(name, _(" (imported)"))
    number = 2
    while True:
        yield _fitted(name, _(" (imported %(number)d)") % {"number": number})
        number += 1


def _fitted(name: str, suffix: str) -> str:
    shown = name + suffix
    length = MAX_NAME - len(suffix)
    # Some letters become several when names are compared, so the key may be longer than the name.
    while len(shown) > MAX_NAME or len(normalise_name(shown)) > MAX_KEY:
        length -= 1
        shown = name[:length].rstrip() + "…" + suffix
    return shown
