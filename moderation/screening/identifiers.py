"""Telephone numbers, addresses, e-mail, accounts and names with a place: what could say who somebody is.

Sums of money, dates, years, doses, scores and helplines are left alone. Which numbers are private stands in `phone_numbers.py`,
numbers of cards, papers, cars and machines in `official_numbers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from moderation.screening.normalise import Folded
from moderation.screening.official_numbers import official_numbers
from moderation.screening.phone_numbers import PUBLIC_NUMBERS, private_numbers, use_public_numbers

__all__ = ["PUBLIC_NUMBERS", "Identifier", "identifiers", "use_public_numbers"]

_REASONS: Final = {
    "phone": "The text gives a telephone number.",
    "email": "The text gives an e-mail address.",
    "at_name": "The text gives a name on another service.",
    "account": "The text gives a name on another service.",
    "address": "The text gives a street address.",
    "postcode": "The text gives a postcode.",
    "name_and_place": "The text names a person and a place.",
    "birth": "The text gives somebody's date of birth.",
    "plate": "The text gives the number plate of a car.",
    "bank": "The text gives the number of a bank card or account.",
    "id": "The text gives the number of an identity paper.",
    "ip": "The text gives the address of a computer.",
}

_EMAIL = re.compile(r"(?<![\w.])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SPOKEN_EMAIL = re.compile(
    r"(?<!\w)[\w-]{1,30}(?:(?: dot | ?[(\[]dot[)\]] ?|\.)[\w-]{1,30}){0,3} ?[(\[]?\b(?:at|arroba)\b[)\]]? ?[\w-]{1,30}"
    r"(?: ?[(\[]?\b(?:dot|punto)\b[)\]]? ?|\.)(?:com|net|org|me|co|uk|io|de|es|fr|mx|ie|ca|au|gmail)\b"
)
_MAILBOX = re.compile(
    r"\b(?:gmail|hotmail|yahoo|outlook|icloud|proton|protonmail|aol|btinternet|gmx|live|mail)\b|\bdot\b|\bpunto\b"
)
_MAIL_WORDS = tuple(
    ("gmail|hotmail|yahoo|outlook|icloud|proton| aol|btinternet|gmx| live| dot |(dot)|[dot]| punto ").split("|")
)
_HANDLE = re.compile(r"(?<![\w.@/])@[a-z0-9_][a-z0-9_.]{2,29}(?![\w@])")
_GREETS = re.compile(r"(?:^|\n|[.!?] |\b(?:hi|hey|thanks|thank you|agree with|to|welcome|and|dear) )$")
_NOBODYS = frozenset(
    "everyone here all channel mods mod admin admins moderator moderators op anyone staff team".split()
)
_SERVICE = (
    r"(?:snap(?:chat)?|insta(?:gram)?|ig|kik|telegram|tele|wickr|discord|tik ?tok|twitter|fb|facebook|messenger|skype|signal|"
    r"whats ?app|wsp|threema|wechat|psn|gamertag|venmo|cash ?app|onlyfans|reddit)"
)
_SERVICE_WORDS = tuple(
    (
        "snap|insta|ig |ig:|kik|tele|wickr|discord|tiktok|tik tok|twitter|fb|facebook|messenger|skype|signal|whatsapp|"
        "whats app|wsp|threema|wechat|psn|gamertag|venmo|cash|onlyfans|reddit"
    ).split("|")
)
_ACCOUNT = re.compile(
    rf"\b{_SERVICE}(?: (?:is|es|handle|name|username|user|id|account|tag|me|at|on|como))* ?[:=@-]? ?@?"
    r"(?P<name>[a-z0-9_][a-z0-9_.]{2,30}(?:#\d{4})?)(?![\w@])"
)
_OTHER_SERVICE = re.compile(
    rf"\b(?:{_SERVICE}|add|follow|find|dm|pm|hmu|message|msg|text|handle|username|reach|venmo me|hit me up)\b"
)
_SIGNED = re.compile(r"[:=@]|(?:^|\s)-\s|\b(?:is|es|handle|username|tag)\b")
_OWN_SERVICE = re.compile(
    r"\b(?:my|his|her|their|mi|su|add me on|find me on|follow me on|hmu on|dm me on|msg me on|message me on) $"
)
_SAID_OF_ACCOUNT = re.compile(r"^[ ]?(?:[.!?,;)\n]|$|add|if|and (?:my|his|her)|hmu|dm|msg|message|hit|btw|x\b)")
_NO_NAME = frozenset(
    "private public deleted gone down full not now blocked the and for you if please pls because but she her his him they that "
    "was were has had just still only always never so too very really open closed hacked new old dead off too there here with "
    "where what when who how why from about account name group page post posts messages message story stories all everything "
    "toxic boring fun great good bad better worse best worst fine okay empty banned locked working broken free safe evil "
    "again today yesterday tomorrow tonight making full addictive depressing triggering killing feed friends friend used use".split()
)
_LINK = re.compile(
    r"(?<![\w.])(?:www\.)?(?:(?:facebook|instagram|tiktok|twitter|snapchat|onlyfans|linkedin|venmo|fb)\.com|t\.me|wa\.me|fb\.me|m\.me|"
    r"paypal\.me|cash\.app|discord\.gg)/(?!groups?/|pages?/|watch|p/|reel|events?/)(?:in/|add/|u/|user/)?[@$]?[\w.+-]{2,60}"
)
_TAG = re.compile(r"(?<![\w#])[a-z0-9_.]{2,32}#\d{4}(?!\w)")
_REDDIT = re.compile(r"(?<![\w/])/?u/[\w-]{3,20}(?![\w/])")

# Patterns begin with what they look for and look back from there: the library then skips what cannot begin one.
_UNIT = re.compile(r"(?<!\w)(?:flat|apt|apartment|unit|room|suite|ste|no\.?|number|piso|depto) ?#?\w{1,4},? ?$")
_TYPES = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|way|crescent|cres|terrace|place|pl|boulevard|blvd|gardens|"
    r"gdns|grove|square|sq|row|hill|walk|parade|mews|mount|bank|parkway|pkwy|circle|cir|trail|highway|hwy|quay|wynd|rise|view|branch)"
)
_STREET = re.compile(
    rf"\d(?<![\w$£€.,/].)\d{{0,4}}[a-z]?(?:[/-]\d{{1,5}})?,? (?:(?:\d{{1,3}}(?:st|nd|rd|th)|[a-z][a-z0-9'.-]{{1,20}}) ){{1,3}}{_TYPES}\b\.?"
    r"(?! (?:ago|of|to|down|from|up|on my|away|shot|home)\b)(?:,? (?:apt|apartment|unit|suite|floor|flat) ?#?\w{1,5})?"
)
_STREET_IS_CASED = re.compile(
    r"\d{1,5}[A-Za-z]?(?:[/-]\d{1,5})?,? (?:\d{1,3}(?:st|nd|rd|th) |[A-Z][A-Za-z'.-]{1,20} ?){1,4}"
)
_LIVES = re.compile(
    r"\b(?:lives?|living|stays?|staying|address|addy|house is|home is|come to|come by|send (?:it )?to|find (?:me|him|her) at)\b"
)
_ABROAD = re.compile(
    # France, Belgium, Quebec
    r"(?<![\w$£€.,])\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|impasse|chemin|allee|quai) (?:[a-z][a-z'-]{0,20} ?){1,5}|"
    # Germany, Austria, Switzerland
    r"\b[a-z]{2,25}(?:strasse|str\.|gasse|allee|weg|platz|damm|ufer) \d{1,4}[a-z]?\b|"
    # Spain and Latin America, with the crossing numbers of Colombia
    r"\b(?:calle|cl|carrera|cra|kra|diagonal|transversal|avenida|av)\.? \d{1,3}[a-z]?(?: ?(?:sur|norte|bis))? ?(?:#|no\.?|nro\.?|numero|n\.?)? ?"
    r"\d{1,4}[a-z]?(?: ?- ?\d{1,3})?\b|"
    r"\b(?:calle|avenida|av\.?|avda\.?|paseo|carrer|jiron|pasaje|calzada|prolongacion) (?:[a-z][a-z.]{0,15} ){0,4}[a-z][a-z.]{1,15},? ?"
    r"(?:no\.? ?|nro\.? ?|numero |n\. ?|# ?)?\d{1,5}\b(?! (?:anos|meses|dias|veces|de (?:la manana|la tarde|enero|mayo)))"
)
_ABROAD_WORDS = tuple(
    (
        " rue |avenue |boulevard |impasse|chemin|quai |allee|strasse|str. |gasse|weg |platz|damm |ufer |calle|cl |cl.|"
        "carrera|cra|kra|diagonal|transversal|avenida|av |av.|avda|paseo|carrer|jiron|pasaje|calzada|prolongacion"
    ).split("|")
)
_ABROAD_IS_CASED = re.compile(r"[A-Z]|#")
_PO_BOX = re.compile(r"(?<!\w)p\.?o\.? ?box \d{1,6}(?!\w)")
_UK = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}"
_CANADA = r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d"
_POSTCODE = re.compile(
    r"[A-Z](?<![\w-].)(?:[A-Z]?\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}|(?<=[ABCEGHJ-NPRSTVXY])\d[A-Z] ?\d[A-Z]\d)(?![\w-])"
)
_AFTER_STREET = re.compile(
    rf",? ?(?:[A-Z][A-Za-z'-]{{1,20}},? ){{0,3}}(?:[A-Z]{{2,3}},? )?(?:{_UK}|{_CANADA}|\d{{5}}(?:-\d{{4}})?|\d{{4}})(?!\w)"
)

_NAME = r"(?:Mc|Mac|O'|De|Di|Van)?[A-Z][a-z]{1,15}(?:-[A-Z][a-z]{1,15})?"
_TITLE = (
    r"(?:Dr|Mr|Mrs|Ms|Miss|Nurse|Officer|Judge|Pastor|Deacon|Bro|Sister|Father|Prof|Professor|Don|Dona|Sra?|Senora?|Senorita|Hermano|Hermana|Tia|Tio|"
    r"Aunt|Auntie|Uncle|Brother|Mother|Mister|Doctor|Sir|Madam|Saint|Sgt)"
)
_FULL_NAME = re.compile(
    rf"(?<![\w.@])(?:{_TITLE}\.? )?{_NAME} (?:(?:de|del|la|van|von|da|di|bin|al) ){{0,2}}{_NAME}(?: {_NAME})?(?![\w@])"
)
_WORKPLACE = re.compile(
    r"\b(?:works?|working|worked|teach(?:es)?|employed|nurse|manager|boss|supervisor|doctor|counselor|teacher|lives?|living|stays|"
    r"lecturer|cook|barman|driver|dispatcher|trabaja|vive|atiende)\b|\b(?:at|for|in|from|out of|de|en) (?:the |el |la )?(?:[A-Z]\w{1,20}|St\.? [A-Z])"
)
_INTRODUCED = re.compile(
    r"(?:\b(?:name(?:'s| is| was)|is|you are|you're|hi|hey|i'm|i am|im|this is|called|cried|named|manager is|boss is|doctor is|it's|dealer is|dr|mr|"
    r"mrs|ms|ex is|husband is|landlord is|neighbou?r|contact|ask for|call brother|me llamo|se llama|soy|llamado|llamada) ?|"
    r"^\W{0,3}(?:dr|mr|mrs|ms)?\.? ?)$"
)
_PLACED = re.compile(
    r",? (?:(?:who|she|he|they|that)(?:'s)? |\(|also |still |is |from the |out at |over at )?"
    r"(?:works|worked|working|teaches|lives|living|stays|staying|manages|runs|trabaja|vive|out of|DOB|dob|born)\b.{0,60}?(?:[A-Z]|\d)|"
    r", \d\d, (?:[A-Z]|works|runs|drives|lives|teaches|stays|from|of|sells|manages)|, \d{1,5} [A-Z][a-z]"
)
_LOWER_NAME = re.compile(
    r"\b(?:my|his|her) (?:full |real )?name(?:'?s| is) (?P<name>(?P<first>[a-z]{3,15}) (?P<last>[a-z]{3,15}))\b"
    r"(?=.{0,60}\b(?:works?|lives?|teach(?:es)?|stays|i live|i work|in [a-z]{4,15}|from|at the)\b)"
)
_NOT_A_LOWER_NAME = frozenset(
    "and but for from the was not she they who that this out his her him mud with are you all has had will can sam's here there "
    "now its it's irrelevant important already known what because when where just really called kept".split()
)
_NOT_A_NAME = frozenset(
    "The This That When Then There Thank Thanks Hello Dear What Where Who Why How My Our Your His Her He She They We You It I "
    "And But Or If So As At On In For To From With After Before Alcoholics Narcotics Anonymous Big Book North South East West "
    "New York Los Angeles San Saint Little League United States Kingdom Good Happy Merry Some Most Many All Any Every One Two "
    "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday "
    "Friday Saturday Sunday Bill Bob John Lennon Samaritans Higher Power Twelve Steps Step Al Anon Crisis Text Line Fort Wayne "
    "Please Recovery Day Year Years Hospital Street Road Avenue Lane Clinic School University College Church Plant Jesus Christ "
    "God Lord Holy Spirit Virgin Mary Reina Valera Alcoholicos Anonimos Feliz Gracias Hola Dios Buenos Buenas Smart Salvation "
    "Army Red Cross White House Black Friday Christmas Eve Anyone Anybody Someone Everyone Somebody Star Wars Harry Potter Google Maps Serenity Prayer".split()
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A passage that could identify someone; offsets are those of the folded text."""

    start: int
    end: int
    rule: str
    reason: str


