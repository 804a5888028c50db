"""How screening works on this site, in plain counts."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from moderation.models import ScreeningCalibration
from moderation.report import FEWEST, PERIOD, report, screening_state
from moderation.views.access import for_desk
from moderation.wording import CATEGORY_WORDS


@for_desk
@require_safe
def screening(request: MemberRequest) -> HttpResponse:
    """Show what screening works with, when it was calibrated, what moderators corrected and what chance has shown."""
    now = timezone.now()
    found = report(at=now)
    context = {
        "state": screening_state(at=now),
        "calibration": ScreeningCalibration.objects.order_by("-pk").first(),
        "report": found,
        "categories": [(CATEGORY_WORDS[row.category], row) for row in found.categories if row.said],
        "days": PERIOD.days,
        "fewest": FEWEST,
        "percent": settings.SCREENING_SAMPLE_PERCENT,
        "is_learning": settings.SCREENING_LEARNING,
    }
    return render(request, "moderation/screening/screening.html", context)
