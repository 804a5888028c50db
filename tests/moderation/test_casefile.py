from datetime import timedelta

import pytest

from core.markup import FoldSpan
from forums.actions import resubmit_post, withdraw_post
from forums.models import Post
from moderation.actions import set_case_aside
from moderation.casefile import fold_choices, folds_of, open_file, words_decided_about
from moderation.enums import Action
from moderation.models import Case, Decision
from moderation.readings import ScreenedWords, paragraphs, passages
from moderation.screening.reading import Category
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import BODY, SOON, decide, finding, place, reading, waiting_case

TITLE = "A day"
HEAD = len(TITLE) + 2


def file_of(case, viewer):
    found = Case.objects.select_related("post__pen_name", "post__thread__space").get(pk=case.pk)
    return open_file(found, viewer=viewer, now=SOON)


def test_screened_words_of_an_opening_begin_with_its_title(member):
    words = ScreenedWords.of(factories.make_story(member, body=BODY))

    assert words == ScreenedWords(f"{TITLE}\n\n{BODY}", HEAD)
    assert words.fold_over(0, 3, "line") is None
    assert words.fold_over(HEAD, HEAD + 9, "line") == FoldSpan(0, 9, "line")


def test_screened_words_of_a_reply_are_its_body(member):
    story = factories.make_published_story(member)
    reply = factories.make_reply(story.thread, member)

    assert ScreenedWords.of(reply) == ScreenedWords(reply.body, 0)


def test_passages_joined_again_are_the_text(member):
    words = ScreenedWords.of(factories.make_story(member, body=BODY))
    found = reading(finding(start=2, end=30), finding(start=20, end=50), finding(start=20, end=21))

    cut = passages(words, found)

    assert "".join(passage.text for passage in cut) == words.text
    assert [passage.start for passage in cut if len(passage.findings) == 3] == [20]
    assert passages(words, None)[0].severity == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one", ["one"]),
        ("one\ntwo", ["one\ntwo"]),
        ("one\n\ntwo", ["one", "two"]),
        ("one\n \t\n\n two\n\n", ["one", "two"]),
        ("", []),
    ],
)
def test_paragraphs_are_what_blank_lines_separate(text, found):
    assert [text[start:end] for start, end in paragraphs(text)] == found


def test_open_file_marks_each_passage_with_its_finding(member, moderator):
    case = waiting_case(
        member,
        found=reading(
            finding(Category.OWN_USE, 1, start=0, end=5), finding(severity=2, start=HEAD + 43, end=HEAD + 57)
        ),
    )

    file = file_of(case, moderator)

    assert [(piece.text, piece.label, piece.numbers) for piece in file.title] == [("A day", "support", "1")]
    assert [one.number for one in file.title_found] == [1]
    assert [(piece.text, piece.numbers) for piece in file.paragraphs[1].pieces] == [
        ("The second one", "2"),
        (" is about a harder evening.", ""),
    ]
    assert [one.words for one in file.paragraphs[1].found] == ["somebody could be found by this; the writer, now"]
    assert [one.found for one in (file.paragraphs[0], file.paragraphs[2])] == [[], []]
    assert (file.warnings, file.screening_failed) == ([], False)


def test_open_file_grave_findings_are_named_before_the_text(member, moderator):
    grave = reading(finding(Category.SUICIDE_SELF_HARM, 4), finding(Category.SUICIDE_SELF_HARM, 3, start=9, end=12))

    assert file_of(waiting_case(member, found=grave), moderator).warnings == ["suicide or self-harm"]


def test_open_file_where_screening_failed_says_so_and_shows_all_words(member, moderator):
    case = Case.objects.get(post=factories.make_story(member, body=BODY))
    set_case_aside(case, attempt=0, at=NOON)

    file = file_of(case, moderator)

    assert file.screening_failed is True
    assert [piece.text for paragraph in file.paragraphs for piece in paragraph.pieces] == BODY.split("\n\n")


