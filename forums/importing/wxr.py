"""Read a WordPress export (WXR 1.0 to 1.2) as a stream: one article at a time, whatever the size of the file.

Mail addresses and IP addresses of those who commented are not among the fields that are read: they never enter.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from xml.parsers import expat

from forums.importing.records import (
    Picture,
    Survey,
    WxrAuthor,
    WxrComment,
    WxrItem,
    WxrSite,
    author_of,
    comment_of,
    item_of,
)

CHUNK_BYTES = 64 * 1024
# No one writes this much in one field; a file that claims so would fill the memory.
MAX_FIELD_CHARACTERS = 16 * 1024 * 1024
MAX_DEPTH = 200

_WP_NAMESPACE = re.compile(r"^https?://(?:www\.)?wordpress\.org/export/[\d.]+/(excerpt/?)?$")
_NAMESPACES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
}
# XML 1.0 forbids these, older exports hold them. Each is one byte in every encoding that extends ASCII.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_CHANNEL_FIELDS = frozenset({"title", "link", "wp:wxr_version", "wp:base_site_url", "wp:base_blog_url"})
_AUTHOR_FIELDS = frozenset({"wp:author_id", "wp:author_login", "wp:author_display_name"})
_ITEM_FIELDS = frozenset(
    "title link guid pubDate dc:creator content:encoded excerpt:encoded wp:post_id wp:post_date wp:post_date_gmt "
    "wp:post_name wp:status wp:post_type wp:post_password wp:post_parent wp:attachment_url".split()
)
_COMMENT_FIELDS = frozenset(
    "wp:comment_id wp:comment_author wp:comment_date wp:comment_date_gmt wp:comment_content wp:comment_approved "
    "wp:comment_type wp:comment_parent wp:comment_user_id".split()
)
_CHANNEL = ("rss", "channel")
_FIELDS_BY_PLACE = {
    _CHANNEL: _CHANNEL_FIELDS,
    (*_CHANNEL, "wp:author"): _AUTHOR_FIELDS,
    (*_CHANNEL, "item"): _ITEM_FIELDS,
    (*_CHANNEL, "item", "wp:comment"): _COMMENT_FIELDS,
}


class Fault(StrEnum):
    """What can be wrong with a file."""

    EMPTY = "empty"
    NOT_XML = "not_xml"
    NOT_WXR = "not_wxr"
    CUT_OFF = "cut_off"
    BROKEN = "broken"
    ENTITIES = "entities"
    TOO_LONG = "too_long"


class WxrError(Exception):
    """Raised for a file that cannot be read; `line` counts from 1, `detail` is the parser's own word for it."""

    def __init__(self, fault: Fault, *, line: int = 0, detail: str = "") -> None:
        super().__init__(fault, line, detail)
        self.fault = fault
        self.line = line
        self.detail = detail


class WxrReader:
    """A reading of the file at `path`, from its first byte to its last.

    `on_bytes` is called with the number of bytes read so far, after each chunk.
    """

    def __init__(self, path: Path, *, on_bytes: Callable[[int], None] = lambda _count: None) -> None:
        self._path = path
        self._on_bytes = on_bytes
        self._handler = _Handler()
        self._is_filtered = True
        self.dropped_characters = 0

    @property
    def site(self) -> WxrSite:
        """Return what is known of the site by now; complete after the last item."""
        return self._handler.site()

    def items(self) -> Iterator[WxrItem]:
        """Yield the items in the order of the file; raises WxrError with the line of the first fault."""
        parser = self._handler.parser
        with self._path.open("rb") as file:
            count, first = 0, True
            while chunk := file.read(CHUNK_BYTES):
                count += len(chunk)
                if first and not (chunk := self._without_lead(chunk)):
                    continue
                self._feed(self._filtered(chunk, starts=first))
                first = False
                yield from self._handler.finished()
                self._on_bytes(count)
        if first:
            raise WxrError(Fault.EMPTY)
        self._feed(b"", is_final=True)
        yield from self._handler.finished()
        if not self._handler.is_wxr:
            raise WxrError(Fault.NOT_WXR, line=parser.CurrentLineNumber)

    def _without_lead(self, chunk: bytes) -> bytes:
        """Cut blank lines before the XML declaration: plugins put them there, and a parser refuses them."""
        text = chunk.removeprefix(_BYTE_ORDER_MARK).lstrip(b" \t\r\n")
        self._handler.lines_before += chunk[: len(chunk) - len(text)].count(b"\n")
        return text

    def _filtered(self, chunk: bytes, *, starts: bool) -> bytes:
        if starts:
            # In UTF-16 every second byte may be zero: such a file is given to the parser as it is.
            self._is_filtered = not chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"))
        if not self._is_filtered:
            return chunk
        kept = chunk.translate(None, _CONTROLS)
        self.dropped_characters += len(chunk) - len(kept)
        return kept

    def _feed(self, data: bytes, *, is_final: bool = False) -> None:
        try:
            self._handler.parser.Parse(data, is_final)
        except expat.ExpatError as error:
            line = error.lineno + self._handler.lines_before
            raise WxrError(self._handler.fault_of(error), line=line, detail=expat.ErrorString(error.code)) from error


