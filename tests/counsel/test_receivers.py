import time_machine

from counsel.models import ReplyRequest, RequestStatus
from counsel.tasks import release_expired
from forums.actions import withdraw_post
from moderation.models import Case
from moderation.signals import post_referred
from tests import factories
from tests.counsel.scenes import LATER, NOW


def test_publishing_a_story_opens_its_request(member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        story = factories.make_published_story(member, wants_counselor=True)

    assert ReplyRequest.objects.get().post == story


def test_withdrawing_a_story_closes_its_request(asked, story, member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_post(story, by=member, at=LATER)

    asked.refresh_from_db()
    assert asked.status == RequestStatus.CLOSED


def test_referring_a_post_opens_its_request_once(member):
    story = factories.make_published_story(member)

    for _time in range(2):
        post_referred.send_robust(sender=Case, post_id=story.pk)

    assert ReplyRequest.objects.get().post == story


def test_signals_about_posts_that_are_gone_do_nothing(db):
    responses = post_referred.send_robust(sender=Case, post_id=404)

    assert [answer for _receiver, answer in responses] == [None]
    assert not ReplyRequest.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_task_release_expired_opens_what_is_missing(story):
    release_expired()
    release_expired()

    assert release_expired.name == "counsel.release_expired"
    assert ReplyRequest.objects.get().post == story
