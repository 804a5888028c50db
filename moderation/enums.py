"""The fixed words of cases, decisions and appeals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.IntegerChoices):
    """How soon a person must look (docs/screening.md says what each level means)."""

    NONE = 0, _("none")
    SUPPORT = 1, _("support")
    ATTENTION = 2, _("attention")
    URGENT = 3, _("urgent")
    IMMEDIATE = 4, _("immediate")


class CaseStatus(models.TextChoices):
    """The life of a case; `transitions.py` says which step may follow which."""

    SCREENING = "screening", _("being read by the machine")
    WAITING = "waiting", _("waiting for a person")
    RETURNED = "returned", _("with the author, who was asked for a change")
    CLOSED = "closed", _("closed")


class Cause(models.TextChoices):
    """Why a case waits for a person."""

    SUBMITTED = "submitted", _("submitted")
    READING = "reading", _("screening found something")
    GUEST = "guest", _("written by a guest")
    NEW_MEMBER = "new_member", _("one of a member's first posts")
    SPACE = "space", _("a person reads every post in this space")
    LOOK_AFTER = "look_after", _("published; a person looks afterwards")
    LANGUAGE = "language", _("a language that screening reads poorly or not at all")
    SCREENING_FAILED = "screening_failed", _("screening failed")
    CHANGED = "changed", _("the author changed it")
    IMPORTED = "imported", _("imported; a person looks afterwards")
    SAMPLE = "sample", _("drawn by chance, to see what screening misses; published")


class Action(models.TextChoices):
    """What a moderator may decide."""

    PUBLISH = "publish", _("Publish")
    FOLD = "fold", _("Publish with folds")
    CHANGE = "change", _("Ask for a change")
    DECLINE = "decline", _("Decline")
    REFER = "refer", _("Publish and refer to a counselor")
    ESCALATE = "escalate", _("Escalate to a safety lead")
    NONE = "none", _("Nothing to do")


# These limit what the author's words can do, so the author is owed a statement of reasons.
RESTRICTIONS = frozenset({Action.FOLD, Action.CHANGE, Action.DECLINE})


class AppealOutcome(models.TextChoices):
    """How an appeal ended."""

    OPEN = "open", _("waiting for another person")
    UPHELD = "upheld", _("the decision stands")
    REVERSED = "reversed", _("the decision was reversed")
