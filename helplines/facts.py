"""Read helplines from a list of facts, as people collect it: how to reach a line stands in free words.

Only what is plain is taken. A row that holds several lines for different purposes, or one that its collector doubts, is
left out and named, so that a person can split or check it.
"""

import csv
import re

from helplines.models import Purpose
from helplines.rows import Remark, Row

COLUMNS = ("country", "place", "line", "contact", "hours", "for", "read_in", "certainty")

_LETTERS = {
    "S": Purpose.SUICIDE,
    "D": Purpose.VIOLENCE,
    "P": Purpose.POISON,
    "C": Purpose.CHILD,
    "A": Purpose.SUBSTANCE,
    "F": Purpose.FAMILY,
}
_DOUBTED = "D"
_NOT_ONE_COUNTRY = {"EU", "ZZ"}
_NOTHING = {"—", "-", "", "?"}
_NUMBER = r"\+?\d[\d -]*\d"
_CALL_AND_TEXT = re.compile(rf"call/text ({_NUMBER})\b.*")
_TEXT = re.compile(rf"(?:text|SMS)(?: \"?([A-Z]{{2,}}|(?<=\")\w+)\"?(?: to)?| [a-z]+ to)? ({_NUMBER})\b.*")
_CHAT = re.compile(r"chat (\S+\.\S+)")
_CALL = re.compile(rf"({_NUMBER})(?: ?[(,].*)?")
_NAME_AND_NUMBER = re.compile(rf"(.*?[^\d\s(]) ({_NUMBER})(?: ?\(.*\))?")
_FIRST_RANK, _NEXT_RANK = 10, 20

Found = list[tuple[int, Row | str]]


def read(table: "csv.DictReader[str]") -> tuple[Found, list[Remark]]:
    """Return the rows (or what is wrong with one) by line, and remarks on what was left out."""
    found: Found = []
    left_out: list[Remark] = []
    for cells in table:
        text = {name: " ".join((cells.get(name) or "").split()) for name in COLUMNS}
        outcome = _row(text)
        if isinstance(outcome, Row):
            found.append((table.line_num, outcome))
        else:
            left_out.append(Remark(table.line_num, f"{text['line'][:60]}: {outcome}"))
    return found, left_out


def _row(text: dict[str, str]) -> Row | str:
    """Return the row, or why it is left out."""
    certainty = text["certainty"].rpartition("/")[2]
    if certainty == _DOUBTED or "do not list" in text["line"].lower():
        return "its collector doubts it"
    if text["country"] in _NOT_ONE_COUNTRY:
        return "it does not belong to one country"
    is_emergency = text["line"].lower() == "emergency"
    purposes = (Purpose.EMERGENCY,) if is_emergency else tuple(_LETTERS[c] for c in text["for"] if c in _LETTERS)
    name, routes = _name_and_routes(text)
    if not routes:
        return "it is not plain which number belongs to what; give each line a row of its own"
    return Row(
        country=text["country"],
        country_name=text["place"],
        name="Emergency services" if is_emergency else name,
        purposes=purposes,
        hours="24 hours" if text["hours"] == "24" else "" if text["hours"] in _NOTHING else text["hours"],
        rank=0 if is_emergency else _FIRST_RANK if Purpose.SUICIDE in purposes else _NEXT_RANK,
        source=text["read_in"],
        certainty=certainty,
        **routes,
    )


def _name_and_routes(text: dict[str, str]) -> tuple[str, dict[str, str]]:
    routes = _routes(text["contact"])
    if routes and not _holds_several(text["line"]):
        return text["line"], routes
    # The number may stand in the name: "Pieta 1800 247 247".
    match = None if _holds_several(text["line"]) else _NAME_AND_NUMBER.fullmatch(text["line"])
    return (match[1], {"call": match[2]}) if match else (text["line"], {})


def _holds_several(line: str) -> bool:
    return ";" in line or len(re.findall(r"\d[\d -]{4,}\d", line)) > 1


def _routes(contact: str) -> dict[str, str]:
    """Return the ways to reach a line that are plain; the first of each kind counts."""
    routes: dict[str, str] = {}
    for part in (piece.strip() for piece in contact.split(";")):
        if match := _CALL_AND_TEXT.fullmatch(part):
            routes.setdefault("call", match[1])
            routes.setdefault("text_number", match[1])
        elif match := _TEXT.fullmatch(part):
            if "text_number" not in routes:
                routes |= {"text_number": match[2], "text_word": match[1] or ""}
        elif match := _CHAT.fullmatch(part):
            routes.setdefault("chat_address", f"https://{match[1]}")
        elif match := _CALL.fullmatch(part):
            routes.setdefault("call", match[1])
    return routes
