"""Administration of accounts: usernames and roles, never pen names, addresses or sessions."""

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import actions, rules
from accounts.models import Role, User
from core.results import NotAllowedError

# One way to sign in, with its rate limits and second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]
# Roles change through actions, which write events; a group must not be edited beside them.
admin.site.unregister(Group)


class OperatorOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Pages that an operator may look at; nothing is added, changed or deleted beside the actions."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the app stands on the first page."""
        return bool(rules.is_operator(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the rows may be seen."""
        return bool(rules.is_operator(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False


@admin.register(User)
class UserAdmin(OperatorOnlyAdmin):
    """Usernames and roles. Which pen names belong to whom is not here."""

    list_display = ["username", "roles_given", "is_active", "date_joined"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username"]
    ordering = ["username"]
    fields = ("username", "roles_given", "is_active", "date_joined")
    readonly_fields = ("username", "roles_given", "is_active", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return members with their roles, in two queries."""
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("groups")

    @admin.display(description=_("Roles"))
    def roles_given(self, member: User) -> str:
        """Return the roles given to `member`, in words."""
        return ", ".join(group.name for group in member.groups.all())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return one action for giving and one for taking each role."""
        found: dict[str, Any] = {}
        for role in Role:
            for verb, words in (
                (actions.grant_role, _("Give the role: %(role)s")),
                (actions.revoke_role, _("Take the role: %(role)s")),
            ):
                name = f"{verb.__name__}_{role.name.lower()}"
                found[name] = (partial(_change_role, verb=verb, role=role), name, words % {"role": role.label})
        return found


def _change_role(
    modeladmin: UserAdmin, request: HttpRequest, members: QuerySet[User], *, verb: Callable[..., None], role: Role
) -> None:
    """Give or take `role` for each of `members`, saying for whom it was refused."""
    for member in members:
        try:
            verb(member, role=role, by=request.user, at=timezone.now())
        except NotAllowedError as error:
            modeladmin.message_user(request, f"{member.username}: {error}", level=messages.ERROR)
        else:
            modeladmin.message_user(request, f"{member.username}: {role.label}", level=messages.SUCCESS)
