"""What authors see: what happens with a post, decisions about their words, and the rules."""

import threading
import time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from core.pagination import paginate
from core.results import ConflictError, Denied, InvalidError, NotAllowedError
from forums.guests import guest_post
from forums.models import Post
from forums.rules import can_edit_post, can_withdraw_post
from helplines.forms import CountryForm
from helplines.queries import chosen_country, countries, help_for
from moderation import rules
from moderation.actions import appeal_decision
from moderation.casefile import words_decided_about
from moderation.enums import AppealOutcome
from moderation.forms import AppealForm
from moderation.models import CommunityRule, Decision
from moderation.progress import Progress, is_placed, own_posts, progress_of
from moderation.wording import moment_words, zone_words

DECISIONS_PER_PAGE = 20
_LINES_SHOWN = 5
_LOOKS = 6
_BETWEEN_LOOKS = 0.1  # seconds
# Of the few threads that answer requests, one at most waits here: others must not be held up when screening lags.
_WAITING = threading.BoundedSemaphore(1)


@login_required
@require_safe
def post_status(request: MemberRequest, post_id: int) -> HttpResponse:
    """Show the author what happens with a post of theirs."""
    post = own_posts(request.user).filter(pk=post_id).first()
    if post is None:
        raise Http404
    if "new" in request.GET:
        _wait_a_moment(post)
        post.refresh_from_db(fields=["status", "screened_at", "human_read_at"])
        if _is_plain_answer(post):
            messages.success(request, _("Your answer is on the page."))
            return redirect(post.get_absolute_url())
    return _status_page(request, post)


@require_safe
def guest_status(request: HttpRequest, token: str) -> HttpResponse:
    """Show a guest, by the private return link, what happens with their post."""
    post = guest_post(token)
    if post is None:
        raise Http404
    if "new" in request.GET:
        _wait_a_moment(post)
        post.refresh_from_db(fields=["status", "screened_at", "human_read_at"])
    return _status_page(request, post)


@login_required
@require_safe
def decisions(request: MemberRequest) -> HttpResponse:
    """List the decisions about what this member wrote."""
    found = Decision.objects.about_words_of(request.user).select_related("case__post__thread", "appeal")
    page = paginate(found, by=("-id",), after=request.GET.get("after", ""), size=DECISIONS_PER_PAGE)
    return render(request, "moderation/decisions/decisions.html", {"page": page})


@login_required
@require_safe
def decision(request: MemberRequest, decision_id: int) -> HttpResponse:
    """Show one decision: what, about which words, why, what it means, and how to appeal."""
    return _decision_page(request, _decision_or_404(request, decision_id))


@login_required
@require_POST
def decision_appeal(request: MemberRequest, decision_id: int) -> HttpResponse:
    """Ask that another person decides again."""
    found = _decision_or_404(request, decision_id)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, found, form)
    try:
        appeal_decision(found, by=request.user, text=form.cleaned_data["text"], at=timezone.now())
    except InvalidError as error:
        form.add_error(error.field, str(error))
        return _decision_page(request, found, form)
    except (ConflictError, NotAllowedError) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Thank you. A different person will look at it and decide."))
    return redirect("moderation:decision", decision_id=found.pk)


@require_safe
def community_rules(request: HttpRequest) -> HttpResponse:
    """Show the rules of the community."""
    return render(request, "moderation/rules.html", {"rules": CommunityRule.objects.all()})


def _wait_a_moment(post: Post) -> None:
    """Give the program a moment, half a second or so, since it is nearly always done by then."""
    if is_placed(post) or not _WAITING.acquire(blocking=False):
        return
    try:
        for _look in range(_LOOKS):
            time.sleep(_BETWEEN_LOOKS)
            if is_placed(post):
                return
    finally:
        _WAITING.release()


def _is_plain_answer(post: Post) -> bool:
    """Whether a reply appeared at once and its words call for no help: then its author goes on reading."""
    return not post.is_opening and post.is_published and not progress_of(post, at=timezone.now()).care.needs


def _status_page(request: HttpRequest, post: Post) -> HttpResponse:
    now = timezone.now()
    progress = progress_of(post, at=now)
    context: dict[str, Any] = {
        "post": post,
        "progress": progress,
        "state": progress.state.value,
        "promise": moment_words(progress.promise, now=now) if progress.promise is not None else "",
        "zone": zone_words(),
        "may_edit": bool(can_edit_post(request.user, post)),
        "may_withdraw": bool(can_withdraw_post(request.user, post)),
        "care": progress.care,
    } | _help(request, progress)
    is_fragment = request.headers.get("X-Fragment") == "1"
    template = "moderation/author/_progress.html" if is_fragment else "moderation/author/status.html"
    return render(request, template, context)


def _help(request: HttpRequest, progress: Progress) -> dict[str, Any]:
    """Return the lines for what the author wrote about, if it calls for any, and the choice of a country."""
    if not progress.care.needs:
        return {}
    today = timezone.localdate()
    country = chosen_country(request.user, request.session)
    initial = {"country": country, "next": request.path}
    return {
        "help": help_for(country, progress.care.purposes, today=today, limit=_LINES_SHOWN),
        "country_form": CountryForm(initial=initial, countries=countries(today=today)),
        "help_url": f"{reverse('helplines:help')}?next={request.path}",
    }


def _decision_or_404(request: MemberRequest, decision_id: int) -> Decision:
    found = Decision.objects.about_words_of(request.user).select_related("case__post__thread", "case__post__pen_name")
    decision = found.filter(pk=decision_id).first()
    if decision is None:
        raise Http404
    return decision


def _decision_page(request: MemberRequest, found: Decision, form: AppealForm | None = None) -> HttpResponse:
    now = timezone.now()
    appeal = getattr(found, "appeal", None)
    answer = rules.can_appeal(request.user, found, now)
    context = {
        "decision": found,
        "post": found.case.post,
        "quotes": words_decided_about(found),
        "appeal": appeal,
        "appeal_waits": appeal is not None and appeal.outcome == AppealOutcome.OPEN,
        "was_reversed": appeal is not None and appeal.outcome == AppealOutcome.REVERSED,
        "may_appeal": bool(answer),
        "refusal": str(answer.reason) if isinstance(answer, Denied) else "",
        "may_edit": bool(can_edit_post(request.user, found.case.post)),
        "form": form or AppealForm(),
    }
    return render(request, "moderation/decisions/decision.html", context, status=422 if form is not None else 200)
