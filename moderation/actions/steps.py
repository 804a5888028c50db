"""The one way in which a case changes its status."""

from typing import Any

from django.utils.translation import gettext as _

from core.results import ConflictError
from moderation.enums import CaseStatus
from moderation.models import Case
from moderation.transitions import may_follow


def move_case(case: Case, to: CaseStatus, **changes: Any) -> None:
    """Bring `case` to the status `to` and write `changes` with it, in the caller's transaction.

    Raises ValueError for a step that the table of transitions does not have, ConflictError when another was quicker.
    """
    if not may_follow(case.status, to):
        message = f"a case cannot go from {case.status} to {to}"
        raise ValueError(message)
    won = Case.objects.filter(pk=case.pk, status=case.status).update(status=to, **changes)
    if not won:
        raise ConflictError(_("This case has changed meanwhile."))
    case.status = to
