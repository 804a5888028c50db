"""Numbers that stand for one person: bank cards and accounts, identity papers, number plates, dates of birth, computers.

Where a number carries a check digit it is checked; where it does not, words beside it must say what it is.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

# A text without these words is not searched for what they name.
_PAPER_WORDS = (
    "ssn",
    "social",
    "passport",
    "licence",
    "license",
    "nhs",
    "medicare",
    "member id",
    "inmate",
    "dni",
    "cedula",
    "pasaporte",
)
_BIRTH_WORDS = ("born", "birth", "dob", "d.o.b", "bday", "naci", "nacio", "gebur", "geboren")

# Patterns begin with what they look for and look back from there: the library then skips what cannot begin one.
_CARD = re.compile(r"[3-6](?<![\w.,$£€-].)\d{3}(?:[ -]?\d{3,6}){2,4}(?![\w-]|[.,]\d| \d)")
_IBAN = re.compile(r"[A-Z](?<!\w.)[A-Z]\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_SORT_CODE = re.compile(r"\bsort code\b.{0,12}?\d\d[- ]?\d\d[- ]?\d\d(?:.{0,30}?\b\d{8}\b)?")
_IPV4 = re.compile(r"\d(?<![\w.].)\d{0,2}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"[0-9a-f](?<![\w:].)[0-9a-f]{0,3}:(?:[0-9a-f]{1,4}:){0,6}(?::?[0-9a-f]{1,4}){1,7}(?![\w:])")
_VERSION = re.compile(r"\b(?:v|version|firmware|build|release|section|chapter|update)\.? ?$")

_SOCIAL_SECURITY = re.compile(r"\d(?<![\w-].)\d{2}-\d{2}-\d{4}(?![\w-])")
_NAMED_SECURITY = re.compile(r"\b(?:ssn|social security(?: number| no)?)\b\W{0,3}(?:is |was )?\d{9}\b")
_NATIONAL_INSURANCE = re.compile(r"[A-CEGHJ-PR-TW-Z](?<!\w.)[A-CEGHJ-PR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")
_DNI = re.compile(r"[\dXYZ](?<!\w.)\d{7}-?[A-Z](?!\w)")
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CURP = re.compile(r"[A-Z](?<!\w.)[A-Z]{3}\d{6}[HM][A-Z]{5}[A-Z0-9]\d(?!\w)")
_NAMED_PAPER = re.compile(
    r"\b(?:passport|driving licen[cs]e|driver'?s licen[cs]e|nhs|medicare|member id|inmate|dni|cedula|pasaporte)"
    r"(?: (?:number|no\.?|num|numero|#))? ?(?:is |was |es )?[:#]? ?(?=[a-z0-9-]{0,8}\d)[a-z0-9][a-z0-9-]{3,14}[a-z0-9]\b"
)

_PLATE_WORD = re.compile(
    r"\b(?:licen[cs]e plates?|number plates?|plates?|registration|reg|rego|matricula|kennzeichen|patente|placas?)"
    r"(?: number| no\.?)?(?: is| was| es|,|:){0,3} ?$|\b(?:licen[cs]e plate|number plate|matricula|kennzeichen)\b[^.!?\n]{0,70}\bis $"
)
_CAR = re.compile(
    r"\b(?:car|van|truck|drives|driving|drove|pickup|suv|ford|fiesta|bmw|audi|corsa|astra|golf|polo|vw|volkswagen|skoda|seat|toyota|"
    r"honda|nissan|chevy|mercedes|vauxhall|peugeot|renault|kia|hyundai|mazda|fiat|taxi|motorbike|coche|carro|auto|camioneta)\b"
)
_PLATE = re.compile(r"[A-Z0-9](?<![\w-].)[A-Z0-9]{0,3}[ -]?[A-Z0-9]{2,4}(?:[ -][A-Z0-9]{1,4})?(?![\w-])")
_PLATE_ALONE = re.compile(
    r"(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]{1,3}-[A-Z]{1,2} ?\d{1,4}|\d{4} ?[BCDFGHJKLMNPRSTVWXYZ]{3})"
)

_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|"
    r"december|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_DAY = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)? (?:of |de )?{_MONTHS},? (?:de )?(?:19|20)\d\d|"
    rf"{_MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d)"
)
_BIRTH = re.compile(
    rf"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|fecha de nacimiento|geburtsdatum)\W{{0,3}}(?:is |was |es )?(?P<surely>{_DAY})|"
    rf"\b(?:born(?: on)?|birthday(?: is)?|bday(?: is)?|nacid[oa] el|nacio el|naci el|geboren am) (?P<day>{_DAY})"
)
_SOMEBODY = re.compile(r"[A-Z][a-z]{1,15} [A-Z][a-z]{1,15}")


def official_numbers(plain: str, cased: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind and offsets of such numbers in folded text with at least one digit; `cased` keeps its capitals."""
    yield from _bank(plain, cased)
    yield from _papers(plain, cased)
    yield from _births(plain, cased)
    yield from _plates(plain, cased)
    for pattern in (_IPV4, *((_IPV6,) if plain.count(":") >= 4 else ())):
        for match in pattern.finditer(plain):
            if _is_address(match.group()) and not _VERSION.search(plain[max(0, match.start() - 12) : match.start()]):
                yield "ip", *match.span()


