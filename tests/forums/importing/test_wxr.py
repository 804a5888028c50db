import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

import pytest

from forums.importing.wxr import Fault, WxrError, WxrReader, survey

DATA = Path(__file__).resolve().parents[2] / "data" / "wxr"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:wp="http://wordpress.org/export/1.2/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
)
TAIL = "</channel></rss>\n"
ITEM = "<item><title>One</title><wp:post_id>1</wp:post_id>{}</item>\n"


def items_of(path):
    return list(WxrReader(path).items())


def written(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "export.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def refusal(path):
    with pytest.raises(WxrError) as caught:
        items_of(path)
    return caught.value


def test_item_of_full_export_is_read_with_all_fields():
    item = items_of(DATA / "everything.xml")[0]

    assert (item.post_id, item.kind, item.status, item.is_protected) == ("11", "post", "publish", False)
    assert (item.title, item.creator, item.slug) == (
        "Leaving the lamp on &amp; other small things",
        "mwillow",
        "leaving-the-lamp-on",
    )
    assert item.written_at == datetime(2015, 2, 3, 18, 30, tzinfo=UTC)
    assert "written as ]]>, must survive" in item.content
    assert item.excerpt == "A light, <em>nothing</em> more."
    assert len(item.comments) == 12


def test_mail_and_ip_addresses_of_comments_are_never_kept():
    everything = repr(items_of(DATA / "everything.xml"))

    assert "Tess" in everything
    assert "tess@mail.example" not in everything
    assert "203.0.113" not in everything
    assert "tess.example" not in everything


def test_site_is_read_with_its_authors_and_not_from_its_icon():
    site = survey(DATA / "everything.xml").site

    assert (site.title, site.base_blog_url) == ("The Lamp by the Door", "https://www.lamp.example/notes")
    assert [(author.user_id, author.login, author.display_name) for author in site.authors] == [
        (4, "mwillow", "Mara Willow"),
        (9, "jo", "Jo from the night desk"),
    ]


def test_ids_of_other_programs_are_kept_short_and_parents_still_fit(tmp_path):
    long = "comment-" + "9" * 60
    comments = (
        f"<wp:comment><wp:comment_id>{long}</wp:comment_id></wp:comment>"
        f"<wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_parent>{long}</wp:comment_parent></wp:comment>"
    )
    item = items_of(written(tmp_path, HEAD + ITEM.format(comments) + TAIL))[0]

    assert item.comments[1].parent_id == item.comments[0].comment_id
    assert len(item.comments[0].comment_id) <= 30


def test_survey_counts_and_keeps_pictures_and_creators():
    found = survey(DATA / "everything.xml")

    assert (found.items, found.comments) == (8, 13)
    assert found.creators == {"mwillow", "jo"}
    assert {number: picture.url for number, picture in found.pictures.items()} == {
        "22": "https://www.lamp.example/files/desk-two.jpg"
    }


def test_other_prefixes_and_default_namespaces_are_understood():
    item = items_of(DATA / "other_prefixes.xml")[0]

    assert (item.title, item.creator, item.content, item.kind) == ("Boiling an egg", "Ada", "Four minutes.", "post")
    assert item.comments[0].content == "Five, at our height."
    assert item.comments[0].comment_id.startswith("x")


def test_namespace_that_is_not_declared_is_understood_by_its_prefix(tmp_path):
    path = written(tmp_path, f"<rss><channel>{ITEM.format('')}</channel></rss>")

    assert items_of(path)[0].post_id == "1"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "<wp:post_date_gmt>2015-02-03 10:00:00</wp:post_date_gmt><wp:post_date>2015-02-03 12:00:00</wp:post_date>",
            10,
        ),
        (
            "<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><wp:post_date>2015-02-03 12:00:00</wp:post_date>",
            12,
        ),
        ("<wp:post_date>0000-00-00 00:00:00</wp:post_date><pubDate>Tue, 03 Feb 2015 16:00:00 +0100</pubDate>", 15),
        ("<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>", None),
        ("<wp:post_date_gmt>soon</wp:post_date_gmt>", None),
        ("", None),
    ],
)
def test_date_is_taken_from_the_first_usable_field(tmp_path, fields, expected):
    item = items_of(written(tmp_path, HEAD + ITEM.format(fields) + TAIL))[0]

    assert item.written_at == (datetime(2015, 2, 3, expected, tzinfo=UTC) if expected else None)


