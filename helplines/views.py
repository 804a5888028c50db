"""The help page, and the choice of a country."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions as account_actions
from accounts.http import safe_path
from accounts.models import User
from helplines import queries
from helplines.forms import CountryForm
from helplines.models import Purpose


@require_safe
def help(request: HttpRequest) -> HttpResponse:  # noqa: A001  the name of its address
    """Show emergency numbers first, then lines by what they are for."""
    today = timezone.localdate()
    country = queries.chosen_country(request.user, request.session)
    back = safe_path(request.GET.get("next", ""), otherwise="")
    context = {
        "help": queries.help_for(country, Purpose.values, today=today),
        "form": CountryForm(
            initial={"country": country, "next": back or request.path}, countries=queries.countries(today=today)
        ),
        "back": back,
    }
    return render(request, "helplines/help.html", context)


@require_POST
def country_choose(request: HttpRequest) -> HttpResponse:
    """Keep the chosen country, on the account of a member, in the session of a visitor, and go back to where they were."""
    form = CountryForm(request.POST, countries=queries.countries(today=timezone.localdate()))
    next_path = safe_path(request.POST.get("next", ""), otherwise=reverse("helplines:help"))
    if not form.is_valid():
        messages.error(request, _("Please choose a country from the list."))
        return redirect(next_path)
    country = form.cleaned_data["country"]
    if isinstance(request.user, User):
        account_actions.set_country(request.user, country=country)
    elif country:
        request.session[queries.SESSION_KEY] = country
    else:
        request.session.pop(queries.SESSION_KEY, None)
    return redirect(next_path)
