"""The event log: what one record holds."""

from datetime import timedelta

import pytest
from django.db import transaction

from core.events import GENESIS, digest, record
from core.models import Event, EventChain
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_record_keeps_who_what_and_when(member):
    with transaction.atomic():
        event = record("tried", member, by=member, at=NOON, turn=1)

    kept = Event.objects.about("user", member.pk).get()
    assert (kept.kind, kept.actor_id, kept.at, kept.data) == ("tried", member.pk, NOON, {"turn": 1})
    assert kept.hash == event.hash == digest(kept)
    assert str(kept) == f"tried user {member.pk}"


def test_record_follows_the_event_before(member):
    with transaction.atomic():
        first = record("tried", member, at=NOON)
        second = record("tried", member, at=NOON + timedelta(seconds=1))

    assert first.previous_hash == GENESIS
    assert second.previous_hash == first.hash
    assert str(EventChain.objects.get()) == "2 events"


def test_record_is_undone_with_its_change(member):
    with transaction.atomic():
        record("tried", member, at=NOON)
        transaction.set_rollback(True)

    assert not Event.objects.exists()
    assert EventChain.objects.get().length == 0
