"""Turn the HTML that WordPress keeps into ours: plain paragraphs, headings, lists, quotations and captioned links.

Nothing of another site is loaded: pictures, players and frames become links that a reader may follow. The text is read by
a real HTML parser first (nh3), rebuilt here block by block, and cleaned by the allow-list of `core.markup` last, so that a
mistake in the rebuilding can make a page ugly but never unsafe.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import nh3
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core.markup import clean
from forums.importing import shortcodes
from forums.importing.records import Picture

Attributes = list[tuple[str, str | None]]
Gallery = Callable[[list[str]], Iterable[Picture]]

_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "cite": "em", "strike": "s", "del": "s"}
_INLINE = frozenset({"a", "em", "strong", "s", "code"})
_LEAVES = frozenset({"p", "h2", "h3", "h4", "pre", "figcaption"})
_CONTAINERS = frozenset({"blockquote", "ul", "ol", "li", "figure"})
_PLAYERS = frozenset({"iframe", "video", "audio", "object"})
_VOID = frozenset({"br", "hr", "img", "embed", "source"})
_BREAKS_OFF = frozenset(
    "div section article aside header footer main center address table caption thead tbody tfoot tr dl dt dd details "
    "summary".split()
)
_READ_TAGS = {*_RENAMED, *_INLINE, *_LEAVES, *_CONTAINERS, *_PLAYERS, *_VOID, *_BREAKS_OFF, "td", "th", "q"}
_READ_ATTRIBUTES = {
    "a": {"href"},
    "audio": {"src", "title"},
    "embed": {"src"},
    "iframe": {"src", "title", "data-src"},
    "img": {"src", "data-src", "alt", "title", "class", "width", "height"},
    "object": {"data", "title"},
    "source": {"src"},
    "video": {"src", "title"},
}
_GONE_WITH_CONTENT = set(
    "script style noscript template svg math canvas select textarea button title map datalist".split()
)
_EMPTY = re.compile(r"<(a|em|strong|s|code|li|ul|ol|figure|blockquote|figcaption|h[234]|p)(?:\s[^<>]*)?>\s*</\1>")
_FIGURE = re.compile(r"<figure>.*?</figure>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|h[234]|li|blockquote|pre)>|<br>|<hr>")
_EDGES = re.compile(r"^(?:\s|<br>)+|(?:\s|<br>)+$")
_PARAGRAPH_END = re.compile(r"\n[ \t\r]*\n\s*")
_MANY_SPACES = re.compile(r" {2,}")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ONE_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def clean_article(source: str, *, base: str = "", gallery: Gallery = lambda _ids: ()) -> SafeString:
    """Return an article's content as safe HTML.

    `base` is the address of the site, for links without one; `gallery` returns the pictures of a gallery for the ids that
    it names, for none the article's own.
    """

    def in_figures(ids: list[str]) -> Iterator[str]:
        for picture in gallery(ids):
            caption = f"<figcaption>{picture.caption}</figcaption>" if picture.caption.strip() else ""
            yield f'<figure><img src="{html.escape(picture.url)}">{caption}</figure>'

    has_blocks = "<!-- wp:" in source
    expanded = shortcodes.expand(source.replace("\r\n", "\n"), pictures=in_figures)
    return _rebuilt(expanded, base=base, keeps_breaks=not has_blocks, links_addresses=True)


def clean_comment(source: str, *, base: str = "") -> SafeString:
    """Return a comment as safe HTML: blank lines part paragraphs, single line ends stay; brackets are the writer's own."""
    return _rebuilt(source.replace("\r\n", "\n"), base=base, keeps_breaks=True, links_addresses=False)


def plain_text(source: str) -> str:
    """Return the words of a title or excerpt without markup, in one line."""
    text = html.unescape(nh3.clean(source, tags=set(), clean_content_tags={"script", "style"}))
    return " ".join(text.replace("\x00", "").split())


def opening_words(article: str, *, characters: int) -> str:
    """Return the first words of a cleaned article, at most `characters` long, without its captions."""
    without_figures = _FIGURE.sub(" ", article)
    return Truncator(plain_text(_BLOCK_END.sub(" ", without_figures))).chars(characters)


def web_address(address: str, *, base: str = "") -> str:
    """Return `address` as a full http(s) address, completed from `base`; empty for anything else."""
    address = address.strip()
    if not address:
        return ""
    try:
        full = urljoin(base, address) if base else address
        parts = urlsplit(full)
    except ValueError:
        return ""
    return full if parts.scheme in {"http", "https"} and parts.netloc else ""


