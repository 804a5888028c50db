"""Words that outlive a closed tab and an expired session.

A form carries a sealed note of whose it is. When it comes back after the session has ended, the words are kept as that
member's draft, and only that member sees them after signing in again: nobody else at the same device does.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.core import signing
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from forums.actions import save_draft
from forums.models import Draft, DraftKind, Thread

_SALT = "forums.draft"
# A form left open over a holiday still works.
_MAX_AGE = 30 * 24 * 3600

FIELDS = ("title", "body", "wish", "space", "pen_name", "wants_counselor", "parent")


def seal(member: User, kind: str, thread: Thread | None = None) -> str:
    """Return the sealed note for a form of `member`."""
    return signing.dumps({"m": member.pk, "k": kind, "t": thread.pk if thread is not None else None}, salt=_SALT)


def typed_fields(posted: QueryDict) -> dict[str, str]:
    """Return what was typed and chosen, without tokens."""
    return {name: str(posted[name]) for name in FIELDS if posted.get(name)}


def keep(posted: QueryDict, *, at: datetime, member: User | None = None) -> Draft | None:
    """Keep a posted form as the draft of the member who opened it, and return it.

    Returns None when the sealed note is missing or broken, is not `member`'s (if given), or nothing was typed.
    """
    try:
        note = signing.loads(posted.get("draft_key", ""), salt=_SALT, max_age=_MAX_AGE)
    except signing.BadSignature:
        return None
    if member is not None and note["m"] != member.pk:
        return None
    owner = User.objects.filter(pk=note["m"], is_active=True).first()
    fields = typed_fields(posted)
    if owner is None or not (fields.get("body") or fields.get("title")):
        return None
    thread = Thread.objects.visible_to(owner).filter(pk=note["t"]).first() if note["t"] else None
    return save_draft(
        member=owner,
        kind=note["k"],
        thread=thread,
        key=_uuid(posted.get("submission_key", "")),
        version=_number(posted.get("version", "")),
        fields=fields,
        at=at,
    )


def drafts_of(member: User, kind: str, thread: Thread | None = None) -> QuerySet[Draft]:
    """Return the member's drafts of this kind (of this thread, for replies), the latest first."""
    drafts = Draft.objects.filter(member=member, kind=kind).order_by("-updated_at")
    return drafts.filter(thread=thread) if kind == DraftKind.REPLY else drafts


def initial_of(draft: Draft | None) -> dict[str, object]:
    """Return the initial values of a form that goes on with `draft`."""
    if draft is None:
        return {}
    return {**draft.fields, "submission_key": draft.key, "version": draft.version}


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        return uuid4()


def _number(value: str) -> int:
    return int(value) if value.isdecimal() else 0
