"""Pages behind a key: nothing twice, nothing missing, and no broken key breaks a page."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from core.models import Event, Heartbeat
from core.pagination import paginate

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
NEWEST_FIRST = ("-at", "-id")


def make_beats(*ages):
    """Make rows that are so many minutes old and return their names in that order."""
    rows = [
        Heartbeat.objects.create(name=f"beat {Heartbeat.objects.count()}", at=NOON - timedelta(minutes=age))
        for age in ages
    ]
    return [row.name for row in rows]


def key_of(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def page_of(after="", by=NEWEST_FIRST, size=2):
    return paginate(Heartbeat.objects.all(), by=by, after=after, size=size)


def names(page):
    return [row.name for row in page.rows]


def read_all(*, by=NEWEST_FIRST, size=2, between=lambda: None):
    """Return the names of all pages in turn; `between` runs after each."""
    seen, after = [], ""
    while True:
        page = page_of(after, by, size)
        seen += names(page)
        if not page.has_next:
            return seen
        after = page.next_key
        between()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7])
@pytest.mark.parametrize("by", [("-at", "-id"), ("at", "id"), ("-id",), ("pk",), ("at", "-pk")])
def test_pages_together_are_the_list(count, by):
    make_beats(*range(count))

    expected = list(Heartbeat.objects.order_by(*by).values_list("name", flat=True))

    assert read_all(by=by) == expected


def test_rows_of_the_same_moment_come_once_each():
    made = make_beats(5, 5, 5, 5, 5)

    assert read_all() == made[::-1]


def test_row_added_between_pages_moves_nothing():
    made = make_beats(1, 2, 3, 4, 5)

    seen = read_all(between=lambda: make_beats(0))

    assert seen == made


def test_row_added_behind_is_still_read_and_none_twice():
    make_beats(1, 2, 3)

    seen = read_all(between=lambda: Heartbeat.objects.count() < 6 and make_beats(2, 9))

    assert len(seen) == len(set(seen))
    assert {"beat 0", "beat 1", "beat 2"} <= set(seen)
    assert Heartbeat.objects.filter(name=seen[-1], at=NOON - timedelta(minutes=9)).exists()


def test_page_tells_whether_it_is_the_first_and_the_last():
    make_beats(1, 2, 3)

    first = page_of()
    last = page_of(first.next_key)

    assert (first.is_first, first.has_next, last.is_first, last.has_next) == (True, True, False, False)


def test_page_that_is_just_full_has_no_next():
    make_beats(1, 2)

    assert page_of().next_key == ""


def test_key_behind_the_end_gives_an_empty_page():
    make_beats(1)

    page = page_of(key_of("2001-01-01T00:00:00+00:00", 1))

    assert (page.rows, page.is_first) == ([], False)


def test_page_costs_one_query_wherever_it_is(django_assert_num_queries):
    make_beats(*range(6))
    after = page_of().next_key

    with django_assert_num_queries(1):
        page_of()
    with django_assert_num_queries(1):
        page_of(after)


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "=",
        "%%%",
        "\x00",
        "é",
        "\U0001f30a",
        "-1",
        base64.urlsafe_b64encode(b"{").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        base64.urlsafe_b64encode(b"9" * 10_000).decode(),
        base64.urlsafe_b64encode(b'["2026-01-01T00:00:00+00:00", "\\ud800"]').decode(),
        base64.urlsafe_b64encode(b'"ab"').decode(),
        base64.urlsafe_b64encode(b'{"0": 1, "1": 2}').decode(),
        key_of(),
        key_of(1),
        key_of(1, 2, 3),
        key_of(None, None),
        key_of("", ""),
        key_of("yesterday", 1),
        key_of("2026-13-45T00:00:00+00:00", 1),
        key_of("0001-01-01T00:00:00+14:00", 1),
        key_of("9999-12-31T23:59:59-14:00", 1),
        key_of("2026-01-01T00:00:00+00:00", "one"),
        key_of("2026-01-01T00:00:00+00:00", "1\x00"),
        key_of("2026-01-01T00:00:00+00:00", 1.5e308),
        key_of("2026-01-01T00:00:00+00:00", [1]),
        key_of("2026-01-01T00:00:00+00:00", {"a": 1}),
        key_of(5, 5),
    ],
)
def test_key_that_nobody_made_gives_the_first_page(key):
    made = make_beats(1, 2, 3)

    page = page_of(key)

    assert names(page) == made[:2]
    assert page.is_first


@pytest.mark.parametrize("number", [10**30, -(10**30), 0, -1])
def test_number_beyond_the_database_is_no_fault(number):
    make_beats(1)

    assert len(page_of(key_of(NOON.isoformat(), number)).rows) <= 1


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", ["a"], None])
def test_text_that_a_database_cannot_hold_gives_the_first_page(value):
    make_beats(1)

    page = page_of(key_of(value), by=("name",))

    assert (names(page), page.is_first) == (["beat 0"], True)


def test_key_of_the_event_log_reads_on():
    assert paginate(Event.objects.all(), by=("-pk",), after=key_of(5)).rows == []
