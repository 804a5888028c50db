"""Who is on duty when: shifts are added and removed, with an event."""

from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.results import Denied, InvalidError, require
from moderation import rules
from moderation.models import Shift


def add_shift(person: User, *, role: str, weekday: int, starts: time, ends: time, by: User, at: datetime) -> Shift:
    """Put `person` on the rota every `weekday` (0 is Monday), in the community's time zone, and return the shift.

    `ends` at or before `starts` is on the next day. Raises InvalidError for a person without the role, a weekday that is
    none, or a shift that is there already.
    """
    require(rules.can_keep_rota(by))
    fit = rules.can_be_on_duty(person, role)
    if isinstance(fit, Denied):
        raise InvalidError(fit.reason, "person")
    if weekday not in range(7):
        raise InvalidError(_("Choose a day of the week."), "weekday")
    with transaction.atomic():
        # Two presses of the button wait for one another here.
        User.objects.select_for_update().get(pk=person.pk)
        if Shift.objects.filter(person=person, role=role, weekday=weekday, starts=starts, ends=ends).exists():
            raise InvalidError(_("This shift is on the rota already."), "starts")
        shift = Shift.objects.create(person=person, role=role, weekday=weekday, starts=starts, ends=ends)
        record("shift_added", shift, by=by, at=at, person=person.pk, role=role, weekday=weekday)
    return shift


def remove_shift(shift: Shift, *, by: User, at: datetime) -> bool:
    """Take a shift off the rota; False when it was gone already. Promises made from now on no longer count on it."""
    require(rules.can_keep_rota(by))
    with transaction.atomic():
        shift_id = shift.pk
        if not Shift.objects.filter(pk=shift_id).delete()[0]:
            return False
        record("shift_removed", shift, by=by, at=at, person=shift.person_id, role=shift.role, weekday=shift.weekday)
    return True
