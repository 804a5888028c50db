"""Appeals on the desk: a different person decides again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from core.results import ConflictError, Denied, InvalidError
from moderation import desk, rules
from moderation.actions import decide_appeal
from moderation.casefile import words_decided_about
from moderation.enums import Action, AppealOutcome
from moderation.forms import AppealDecisionForm
from moderation.models import Appeal
from moderation.views.access import for_desk


@for_desk
@require_safe
def appeals(request: MemberRequest) -> HttpResponse:
    """List the appeals that wait, with the reason beside those that somebody else must decide."""
    rows = desk.appeal_rows(request.user, now=timezone.now())
    return render(request, "moderation/appeals/appeals.html", {"rows": rows})


@for_desk
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: MemberRequest, appeal_id: int) -> HttpResponse:
    """Show one appeal, and decide it."""
    found = Appeal.objects.visible_to(request.user).for_desk().filter(pk=appeal_id).first()
    if found is None:
        raise Http404
    form = AppealDecisionForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, found, form)
    if found.outcome != AppealOutcome.OPEN:
        return _conflict(request, found)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        decide_appeal(found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except InvalidError as error:
        form.add_error(error.field, str(error))
        return _page(request, found, form)
    except ConflictError:
        return _conflict(request, found)
    messages.success(request, _("Decided. The author has been told."))
    return redirect("moderation:appeals")


def _page(request: MemberRequest, found: Appeal, form: AppealDecisionForm) -> HttpResponse:
    answer = rules.can_decide_appeal(request.user, found)
    context = {
        "appeal": found,
        "decision": found.decision,
        "post": found.decision.case.post,
        "what": Action(found.decision.action).label,
        "quotes": words_decided_about(found.decision),
        "outcome": AppealOutcome(found.outcome).label,
        "form": form,
        "refusal": str(answer.reason) if isinstance(answer, Denied) else "",
    }
    return render(request, "moderation/appeals/appeal.html", context, status=422 if form.errors else 200)


def _conflict(request: MemberRequest, found: Appeal) -> HttpResponse:
    """Answer a decision that came too late, with the typed words; the same person's second press is only told so."""
    found.refresh_from_db()
    if found.decided_by_id == request.user.pk:
        messages.info(request, _("You had decided this already. Nothing was done twice."))
        return redirect("moderation:appeals")
    context = {
        "appeal": found,
        "outcome": AppealOutcome(found.outcome).label,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "moderation/appeals/conflict.html", context, status=409)
