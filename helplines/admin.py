"""Administration of the directory: operators look rows up and vouch for them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import OperatorOnlyAdmin
from accounts.models import User
from core.results import NotAllowedError
from helplines import actions
from helplines.models import Helpline


@admin.register(Helpline)
class HelplineAdmin(OperatorOnlyAdmin):
    """Rows of the directory. Facts come in by `import_helplines`; here somebody says that they are right."""

    list_display = ["name", "country", "call", "text_number", "purposes", "certainty", "verified_on", "is_demo"]
    list_filter = ["country", "certainty", "is_demo", "verified_on"]
    search_fields = ["name", "call", "text_number"]
    ordering = ["country", "rank", "name"]
    actions = ["mark_verified"]

    @admin.action(description=_("I have called or checked these today: they are right"))
    def mark_verified(self, request: HttpRequest, lines: QuerySet[Helpline]) -> None:
        """Vouch for the chosen rows, as of today."""
        assert isinstance(request.user, User)  # noqa: S101  the administration pages are behind sign-in
        for line in lines:
            try:
                actions.verify_helpline(line, by=request.user, on=timezone.now().date())
            except NotAllowedError as error:
                self.message_user(request, f"{line}: {error}", level=messages.ERROR)
            else:
                self.message_user(request, str(line), level=messages.SUCCESS)
