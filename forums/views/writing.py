"""Writing: stories, questions, replies and drafts. Typed words survive every failure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import visitor
from accounts.models import User
from core.ratelimits import is_over
from core.results import ConflictError, InvalidError, NotAllowedError
from forums import rules
from forums.actions import discard_draft, resubmit_post, submit_question, submit_reply, submit_story, withdraw_post
from forums.actions.drafts import MAX_DRAFTS
from forums.drafting import draft_of_change, drafts_of, initial_of, keep, seal
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
from forums.guests import guest_token
from forums.limits import GUEST_REPLY_LIMIT, REPLY_LIMIT, SUBMIT_LIMIT
from forums.models import Draft, DraftKind, Post, PostQuerySet, Thread
from forums.views.reading import thread_context, thread_or_404, with_query
from forums.views.writing_nudges import forget_nudge, nudge_unseen, shown_once

_DRAFTS_SHOWN = 5
_WORDS = ("title", "body", "guest_name")
_CHOICES = (
    "wish",
    "space",
    "pen_name",
    "wants_counselor",
    "parent",
    "submission_key",
    "draft_key",
    "version",
    "nudge_seen",
)
_NOT_WORDS = {"draft_key", "version", "nudge_seen"}


@require_http_methods(["GET", "POST"])
def story_new(request: HttpRequest) -> HttpResponse:
    """Share a story."""
    return _opening_page(request, DraftKind.STORY, StoryForm, submit_story, "forums/compose/story_new.html")


@require_http_methods(["GET", "POST"])
def question_new(request: HttpRequest) -> HttpResponse:
    """Ask a question."""
    return _opening_page(request, DraftKind.QUESTION, QuestionForm, submit_question, "forums/compose/question_new.html")


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Answer in a thread, as a member or as a guest.

    A reply that could not be sent is shown at this address, so the links on that page lead here: they go to the thread.
    Words that a nudge is about come back once with it (200, no trace of it kept); sent again, changed or not, they are a reply.
    """
    if request.method != "POST":
        return redirect(with_query(thread_or_404(request.user, thread_id).get_absolute_url(), request))
    thread = Thread.objects.visible_to(request.user).for_listing().filter(pk=thread_id).first()
    if thread is None:
        return _gone(request)
    now = timezone.now()
    if not request.user.is_authenticated and request.POST.get("draft_key"):
        return _sign_in_again(request, now, back_to=thread.get_absolute_url())
    form = _bound_reply_form(request, thread)
    nudge = nudge_unseen(request, thread, form) if form.is_valid() and rules.can_reply(request.user, thread) else None
    if nudge is not None:
        form.go_on_as(nudge_seen="1")
        _keep_words(request, form, now)
        return shown_once(request, thread, form, nudge)
    if form.is_valid() and not _is_too_fast(request, form, now, "reply"):
        try:
            post = submit_reply(thread, at=now, **_reply_arguments(request, form))
        except (InvalidError, NotAllowedError) as error:
            _add_error(form, error)
        else:
            return forget_nudge(request, _what_happens_next(post))
    if "parent" in form.errors:
        # Pressing again sends the words to the end of the thread.
        form.go_on_as(parent="")
    _keep_words(request, form, now)
    context = thread_context(request, thread, form)
    return render(request, "forums/thread/thread.html", context, status=422)


@require_POST
def draft_save(request: HttpRequest) -> JsonResponse:
    """Keep what has been typed so far; answers with the draft's key and version, 202 when the session has ended.

    Without a session they are kept for the member who opened the form, if it was one; 422 says that nothing was kept.
    """
    now = timezone.now()
    member = _member(request)
    draft = keep(request.POST, at=now, member=member)
    if draft is None:
        return JsonResponse({"ok": False, "message": _("Not saved yet. Keep this page open.")}, status=422)
    saved_at = time_format(timezone.localtime(now), "TIME_FORMAT")
    answer = {"ok": True, "key": str(draft.key), "version": draft.version, "saved_at": saved_at}
    return JsonResponse(answer, status=200 if member is not None else 202)


@require_POST
def draft_discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw one of one's own drafts away."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("me"))
    draft = Draft.objects.filter(member=request.user, key=key).first()
    if draft is None:
        raise Http404
    discard_draft(draft, by=request.user)
    messages.success(request, _("The draft is gone."))
    return redirect("me")


@require_http_methods(["GET", "POST"])
def post_edit(request: HttpRequest, post_id: int) -> HttpResponse:
    """Change a post after a change was asked for."""
    member = _member(request)
    if member is None:
        if request.method == "POST":
            return _sign_in_again(request, timezone.now(), back_to=request.path)
        return redirect_to_login(request.path)
    post = _own_posts(member).filter(pk=post_id).exclude(status=PostStatus.WITHDRAWN).first()
    if post is None:
        return _gone(request)
    if request.method == "POST":
        return _submit_change(request, member, post)
    if not rules.can_edit_post(member, post):
        return redirect("moderation:post_status", post_id=post.pk)
    initial = {"title": post.thread.title, "body": post.body} | initial_of(draft_of_change(post, member))
    form = ChangeForm(initial=initial | {"draft_key": seal(member, DraftKind.CHANGE, post.thread, post)})
    return _change_page(request, post, form)


