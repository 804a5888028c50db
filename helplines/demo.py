"""Invented lines for a demonstration, marked as such, so that nobody calls a real service to try this out.

Numbers are from the ranges that each country keeps free for films and books: 555-0100 to 555-0199 in the United States
(NANPA), 01632 960000 to 960999 and 07700 900000 to 900999 in the United Kingdom (Ofcom), 020 91x xxxx in Ireland
(ComReg). Emergency numbers are the real ones, so that a person in danger is never shown a wrong number.
"""

from helplines.models import Purpose
from helplines.rows import Row

_SOURCE = "invented for demonstration"
_NAMES = {
    Purpose.SUICIDE: "Demonstration line: someone to talk to",
    Purpose.POISON: "Demonstration line: poisoning and overdose",
    Purpose.VIOLENCE: "Demonstration line: safe at home",
    Purpose.SUBSTANCE: "Demonstration line: alcohol and drugs",
    Purpose.FAMILY: "Demonstration line: families and friends",
    Purpose.CHILD: "Demonstration line: children and young people",
    Purpose.GRIEF: "Demonstration line: grief",
}
# Code, name, emergency number, a number to call with the purpose's place in the list, a number to text.
_COUNTRIES = (
    ("US", "United States", "911", "202-555-01{:02}", "202-555-0150"),
    ("GB", "United Kingdom", "999", "01632 9600{:02}", "07700 900150"),
    ("IE", "Ireland", "112", "020 910 00{:02}", "020 910 0150"),
)


def demo_rows() -> list[Row]:
    """Return the demonstration's lines: for each of three countries an emergency number and one line per purpose."""
    return [row for country in _COUNTRIES for row in _rows_of(*country)]


def _rows_of(code: str, country_name: str, emergency: str, call: str, text: str) -> list[Row]:
    rows = [
        Row(
            country=code,
            country_name=country_name,
            name="Emergency services (demonstration row, real number)",
            purposes=(Purpose.EMERGENCY,),
            call=emergency,
            hours="24 hours",
            rank=0,
            source=_SOURCE,
        )
    ]
    for place, (purpose, name) in enumerate(_NAMES.items(), start=1):
        is_first = purpose == Purpose.SUICIDE
        rows.append(
            Row(
                country=code,
                country_name=country_name,
                name=name,
                purposes=(purpose,),
                call=call.format(place),
                text_number=text if is_first else "",
                text_word="HELLO" if is_first else "",
                chat_address="https://chat.example.org/" if is_first else "",
                hours="24 hours" if is_first else "9:00 to 21:00",
                note="Invented for this demonstration; nobody answers here.",
                rank=place * 10,
                source=_SOURCE,
            )
        )
    return rows