def _bank(plain: str, cased: str) -> Iterator[tuple[str, int, int]]:
    for match in _CARD.finditer(plain):
        digits = re.sub(r"\D", "", match.group())
        if 13 <= len(digits) <= 19 and len(set(digits)) > 1 and _has_luhn_digit(digits):
            yield "bank", *match.span()
    for match in _IBAN.finditer(cased):
        if _has_iban_digits(match.group().replace(" ", "")):
            yield "bank", *match.span()
    for match in _SORT_CODE.finditer(plain) if "sort code" in plain else ():
        yield "bank", *match.span()


def _papers(plain: str, cased: str) -> Iterator[tuple[str, int, int]]:
    for match in (*_NATIONAL_INSURANCE.finditer(cased), *_CURP.finditer(cased)):
        yield "id", *match.span()
    for match in _DNI.finditer(cased):
        number = match.group().translate(str.maketrans("XYZ", "012", "-"))[:-1] if match.group()[0] in "XYZ" else ""
        number = number or match.group()[:8]
        if _DNI_LETTERS[int(number) % 23] == match.group()[-1]:
            yield "id", *match.span()
    for pattern in (_SOCIAL_SECURITY, *((_NAMED_SECURITY, _NAMED_PAPER) if _has(plain, _PAPER_WORDS) else ())):
        for match in pattern.finditer(plain):
            yield "id", *match.span()


def _births(plain: str, cased: str) -> Iterator[tuple[str, int, int]]:
    """Yield dates of birth that are called so, and dates on which a named person was born."""
    for match in _BIRTH.finditer(plain) if _has(plain, _BIRTH_WORDS) else ():
        if match.group("surely") or _SOMEBODY.search(cased, max(0, match.start() - 60), match.start()):
            yield "birth", *match.span("surely" if match.group("surely") else "day")


def _plates(plain: str, cased: str) -> Iterator[tuple[str, int, int]]:
    for match in _PLATE.finditer(cased):
        signs = re.sub(r"\W", "", match.group())
        if len(signs) < 5 or signs.isalpha() or signs.isdigit():
            continue
        before = plain[max(0, match.start() - 100) : match.start()]
        is_plate = _PLATE_WORD.search(before) or (_PLATE_ALONE.fullmatch(match.group()) and _CAR.search(before[-60:]))
        if is_plate:
            yield "plate", *match.span()


def _has(plain: str, words: tuple[str, ...]) -> bool:
    return any(word in plain for word in words)


def _is_address(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


def _has_luhn_digit(digits: str) -> bool:
    total = 0
    for place, character in enumerate(reversed(digits)):
        digit = int(character) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def _has_iban_digits(iban: str) -> bool:
    """Return whether the check digits of ISO 13616 hold."""
    if not 15 <= len(iban) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1
