"""The member's notices, and the way to stop mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions as account_actions
from accounts.forms import MailWishForm
from accounts.http import MemberRequest, safe_path
from core.pagination import paginate
from core.results import InvalidError
from notices import actions, links
from notices.models import Notice


@login_required
@require_safe
def list(request: MemberRequest) -> HttpResponse:  # noqa: A001  the name of its address
    """List what the member was told, newest first."""
    page = paginate(Notice.objects.visible_to(request.user), by=("-id",), after=request.GET.get("after", ""))
    context = {
        "page": page,
        "has_unread": any(notice.read_at is None for notice in page.rows),
        "form": MailWishForm(initial={"wants_mail": request.user.wants_mail}),
    }
    return render(request, "notices/list.html", context)


@login_required
@require_safe
def notice_open(request: MemberRequest, notice_id: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=notice_id)
    if request.method == "GET":
        actions.mark_read(notice, at=timezone.now())
    return redirect(safe_path(notice.path, otherwise=reverse("notices:list")))


@login_required
@require_POST
def read_all(request: MemberRequest) -> HttpResponse:
    """Mark everything as read."""
    actions.mark_all_read(request.user, at=timezone.now())
    return redirect("notices:list")


@login_required
@require_POST
def settings_save(request: MemberRequest) -> HttpResponse:
    """Keep whether the member wants discreet mail."""
    form = MailWishForm(request.POST)
    wants = form.is_valid() and form.cleaned_data["wants_mail"]
    try:
        account_actions.set_mail_wish(request.user, wants=wants)
    except InvalidError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("You will get a short mail.") if wants else _("You will get no mail."))
    return redirect("notices:list")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """Stop mail to whoever was sent this address, without signing in.

    A press in a mail program posts here without a session (RFC 8058), hence no csrf token. Looking at the page changes
    nothing: mail servers open links to check them.
    """
    member = links.member_of(token)
    if member is None:
        raise Http404
    if request.method == "POST":
        account_actions.set_mail_wish(member, wants=False)
    return render(request, "notices/mail_off.html", {"is_off": not member.wants_mail})
