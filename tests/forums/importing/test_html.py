from html.parser import HTMLParser

import pytest

from forums.importing.html import clean_article, clean_comment, opening_words, plain_text, web_address
from forums.importing.records import Picture

REL = 'rel="nofollow noopener noreferrer ugc"'
BASE = "https://lamp.example/notes/"


SAFE_TAGS = set("p br em strong s blockquote ul ol li h2 h3 h4 hr a code pre figure figcaption".split())


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements_of(html):
    parser = Elements()
    parser.feed(html)
    parser.close()
    return parser.found


def link(address, words):
    return f'<a href="{address}" {REL}>{words}</a>'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("one\n\ntwo\nthree", "<p>one</p><p>two<br>three</p>"),
        ("one\r\n\r\ntwo", "<p>one</p><p>two</p>"),
        ("<p>one</p>\n<p>two\nlines</p>", "<p>one</p><p>two lines</p>"),
        ("<p>one<br />two</p>", "<p>one<br>two</p>"),
        ("one<br><br>two", "<p>one</p><p>two</p>"),
        ("a <b>bold\n\nstill</b> b", "<p>a <strong>bold</strong></p><p><strong>still</strong> b</p>"),
        ("<p>&nbsp;</p><p> </p>words", "<p>words</p>"),
        ("<h1>A</h1><h3>B</h3><h6>C</h6>", "<h2>A</h2><h3>B</h3><h4>C</h4>"),
        ("<ul>\n<li>a</li>\n<li>b<ul><li>c</li></ul></li>\n</ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("<blockquote>a\n\nb</blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<div><p>a</p>b</div>c", "<p>a</p><p>b</p><p>c</p>"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "<p>a · b</p><p>1 · 2</p>"),
        ("<pre>a\n  &lt;b&gt;</pre>", "<pre>a\n  &lt;b&gt;</pre>"),
        ("<strong><p>in</p></strong>", "<p><strong>in</strong></p>"),
        ("a<hr>b", "<p>a</p><hr><p>b</p>"),
        ("<q>so</q> <i>it</i> <del>was</del>", "<p>“so” <em>it</em> <s>was</s></p>"),
        ("<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->\n\n<!--more-->", "<p>a</p>"),
        ("<p>a &amp; b < c", "<p>a &amp; b &lt; c</p>"),
    ],
)
def test_blocks_are_rebuilt(source, expected):
    assert clean_article(source) == expected


def test_links_keep_web_addresses_and_nothing_else():
    source = (
        '<a href="https://a.example" title="t" target="_blank" onclick="x()">a</a> <a href="/b">b</a> '
        '<a href="#c">c</a> <a href="mailto:d@e.example">d</a> <a href="javascript:alert(1)">e</a> <a name="f">f</a>'
    )

    assert clean_article(source, base=BASE) == (
        f"<p>{link('https://a.example', 'a')} {link('https://lamp.example/b', 'b')} c d e f</p>"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            'a <img src="https://e.example/p.jpg" alt="A door"> b',
            f"<p>a</p><figure>{link('https://e.example/p.jpg', 'Picture: A door')}</figure><p>b</p>",
        ),
        (
            '<figure><a href="https://e.example/page"><img src="https://e.example/p.jpg"></a><figcaption>Mine</figcaption></figure>',
            f"<figure>{link('https://e.example/p.jpg', 'Picture')}<figcaption>Mine</figcaption></figure>",
        ),
        (
            "<figure><figcaption>Photo by A. Person</figcaption></figure>",
            "<figure><figcaption>Photo by A. Person</figcaption></figure>",
        ),
        ('<img src="data:image/png;base64,AAAA" alt="Dots">', "<figure>Picture: Dots</figure>"),
        (
            '<img src="/p.jpg" alt="&lt;b&gt;">',
            f"<figure>{link('https://lamp.example/p.jpg', 'Picture: &lt;b&gt;')}</figure>",
        ),
        ('Hello <img class="wp-smiley" src="https://s.example/x.png" alt=":)"> you', "<p>Hello :) you</p>"),
        ('a<img src="https://count.example/1.gif" width="1" height="1">', "<p>a</p>"),
        ('<h2>Title <img src="https://e.example/p.jpg" alt="x"></h2>', "<h2>Title Picture: x</h2>"),
    ],
)
def test_pictures_become_links(source, expected):
    assert clean_article(source, base=BASE) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '<iframe src="//v.example/1" title="A talk"></iframe>',
            f"<p>{link('https://v.example/1', 'From another page: A talk')}</p>",
        ),
        (
            '<video controls><source src="https://v.example/a.mp4">Old browser</video>',
            f"<p>{link('https://v.example/a.mp4', 'Video: https://v.example/a.mp4')}</p>",
        ),
        (
            '<audio src="https://v.example/a.mp3"></audio>',
            f"<p>{link('https://v.example/a.mp3', 'Audio: https://v.example/a.mp3')}</p>",
        ),
        (
            '<object data="https://v.example/o"><embed src="https://v.example/e"></object>',
            f"<p>{link('https://v.example/o', 'From another page: https://v.example/o')}</p>",
        ),
        (
            '<embed src="https://v.example/e">',
            f"<p>{link('https://v.example/e', 'From another page: https://v.example/e')}</p>",
        ),
        (
            "a\n\nhttps://v.example/?a=1&amp;b=2\n\nb",
            f"<p>a</p><p>{link('https://v.example/?a=1&amp;b=2', 'https://v.example/?a=1&amp;b=2')}</p><p>b</p>",
        ),
        (
            '<figure class="wp-block-embed"><div>\nhttps://v.example/x\n</div></figure>',
            f"<figure>{link('https://v.example/x', 'https://v.example/x')}</figure>",
        ),
        ("<iframe></iframe>a", "<p>a</p>"),
    ],
)
def test_players_become_links(source, expected):
    assert clean_article(source, base=BASE) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '[caption id="a"]<a href="/x"><img src="https://e.example/p.jpg" alt="P"></a> At <em>four</em>[/caption]',
            f"<figure>{link('https://e.example/p.jpg', 'Picture: P')}<figcaption>At <em>four</em></figcaption></figure>",
        ),
        (
            '[caption caption="Old way"]<img src="https://e.example/p.jpg">[/caption]',
            f"<figure>{link('https://e.example/p.jpg', 'Picture')}<figcaption>Old way</figcaption></figure>",
        ),
        ("[caption]never closed", "<p>never closed</p>"),
        ("[embed]https://v.example/x[/embed]", f"<p>{link('https://v.example/x', 'https://v.example/x')}</p>"),
        (
            '[video src="https://v.example/x.mp4"][/video]',
            f"<p>{link('https://v.example/x.mp4', 'https://v.example/x.mp4')}</p>",
        ),
        ('[su_box]Rest[/su_box] [b]bold[/b] [contact-form-7 id="3"]', "<p>Rest bold</p>"),
        (
            "He said [sic] so [name removed] (see [1]) [[gallery]]",
            "<p>He said [sic] so [name removed] (see [1]) [gallery]</p>",
        ),
        ("<!-- wp:shortcode -->\n[toc]\n[anything]\n<!-- /wp:shortcode -->\n<p>a</p>", "<p>a</p>"),
    ],
)
def test_shortcodes_leave_their_words(source, expected):
    assert clean_article(source, base=BASE) == expected


