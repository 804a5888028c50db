from datetime import date

from helplines.models import Helpline


def test_emergency_anywhere_is_a_stored_verified_row(db):
    row = Helpline.objects.get(country="ZZ")

    assert (row.call, row.purposes, row.rank, row.is_demo) == ("112", ["emergency"], 0, False)
    assert row.is_fresh(date(2026, 12, 1))
    assert not row.is_fresh(date(2027, 12, 1))
    assert row.source
