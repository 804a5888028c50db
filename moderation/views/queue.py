"""What waits, most severe and soonest due first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from core.pagination import paginate
from moderation import desk
from moderation.actions import claim_next_case
from moderation.models import Case
from moderation.report import screening_state
from moderation.views.access import for_desk

CASES_PER_PAGE = 30
_RETURNED_SHOWN = 20


@for_desk
@require_safe
def queue(request: MemberRequest) -> HttpResponse:
    """Show what waits, who is on duty, and what is back with its authors. No story text stands here."""
    now = timezone.now()
    cases = Case.objects.visible_to(request.user).for_desk()
    page = paginate(
        cases.waiting(), by=("-severity", "due_at", "id"), after=request.GET.get("after", ""), size=CASES_PER_PAGE
    )
    context = {
        "page": page,
        "rows": desk.queue_rows(page.rows, viewer=request.user, now=now),
        "levels": desk.levels(request.user, now=now),
        "on_duty": desk.names_on_duty(request.user, now=now),
        "screening": screening_state(at=now),
        "returned": cases.with_author().order_by("-pk")[:_RETURNED_SHOWN],
    }
    return render(request, "moderation/queue/queue.html", context)


@for_desk
@require_POST
def next_case(request: MemberRequest) -> HttpResponse:
    """Take the next case, or say that nothing waits."""
    return to_next_case(request)


def to_next_case(request: MemberRequest) -> HttpResponse:
    """Claim what is most pressing for this person and go there; with nothing left, back to the queue with a thank you."""
    case = claim_next_case(by=request.user, at=timezone.now())
    if case is None:
        messages.success(request, _("Nothing waits. Thank you."))
        return redirect("moderation:queue")
    return redirect("moderation:case", case_id=case.pk)