def identifiers(folded: Folded) -> Iterator[Identifier]:
    """Yield what could identify somebody in the folded text; no two lie on one another."""
    plain = folded.plain
    has_digits = re.search(r"\d", plain) is not None
    taken: list[tuple[int, int]] = []
    for needed, find in _FINDERS:
        if (needed == "0" and not has_digits) or (needed not in ("", "0") and needed not in plain):
            continue
        for kind, start, end in find(folded):
            if not any(first < end and start < last for first, last in taken):
                taken.append((start, end))
                yield Identifier(start, end, f"identifying.{kind}", _REASONS[kind])


def _has(plain: str, words: tuple[str, ...]) -> bool:
    return any(word in plain for word in words)


_Found = Iterator[tuple[str, int, int]]


def _mail(folded: Folded) -> _Found:
    for match in _EMAIL.finditer(folded.plain):
        yield "email", *match.span()


def _spoken_mail(folded: Folded) -> _Found:
    if not _has(folded.plain, _MAIL_WORDS):
        return
    for match in _SPOKEN_EMAIL.finditer(folded.plain):
        if _MAILBOX.search(match.group()):
            yield "email", *match.span()


def _accounts(folded: Folded) -> _Found:
    plain = folded.plain
    for sign, pattern in (("/", _LINK), ("#", _TAG), ("u/", _REDDIT)):
        if sign in plain:
            for match in pattern.finditer(plain):
                yield "account", *match.span()
    for match in _HANDLE.finditer(plain) if "@" in plain else ():
        before = plain[max(0, match.start() - 14) : match.start()]
        if match.group()[1:] not in _NOBODYS and not _GREETS.search(before) and _is_elsewhere(plain, match):
            yield "at_name", *match.span()
    for match in _ACCOUNT.finditer(plain) if _has(plain, _SERVICE_WORDS) else ():
        if _is_account(plain, match):
            yield "account", *match.span()


