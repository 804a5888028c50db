"""What the author of a post is told: where it stands, by when a person reads it, and which help to show at once.

Only what the author may know is in here: never a severity, a category, a note of the staff or a name of theirs.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import models

from forums.enums import PostStatus
from forums.models import Post
from helplines.models import Purpose
from moderation import rota
from moderation.enums import CaseStatus
from moderation.models import Case, Decision, ReadingRecord
from moderation.readings import ScreenedWords
from moderation.screening.engine import read
from moderation.screening.reading import Category, HelpNeed, Reading, Who

logger = logging.getLogger(__name__)

# From then on the page says that it takes longer than usual, and no longer refreshes by itself.
SLOW_AFTER = timedelta(minutes=2)

_PURPOSES: Final[dict[HelpNeed, tuple[Purpose, ...]]] = {
    HelpNeed.EMERGENCY: (Purpose.EMERGENCY,),
    HelpNeed.SUICIDE: (Purpose.SUICIDE,),
    # A line for him, a line for you.
    HelpNeed.SUICIDE_OF_OTHER: (Purpose.SUICIDE, Purpose.FAMILY),
    HelpNeed.WITHDRAWAL: (Purpose.SUBSTANCE,),
    HelpNeed.VIOLENCE: (Purpose.VIOLENCE,),
    HelpNeed.CHILD: (Purpose.CHILD,),
    HelpNeed.SUBSTANCE: (Purpose.SUBSTANCE,),
    HelpNeed.BEREAVEMENT: (Purpose.GRIEF,),
}


class State(StrEnum):
    """Where a post stands, as its author is told."""

    READING = "reading"
    SLOW = "slow"
    WAITING = "waiting"
    OVERDUE = "overdue"
    ASKED = "asked"  # a person has read it and asked a colleague
    PUBLISHED = "published"
    CHANGE_ASKED = "change_asked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_STATE_OF: Final[dict[str, State]] = {
    PostStatus.PUBLISHED: State.PUBLISHED,
    PostStatus.CHANGE_ASKED: State.CHANGE_ASKED,
    PostStatus.DECLINED: State.DECLINED,
    PostStatus.WITHDRAWN: State.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Care:
    """Which help to show: `needs` in order, the emergency first.

    `is_overdose` adds what to do until an ambulance comes: for a bystander (`is_bystander`), or for the writer herself.
    """

    needs: tuple[HelpNeed, ...] = ()
    is_overdose: bool = False
    is_bystander: bool = False

    @classmethod
    def of(cls, reading: Reading | None) -> "Care":
        """Return the help that a reading calls for; none without a reading."""
        if reading is None:
            return cls()
        needs = reading.help_needs()
        overdoses = [f for f in reading.findings if f.category == Category.OVERDOSE_NOW and HelpNeed.EMERGENCY in needs]
        return cls(needs, bool(overdoses), any(finding.who != Who.WRITER for finding in overdoses))

    @property
    def is_emergency(self) -> bool:
        """Whether the emergency number stands first."""
        return HelpNeed.EMERGENCY in self.needs

    @property
    def purposes(self) -> list[Purpose]:
        """Return the kinds of line for these needs, in order, without doubles."""
        found = [purpose for need in self.needs for purpose in _PURPOSES[need]]
        if self.is_overdose:
            found.append(Purpose.POISON)
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Progress:
    """What happens with a post. `promise` is by when a person reads it, None when nobody on the rota stands behind one."""

    state: State
    promise: datetime | None
    decision: Decision | None
    care: Care

    @property
    def is_moving(self) -> bool:
        """Whether the page should look again by itself in a moment."""
        return self.state == State.READING


def progress_of(post: Post, *, at: datetime) -> Progress:
    """Return where `post` (read with its thread) stands at `at`. Nothing is stored."""
    case = Case.objects.filter(post=post).order_by("-pk").first()
    waits = case is not None and case.status == CaseStatus.WAITING and post.status == PostStatus.HELD
    promise = None
    if waits and case is not None and case.placed_at is not None:
        author = post.pen_name.member_id if post.pen_name is not None else None
        promise = rota.promise(case.severity, since=case.placed_at, without=author)
    return Progress(
        state=state_of(post, case, promise=promise, at=at),
        promise=promise,
        decision=_decision_on(post),
        care=Care.of(_reading_of(post)),
    )


def state_of(post: Post, case: Case | None, *, promise: datetime | None, at: datetime) -> State:
    """Return the author's word for the state of `post` and its latest `case`; reads nothing."""
    if post.status != PostStatus.HELD:
        return _STATE_OF[post.status]
    if case is None or case.status != CaseStatus.WAITING:
        return State.SLOW if at - _sent_at(post) > SLOW_AFTER else State.READING
    if post.human_read_at is not None:
        return State.ASKED
    if promise is not None:
        return State.OVERDUE if promise < at else State.WAITING
    return State.WAITING


def is_placed(post: Post) -> bool:
    """Whether the program has read the present words and put the post where it goes."""
    return not Case.objects.filter(post=post, status=CaseStatus.SCREENING).exists()


def own_posts(member: models.Model) -> "models.QuerySet[Post]":
    """Return what `member` wrote, withdrawn posts too: they keep their page."""
    return Post.objects.filter(pen_name__member_id=member.pk).select_related("thread", "thread__space", "pen_name")


def _decision_on(post: Post) -> Decision | None:
    """Return the restriction that explains why the post stands as it does."""
    return Decision.objects.restrictions().filter(case__post=post).order_by("-pk").first()


def _reading_of(post: Post) -> Reading | None:
    """Return the reading of the present words: the stored one, or one made here, for the help alone.

    Help must not wait for a worker, a broker or a clock.
    """
    kept = ReadingRecord.objects.filter(case__post=post, post_version=post.version).order_by("-pk").first()
    if kept is not None:
        return Reading.from_dict(kept.content)
    if post.screened_at is not None:
        return None
    try:
        return read(ScreenedWords.of(post).text)
    except Exception as error:  # noqa: BLE001  the page must come, whatever fails; the words must not reach the log
        logger.error("post %s: no reading for its help (%s)", post.pk, type(error).__name__)  # noqa: TRY400  as above
        return None


def _sent_at(post: Post) -> datetime:
    return post.edited_at or post.created_at
