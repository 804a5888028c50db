"""Invariant 6: events and decisions are append-only, and the chain shows what was tampered with."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from core.events import faults, record
from core.models import Event
from moderation.models import Decision
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(member):
    with transaction.atomic():
        return [record("tried", member, by=member, at=factories.NOON, turn=turn) for turn in range(5)]


def without_trigger(statement):
    """Run a statement as somebody with the database's own password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE core_event DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER core_event_no_update")
            cursor.execute("DROP TRIGGER core_event_no_delete")
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_event SET kind = 'other'", "DELETE FROM core_event"],
)
def test_event_cannot_be_changed_or_deleted(events, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Event.objects.filter(kind="tried").count() == 5


def test_decision_cannot_be_changed_or_deleted(member, moderator):
    case = factories.screen(factories.make_story(member, body="I drank again last night and I am so ashamed."))
    Decision.objects.create(
        case=case, action="publish", by=moderator, at=factories.NOON, post_version=1, severity=2, was_flagged=True
    )

    for change in (lambda d: d.update(action="none"), lambda d: d.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(Decision.objects.all())

    assert Decision.objects.get().action == "publish"


def test_untouched_log_is_verified(events, capsys):
    call_command("verify_events")

    assert list(faults()) == []
    assert "5 events" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tampering", "what"),
    [
        ("UPDATE core_event SET kind = 'other' WHERE id = {third}", "changed"),
        ("UPDATE core_event SET actor_id = NULL WHERE id = {third}", "changed"),
        ("DELETE FROM core_event WHERE id = {third}", "missing"),
        ("DELETE FROM core_event WHERE id = {last}", "ends at"),
    ],
)
def test_tampering_is_found(events, tampering, what):
    without_trigger(tampering.format(third=events[2].pk, last=events[-1].pk))

    assert any(what in fault.what for fault in faults())
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_events")


def test_event_outside_a_transaction_is_refused(transactional_db):
    user = factories.make_member()

    with pytest.raises(RuntimeError, match="transaction"):
        record("tried", user)
