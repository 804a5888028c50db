"""Where the patterns of the lexicon match: a pattern is tried only in a sentence that holds the words it cannot do without."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from moderation.screening.context import TextContext
from moderation.screening.lexicon import Lexicon, Rule, lexicon
from moderation.screening.needed_words import MOST_NEEDS, needs_of, pieces_of, tokens_of

MOST_PER_RULE = 8  # findings of one rule in one post; more say nothing new and would only cost time
_FIRST, _LAST = 16, 16  # matches of one rule that are kept: of a long story both how it begins and how it ends
_LEVELS = MOST_NEEDS + 1  # what the lexicon gives as a pattern's key, and what the pattern itself needs
_NO_PATTERNS = (0,) * _LEVELS
# Signs that the gap of a pattern may take for part of a word or for what stands between words. Each doubles the ways to read a
# sentence, so only the first few count as signs, and an apostrophe only inside a word, once.
_LOOSE_SIGN = re.compile(r"[_$£€]")
_MOST_LOOSE_SIGNS = 6
_ODD_APOSTROPHE = re.compile(r"(?<![^\W_])'|'(?![^\W_])|(?<=[^\W_]')[^\W_]{1,20}'")


@dataclass(frozen=True, slots=True)
class Match:
    """One match of a rule in sentence `number`, at folded offsets."""

    rule: Rule
    number: int
    start: int
    end: int
    says_no: bool = False


@dataclass(slots=True)
class Work:
    """What reading a text cost, counted: it depends on the text alone and not on the machine."""

    sentences: int = 0
    trials: int = 0  # patterns tried in a sentence
    passed_over: int = 0  # matches between the first and the last of a rule that were not kept


@dataclass(frozen=True, eq=False)
class Filter:
    """Which patterns a sentence gives a reason to try, as bits: pattern `n` of `patterns` is bit `n`.

    A pattern has up to `_LEVELS` needs. `unneeded` holds for each level the patterns that need nothing there; `whole` and
    `begins` hold for each word, level by level, the patterns whose need it meets.
    """

    patterns: tuple[tuple[int, int], ...]  # rule number, number of the pattern in its rule
    unneeded: tuple[int, ...]
    whole: dict[str, tuple[int, ...]]
    begins: dict[str, tuple[int, ...]]
    longest: int
    known: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def worth_trying(self, tokens: set[str]) -> Iterator[tuple[int, int]]:
        """Yield the patterns all of whose needs a sentence of these `tokens` meets, as (rule number, pattern number)."""
        one, two, three, four, five = self.unneeded
        for token in tokens:
            met = self._met_by(token)
            if met is not _NO_PATTERNS:
                one |= met[0]
                two |= met[1]
                three |= met[2]
                four |= met[3]
                five |= met[4]
        left = one & two & three & four & five
        while left:
            lowest = left & -left
            yield self.patterns[lowest.bit_length() - 1]
            left ^= lowest

    def _met_by(self, token: str) -> tuple[int, ...]:
        met = self.known.get(token)
        if met is None:
            met = _NO_PATTERNS
            for piece in pieces_of(token):
                met = _either(met, self.whole.get(piece))
                for length in range(1, min(len(piece), self.longest) + 1):
                    met = _either(met, self.begins.get(piece[:length]))
            if len(self.known) >= _MOST_TOKENS:
                self.known.clear()
            self.known[token] = met
        return met


_MOST_TOKENS = 16384  # different tokens remembered


def matches_in(context: TextContext, *, work: Work | None = None) -> dict[str, list[Match]]:
    """Return the matches of every rule and part by its id, in the order of the lexicon and then of place.

    Only sentences of the context's language are read.

    What it costs is added to `work`.
    """
    known = lexicon(context.language)
    wanted = filter_of(known)
    found: dict[str, list[Match]] = defaultdict(list)
    work = work if work is not None else Work()
    for number, sentence in enumerate(context.sentences):
        if context.own is not None and number not in context.own:
            continue
        # A slice, so that "^" means the beginning of the sentence and not of the whole text.
        text = context.plain[sentence.start : sentence.end].lstrip()
        start = sentence.end - len(text)
        text = sentence_to_match(text)
        work.sentences += 1
        for rule_number, place in wanted.worth_trying(tokens_of(text)):
            rule = known.rules[rule_number]
            work.trials += 1
            match = rule.patterns[place].search(text)
            if match:
                hit = Match(rule, number, start + match.start(), start + match.end(), says_no=rule.says_no[place])
                hits = found[rule.id]
                if len(hits) == _FIRST + _LAST:
                    del hits[_FIRST]
                    work.passed_over += 1
                hits.append(hit)
    return {rule.id: found[rule.id] for rule in known.rules if rule.id in found}


@lru_cache(maxsize=8)
def filter_of(known: Lexicon) -> Filter:
    """Return the filter for a lexicon, made once; that takes about a second."""
    patterns = tuple((number, place) for number, rule in enumerate(known.rules) for place in range(len(rule.patterns)))
    unneeded = [0] * _LEVELS
    whole: dict[str, list[int]] = {}
    begins: dict[str, list[int]] = {}
    for position, (number, place) in enumerate(patterns):
        bit = 1 << position
        rule = known.rules[number]
        for key in rule.keys[place]:
            begins.setdefault(key.replace("'", ""), [0] * _LEVELS)[0] |= bit
        needs = needs_of(rule.patterns[place])
        for level, need in enumerate(needs, start=1):
            for words, into in ((need.whole, whole), (need.begins, begins)):
                for word in words:
                    into.setdefault(word, [0] * _LEVELS)[level] |= bit
        for level in range(len(needs) + 1, _LEVELS):
            unneeded[level] |= bit
    return Filter(
        patterns=patterns,
        unneeded=tuple(unneeded),
        whole={word: tuple(masks) for word, masks in whole.items()},
        begins={word: tuple(masks) for word, masks in begins.items()},
        longest=max(map(len, begins), default=0),
    )


def _either(one: tuple[int, ...], other: tuple[int, ...] | None) -> tuple[int, ...]:
    if other is None:
        return one
    return tuple(first | second for first, second in zip(one, other, strict=True))


def sentence_to_match(text: str) -> str:
    """Return a sentence, as long as before, with loose signs beyond the first few, and odd apostrophes, as spaces."""
    if "'" in text:
        text = _ODD_APOSTROPHE.sub(_without_last, text)
    if len(_LOOSE_SIGN.findall(text)) <= _MOST_LOOSE_SIGNS:
        return text
    kept = 0
    for _ in range(_MOST_LOOSE_SIGNS):
        found = _LOOSE_SIGN.search(text, kept)
        kept = found.end() if found else len(text)
    return text[:kept] + _LOOSE_SIGN.sub(" ", text[kept:])


def _without_last(match: re.Match[str]) -> str:
    return f"{match.group()[:-1]} "
