"""Call people to a case that cannot wait."""

from datetime import datetime

from django.urls import reverse

from accounts.models import Role, User
from core.events import record
from moderation import rota
from moderation.models import Case
from notices.actions import tell
from notices.models import Kind


def alert_desk(case: Case, *, at: datetime) -> int:
    """Tell everybody on duty, and all safety leads when nobody is, that `case` needs a person now; return how many.

    Runs in the caller's transaction. The notice names no topic; telling twice does nothing more.
    """
    people = {shift.person for shift in rota.on_duty(at)}
    if not people:
        people = set(User.objects.filter(groups__name=Role.LEAD, is_active=True))
    path = reverse("moderation:queue")
    for person in sorted(people, key=lambda user: user.pk):
        tell(person, kind=Kind.DUTY, cause=f"danger:{case.pk}", path=path, at=at)
    record("desk_alerted", case, at=at, people=len(people))
    return len(people)
