"""Replace WordPress' shortcodes in an article: captions, galleries and players are kept, others leave only their text."""

import re
from collections.abc import Callable, Iterable
from html import escape

_TOKEN = re.compile(r"\[(\[?)(/?)([A-Za-z][\w-]*)((?:[\s=/][^\[\]]*)?)\](\]?)")
_PICTURE = re.compile(r"\s*(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>\s*(?:</a>)?", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s\"'<>\]]+")
_VALUE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")
_SHORTCODE_BLOCK = re.compile(r"<!--\s+wp:shortcode\s+-->(.*?)<!--\s+/wp:shortcode\s+-->", re.DOTALL)

_PLAYERS = frozenset(
    "audio video embed playlist youtube vimeo wpvideo videopress soundcloud spotify tiktok tweet instagram".split()
)
_KNOWN = _PLAYERS | frozenset("caption wp_caption gallery contact-form toc button dropcap".split())

# Returns the pictures of a gallery as HTML, for the ids that it names (none: those of the article itself).
GalleryPictures = Callable[[list[str]], Iterable[str]]


def expand(html: str, *, pictures: GalleryPictures) -> str:
    """Return `html` without shortcodes. Words in plain brackets, such as "[sic]", are the author's and stay."""
    if "[" not in html:
        return html
    html = _SHORTCODE_BLOCK.sub(lambda block: _TOKEN.sub(_only_known, block[1]), html)
    for name in ("caption", "wp_caption"):
        html = _with_captions(html, name)
    closed = {token[3].lower() for token in _TOKEN.finditer(html) if token[2]}
    return _TOKEN.sub(lambda token: _replaced(token, closed=closed, pictures=pictures), html)


def _only_known(token: re.Match[str]) -> str:
    return token[0] if token[3].lower() in _KNOWN else ""


def _with_captions(html: str, name: str) -> str:
    """Turn `[caption ...]<img> words[/caption]` into a figure; one walk, so that no text can make it slow."""
    opening, closing = f"[{name}", f"[/{name}]"
    parts: list[str] = []
    position = 0
    while (start := html.find(opening, position)) >= 0:
        inside, end = html.find("]", start) + 1, html.find(closing, start)
        if inside == 0 or end < inside:
            break
        parts += [html[position:start], _figure(html[inside:end], html[start:inside])]
        position = end + len(closing)
    return "".join([*parts, html[position:]])


def _figure(content: str, opening: str) -> str:
    picture = _PICTURE.match(content)
    words = content[picture.end() :] if picture else content
    words = words.strip() or escape(_values(opening).get("caption", ""))
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{picture[0] if picture else ''}{caption}</figure>\n\n"


def _replaced(token: re.Match[str], *, closed: set[str], pictures: GalleryPictures) -> str:
    escaped, is_end, name, attributes, escape_end = token[1], bool(token[2]), token[3].lower(), token[4], token[5]
    if escaped and escape_end:
        return token[0][1:-1]
    if not (name in _KNOWN or name in closed or "_" in name or _VALUE.search(attributes)):
        return token[0]
    return escaped + _standing_in(name, "" if is_end else attributes, pictures=pictures) + escape_end


def _standing_in(name: str, attributes: str, *, pictures: GalleryPictures) -> str:
    if name == "gallery":
        ids = re.findall(r"\d+", _values(attributes).get("ids", "")) if attributes else []
        return "\n\n" + "\n".join(pictures(ids)) + "\n\n"
    if name in _PLAYERS:
        address = _ADDRESS.search(attributes)
        return f"\n\n{address[0]}\n\n" if address else "\n\n"
    return ""


def _values(text: str) -> dict[str, str]:
    return {name.lower(): double or single or bare for name, double, single, bare in _VALUE.findall(text)}
