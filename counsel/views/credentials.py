"""The operators' list of credentials."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import MemberRequest
from core.pagination import paginate
from core.results import InvalidError
from counsel import actions, rules
from counsel.forms import CredentialForm
from counsel.models import Credential
from counsel.views.admission import for_operators


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def credentials(request: MemberRequest) -> HttpResponse:
    """List all credentials with what each is worth today, and add one."""
    form = CredentialForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        member = fields.pop("username")
        try:
            actions.add_credential(member=member, **fields, by=request.user, at=timezone.now())
        except InvalidError as error:
            form.add_error(error.field, str(error.message))
        else:
            messages.success(request, _("Added. It counts once somebody has checked the register and verified it."))
            return redirect("counsel:credentials")
    rows = Credential.objects.visible_to(request.user).select_related("member", "verified_by")
    page = paginate(rows, by=("-pk",), after=request.GET.get("after", ""))
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "rows": [
            (row, row.standing_on(today), bool(rules.can_verify_credential(request.user, row, today)))
            for row in page.rows
        ],
    }
    return render(request, "counsel/credentials.html", context, status=422 if form.errors else 200)


@for_operators
@require_POST
def credential_verify(request: MemberRequest, credential_id: int) -> HttpResponse:
    """Vouch for a credential after looking it up in the register."""
    credential = get_object_or_404(Credential.objects.visible_to(request.user), pk=credential_id)
    actions.verify_credential(credential, by=request.user, at=timezone.now())
    messages.success(request, _("Verified."))
    return redirect("counsel:credentials")


@for_operators
@require_POST
def credential_revoke(request: MemberRequest, credential_id: int) -> HttpResponse:
    """End a credential now."""
    credential = get_object_or_404(Credential.objects.visible_to(request.user), pk=credential_id)
    actions.revoke_credential(credential, by=request.user, at=timezone.now())
    messages.success(request, _("Revoked. Earlier answers keep the badge they were written with."))
    return redirect("counsel:credentials")
