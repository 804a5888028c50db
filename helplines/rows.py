"""One line of help as it is read from a file, and a remark about a line of that file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of help. `purposes` are values of Purpose, `rank` 0 comes first."""

    country: str
    country_name: str
    name: str
    purposes: tuple[str, ...]
    call: str = ""
    text_number: str = ""
    text_word: str = ""
    chat_address: str = ""
    hours: str = ""
    note: str = ""
    rank: int = 100
    source: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about line `line` (counted from 1) of a file."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"
