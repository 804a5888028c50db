"""What moderation announces. Arguments are ids only."""

from django.dispatch import Signal

# After commit, post_id: a moderator referred a published post to the counselors.
post_referred = Signal()
