"""Who is on duty when, and when nobody is."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from accounts.models import STAFF_ROLES, User
from core.results import InvalidError, require
from moderation import desk, rules
from moderation.actions import add_shift, remove_shift
from moderation.forms import ShiftForm
from moderation.models import Shift
from moderation.views.access import for_desk
from moderation.wording import zone_words


@for_desk
@require_safe
def rota(request: MemberRequest) -> HttpResponse:
    """Show the week, who is on duty now and where the gaps are."""
    return _page(request)


@for_desk
@require_POST
def shift_add(request: MemberRequest) -> HttpResponse:
    """Put somebody on the rota."""
    require(rules.can_keep_rota(request.user))
    form = ShiftForm(request.POST, names=_people())
    if form.is_valid():
        try:
            add_shift(by=request.user, at=timezone.now(), **form.cleaned_data)
        except InvalidError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Added. Promises count on it from now on."))
            return redirect("moderation:rota")
    return _page(request, form)


@for_desk
@require_POST
def shift_remove(request: MemberRequest, shift_id: int) -> HttpResponse:
    """Take a shift off the rota."""
    require(rules.can_keep_rota(request.user))
    found = Shift.objects.visible_to(request.user).filter(pk=shift_id).first()
    if found is None:
        raise Http404
    if remove_shift(found, by=request.user, at=timezone.now()):
        messages.success(request, _("Removed. Promises no longer count on it."))
    return redirect("moderation:rota")


def _page(request: MemberRequest, form: ShiftForm | None = None) -> HttpResponse:
    now = timezone.now()
    can_change = bool(rules.can_keep_rota(request.user))
    context = {
        "days": desk.week(request.user, now=now),
        "on_duty": desk.names_on_duty(request.user, now=now),
        "gaps": desk.gaps(),
        "zone": zone_words(),
        "can_change": can_change,
        "form": (form or ShiftForm(names=_people())) if can_change else None,
    }
    return render(request, "moderation/rota/rota.html", context, status=422 if form is not None else 200)


def _people() -> dict[int, str]:
    """Return whoever may stand on the rota: their id, and how colleagues know them."""
    staff = User.objects.filter(groups__name__in=STAFF_ROLES, is_active=True).distinct()
    usernames = dict(staff.order_by("pk").values_list("pk", "username"))
    return usernames | desk.staff_names(usernames)
