"""Tells advice, questions and what may happen from what happens.

"If she ever says that she wants to die, ring together" warns; it does not report. Such a passage stays visible at level 1.
A sentence in which the writer stands ("if I go he says he will do it") is never taken for advice.
"""

from __future__ import annotations

from moderation.screening.grammar import Grammar

_MANY = 3  # a text that says "you" this often, and less often "I", speaks to a reader


def is_advice(plain: str, *, grammar: Grammar) -> bool:
    """Return whether the whole of `plain` (folded text) speaks to a reader rather than of the writer."""
    to_reader = len(grammar.reader.findall(plain))
    return to_reader >= _MANY and to_reader >= 1.5 * len(grammar.writer.findall(plain))


def is_hypothetical(sentence: str, *, start: int, end: int, advises: bool, grammar: Grammar) -> bool:
    """Return whether `sentence[start:end]` is spoken of as a possibility.

    `advises` tells that the whole text speaks to a reader: then a sentence without the writer in it is enough.
    """
    if grammar.common_talk.search(sentence) or grammar.question.match(sentence):
        return True
    if grammar.writer.search(sentence[:end]):
        return False
    if advises:
        return True
    condition = grammar.condition.search(sentence, 0, end)
    if condition is not None and condition.start() <= start:
        return True
    return grammar.people_who.search(sentence, 0, end) is not None
