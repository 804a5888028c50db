"""Limits count in a window that neither grows nor shrinks by trying."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from core.ratelimits import is_over, visitor_key

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def tries(number, *, who="ada", action="submit", limit=2, seconds=3600):
    return [is_over(action, who, limit=limit, seconds=seconds) for _ in range(number)]


@pytest.mark.django_db
def test_tries_up_to_the_limit_pass():
    assert tries(4) == [False, False, True, True]


@pytest.mark.django_db
def test_others_and_other_actions_are_counted_apart():
    tries(3)

    assert tries(1, who="ben") == [False]
    assert tries(1, action="reply") == [False]


@pytest.mark.django_db
def test_window_lasts_as_long_as_it_says():
    with time_machine.travel(NOON, tick=False) as clock:
        tries(3)
        clock.shift(timedelta(seconds=3500))
        assert tries(1) == [True]
        clock.shift(timedelta(seconds=101))
        assert tries(3) == [False, False, True]


@pytest.mark.django_db
def test_trying_again_and_again_does_not_lengthen_the_wait():
    with time_machine.travel(NOON, tick=False) as clock:
        tries(2)
        for _ in range(17):
            clock.shift(timedelta(seconds=200))
            assert tries(1) == [True]
        clock.shift(timedelta(seconds=201))
        assert tries(1) == [False]


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_do_not_share_a_place():
    barrier = Barrier(4)

    def one(_number):
        try:
            barrier.wait(timeout=10)
            return is_over("submit", "ada", limit=2, seconds=3600)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, range(4)))

    assert answers.count(False) <= 2
    assert is_over("submit", "ada", limit=2, seconds=3600)


def test_visitor_key_hides_the_address_and_changes_daily():
    today = visitor_key("203.0.113.7", NOON)

    assert "203" not in today
    assert today == visitor_key("203.0.113.7", NOON + timedelta(hours=11))
    assert today != visitor_key("203.0.113.7", NOON + timedelta(hours=12))
    assert today != visitor_key("203.0.113.8", NOON)
