"""The member's own pages about their names and their privacy."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions, rules
from accounts.forms import MailWishForm, PenNameForm
from accounts.http import MemberRequest
from accounts.models import MAX_PEN_NAMES, PenName
from core.results import InvalidError


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pen_names(request: MemberRequest) -> HttpResponse:
    """List the member's pen names and add one."""
    form = PenNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pen_name = actions.create_pen_name(request.user, name=form.cleaned_data["name"], at=timezone.now())
        except InvalidError as error:
            form.add_error(error.field, str(error.message))
        else:
            messages.success(request, _("You can now write as %(name)s.") % {"name": pen_name.name})
            return redirect("accounts:pen_names")
    rows = list(PenName.objects.visible_to(request.user))
    active = [row for row in rows if row.retired_at is None]
    context = {
        "form": form,
        "active": active,
        "retired": [row for row in rows if row.retired_at is not None],
        "can_add": len(active) < MAX_PEN_NAMES,
        "can_retire": len(active) > 1,
    }
    return render(request, "accounts/pen_names.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pen_name_retire(request: MemberRequest, public_id: str) -> HttpResponse:
    """Ask whether to retire a pen name for good, and do it."""
    pen_name = get_object_or_404(PenName.objects.visible_to(request.user), public_id=public_id)
    if pen_name.retired_at is not None:
        return redirect("accounts:pen_names")
    answer = rules.can_retire_pen_name(request.user, pen_name)
    if request.method == "POST" and answer:
        actions.retire_pen_name(pen_name, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s is retired. What you wrote stays.") % {"name": pen_name.name})
        return redirect("accounts:pen_names")
    context = {"pen_name": pen_name, "answer": answer}
    return render(request, "accounts/pen_name_retire.html", context, status=200 if answer else 403)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: MemberRequest) -> HttpResponse:
    """Show what others can see, and keep whether to send discreet mail."""
    form = MailWishForm(
        request.POST if request.method == "POST" else None, initial={"wants_mail": request.user.wants_mail}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_mail_wish(request.user, wants=form.cleaned_data["wants_mail"])
        except InvalidError as error:
            form.add_error(error.field, str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:privacy")
    context = {
        "form": form,
        "pen_names": PenName.objects.of(request.user),
        "is_second_factor_due": request.user.is_second_factor_due(),
    }
    return render(request, "accounts/privacy.html", context, status=422 if form.errors else 200)
