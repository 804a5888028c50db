from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError

from accounts.models import PenName
from core.models import Event
from forums.actions import create_space
from forums.actions.imports import import_pen_name, import_reply, import_thread
from forums.enums import Capacity, PostStatus, ThreadKind
from forums.importing import loader
from forums.importing.planning import Counselor
from forums.importing.wxr import WxrError, survey
from forums.models import Post, Space, Thread
from forums.signals import post_imported
from tests import factories

pytestmark = pytest.mark.django_db

DATA = Path(__file__).resolve().parents[2] / "data" / "wxr"
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVERYTHING = DATA / "everything.xml"


def carry_over(path=EVERYTHING, *, at=AT, space=None, counselor=None):
    return loader.import_file(path, survey(path), space=space, at=at, counselor=counselor)


def post(number):
    return Post.objects.select_related("parent", "pen_name").get(source_key=f"wp:lamp.example/notes:c{number}")


def opening(number):
    return Post.objects.select_related("thread", "pen_name").get(source_key=f"wp:lamp.example/notes:{number}")


def test_article_comes_over_with_headings_figures_and_dates():
    carry_over()

    article = opening(11)
    assert article.thread.kind == ThreadKind.ARTICLE
    assert article.thread.title == "Leaving the lamp on & other small things"
    assert article.thread.slug == "leaving-the-lamp-on"
    assert article.thread.excerpt == "A light, nothing more."
    assert article.thread.source_key == "wp:lamp.example/notes:11"
    assert article.body == article.body_html
    assert article.body_html.startswith(
        "<h2>What a lamp can say</h2><p>My neighbour left a lamp on for her son every night"
    )
    assert (
        "Picture: A lamp in a window</a><figcaption>The window, seen from the street</figcaption></figure>"
        in article.body_html
    )
    assert "written as ]]&gt;, must survive" in article.body_html
    assert (
        article.created_at
        == article.published_at
        == article.thread.published_at
        == datetime(2015, 2, 3, 18, 30, tzinfo=UTC)
    )
    assert article.human_read_at == AT
    assert article.is_imported
    assert article.capacity == Capacity.ARTICLE_AUTHOR


def test_article_in_the_old_editor_keeps_paragraphs_captions_gallery_and_embed():
    carry_over()

    body = opening(12).body_html
    assert body.startswith("<p>The first line<br>goes on here.</p><figure>")
    assert "Picture: The desk</a><figcaption>The desk at <em>four</em> in the morning</figcaption></figure>" in body
    assert body.count("Picture</a><figcaption>A second desk</figcaption></figure>") == 2
    assert 'href="https://video.example/watch?v=1"' in body
    assert body.endswith("<p>Rest counts too. So I was told [sic].</p>")


def test_article_without_title_excerpt_and_date_gets_what_the_file_still_says():
    carry_over()

    thread = opening(12).thread
    assert thread.title == "Without a title"
    assert thread.slug == "article"
    assert (
        thread.excerpt.startswith("The first line goes on here. Rest counts too.") or "https://video" in thread.excerpt
    )
    assert thread.published_at == datetime(2015, 3, 4, 6, 0, tzinfo=UTC)


def test_comments_nest_as_they_did_whatever_their_order_in_the_file():
    carry_over()

    assert post(101).parent is None
    assert post(102).parent == post(101)
    assert [
        p.source_key.rpartition(":")[2] for p in Post.objects.filter(thread=opening(11).thread).in_thread_order()
    ] == [
        "11",
        "c101",
        "c102",
        "c104",
        "c107",
        "c105",
        "c106",
    ]
    assert [post(number).depth for number in (101, 102, 104, 107)] == [1, 2, 3, 3]


def test_comment_whose_parent_was_left_out_moves_to_the_nearest_one_above():
    tally = carry_over()

    assert post(104).parent == post(102)
    assert post(105).parent is None
    assert tally.moved_up == 2


def test_comment_keeps_words_lines_and_date_without_danger():
    carry_over()

    assert post(101).body_html == (
        "<p>I did this for my brother.<br>He saw it [he told me later].</p><p>Thank you <strong>so</strong> much.</p>"
    )
    assert post(101).published_at == post(101).created_at == datetime(2015, 2, 4, 8, 0, tzinfo=UTC)
    assert post(105).created_at == datetime(2015, 2, 6, 10, 0, tzinfo=UTC)


