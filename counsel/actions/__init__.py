"""Every change of requests, answers and credentials is one of these verbs."""

from counsel.actions.credentials import add_credential, revoke_credential, verify_credential
from counsel.actions.replies import publish_counsel_reply, save_reply_draft
from counsel.actions.requests import (
    close_request,
    give_back_request,
    open_request,
    release_expired,
    settle_request,
    take_request,
)

__all__ = [
    "add_credential",
    "close_request",
    "give_back_request",
    "open_request",
    "publish_counsel_reply",
    "release_expired",
    "revoke_credential",
    "save_reply_draft",
    "settle_request",
    "take_request",
    "verify_credential",
]
