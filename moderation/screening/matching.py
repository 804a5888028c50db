"""Where the patterns of the lexicon match: only those are tried in a sentence whose key word stands in it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from moderation.screening.context import TextContext
from moderation.screening.lexicon import Rule, lexicon

MOST_PER_RULE = 8  # findings of one rule in one post; more say nothing new and would only cost time
_TOKEN = re.compile(r"[\w$£€][\w'$£€]{0,30}")


@dataclass(frozen=True, slots=True)
class Match:
    """One match of a rule in sentence `number`, at folded offsets."""

    rule: Rule
    number: int
    start: int
    end: int
    says_no: bool = False


@lru_cache(maxsize=32768)
def _patterns_for(token: str) -> frozenset[tuple[int, int]]:
    """Return the patterns that `token` gives a reason to try, as (rule number, pattern number)."""
    known = lexicon()
    word = token.replace("'", "")
    found: set[tuple[int, int]] = set()
    for beginning in {token, word}:
        for length in range(1, min(len(beginning), known.longest_key) + 1):
            found |= known.index.get(beginning[:length], frozenset())
    return frozenset(found)


def matches_in(context: TextContext) -> dict[str, list[Match]]:
    """Return the matches of every rule and part by its id, in order of place."""
    rules = lexicon().rules
    found: dict[str, list[Match]] = defaultdict(list)
    for number, sentence in enumerate(context.sentences):
        # A slice, so that "^" means the beginning of the sentence and not of the whole text.
        text = context.plain[sentence.start : sentence.end].lstrip()
        start = sentence.end - len(text)
        wanted: set[tuple[int, int]] = set()
        for token in set(_TOKEN.findall(context.plain, sentence.start, sentence.end)):
            wanted |= _patterns_for(token)
        for rule_number, place in sorted(wanted):
            rule = rules[rule_number]
            if len(found[rule.id]) >= MOST_PER_RULE * 4:
                continue
            match = rule.patterns[place].search(text)
            if match:
                hit = Match(rule, number, start + match.start(), start + match.end(), says_no=rule.says_no[place])
                found[rule.id].append(hit)
    return found
