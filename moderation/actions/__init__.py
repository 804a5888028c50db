"""Every change of cases, decisions and appeals is one of these verbs."""

from moderation.actions.appeals import appeal_decision, decide_appeal
from moderation.actions.cases import claim_case, claim_next_case, close_case_of, open_case, release_case, renew_lease
from moderation.actions.community_rules import remove_rule, write_rule
from moderation.actions.decisions import Verdict, decide_case
from moderation.actions.labels import About, forget_labels, keep_label
from moderation.actions.placing import accept_imported_post, place_case, set_case_aside
from moderation.actions.rota import add_shift, remove_shift
from moderation.actions.upkeep import keep_calibration, note_screening_state

__all__ = [
    "About",
    "Verdict",
    "accept_imported_post",
    "add_shift",
    "appeal_decision",
    "claim_case",
    "claim_next_case",
    "close_case_of",
    "decide_appeal",
    "decide_case",
    "forget_labels",
    "keep_calibration",
    "keep_label",
    "note_screening_state",
    "open_case",
    "place_case",
    "release_case",
    "remove_rule",
    "remove_shift",
    "renew_lease",
    "set_case_aside",
    "write_rule",
]