def test_authors_become_pen_names_without_an_account():
    carry_over()

    assert [post(number).author_name for number in (101, 102, 104, 105, 106, 107)] == [
        "Tess O'Dell",
        "Mara Willow",
        "Tess O'Dell",
        "A reader",
        "Mara Willow (imported)",
        "Jo from the night desk",
    ]
    assert post(101).pen_name == post(104).pen_name
    assert PenName.objects.filter(is_imported=True, member=None).count() == PenName.objects.count() == 5


def test_author_of_the_article_is_known_by_number_and_never_by_name():
    carry_over()

    assert post(102).capacity == Capacity.ARTICLE_AUTHOR
    assert post(102).pen_name == opening(11).pen_name
    assert [post(number).capacity for number in (101, 106, 107)] == ["", "", ""]


def test_everything_else_is_left_out_and_counted():
    tally = carry_over()

    assert (tally.articles, tally.thoughts, tally.pen_names) == (2, 6, 5)
    assert dict(tally.left_out) == {
        "item:page": 1,
        "item:post draft": 1,
        "item:post protected": 1,
        "item:post private": 1,
        "item:attachment": 1,
        "item:recipe": 1,
        "comment:below": 1,
        "comment:unapproved": 1,
        "comment:pingback": 1,
        "comment:trackback": 1,
        "comment:spam": 1,
        "comment:trash": 1,
        "comment:empty": 1,
    }
    assert Thread.objects.count() == 2
    assert Post.objects.count() == 8


def test_everything_that_came_over_was_screened_and_counts_in_its_thread():
    carry_over()

    thread = opening(11).thread
    assert not Post.objects.exclude(status=PostStatus.PUBLISHED, screened_at__isnull=False).exists()
    assert thread.reply_count == 6
    assert thread.last_post_at == datetime(2015, 2, 8, 10, 0, tzinfo=UTC)
    assert Event.objects.filter(kind="article_imported").count() == 2


def test_second_import_adds_nothing():
    carry_over()
    before = list(Post.objects.order_by("pk").values())

    tally = carry_over(at=datetime(2026, 3, 3, tzinfo=UTC))

    assert (tally.articles, tally.thoughts, tally.pen_names) == (0, 0, 0)
    assert (tally.articles_here, tally.thoughts_here, tally.moved_up) == (2, 6, 0)
    assert list(Post.objects.order_by("pk").values()) == before
    assert PenName.objects.count() == 5


def test_later_export_adds_only_what_is_new_below_what_came_earlier():
    carry_over()
    Thread.objects.filter(source_key="wp:lamp.example/notes:11").update(title="Changed here")

    tally = carry_over(DATA / "second_day.xml", at=datetime(2026, 3, 3, tzinfo=UTC))

    assert (tally.articles, tally.thoughts, tally.pen_names) == (0, 1, 0)
    assert (tally.articles_here, tally.thoughts_here) == (1, 1)
    assert post(130).parent == post(101)
    assert post(130).depth == 2
    assert post(130).pen_name == post(101).pen_name
    assert opening(11).thread.title == "Changed here"
    assert opening(11).thread.reply_count == 7


def test_preview_tells_what_import_does_and_writes_nothing():
    preview = loader.preview(EVERYTHING, survey(EVERYTHING), at=AT)
    assert Post.objects.count() == PenName.objects.count() == Space.objects.count() == 0

    assert preview == carry_over()
    assert loader.preview(EVERYTHING, survey(EVERYTHING), at=AT).thoughts_here == 6


def test_name_of_a_member_is_not_given_to_somebody_imported(member):
    factories.make_pen_name(member, "TESS o'dell")

    carry_over()

    assert post(101).author_name == "Tess O'Dell (imported)"


def test_same_name_on_two_sites_is_two_people(tmp_path):
    other = tmp_path / "other.xml"
    other.write_text(EVERYTHING.read_text().replace("www.lamp.example/notes", "else.example"))
    carry_over()

    carry_over(other)

    imported = Post.objects.get(source_key="wp:else.example:c101")
    assert imported.author_name == "Tess O'Dell (imported)"
    assert imported.pen_name != post(101).pen_name


