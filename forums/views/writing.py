"""Writing: stories, questions, replies and drafts. Typed words survive every failure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import MemberRequest, visitor
from accounts.models import User
from core.ratelimits import is_over
from core.results import ConflictError, InvalidError, NotAllowedError
from forums import rules
from forums.actions import discard_draft, resubmit_post, submit_question, submit_reply, submit_story, withdraw_post
from forums.drafting import drafts_of, initial_of, keep, seal
from forums.enums import PostStatus
from forums.forms import (
    ChangeForm,
    GuestReplyForm,
    MemberReplyForm,
    OpeningForm,
    QuestionForm,
    StoryForm,
    SubmissionForm,
)
from forums.limits import GUEST_REPLY_LIMIT, REPLY_LIMIT, SUBMIT_LIMIT
from forums.models import Draft, DraftKind, Post
from forums.views.reading import thread_context, thread_or_404

GUEST_SALT = "guest-post"


@require_http_methods(["GET", "POST"])
def story_new(request: HttpRequest) -> HttpResponse:
    """Share a story."""
    return _opening_page(request, DraftKind.STORY, StoryForm, submit_story, "forums/compose/story_new.html")


@require_http_methods(["GET", "POST"])
def question_new(request: HttpRequest) -> HttpResponse:
    """Ask a question."""
    return _opening_page(request, DraftKind.QUESTION, QuestionForm, submit_question, "forums/compose/question_new.html")


@require_POST
def reply(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Answer in a thread, as a member or as a guest."""
    thread = thread_or_404(request.user, thread_id)
    now = timezone.now()
    if not request.user.is_authenticated and request.POST.get("draft_key"):
        return _sign_in_again(request, now, back_to=thread.get_absolute_url())
    form = _bound_reply_form(request, thread)
    if form.is_valid() and not _is_too_fast(request, form, now, "reply"):
        try:
            post = submit_reply(thread, at=now, **_reply_arguments(request, form))
        except (InvalidError, NotAllowedError) as error:
            _add_error(form, error)
        else:
            return _what_happens_next(post)
    if request.user.is_authenticated:
        keep(request.POST, at=now, member=request.user)
    context = thread_context(request, thread, form)
    return render(request, "forums/thread/thread.html", context, status=422)


@require_POST
def draft_save(request: HttpRequest) -> JsonResponse:
    """Keep what has been typed so far; answers with the draft's key and version, or 401 when the session has ended."""
    now = timezone.now()
    member = _member(request)
    draft = keep(request.POST, at=now, member=member)
    if draft is None:
        return JsonResponse({"ok": False, "message": _("Not saved yet. Keep this page open.")}, status=422)
    saved_at = time_format(timezone.localtime(now), "TIME_FORMAT")
    answer = {"ok": True, "key": str(draft.key), "version": draft.version, "saved_at": saved_at}
    return JsonResponse(answer, status=200 if member is not None else 202)


@login_required
@require_POST
def draft_discard(request: MemberRequest, key: UUID) -> HttpResponse:
    """Throw one of one's own drafts away."""
    draft = Draft.objects.filter(member=request.user, key=key).first()
    if draft is None:
        raise Http404
    discard_draft(draft, by=request.user)
    messages.success(request, _("The draft is gone."))
    return redirect("me")


@login_required
@require_http_methods(["GET", "POST"])
def post_edit(request: MemberRequest, post_id: int) -> HttpResponse:
    """Change a post after a change was asked for."""
    post = _own_post_or_404(request, post_id)
    if not rules.can_edit_post(request.user, post):
        return redirect("moderation:post_status", post_id=post.pk)
    initial = {"title": post.thread.title if post.is_opening else "", "body": post.body}
    form = ChangeForm(request.POST or None, initial=initial)
    if not post.is_opening:
        del form.fields["title"]
    if request.method == "POST" and form.is_valid():
        try:
            resubmit_post(post, by=request.user, at=timezone.now(), **form.cleaned_data)
        except (InvalidError, ConflictError, NotAllowedError) as error:
            _add_error(form, error)
        else:
            return _what_happens_next(post)
    status = 422 if form.is_bound else 200
    return render(request, "forums/compose/edit.html", {"post": post, "form": form}, status=status)


@login_required
@require_POST
def post_withdraw(request: MemberRequest, post_id: int) -> HttpResponse:
    """Take one of one's own posts back."""
    post = _own_post_or_404(request, post_id)
    withdraw_post(post, by=request.user, at=timezone.now())
    messages.success(request, _("Taken back. Nobody else can read it now."))
    return redirect("moderation:post_status", post_id=post.pk)


