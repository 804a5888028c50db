"""Every change of cases, decisions and appeals is one of these verbs."""

from moderation.actions.appeals import appeal_decision, decide_appeal
from moderation.actions.cases import claim_case, claim_next_case, close_case_of, open_case, release_case, renew_lease
from moderation.actions.community_rules import remove_rule, write_rule
from moderation.actions.decisions import Verdict, decide_case
from moderation.actions.placing import accept_imported_post, place_case, set_case_aside
from moderation.actions.rota import add_shift, remove_shift

__all__ = [
    "Verdict",
    "accept_imported_post",
    "add_shift",
    "appeal_decision",
    "claim_case",
    "claim_next_case",
    "close_case_of",
    "decide_appeal",
    "decide_case",
    "open_case",
    "place_case",
    "release_case",
    "remove_rule",
    "remove_shift",
    "renew_lease",
    "set_case_aside",
    "write_rule",
]