def test_file_that_breaks_after_the_check_leaves_nothing_behind(tmp_path):
    path = tmp_path / "export.xml"
    path.write_bytes(EVERYTHING.read_bytes())
    checked = survey(path)
    path.write_bytes(EVERYTHING.read_bytes()[:-40])

    with pytest.raises(WxrError):
        loader.import_file(path, checked, space=None, at=AT)

    assert Post.objects.count() == PenName.objects.count() == Space.objects.count() == 0


def test_screening_that_fails_stops_the_whole_import():
    def fail(**_kwargs):
        raise RuntimeError("screening is broken")

    post_imported.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            carry_over()
    finally:
        post_imported.disconnect(fail)

    assert Post.objects.count() == 0


def test_counselor_writes_under_the_account_with_a_credential(counselor):
    stands_for = Counselor("mwillow", factories.pen_name_of(counselor), "Counselor, Example register")

    carry_over(counselor=stands_for)

    assert opening(11).author_name == post(102).author_name == "Oak Door"
    assert (post(102).capacity, post(102).credential_line) == (Capacity.COUNSELOR, "Counselor, Example register")
    assert opening(12).author_name == "Jo from the night desk"
    assert post(107).capacity == Capacity.MEMBER


def test_dates_in_the_future_are_not_believed():
    early = datetime(2015, 2, 5, 12, 0, tzinfo=UTC)

    carry_over(at=early)

    assert post(107).created_at == early
    assert opening(11).thread.last_post_at == early


def test_export_of_another_program_comes_over():
    carry_over(DATA / "other_prefixes.xml")

    thread = Thread.objects.get()
    assert (thread.title, thread.pen_name.name, thread.reply_count) == ("Boiling an egg", "Ada", 1)
    assert thread.source_key == "wp:kitchen-steps:1"
    assert Post.objects.get(is_opening=False).author_name == "A reader"
    assert carry_over(DATA / "other_prefixes.xml").thoughts_here == 1


@pytest.mark.parametrize(
    ("slugs", "asked", "expected"),
    [
        ([], "", None),
        (["first", "welcome"], "", "welcome"),
        (["first", "second"], "", "first"),
        (["first", "second"], "second", "second"),
        (["first"], "nowhere", None),
    ],
)
def test_room_for_articles_is_the_one_asked_for_or_the_best_there_is(slugs, asked, expected):
    for rank, slug in enumerate(slugs):
        create_space(slug=slug, name=slug, description="", audience="", at=AT, rank=rank)

    room = loader.room_for_articles(asked)

    assert (room.slug if room else None) == expected


def test_room_is_opened_where_there_is_none():
    carry_over()

    assert Space.objects.get().slug == "articles"


def held(**fields):
    space = factories.make_space()
    name = import_pen_name(["Tess"], public_id="t", at=AT)
    arguments = {
        "space": space,
        "pen_name": name,
        "title": "T",
        "slug": "t",
        "excerpt": "",
        "body_html": "<p>a</p>",
        "written_at": AT,
        "source_key": "wp:x:1",
        "at": AT,
    }
    return import_thread(**(arguments | fields))


def test_import_alone_publishes_nothing():
    receivers, post_imported.receivers = post_imported.receivers, []
    post_imported.sender_receivers_cache.clear()
    try:
        imported = held()
        reply = import_reply(
            imported.thread,
            pen_name=imported.pen_name,
            body_html="<p>b</p>",
            parent=None,
            written_at=AT,
            source_key="wp:x:c1",
            at=AT,
        )
    finally:
        post_imported.receivers = receivers
        post_imported.sender_receivers_cache.clear()

    assert {imported.status, reply.status} == {PostStatus.HELD}
    assert imported.thread.published_at is None


def test_reply_of_a_counselor_without_credential_is_refused():
    thread = held().thread

    with pytest.raises(IntegrityError):
        import_reply(
            thread,
            pen_name=thread.pen_name,
            body_html="<p>b</p>",
            parent=None,
            written_at=AT,
            source_key="wp:x:c1",
            at=AT,
            capacity=Capacity.COUNSELOR,
        )


def test_pen_name_without_a_free_name_is_refused(member):
    with pytest.raises(ValueError, match="taken"):
        import_pen_name(["Quiet  HERON"], public_id="q", at=AT)
