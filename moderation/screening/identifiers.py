"""Telephone numbers, addresses, e-mail and names with a workplace: what could say who somebody is.

Sums of money, dates, years and helplines are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moderation.screening.normalise import Folded

# Numbers anyone may publish: emergency and support lines. A number belongs here when it is nobody's own.
PUBLIC_NUMBERS = frozenset(
    "988 911 999 112 111 000 1737 3114 741741 85258 838255 88788 435748 50808 116123 116111 116016 131114 131126 142 "
    "143 147 18002738255 03001236600 03001231110 02074984680 01806313031 1300368186 1300224636 13927 139276 1300789978 "
    "019240 014064343".split()
)
_TOLL_FREE = re.compile(
    r"(?:\+?1)?8(?:00|33|44|55|66|77|88)\d{7}|(?:\+?44|0)(?:800|808|300|500)\d{4,8}|1800\d{6}|0508\d{6}"
)

_PHONE = re.compile(r"(?<![\w.,$£€/-])\+?\(?\d(?:[ .\-()]{0,2}\d){6,14}(?![\w/]|[.,]\d)")
_DATE = re.compile(r"(?:\d{1,2}[ .\-/]\d{1,2}[ .\-/](?:19|20)?\d\d|(?:19|20)\d\d[ .\-/]\d{1,2}[ .\-/]\d{1,2})")
_YEARS = re.compile(r"(?:19|20)\d\d[ \-]{1,3}(?:19|20)\d\d")
_MONEY_BEFORE = re.compile(r"(?:[$£€]|\b(?:usd|gbp|eur|paid|spent|cost|owe|owed|worth|lost))[ \-]{0,2}$")
_MONEY_AFTER = re.compile(r"^ ?(?:dollars|bucks|pounds|quid|euros?|[$£€]|usd|a (?:year|month|week|day))")
_EMAIL = re.compile(r"(?<![\w.])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SPOKEN_EMAIL = re.compile(
    r"(?<!\w)[\w-]{1,30}(?: dot [\w-]{1,30}){0,3} ?[(\[]?\b(?:at)\b[)\]]? ?[\w-]{1,30} ?[(\[]?\bdot\b[)\]]? ?"
    r"(?:com|net|org|me|co|uk|io|de)\b"
)
_HANDLE = re.compile(r"(?<![\w.@])@[a-z0-9_][a-z0-9_.]{2,29}(?!\w)")
_STREET = re.compile(
    r"(?<![\w$£€.,])\d{1,5}[a-z]?,? (?:[a-z][a-z'.]{1,20} ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|dr|close|court|"
    r"way|crescent|terrace|place|boulevard|blvd|gardens|grove|square|row|hill|walk|parade|mews)\b(?! (?:ago|of|to|in|down))"
)
_STREET_IS_CASED = re.compile(r"\d{1,5}[A-Za-z]?,? (?:[A-Z][A-Za-z'.]{1,20} ?){1,4}")
_POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)")
_NAME = r"(?:Mc|Mac|O')?[A-Z][a-z]{1,15}(?:-[A-Z][a-z]{1,15})?"
_FULL_NAME = re.compile(rf"(?<![\w.])(?:(?:Dr|Mr|Mrs|Ms|Nurse|Officer|Judge)\.? )?{_NAME} {_NAME}(?: {_NAME})?(?!\w)")
_WORKPLACE = re.compile(
    r"\b(?:works?|working|worked|teach(?:es)?|employed|nurse|manager|boss|supervisor|doctor|counselor|teacher|lives?|living|"
    r"lecturer|cook|barman|driver)\b|\b(?:at|for|in|from|out of) (?:the )?(?:[A-Z]\w{1,20}|St\.? [A-Z])"
)
_INTRODUCED = re.compile(
    r"(?:\b(?:name(?:'s| is| was)|i'm|i am|im|this is|called|cried|named|manager is|boss is|doctor is|it's|dealer is|dr|mr|"
    r"mrs|ms|ex is|husband is|landlord is) ?|^\W{0,3}(?:dr|mr|mrs|ms)?\.? ?)$"
)
_NOT_A_NAME = frozenset(
    "The This That When Then There Thank Thanks Hello Dear What Where Who Why How My Our Your His Her He She They We You It I "
    "And But Or If So As At On In For To From With After Before Alcoholics Narcotics Anonymous Big Book North South East West "
    "New York Los Angeles San Saint Little League United States Kingdom Good Happy Merry Some Most Many All Any Every One Two "
    "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday "
    "Friday Saturday Sunday Bill Bob John Lennon Samaritans Higher Power Twelve Steps Step Al Anon Crisis Text Line Fort Wayne "
    "Please Recovery Day Year Years Hospital Street Road Avenue Lane Clinic School University College Church Plant".split()
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A passage that could identify someone; offsets are those of the folded text."""

    start: int
    end: int
    rule: str
    reason: str


def identifiers(folded: Folded) -> Iterator[Identifier]:
    """Yield what could identify somebody in the folded text."""
    plain, cased = folded.plain, folded.cased
    if "@" in plain:
        for match in _EMAIL.finditer(plain):
            yield Identifier(*match.span(), "identifying.email", "The text gives an e-mail address.")
        for match in _HANDLE.finditer(plain):
            yield Identifier(*match.span(), "identifying.at_name", "The text gives a name on another service.")
    if " dot " in plain:
        for match in _SPOKEN_EMAIL.finditer(plain):
            yield Identifier(*match.span(), "identifying.email", "The text gives an e-mail address.")
    if any(character.isdigit() for character in plain):
        yield from _numbers(plain, cased)
    yield from _names(plain, cased)


def _numbers(plain: str, cased: str) -> Iterator[Identifier]:
    for match in _PHONE.finditer(plain):
        if _is_private_number(plain, match):
            yield Identifier(*match.span(), "identifying.phone", "The text gives a telephone number.")
    for match in _STREET.finditer(plain):
        if _STREET_IS_CASED.match(cased, match.start(), match.end()) or " live" in plain[: match.start()][-40:]:
            yield Identifier(*match.span(), "identifying.address", "The text gives a street address.")
    for match in _POSTCODE.finditer(cased):
        yield Identifier(*match.span(), "identifying.postcode", "The text gives a postcode.")


def _is_private_number(plain: str, match: re.Match[str]) -> bool:
    text = match.group()
    digits = re.sub(r"\D", "", text)
    if digits in PUBLIC_NUMBERS or _TOLL_FREE.fullmatch(digits) or not 8 <= len(digits) <= 15:
        return False
    if _DATE.fullmatch(text.strip()) or _YEARS.match(text):
        return False
    before, after = plain[max(0, match.start() - 12) : match.start()], plain[match.end() : match.end() + 12]
    return not _MONEY_BEFORE.search(before) and not _MONEY_AFTER.match(after)


def _names(plain: str, cased: str) -> Iterator[Identifier]:
    for match in _FULL_NAME.finditer(cased):
        words = re.split(r"[ .]{1,2}", match.group())
        if any(word in _NOT_A_NAME for word in words):
            continue
        before = plain[max(0, match.start() - 24) : match.start()]
        titled = words[0] in ("Dr", "Mr", "Mrs", "Ms", "Nurse", "Officer", "Judge")
        around = cased[max(0, match.start() - 120) : match.end() + 120]
        if (titled or _INTRODUCED.search(before)) and _WORKPLACE.search(around):
            yield Identifier(*match.span(), "identifying.name_and_place", "The text names a person and a place.")
