"""Members' words become safe HTML; nothing typed is lost and nothing folded shows through."""

import time

import pytest

from core.markup import FoldSpan, clean, render

LINE = "About a hard night"


def fold_of(text, passage, line=LINE):
    """Return the fold over `passage` where it stands first in `text`."""
    start = text.index(passage)
    return FoldSpan(start, start + len(passage), line)


def outside_folds(html):
    """Return what can be read without opening a fold."""
    shown = ""
    for part in html.split("</details>"):
        before, _, folded = part.partition('<details class="fold">')
        shown += before + folded.partition('<div class="fold-body">')[0]
    return shown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("*so* **tired**", "<p><em>so</em> <strong>tired</strong></p>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n"),
        ("", ""),
    ],
)
def test_plain_words_come_out_as_typed(text, html):
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[him]: nothing", "him"),
        ("[me]: why\n[him]: because\n\nThat was it.", "because"),
        ("```I said nothing\nat all", "I said nothing"),
        ("~~~ the next day ~~~\nI woke up", "the next day"),
        ("![a picture](https://example.org/x.png)", "a picture"),
        ("<script>stay</script>", "stay"),
        ("<!-- a thought -->", "a thought"),
    ],
)
def test_words_that_look_like_markup_are_not_lost(text, word):
    assert word in render(text)


@pytest.mark.parametrize("indent", ["    ", "\t"])
def test_indented_paragraph_stays_a_paragraph(indent):
    html = render(f"It began early.\n\n{indent}Then came the winter.")

    assert html == "<p>It began early.</p>\n<p>Then came the winter.</p>\n"


@pytest.mark.parametrize(("marks", "tag"), [("#", "h2"), ("##", "h2"), ("####", "h4"), ("######", "h4")])
def test_heading_fits_below_the_title_of_the_page(marks, tag):
    assert render(f"{marks} A year") == f"<{tag}>A year</{tag}>\n"


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](mailto:someone@example.org)",
        "[x](tel:5550100)",
        "<javascript:alert(1)>",
    ],
)
def test_link_that_is_not_to_the_web_has_no_address(text):
    assert "href" not in render(text)


def test_link_to_the_web_tells_nothing_to_the_other_side():
    html = render('[a page](https://example.org/a?b=1&c=2 "to read")')

    assert html == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" title="to read" rel="nofollow noopener noreferrer ugc">a page</a></p>\n'
    )


@pytest.mark.parametrize(
    "html",
    [
        '<p onclick="x()">a</p>',
        '<img src="https://example.org/x.png" onerror="x()">',
        "<script>x()</script>",
        "<style>p{}</style>",
        '<iframe src="https://example.org/"></iframe>',
        '<a href="javascript:x()">a</a>',
        '<p style="color:red" class="notice" id="main">a</p>',
        '<form action="/me/erase/"><input name="x"></form>',
        '<svg><a xlink:href="javascript:x()">a</a></svg>',
        '<math><mtext><table><mglyph><style><img src=x onerror="x()">',
        "<details open><summary>a</summary></details>",
    ],
)
def test_clean_keeps_nothing_outside_the_list(html):
    cleaned = clean(html)

    for word in (
        "onclick",
        "onerror",
        "script",
        "style",
        "iframe",
        "img",
        "form",
        "input",
        "svg",
        "class",
        "details",
        "id=",
    ):
        assert word not in cleaned


def test_clean_allows_the_tags_asked_for():
    assert clean("<figure><p>a</p></figure>", tags={"figure"}) == "<figure><p>a</p></figure>"


# Folds


