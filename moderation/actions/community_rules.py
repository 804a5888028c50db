"""The community's own rules, as shown on the rules page."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.events import record
from core.results import require
from moderation import rules
from moderation.models import CommunityRule


def write_rule(rule: CommunityRule, *, by: User, at: datetime) -> CommunityRule:
    """Keep a new or changed rule. Decisions made earlier keep the title that they were given."""
    require(rules.can_write_rules(by))
    with transaction.atomic():
        rule.save()
        record("rule_written", rule, by=by, at=at, slug=rule.slug)
    return rule


def remove_rule(rule: CommunityRule, *, by: User, at: datetime) -> bool:
    """Take a rule off the rules page; False when it was gone already."""
    require(rules.can_write_rules(by))
    with transaction.atomic():
        if not CommunityRule.objects.filter(pk=rule.pk).delete()[0]:
            return False
        record("rule_removed", rule, by=by, at=at, slug=rule.slug)
    return True
