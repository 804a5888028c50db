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
from forums.models import Draft, DraftKind, Post, Thread

_SALT = "forums.draft"
# A form left open over a holiday still works.
_MAX_AGE = 30 * 24 * 3600
# Versions count the saves of one draft.
_LONGEST_NUMBER = 10

FIELDS = ("title", "body", "wish", "space", "pen_name", "wants_counselor", "parent")


def seal(member: User, kind: str, thread: Thread | None = None, post: Post | None = None) -> str:
    """Return the sealed note for a form of `member`; `thread` is what a reply answers, `post` what is being changed."""
    note = {
        "m": member.pk,
        "k": kind,
        "t": thread.pk if thread is not None else None,
        "p": post.pk if post is not None else None,
    }
    return signing.dumps(note, salt=_SALT)


def typed_fields(posted: QueryDict) -> dict[str, str]:
    """Return what was typed and chosen, without tokens."""
    typed = {name: str(posted.get(name, "")).replace("\x00", "") for name in FIELDS}
    return {name: value for name, value in typed.items() if value}


def keep(posted: QueryDict, *, at: datetime, member: User | None = None) -> Draft | None:
    """Keep a posted form as the draft of the member who opened it, and return it.

    Returns None when the sealed note is missing or broken, is not `member`'s (if given), nothing was typed, or the words
    were sent already: a draft that is saved while its form is being sent must not come back.
    """
    try:
        note = signing.loads(posted.get("draft_key", ""), salt=_SALT, max_age=_MAX_AGE)
    except signing.BadSignature:
        return None
    if member is not None and note["m"] != member.pk:
        return None
    owner = User.objects.filter(pk=note["m"], is_active=True).first()
    fields = typed_fields(posted)
    if owner is None or not (fields.get("body", "").strip() or fields.get("title", "").strip()):
        return None
    key = _uuid(posted.get("submission_key", ""))
    if _is_sent(owner, key, fields.get("body", "")):
        return None
    thread = Thread.objects.visible_to(owner).filter(pk=note["t"]).first() if note["t"] else None
    if note.get("p"):
        fields["post"] = str(note["p"])
    return save_draft(
        member=owner,
        kind=note["k"],
        thread=thread,
        key=key,
        version=_number(posted.get("version", "")),
        fields=fields,
        at=at,
    )


def drafts_of(member: User, kind: str, thread: Thread | None = None) -> QuerySet[Draft]:
    """Return the member's drafts of this kind (of this thread, for replies), the latest first."""
    drafts = Draft.objects.filter(member=member, kind=kind).order_by("-updated_at", "-pk")
    return drafts.filter(thread=thread) if kind == DraftKind.REPLY else drafts


def draft_of_change(post: Post, member: User) -> Draft | None:
    """Return the member's latest draft of a change to `post`, if there is one."""
    return drafts_of(member, DraftKind.CHANGE).filter(fields__post=str(post.pk)).first()


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
    return int(value) if value.isdecimal() and len(value) < _LONGEST_NUMBER else 0


def _is_sent(member: User, key: UUID, body: str) -> bool:
    """Whether a post was sent from the form with this key that holds these words, or began with them."""
    sent = Post.objects.written_by(member).filter(submission_key=key).values_list("body", flat=True).first()
    return sent is not None and bool(body.strip()) and sent.startswith(body.replace("\r\n", "\n").strip())