def _rebuilt(source: str, *, base: str, keeps_breaks: bool, links_addresses: bool) -> SafeString:
    parsed = nh3.clean(
        source,
        tags=_READ_TAGS,
        attributes=_READ_ATTRIBUTES,
        clean_content_tags=_GONE_WITH_CONTENT,
        link_rel=None,
    )
    builder = _Builder(base=base, keeps_breaks=keeps_breaks, links_addresses=links_addresses)
    builder.feed(parsed)
    builder.close()
    return clean(builder.result(), tags=("figure", "figcaption"))


@dataclass(slots=True)
class _Player:
    """A frame or player on the way to becoming a link."""

    tag: str = ""
    address: str = ""
    title: str = ""


class _Builder(HTMLParser):
    """Rebuilds well-formed HTML (every element closed in its turn, as nh3 writes it) from blocks of its own.

    Words gather in a buffer until a block ends; `_leaf` is the block that the source opened itself, None where the words
    stand bare and WordPress would make paragraphs of them.
    """

    def __init__(self, *, base: str, keeps_breaks: bool, links_addresses: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self._keeps_breaks = keeps_breaks
        self._links_addresses = links_addresses
        self._out: list[str] = []
        self._buffer: list[str] = []
        self._has_words = False
        self._leaf: str | None = None
        self._containers: list[str] = []
        self._inline: list[tuple[str, str]] = []
        self._player = _Player()
        self._player_depth = 0
        self._table_depth = 0

    def result(self) -> str:
        """Return the HTML built so far, without blocks that have nothing in them."""
        self._flush()
        built = "".join(self._out)
        for _nesting in range(8):  # an emptied element may leave the one around it empty
            built = _EMPTY.sub("", built)
        return built.strip()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Open an element."""
        tag = _RENAMED.get(tag, tag)
        values = {name: value or "" for name, value in attrs}
        if self._player_depth:
            self._inside_player(tag, values)
        elif tag in _PLAYERS:
            self._open_player(tag, values)
        elif tag in _INLINE:
            self._open_inline(tag, values)
        elif tag in _VOID:
            self._place(tag, values)
        elif tag in {"td", "th"}:
            self._write(" · " if self._has_words else "")
        elif tag == "q":
            self._write("“")
        else:
            self._open_block(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        tag = _RENAMED.get(tag, tag)
        if self._player_depth:
            self._player_depth += -1 if tag in _PLAYERS else 0
            if not self._player_depth:
                self._block(self._player_link(self._player))
        elif tag in _INLINE:
            self._close_inline()
        elif tag == "q":
            self._write("”")
        elif tag not in {"td", "th"} | _VOID:
            self._close_block(tag)

    def handle_data(self, data: str) -> None:
        """Take words, as paragraphs where they stand bare."""
        if self._player_depth:
            return
        if self._leaf == "pre":
            self._write(html.escape(data, quote=False))
        elif self._is_bare():
            first, *others = _PARAGRAPH_END.split(data)
            self._write_lines(first)
            for paragraph in others:
                self._flush()
                self._write_lines(paragraph)
        else:
            self._write(html.escape(_SPACES.sub(" ", data), quote=False))

    def _is_bare(self) -> bool:
        inside = self._containers[-1] if self._containers else ""
        return self._leaf is None and inside in {"", "blockquote"} and not self._table_depth

    def _write_lines(self, text: str) -> None:
        escaped = html.escape(text, quote=False)
        if not self._keeps_breaks:
            self._write(_SPACES.sub(" ", escaped))
            return
        lines = [_SPACES.sub(" ", line) for line in escaped.split("\n")]
        self._write("<br>".join(lines), words="".join(lines))

    def _write(self, text: str, *, words: str | None = None) -> None:
        self._buffer.append(text)
        self._has_words = self._has_words or bool((text if words is None else words).strip())

    def _open_block(self, tag: str) -> None:
        self._flush()
        self._leaf = None
        if tag in _LEAVES:
            self._leaf = tag
        elif tag in _CONTAINERS:
            self._containers.append(tag)
            self._out.append(f"<{tag}>")
        elif tag == "table":
            self._table_depth += 1

    def _close_block(self, tag: str) -> None:
        self._flush()
        self._leaf = None
        if tag in _CONTAINERS and self._containers:
            self._out.append(f"</{self._containers.pop()}>")
        elif tag == "table":
            self._table_depth = max(0, self._table_depth - 1)

    def _open_inline(self, tag: str, values: dict[str, str]) -> None:
        opening = f"<{tag}>"
        if tag == "a":
            address = web_address(values.get("href", ""), base=self._base) if values.get("href", "#")[:1] != "#" else ""
            # A link that leads nowhere on this site keeps its words alone.
            opening = f'<a href="{html.escape(address)}">' if address else ""
        self._inline.append((tag, opening))
        self._buffer.append(opening)

    def _close_inline(self) -> None:
        if self._inline:
            self._buffer.append(_closing(self._inline.pop()))

    def _flush(self) -> None:
        """End the paragraph; what is open inside it goes on in the next one."""
        inner = "".join(self._buffer) + "".join(_closing(opened) for opened in reversed(self._inline))
        if self._has_words:
            inner = inner if self._leaf == "pre" else _MANY_SPACES.sub(" ", _EDGES.sub("", inner))
            self._out.append(self._wrapped(inner))
        self._buffer = [opening for _name, opening in self._inline]
        self._has_words = False

    def _wrapped(self, inner: str) -> str:
        if self._links_addresses and self._leaf in {None, "p"} and _ONE_ADDRESS.fullmatch(html.unescape(inner)):
            inner = f'<a href="{html.escape(html.unescape(inner))}">{inner}</a>'
        if self._leaf is not None:
            return f"<{self._leaf}>{inner}</{self._leaf}>"
        inside = self._containers[-1] if self._containers else ""
        if inside in {"li", "figure"}:
            return inner
        return f"<li>{inner}</li>" if inside in {"ul", "ol"} else f"<p>{inner}</p>"

    def _place(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self._break_line()
        elif tag == "hr":
            self._block("<hr>")
        elif tag == "img":
            self._picture(values)
        elif tag == "embed":
            self._block(self._player_link(_Player("embed", values.get("src", ""))))

    def _break_line(self) -> None:
        if self._is_bare() and self._buffer and self._buffer[-1].endswith("<br>"):
            self._flush()
        else:
            self._buffer.append("<br>")

    def _picture(self, values: dict[str, str]) -> None:
        words = " ".join((values.get("alt") or values.get("title") or "").split())
        if "wp-smiley" in values.get("class", "") or "emoji" in values.get("class", ""):
            self._write(html.escape(words, quote=False))
            return
        if values.get("width") in {"0", "1"} or values.get("height") in {"0", "1"}:
            return  # it counts visitors and shows nothing
        address = values.get("data-src") or values.get("src", "")
        label = _("Picture: %(words)s") % {"words": words} if words else _("Picture")
        link = _link(web_address(address, base=self._base), label)
        if self._leaf in {"figcaption", "h2", "h3", "h4", "pre"} or self._table_depth:
            self._write(html.escape(f" {label} ", quote=False))
        elif self._containers[-1:] == ["figure"]:
            self._block(link)
        else:
            self._block(f"<figure>{link}</figure>")

    def _block(self, block: str) -> None:
        """Set a block between the words before and those after it."""
        self._flush()
        self._out.append(block)

    def _open_player(self, tag: str, values: dict[str, str]) -> None:
        self._player_depth = 1
        address = values.get("src") or values.get("data-src") or values.get("data", "")
        self._player = _Player(tag, address, values.get("title", ""))

    def _inside_player(self, tag: str, values: dict[str, str]) -> None:
        self._player_depth += 1 if tag in _PLAYERS else 0
        if not self._player.address:
            self._player.address = values.get("src", "")

    def _player_link(self, player: _Player) -> str:
        address = web_address(player.address, base=self._base)
        if not address:
            return ""
        kinds = {"video": _("Video: %(what)s"), "audio": _("Audio: %(what)s")}
        words = kinds.get(player.tag, _("From another page: %(what)s"))
        link = _link(address, words % {"what": " ".join(player.title.split()) or address})
        return link if self._containers[-1:] == ["figure"] else f"<p>{link}</p>"


def _link(address: str, label: str) -> str:
    words = html.escape(label, quote=False)
    return f'<a href="{html.escape(address)}">{words}</a>' if address else words


def _closing(opened: tuple[str, str]) -> str:
    name, opening = opened
    return f"</{name}>" if opening else ""
