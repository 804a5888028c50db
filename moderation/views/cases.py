"""One case: read it, take it, give it back, decide it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from core.results import ConflictError, Denied, InvalidError, Words
from moderation import rules
from moderation.actions import Verdict, claim_case, decide_case, release_case, renew_lease
from moderation.casefile import CaseFile, fold_choices, folds_of, open_file
from moderation.desk import person_words, staff_names
from moderation.enums import Action, CaseStatus, Cause
from moderation.forms import AboutForm, DecisionForm
from moderation.models import Case, Decision
from moderation.reasons import STARTS
from moderation.report import screening_state
from moderation.views.access import case_or_404, for_desk
from moderation.views.queue import to_next_case

_DONE: dict[str, Words] = {
    Action.PUBLISH: gettext_lazy("Published."),
    Action.FOLD: gettext_lazy("Published with folds. The author has been told why."),
    Action.CHANGE: gettext_lazy("Back with the author, with your reason."),
    Action.DECLINE: gettext_lazy("Declined. The author keeps the words and has been told why."),
    Action.REFER: gettext_lazy("Published, and a counselor is asked."),
    Action.ESCALATE: gettext_lazy("It waits for a safety lead now."),
    Action.NONE: gettext_lazy("Left as it is."),
}


@for_desk
@require_safe
def case(request: MemberRequest, case_id: int) -> HttpResponse:
    """Show a case; whoever holds it can decide here."""
    return _page(request, case_or_404(request, case_id))


@for_desk
@require_POST
def case_claim(request: MemberRequest, case_id: int) -> HttpResponse:
    """Take this very case."""
    found = case_or_404(request, case_id)
    try:
        claim_case(found, by=request.user, at=timezone.now())
    except ConflictError as error:
        messages.warning(request, str(error))
    return redirect("moderation:case", case_id=found.pk)


@for_desk
@require_POST
def case_renew(request: MemberRequest, case_id: int) -> JsonResponse:
    """Prolong the claim while the page is in sight; `ok` is false once it is lost."""
    found = case_or_404(request, case_id)
    number = _number(request, "lease_number", otherwise=found.lease_number)
    if renew_lease(found, by=request.user, lease_number=number, at=timezone.now()):
        return JsonResponse({"ok": True, "message": ""})
    message = _("This case is no longer yours. Copy what you have typed before you leave the page.")
    return JsonResponse({"ok": False, "message": message}, status=409)


@for_desk
@require_POST
def case_release(request: MemberRequest, case_id: int) -> HttpResponse:
    """Give the case back to the queue."""
    found = case_or_404(request, case_id)
    number = _number(request, "lease_number", otherwise=found.lease_number)
    if release_case(found, by=request.user, lease_number=number, at=timezone.now()):
        messages.success(request, _("Given back. Somebody else will take it."))
    else:
        messages.info(request, _("This case was no longer yours."))
    return redirect("moderation:queue")


@for_desk
@require_POST
def case_decide(request: MemberRequest, case_id: int) -> HttpResponse:
    """Decide the case; typed words come back with every refusal, and a second press decides nothing twice."""
    found = case_or_404(request, case_id)
    now = timezone.now()
    lease_number = _number(request, "lease_number", otherwise=found.lease_number)
    file = open_file(found, viewer=request.user, now=now)
    form = _form(request, file, data=request.POST)
    about = _about_form(file, data=request.POST)
    if not (form.is_valid() and (about is None or about.is_valid())):
        if _is_mine_still(request, found, lease_number):
            return _page(request, found, file=file, form=form, about=about)
        return _conflict(request, found, _refusal_words(found), lease_number)
    try:
        decide_case(
            found,
            _verdict(form, about),
            by=request.user,
            lease_number=lease_number,
            post_version=form.cleaned_data["post_version"] or found.post.version,
            at=now,
        )
    except InvalidError as error:
        form.add_error("fold" if error.field == "folds" else error.field, str(error))
        return _page(request, found, file=file, form=form, about=about)
    except ConflictError as error:
        return _conflict(request, found, str(error), lease_number)
    messages.success(request, str(_DONE[form.cleaned_data["action"]]))
    return _go_on(request)


def _go_on(request: MemberRequest) -> HttpResponse:
    return to_next_case(request) if request.POST.get("then") == "next" else redirect("moderation:queue")


def _page(
    request: MemberRequest,
    found: Case,
    *,
    file: CaseFile | None = None,
    form: DecisionForm | None = None,
    about: AboutForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    file = file or open_file(found, viewer=request.user, now=now)
    is_mine = found.status == CaseStatus.WAITING and found.is_held(now) and found.lease_holder_id == request.user.pk
    answer = rules.can_take_case(request.user, found)
    context: dict[str, Any] = {
        "case": found,
        "file": file,
        "is_mine": is_mine or form is not None,
        "holder": _holder(request, found) if found.is_held(now) and not is_mine else "",
        "refusal": str(answer.reason) if isinstance(answer, Denied) else "",
        "screening": screening_state(at=now),
        "can_take": bool(answer) and found.status == CaseStatus.WAITING and not found.is_held(now),
    }
    if context["is_mine"]:
        context["form"] = form or _form(request, file)
        context["about"] = about or _about_form(file)
        # Of what chance drew, only an answer tells whether something was missed.
        context["about_is_open"] = found.cause == Cause.SAMPLE or (about is not None and bool(about.errors))
        context["refused"] = _refused(request, file)
        context["starts"] = STARTS
    return render(request, "moderation/cases/case.html", context, status=422 if form is not None else 200)


def _form(request: MemberRequest, file: CaseFile, *, data: Any = None) -> DecisionForm:
    refused = _refused(request, file)
    return DecisionForm(
        data,
        initial={"lease_number": file.case.lease_number, "post_version": file.post.version},
        allowed=[action for action in Action if action.value not in {one.value for one in refused}],
        refused={action.value: reason for action, reason in refused.items()},
        passages=fold_choices(file.case, file.reading),
    )


def _about_form(file: CaseFile, *, data: Any = None) -> AboutForm | None:
    """Return the group "What is it about?", None while this site does not learn."""
    if not settings.SCREENING_LEARNING:
        return None
    return AboutForm(data, reading=file.reading, severity=file.case.severity)


def _refused(request: MemberRequest, file: CaseFile) -> dict[Action, str]:
    """Return the actions that the rules deny here, with their reasons."""
    answers = {action: rules.can_decide(request.user, file.case, action, file.reading) for action in Action}
    return {action: str(answer.reason) for action, answer in answers.items() if isinstance(answer, Denied)}


def _verdict(form: DecisionForm, about: AboutForm | None) -> Verdict:
    words = form.cleaned_data
    rule = words["rule"]
    return Verdict(
        action=words["action"],
        reason=words["reason"],
        note=words["note"],
        rule=rule.title if rule is not None else "",
        folds=folds_of(words["fold"], words["fold_line"] or str(form.initial["fold_line"])),
        about=about.about_or_none() if about is not None else None,
    )


def _conflict(request: MemberRequest, found: Case, what: str, lease_number: int) -> HttpResponse:
    """Answer a decision that came too late: by the same press twice with a message, else with the typed words kept."""
    if _was_decided_by_this_claim(request, found, lease_number):
        messages.info(request, _("You had decided this already. Nothing was done twice."))
        return redirect("moderation:queue")
    found.refresh_from_db()
    latest = Decision.objects.filter(case=found).order_by("-pk").first()
    context = {
        "case": found,
        "what": what,
        "latest": latest,
        "latest_who": _name(request, latest.by_id) if latest is not None else "",
        "latest_action": Action(latest.action).label if latest is not None else "",
        "reason": request.POST.get("reason", ""),
        "note": request.POST.get("note", ""),
        "action": dict(Action.choices).get(request.POST.get("action", ""), ""),
        "still_waits": found.status == CaseStatus.WAITING,
    }
    return render(request, "moderation/cases/conflict.html", context, status=409)


def _was_decided_by_this_claim(request: MemberRequest, found: Case, lease_number: int) -> bool:
    """Whether the claim of the page was used up by this person's own decision: one claim stands for one decision."""
    latest = Decision.objects.filter(case=found).order_by("-pk").first()
    if latest is None or latest.by_id != request.user.pk:
        return False
    return Case.objects.filter(pk=found.pk, lease_number=lease_number, lease_holder=None).exists()


def _is_mine_still(request: MemberRequest, found: Case, lease_number: int) -> bool:
    return (
        found.status == CaseStatus.WAITING
        and found.lease_holder_id == request.user.pk
        and found.lease_number == lease_number
    )


def _refusal_words(found: Case) -> str:
    if found.status != CaseStatus.WAITING:
        return _("This case has been decided meanwhile.")
    return _("This case is not yours at the moment.")


def _holder(request: MemberRequest, found: Case) -> str:
    return _name(request, found.lease_holder_id)


def _name(request: MemberRequest, person: int | None) -> str:
    return person_words(person, viewer=request.user, names=staff_names([person]))


def _number(request: MemberRequest, name: str, *, otherwise: int) -> int:
    try:
        return int(request.POST.get(name, ""))
    except ValueError:
        return otherwise