def _is_elsewhere(plain: str, match: re.Match[str]) -> bool:
    """Return whether an @name is one of another service, rather than how a member of this place is addressed."""
    if re.search(r"[\d_]", match.group()):
        return True
    return _OTHER_SERVICE.search(plain, max(0, match.start() - 40), match.end() + 20) is not None


def _is_account(plain: str, match: re.Match[str]) -> bool:
    name = match.group("name").rstrip(".")
    if name in _NO_NAME or not re.search(r"[a-z]", name):
        return False
    signed = _SIGNED.search(plain, match.start(), match.start("name")) is not None
    own = _OWN_SERVICE.search(plain, max(0, match.start() - 24), match.start()) is not None
    if re.search(r"[a-z][\d_]|[\d_][a-z]|\.[a-z]", name):
        return signed or own
    after = plain[match.end() : match.end() + 12]
    return own and signed and _SAID_OF_ACCOUNT.match(after) is not None


def _phones(folded: Folded) -> _Found:
    for start, end in private_numbers(folded.plain):
        yield "phone", start, end


def _official(folded: Folded) -> _Found:
    return official_numbers(folded.plain, folded.cased)


def _addresses(folded: Folded) -> _Found:
    plain, cased = folded.plain, folded.cased
    for match in _STREET.finditer(plain):
        if _STREET_IS_CASED.match(cased, match.start(), match.end()) or _LIVES.search(
            plain, max(0, match.start() - 40), match.start()
        ):
            unit = _UNIT.search(plain, max(0, match.start() - 20), match.start())
            after = _AFTER_STREET.match(cased, match.end())
            yield "address", (unit or match).start(), (after or match).end()
    for match in _ABROAD.finditer(plain) if _has(plain, _ABROAD_WORDS) else ():
        if _ABROAD_IS_CASED.search(cased, match.start(), match.end()) or _LIVES_ABROAD.search(
            plain, max(0, match.start() - 30), match.start()
        ):
            yield "address", match.start(), match.start() + len(match.group().rstrip())
    if "box" in plain:
        for match in _PO_BOX.finditer(plain):
            yield "address", *match.span()
    for match in _POSTCODE.finditer(cased):
        yield "postcode", *match.span()


