from itertools import product

import pytest

from moderation.enums import CaseStatus
from moderation.transitions import may_follow

ALLOWED = {
    ("screening", "waiting"),
    ("screening", "closed"),
    ("waiting", "waiting"),
    ("waiting", "returned"),
    ("waiting", "closed"),
    ("returned", "screening"),
    ("returned", "closed"),
}


@pytest.mark.parametrize(("now", "then"), list(product(CaseStatus.values, CaseStatus.values)))
def test_may_follow_every_pair_is_as_the_table_says(now, then):
    assert may_follow(now, then) is ((now, then) in ALLOWED)


def test_may_follow_nothing_follows_closed():
    assert not any(may_follow(CaseStatus.CLOSED, then) for then in CaseStatus)


def test_may_follow_unknown_status_raises():
    with pytest.raises(ValueError, match="gone"):
        may_follow("gone", CaseStatus.CLOSED)
