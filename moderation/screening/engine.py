"""Reads a post: text in, findings by passage out. No network, no clock, no state but the lexicon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from moderation.screening.context import TextContext
from moderation.screening.identifiers import identifiers
from moderation.screening.language import KNOWN, Languages, languages_of
from moderation.screening.lexicon import AUTO, Combination, Rule, lexicon
from moderation.screening.lexicon import use_lexicon as _use_lexicon
from moderation.screening.matching import MOST_PER_RULE, Match, Work, matches_in
from moderation.screening.normalise import Folded, fold
from moderation.screening.passages import Sentence, sentences
from moderation.screening.reading import Category, Finding, Reading, When, Who
from moderation.screening.weigh import overall_severity, weighed_severity

ENGINE_VERSION = "lexicon-3"

_MOST_IDENTIFIERS = 40  # passages that tell who somebody is; each gets its mask
_REACH = 3  # sentences looked at for a combination whose parts may stand near one another
_SOFTENED = {
    "denied": " The writer says that it is not so.",
    "quoted": " It is quoted from a song, film or book.",
    "past": " It lies in the past.",
    "imagined": " It is imagined or feared, not happening.",
    "possible": " It is spoken of in general or as a possibility.",
    "supervised": " A doctor or a ward seems to be looking after it.",
    "joke": " It seems to be meant as a joke.",
}
_SUICIDAL = (Category.SUICIDE_SELF_HARM, Category.SUICIDE_THREAT_OTHER)
_TEACHABLE = (
    *_SUICIDAL,
    Category.OVERDOSE_NOW,
    Category.DANGEROUS_WITHDRAWAL,
    Category.SOURCING,
    Category.MEDICAL_MISINFORMATION,
    Category.DOSE_ADVICE,
    Category.CHILD_SAFETY,
)
_AT_OTHERS = (Category.SHAMING_HARASSMENT, Category.MEDICAL_MISINFORMATION)
_OWN = (Category.SUICIDE_SELF_HARM, Category.OWN_USE)
_SUFFERED = (*_OWN, Category.DANGEROUS_WITHDRAWAL, Category.THREAT_BY_WRITER)
_DONE_BY_OTHER = (Category.VIOLENCE_COERCION, Category.SUICIDE_THREAT_OTHER)
_MAY_HAPPEN = (*_SUICIDAL, *_SUFFERED, Category.OVERDOSE_NOW, Category.VIOLENCE_COERCION, Category.CHILD_SAFETY)
_IDIOM_PROOF = (Category.IDENTIFYING_DATA, Category.BROKER_SPAM, Category.OWN_USE)


@dataclass(frozen=True, slots=True)
class Words:
    """A text made ready for reading: folded and cut into sentences, once for all layers."""

    text: str
    folded: Folded
    sentences: list[Sentence]


def words_of(text: str) -> Words:
    """Return `text` made ready for reading; takes any string, in time proportional to its length."""
    folded = fold(text)
    return Words(text, folded, sentences(folded.plain))


def read(text: str) -> Reading:
    """Return what screening finds in `text`; takes any string, in time proportional to its length."""
    return read_words(words_of(text))


def read_words(words: Words) -> Reading:
    """Return what screening finds in a text that was made ready."""
    folded, parts = words.folded, words.sentences
    languages = languages_of(words.text, folded=folded, sentences=parts)
    contexts = _contexts(folded.plain, parts, languages=languages)
    work = Work()
    findings = _settle([finding for context in contexts for finding in _read_in(context, work=work)])
    findings = _with_identifiers(contexts[0], findings, folded=folded)
    placed = tuple(_placed(finding, folded) for finding in sorted(findings, key=_place))
    severity = max(overall_severity(placed), *(1 if _is_hard_story(context) else 0 for context in contexts))
    return Reading(
        severity=severity,
        findings=placed,
        engine=ENGINE_VERSION,
        language=languages.overall,
        is_whole=not work.passed_over,
    )


def use_lexicon(folder: Path | None) -> None:
    """Read with an operator's entries in `folder` (`<language>/*.toml`) beside the shipped ones; None takes them out again.

    Raises LexiconError naming the file and the entry that is wrong, and then changes nothing.
    """
    _use_lexicon(folder)


def _contexts(plain: str, parts: list[Sentence], *, languages: Languages) -> list[TextContext]:
    """Return the text once for each language in which sentences of it are to be read; once, if it has none."""
    spoken = [(language, languages.numbers(language)) for language in KNOWN]
    contexts = [
        TextContext(plain, parts, language, None if len(numbers) == len(parts) else numbers)
        for language, numbers in spoken
        if numbers
    ]
    return contexts or [TextContext(plain, parts)]


def _read_in(context: TextContext, *, work: Work) -> Iterable[Finding]:
    """Yield what the lexicon of one language finds; what it cost is added to `work`."""
    matches = matches_in(context, work=work)
    for finding in (*_rule_findings(context, matches), *_combined_findings(context, matches)):
        if finding is not None:
            yield finding


def _rule_findings(context: TextContext, matches: dict[str, list[Match]]) -> list[Finding | None]:
    kept: list[Finding | None] = []
    for hits in matches.values():
        if hits[0].rule.category is None:
            continue
        found = [finding for hit in hits if (finding := _finding(context, hit, source=hit.rule)) is not None]
        # The gravest, not the first: a text may speak of the past many times before it speaks of tonight.
        kept += sorted(found, key=lambda finding: -finding.severity)[:MOST_PER_RULE]
    return kept


def _combined_findings(context: TextContext, matches: dict[str, list[Match]]) -> list[Finding | None]:
    """Return the findings of combinations whose parts stand within reach of one another."""
    found: list[Finding | None] = []
    for combination in lexicon(context.language).combinations:
        if not all(matches.get(part) for part in combination.all):
            continue
        if any(sum(bool(matches.get(part)) for part in group) < least for group, least in combination.some):
            continue
        found += [_finding(context, hit, source=combination) for hit in _meetings(combination, matches)]
    return found


def _meetings(combination: Combination, matches: dict[str, list[Match]]) -> list[Match]:
    """Return the marked match of each place where all parts of `combination` meet, one per sentence."""
    reach = {"sentence": 1, "near": _REACH, "text": 10_000}[combination.within]
    places = {
        part: {hit.number for hit in matches.get(part, [])} for part in (*combination.parts, *combination.without)
    }
    starts = sorted({hit.number for part in combination.parts for hit in matches.get(part, [])})
    meetings: list[Match] = []
    covered = -1
    for first in starts:
        # Over a whole text, what rules a meeting out may stand before its first part.
        window = range(reach) if combination.within == "text" else range(first, first + reach)
        if first <= covered or not _meets(combination, places, window=window):
            continue
        hit = next((hit for part in combination.parts for hit in matches.get(part, []) if hit.number in window), None)
        if hit is not None:
            meetings.append(hit)
        covered = first + reach - 1
        if len(meetings) >= MOST_PER_RULE:
            break
    return meetings


def _meets(combination: Combination, places: dict[str, set[int]], *, window: range) -> bool:
    def stands(part: str) -> bool:
        return any(number in window for number in places[part])

    if any(stands(part) for part in combination.without) or not all(stands(part) for part in combination.all):
        return False
    return all(sum(stands(part) for part in group) >= least for group, least in combination.some)


def _finding(context: TextContext, hit: Match, *, source: Rule | Combination) -> Finding | None:
    """Return the finding for a match after weighing what stands around it, or None for what was not meant."""
    category, number, start, end = source.category, hit.number, hit.start, hit.end
    if category is None or _is_not_meant(context, hit, category=category):
        return None
    when = context.when(number, start, end, looks_back=category is not Category.OVERDOSE_NOW)
    if when is When.NOW and isinstance(source, Rule) and source.usually_past:
        when = When.PAST
    softened = _softened(context, hit, source=source, when=when)
    if softened == "denied" and category not in _SUICIDAL:
        return None
    severity = 1 if softened else weighed_severity(category, source.severity, past=source.past, when=when)
    if category is Category.SUICIDE_SELF_HARM and context.is_about_other(number, start, end):
        category, who = Category.SUICIDE_THREAT_OTHER, _who(context, hit, category=Category.SUICIDE_THREAT_OTHER)
    else:
        who = _who(context, hit, category=category) if source.who == AUTO else Who(source.who)
    note = _SOFTENED.get(softened or ("past" if severity < source.severity and when is When.PAST else ""), "")
    return Finding(category, severity, who, when, start, end, source.reason + note, source.id)


def _who(context: TextContext, hit: Match, *, category: Category) -> Who:
    return context.who(
        hit.number, hit.start, hit.end, suffered=category in _SUFFERED, done_by_other=category in _DONE_BY_OTHER
    )


def _is_not_meant(context: TextContext, hit: Match, *, category: Category) -> bool:
    """Return whether a match is an idiom, teaching, hearsay, or about somebody its category is not about."""
    number, start, end = hit.number, hit.start, hit.end
    if category not in _IDIOM_PROOF and context.is_idiom(number, start, end):
        return True
    if category in _TEACHABLE and context.is_teaching(number):
        return True
    if category in _AT_OTHERS:
        return context.is_reported(number) or context.is_about_writer(number, start, end)
    if category in _OWN and context.is_about_other(number, start, end):
        return category is Category.OWN_USE or context.grammar.mine.search(context.plain, start, end) is not None
    return False


def _softened(context: TextContext, hit: Match, *, source: Rule | Combination, when: When) -> str:
    """Return why a finding counts for less than its words, or nothing."""
    number, start, end = hit.number, hit.start, hit.end
    if source.negation and context.is_negated(number, start, start if hit.says_no else end):
        return "denied"
    if context.is_lyric(number, start, end):
        return "quoted"
    own_danger = source.category is Category.SUICIDE_SELF_HARM
    if source.category in _MAY_HAPPEN and context.is_hypothetical(number, start, end, own_danger=own_danger):
        return "possible"
    if source.category is Category.DANGEROUS_WITHDRAWAL and context.is_advice:
        return "possible"
    if source.category is Category.OVERDOSE_NOW and context.is_dreaded(number):
        return "imagined"
    if source.category is Category.DANGEROUS_WITHDRAWAL and source.severity < 4 and context.is_supervised(number):
        return "supervised"
    if source.category is Category.THREAT_BY_WRITER and when is not When.PAST and context.is_joke(number):
        return "joke"
    return ""


def _settle(findings: list[Finding]) -> list[Finding]:
    """Drop findings that lean on others which are not there, and repeats of a passage within a category."""
    needy = frozenset[str]().union(*(lexicon(language).needy for language in KNOWN))
    standing = [finding for finding in findings if finding.rule not in needy and finding.severity >= 2]

    def leans_on_nothing(finding: Finding) -> bool:
        # The words that carry a finding cannot be the same that it leans on.
        return finding.rule in needy and not any(
            other.category is finding.category and not _overlap(other, finding) for other in standing
        )

    return _without_repeats([finding for finding in findings if not leans_on_nothing(finding)])


def _without_repeats(findings: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: (-finding.severity, finding.start, -finding.end)):
        if not any(other.category is finding.category and _overlap(other, finding) for other in kept):
            kept.append(finding)
    return kept


def _overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


def _with_identifiers(context: TextContext, findings: list[Finding], *, folded: Folded) -> list[Finding]:
    """Return the findings with identifying data added; a seller's or an advertiser's contact is not private data."""
    named = [
        Finding(Category.IDENTIFYING_DATA, 2, Who.OTHER, When.NOW, found.start, found.end, found.reason, found.rule)
        for found in islice(identifiers(folded), _MOST_IDENTIFIERS)
    ]
    offers = [finding for finding in findings if finding.category in (Category.SOURCING, Category.BROKER_SPAM)]
    return [
        finding
        for finding in _without_repeats([*named, *findings])
        if finding.category is not Category.IDENTIFYING_DATA
        or not any(context.same_sentence(finding.start, offer.start) for offer in offers)
    ]


def _is_hard_story(context: TextContext) -> bool:
    """Return whether a text without graver findings is an ordinary hard story rather than small talk."""
    grammar, plain = context.grammar, context.plain
    return grammar.hard.search(plain) is not None and grammar.person.search(plain) is not None


def _placed(finding: Finding, folded: Folded) -> Finding:
    start, end = folded.span(finding.start, finding.end)
    return replace(finding, start=start, end=end)


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.start, finding.end, finding.rule