def test_control_characters_are_dropped_and_counted(tmp_path):
    path = written(tmp_path, HEAD + ITEM.format("<content:encoded>a\x0bb\x08\x00c\td</content:encoded>") + TAIL)
    reader = WxrReader(path)

    assert next(reader.items()).content == "abc\td"
    assert reader.dropped_characters == 3


def test_blank_lines_before_the_declaration_are_skipped_and_lines_still_count(tmp_path):
    good = written(tmp_path, "\ufeff\n \n" + HEAD + ITEM.format("") + TAIL)
    assert len(items_of(good)) == 1

    assert refusal(written(tmp_path, "\n\n" + HEAD + "<item></wrong>")).line == 5


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read(tmp_path, encoding):
    content = HEAD.replace("UTF-8", encoding) + ITEM.format("<content:encoded>café</content:encoded>") + TAIL

    assert items_of(written(tmp_path, content, encoding))[0].content == "café"


def test_characters_on_the_border_of_two_chunks_stay_whole(tmp_path):
    words = "é" * 200_000
    path = written(tmp_path, HEAD + ITEM.format(f"<content:encoded>x{words}</content:encoded>") + TAIL)

    assert items_of(path)[0].content == f"x{words}"


@pytest.mark.parametrize(
    ("content", "fault", "line"),
    [
        ("", Fault.EMPTY, 0),
        (" \n\n ", Fault.EMPTY, 0),
        ("once upon a time", Fault.NOT_XML, 1),
        ("PK\x03\x04 a zip file", Fault.NOT_XML, 1),
        ("<html><body>Log in</body></html>", Fault.NOT_WXR, 1),
        (HEAD + "<item><title>Cut", Fault.CUT_OFF, 3),
        (HEAD + "<item><content:encoded><![CDATA[Cut\n in here", Fault.CUT_OFF, 4),
        (HEAD + "\n\n<item></title></item>" + TAIL, Fault.BROKEN, 5),
        (HEAD + "<item><title>a & b</title></item>" + TAIL, Fault.BROKEN, 3),
        (HEAD + "<a>" * 300, Fault.BROKEN, 3),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_its_line(tmp_path, content, fault, line):
    error = refusal(written(tmp_path, content))

    assert (error.fault, error.line) == (fault, line)


def test_feed_of_another_kind_is_refused():
    assert refusal(DATA / "podcast.xml").fault == Fault.NOT_WXR


def test_entity_declarations_are_refused_before_they_grow():
    error = refusal(DATA / "entities.xml")

    assert (error.fault, error.line) == (Fault.ENTITIES, 3)


def test_external_entity_is_refused(tmp_path):
    content = (
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<rss><channel><title>&x;</title></channel></rss>'
    )

    assert refusal(written(tmp_path, content)).fault == Fault.ENTITIES


def test_text_without_end_is_refused(tmp_path):
    chunk = b"x" * 1024 * 1024
    path = tmp_path / "export.xml"
    with path.open("wb") as file:
        file.write((HEAD + "<item><title>").encode())
        for _number in range(17):
            file.write(chunk)

    assert refusal(path).fault == Fault.TOO_LONG


MEASURE = """
import resource, sys
from pathlib import Path
from forums.importing.wxr import survey
survey(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = survey(Path(sys.argv[2]))
print(found.items, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_large_file_is_read_in_little_memory(tmp_path):
    words = "A long walk by the river, and nobody had to say anything. " * 100
    item = ITEM.format(f"<wp:status>publish</wp:status><content:encoded>{words}</content:encoded>").encode()
    small = written(tmp_path, HEAD.encode() + item + TAIL.encode())
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.write(HEAD.encode())
        for _number in range(10_000):
            file.write(item)
        file.write(TAIL.encode())
    assert large.stat().st_size > 55_000_000

    done = run([sys.executable, "-c", MEASURE, small, large], capture_output=True, text=True, check=True, timeout=120)

    items, kilobytes = map(int, done.stdout.split())
    assert items == 10_000
    assert kilobytes < 12_000
