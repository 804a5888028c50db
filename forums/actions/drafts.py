"""Words not sent yet: saved often, overwritten never."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from accounts.models import User
from core.results import Denied, require
from forums.models import Draft, Thread

# A draft of more than this is not a draft but a flood.
MAX_DRAFTS = 40


def save_draft(
    *,
    member: User,
    kind: str,
    thread: Thread | None,
    key: UUID,
    version: int,
    fields: dict[str, str],
    at: datetime,
) -> Draft:
    """Keep what `member` has typed so far and return the draft.

    `key` belongs to one open form and `version` is the last one that the form knows (0 for none). When another tab has
    saved other words under it meanwhile, or the key is someone else's, a new draft is made instead, with a key of its own.
    """
    kept = Draft.objects.filter(key=key, member=member, version=version).update(
        fields=fields, version=version + 1, updated_at=at
    )
    if kept:
        return Draft.objects.get(key=key)
    known = Draft.objects.filter(key=key).first()
    if known is not None and known.member_id == member.pk and known.fields == fields:
        # The same words once more, from a second press or a second tab.
        return known
    try:
        with transaction.atomic():
            draft = Draft.objects.create(
                member=member,
                kind=kind,
                thread=thread,
                key=key if known is None else uuid4(),
                fields=fields,
                updated_at=at,
            )
    except IntegrityError:
        draft = Draft.objects.create(member=member, kind=kind, thread=thread, key=uuid4(), fields=fields, updated_at=at)
    _drop_oldest(member)
    return draft


def discard_draft(draft: Draft, *, by: User) -> None:
    """Throw a draft away, at its member's wish."""
    if draft.member_id != by.pk:
        require(Denied("This draft is not yours."))
    draft.delete()


def forget_draft(member: User, key: UUID) -> None:
    """Remove the draft that has just been sent."""
    Draft.objects.filter(member=member, key=key).delete()


def _drop_oldest(member: User) -> None:
    latest_first = Draft.objects.filter(member=member).order_by("-updated_at", "-pk")
    beyond = list(latest_first.values_list("pk", flat=True)[MAX_DRAFTS:])
    Draft.objects.filter(pk__in=beyond).delete()
