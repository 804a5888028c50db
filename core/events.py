"""Append to the event log, and verify its chain."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from core.models import Event, EventChain

GENESIS = "0" * 64


class HasPk(Protocol):
    """Anything with a primary key."""

    pk: Any


def record(
    kind: str, about: HasPk, *, by: HasPk | None = None, at: datetime | None = None, **data: str | int | bool | None
) -> Event:
    """Append one event inside the caller's transaction and return it.

    `kind` is a past-tense name such as "case_claimed"; `about` the row it happened to; `by` the person, None for the
    machine; `data` short words and ids. Call it last in a transaction: the chain's end stays locked until commit, so that
    two events can never follow the same one.
    """
    if not transaction.get_connection().in_atomic_block:
        message = "An event belongs to the transaction of the change that it records."
        raise RuntimeError(message)
    # One writer at a time: SELECT FOR UPDATE on PostgreSQL; SQLite's IMMEDIATE transactions already wait in line.
    chain = EventChain.objects.select_for_update().get(pk=1)
    event = Event(
        at=at or timezone.now(),
        kind=kind,
        subject=type(about).__name__.lower(),
        subject_id=about.pk,
        actor_id=by.pk if by is not None else None,
        data=data,
        previous_hash=chain.hash,
    )
    event.hash = digest(event)
    event.save(force_insert=True)
    chain.hash = event.hash
    chain.length += 1
    chain.save(update_fields=["hash", "length"])
    return event


def digest(event: Event) -> str:
    """Return the SHA-256 (hex) of an event's content and of the hash before it."""
    content = [
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.kind,
        event.subject,
        event.subject_id,
        event.actor_id,
        event.data,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the log that does not fit the chain."""

    event_id: int
    what: str


def faults() -> Iterator[Fault]:
    """Yield what is wrong with the chain, in order: a changed row, a missing or moved one, a cut end."""
    expected, count = GENESIS, 0
    for event in Event.objects.order_by("pk").iterator(chunk_size=2000):
        count += 1
        if digest(event) != event.hash:
            yield Fault(event.pk, "changed after it was written")
        if event.previous_hash != expected:
            yield Fault(event.pk, "does not follow the event before it: a row is missing, added or moved")
        expected = event.hash
    chain = EventChain.objects.get(pk=1)
    if chain.hash != expected or chain.length != count:
        yield Fault(0, f"the log ends at {count} events, the chain's end says {chain.length}")
