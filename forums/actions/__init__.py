"""Every change of threads, posts and drafts is one of these verbs."""

from forums.actions.drafts import discard_draft, save_draft
from forums.actions.posts import (
    decline_post,
    fold_passages,
    lift_folds,
    mark_read_by_human,
    mark_screened,
    publish_post,
    return_post,
)
from forums.actions.submissions import resubmit_post, submit_question, submit_reply, submit_story, withdraw_post
from forums.actions.threads import create_space, lock_thread, publish_article

__all__ = [
    "create_space",
    "decline_post",
    "discard_draft",
    "fold_passages",
    "lift_folds",
    "lock_thread",
    "mark_read_by_human",
    "mark_screened",
    "publish_article",
    "publish_post",
    "resubmit_post",
    "return_post",
    "save_draft",
    "submit_question",
    "submit_reply",
    "submit_story",
    "withdraw_post",
]
