"""Who may do what with the directory."""

from django.utils.translation import gettext_lazy as _

from accounts import rules as account_rules
from core.results import Allowed, Answer, Denied
from helplines.models import Helpline


def can_verify_helpline(user: account_rules.Person, helpline: Helpline) -> Answer:
    """Whether `user` may vouch for `helpline`: an operator, and never for an invented row."""
    if not account_rules.is_operator(user):
        return Denied(_("Only an operator vouches for a number."))
    if helpline.is_demo:
        return Denied(_("This row is invented for demonstration. Nobody can vouch for it."))
    return Allowed()
