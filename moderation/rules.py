"""Who may do what on the review desk."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.rules import has_role, is_moderator
from core.results import Allowed, Answer, Denied
from moderation.enums import RESTRICTIONS, Action, AppealOutcome
from moderation.models import DESK_SHIFTS, Appeal, Case, Decision
from moderation.screening.reading import Category, Reading, Who

DESK = frozenset({Role.MODERATOR, Role.LEAD, Role.OPERATOR})
LEADS = frozenset({Role.LEAD, Role.OPERATOR})
SHIFT_ROLES = (*DESK_SHIFTS, Role.COUNSELOR)

# Six months, as the Digital Services Act (EU 2022/2065, article 20) asks of complaints.
APPEAL_WINDOW = timedelta(days=183)

_IN_DANGER = frozenset(
    {Category.SUICIDE_SELF_HARM, Category.OVERDOSE_NOW, Category.DANGEROUS_WITHDRAWAL, Category.VIOLENCE_COERCION}
)


def can_review(user: Any) -> Answer:
    """Whether `user` may open the review desk."""
    answer = is_moderator(user)
    if answer or (user.is_authenticated and user.granted_roles() & DESK):
        # A moderator without a second factor is told about that.
        return answer
    return Denied(_("The review desk is open to moderators, safety leads and operators."))


def is_lead(user: Any) -> bool:
    """Whether `user` is a safety lead or an operator."""
    return bool(user.roles() & LEADS)


def can_take_case(user: Any, case: Case) -> Answer:
    """Whether `user` may take `case`: a moderator, not about their own words; an escalated one needs a lead."""
    answer = can_review(user)
    if not answer:
        return answer
    if case.post.pen_name is not None and case.post.pen_name.member_id == user.pk:
        return Denied(_("These are your own words. Somebody else decides about them."))
    if case.for_lead and not is_lead(user):
        return Denied(_("This case waits for a safety lead."))
    return Allowed()


def can_decide(user: Any, case: Case, action: str, reading: Reading | None) -> Answer:
    """Whether `user` may decide `action` on `case`, of which `reading` is the latest reading."""
    answer = can_take_case(user, case)
    if not answer:
        return answer
    if action == Action.DECLINE and reading is not None and _may_be_in_danger(user, reading):
        return Denied(
            _(
                "The author may be in danger, and a cry for help is never answered by removing it. "
                "Publish it, with folds if need be, ask for a change, or escalate."
            )
        )
    if action == Action.NONE and not case.post.is_published:
        return Denied(_("This post is still held: publish it, or say what should happen to it."))
    if action == Action.CHANGE and case.post.is_by_guest:
        return Denied(_("A guest cannot be reached to change it. Publish it, fold it, or decline it with reasons."))
    return Allowed()


def can_appeal(user: Any, decision: Decision, at: datetime) -> Answer:
    """Whether `user` may appeal against `decision`: the author, once, within six months, against a restriction."""
    pen_name = decision.case.post.pen_name
    if pen_name is None or pen_name.member_id != user.pk:
        return Denied(_("Only the person whose words were decided about can appeal."))
    if decision.action not in RESTRICTIONS:
        return Denied(_("Nothing was restricted, so there is nothing to appeal against."))
    if Appeal.objects.filter(decision=decision).exists():
        return Denied(_("You have appealed already."))
    if at - decision.at > APPEAL_WINDOW:
        return Denied(_("Six months have passed, so this can no longer be appealed."))
    return Allowed()


def can_decide_appeal(user: Any, appeal: Appeal) -> Answer:
    """Whether `user` may decide `appeal`: a moderator who neither made the decision nor is its author."""
    answer = can_review(user)
    if not answer:
        return answer
    if appeal.decision_by_id == user.pk:
        return Denied(_("You made this decision. A different person decides about the appeal."))
    if appeal.member_id == user.pk:
        return Denied(_("This is your own appeal. A different person decides about it."))
    if appeal.outcome != AppealOutcome.OPEN:
        return Denied(_("This appeal has been decided."))
    return Allowed()


def can_keep_rota(user: Any) -> Answer:
    """Whether `user` may add and remove shifts."""
    if has_role(user, *LEADS):
        return Allowed()
    return Denied(_("Safety leads and operators keep the rota."))


def can_write_rules(user: Any) -> Answer:
    """Whether `user` may change the community's rules page."""
    if has_role(user, Role.OPERATOR):
        return Allowed()
    return Denied(_("Operators write the community's rules."))


def can_be_on_duty(person: Any, role: str) -> Answer:
    """Whether `person` may stand on the rota as `role`: a promise needs somebody who can open the desk it is about."""
    if role not in SHIFT_ROLES:
        return Denied(_("Choose a role that has a desk."))
    needed = DESK if role in DESK_SHIFTS else {Role.COUNSELOR}
    if person.is_active and person.granted_roles() & needed:
        return Allowed()
    return Denied(_("This person does not have the role that the shift needs."))


def _may_be_in_danger(user: Any, reading: Reading) -> bool:
    """Whether the author may be in danger as far as `user` may judge it.

    "Someone else" is also what screening says when it cannot tell who is meant: then it may well be the writer. Only a
    safety lead may judge that screening was wrong about it; nobody may where the writer is meant.
    """
    unsure = {Who.WRITER} if is_lead(user) else {Who.WRITER, Who.OTHER}
    return any(f.category in _IN_DANGER and f.severity >= 3 and f.who in unsure for f in reading.findings)
