import csv
import io
from pathlib import Path

import pytest

from helplines import directory, facts
from helplines.demo import demo_rows
from helplines.models import Purpose

OWN_FILE = Path(directory.__file__).parent / "data" / "directory.csv"
GOOD = {
    "country": "IE",
    "country_name": "Ireland",
    "name": "A line",
    "call": "020 910 0001",
    "text_number": "020 910 0002",
    "text_word": "HELLO",
    "chat": "https://chat.example.org/",
    "hours": "24 hours",
    "purposes": "suicide family",
    "rank": "10",
    "certainty": "A",
    "source": "example.org",
    "note": "Free.",
}


def own(*rows):
    lines = [",".join(directory.COLUMNS)]
    return directory.read([*lines, *(",".join(f'"{row[name]}"' for name in directory.COLUMNS) for row in rows)])


def fact(**cells):
    given = {"country": "IE", "place": "Ireland", "line": "A line", "contact": "020 910 0001", "hours": "24"}
    given |= {"for": "S", "read_in": "example.org", "certainty": "B"} | cells
    file = io.StringIO()
    csv.writer(file).writerows([facts.COLUMNS, [given[name] for name in facts.COLUMNS]])
    return directory.read(file.getvalue().splitlines())


def test_read_own_row_keeps_every_fact():
    (row,) = own(GOOD).rows

    assert (row.country, row.country_name, row.name, row.rank) == ("IE", "Ireland", "A line", 10)
    assert (row.call, row.text_number, row.text_word) == ("020 910 0001", "020 910 0002", "HELLO")
    assert (row.chat_address, row.hours, row.note) == ("https://chat.example.org/", "24 hours", "Free.")
    assert (row.purposes, row.certainty, row.source) == (("suicide", "family"), "A", "example.org")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"country": "Ireland"}, "two-letter"),
        ({"country": "ie"}, "two-letter"),
        ({"country_name": ""}, "country_name"),
        ({"name": " "}, "name is empty"),
        ({"call": "", "text_number": "", "text_word": "", "chat": ""}, "no way to reach"),
        ({"call": "555-HELP"}, "not a telephone number"),
        ({"call": "1234567890123456"}, "not a telephone number"),
        ({"text_number": "text us"}, "not a number to text"),
        ({"text_number": ""}, "text_word without"),
        ({"chat": "http://chat.example.org"}, "https://"),
        ({"chat": "javascript:alert(1)"}, "https://"),
        ({"purposes": ""}, "purposes is empty"),
        ({"purposes": "suicide sports"}, "purposes are words of"),
        ({"rank": "first"}, "whole number"),
    ],
)
def test_read_own_row_with_fault_names_line_and_reason(change, words):
    reading = own(GOOD, GOOD | {"name": "Another"} | change)

    assert [row.name for row in reading.rows] == ["A line"]
    (fault,) = reading.faults
    assert fault.line == 3
    assert words in str(fault)


def test_read_own_row_twice_is_a_fault():
    (fault,) = own(GOOD, GOOD).faults

    assert str(fault) == "line 3: A line of IE stands on line 2 already"


def test_read_row_with_a_missing_column_is_a_fault():
    reading = directory.read([",".join(directory.COLUMNS), "IE,Ireland,A line"])

    assert [fault.line for fault in reading.faults] == [2]


def test_read_unknown_columns_is_a_fault_that_names_the_right_ones():
    (fault,) = directory.read(["a,b,c", "1,2,3"]).faults

    assert "country,country_name,name" in str(fault)


@pytest.mark.parametrize(
    ("contact", "call", "text_number", "text_word", "chat"),
    [
        ("911", "911", "", "", ""),
        ("call/text 988; chat 988lifeline.org; older 1-800-273-8255", "988", "988", "", "https://988lifeline.org"),
        ("text HOME to 741741", "", "741741", "HOME", ""),
        ('0800 428 428; SMS "help" 31531', "0800 428 428", "31531", "help", ""),
        ("1-800-662-4357; text postcode to 435748 (en)", "1-800-662-4357", "435748", "", ""),
        ("01806 313031 (20 ct per call)", "01806 313031", "", "", ""),
        ("call/text 988, en/fr", "988", "988", "", ""),
    ],
)
def test_read_fact_understands_plain_ways_to_reach_a_line(contact, call, text_number, text_word, chat):
    (row,) = fact(contact=contact).rows

    assert (row.call, row.text_number, row.text_word, row.chat_address) == (call, text_number, text_word, chat)


def test_read_fact_takes_purposes_hours_and_the_lower_certainty():
    (row,) = fact(**{"for": "A,F", "certainty": "B/C"}).rows

    assert (row.purposes, row.hours, row.certainty) == ((Purpose.SUBSTANCE, Purpose.FAMILY), "24 hours", "C")


def test_read_fact_of_emergency_comes_first():
    (row,) = fact(line="emergency", contact="112", **{"for": "P,D"}).rows

    assert (row.name, row.purposes, row.rank) == ("Emergency services", (Purpose.EMERGENCY,), 0)


def test_read_fact_finds_a_number_in_the_name():
    (row,) = fact(line="Pieta 1800 247 247", contact="—").rows

    assert (row.name, row.call) == ("Pieta", "1800 247 247")


@pytest.mark.parametrize(
    "cells",
    [
        {"certainty": "D"},
        {"line": "Do not list without a note: A line"},
        {"country": "EU"},
        {"country": "ZZ"},
        {"line": "One 1234 5678; Two 2345 6789", "contact": "—"},
        {"contact": "ask at the office"},
    ],
)
def test_read_fact_that_is_doubted_or_unclear_is_left_out_and_named(cells):
    reading = fact(**cells)

    assert (reading.rows, reading.faults) == ([], [])
    assert [remark.line for remark in reading.left_out] == [2]


def test_directory_of_the_project_has_no_fault():
    with OWN_FILE.open(encoding="utf-8", newline="") as lines:
        reading = directory.read(lines)

    assert reading.faults == []
    assert len(reading.rows) > 150
    numbers = {row.country: row.call for row in reading.rows if Purpose.EMERGENCY in row.purposes}
    assert {code: numbers[code] for code in ("US", "GB", "AU", "NZ", "IE")} == {
        "US": "911",
        "GB": "999",
        "AU": "000",
        "NZ": "111",
        "IE": "112",
    }
    assert "CA" not in numbers
    assert all(row.rank == 0 for row in reading.rows if Purpose.EMERGENCY in row.purposes)


def test_directory_of_the_project_holds_nothing_that_is_doubted():
    with OWN_FILE.open(encoding="utf-8", newline="") as lines:
        cells = list(csv.DictReader(lines))

    assert {row["certainty"] for row in cells} <= {"A", "B", "C"}
    assert "1933" not in {row["call"] for row in cells}


def test_demo_rows_are_fit_and_say_what_they_are():
    rows = demo_rows()

    assert [directory.fault_of(row) for row in rows if directory.fault_of(row)] == []
    assert all("emonstration" in row.name for row in rows)
    for code in ("US", "GB", "IE"):
        assert {purpose for row in rows if row.country == code for purpose in row.purposes} == set(Purpose.values)


def test_demo_rows_use_only_numbers_kept_for_fiction_besides_emergency():
    ranges = {"US": ("202-555-01",), "GB": ("01632 960", "07700 900"), "IE": ("020 91",)}

    for row in demo_rows():
        if Purpose.EMERGENCY in row.purposes:
            assert row.call in {"911", "999", "112"}
        else:
            assert row.call.startswith(ranges[row.country])
            assert row.text_number.startswith(ranges[row.country]) or not row.text_number
