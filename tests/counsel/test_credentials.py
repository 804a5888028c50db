from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.results import InvalidError, NotAllowedError
from counsel.actions import add_credential, revoke_credential, verify_credential
from counsel.models import Credential, RequestStatus, Standing
from tests import factories
from tests.counsel.scenes import LATER, NOW, answer, events, make_follow_up

FIELDS = {
    "profession": "Clinical social worker",
    "register": "Example State register",
    "number": "EX-1",
    "jurisdiction": "Example State",
    "issuer": "Example board",
    "valid_until": date(2027, 4, 1),
}


def test_add_credential_does_not_count_until_verified(operator, member):
    credential = add_credential(member=member, **FIELDS, by=operator, at=NOW)

    assert credential.standing_on(NOW.date()) == Standing.UNVERIFIED
    assert not Credential.objects.valid_on(NOW.date()).exists()
    assert events("credential_added") == 1


def test_add_credential_that_has_ended_is_refused(operator, member):
    with pytest.raises(InvalidError) as refusal:
        add_credential(member=member, **FIELDS | {"valid_until": NOW.date() - timedelta(days=1)}, by=operator, at=NOW)

    assert refusal.value.field == "valid_until"


def test_add_verify_and_revoke_by_others_are_refused(counselor, moderator, lead, member):
    credential = factories.make_credential(member, verified_by=None)
    for person in (counselor, moderator, lead, member):
        with pytest.raises(NotAllowedError):
            add_credential(member=member, **FIELDS, by=person, at=NOW)
        with pytest.raises(NotAllowedError):
            verify_credential(credential, by=person, at=NOW)
        with pytest.raises(NotAllowedError):
            revoke_credential(credential, by=person, at=NOW)

    credential.refresh_from_db()
    assert (credential.verified_at, credential.revoked_at) == (None, None)


def test_verify_credential_twice_leaves_one_event(operator, member):
    credential = factories.make_credential(member, verified_by=None)

    verify_credential(credential, by=operator, at=NOW)
    verify_credential(credential, by=operator, at=LATER)

    assert (credential.verified_at, credential.verified_by) == (NOW, operator)
    assert events("credential_verified") == 1


def test_verify_own_credential_is_refused_by_rule_and_database(operator):
    credential = factories.make_credential(operator, verified_by=None)

    with pytest.raises(NotAllowedError, match="their own"):
        verify_credential(credential, by=operator, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(verified_at=NOW, verified_by=operator)


def test_revoke_credential_ends_it_and_returns_what_is_held(taken, operator, counselor):
    credential = counselor.credentials.get()

    revoke_credential(credential, by=operator, at=LATER)
    revoke_credential(credential, by=operator, at=LATER)

    taken.refresh_from_db()
    assert credential.standing_on(NOW.date()) == Standing.REVOKED
    assert (taken.status, taken.taken_by) == (RequestStatus.OPEN, None)
    assert events("credential_revoked") == 1


def test_revoke_credential_offers_follow_ups_to_all(asked, operator, counselor, member):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)

    revoke_credential(counselor.credentials.get(), by=operator, at=LATER)

    follow_up.refresh_from_db()
    assert (follow_up.preferred, follow_up.preferred_until) == (None, None)


def test_revoke_credential_with_another_valid_one_keeps_what_is_held(taken, operator, counselor):
    old = counselor.credentials.get()
    factories.make_credential(counselor, verified_by=operator)

    revoke_credential(old, by=operator, at=LATER)

    taken.refresh_from_db()
    assert taken.is_taken_by(counselor)


def test_public_line_has_no_register_number(operator, member):
    credential = add_credential(member=member, **FIELDS, by=operator, at=NOW)

    assert credential.public_line() == "Clinical social worker, Example State register, verified until 2027"
    assert str(credential) == "Clinical social worker, Example State"