def _member(request: HttpRequest) -> User | None:
    """Return who is signed in, None for a guest."""
    return request.user if request.user.is_authenticated else None


def _opening_page(
    request: HttpRequest,
    kind: DraftKind,
    form_class: type[OpeningForm],
    submit: Callable[..., Post],
    template: str,
) -> HttpResponse:
    now = timezone.now()
    member = _member(request)
    if member is None:
        if request.method == "POST":
            return _sign_in_again(request, now, back_to=request.path)
        return render(request, "forums/compose/join_first.html", {"kind": kind, "next": request.path})
    if request.method == "POST":
        return _submit_opening(request, member, form_class, submit, template)
    drafts = list(drafts_of(member, kind)[:6])
    chosen = next((d for d in drafts if str(d.key) == request.GET.get("draft")), None)
    draft = None if "fresh" in request.GET else chosen or (drafts[0] if drafts else None)
    initial = {"space": request.GET.get("space", "")} | initial_of(draft) | {"draft_key": seal(member, kind)}
    form = form_class(initial=initial, member=member)
    context = {"form": form, "draft": draft, "other_drafts": [d for d in drafts if d is not draft]}
    return render(request, template, context)


def _submit_opening(
    request: HttpRequest,
    member: User,
    form_class: type[OpeningForm],
    submit: Callable[..., Post],
    template: str,
) -> HttpResponse:
    now = timezone.now()
    form = form_class(request.POST, member=member)
    if form.is_valid() and not _is_too_fast(request, form, now, "submit"):
        try:
            post = submit(by=member, at=now, **_words(form))
        except (InvalidError, NotAllowedError) as error:
            _add_error(form, error)
        else:
            return _what_happens_next(post)
    keep(request.POST, at=now, member=member)
    return render(request, template, {"form": form, "draft": None, "other_drafts": []}, status=422)


def _words(form: SubmissionForm) -> dict[str, Any]:
    """Return the cleaned data that an action takes."""
    return {name: value for name, value in form.cleaned_data.items() if name not in {"draft_key", "version"}}


def _bound_reply_form(request: HttpRequest, thread: Any) -> MemberReplyForm | GuestReplyForm:
    form: MemberReplyForm | GuestReplyForm
    if request.user.is_authenticated:
        form = MemberReplyForm(request.POST, member=request.user)
    else:
        form = GuestReplyForm(request.POST)
    form.set_thread(thread, request.user)
    return form


def _reply_arguments(request: HttpRequest, form: SubmissionForm) -> dict[str, Any]:
    return _words(form) | ({"by": request.user} if request.user.is_authenticated else {})


def _is_too_fast(request: HttpRequest, form: SubmissionForm, now: datetime, action: str) -> bool:
    """Count this try; mark the form when it is one too many, words kept."""
    if request.user.is_authenticated:
        who = f"member-{request.user.pk}"
        limit, seconds = SUBMIT_LIMIT if action == "submit" else REPLY_LIMIT
    else:
        who = visitor(request, at=now)
        limit, seconds = GUEST_REPLY_LIMIT
    if not is_over(action, who, limit=limit, seconds=seconds):
        return False
    form.add_error(None, _("That was a lot in a short time. Your words are kept; send them again in a while."))
    return True


def _add_error(form: Any, error: Exception) -> None:
    field = getattr(error, "field", None)
    form.add_error(field if field in form.fields else None, str(error))


def _sign_in_again(request: HttpRequest, now: datetime, *, back_to: str) -> HttpResponse:
    """Keep the words of a form whose session has ended as its owner's draft, and ask to sign in."""
    draft = keep(request.POST, at=now)
    if draft is not None:
        messages.info(request, _("Your session had ended. Your words are kept and wait for you after signing in."))
    query = urlencode({"next": f"{back_to}?draft={draft.key}" if draft is not None else back_to})
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")


def _what_happens_next(post: Post) -> HttpResponse:
    if post.is_by_guest:
        return redirect("moderation:guest_status", token=signing.dumps(post.pk, salt=GUEST_SALT))
    return redirect(f"{reverse('moderation:post_status', kwargs={'post_id': post.pk})}?new=1")


def _own_post_or_404(request: MemberRequest, post_id: int) -> Post:
    posts = Post.objects.visible_to(request.user).select_related("thread", "pen_name")
    post = posts.filter(pk=post_id, pen_name__member_id=request.user.pk).exclude(status=PostStatus.WITHDRAWN).first()
    if post is None:
        raise Http404
    return post
