import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.core import mail as outbox
from django.db import connection

from accounts import actions as account_actions
from notices import actions, links, mail, tasks
from notices.models import Kind, MailStatus, Notice
from tests.factories import NOON, make_member
from tests.ports import free_port


def tell(member, cause="reply:1", kind=Kind.COUNSELOR_REPLY):
    return actions.tell(member, kind=kind, cause=cause, path="/t/1-a-hard-night/#p1", at=NOON)


def send(at=NOON):
    return mail.send_due_mail(clock=lambda: at)


def statuses():
    return set(Notice.objects.values_list("mail_status", flat=True))


def test_mail_says_that_there_is_something_and_nothing_more(mailed, settings):
    settings.SITE_URL = "https://community.example"
    for kind in Kind:
        tell(mailed, f"cause:{kind}", kind)

    assert send() == 1

    (message,) = outbox.outbox
    html = message.alternatives[0][0]
    assert (message.subject, message.to) == ("There is something new for you", ["ada@example.org"])
    off = links.mail_off_address(mailed)
    for text in (message.body, html):
        assert "https://community.example/me/notices/" in text
        links_found = text.count("https://")
        assert (links_found, off in text) == (2, True)
        plain = text.replace(off, "").lower()
        for word in (
            "ada",
            "quiet heron",
            "hard-night",
            "counselor",
            "answer",
            "story",
            "drug",
            "drink",
            "recovery",
            str(len(Kind)),
        ):
            assert word not in plain


def test_mail_can_be_stopped_by_the_mail_program(mailed, settings):
    settings.SITE_URL = "https://community.example"
    tell(mailed)
    send()

    headers = outbox.outbox[0].extra_headers
    assert headers["List-Unsubscribe"] == f"<{links.mail_off_address(mailed)}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_several_notices_of_one_member_make_one_mail(mailed):
    other = make_member("zoe")
    account_actions.set_email(other, email="zoe@example.org")
    account_actions.set_mail_wish(other, wants=True)
    for number in range(3):
        tell(mailed, f"reply:{number}")
    tell(other)

    assert send() == 2

    assert sorted(message.to[0] for message in outbox.outbox) == ["ada@example.org", "zoe@example.org"]
    assert statuses() == {MailStatus.SENT}


def test_task_delivered_twice_sends_once(mailed, smtp):
    tell(mailed)

    tasks.send_due_mail()
    tasks.send_due_mail()

    assert len(smtp.taken) == 1
    assert statuses() == {MailStatus.SENT}


def test_two_workers_with_the_same_row_in_hand_send_once(mailed):
    tell(mailed)
    slow = actions.lease_mail(mailed.pk, at=NOON)
    after = NOON + actions.LEASE

    assert send(after) == 1
    assert not actions.begin_handover(slow, at=after)

    assert len(outbox.outbox) == 1


def test_two_workers_at_once_send_once(transactional_db, mailed, smtp):
    tell(mailed)
    tell(mailed, "reply:2")
    gate = threading.Barrier(4)

    def work():
        try:
            gate.wait(timeout=5)
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as workers:
        sent = [future.result() for future in [workers.submit(work) for _ in range(4)]]

    assert (sum(sent), len(smtp.taken)) == (1, 1)
    assert statuses() == {MailStatus.SENT}


def test_worker_that_died_while_handing_over_is_not_repeated(mailed):
    tell(mailed)
    actions.begin_handover(actions.lease_mail(mailed.pk, at=NOON), at=NOON)

    for hours in (0, 1, 24):
        assert send(NOON + timedelta(hours=hours)) == 0

    assert outbox.outbox == []
    assert statuses() == {MailStatus.FAILED}


def test_worker_that_died_before_handing_over_is_repeated(mailed):
    tell(mailed)
    actions.lease_mail(mailed.pk, at=NOON)

    assert (send(NOON), send(NOON + actions.LEASE)) == (0, 1)


def test_real_server_takes_a_whole_mail(mailed, smtp):
    tell(mailed)

    assert send() == 1

    (message,) = smtp.taken
    assert message["Subject"] == "There is something new for you"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "/me/notices/" in message.get_body(("plain",)).get_content()
    assert "/me/notices/" in message.get_body(("html",)).get_content()


def test_server_that_refuses_is_asked_three_times_with_pauses(mailed, smtp):
    smtp.mood = "refuse"
    tell(mailed)

    for minutes in (0, 1, 4, 5, 30, 64, 65, 600, 6000):
        assert send(NOON + timedelta(minutes=minutes)) == 0

    assert len(smtp.recipients) == 3
    assert statuses() == {MailStatus.FAILED}


def test_server_that_refuses_once_gets_the_mail_later(mailed, smtp):
    smtp.mood = "refuse"
    tell(mailed)
    send()
    smtp.mood = "take"

    assert (send(), send(NOON + timedelta(minutes=5))) == (0, 1)
    assert len(smtp.taken) == 1


def test_server_that_hangs_up_after_the_mail_gets_it_once(mailed, smtp):
    smtp.mood = "drop"
    tell(mailed)

    for hours in range(4):
        send(NOON + timedelta(hours=hours))

    assert len(smtp.taken) == 1
    assert statuses() == {MailStatus.FAILED}


def test_server_that_is_away_costs_no_try(mailed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    tell(mailed)

    for hours in range(5):
        assert send(NOON + timedelta(hours=hours)) == 0

    assert list(Notice.objects.values_list("mail_status", "mail_attempt")) == [(MailStatus.DUE, 0)]


def test_refused_mail_does_not_hold_up_the_others(mailed, smtp):
    type(mailed).objects.filter(pk=mailed.pk).update(email="ada@exam\nple.org")
    other = make_member("zoe")
    account_actions.set_email(other, email="zoe@example.org")
    account_actions.set_mail_wish(other, wants=True)
    tell(mailed)
    mailed.refresh_from_db()
    tell(other)

    assert send() == 1

    assert [message["To"] for message in smtp.taken] == ["zoe@example.org"]
    assert Notice.objects.get(member=mailed).mail_status == MailStatus.DUE


def test_member_who_turned_mail_off_meanwhile_gets_none(mailed):
    tell(mailed)
    account_actions.set_mail_wish(mailed, wants=False)

    assert send() == 0
    assert (outbox.outbox, statuses()) == ([], {MailStatus.NONE})


def test_nothing_due_opens_no_connection(db, settings):
    settings.EMAIL_BACKEND = "no.such.backend"

    assert send() == 0


def test_link_of_another_site_or_changed_belongs_to_nobody(mailed, settings):
    token = links.mail_off_address(mailed).rstrip("/").rpartition("/")[2]

    assert links.member_of(token) == mailed
    assert links.member_of(token[:-1]) is None
    settings.SECRET_KEY = "another"
    assert links.member_of(token) is None


def test_link_of_erased_member_belongs_to_nobody(mailed):
    token = links.mail_off_address(mailed).rstrip("/").rpartition("/")[2]
    mailed.delete()

    assert links.member_of(token) is None
