"""Is this a good pen name? Plain checks of a word against the person who chooses it; nothing is read from anywhere."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import normalise_name
from core.results import Allowed, Answer, Denied

MIN_LENGTH = 2
MAX_LENGTH = 40

# Shorter usernames are part of too many ordinary words to be recognised in one.
_TELLING_LENGTH = 4
_PHONE_DIGITS = 7

_WEB_ADDRESS = re.compile(
    r"://|\bwww\.|\w\.(?:com|net|org|info|io|me|co|app|chat|link|live|xyz|eu|uk|us|ca|au|nz|ie|de|fr|nl|es|it|ru)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?\d[\d\s().\-/]*\d")

# Names that speak for the house. Long words count inside others ("TheModerator"), short ones only alone.
_STAFF_PARTS = (
    "moderator",
    "moderation",
    "counselor",
    "counsellor",
    "administrator",
    "safetylead",
    "peersupporter",
    "therapist",
    "psycholog",
    "psychiatr",
    "socialworker",
)
_STAFF_WORDS = frozenset({"admin", "mod", "mods", "operator", "staff", "official", "dr", "doctor", "nurse"})
_STAFF_ALONE = frozenset({"support", "supportteam", "helpdesk", "helpline", "system", "root", "team"})
# Digits and signs that stand in for letters; "l" and "i" count as one, since "1" stands for both.
_LOOKALIKES = str.maketrans("0134578@$|!l", "oieastbasiii")
_SCRIPTS_THAT_LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK"})


def tidy(name: str) -> str:
    """Return `name` as it is shown: composed letters, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def can_be_pen_name(name: str, *, username: str, email: str, site_name: str) -> Answer:
    """Whether the tidied `name` is fit for someone who signs in as `username` and may have `email` on file.

    Says nothing about whether somebody else has it. `site_name` is what the community calls itself.
    """
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        return Denied(_("Choose a pen name of 2 to 40 characters."))
    if not all(_is_readable(letter) for letter in name) or not any(letter.isalnum() for letter in name):
        return Denied(_("Use letters and digits that everyone can see, with spaces if you like."))
    if len(_scripts(name)) > 1:
        return Denied(_("Use letters of one alphabet, so that nobody can be mistaken for somebody else."))
    if "@" in name or _WEB_ADDRESS.search(name) or _has_phone_number(name):
        return Denied(_("This looks like a way to reach you. A pen name is seen by everyone, so choose another."))
    if _speaks_for_staff(name, site_name):
        return Denied(_("This sounds like someone who works here. Choose a name that is only yours."))
    return _keeps_apart(name, username=username, email=email)


def _keeps_apart(name: str, *, username: str, email: str) -> Answer:
    if _tells(name, username):
        return Denied(
            _("This is too close to the username you sign in with. Keep the two apart, so that nobody can guess it.")
        )
    if _tells(name, email.partition("@")[0]):
        return Denied(_("This is too close to your e-mail address. Choose a name that does not lead to it."))
    return Allowed()


def _tells(name: str, secret: str) -> bool:
    """Whether one of the two gives the other away: the same, or a long enough part of it."""
    shown, hidden = _squash(name), _squash(secret)
    if not hidden or not shown:
        return False
    if shown == hidden:
        return True
    return _is_part(hidden, shown) or _is_part(shown, hidden)


def _is_part(part: str, whole: str) -> bool:
    return len(part) >= _TELLING_LENGTH and part in whole


def _speaks_for_staff(name: str, site_name: str) -> bool:
    seen = normalise_name(name).translate(_LOOKALIKES)
    words, squashed, house = set(re.findall(r"[^\W_]+", seen)), _squash(seen), _fold(site_name)
    if squashed == house or squashed in _folded(_STAFF_ALONE | _STAFF_WORDS):
        return True
    if _is_part(house, squashed) or words & _folded(_STAFF_WORDS):
        return True
    return any(part in squashed for part in _folded(_STAFF_PARTS))


def _folded(words: Iterable[str]) -> set[str]:
    return {_fold(word) for word in words}


def _fold(word: str) -> str:
    return _squash(normalise_name(word).translate(_LOOKALIKES))


def _squash(text: str) -> str:
    return "".join(letter for letter in normalise_name(text) if letter.isalnum())


def _has_phone_number(name: str) -> bool:
    return any(sum(letter.isdigit() for letter in found) >= _PHONE_DIGITS for found in _PHONE.findall(name))


def _is_readable(letter: str) -> bool:
    # Zero-width joiners belong to the spelling of some languages; other invisible characters only deceive.
    return not unicodedata.category(letter).startswith("C") or letter in "\u200c\u200d"


def _scripts(name: str) -> set[str]:
    found = {unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}
    return found & _SCRIPTS_THAT_LOOK_ALIKE
