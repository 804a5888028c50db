"""How severe a finding is once it is known whom it is about and when it happened.

What is past, or only imagined, taught or denied, lowers the clock. It never hides a grave finding from the people who
read the case: it stays, at level 1, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable

from moderation.screening.reading import Category, Finding, When

# Categories that depend on what happens in a life; for the others time does not matter.
_LIVED = frozenset(
    {
        Category.SUICIDE_SELF_HARM,
        Category.SUICIDE_THREAT_OTHER,
        Category.OVERDOSE_NOW,
        Category.DANGEROUS_WITHDRAWAL,
        Category.VIOLENCE_COERCION,
        Category.CHILD_SAFETY,
        Category.THREAT_BY_WRITER,
        Category.OWN_USE,
        Category.SOURCING,
    }
)


def weighed_severity(category: Category, severity: int, *, past: int, when: When) -> int:
    """Return the severity (1 to 4) after time is weighed; `past` is the level of what is long over."""
    if when is When.PAST and category in _LIVED:
        return min(severity, past)
    if when is When.RECENT and category is Category.OVERDOSE_NOW:
        return severity if severity < 4 else 3
    return severity


def overall_severity(findings: Iterable[Finding]) -> int:
    """Return the severity of a post: that of its gravest finding, or 0."""
    return max((finding.severity for finding in findings), default=0)
