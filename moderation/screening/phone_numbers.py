"""Which figures are somebody's telephone number: not a date, a sum, an order number, and not a helpline.

What can be a number at all is asked of `phonenumbers`, Google's libphonenumber; which of them are public is a list here and
what `use_public_numbers` adds to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

# Numbers anyone may publish: emergency and support lines. A number belongs here when it is nobody's own.
PUBLIC_NUMBERS: Final = frozenset(
    "988 911 999 112 111 000 1737 3114 741741 85258 838255 88788 435748 50808 116123 116111 116016 131114 131126 142 "
    "143 147 18002738255 03001236600 03001231110 02074984680 01806313031 1300368186 1300224636 13927 139276 1300789978 "
    "019240 014064343".split()
)
# Countries whose way of writing numbers without a country code is understood.
REGIONS: Final = ("US", "GB", "IE", "CA", "AU", "NZ", "ZA", "IN", "ES", "MX", "AR", "CO", "DE", "FR")
_MOST_LOOKED_UP = (
    60  # different numbers of a text that the library is asked about; further ones are judged by their shape
)

_TOLL_FREE = re.compile(
    r"1?8(?:00|33|44|55|66|77|88)\d{7}|(?:44|0)(?:800|808|300|500)\d{4,8}|1[38]00\d{6}|0508\d{6}|01800\d{7}"
)
_FIGURES = re.compile(
    r"[+(\d](?<![\w.,$£€/#-].)(?<!\d{4} .)(?:(?<=\+)\(?\d|(?<=\()\d|(?<=\d))(?:[ .\-()]{0,2}\d){6,14}(?![\w/%]|[.,\-]\d| \d)"
)
_SPOKEN_DIGIT = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_DIGIT_WORDS = ("zero", "three", "four", "five", "six", "seven", "eight", "nine")
_SPOKEN = re.compile(rf"(?<!\w){_SPOKEN_DIGIT}(?:[ ,.\-]{{1,2}}{_SPOKEN_DIGIT}){{6,13}}(?!\w)")
_COUNTING = re.compile(r"one\W{1,2}two\W{1,2}three\W{1,2}four|nine\W{1,2}eight\W{1,2}seven\W{1,2}six")
_DATE = re.compile(
    r"(?:\d{1,2}[ .\-/]\d{1,2}[ .\-/](?:19|20)?\d\d|(?:19|20)\d\d[ .\-/]\d{1,2}[ .\-/]\d{1,2})(?:[ \-]{1,3}\d{1,2}[.:]?\d\d)?"
)
_YEARS = re.compile(r"(?:19|20)\d\d[ \-]{1,3}(?:19|20)\d\d(?:[ \-]{1,3}(?:19|20)\d\d)?")
_SHORT_FIGURES = re.compile(r"\d{1,2}(?:[ .\-]{1,2}\d{1,2}){3,9}")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|\d{1,3}(?:[ .]000){1,3}|\d{1,3}(?:\.\d{3}){2,3}")
_MONEY_BEFORE = re.compile(
    r"(?:[$£€]|\b(?:usd|gbp|eur|inr|paid|spent|cost|costs|owe|owed|owes|worth|lost|won|about))[ \-]{0,2}$"
)
_AMOUNT_AFTER = re.compile(
    r"^ ?(?:dollars|bucks|pounds|quid|euros?|pesos|rupees|[$£€%]|usd|gbp|eur|steps|points|calories|kcal|followers|views|people|"
    r"words|days|hours|minutes|seconds|miles|km|mg|ml|mcg|grams|units|times|percent|subscribers|pasos|puntos|a (?:year|month|week|day))"
)
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:order|tracking|parcel|ref|reference|case|ticket|invoice|claim|policy|booking|confirmation|isbn|serial|barcode|batch|"
    r"lot|model|version|step|score|scored|badge|room|bible|psalm|verse|pedido|factura|expediente|guia|folio|trial|docket|ndc|"
    r"prescription|rx|product|item|sku|account|receipt)\b"
    r"[ \w]{0,20}[ :#.=]{0,3}|#)$"
)
_CALLED = re.compile(
    r"\b(?:call|calls|ring|phone|text|txt|tel|telephone|cell|cells|mobile|mob|whats ?app|wsp|wpp|number|numbers|num|nr|"
    r"reach|hmu|hit me up|dial|contact|sms|message me|landline|fono|numero|telefono|llam\w{1,8}|marqu\w{1,8}|cel|celular|movil|"
    r"nummer|handy|telefon|ph|appelle\w{0,4}|portable)\b"
)
_HELPLINE = re.compile(
    r"\b(?:help ?lines?|hot ?lines?|life ?line|crisis (?:line|text line|team|number)|emergency (?:line|number|services)|"
    r"samaritans|childline|child ?help|nhs|nhs 24|poison (?:control|line|centre|center)|quit ?line|rape crisis|women's aid|refuge|"
    r"victim support|trevor project|suicide prevention|veterans crisis|warm ?line|support line|beyond blue|kids help phone|"
    r"aa intergroup|frank|linea de (?:la vida|ayuda|crisis)|telefono de la esperanza|saptel|locatel|seelsorge|sos amitie|"
    r"non-emergency|police station)\b"
)
_SOMEBODYS = re.compile(r"\b(?:my|me|his|her|him|our|mi|su|our)\b")


class _Directory:
    """All public numbers in use, as digits: `PUBLIC_NUMBERS` and those of a directory."""

    numbers: frozenset[str] = PUBLIC_NUMBERS


def use_public_numbers(numbers: Iterable[str]) -> None:
    """From now on take `numbers` (of a directory of helplines, written in any way) for public too, in place of earlier ones."""
    _Directory.numbers = PUBLIC_NUMBERS.union(*(_forms(number) for number in numbers))


def private_numbers(plain: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of telephone numbers in folded text that may be somebody's own."""
    looked_up: set[str] = set()
    for match in _FIGURES.finditer(plain):
        if _is_private(plain, match, looked_up=looked_up):
            yield match.span()
    for match in _SPOKEN.finditer(plain) if sum(word in plain for word in _DIGIT_WORDS) >= 3 else ():
        if not _COUNTING.search(match.group()):
            yield match.span()


