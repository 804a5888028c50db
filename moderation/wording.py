"""How the desk and the author's pages say times, findings and events. Words alone; nothing is read or written."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.results import Words
from moderation.enums import Severity
from moderation.rota import Gap
from moderation.screening.reading import Category, Certainty, Finding, When, Who

CATEGORY_WORDS: Final[dict[Category, Words]] = {
    Category.SUICIDE_SELF_HARM: gettext_lazy("suicide or self-harm"),
    Category.SUICIDE_THREAT_OTHER: gettext_lazy("someone else threatens suicide"),
    Category.OVERDOSE_NOW: gettext_lazy("overdose happening now"),
    Category.DANGEROUS_WITHDRAWAL: gettext_lazy("dangerous withdrawal"),
    Category.VIOLENCE_COERCION: gettext_lazy("violence, coercion or money taken"),
    Category.CHILD_SAFETY: gettext_lazy("safety of a child"),
    Category.MINOR: gettext_lazy("a minor may be writing"),
    Category.SOURCING: gettext_lazy("finding or selling drugs"),
    Category.DOSE_ADVICE: gettext_lazy("advice on amounts, routes or mixing"),
    Category.IDENTIFYING_DATA: gettext_lazy("somebody could be found by this"),
    Category.MEDICAL_MISINFORMATION: gettext_lazy("medical misinformation"),
    Category.SHAMING_HARASSMENT: gettext_lazy("shaming or harassment"),
    Category.BROKER_SPAM: gettext_lazy("brokers, scams or advertising"),
    Category.GROOMING: gettext_lazy("sexual approach or grooming"),
    Category.THREAT_BY_WRITER: gettext_lazy("the writer threatens someone"),
    Category.BEREAVEMENT: gettext_lazy("a death by overdose or suicide"),
    Category.OWN_USE: gettext_lazy("the writer's own use"),
}
_WHO_WORDS: Final[dict[Who, Words]] = {
    Who.WRITER: gettext_lazy("the writer"),
    Who.PARTNER: gettext_lazy("a partner or relative"),
    Who.CHILD: gettext_lazy("a child"),
    Who.OTHER: gettext_lazy("someone else"),
}
_WHEN_WORDS: Final[dict[When, Words]] = {
    When.NOW: gettext_lazy("now"),
    When.RECENT: gettext_lazy("recently"),
    When.PAST: gettext_lazy("in the past"),
}
# Words and never a share: a number would claim more than is known.
_CERTAINTY_WORDS: Final[dict[Certainty, Words]] = {
    Certainty.CLEAR: gettext_lazy("clear words"),
    Certainty.LIKELY: gettext_lazy("likely"),
    Certainty.UNSURE: gettext_lazy("unsure: read it yourself"),
}
_LAYER_WORDS: Final[dict[str, Words]] = {
    "patterns": gettext_lazy("word patterns"),
    "n-grams": gettext_lazy("learned wording"),
    "meaning": gettext_lazy("meaning"),
}
EVENT_WORDS: Final[dict[str, Words]] = {
    "case_opened": gettext_lazy("Came in"),
    "case_reopened": gettext_lazy("Came back changed"),
    "case_placed": gettext_lazy("Read by screening and put in the queue"),
    "case_claimed": gettext_lazy("Taken"),
    "case_released": gettext_lazy("Given back to the queue"),
    "case_decided": gettext_lazy("Decided"),
    "case_closed": gettext_lazy("Closed"),
    "desk_alerted": gettext_lazy("People on duty were called"),
}


def finding_words(finding: Finding) -> str:
    """Return what a finding is about, whom and when: "suicide or self-harm; the writer, now"."""
    return _("%(what)s; %(who)s, %(when)s") % {
        "what": CATEGORY_WORDS[finding.category],
        "who": _WHO_WORDS[finding.who],
        "when": _WHEN_WORDS[finding.when],
    }


def certainty_words(finding: Finding) -> str:
    """Return how sure a finding is: "clear words", "likely" or "unsure: read it yourself"."""
    return str(_CERTAINTY_WORDS[finding.certainty])


def layer_words(layers: Iterable[str]) -> str:
    """Return what screening works with: "word patterns, learned wording"."""
    return ", ".join(str(_LAYER_WORDS.get(layer, layer)) for layer in layers)


def severity_words(severity: int) -> str:
    """Return the word for a severity of 0 to 4."""
    return str(Severity(severity).label)


def event_words(kind: str) -> str:
    """Return what happened, for an event of a case."""
    return str(EVENT_WORDS.get(kind, kind.replace("_", " ")))


def length_words(length: timedelta) -> str:
    """Return a length of time in its largest sensible unit: minutes below an hour, hours below two days, else days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = minutes // (24 * 60)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def moment_words(moment: datetime, *, now: datetime) -> str:
    """Return a moment as people say it, in the community's time zone: "10:00 tomorrow", "10:00 on Tuesday"."""
    zone = ZoneInfo(settings.TIME_ZONE)
    local = moment.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    clock = clock_words(local.time())
    if days == 0:
        return _("%(clock)s today") % {"clock": clock}
    if days == 1:
        return _("%(clock)s tomorrow") % {"clock": clock}
    if days == -1:
        return _("%(clock)s yesterday") % {"clock": clock}
    if 1 < days < 7:
        return _("%(clock)s on %(day)s") % {"clock": clock, "day": WEEKDAYS[local.weekday()]}
    return _("%(clock)s on %(day)s") % {"clock": clock, "day": date_format(local, "j F Y")}


def due_words(due_at: datetime, *, now: datetime) -> str:
    """Return by when a case should be looked at, and that it is late in that word."""
    left = due_at - now
    if left < timedelta(0):
        return _("late by %(length)s") % {"length": length_words(-left)}
    return _("due in %(length)s") % {"length": length_words(left)}


def clock_words(moment: time) -> str:
    """Return a time of day as on a 24-hour clock."""
    return f"{moment:%H:%M}"


def zone_words() -> str:
    """Return the name of the community's time zone, "Europe/Berlin"."""
    return settings.TIME_ZONE.replace("_", " ")


def gap_words(gap: Gap) -> str:
    """Return when nobody is on duty: "Nobody is on duty on Tuesday 23:00 to Wednesday 08:00"."""
    if (gap.from_weekday, gap.starts) == (gap.to_weekday, gap.ends):
        return _("Nobody is on duty at any time.")
    first, last = WEEKDAYS[gap.from_weekday], WEEKDAYS[gap.to_weekday]
    words = {"first": first, "starts": clock_words(gap.starts), "last": last, "ends": clock_words(gap.ends)}
    if gap.from_weekday == gap.to_weekday and gap.starts < gap.ends:
        return _("Nobody is on duty on %(first)s %(starts)s to %(ends)s.") % words
    return _("Nobody is on duty from %(first)s %(starts)s to %(last)s %(ends)s.") % words