def test_fold_closes_its_whole_paragraph_alone():
    text = "A quiet start.\n\nThen the hard part came. It went on.\n\nAnd a quiet end."

    html = render(text, folds=[fold_of(text, "hard part")])

    assert html == (
        "<p>A quiet start.</p>\n"
        '<details class="fold"><summary>About a hard night</summary><div class="fold-body">'
        "<p>Then the hard part came. It went on.</p>\n</div></details>"
        "<p>And a quiet end.</p>\n"
    )


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("MARKER one.\n\nquiet", "MARKER"),
        ("quiet\n\none MARKER", "MARKER"),
        ("MARKER", "M"),
        ("quiet\n\nMARKER", "R"),
        ("- quiet\n  - deeper\n    - MARKER\n\nquiet", "MARKER"),
        ("> quiet\n> > MARKER\nlazy\n\nquiet", "MARKER"),
        ("quiet\n\n    MARKER\n\nquiet", "MARKER"),
        ("quiet\n\n```\nMARKER\n```\n\nquiet", "MARKER"),
        ("## MARKER\n\nquiet", "MARKER"),
        ("MARKER\n===\n\nquiet", "MARKER"),
        ("quiet\n\n1. one\n2. MARKER\n3. three", "MARKER"),
        ("quiet\r\n\r\nMARKER\r\n\r\nquiet\r\n", "MARKER"),
        ("quiet\rquiet\r\rMARKER", "MARKER"),
        ("quiet\u2028quiet\u2029quiet\x0bquiet\x0cquiet\x85quiet\n\nquiet\n\nMARKER\n\nquiet", "MARKER"),
        ("quiet\x1cquiet\x1dquiet\x1equiet\n\nMARKER", "MARKER"),
        ("quiet \U0001f30a\U0001f30a e\u0301\n\nMARKER", "MARKER"),
        ("quiet\x00\n\nMARKER", "MARKER"),
        ('quiet [word]\n\n[word]: https://example.org/ "MARKER"', "MARKER"),
        ("quiet [word]\n\n[word]: https://example.org/MARKER", "MARKER"),
    ],
)
def test_folded_words_are_inside_the_fold_alone(text, passage):
    html = render(text, folds=[fold_of(text, passage)])

    assert "MARKER" in html
    assert "MARKER" not in outside_folds(html)
    assert html.count("<details") == 1
    if "quiet" in text:
        assert "quiet" in html


def test_line_separators_do_not_move_the_fold_to_another_paragraph():
    text = "one\u2028two\x0bthree\n\nfour\n\nMARKER\n\nfive"

    html = render(text, folds=[fold_of(text, "MARKER")])

    assert outside_folds(html).count("<p>") == 3
    assert "five" in outside_folds(html)


def test_fold_across_two_blocks_is_one_fold():
    text = "quiet\n\none MARKER\n\n- MARKER two\n\nquiet"
    start, end = text.index("MARKER"), text.rindex("MARKER")

    html = render(text, folds=[FoldSpan(start, end + 6, LINE)])

    assert html.count("<details") == 1
    assert "MARKER" not in outside_folds(html)
    assert outside_folds(html).count("quiet") == 2


def test_two_folds_have_a_line_each():
    text = "first\n\nquiet\n\nsecond"

    html = render(text, folds=[fold_of(text, "first", "One"), fold_of(text, "second", "Two")])

    assert html.count("<details") == 2
    assert "<summary>One</summary>" in html
    assert "<summary>Two</summary>" in html


def test_fold_between_blocks_hides_nothing():
    text = "one\n\n\n\ntwo"

    assert "<details" not in render(text, folds=[FoldSpan(5, 6, LINE)])


def test_fold_that_ends_where_a_paragraph_begins_leaves_it_open():
    text = "one\n\ntwo"

    html = render(text, folds=[FoldSpan(0, 5, LINE)])

    assert outside_folds(html) == "<summary>About a hard night</summary><p>two</p>\n"


def test_fold_over_everything_hides_everything():
    text = "one\n\n- two\n\n> three"

    assert outside_folds(render(text, folds=[FoldSpan(0, len(text), "All")])) == "<summary>All</summary>"


def test_topic_line_is_escaped():
    html = render("words", folds=[FoldSpan(0, 5, '<script>x()</script>"')])

    assert "<summary>&lt;script&gt;x()&lt;/script&gt;&quot;</summary>" in html


@pytest.mark.parametrize(
    "text",
    [
        "[" * 40_000,
        "[a](" * 10_000,
        "*a **b " * 5_700,
        "> " * 20_000,
        "- " * 20_000,
        "`" * 40_000,
        "".join("`" * (turn % 250) + " " for turn in range(300)),
        "<" * 40_000,
        "~~a" * 13_000,
        "\\" * 40_000,
        "word " * 8_000,
        "a\n" * 20_000,
        "&" * 40_000,
        "_a_" * 13_000,
        "![" * 20_000,
        "1. a\n" * 8_000,
    ],
    ids=lambda text: text[:6],
)
def test_longest_text_is_rendered_in_a_moment(text):
    before = time.process_time()

    render(text)

    assert time.process_time() - before < 10