def is_public(written: str) -> bool:
    """Return whether a number is a helpline or free of charge, with or without its country code."""
    digits = re.sub(r"\D", "", written)
    bare = digits.lstrip("0")
    forms = {digits, bare, f"0{bare}"}
    if written.startswith(("+", "00", "(+")):
        forms |= {
            form for cut in (1, 2, 3) for form in (bare[cut:], f"0{bare[cut:].lstrip('0')}") if len(bare) - cut >= 6
        }
    return not forms.isdisjoint(_Directory.numbers) or any(_TOLL_FREE.fullmatch(form) for form in (digits, bare))


def _forms(number: str) -> set[str]:
    """Return a public number in digits: as written, and as it is dialled inside its country."""
    forms = {re.sub(r"\D", "", number)} - {""}
    parsed = _parsed(number, "ZZ") if number.strip().startswith("+") else None
    if parsed is not None:
        national = phonenumbers.national_significant_number(parsed)
        forms |= {national, f"0{national}"}
    return forms


def _is_private(plain: str, match: re.Match[str], *, looked_up: set[str]) -> bool:
    written = match.group().strip()
    digits = re.sub(r"\D", "", written)
    before, after = plain[max(0, match.start() - 48) : match.start()], plain[match.end() : match.end() + 14]
    if is_public(written) or _is_something_else(written, before=before, after=after):
        return False
    is_called = _CALLED.search(before) is not None
    if not is_called and len(digits) < 8:
        return False
    if len(looked_up) >= _MOST_LOOKED_UP and written not in looked_up:
        is_known, is_mobile = True, True
    else:
        looked_up.add(written)
        is_known, is_mobile = _looked_up(written)
    if not (is_called or is_known):
        return False
    helpline = _HELPLINE.search(before)
    return is_mobile or helpline is None or _SOMEBODYS.search(before, helpline.end()) is not None


def _is_something_else(written: str, *, before: str, after: str) -> bool:
    """Return whether the figures are a date, years, a score, a sum, or the number of an order."""
    if _DATE.fullmatch(written) or _YEARS.fullmatch(written) or _SHORT_FIGURES.fullmatch(written):
        return not _CALLED.search(before[-20:]) or _DATE.fullmatch(written) is not None
    if _THOUSANDS.fullmatch(written) or _MONEY_BEFORE.search(before[-12:]) or _AMOUNT_AFTER.match(after):
        return True
    return _OTHER_NUMBER.search(before) is not None


@lru_cache(maxsize=1024)
def _looked_up(written: str) -> tuple[bool, bool]:
    """Return whether the library knows such a number, and whether it is a mobile telephone's."""
    if written.startswith(("+", "00")):
        number = _parsed(f"+{written.lstrip('+0')}", "ZZ")
        if number is not None and phonenumbers.is_possible_number(number):
            return True, phonenumbers.number_type(number) == PhoneNumberType.MOBILE
    for region in REGIONS:
        number = _parsed(written, region)
        if number is not None and phonenumbers.is_valid_number(number):
            return True, phonenumbers.number_type(number) == PhoneNumberType.MOBILE
    return False, False


def _parsed(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
