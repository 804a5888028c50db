"""The counsel desk."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from core.pagination import paginate
from counsel.models import ReplyRequest
from counsel.views.admission import for_counselors

# More than anybody holds or is asked for at one time; what lies beyond comes up as the rest is answered.
MAX_OWN = 50


@for_counselors
@require_safe
def desk(request: MemberRequest) -> HttpResponse:
    """Show what this counselor is writing, what is kept for them, and what waits for anyone."""
    counselor, now = request.user, timezone.now()
    requests = ReplyRequest.objects.visible_to(counselor).for_desk()
    waiting = requests.answerable().offered_to_all(counselor, now)
    context = {
        "mine": requests.taken_by_person(counselor)[:MAX_OWN],
        "kept": requests.answerable().kept_for(counselor, now)[:MAX_OWN],
        "waiting": paginate(waiting, by=("opened_at", "pk"), after=request.GET.get("after", "")),
        "now": now,
    }
    return render(request, "counsel/desk.html", context)
