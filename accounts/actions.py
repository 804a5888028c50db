"""Every change of an account."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import names, rules
from accounts.models import PenName, Role, User, normalise_name
from core import events
from core.results import Denied, InvalidError, NotAllowedError, require


def create_pen_name(member: User, *, name: str, at: datetime) -> PenName:
    """Give `member` one more pen name and return it.

    Raises InvalidError on the field "name" when the name is unfit, taken (also by a retired or an imported one), or one
    too many.
    """
    shown = names.tidy(name)
    fit = names.can_be_pen_name(shown, username=member.username, email=member.email, site_name=settings.SITE_NAME)
    if isinstance(fit, Denied):
        raise InvalidError(fit.reason, "name")
    with transaction.atomic():
        # Two tabs adding a sixth name at once wait for one another here.
        User.objects.select_for_update().get(pk=member.pk)
        room = rules.can_add_pen_name(member)
        if isinstance(room, Denied):
            raise InvalidError(room.reason, "name")
        pen_name = _insert_pen_name(member, shown, at)
        events.record("pen_name_created", pen_name, by=member, at=at)
    return pen_name


def _insert_pen_name(member: User, shown: str, at: datetime) -> PenName:
    """Insert the row; the unique key decides between two who want the same name."""
    try:
        with transaction.atomic():
            return PenName.objects.create(member=member, name=shown, key=normalise_name(shown), created_at=at)
    except IntegrityError as error:
        if PenName.objects.of(member).filter(key=normalise_name(shown)).exists():
            raise InvalidError(_("You have this pen name already."), "name") from error
        raise InvalidError(
            _("This name is taken, now or in the past. Names are never given out twice. Try another."), "name"
        ) from error


def retire_pen_name(pen_name: PenName, *, by: User, at: datetime) -> None:
    """Retire `pen_name` for good: what was written under it stays, and nobody can have the name again."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        pen_name.refresh_from_db(fields=["retired_at"])
        require(rules.can_retire_pen_name(by, pen_name))
        pen_name.retired_at = at
        pen_name.save(update_fields=["retired_at"])
        events.record("pen_name_retired", pen_name, by=by, at=at)


def set_country(member: User, *, country: str) -> None:
    """Keep the two-letter code of the country whose helplines `member` wants to see; empty for none."""
    code = country.strip().upper()
    if code and (len(code) != 2 or not code.isascii() or not code.isalpha()):
        raise InvalidError(_("Choose a country from the list."), "country")
    with transaction.atomic():
        if User.objects.filter(pk=member.pk).exclude(country=code).update(country=code):
            # The log says that it changed, not to what: it outlives the account.
            events.record("country_set", member, by=member)
    member.country = code


def set_mail_wish(member: User, *, wants: bool) -> None:
    """Turn discreet mail on or off. Raises InvalidError on "wants_mail" when there is no address to send it to."""
    if wants and not member.email:
        raise InvalidError(_("Add an e-mail address first, so that there is somewhere to send it."), "wants_mail")
    with transaction.atomic():
        if User.objects.filter(pk=member.pk).exclude(wants_mail=wants).update(wants_mail=wants):
            events.record("mail_wish_set", member, by=member, wants=wants)
    member.wants_mail = wants


def set_email(member: User, *, email: str) -> EmailAddress:
    """Make `email` the one address of `member` and return its row. It is not checked by a mail, and never shown."""
    address = email.lower()
    with transaction.atomic():
        EmailAddress.objects.filter(user=member).delete()
        row = EmailAddress.objects.create(user=member, email=address, primary=True)
        member.email = address
        member.save(update_fields=["email"])
        events.record("email_set", member, by=member)
    return row


def grant_role(member: User, *, role: str, by: User, at: datetime) -> None:
    """Give `member` the role; harmless when they have it."""
    require(rules.can_grant_role(by))
    with transaction.atomic():
        _add_role(member, role=role, by=by, at=at)


def revoke_role(member: User, *, role: str, by: User, at: datetime) -> None:
    """Take the role from `member`; harmless when they do not have it. The last operator stays."""
    with transaction.atomic():
        group = Group.objects.select_for_update().get(name=Role(role))
        require(rules.can_revoke_role(by, member, role))
        if not member.groups.filter(pk=group.pk).exists():
            return
        member.groups.remove(group)
        _set_admin_access(member)
        events.record("role_revoked", member, by=by, at=at, role=role)


def create_first_operator(username: str, *, password: str, at: datetime) -> User:
    """Make an account for the first operator of a new site and return it. Raises InvalidError on "username"."""
    name = User.normalize_username(username).lower()
    try:
        User.username_validator(name)
    except ValidationError as error:
        raise InvalidError(error.message, "username") from error
    with transaction.atomic():
        if User.objects.filter(username=name).exists():
            raise InvalidError(_("There is an account with this username already."), "username")
        member = User.objects.create_user(name, password=password)
        appoint_first_operator(member, at=at)
    return member


def appoint_first_operator(member: User, *, at: datetime) -> None:
    """Make `member` the first operator. Raises NotAllowedError once there is one: from then on operators appoint."""
    with transaction.atomic():
        Group.objects.select_for_update().get(name=Role.OPERATOR)
        if User.objects.filter(groups__name=Role.OPERATOR, is_active=True).exists():
            raise NotAllowedError(_("There is an operator already. Ask them for the role."))
        _add_role(member, role=Role.OPERATOR, by=None, at=at)


def _add_role(member: User, *, role: str, by: User | None, at: datetime) -> None:
    group = Group.objects.select_for_update().get(name=Role(role))
    if member.groups.filter(pk=group.pk).exists():
        return
    member.groups.add(group)
    _set_admin_access(member)
    events.record("role_granted", member, by=by, at=at, role=role)


def _set_admin_access(member: User) -> None:
    """Let operators, and nobody else, into the administration pages; forget the roles read before."""
    member.__dict__.pop("_granted_roles", None)
    member.is_staff = Role.OPERATOR in member.granted_roles()
    member.save(update_fields=["is_staff"])
