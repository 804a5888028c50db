"""One request: read it, take it, write, and send the answer."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from accounts.models import PenName
from core.markup import render as render_words
from core.results import ConflictError, InvalidError, require
from counsel import actions, rules
from counsel.briefing import brief
from counsel.forms import AnswerForm
from counsel.models import Credential, ReplyDraft, ReplyRequest
from counsel.queries import names_to_answer_under
from counsel.views.admission import for_counselors, wants_json
from forums.enums import Capacity, PostStatus
from forums.models import Post


@for_counselors
@require_safe
def request_page(request: MemberRequest, request_id: int) -> HttpResponse:
    """Show one request in full, and the place to write once it is taken."""
    asked = _asked(request, request_id)
    require(rules.can_answer(request.user, asked, timezone.now()))
    names = names_to_answer_under(request.user)
    draft = _draft(request, asked)
    return _page(request, asked, form=_blank_form(request, names, draft), names=names, draft=draft)


@for_counselors
@require_POST
def request_take(request: MemberRequest, request_id: int) -> HttpResponse:
    """Take a request; words that a lost lease left behind come along."""
    asked = _asked(request, request_id)
    names = names_to_answer_under(request.user)
    form = AnswerForm(request.POST, names=names)
    try:
        actions.take_request(asked, by=request.user, at=timezone.now())
        if request.POST.get("body") and _save(request, asked, form) is None:
            return _invalid(request, asked, form, names)
    except ConflictError as conflict:
        return _conflict(request, asked, conflict)
    return redirect(asked)


@for_counselors
@require_POST
def request_give_back(request: MemberRequest, request_id: int) -> HttpResponse:
    """Put a request back on the desk."""
    asked = _asked(request, request_id)
    try:
        actions.give_back_request(asked, by=request.user, at=timezone.now())
    except ConflictError as conflict:
        return _conflict(request, asked, conflict)
    messages.success(request, _("It is back on the desk. What you wrote is kept for you."))
    return redirect("counsel:desk")


@for_counselors
@require_POST
def request_settle(request: MemberRequest, request_id: int) -> HttpResponse:
    """Mark a follow-up as read and needing no answer."""
    asked = _asked(request, request_id)
    try:
        actions.settle_request(asked, by=request.user, at=timezone.now())
    except ConflictError as conflict:
        return _conflict(request, asked, conflict)
    messages.success(request, _("Marked as read. It needs no answer."))
    return redirect("counsel:desk")


@for_counselors
@require_POST
def draft_save(request: MemberRequest, request_id: int) -> HttpResponse:
    """Keep what is typed: by script in the background, or by a button, with or without a preview."""
    asked = _asked(request, request_id)
    names = names_to_answer_under(request.user)
    form = AnswerForm(request.POST, names=names)
    try:
        draft = _save(request, asked, form)
    except ConflictError as conflict:
        return _conflict(request, asked, conflict)
    if draft is None:
        return _invalid(request, asked, form, names)
    if wants_json(request):
        saved_at = time_format(timezone.localtime(draft.updated_at), "TIME_FORMAT")
        return JsonResponse({"ok": True, "version": draft.version, "saved_at": saved_at})
    if "preview" in request.POST:
        return redirect(f"{asked.get_absolute_url()}?preview=1#preview")
    messages.success(request, _("Saved."))
    return redirect(f"{asked.get_absolute_url()}#answer")


@for_counselors
@require_POST
def reply_publish(request: MemberRequest, request_id: int) -> HttpResponse:
    """Save the words and send them. A second press of the same button finds the answer sent."""
    asked = _asked(request, request_id)
    names = names_to_answer_under(request.user)
    form = AnswerForm(request.POST, names=names)
    try:
        if _save(request, asked, form) is None:
            return _invalid(request, asked, form, names)
        key = form.cleaned_data["submission_key"]
        actions.publish_counsel_reply(asked, by=request.user, at=timezone.now(), submission_key=key)
    except InvalidError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return _invalid(request, asked, form, names)
    except ConflictError as conflict:
        asked = _asked(request, request_id)
        if not _was_sent(asked, form):
            return _conflict(request, asked, conflict)
    messages.success(
        request, _("Your answer is sent. Like every post it is read first, then it appears in the thread.")
    )
    return redirect("counsel:desk")


def _asked(request: MemberRequest, request_id: int) -> ReplyRequest:
    return get_object_or_404(ReplyRequest.objects.visible_to(request.user).for_desk(), pk=request_id)


def _draft(request: MemberRequest, asked: ReplyRequest) -> ReplyDraft | None:
    return asked.drafts.filter(counselor=request.user).select_related("pen_name").first()


def _save(request: MemberRequest, asked: ReplyRequest, form: AnswerForm) -> ReplyDraft | None:
    """Save what the form holds; None when the form is not valid."""
    if not form.is_valid():
        return None
    return actions.save_reply_draft(
        asked,
        by=request.user,
        body=form.cleaned_data["body"],
        version=form.cleaned_data["version"],
        at=timezone.now(),
        pen_name=form.cleaned_data.get("pen_name"),
    )


def _was_sent(asked: ReplyRequest, form: AnswerForm) -> bool:
    """Whether the same press of the button has sent the answer already."""
    key = form.cleaned_data["submission_key"]
    return key is not None and asked.answer is not None and asked.answer.submission_key == key


def _blank_form(request: MemberRequest, names: list[PenName], draft: ReplyDraft | None) -> AnswerForm:
    # The script keeps unsent words in the tab under this key, so that nobody else at the same device meets them.
    initial: dict[str, Any] = {"draft_key": f"counselor-{request.user.pk}"}
    if draft is not None:
        name = draft.pen_name.public_id if draft.pen_name is not None else None
        initial |= {"body": draft.body, "version": draft.version, "pen_name": name}
    return AnswerForm(names=names, initial=initial)


def _page(
    request: MemberRequest,
    asked: ReplyRequest,
    *,
    form: AnswerForm,
    names: list[PenName],
    draft: ReplyDraft | None,
    status: int = 200,
) -> HttpResponse:
    counselor, now = request.user, timezone.now()
    credential_line = Credential.objects.of(counselor).valid_on(timezone.localdate(now))[0].public_line()
    name = names[0] if len(names) == 1 else draft.pen_name if draft is not None else None
    context: dict[str, Any] = {
        "asked": asked,
        "briefing": brief(asked, counselor=counselor),
        "is_mine": asked.is_taken_by(counselor),
        "is_with_another": asked.is_with_another(counselor, now),
        "can_take": not asked.is_with_another(counselor, now) and rules.can_take(counselor, asked, now),
        "form": form,
        "draft": draft,
        "name": name,
        "credential_line": credential_line,
        "preview": _preview(draft, name, credential_line, now) if request.GET.get("preview") else None,
        "now": now,
    }
    return render(request, "counsel/request.html", context, status=status)


def _preview(draft: ReplyDraft | None, name: PenName | None, credential_line: str, at: datetime) -> Post | None:
    """Return the saved draft as the post that it would be; it is never saved itself."""
    if draft is None:
        return None
    return Post(
        pen_name=name,
        capacity=Capacity.COUNSELOR,
        credential_line=credential_line,
        body_html=render_words(draft.body),
        status=PostStatus.PUBLISHED,
        created_at=at,
        published_at=at,
    )


def _invalid(request: MemberRequest, asked: ReplyRequest, form: AnswerForm, names: list[PenName]) -> HttpResponse:
    """Show the page again with what is wrong; the words stand in the form."""
    if wants_json(request):
        return JsonResponse(
            {"ok": False, "message": " ".join(str(error) for errors in form.errors.values() for error in errors)},
            status=422,
        )
    draft = _draft(request, asked)
    if draft is not None and form.cleaned_data.get("body") == draft.body:
        # The words were saved before the fault was found: the next save must not seem to come from an old tab.
        form.data = {**request.POST.dict(), "version": str(draft.version)}
    return _page(request, asked, form=form, names=names, draft=draft, status=422)


def _conflict(request: MemberRequest, asked: ReplyRequest, conflict: ConflictError) -> HttpResponse:
    """Say that somebody else was first, and give back what was typed, beside what is saved."""
    if wants_json(request):
        return JsonResponse({"ok": False, "message": str(conflict)}, status=409)
    counselor, now = request.user, timezone.now()
    context = {
        "asked": asked,
        "reason": str(conflict),
        "words": request.POST.get("body", ""),
        "pen_name": request.POST.get("pen_name", ""),
        "draft": _draft(request, asked),
        "is_mine": asked.is_taken_by(counselor),
        "can_take": asked.is_live
        and not asked.is_with_another(counselor, now)
        and rules.can_take(counselor, asked, now),
    }
    return render(request, "counsel/conflict.html", context, status=409)
