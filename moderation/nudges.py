"""The lines of the replier's nudge: what screening noticed in a reply, in kind words for the one who writes it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.results import Words
from forums import nudges
from moderation.screening.nudge import Kind, nudge

# One sentence each: why, and another way to say it.
LINES: Final[dict[str, Words]] = {
    Kind.LABEL: _(
        "People take in more when they feel seen than when they are given a name: you could say what you noticed and how it "
        "reaches you."
    ),
    Kind.CONTROL: _(
        "People find their own way more easily than one they are told to take: you could say what you did yourself, or ask "
        "what they want."
    ),
    Kind.ADVICE: _(
        "This person asked only to be heard: saying what touched you, or that you know it too, may help more than an idea."
    ),
    Kind.DOSE: _(
        "An amount that one body bears can be too much for another: you could say what it was like for you, and leave the "
        "numbers to a pharmacist or a drug service."
    ),
}


@nudges.register
def nudge_for_reply(body: str, *, just_listen: bool) -> nudges.Nudge | None:
    """Return the nudge for a reply that is not sent yet, or None; nothing is kept of either."""
    found = nudge(body, just_listen=just_listen)
    if found is None:
        return None
    return nudges.Nudge(LINES[found.line_key], found.start, found.end, kind=str(found.kind))
