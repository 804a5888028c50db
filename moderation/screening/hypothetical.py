"""Tells advice, questions and what may happen from what happens.

"If she ever says that she wants to die, ring together" warns; it does not report. Such a passage stays visible at level 1.
A sentence in which the writer stands ("if I go he says he will do it") is never taken for advice.
"""

from __future__ import annotations

import re

_GENERIC = (
    r"(?:someone|somebody|a person|anyone|anybody|people|a friend|they|the person|a (?:partner|parent|child|husband|wife|woman|man|"
    r"drinker|user|loved one)|your \w+|their \w+|somebody'?s|someone'?s|you|yours?)"
)
_CONDITION = re.compile(
    rf"\b(?:if|when|whenever|in case|should|unless|suppose|once|whether|even if|where) {_GENERIC}\b|"
    r"\b(?:if|when|whenever|in case|should) (?:he|she|it|they|\w+ \w+) ever\b|"
    r"^\W{0,3}(?:\w+ ){0,3}(?:people|those|anyone|anybody|someone|somebody|a (?:person|partner|parent|man|woman)|parents|partners|men|women|"
    r"clients|patients) (?:who|whose|that)\b"
)
_QUESTION = re.compile(
    r"^\W{0,3}(?:(?:and|but|so|or|also) )?(?:are|do|does|did|have|has|is|was|were|can|could|would|will) (?:\w+ )?"
    r"(?:you|your|he ever|she ever|they ever|it ever|anyone|anybody)\b.{0,400}\?"
)
_EVER_QUESTION = re.compile(
    r"^\W{0,3}(?:\w+ ){0,2}(?:does|did|has|have|is|do) (?:he|she|they|your \w+) ever\b.{0,400}\?"
)
_COMMON_TALK = re.compile(
    r"\b(?:it'?s often said|people (?:often )?(?:say|think|believe|worry|ask)|some (?:people|parents|partners|of us)|many (?:people|"
    r"parents|partners)|i often (?:hear|see|meet)|as a (?:counselor|nurse|doctor|helper)|a limit is|for example|for instance|"
    r"such as|threats? like that|warning signs?|the leaflet|in general|can be a sign|is a sign)\b"
)
_WRITER = re.compile(r"\b(?:i|i'?m|i'?ve|i'?d|i'?ll|im|ive|me|my|mine|myself|us|our)\b")
_READER = re.compile(r"\b(?:you|your|yours|yourself|you'?re|you'?ve|you'?ll|you'?d)\b")
_MANY = 3  # a text that says "you" this often, and less often "I", speaks to a reader


def is_advice(plain: str) -> bool:
    """Return whether the whole of `plain` (folded text) speaks to a reader rather than of the writer."""
    to_reader = len(_READER.findall(plain))
    return to_reader >= _MANY and to_reader >= 1.5 * len(_WRITER.findall(plain))


def is_hypothetical(sentence: str, *, start: int, end: int, advises: bool) -> bool:
    """Return whether `sentence[start:end]` is spoken of as a possibility.

    `advises` tells that the whole text speaks to a reader: then a sentence without the writer in it is enough.
    """
    if _COMMON_TALK.search(sentence) or _QUESTION.match(sentence) or _EVER_QUESTION.match(sentence):
        return True
    if _WRITER.search(sentence[:end]):
        return False
    if advises:
        return True
    condition = _CONDITION.search(sentence, 0, end)
    return condition is not None and condition.start() <= start
