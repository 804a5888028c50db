import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core import bell
from notices import actions
from notices.models import Kind, MailStatus, Notice
from tests.factories import NOON

LATER = NOON + timedelta(minutes=1)


def tell(member, cause="reply:1", *, kind=Kind.REPLY, path="/t/1-day/#p1", at=NOON):
    return actions.tell(member, kind=kind, cause=cause, path=path, at=at)


def status(notice):
    return Notice.objects.get(pk=notice.pk).mail_status


def test_tell_writes_one_notice_per_cause(member, other_member):
    first = tell(member)
    again = tell(member, at=LATER)
    tell(other_member)

    assert first.pk == again.pk
    assert list(Notice.objects.values_list("member_id", "kind", "cause", "path", "created_at")) == [
        (member.pk, "reply", "reply:1", "/t/1-day/#p1", NOON),
        (other_member.pk, "reply", "reply:1", "/t/1-day/#p1", NOON),
    ]


def tell_and_fail(member):
    with transaction.atomic():
        tell(member)
        raise ZeroDivisionError


def test_tell_in_a_transaction_that_fails_tells_nothing(mailed):
    with pytest.raises(ZeroDivisionError):
        tell_and_fail(mailed)

    assert not Notice.objects.exists()


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "t/1/", ""])
def test_tell_path_of_elsewhere_is_refused(member, path):
    with pytest.raises(ValueError, match="path of this site"):
        tell(member, path=path)


def test_tell_unknown_kind_is_refused(member):
    with pytest.raises(ValueError, match="gossip"):
        tell(member, kind="gossip")


def test_tell_somebody_who_wants_mail_owes_one_and_rings_after_commit(mailed, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        notice = tell(mailed)
        tell(mailed)

    assert status(notice) == MailStatus.DUE
    assert [(call.func, call.args) for call in callbacks] == [(bell.ring, ("notices.send_due_mail", "mail"))]


@pytest.mark.parametrize(("wants", "address"), [(False, "ada@example.org"), (True, "")])
def test_tell_somebody_without_wish_or_address_owes_no_mail(member, wants, address, django_capture_on_commit_callbacks):
    member.wants_mail, member.email = wants, address

    with django_capture_on_commit_callbacks() as callbacks:
        notice = tell(member)

    assert status(notice) == MailStatus.NONE
    assert callbacks == []


def test_mark_read_counts_the_first_time(member):
    notice = tell(member)

    actions.mark_read(notice, at=NOON)
    actions.mark_read(Notice.objects.get(), at=LATER)

    assert Notice.objects.get().read_at == NOON


def test_mark_all_read_leaves_others_alone(member, other_member):
    tell(member)
    tell(member, "reply:2")
    tell(other_member)

    assert (actions.mark_all_read(member, at=NOON), actions.mark_all_read(member, at=LATER)) == (2, 0)
    assert list(Notice.objects.unread().values_list("member_id", flat=True)) == [other_member.pk]


def test_lease_mail_is_for_one_worker(mailed):
    tell(mailed)
    tell(mailed, "reply:2")

    first = actions.lease_mail(mailed.pk, at=NOON)

    assert list(first.attempts.values()) == [1, 1]
    assert actions.lease_mail(mailed.pk, at=NOON) is None
    assert actions.lease_mail(mailed.pk, at=NOON + timedelta(seconds=59)) is None


def test_lease_mail_after_it_ran_out_goes_to_another_and_shuts_the_first_out(mailed):
    tell(mailed)
    slow = actions.lease_mail(mailed.pk, at=NOON)

    quick = actions.lease_mail(mailed.pk, at=NOON + actions.LEASE)

    assert list(quick.attempts.values()) == [2]
    assert not actions.begin_handover(slow, at=NOON + actions.LEASE)
    assert actions.begin_handover(quick, at=NOON + actions.LEASE)


def test_begin_handover_happens_once(mailed):
    tell(mailed)
    batch = actions.lease_mail(mailed.pk, at=NOON)

    assert actions.begin_handover(batch, at=NOON)
    assert not actions.begin_handover(batch, at=NOON)
    assert Notice.objects.get().mail_status == MailStatus.SENDING


def test_begin_handover_after_the_lease_is_refused(mailed):
    tell(mailed)
    batch = actions.lease_mail(mailed.pk, at=NOON)

    assert not actions.begin_handover(batch, at=NOON + actions.LEASE)
    assert Notice.objects.get().mail_status == MailStatus.DUE


def test_begin_handover_of_half_a_batch_takes_nothing(mailed):
    tell(mailed)
    tell(mailed, "reply:2")
    batch = actions.lease_mail(mailed.pk, at=NOON)
    Notice.objects.filter(cause="reply:2").update(mail_attempt=2)

    assert not actions.begin_handover(batch, at=NOON)
    assert set(Notice.objects.values_list("mail_status", flat=True)) == {MailStatus.DUE}


def test_mark_refused_pauses_longer_each_time_then_gives_up(mailed):
    notice = tell(mailed)
    at = NOON
    pauses = []
    for _ in range(3):
        batch = actions.lease_mail(mailed.pk, at=at)
        assert actions.begin_handover(batch, at=at)
        actions.mark_refused(batch, at=at)
        until = Notice.objects.get().mail_lease_until
        pauses.append(until and until - at)
        assert actions.lease_mail(mailed.pk, at=at) is None
        at = until

    assert pauses == [timedelta(minutes=5), timedelta(hours=1), None]
    assert status(notice) == MailStatus.FAILED


@pytest.mark.parametrize(
    ("wants", "address", "is_active", "is_read"),
    [
        (False, "a@b.example", True, False),
        (True, "", True, False),
        (True, "a@b.example", False, False),
        (True, "a@b.example", True, True),
    ],
)
def test_lease_mail_asks_again_whether_mail_is_wanted(mailed, wants, address, is_active, is_read):
    notice = tell(mailed)
    mailed.wants_mail, mailed.email, mailed.is_active = wants, address, is_active
    mailed.save()
    if is_read:
        actions.mark_read(notice, at=NOON)

    assert actions.lease_mail(mailed.pk, at=NOON) is None
    assert status(notice) == MailStatus.NONE


def test_settle_lost_mail_gives_up_what_nobody_can_know(mailed):
    notice = tell(mailed)
    batch = actions.lease_mail(mailed.pk, at=NOON)
    actions.begin_handover(batch, at=NOON)

    assert actions.settle_lost_mail(at=NOON + timedelta(seconds=119)) == 0
    assert actions.settle_lost_mail(at=NOON + actions.HANDOVER) == 1
    assert status(notice) == MailStatus.FAILED
    assert actions.lease_mail(mailed.pk, at=NOON + timedelta(days=1)) is None


def test_tell_at_once_from_two_places_tells_once(transactional_db, member):
    gate = threading.Barrier(2)

    def work():
        try:
            gate.wait(timeout=5)
            return tell(member).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as workers:
        told = [future.result() for future in [workers.submit(work) for _ in range(2)]]

    assert told[0] == told[1]
    assert Notice.objects.count() == 1
