"""Who may do what with accounts, and who holds which role."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from accounts.models import MAX_PEN_NAMES, PenName, Role, User
from core.results import Allowed, Answer, Denied

Person = User | AnonymousUser


def has_role(user: Person, *roles: str) -> Answer:
    """Whether `user` is signed in, active and holds one of `roles` in force."""
    if not isinstance(user, User) or not user.is_active:
        return Denied(_("Please sign in with an account that has this role."))
    if user.roles() & set(roles):
        return Allowed()
    if user.granted_roles() & set(roles):
        return Denied(_("Set up a passkey or a code app first: this role asks for a second step when signing in."))
    return Denied(_("Your account does not have this role."))


def is_peer(user: Person) -> Answer:
    """Whether `user` is a peer supporter, or stands above one."""
    return has_role(user, *Role.values)


def is_counselor_role(user: Person) -> Answer:
    """Whether `user` has the role of a counselor; a badge also needs a verified credential, which counsel looks after."""
    return has_role(user, Role.COUNSELOR)


def is_moderator(user: Person) -> Answer:
    """Whether `user` may moderate: a moderator, a safety lead or an operator."""
    return has_role(user, Role.MODERATOR, Role.LEAD, Role.OPERATOR)


def is_lead(user: Person) -> Answer:
    """Whether `user` is a safety lead or an operator."""
    return has_role(user, Role.LEAD, Role.OPERATOR)


def is_operator(user: Person) -> Answer:
    """Whether `user` runs the site."""
    return has_role(user, Role.OPERATOR)


def can_grant_role(by: Person) -> Answer:
    """Whether `by` may give and take roles."""
    if is_operator(by):
        return Allowed()
    return Denied(_("Only an operator gives or takes roles."))


def can_revoke_role(by: Person, member: User, role: str) -> Answer:
    """Whether `by` may take `role` from `member`: an operator may, while another operator remains."""
    answer = can_grant_role(by)
    if not answer or role != Role.OPERATOR:
        return answer
    others = User.objects.filter(groups__name=Role.OPERATOR, is_active=True).exclude(pk=member.pk)
    if others.exists():
        return Allowed()
    return Denied(_("This is the last operator. Make somebody else one first."))


def can_add_pen_name(member: User) -> Answer:
    """Whether `member` may have one more pen name."""
    if PenName.objects.of(member).count() < MAX_PEN_NAMES:
        return Allowed()
    return Denied(_("You have five pen names, which is as many as one member can use at a time. Retire one first."))


def can_retire_pen_name(user: Person, pen_name: PenName) -> Answer:
    """Whether `user` may retire `pen_name`: their own, in use, and not their last."""
    if not isinstance(user, User) or pen_name.member_id != user.pk:
        return Denied(_("This is not one of your pen names."))
    if pen_name.retired_at is not None:
        return Denied(_("This pen name is retired already."))
    if PenName.objects.of(user).exclude(pk=pen_name.pk).exists():
        return Allowed()
    return Denied(_("This is your only pen name. Add another one first, then retire this one."))