@require_POST
def post_withdraw(request: HttpRequest, post_id: int) -> HttpResponse:
    """Take one of one's own posts back; pressed twice it says the same once more."""
    member = _member(request)
    status_url = reverse("moderation:post_status", kwargs={"post_id": post_id})
    if member is None:
        return redirect_to_login(status_url)
    post = _own_posts(member).filter(pk=post_id).first()
    if post is None:
        raise Http404
    withdraw_post(post, by=member, at=timezone.now())
    messages.success(request, _("Taken back. Nobody else can read it now."))
    return redirect(status_url)


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
    drafts = list(drafts_of(member, kind)[:MAX_DRAFTS])
    chosen = next((d for d in drafts if str(d.key) == request.GET.get("draft")), None)
    draft = None if "fresh" in request.GET else chosen or (drafts[0] if drafts else None)
    initial = {"space": request.GET.get("space", "")} | initial_of(draft) | {"draft_key": seal(member, kind)}
    form = form_class(initial=initial, member=member)
    context = {"form": form, "draft": draft, "other_drafts": [d for d in drafts if d is not draft][:_DRAFTS_SHOWN]}
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
    _keep_words(request, form, now)
    return render(request, template, {"form": form, "draft": None, "other_drafts": []}, status=422)


def _words(form: SubmissionForm | ChangeForm) -> dict[str, Any]:
    """Return the cleaned data that an action takes."""
    return {name: value for name, value in form.cleaned_data.items() if name not in _NOT_WORDS}


def _bound_reply_form(request: HttpRequest, thread: Thread) -> MemberReplyForm | GuestReplyForm:
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
    if draft is None:
        return _words_back(request, status=403) if _has_words(request) else redirect_to_login(back_to)
    messages.info(request, _("Your session had ended. Your words are kept and wait for you after signing in."))
    return redirect_to_login(f"{back_to}?draft={draft.key}")


def _keep_words(request: HttpRequest, form: SubmissionForm | ChangeForm, now: datetime) -> None:
    """Keep the words of a form that could not be sent as the member's draft; the form goes on with that draft."""
    member = _member(request)
    draft = keep(request.POST, at=now, member=member) if member is not None else None
    if draft is not None:
        form.go_on_as(submission_key=str(draft.key), version=str(draft.version))


def _gone(request: HttpRequest) -> HttpResponse:
    """Answer for a page that is not there for this visitor: 404, with the words if any were sent to it."""
    if not _has_words(request):
        raise Http404
    return _words_back(request, status=404)


def _has_words(request: HttpRequest) -> bool:
    return any(request.POST.get(name, "").strip() for name in ("title", "body"))


def _words_back(request: HttpRequest, *, status: int) -> HttpResponse:
    """Give the typed words back where they cannot be kept: nothing is stored, and only who sent them sees them."""
    words = [(name, request.POST[name]) for name in _WORDS if request.POST.get(name)]
    choices = [(name, request.POST[name]) for name in _CHOICES if request.POST.get(name)]
    context = {"words": words, "choices": choices, "again": request.path, "is_gone": status == 404}
    return render(request, "forums/compose/words_back.html", context, status=status)


def _what_happens_next(post: Post) -> HttpResponse:
    if post.is_by_guest:
        page = reverse("moderation:guest_status", kwargs={"token": guest_token(post)})
    else:
        page = reverse("moderation:post_status", kwargs={"post_id": post.pk})
    return redirect(f"{page}?new=1")


def _own_posts(member: User) -> PostQuerySet:
    return Post.objects.written_by(member).select_related("thread", "thread__space", "pen_name")


def _submit_change(request: HttpRequest, member: User, post: Post) -> HttpResponse:
    now = timezone.now()
    form = ChangeForm(request.POST)
    if form.is_valid():
        if _is_sent(post, form):
            return _what_happens_next(post)
        words = _words(form) | ({} if post.is_opening else {"title": ""})
        try:
            resubmit_post(post, by=member, at=now, **words)
        except (InvalidError, ConflictError, NotAllowedError) as error:
            _add_error(form, error)
        else:
            return _what_happens_next(post)
    _keep_words(request, form, now)
    return _change_page(request, post, form)


def _is_sent(post: Post, form: ChangeForm) -> bool:
    """Whether the same words came back already: pressed twice."""
    words = form.cleaned_data["body"].replace("\r\n", "\n").strip()
    return post.status != PostStatus.CHANGE_ASKED and post.version > 1 and post.body == words


def _change_page(request: HttpRequest, post: Post, form: ChangeForm) -> HttpResponse:
    if not post.is_opening:
        del form.fields["title"]
    status = 422 if form.is_bound else 200
    return render(request, "forums/compose/edit.html", {"post": post, "form": form}, status=status)
