"""The home page, and the error pages that give a person's words back."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from accounts.models import PenName
from core.pagination import paginate
from forums.models import Draft, Post, Space, Thread
from notices.models import Notice

logger = logging.getLogger(__name__)

# Typed words worth giving back; passwords and tokens are never echoed.
_WORDS = ("title", "body", "reason", "note", "text", "guest_name")
_CHOICES = (
    *("parent", "pen_name", "space", "wish", "wants_counselor", "submission_key"),
    *("action", "rule", "version", "lease_number", "draft_key"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what this place is, the latest article, stories and the spaces."""
    threads = Thread.objects.published().for_listing()
    context = {
        "articles": threads.articles().order_by("-published_at", "-pk")[:3],
        "stories": threads.stories().order_by("-published_at", "-pk")[:6],
        "spaces": Space.objects.all(),
    }
    return render(request, "home.html", context)


@require_safe
def about_leaving(request: HttpRequest) -> HttpResponse:
    """Explain what "Leave this page" does and what it cannot do."""
    return render(request, "about_leaving.html")


@login_required
@require_safe
def me(request: MemberRequest) -> HttpResponse:
    """Show a member what is theirs: what they wrote and how it stands, drafts, and what is new."""
    posts = Post.objects.visible_to(request.user).filter(pen_name__member_id=request.user.pk)
    context = {
        "page": paginate(
            posts.select_related("thread", "pen_name").defer("body", "body_html"),
            by=("-created_at", "-id"),
            after=request.GET.get("after", ""),
            size=20,
        ),
        "drafts": Draft.objects.filter(member=request.user).select_related("thread").order_by("-updated_at")[:20],
        "notices": Notice.objects.visible_to(request.user).unread()[:5],
        "pen_names": PenName.objects.of(request.user),
    }
    return render(request, "me.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token no longer fits with the same words in a fresh form, so that nothing typed is lost."""
    return render(request, "errors/words_kept.html", _kept_words(request), status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure on our side with the typed words, from a template that needs neither database nor session."""
    return HttpResponse(render_to_string("errors/500.html", _kept_words(request)), status=500)


def _kept_words(request: HttpRequest) -> dict[str, object]:
    if request.method != "POST":
        return {"words": [], "choices": [], "again": request.path}
    try:
        posted = request.POST
    except Exception as error:  # noqa: BLE001  a body that cannot be read leaves nothing to give back
        logger.warning("unreadable body: %s", type(error).__name__)
        return {"words": [], "choices": [], "again": request.path}
    return {
        "words": [(name, posted[name]) for name in _WORDS if posted.get(name)],
        "choices": [(name, posted[name]) for name in _CHOICES if posted.get(name)],
        "again": request.path,
    }
