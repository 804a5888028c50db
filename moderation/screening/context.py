"""What stands around a match: negation, time, person, quotation, idiom and professional talk.

Nothing here removes a grave passage for being past or about someone else; it only says so. What it does take away is
what was never meant: idioms, refusals, teaching.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from moderation.screening.grammar import Grammar, grammar
from moderation.screening.hypothetical import is_advice, is_hypothetical
from moderation.screening.language import ENGLISH
from moderation.screening.passages import Sentence
from moderation.screening.reading import When, Who

_QUOTED = re.compile(r"\"[^\"\n]{1,400}\"|(?<!\w)'[^'\n]{3,300}'(?!\w)")


@dataclass(frozen=True)
class TextContext:
    """One folded text with its sentences, read in one language, and what holds for the text as a whole.

    `own` are the numbers of the sentences in this language; without them all are. The words around a match are looked for
    in the grammar of the language, in the sentences beside it too.
    """

    plain: str
    sentences: list[Sentence]
    language: str = ENGLISH
    own: frozenset[int] | None = None

    @cached_property
    def grammar(self) -> Grammar:
        """The grammar of the language."""
        return grammar(self.language)

    @cached_property
    def is_recovery_story(self) -> bool:
        """Whether the writer looks back from a settled recovery."""
        return self.grammar.recovery.search(self.plain) is not None

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
            spans = [match.span() for match in self.grammar.idioms.finditer(self.plain, sentence.start, sentence.end)]
            self._idiom_spans[number] = spans
        return any(first < end and start < last for first, last in spans)

    def is_negated(self, number: int, start: int, end: int) -> bool:
        """Return whether the passage is denied: a negation in its own clause, before it or inside it."""
        sentence = self.sentences[number]
        before = self.plain[max(sentence.start, start - 60) : start]
        if self.grammar.asked.search(before):
            return True
        clause = self.grammar.clause_end.split(before)[-1]
        words = " ".join(clause.split()[-5:])
        return self._denies(words) or self._denies(self.plain[start:end])

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
        if self.grammar.present.search(self.plain, start, end) or self.grammar.announced.search(
            self.plain, max(0, start - 14), start
        ):
            return When.NOW
        if self.grammar.past_after.search(self.sentence_text(number + 1)):
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
            person = self._person_in(passage)
            if person is not None and not (done_by_other and person is Who.CHILD):
                return person
        for earlier in range(number - 1, max(-1, number - 8), -1):
            person = self._person_in(self.sentence_text(earlier))
            if person is Who.PARTNER or (person is Who.CHILD and not done_by_other):
                return person
        named = self._person_in(self.plain[:4000], first=True)
        if (
            done_by_other
            and named in (None, Who.CHILD)
            and self.grammar.bare_other.search(self.plain[sentence.start : end])
        ):
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
            grammar=self.grammar,
        )

    @cached_property
    def is_advice(self) -> bool:
        """Whether the whole text speaks to a reader rather than of the writer."""
        return is_advice(self.plain, grammar=self.grammar)

    def _is_writers(self, number: int, start: int, end: int) -> bool:
        """Return whether the subject of the passage is the writer, in its own sentence or, unsaid, before it."""
        inside = self.grammar.own_subject.match(self.plain, start, end)
        if inside:
            return True
        for earlier in range(number, max(-1, number - 6), -1):
            stop = start if earlier == number else self.sentences[earlier].end
            subjects = [
                found.group()
                for found in self.grammar.any_subject.finditer(self.plain, self.sentences[earlier].start, stop)
            ]
            if subjects:
                return self.grammar.own_subject.match(subjects[-1]) is not None
        return self.grammar.others.search(self.plain[:4000]) is None

    def is_quoted(self, start: int, end: int) -> bool:
        """Return whether the passage stands in quotation marks."""
        return any(first <= start and end <= last for first, last in self.quotes)

    def is_lyric(self, number: int, start: int, end: int) -> bool:
        """Return whether the passage is quoted from a song, film or book."""
        if not self.is_quoted(start, end):
            return False
        return any(self.grammar.lyric.search(self.sentence_text(near)) for near in (number - 1, number, number + 1))

    def is_about_other(self, number: int, start: int, end: int) -> bool:
        """Return whether words that fit the writer are someone else's: quoted, or after "he" rather than "I"."""
        sentence = self.sentences[number]
        before = self.plain[sentence.start : start]
        if self.is_quoted(start, end):
            return self.grammar.said_by_other.search(before or self.sentence_text(number - 1)) is not None
        said = self.grammar.said_by_other.search(before)
        if said and self.grammar.announces.search(self.plain, sentence.start + said.end(), end):
            return True
        if self.grammar.writer_acts.search(self.plain, start, end):
            return False
        return self._subject(number, start) not in ("", "writer")

    def is_about_writer(self, number: int, start: int, end: int) -> bool:
        """Return whether words that fit others are the writer's own: after "I" and without "you"."""
        return self._subject(number, start) == "writer" and self.grammar.you.search(self.plain, start, end) is None

    def _subject(self, number: int, start: int) -> str:
        """Return "writer", "other" or nothing for the last subject before `start` in its sentence."""
        subjects = self.grammar.subject.findall(self.plain, self.sentences[number].start, start)
        if not subjects:
            return ""
        return "writer" if self.grammar.first_person.fullmatch(subjects[-1]) else "other"

    def is_teaching(self, number: int) -> bool:
        """Return whether the sentence teaches, asks about training, or speaks of people in general."""
        text = self.sentence_text(number)
        return self.grammar.teaching.search(text) is not None or self.grammar.generic.match(text) is not None

    def is_dreaded(self, number: int) -> bool:
        """Return whether the sentence imagines or dreads what it describes."""
        return self.grammar.dreaded.search(self.sentence_text(number)) is not None

    def is_supervised(self, number: int) -> bool:
        """Return whether a doctor or a ward is looking after what the sentence, or one beside it, describes."""
        return any(
            self.grammar.supervised.search(self.sentence_text(near)) for near in (number - 1, number, number + 1)
        )

    def is_joke(self, number: int) -> bool:
        """Return whether the sentence, or a short one after it, is marked as a joke."""
        text = self.sentence_text(number)
        return self.grammar.joke.search(text) is not None and self.grammar.not_a_joke.search(text) is None

    def is_reported(self, number: int) -> bool:
        """Return whether the sentence repeats what others told the writer."""
        return self.grammar.reported.search(self.sentence_text(number)) is not None

    def _times(self, number: int) -> tuple[bool, bool, bool]:
        known = self._sentence_times.get(number)
        if known is None:
            text = self.sentence_text(number)
            known = (
                self.grammar.past.search(text) is not None,
                self.grammar.now.search(text) is not None,
                self.grammar.recent.search(text) is not None,
            )
            self._sentence_times[number] = known
        return known

    def _denies(self, words: str) -> bool:
        return self.grammar.negation.search(self.grammar.no_negation.sub(" ", words)) is not None

    def _person_in(self, passage: str, *, first: bool = False) -> Who | None:
        """Return the last person named in `passage` (or the first), or None when it names nobody."""
        nearest: tuple[int, Who] | None = None
        known = self.grammar
        for who, nouns in ((Who.PARTNER, known.close), (Who.CHILD, known.child), (Who.OTHER, known.friend)):
            for match in nouns.finditer(passage):
                if nearest is None or (match.start() < nearest[0] if first else match.start() > nearest[0]):
                    nearest = (match.start(), who)
                if first:
                    break
        return nearest[1] if nearest else None
