from forums.enums import PostStatus
from forums.models import Post
from forums.signals import post_imported
from moderation.enums import CaseStatus, Cause
from moderation.models import Case
from tests import factories
from tests.factories import NOON


def imported(member, body):
    """Return a post as an import leaves it: held, without a case, with a date of its own."""
    post = factories.make_story(member, body=body)
    Case.objects.all().delete()
    Post.objects.filter(pk=post.pk).update(is_imported=True)
    post_imported.send(sender=Post, post_id=post.pk)
    post.refresh_from_db()
    return post


def test_imported_post_is_read_and_published_with_its_date(member):
    post = imported(member, "Thank you for this article.")

    assert (post.status, post.published_at) == (PostStatus.PUBLISHED, NOON)
    assert post.screened_at is not None
    assert not Case.objects.exists()


def test_imported_post_with_grave_words_is_published_and_looked_at(member):
    post = imported(member, "He says he will kill himself if I leave him.")

    case = Case.objects.get(post=post)
    assert post.status == PostStatus.PUBLISHED
    assert (case.status, case.cause, case.readings.count()) == (CaseStatus.WAITING, Cause.IMPORTED, 1)
