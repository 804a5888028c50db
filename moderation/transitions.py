"""Which step of a case may follow which: one pure table, without a database."""

from moderation.enums import CaseStatus

_NEXT: dict[CaseStatus, frozenset[CaseStatus]] = {
    # Read by the machine: a person is needed, or nothing is left to do.
    CaseStatus.SCREENING: frozenset({CaseStatus.WAITING, CaseStatus.CLOSED}),
    # Decided; or given back to the author; or sent on to a safety lead, which is waiting again.
    CaseStatus.WAITING: frozenset({CaseStatus.WAITING, CaseStatus.RETURNED, CaseStatus.CLOSED}),
    # The author changed it, took it back, or won an appeal.
    CaseStatus.RETURNED: frozenset({CaseStatus.SCREENING, CaseStatus.CLOSED}),
    CaseStatus.CLOSED: frozenset(),
}


def may_follow(now: CaseStatus | str, then: CaseStatus | str) -> bool:
    """Return whether a case in status `now` may go to `then`."""
    return CaseStatus(then) in _NEXT[CaseStatus(now)]
