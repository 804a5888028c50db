"""Read a directory of helplines from a CSV file. Plain text in, rows and remarks out; nothing is stored here.

Two shapes are understood, told apart by their first line: our own (`data/directory.csv`, one line of help in each row),
and a list of facts as people collect it (see `helplines.facts`).
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass

from helplines import facts
from helplines.models import Purpose
from helplines.rows import Remark, Row

COLUMNS = (
    *("country", "country_name", "name", "call", "text_number", "text_word", "chat", "hours"),
    *("purposes", "rank", "certainty", "source", "note"),
)
# Beginning with a digit or "+", ending with a digit, nothing but digits, spaces and hyphens between; 2 to 15 digits,
# the most that a number can have (ITU-T E.164).
_NUMBER = re.compile(r"\+?\d[\d -]*\d")
_MOST_DIGITS = 15
_WEB_ADDRESS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/[\w./-]*)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: `rows` to keep, `faults` that stop an import, rows `left_out` on purpose; by line of the file."""

    rows: list[Row]
    faults: list[Remark]
    left_out: list[Remark]


def read(lines: Iterable[str]) -> Reading:
    """Return the rows of a CSV file given as text lines, in the order of the file."""
    table = csv.DictReader(lines)
    header = tuple(table.fieldnames or ())
    if header == COLUMNS:
        found = [(table.line_num, _own_row(cells)) for cells in table]
        left_out: list[Remark] = []
    elif header == facts.COLUMNS:
        found, left_out = facts.read(table)
    else:
        expected = ",".join(COLUMNS)
        return Reading([], [Remark(1, f"the columns are not known; they should be {expected}")], [])
    rows: list[Row] = []
    faults: list[Remark] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in found:
        complaint = row if isinstance(row, str) else fault_of(row) or _repeated(row, seen)
        if complaint or isinstance(row, str):
            faults.append(Remark(line, complaint))
        else:
            seen[row.country, row.name] = line
            rows.append(row)
    return Reading(rows, faults, left_out)


def fault_of(row: Row) -> str:
    """Return what is wrong with a row, in words; empty when it is fit to be stored."""
    complaints = (
        (not re.fullmatch(r"[A-Z]{2}", row.country), "country is not a two-letter code"),
        (not row.country_name, "country_name is empty"),
        (not row.name, "name is empty"),
        (not (row.call or row.text_number or row.chat_address), "there is no way to reach it: call, text or chat"),
        (not _is_number(row.call), f"{row.call!r} is not a telephone number"),
        (not _is_number(row.text_number), f"{row.text_number!r} is not a number to text"),
        (bool(row.text_word) and not row.text_number, "text_word without text_number"),
        (
            bool(row.chat_address) and not _WEB_ADDRESS.fullmatch(row.chat_address),
            f"{row.chat_address!r} is not an address that begins with https://",
        ),
        (not row.purposes, "purposes is empty"),
        (bool(set(row.purposes) - set(Purpose.values)), f"purposes are words of: {', '.join(Purpose.values)}"),
    )
    return next((words for is_wrong, words in complaints if is_wrong), "")


def _own_row(cells: dict[str, str]) -> Row | str:
    if None in cells or None in cells.values():
        return "too many or too few columns"
    text = {name: " ".join(value.split()) for name, value in cells.items()}
    if not text["rank"].isdecimal():
        return f"rank is {text['rank']!r}; use a whole number"
    return Row(
        country=text["country"],
        country_name=text["country_name"],
        name=text["name"],
        call=text["call"],
        text_number=text["text_number"],
        text_word=text["text_word"],
        chat_address=text["chat"],
        hours=text["hours"],
        purposes=tuple(text["purposes"].split()),
        rank=int(text["rank"]),
        certainty=text["certainty"],
        source=text["source"],
        note=text["note"],
    )


def _is_number(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    return not text or (bool(_NUMBER.fullmatch(text)) and digits <= _MOST_DIGITS)


def _repeated(row: Row, seen: dict[tuple[str, str], int]) -> str:
    first = seen.get((row.country, row.name))
    return f"{row.name} of {row.country} stands on line {first} already" if first else ""
