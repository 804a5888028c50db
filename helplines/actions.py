"""Every change of the directory."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import events
from core.results import InvalidError, require
from helplines import rules
from helplines.demo import demo_rows
from helplines.models import Helpline
from helplines.rows import Row

# A change in one of these means that what somebody checked is no longer what is shown.
_CHECKED = ("call", "text_number", "text_word", "chat_address", "hours", "purposes", "note")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows an import added, changed, and found as they were."""

    added: int
    changed: int
    same: int


def import_rows(rows: Sequence[Row], *, at: datetime) -> Imported:
    """Store `rows`, all or none; importing the same rows again changes nothing.

    New rows are unverified, so nobody sees them before an operator has checked them; a row whose facts changed has to be
    checked again. Rows that are not in the file stay.
    """
    added = changed = 0
    with transaction.atomic():
        stored = {
            (line.country, line.name): line for line in Helpline.objects.select_for_update().filter(is_demo=False)
        }
        for row in rows:
            line = stored.get((row.country, row.name))
            if line is None:
                line = Helpline.objects.create(**_columns(row))
                events.record("helpline_added", line, at=at)
                added += 1
            elif _update(line, row):
                events.record("helpline_changed", line, at=at, verified=line.verified_on is not None)
                changed += 1
    return Imported(added, changed, len(rows) - added - changed)


def verify_helpline(helpline: Helpline, *, by: User, on: date) -> None:
    """Keep that `by` (an operator) has checked `helpline` on the day `on`; from then on it is shown for half a year."""
    require(rules.can_verify_helpline(by, helpline))
    if on > timezone.now().date():
        raise InvalidError(_("That day has not come yet."), "on")
    with transaction.atomic():
        helpline.verified_on = on
        helpline.verified_by = by
        helpline.save(update_fields=["verified_on", "verified_by"])
        events.record("helpline_verified", helpline, by=by, on=on.isoformat())


def seed_demo_rows() -> int:
    """Store the invented rows of the demonstration, marked as such; return how many there are. Safe to run again."""
    rows = demo_rows()
    with transaction.atomic():
        for row in rows:
            columns = _columns(row) | {"is_demo": True, "verified_on": None, "verified_by": None}
            Helpline.objects.update_or_create(country=row.country, name=row.name, defaults=columns)
    return len(rows)


def _columns(row: Row) -> dict[str, object]:
    return asdict(row) | {"purposes": list(row.purposes)}


def _update(line: Helpline, row: Row) -> bool:
    """Bring `line` up to `row` and return whether anything differed."""
    new = _columns(row)
    differing = [name for name, value in new.items() if getattr(line, name) != value]
    if not differing:
        return False
    for name in differing:
        setattr(line, name, new[name])
    if set(differing) & set(_CHECKED):
        line.verified_on, line.verified_by = None, None
    line.save(update_fields=[*differing, "verified_on", "verified_by"])
    return True
