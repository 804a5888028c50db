"""How much and how often may be written."""

# 5,000 words is the longest story that screening is measured on; this leaves room for long words.
MAX_BODY = 40_000
MAX_TITLE = 150
MAX_GUEST_NAME = 40

# (most in a window, window in seconds): far above what a person writes, far below what a script does.
SUBMIT_LIMIT = (8, 3600)
REPLY_LIMIT = (30, 3600)
GUEST_REPLY_LIMIT = (6, 3600)
# Drafts of replies looked at while somebody writes: a pause each, and no more after the first line shown.
NUDGE_LIMIT = (60, 900)
