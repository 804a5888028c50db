"""Ways to begin a reason, to be changed into one's own words. They are shown beside the form and never sent by themselves."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.results import Words
from moderation.enums import Action


@dataclass(frozen=True, slots=True)
class Starts:
    """Beginnings for one action."""

    action: Action
    lines: tuple[Words, ...]


STARTS: Final = (
    Starts(
        Action.FOLD,
        (
            _(
                "Thank you for telling this. I have put one passage behind a line, so that people can choose when to read it."
            ),
            _(
                "Your words are all there. One part may be hard for someone who is in the middle of the same thing, so it opens with a tap."
            ),
        ),
    ),
    Starts(
        Action.CHANGE,
        (
            _("I would like to publish this. One thing first: somebody who knows you could recognise you by ..."),
            _(
                "What you went through should be read. Could you take out the amounts? Another body could be badly hurt by them."
            ),
            _("Could you say what it was like for you, rather than what they should do? The rest can stay as it is."),
        ),
    ),
    Starts(
        Action.DECLINE,
        (
            _("I have not published this, because ... Your text is still here for you."),
            _(
                "I can hear that you wanted to help. I have not published it, because it could put someone in danger: ..."
            ),
            _(
                "This place is not for finding or selling. If you are looking for support with that, ask for it and people will answer."
            ),
        ),
    ),
)