class _Handler:
    """Turns the parser's events into items. Only the fields named above are kept, and only until they are handed on."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._refuse_entity
        self.is_wxr = False
        self.lines_before = 0
        self._place: list[str] = []
        self._prefixes: list[dict[str, str]] = [{}]
        self._field: str | None = None
        self._field_depth = 0
        self._words: list[str] = []
        self._length = 0
        self._channel: dict[str, str] = {}
        self._author: dict[str, str] = {}
        self._item: dict[str, str] = {}
        self._comment: dict[str, str] = {}
        self._authors: list[WxrAuthor] = []
        self._comments: list[WxrComment] = []
        self._finished: list[WxrItem] = []

    def site(self) -> WxrSite:
        return WxrSite(
            title=self._channel.get("title", ""),
            link=self._channel.get("link", ""),
            base_site_url=self._channel.get("wp:base_site_url", ""),
            base_blog_url=self._channel.get("wp:base_blog_url", ""),
            authors=tuple(self._authors),
        )

    def finished(self) -> list[WxrItem]:
        finished, self._finished = self._finished, []
        return finished

    def fault_of(self, error: expat.ExpatError) -> Fault:
        if not self._place and not self._channel:
            return Fault.NOT_XML
        ends = {
            expat.errors.codes[message]
            for message in (
                expat.errors.XML_ERROR_NO_ELEMENTS,
                expat.errors.XML_ERROR_UNCLOSED_TOKEN,
                expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
                expat.errors.XML_ERROR_PARTIAL_CHAR,
            )
        }
        return Fault.CUT_OFF if error.code in ends else Fault.BROKEN

    def _line(self) -> int:
        return self.parser.CurrentLineNumber + self.lines_before

    def _refuse_entity(self, *_declaration: object) -> None:
        # WordPress declares none; a file that does could grow without end or read other files.
        raise WxrError(Fault.ENTITIES, line=self._line())

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        declared = {name: uri for name, uri in attributes.items() if name == "xmlns" or name.startswith("xmlns:")}
        self._prefixes.append(self._prefixes[-1] | _known_prefixes(declared) if declared else self._prefixes[-1])
        name = self._canonical(tag)
        if not self._place and name != "rss":
            raise WxrError(Fault.NOT_WXR, line=self._line())
        if len(self._place) == MAX_DEPTH:
            raise WxrError(Fault.BROKEN, line=self._line(), detail="nested too deeply")
        self._place.append(name)
        self.is_wxr = self.is_wxr or name.startswith("wp:")
        if self._field is None and name in _FIELDS_BY_PLACE.get(tuple(self._place[:-1]), ()):
            self._field, self._field_depth = name, len(self._place)
            self._words, self._length = [], 0

    def _end(self, _tag: str) -> None:
        self._prefixes.pop()
        if self._field is not None and self._field_depth == len(self._place):
            target = self._record_at(len(self._place) - 1)
            target.setdefault(self._field, "".join(self._words))
            self._field, self._words = None, []
        place = tuple(self._place)
        self._place.pop()
        if place == (*_CHANNEL, "wp:author"):
            self._authors.append(author_of(self._author))
            self._author = {}
        elif place == (*_CHANNEL, "item", "wp:comment"):
            self._comments.append(comment_of(self._comment))
            self._comment = {}
        elif place == (*_CHANNEL, "item"):
            self._finished.append(item_of(self._item, tuple(self._comments)))
            self._item, self._comments = {}, []

    def _text(self, data: str) -> None:
        if self._field is None:
            return
        self._length += len(data)
        if self._length > MAX_FIELD_CHARACTERS:
            raise WxrError(Fault.TOO_LONG, line=self._line())
        self._words.append(data)

    def _record_at(self, depth: int) -> dict[str, str]:
        if depth == 2:
            return self._channel
        if depth == 4:
            return self._comment
        return self._author if self._place[2] == "wp:author" else self._item

    def _canonical(self, tag: str) -> str:
        """Return the name under WordPress' own prefix, whichever prefix the file uses for that namespace."""
        prefix, _colon, local = tag.rpartition(":")
        prefix = self._prefixes[-1].get(prefix, prefix)
        return f"{prefix}:{local}" if prefix else local


def survey(path: Path, *, on_bytes: Callable[[int], None] = lambda _count: None) -> Survey:
    """Read the whole file once, keep nothing but figures and the addresses of pictures, and return them.

    Raises WxrError with the line of the first fault, OSError when the file cannot be opened.
    """
    reader = WxrReader(path, on_bytes=on_bytes)
    items = comments = 0
    creators: set[str] = set()
    pictures: dict[str, Picture] = {}
    for item in reader.items():
        items += 1
        comments += len(item.comments)
        if item.kind == "attachment" and item.attachment_url:
            pictures[item.post_id] = Picture(item.attachment_url, item.excerpt, item.parent_id)
        elif item.kind == "post" and item.status == "publish" and not item.is_protected:
            creators.add(item.creator)
    return Survey(
        site=reader.site,
        size=path.stat().st_size,
        items=items,
        comments=comments,
        dropped_characters=reader.dropped_characters,
        creators=frozenset(creators),
        pictures=pictures,
    )


def _known_prefixes(declared: dict[str, str]) -> dict[str, str]:
    """Return which of our prefixes each declared one stands for; the default namespace has the prefix ''."""
    known: dict[str, str] = {}
    for name, uri in declared.items():
        prefix = name.removeprefix("xmlns").removeprefix(":")
        wordpress = _WP_NAMESPACE.match(uri.strip())
        if wordpress is not None:
            known[prefix] = "excerpt" if wordpress[1] else "wp"
        else:
            known[prefix] = _NAMESPACES.get(uri.strip(), prefix)
    return known