def test_gallery_shows_the_pictures_that_it_names_or_all_of_its_article():
    known = {"1": Picture("https://e.example/1.jpg", "First", "9"), "2": Picture("https://e.example/2.jpg", "", "9")}

    def gallery(ids):
        return [known[number] for number in ids] if ids else known.values()

    assert (
        clean_article('[gallery ids="2"]', gallery=gallery)
        == f"<figure>{link('https://e.example/2.jpg', 'Picture')}</figure>"
    )
    assert clean_article("[gallery]", gallery=gallery).count("<figure>") == 2


def test_comment_keeps_lines_brackets_and_bare_addresses_as_written():
    source = "First [gallery]\nsecond\n\n<b>third</b> &lt;3\n\nhttps://a.example"

    assert clean_comment(source) == (
        "<p>First [gallery]<br>second</p><p><strong>third</strong> &lt;3</p><p>https://a.example</p>"
    )


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        '<img src=x onerror="alert(1)">',
        '<svg onload="alert(1)"><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
        '<a href="jav&#x0A;ascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<iframe src="javascript:alert(1)"></iframe>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<object data="javascript:alert(1)"></object>',
        '<form action="https://evil.example"><input name="password"><button formaction="javascript:alert(1)">Go</button></form>',
        '<style>@import "https://evil.example/x.css";</style><p style="background:url(https://evil.example)">x</p>',
        '<link rel="stylesheet" href="https://evil.example"><meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<base href="https://evil.example/"><a href="x">x</a>',
        '<p class="desk" id="top">x</p><details open ontoggle="alert(1)">x</details>',
        "[caption]<img src=x onerror=alert(1)> <script>alert(1)</script>[/caption]",
        "<template><img src=x onerror=alert(1)></template><textarea><img src=x onerror=alert(1)></textarea>",
        '<video poster="https://evil.example/p.jpg" src="https://evil.example/v.mp4" autoplay></video>',
        '<img alt="&quot;><img src=x onerror=alert(1)>" src="https://e.example/a.jpg">',
    ],
)
def test_hostile_html_loads_and_runs_nothing(source):
    for cleaned in (clean_article(source), clean_comment(source)):
        for tag, attributes in elements_of(cleaned):
            assert tag in SAFE_TAGS
            assert set(attributes) <= {"href", "rel"}
            assert attributes.get("href", "https://").startswith(("http://", "https://"))


def test_scripts_and_styles_go_with_their_content():
    source = "a<script>stolen()</script><style>stolen</style><textarea>stolen</textarea><template>stolen</template>b"

    assert clean_article(source) == "<p>ab</p>"


def test_deeply_nested_markup_is_rebuilt_without_recursion():
    assert clean_article("<blockquote>" * 3000 + "words").count("words") == 1


def test_titles_and_excerpts_lose_markup_and_keep_words():
    assert plain_text("Tom &amp; <em>Ann</em>\n <script>x</script>again") == "Tom & Ann again"


def test_opening_words_leave_out_captions_and_keep_blocks_apart():
    article = "<figure><figcaption>Photo</figcaption></figure><p>One</p><h2>Two</h2><p>Three</p>"

    assert opening_words(article, characters=40) == "One Two Three"
    assert opening_words(article, characters=6) == "One T…"


@pytest.mark.parametrize("address", ["", "ftp://a.example", "http://", "https:///x", "//[", "javascript:alert(1)"])
def test_what_is_no_web_address_is_no_address(address):
    assert web_address(address) == ""
