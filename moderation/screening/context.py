"""What stands around a match: negation, time, person, quotation, idiom and professional talk.

Nothing here removes a grave passage for being past or about someone else; it only says so. What it does take away is
what was never meant: idioms, refusals, teaching.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from moderation.screening.hypothetical import is_advice, is_hypothetical
from moderation.screening.lexicon import ENGLISH, FOLDER, pattern_source, word_groups
from moderation.screening.passages import Sentence
from moderation.screening.reading import When, Who

_PAST = re.compile(
    r"\b(?:(?:years?|yrs?|decades?|ages|long time) (?:ago|back|since|before)|(?:1\d|[3-9]|four|five|six|seven|eight|nine|"
    r"ten|eleven|twelve|many|several) months (?:ago|back)|back (?:then|when (?:i|we|he|she))|back in (?:the (?:day|\d)|\d|my|high|college|school)|in (?:the )?(?:19\d\d|20[01]\d|202[0-3])|"
    r"in (?:19|20)?\d0s|in '\d\ds?\b|by (?:19\d\d|20[01]\d)|used to|last year|(?:when|while|until|till|before) (?:i|ah|he|she|we) (?:was|were) "
    r"(?:\w{1,12} ){0,2}(?:\d{1,2}|young\w*|kid|child|little|teen\w*|at school|using|drinking|active|nineteen|eighteen|"
    r"twenty|thirty|homeless|in my \w+|growing up|small|married|out there)|as a (?:kid|child|teen\w*|boy|girl|young)|"
    r"in my (?:early |late |mid )?(?:teens|twenties|thirties|forties|20'?s|30'?s|40'?s|youth|drinking days|using days)|"
    r"before (?:i|he|she|we) (?:got sober|stopped|quit|got clean|came in|found recovery|met)|growing up|as a child|"
    r"at (?:my|the) (?:worst|lowest)|rock bottom|in the past|once upon|many years|my childhood|(?:last|that) winter of it|"
    r"two decades|a decade (?:ago|back)|in (?:high school|college|uni|university)|my young(?:er)? (?:years|days)|"
    r"only a memory|not any ?more|don'?t any ?more|no longer (?:do|think|want|feel))\b"
)
_PAST_AFTER = re.compile(
    r"^\W{0,3}(?:and )?(?:but )?(?:that|it|this|all that|those days|i) (?:was|were|is|ended|stopped|happened|don'?t|haven'?t"
    r"|did not|didn'?t)(?: \w+){0,3}? ?(?:years?|decades?|ago|behind me|over now|over|done|any ?more|in the past|in years)"
)
_NOW = re.compile(
    r"\b(?:right now|tonight|rn|lately|currently|at the moment|still (?:have|think|want|feel|do|get|am)|"
    r"again (?:last|this|today|tonight|yesterday)|(?<!ago )this (?:week|morning|evening|month))\b"
)
_RECENT = re.compile(
    r"\b(?:yesterday|last (?:night|week|weekend|month|mon|tues|wednes|thurs|fri|satur|sun)\w{0,3}|(?:days?|nights|weeks?) ago"
    r"|(?:a|one|two|2|couple(?: of)?|few) months? ago|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"recently|the other (?:day|night|week)|(?<!ago )this week(?:end)?|this month|just (?:got|came) (?:out|home))\b"
)
_PRESENT_IN_MATCH = re.compile(
    r"\b(?:i'?m|am|is|are|want|wants|wanna|keep|keeps|gonna|going to|will|can'?t|cannot|don'?t|doesn'?t|wish|think|thinking|"
    r"hope|need|feel|says|tells|threatens|threatening|hits|takes|leave|leaves|i'?ll|he'?ll|she'?ll|keeps|makes|gives)\b"
)
_ANNOUNCED = re.compile(r"\b(?:i'?ll|i will|i'?m going to|i'?m gonna) (?:just )?$")
_RECOVERY = re.compile(
    r"\b(?:(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|many|several|a few) ?(?:years?|yrs?)"
    r"(?: \w+){0,2}? (?:sober|clean|in recovery|dry|in sobriety|without)|(?:sober|clean|dry|in recovery) (?:for|since) "
    r"(?:over |almost |nearly )?(?:\w+ years|(?:19|20)\d\d)|on (?:buprenorphine|methadone|suboxone|naltrexone) for (?:\w+ )?years|"
    r"(?:tenth|fifth|second|third|sixth|seventh|eighth|ninth|\w+th) (?:anniversary|birthday)|it (?:got|gets) better(?! for an? (?:bit|while|time|day|week))|"
    r"saved my life|gave me (?:a|my) life|i stayed sober|years sober|recovery story|"
    r"have not thought of hurting myself in years)\b"
)
_NEGATION = re.compile(
    r"\b(?:not|never|no|nor|neither|n'?t|\w{2,7}n't|dont|didnt|doesnt|isnt|wasnt|wont|wouldnt|cant|cannot|havent|"
    r"hasnt|arent|aint|nobody|none|dinnae|cannae|wouldnae|nothing)\b"
)
_NO_NEGATION = re.compile(
    r"\b(?:can'?t|cannot|couldn'?t|never|don'?t|didn'?t) (?:stop|help|shake|sleep|stand|cope|think straight|breathe|go on|"
    r"keep)\b|\bnot (?:only|just|sure|gonna lie|joking|kidding|going to lie)\b|\bno (?:idea|longer|joke|one|doubt|matter|"
    r"lie)\b|\b(?:don'?t|dont) (?:know|care|get me wrong|judge|want (?:to )?(?:worry|burden))\b|\bnobody knows\b|"
    r"\bnever (?:told|thought|felt|said|been so|posted)\b|\bnot (?:even )?a joke\b|\bnothing (?:helps|works|left)\b|"
    r"\bwhy (?:not|don'?t)\b"
)
_ASKED = re.compile(r"\b(?:asks?|asked|asking|wonders?) (?:\w+ )?(?:if|whether) (?:\w+ ){0,3}$")
_CLAUSE_END = re.compile(
    r"[,;:()]| - |\b(?:but|because|and|so|cause|cos|that's why|then|or|since|until|till|if|when)\b"
)
_QUOTED = re.compile(r"\"[^\"\n]{1,400}\"|(?<!\w)'[^'\n]{3,300}'(?!\w)")
_LYRIC = re.compile(
    r"\b(?:song|songs|lyrics?|chorus|verse|album|sang|sings|singing|track|tune|poem|film|movie|novel|character|episode|"
    r"quote|quotes|title)\b"
)
_SAID_BY_OTHER = re.compile(
    r"\b(?:he|she|they|him|her|husband|wife|partner|brother|sister|son|daughter|mum|mom|dad|mother|father|friend|boyfriend|"
    r"girlfriend|ex|bf|gf)\b.{0,40}\b(?:say\w*|said|tell\w*|told|text\w*|wrote|writes|scream\w*|shout\w*|threat\w*|messaged|"
    r"goes|was like)\b"
)
_FIRST_PERSON = re.compile(r"\b(?:i|i'?m|i'?ve|i'?d|i'?ll|me|my|ma|myself|ah|we)\b")
_WRITER_ACTS = re.compile(r"\b(?:i|i'?m|i'?ve|i'?d|i'?ll|ah|we|myself|masel|mysel)\b")
_SUBJECT = re.compile(
    r"\b(?:i|i'?m|i'?ve|i'?d|ah|we|you|you'?re|clients?|people|someone|he|he'?s|she|she'?s|they|they'?re|(?:my|her|his|our) (?:husband|wife|son|daughter|brother|"
    r"sister|mum|mom|mother|dad|father|partner|boyfriend|girlfriend|friend|ex|bf|gf|roommate|cousin|uncle|aunt))\b"
)
_OWN_BODY = (
    r"my (?:own |left |right |whole )?(?:hands?|heart|body|legs?|arms?|head|skin|chest|stomach|teeth|jaw|insides|tongue|"
    r"script|prescription|tablets|pills|last (?:drink|one|dose))"
)
_OWN_SUBJECT = re.compile(rf"\b(?:i|i'?m|i'?ve|i'?d|i'?ll|im|ive|ah|ah'm|{_OWN_BODY})\b")
_OTHERS = re.compile(
    r"\b(?:he|she|they|him|her|his|them|he'?s|she'?s|husband|wife|partner|son|daughter|brother|sister)\b"
)
_ANY_SUBJECT = re.compile(
    rf"{_OWN_SUBJECT.pattern}|\b(?:he|he'?s|she|she'?s|they|they'?re|(?:my|her|his|our|the|a) (?:\w{{2,10}} )?(?:husband|wife|son|"
    r"daughter|brother|sister|mum|mom|mother|dad|father|partner|boyfriend|girlfriend|friend|ex|bf|gf|roommate|flatmate|"
    r"cousin|uncle|aunt|nephew|niece|mate|lad|boy|girl|neighbou?r))\b"
)
_BARE_OTHER = re.compile(r"\b(?:he|she|he'?s|she'?s|him|her|his|hers)\b")
_ANNOUNCES = re.compile(r"[,:] .{0,80}\b(?:i'?ll|i will|i'?m going to|i'?m gonna|gonna)\b")
_YOU = re.compile(r"\b(?:you\w{0,3}|you'?re|u|ur|ye|ya|yer|yous)\b")
_SUPERVISED = re.compile(
    r"\b(?:with (?:my|his|her|the|a) (?:\w+ )?(?:doctor|gp|psychiatrist|hospital|team|clinic|nurse|detox)|(?:my|his|her) "
    r"(?:doctor|gp|doc) (?:is|and i|has put|put|started|checks|helps|brings|lowers|reduce)|in (?:a )?(?:proper |medical )?"
    r"(?:detox|hospital|ward|rehab)|medical(?:ly)? (?:detox|supervised)|taper(?:ing)? (?:\w+ ){0,3}with|proper nurses|"
    r"detox (?:team|ward|nurse|unit)|help of the hospital|we watch you|plan a medical)\b"
)
_TEACHING = re.compile(
    r"\b(?:training|trainings|course|class|classes|workshop|session|slides|prevention|policy|protocol|guidelines?|"
    r"first aid|patients (?:who|can|sometimes)|my clients|clients? (?:about|sometimes|mention)|what we teach|we teach|i teach|"
    r"people who drink heavily|asking patients|kits?|test strips|don'?t ever|please never|never stop|it'?s a myth|myth|"
    r"is (?:a )?myth|to stock|awareness)\b"
)
_GENERIC = re.compile(
    r"^\W{0,3}(?:if|when|whenever|in case) (?:someone|somebody|a person|anyone|anybody|people|a friend|your|they)\b"
)
_DREADED = re.compile(
    r"\b(?:(?:worst|biggest|greatest) (?:fear|nightmare)|one day i'?ll|nightmares? (?:of|about)|what if|imagine if|fear (?:of )?"
    r"finding|dread finding|might find|every phone call|in case|could have)\b"
)
_JOKE = re.compile(r"\b(?:lol|lmao+|haha+|rofl|jk|just kidding|joking|xd|hehe)\b|😂|🤣")
_NOT_A_JOKE = re.compile(r"\b(?:not|isn'?t|no|ain'?t) (?:\w+ ){0,2}(?:joke|joking|kidding)\b")
_REPORTED = re.compile(
    r"\b(?:people|they|everyone|doctors?|someone|he|she|my (?:mother|mum|mom|dad|father|sponsor|family|husband|wife)) (?:\w+ )?"
    r"(?:told|tell|tells|said to|says to|kept telling) me\b"
)


@cache
def _nouns(group: str) -> re.Pattern[str]:
    return re.compile(pattern_source(f"{{{group}}}", groups=word_groups(FOLDER / ENGLISH)))


@cache
def _idioms() -> re.Pattern[str]:
    lines = (FOLDER / ENGLISH / "idioms.txt").read_text(encoding="utf-8").splitlines()
    groups = word_groups(FOLDER / ENGLISH)
    sources = [pattern_source(line, groups=groups) for line in lines if line.strip() and not line.startswith("#")]
    return re.compile("|".join(sources))


@dataclass(frozen=True)
class TextContext:
    """One folded text with its sentences, and what holds for the text as a whole."""

    plain: str
    sentences: list[Sentence]

    @cached_property
    def is_recovery_story(self) -> bool:
        """Whether the writer looks back from a settled recovery."""
        return _RECOVERY.search(self.plain) is not None

    @cached_property
    def quotes(self) -> list[tuple[int, int]]:
        """Offsets of the quoted passages."""
        if '"' not in self.plain and "'" not in self.plain:
            return []
        return [match.span() for match in _QUOTED.finditer(self.plain)]

    @cached_property
    def _idiom_spans(self) -> dict[int, list[tuple[int, int]]]:
        return {}

    @cached_property
    def _sentence_times(self) -> dict[int, tuple[bool, bool, bool]]:
        return {}

    def same_sentence(self, one: int, other: int) -> bool:
        """Return whether two folded offsets lie in the same sentence."""
        return any(
            sentence.start <= one < sentence.end and sentence.start <= other < sentence.end
            for sentence in self.sentences
        )

    def sentence_text(self, number: int) -> str:
        """Return the text of sentence `number`, or nothing beyond the ends of the text."""
        if not 0 <= number < len(self.sentences):
            return ""
        sentence = self.sentences[number]
        return self.plain[sentence.start : sentence.end]

    def is_idiom(self, number: int, start: int, end: int) -> bool:
        """Return whether the passage lies on a harmless turn of phrase."""
        spans = self._idiom_spans.get(number)
        if spans is None:
            sentence = self.sentences[number]
            spans = [match.span() for match in _idioms().finditer(self.plain, sentence.start, sentence.end)]
            self._idiom_spans[number] = spans
        return any(first < end and start < last for first, last in spans)

    def is_negated(self, number: int, start: int, end: int) -> bool:
        """Return whether the passage is denied: a negation in its own clause, before it or inside it."""
        sentence = self.sentences[number]
        before = self.plain[max(sentence.start, start - 60) : start]
        if _ASKED.search(before):
            return True
        clause = _CLAUSE_END.split(before)[-1]
        words = " ".join(clause.split()[-5:])
        return _denies(words) or _denies(self.plain[start:end])

    def when(self, number: int, start: int, end: int, *, looks_back: bool) -> When:
        """Return when the passage happens, from the words around it; without a sign of time it is now.

        `looks_back` allows the whole text, a recovery story, to put what it tells in the past tense into the past.
        """
        past, strong_now, recent = self._times(number)
        if recent:
            return When.RECENT
        if strong_now:
            return When.NOW
        if past:
            return When.PAST
        if _PRESENT_IN_MATCH.search(self.plain, start, end) or _ANNOUNCED.search(self.plain, max(0, start - 14), start):
            return When.NOW
        if _PAST_AFTER.search(self.sentence_text(number + 1)):
            return When.PAST
        paragraph = self.sentences[number].paragraph
        for earlier in range(number - 1, max(-1, number - 5), -1):
            if self.sentences[earlier].paragraph != paragraph:
                break
            was_past, was_now, was_recent = self._times(earlier)
            if was_past:
                return When.PAST
            if was_now or was_recent:
                break
        return When.PAST if looks_back and self.is_recovery_story else When.NOW

    def who(self, number: int, start: int, end: int, *, suffered: bool, done_by_other: bool) -> Who:
        """Return whom the passage is about: its subject when that is the writer, else the nearest person named.

        `suffered` says that the passage is about the one who is unwell or acts, so "I" and "my hands" are the writer;
        `done_by_other`, that a bare "he" or "she" stands for someone close, as those who write here mean it.
        """
        if suffered and self._is_writers(number, start, end):
            return Who.WRITER
        sentence = self.sentences[number]
        for passage in (self.plain[start:end], self.plain[sentence.start : start]):
            person = _person_in(passage)
            if person is not None and not (done_by_other and person is Who.CHILD):
                return person
        for earlier in range(number - 1, max(-1, number - 8), -1):
            person = _person_in(self.sentence_text(earlier))
            if person is Who.PARTNER or (person is Who.CHILD and not done_by_other):
                return person
        named = _person_in(self.plain[:4000], first=True)
        if done_by_other and named in (None, Who.CHILD) and _BARE_OTHER.search(self.plain[sentence.start : end]):
            return Who.PARTNER
        return named or Who.OTHER

    def is_hypothetical(self, number: int, start: int, end: int, *, own_danger: bool) -> bool:
        """Return whether the passage is advice or a question about what may happen, not a report of what happens.

        `own_danger` keeps a farewell written to "you" from being taken for advice.
        """
        sentence = self.sentences[number]
        return is_hypothetical(
            self.plain[sentence.start : sentence.end],
            start=start - sentence.start,
            end=end - sentence.start,
            advises=self.is_advice and not own_danger,
        )

    @cached_property
    def is_advice(self) -> bool:
        """Whether the whole text speaks to a reader rather than of the writer."""
        return is_advice(self.plain)

    def _is_writers(self, number: int, start: int, end: int) -> bool:
        """Return whether the subject of the passage is the writer, in its own sentence or, unsaid, before it."""
        inside = _OWN_SUBJECT.match(self.plain, start, end)
        if inside:
            return True
        for earlier in range(number, max(-1, number - 6), -1):
            stop = start if earlier == number else self.sentences[earlier].end
            subjects = [
                found.group() for found in _ANY_SUBJECT.finditer(self.plain, self.sentences[earlier].start, stop)
            ]
            if subjects:
                return _OWN_SUBJECT.match(subjects[-1]) is not None
        return _OTHERS.search(self.plain[:4000]) is None

    def is_quoted(self, start: int, end: int) -> bool:
        """Return whether the passage stands in quotation marks."""
        return any(first <= start and end <= last for first, last in self.quotes)

    def is_lyric(self, number: int, start: int, end: int) -> bool:
        """Return whether the passage is quoted from a song, film or book."""
        if not self.is_quoted(start, end):
            return False
        return any(_LYRIC.search(self.sentence_text(near)) for near in (number - 1, number, number + 1))

    def is_about_other(self, number: int, start: int, end: int) -> bool:
        """Return whether words that fit the writer are someone else's: quoted, or after "he" rather than "I"."""
        sentence = self.sentences[number]
        before = self.plain[sentence.start : start]
        if self.is_quoted(start, end):
            return _SAID_BY_OTHER.search(before or self.sentence_text(number - 1)) is not None
        said = _SAID_BY_OTHER.search(before)
        if said and _ANNOUNCES.search(self.plain, sentence.start + said.end(), end):
            return True
        if _WRITER_ACTS.search(self.plain, start, end):
            return False
        return self._subject(number, start) not in ("", "writer")

    def is_about_writer(self, number: int, start: int, end: int) -> bool:
        """Return whether words that fit others are the writer's own: after "I" and without "you"."""
        return self._subject(number, start) == "writer" and _YOU.search(self.plain, start, end) is None

    def _subject(self, number: int, start: int) -> str:
        """Return "writer", "other" or nothing for the last subject before `start` in its sentence."""
        subjects = _SUBJECT.findall(self.plain, self.sentences[number].start, start)
        if not subjects:
            return ""
        return "writer" if _FIRST_PERSON.fullmatch(subjects[-1]) else "other"

    def is_teaching(self, number: int) -> bool:
        """Return whether the sentence teaches, asks about training, or speaks of people in general."""
        text = self.sentence_text(number)
        return _TEACHING.search(text) is not None or _GENERIC.match(text) is not None

    def is_dreaded(self, number: int) -> bool:
        """Return whether the sentence imagines or dreads what it describes."""
        return _DREADED.search(self.sentence_text(number)) is not None

    def is_supervised(self, number: int) -> bool:
        """Return whether a doctor or a ward is looking after what the sentence, or one beside it, describes."""
        return any(_SUPERVISED.search(self.sentence_text(near)) for near in (number - 1, number, number + 1))

    def is_joke(self, number: int) -> bool:
        """Return whether the sentence, or a short one after it, is marked as a joke."""
        text = self.sentence_text(number)
        return _JOKE.search(text) is not None and _NOT_A_JOKE.search(text) is None

    def is_reported(self, number: int) -> bool:
        """Return whether the sentence repeats what others told the writer."""
        return _REPORTED.search(self.sentence_text(number)) is not None

    def _times(self, number: int) -> tuple[bool, bool, bool]:
        known = self._sentence_times.get(number)
        if known is None:
            text = self.sentence_text(number)
            known = (
                _PAST.search(text) is not None,
                _NOW.search(text) is not None,
                _RECENT.search(text) is not None,
            )
            self._sentence_times[number] = known
        return known


def _denies(words: str) -> bool:
    return _NEGATION.search(_NO_NEGATION.sub(" ", words)) is not None


def _person_in(passage: str, *, first: bool = False) -> Who | None:
    """Return the last person named in `passage` (or the first), or None when it names nobody."""
    nearest: tuple[int, Who] | None = None
    for who, group in ((Who.PARTNER, "close"), (Who.CHILD, "child"), (Who.OTHER, "friend")):
        for match in _nouns(group).finditer(passage):
            if nearest is None or (match.start() < nearest[0] if first else match.start() > nearest[0]):
                nearest = (match.start(), who)
            if first:
                break
    return nearest[1] if nearest else None
