from django.contrib.auth.models import AnonymousUser

from counsel import queries
from counsel.briefing import brief, noted
from counsel.models import Credential, ReplyRequest
from forums.actions import withdraw_post
from moderation.models import Case, ReadingRecord
from moderation.screening.reading import Category, Finding, Reading, When, Who
from tests import factories
from tests.counsel.scenes import LATER, NOW, answer, make_follow_up, write_again


def make_reading(post, *findings):
    """Keep a reading of a post, as screening does."""
    reading = Reading(severity=3, findings=findings, engine="test", language="en")
    case = Case.objects.filter(post=post).first()
    ReadingRecord.objects.create(case=case, post_version=post.version, at=NOW, engine="test", content=reading.to_dict())


def finding(severity, start, end, reason):
    return Finding(Category.SUICIDE_SELF_HARM, severity, Who.WRITER, When.NOW, start, end, reason, "test")


def test_requests_visible_to_counselors_only(asked, counselor, member, operator):
    assert list(ReplyRequest.objects.visible_to(counselor)) == [asked]
    assert not ReplyRequest.objects.visible_to(member).exists()
    assert not ReplyRequest.objects.visible_to(operator).exists()
    assert not ReplyRequest.objects.visible_to(AnonymousUser()).exists()


def test_credentials_visible_to_operators_and_their_own_member(counselor, other_counselor, operator):
    assert Credential.objects.visible_to(operator).count() == 2
    assert [c.member for c in Credential.objects.visible_to(counselor)] == [counselor]
    assert not Credential.objects.visible_to(AnonymousUser()).exists()


def test_offered_to_leaves_out_own_words(asked, member, counselor):
    assert list(ReplyRequest.objects.offered_to(counselor, NOW)) == [asked]
    assert not ReplyRequest.objects.offered_to(member, NOW).exists()


def test_kept_for_is_apart_from_offered_to_all(asked, member, counselor, other_counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)
    after = follow_up.preferred_until

    assert list(ReplyRequest.objects.kept_for(counselor, LATER)) == [follow_up]
    assert not ReplyRequest.objects.offered_to_all(other_counselor, LATER).exists()
    assert list(ReplyRequest.objects.offered_to_all(other_counselor, after)) == [follow_up]
    assert not ReplyRequest.objects.kept_for(counselor, after).exists()


def test_names_to_answer_under_are_all_until_one_bears_the_badge(asked, counselor):
    private = factories.make_pen_name(counselor, "Private Life")
    public = factories.pen_name_of(counselor)
    assert queries.names_to_answer_under(counselor) == [public, private]

    answer_post = asked
    answer_post.post.thread.refresh_from_db()
    private.retired_at = NOW
    private.save(update_fields=["retired_at"])
    answer(answer_post, counselor)
    private.retired_at = None
    private.save(update_fields=["retired_at"])

    assert queries.names_to_answer_under(counselor) == [public]


def test_exchange_shows_this_counselor_and_this_pen_name_only(asked, member, other_member, counselor, other_counselor):
    post = answer(asked, counselor)
    follow_up = make_follow_up(post, member, counselor)

    assert queries.exchange(counselor, post=follow_up.post) == [post]
    assert queries.exchange(other_counselor, post=follow_up.post) == []
    assert queries.exchange(counselor, post=factories.make_published_story(other_member)) == []


def test_exchange_never_links_two_pen_names_of_one_member(asked, member, counselor):
    answer(asked, counselor)
    second = factories.make_pen_name(member, "Second Name")
    story = factories.make_published_story(member, pen_name=second)

    assert queries.exchange(counselor, post=story) == []


def test_exchange_shows_nothing_that_was_taken_back(asked, story, member, counselor):
    post = answer(asked, counselor)
    again = write_again(post, member)
    withdraw_post(story, by=member, at=LATER)

    assert queries.exchange(counselor, post=again) == []


def test_exchange_with_a_guest_is_empty(story, counselor):
    post = factories.submit_reply(story.thread, body="Same here.", guest_name="Passing", at=NOW)

    assert queries.exchange(counselor, post=post) == []


def test_brief_shows_the_thread_and_what_screening_noticed(asked, story, other_member, counselor):
    reply = factories.make_reply(story.thread, other_member)
    title = len(f"{story.thread.title}\n\n")
    make_reading(story, finding(2, title, title + 2, "second"), finding(3, title + 3, title + 6, "first"))

    briefing = brief(asked, counselor=counselor)

    assert briefing.around == [story, reply]
    assert [(n.severity, n.reason, n.words) for n in briefing.noted] == [(3, "first", "has"), (2, "second", "It")]


def test_noted_of_changed_words_quotes_none(story):
    make_reading(story, finding(3, 0, 5, "first"))
    story.version = 2

    assert [(n.reason, n.words) for n in noted(story)] == [("first", "")]


def test_noted_without_reading_is_empty(member):
    post = factories.make_story(member)

    assert noted(post) == []


def test_brief_of_a_story_that_was_taken_back_shows_nothing(asked, story, member, counselor):
    withdraw_post(story, by=member, at=LATER)
    asked.post.refresh_from_db()

    briefing = brief(asked, counselor=counselor)

    assert (briefing.around, briefing.exchange, briefing.noted) == (None, [], [])