def test_open_file_history_is_of_this_pen_name_alone(member, moderator):
    other_name = factories.make_pen_name(member, "Two Spoons")
    under_other = waiting_case(member, title="Secret other self", pen_name=other_name)
    decide(under_other, moderator, Action.DECLINE, reason="Because.")
    earlier = waiting_case(member, title="Earlier day")
    decide(earlier, moderator, Action.DECLINE, reason="Because.", note="For staff.")
    case = waiting_case(member, title="Today")

    file = file_of(case, moderator)

    assert [post.thread.title for post in file.earlier_posts] == ["Earlier day"]
    assert [(line.what, line.who) for line in file.earlier_decisions] == [("Decline", "you")]


def test_open_file_guest_has_no_history(member, moderator):
    story = factories.make_published_story(member)
    for _turn in range(2):
        reply = factories.submit_reply(story.thread, body="Hello.", at=NOON, guest_name="Passing by")
        case = place(reply, reading())

    file = file_of(case, moderator)

    assert (file.earlier_posts, file.earlier_decisions) == ([], [])


def test_open_file_conversation_around_has_opening_and_answered_first_and_no_hidden_posts(
    member, other_member, moderator
):
    story = factories.make_published_story(member)
    answered = factories.make_reply(story.thread, member, body="Number zero")
    for number in range(12):
        factories.make_reply(story.thread, other_member, body=f"Number {number + 1}")
    gone = factories.make_reply(story.thread, member, body="Taken back")
    withdraw_post(gone, by=member, at=NOON)
    factories.submit_reply(story.thread, body="Held", at=NOON, guest_name="Passing by")
    reply = factories.submit_reply(
        story.thread, body="Mine", at=NOON, by=member, pen_name=factories.pen_name_of(member), parent=answered
    )
    case = place(reply, reading(finding()))

    around = file_of(case, moderator).around

    assert len(around) == 10
    assert around[0].is_opening
    assert answered in around
    assert {post.status for post in around} == {"published"}


def test_open_file_earlier_versions_and_events_of_the_case(member, moderator, other_moderator):
    case = waiting_case(member)
    decide(case, other_moderator, Action.CHANGE, reason="Leave out the name.")
    post = Post.objects.get(pk=case.post_id)
    resubmit_post(post, by=member, body="Without the name.", at=SOON)
    place(post, reading(finding()), at=SOON)

    file = file_of(case, moderator)

    assert [(one.version, one.body) for one in file.revisions] == [(1, BODY)]
    assert [(line.what, line.who) for line in file.events] == [
        ("Came in", ""),
        ("Read by screening and put in the queue", ""),
        ("Taken", "Blue Lamp"),
        ("Decided", "Blue Lamp"),
        ("Came back changed", ""),
        ("Read by screening and put in the queue", ""),
    ]
    assert [line.decision.reason for line in file.decisions] == ["Leave out the name."]


def test_fold_choices_flagged_first_then_each_paragraph(member):
    found = reading(finding(start=0, end=5), finding(severity=3, start=HEAD + 43, end=HEAD + 57))
    case = waiting_case(member, found=found)

    choices = fold_choices(case, found)

    assert choices == [
        ("43-57", "Flagged, urgent: The second one"),
        ("0-41", "Paragraph 1: The first paragraph is about the weather."),
        ("43-84", "Paragraph 2: The second one is about a harder evening."),
        ("86-105", "Paragraph 3: The third is short."),
    ]


def test_folds_of_overlapping_choices_are_one():
    assert folds_of(["43-57", "0-41", "43-84"], "line") == (FoldSpan(0, 41, "line"), FoldSpan(43, 84, "line"))


def test_words_decided_about_are_those_of_the_version_that_was_read(member, moderator):
    case = waiting_case(member)
    fold = FoldSpan(0, 9, "")
    decision = decide(case, moderator, Action.CHANGE, reason="Because.", folds=(fold,))
    post = Post.objects.get(pk=case.post_id)
    assert words_decided_about(Decision.objects.get(pk=decision.pk)) == ["The first"]

    resubmit_post(post, by=member, body="Other words altogether.", at=SOON + timedelta(minutes=1))

    assert words_decided_about(Decision.objects.get(pk=decision.pk)) == ["The first"]
    post.revisions.all().delete()
    assert words_decided_about(Decision.objects.get(pk=decision.pk)) == []


def test_words_decided_about_none_named_is_empty(member, moderator):
    assert words_decided_about(decide(waiting_case(member), moderator, Action.DECLINE, reason="Because.")) == []
