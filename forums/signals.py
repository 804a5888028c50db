"""What forums announces. Arguments are ids only."""

from django.dispatch import Signal

# Inside the transaction of submit_post, post_id: a post was born held (or came back changed) and needs a reading.
post_submitted = Signal()
# Inside the transaction of the import, post_id: an approved comment or article of another site needs a reading.
post_imported = Signal()
# After commit, post_id: a post became visible.
post_published = Signal()
# After commit, post_id: a post is no longer visible.
post_withdrawn = Signal()
