from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from helplines import queries
from helplines.models import FRESH_FOR, Helpline, Purpose

TODAY = date(2026, 12, 1)


def make_line(name, *purposes, country="IE", days_ago=1, call="112", **fields):
    return Helpline.objects.create(
        country=country,
        country_name={"IE": "Ireland", "AU": "Australia"}.get(country, country),
        name=name,
        call=call,
        purposes=list(purposes),
        verified_on=TODAY - timedelta(days=days_ago),
        **fields,
    )


def names(lines):
    return [line.name for line in lines]


@pytest.fixture
def lines(db):
    make_line("Emergency", "emergency", rank=0)
    make_line("Talk", "suicide", rank=10)
    make_line("Talk too", "suicide", "family", rank=20)
    make_line("Home", "violence", rank=20)
    make_line("Elsewhere", "suicide", country="AU")
    make_line("Stale", "suicide", days_ago=FRESH_FOR.days + 1, rank=1)
    Helpline.objects.create(country="IE", country_name="Ireland", name="New", call="1", purposes=["suicide"], rank=2)


def test_lines_for_gives_the_best_of_each_need_first(lines):
    found = queries.lines_for("IE", [Purpose.SUICIDE, Purpose.VIOLENCE], today=TODAY)

    assert names(found) == ["Talk", "Home", "Talk too"]


def test_lines_for_puts_emergency_first_when_asked(lines):
    found = queries.lines_for("IE", [Purpose.VIOLENCE, Purpose.EMERGENCY], today=TODAY, limit=2)

    assert names(found) == ["Emergency", "Home"]


def test_lines_for_unknown_country_is_empty(lines):
    assert queries.lines_for("XX", Purpose.values, today=TODAY) == []


def test_help_for_country_has_its_own_emergency_number(lines):
    help_now = queries.help_for("IE", [Purpose.FAMILY, Purpose.SUICIDE], today=TODAY, limit=2)

    assert (help_now.country_name, help_now.is_fallback) == ("Ireland", False)
    assert names(help_now.emergency) == ["Emergency"]
    assert names(help_now.lines) == ["Talk too", "Talk"]
    assert [(group.purpose, names(group.lines)) for group in help_now.groups] == [
        ("family", ["Talk too"]),
        ("suicide", ["Talk", "Talk too"]),
    ]


@pytest.mark.parametrize("country", ["", "XX", "ZZ"])
def test_help_for_no_or_unknown_country_falls_back_to_the_stored_number(lines, country):
    help_now = queries.help_for(country, Purpose.values, today=TODAY)

    assert help_now.is_fallback
    assert [(line.country, line.call) for line in help_now.emergency] == [("ZZ", "112")]
    assert help_now.lines == []


def test_help_for_country_without_emergency_number_still_has_the_fallback(lines):
    help_now = queries.help_for("AU", [Purpose.SUICIDE], today=TODAY)

    assert (names(help_now.lines), help_now.is_fallback) == (["Elsewhere"], True)
    assert [line.country for line in help_now.emergency] == ["ZZ"]


def test_help_for_shows_no_number_once_even_the_fallback_is_stale(db):
    help_now = queries.help_for("", Purpose.values, today=date(2027, 12, 1))

    assert (help_now.emergency, help_now.is_fallback) == ([], True)


def test_help_for_costs_one_query(lines, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.help_for("IE", Purpose.values, today=TODAY)


def test_countries_are_those_with_something_to_show(lines):
    assert [(country.code, country.name) for country in queries.countries(today=TODAY)] == [
        ("AU", "Australia"),
        ("IE", "Ireland"),
    ]


def test_chosen_country_of_member_then_session_then_operator(member, settings):
    settings.DEFAULT_COUNTRY = "NZ"
    visitor = AnonymousUser()

    assert queries.chosen_country(visitor, {}) == "NZ"
    assert queries.chosen_country(visitor, {"country": "AU"}) == "AU"
    assert queries.chosen_country(member, {"country": "AU"}) == "AU"
    member.country = "IE"
    assert queries.chosen_country(member, {"country": "AU"}) == "IE"


@pytest.mark.parametrize(
    ("fields", "call", "text"),
    [
        ({"call": "988", "text_number": "988"}, "tel:988", "sms:988"),
        ({"call": "0800 111 0 111"}, "tel:08001110111", ""),
        ({"call": "+44 1632 960001"}, "tel:+441632960001", ""),
        ({"text_number": "741-741", "text_word": "HOME"}, "", "sms:741741?body=HOME"),
        ({"text_number": "31531", "text_word": "get help"}, "", "sms:31531?body=get%20help"),
    ],
)
def test_links_dial_short_and_long_numbers(fields, call, text):
    line = Helpline(**fields)

    assert (line.call_link, line.text_link) == (call, text)


def test_numbers_are_all_of_the_directory_checked_or_not(lines):
    make_line("Text", "suicide", call="", text_number="50 808")

    assert set(queries.numbers()) == {"112", "1", "50 808"}
