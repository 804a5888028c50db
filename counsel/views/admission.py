"""Who comes in, and what those are told who do not; words that were typed are always given back."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from core.results import Answer, Denied, NotAllowedError, Words
from counsel import rules

View = Callable[..., HttpResponse]


def for_counselors(view: View) -> View:
    """Admit counselors with a credential valid today; other members must not know (404), counselors are told (403)."""
    return _admitting(view, Role.COUNSELOR, lambda user: rules.can_use_desk(user, timezone.localdate()))


def for_operators(view: View) -> View:
    """Admit operators; other members must not know (404), operators without their second factor are told (403)."""
    return _admitting(view, Role.OPERATOR, rules.can_keep_credentials)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which saves a draft in the background."""
    return "application/json" in request.headers.get("Accept", "")


def refused(request: HttpRequest, reason: Words) -> HttpResponse:
    """Say why not, and give back what was typed."""
    if wants_json(request):
        return JsonResponse({"ok": False, "message": str(reason)}, status=403)
    context = {"reason": reason, "words": request.POST.get("body", "")}
    return render(request, "counsel/refused.html", context, status=403)


def _admitting(view: View, role: Role, rule: Callable[..., Answer]) -> View:
    @wraps(view)
    def admitted(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in_first(request, **kwargs)
        if role not in request.user.granted_roles():
            raise Http404
        answer = rule(request.user)
        if isinstance(answer, Denied):
            return refused(request, answer.reason)
        try:
            return view(request, **kwargs)
        except NotAllowedError as error:
            return refused(request, str(error))

    return admitted


def _sign_in_first(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Ask for signing in, then lead back; words typed before the session ended are shown, since nothing keeps them."""
    if wants_json(request):
        return JsonResponse({"ok": False, "message": _("You are signed out.")}, status=401)
    back_to = request.get_full_path()
    if request.method == "POST":
        # The address of a form cannot be opened; the page that it stood on can.
        asked = kwargs.get("request_id")
        back_to = reverse("counsel:request", kwargs={"request_id": asked}) if asked else reverse("counsel:desk")
    if request.POST.get("body"):
        context = {"words": request.POST["body"], "back_to": back_to}
        return render(request, "counsel/signed_out.html", context, status=401)
    return redirect_to_login(back_to)
