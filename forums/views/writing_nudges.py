"""The replier's nudge on the page: shown once, above the words, and forgotten."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_POST

from accounts.http import visitor
from core.ratelimits import is_over
from forums.enums import Wish
from forums.forms import SubmissionForm
from forums.limits import MAX_BODY, NUDGE_LIMIT
from forums.models import Post, Thread
from forums.nudges import Nudge, excerpt, nudge_for
from forums.views.reading import thread_or_404

_COOKIE: Final = "nudged"
# Seconds in which the same words, sent again by a client that leaves out the form's hidden fields, are not asked about.
_REMEMBERED: Final = 900


@require_POST
def reply_nudge(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Answer, while somebody writes, with the line beneath the box, or 204; nothing of the words is kept."""
    thread = thread_or_404(request.user, thread_id)
    body = request.POST.get("body", "")
    if not body.strip() or len(body) > MAX_BODY or request.POST.get("nudge_seen") or _asks_too_often(request):
        return HttpResponse(status=204)
    nudge = nudge_for(body, just_listen=_wants_listening(request, thread, _parent(request, thread)))
    if nudge is None:
        return HttpResponse(status=204)
    return render(request, "forums/compose/nudge.html", _context(thread, body, nudge) | {"is_inline": True})


def nudge_unseen(request: HttpRequest, thread: Thread, form: SubmissionForm) -> Nudge | None:
    """Return the nudge for a valid reply whose writer has seen none yet.

    A browser says so in the form. Other clients may send the same words again: a cookie of theirs, which holds nothing but
    a keyed hash, tells that they did.
    """
    body = form.cleaned_data["body"]
    if form.cleaned_data["nudge_seen"] or constant_time_compare(request.COOKIES.get(_COOKIE, ""), _hash(thread, body)):
        return None
    return nudge_for(body, just_listen=_wants_listening(request, thread, form.cleaned_data["parent"]))


def shown_once(request: HttpRequest, thread: Thread, form: SubmissionForm, nudge: Nudge) -> HttpResponse:
    """Return the form once more with its words and the line above them."""
    body, parent = form.cleaned_data["body"], form.cleaned_data["parent"]
    reply_parent = parent if parent is not None and parent.is_published and not parent.is_opening else None
    context = {"thread": thread, "reply_form": form, "reply_parent": reply_parent}
    response = render(request, "forums/compose/nudged.html", context | _context(thread, body, nudge))
    response.set_cookie(
        _COOKIE,
        _hash(thread, body),
        max_age=_REMEMBERED,
        path=request.path,
        secure=settings.CSRF_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget_nudge(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Take the cookie back once the reply is sent."""
    if _COOKIE in request.COOKIES:
        response.delete_cookie(_COOKIE, path=request.path, samesite="Lax")
    return response


def _context(thread: Thread, body: str, nudge: Nudge) -> dict[str, object]:
    return {"thread": thread, "nudge": nudge, "excerpt": excerpt(body, nudge)}


def _hash(thread: Thread, body: str) -> str:
    return salted_hmac(_COOKIE, f"{thread.pk} {body}", algorithm="sha256").hexdigest()[:32]


def _wants_listening(request: HttpRequest, thread: Thread, parent: Post | None) -> bool:
    """Return whether the words answer somebody else who asked to be just listened to: the story or its author."""
    if thread.wish != Wish.LISTEN or thread.pen_name is None:
        return False
    if request.user.is_authenticated and thread.pen_name.member_id == request.user.pk:
        return False
    return parent is None or parent.is_opening or parent.pen_name_id == thread.pen_name_id


def _parent(request: HttpRequest, thread: Thread) -> Post | None:
    wanted = request.POST.get("parent", "")
    if not wanted.isdecimal() or len(wanted) > len(str(2**63)) - 1:
        return None
    return Post.objects.visible_to(request.user).filter(thread=thread, pk=int(wanted)).first()


def _asks_too_often(request: HttpRequest) -> bool:
    user = request.user
    who = f"member-{user.pk}" if user.is_authenticated else visitor(request, at=timezone.now())
    limit, seconds = NUDGE_LIMIT
    return is_over("nudge", who, limit=limit, seconds=seconds)
