from datetime import UTC, datetime

import pytest

from forums.importing.planning import reading_order, site_key
from forums.importing.records import WxrComment, WxrSite


def comment(number, *, day=1, parent=""):
    return WxrComment(
        comment_id=str(number),
        author_name="Tess",
        written_at=datetime(2015, 1, day, tzinfo=UTC),
        content="words",
        approved="1",
        kind="comment",
        parent_id=parent,
        user_id=0,
    )


def order_of(*comments):
    return list(
        reading_order({one.comment_id: one for one in comments}, {one.comment_id: one.parent_id for one in comments})
    )


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (WxrSite(base_blog_url="https://www.Lamp.example/notes/", link="https://other.example"), "lamp.example/notes"),
        (
            WxrSite(base_blog_url="http://mine.network.example", base_site_url="http://network.example/"),
            "mine.network.example",
        ),
        (WxrSite(link="http://lamp.example:8080"), "lamp.example"),
        (WxrSite(base_site_url="https://lamp.example"), "lamp.example"),
        (WxrSite(base_blog_url="http://[", title="A Lamp's Notes"), "a-lamps-notes"),
        (WxrSite(title="Лампа", link="not an address"), "лампа"),
        (WxrSite(), "site"),
    ],
)
def test_site_key_is_its_address_or_its_title(site, expected):
    assert site_key(site) == expected


def test_comments_stand_by_date_and_after_their_parents():
    assert order_of(comment(5, day=4, parent="7"), comment(7, day=3), comment(1, day=9), comment(2, day=2)) == [
        "2",
        "7",
        "5",
        "1",
    ]


def test_comments_of_one_moment_stand_by_number():
    assert order_of(comment(10), comment(9), comment(100)) == ["9", "10", "100"]


def test_ring_of_parents_is_cut_open_and_nothing_is_lost():
    assert order_of(comment(1, day=2, parent="2"), comment(2, day=1, parent="1"), comment(3, parent="3")) == [
        "2",
        "1",
        "3",
    ]


def test_very_deep_answers_are_put_in_order():
    chain = [comment(number, parent=str(number - 1) if number > 1 else "") for number in range(20_000, 0, -1)]

    assert order_of(*chain) == [str(number) for number in range(1, 20_001)]