_LIVES_ABROAD = re.compile(r"\b(?:vivo|vive|viven|casa|direccion|queda|habite|wohnt|wohne|lives?|colonia|barrio)\b")


def _names(folded: Folded) -> _Found:
    plain, cased = folded.plain, folded.cased
    for match in _FULL_NAME.finditer(cased):
        words = re.split(r"[ .]{1,2}", match.group())
        titled = re.fullmatch(_TITLE, words[0]) is not None
        if any(word in _NOT_A_NAME for word in words) or len(words) - titled < 2:
            continue
        before = plain[max(0, match.start() - 24) : match.start()]
        around = cased[max(0, match.start() - 120) : match.end() + 120]
        introduced = (titled or _INTRODUCED.search(before)) and _WORKPLACE.search(around)
        if introduced or _PLACED.match(cased, match.end()):
            yield "name_and_place", *match.span()


def _lower_names(folded: Folded) -> _Found:
    for match in _LOWER_NAME.finditer(folded.plain):
        if match.group("first") not in _NOT_A_LOWER_NAME and match.group("last") not in _NOT_A_LOWER_NAME:
            yield "name_and_place", *match.span("name")


# What must stand in the text for the finder to be worth running ("0": any digit), and the finder.
_FINDERS: tuple[tuple[str, Callable[[Folded], _Found]], ...] = (
    ("@", _mail),
    ("", _spoken_mail),
    ("0", _official),
    ("", _phones),
    ("", _accounts),
    ("0", _addresses),
    ("", _names),
    (" name", _lower_names),
)
