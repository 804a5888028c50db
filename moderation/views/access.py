"""The door of the review desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from core.results import require
from moderation import rules
from moderation.models import Case

View = Callable[..., HttpResponse]


def for_desk(view: View) -> View:
    """Let only moderators, leads and operators in: others are told why (403), visitors are asked to sign in."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(rules.can_review(request.user))
        return view(request, *args, **kwargs)

    return guarded


def case_or_404(request: HttpRequest, case_id: int) -> Case:
    """Return the case if this person may open it; raises Http404 otherwise, also for cases of their own words."""
    cases = Case.objects.visible_to(request.user)
    case = cases.select_related("post__pen_name", "post__thread__space").filter(pk=case_id).first()
    if case is None:
        raise Http404
    return case
