"""Administration of the community's rules and of the rota, by operators, through the same actions as the pages."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.results import Denied
from moderation import actions, rules
from moderation.models import CommunityRule, Shift


@admin.register(CommunityRule)
class CommunityRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """The rules page. Decisions keep the title that a rule had when it was named."""

    list_display = ["title", "slug", "rank"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the rules stand on the first page."""
        return bool(rules.can_write_rules(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the rules may be seen here."""
        return bool(rules.can_write_rules(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether a rule may be added."""
        return bool(rules.can_write_rules(request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether a rule may be changed."""
        return bool(rules.can_write_rules(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether a rule may be removed."""
        return bool(rules.can_write_rules(request.user))

    def save_model(self, request: HttpRequest, obj: CommunityRule, form: "forms.ModelForm[Any]", change: Any) -> None:
        """Keep the rule, with its event."""
        actions.write_rule(obj, by=_person(request), at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: CommunityRule) -> None:
        """Remove the rule, with its event."""
        actions.remove_rule(obj, by=_person(request), at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CommunityRule]) -> None:
        """Remove several rules, each with its event."""
        for rule in queryset:
            actions.remove_rule(rule, by=_person(request), at=timezone.now())


class ShiftAdminForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A shift that stands behind promises: its person must be able to open the desk."""

    class Meta:
        model = Shift
        fields = ["person", "role", "weekday", "starts", "ends"]

    def clean(self) -> dict[str, Any]:
        """Refuse a person without the role."""
        words = super().clean() or self.cleaned_data
        if words.get("person") is not None:
            answer = rules.can_be_on_duty(words["person"], words.get("role", ""))
            if isinstance(answer, Denied):
                self.add_error("person", str(answer.reason))
        same = {name: words.get(name) for name in ("person", "role", "weekday", "starts", "ends")}
        if Shift.objects.filter(**same).exists():
            self.add_error("starts", _("This shift is on the rota already."))
        return words


@admin.register(Shift)
class ShiftAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """The rota. A shift is added or removed, never changed, so that every promise can be traced."""

    form = ShiftAdminForm
    list_display = ["weekday", "starts", "ends", "person", "role"]
    list_filter = ["role", "weekday"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the rota stands on the first page."""
        return bool(rules.can_keep_rota(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the rota may be seen here."""
        return bool(rules.can_keep_rota(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether a shift may be added."""
        return bool(rules.can_keep_rota(request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether a shift may be removed."""
        return bool(rules.can_keep_rota(request.user))

    def save_model(self, request: HttpRequest, obj: Shift, form: "forms.ModelForm[Any]", change: Any) -> None:
        """Put the shift on the rota, with its event."""
        added = actions.add_shift(by=_person(request), at=timezone.now(), person=obj.person, **_when(obj))
        obj.pk = added.pk

    def delete_model(self, request: HttpRequest, obj: Shift) -> None:
        """Take the shift off the rota, with its event."""
        actions.remove_shift(obj, by=_person(request), at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Shift]) -> None:
        """Take several shifts off the rota, each with its event."""
        for shift in queryset:
            actions.remove_shift(shift, by=_person(request), at=timezone.now())


def _person(request: HttpRequest) -> User:
    """Return who is signed in: the permissions above let nobody else get this far."""
    return cast("User", request.user)


def _when(shift: Shift) -> dict[str, Any]:
    return {"role": shift.role, "weekday": shift.weekday, "starts": shift.starts, "ends": shift.ends}
