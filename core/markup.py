"""Turn a member's words into safe HTML, once, when they are written."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {"p", "br", "em", "strong", "s", "blockquote", "ul", "ol", "li", "h2", "h3", "h4", "hr", "a", "code", "pre"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https"}
_LINK_REL = "nofollow noopener noreferrer ugc"

# Plain words must work: a single line break is kept, raw HTML and pictures are shown as the text that they are. Rules by
# which plain words vanish or lose their form are off: "[him]: nothing" is no link's definition but what he said, and an
# indented paragraph or a line of tildes is no program.
_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
    .disable(["image", "reference", "code", "fence"])
    .enable("strikethrough")
)
# What Markdown calls a line's end; str.splitlines() knows more of them.
_LINE_END = re.compile(r"\r\n|\r|\n")
# The page's title is the one h1.
_HEADINGS = {"h1": "h2", "h5": "h4", "h6": "h4"}


@dataclass(frozen=True, slots=True)
class FoldSpan:
    """A passage to fold: character offsets in the source (end exclusive) and the short line shown instead."""

    start: int
    end: int
    line: str


def render(text: str, *, folds: Sequence[FoldSpan] = ()) -> SafeString:
    """Return the HTML of Markdown `text`, cleaned by an allow-list, passages under `folds` closed behind their line.

    A fold covers whole blocks (paragraphs, lists, quotations), so that no sentence is cut in half and nothing that was
    folded can be read without opening it.
    """
    environment: dict[str, object] = {}
    tokens = _markdown.parse(text, environment)
    starts = _line_starts(text)
    parts: list[SafeString] = []
    open_fold: FoldSpan | None = None
    folded: list[SafeString] = []
    for block in _blocks(tokens):
        for token in block:
            token.tag = _HEADINGS.get(token.tag, token.tag)
        html = clean(_markdown.renderer.render(block, _markdown.options, environment))
        fold = _fold_over(block, starts, folds)
        if fold is not open_fold and folded:
            parts.append(_closed(folded, open_fold))
            folded = []
        open_fold = fold
        (folded if fold else parts).append(html)
    if folded:
        parts.append(_closed(folded, open_fold))
    return mark_safe("".join(parts))  # noqa: S308  every part was cleaned above


def clean(html: str, *, tags: Iterable[str] = frozenset()) -> SafeString:
    """Return `html` with everything outside the allow-list removed; `tags` are allowed besides."""
    allowed = _TAGS | set(tags)
    return mark_safe(  # noqa: S308  nh3 has cleaned it
        nh3.clean(html, tags=allowed, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_LINK_REL)
    )


def _closed(blocks: list[SafeString], fold: FoldSpan | None) -> SafeString:
    inner = mark_safe("".join(blocks))  # noqa: S308  cleaned blocks
    return format_html(
        '<details class="fold"><summary>{}</summary><div class="fold-body">{}</div></details>',
        fold.line if fold else "",
        inner,
    )


def _blocks(tokens: list[Token]) -> Iterable[list[Token]]:
    """Yield the tokens of each top-level block."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _line_starts(text: str) -> list[int]:
    return [0, *(end.end() for end in _LINE_END.finditer(text)), len(text)]


def _fold_over(block: list[Token], starts: list[int], folds: Sequence[FoldSpan]) -> FoldSpan | None:
    # A block that does not say where it stands could hold anything, so every fold covers it.
    first_line, line_after = block[0].map or (0, len(starts))
    first = starts[min(first_line, len(starts) - 1)]
    last = starts[min(line_after, len(starts) - 1)]
    return next((fold for fold in folds if fold.start < last and fold.end > first), None)
