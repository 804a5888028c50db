"""Decide, item by item, what of an export is new here and where it belongs. Reads the database, writes nothing."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.utils.safestring import SafeString
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _

from accounts.models import PenName, normalise_name
from forums.actions.imports import imported_name_id
from forums.importing.html import clean_article, clean_comment, opening_words, plain_text
from forums.importing.names import candidates, public_name
from forums.importing.records import Picture, Survey, WxrAuthor, WxrComment, WxrItem, WxrSite
from forums.limits import MAX_TITLE
from forums.models import Post, Thread

_MAX_SITE = 80
_MAX_EXCERPT = 300
_MAX_OPENING_WORDS = 240
_KEYS_PER_QUERY = 500
_THOUGHT = "comment"
_APPROVED = frozenset({"1", "approve", "approved"})


@dataclass(frozen=True, slots=True)
class Counselor:
    """The local account that stands for the author `login` of the export."""

    login: str
    pen_name: PenName
    credential_line: str


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something. `counselor` is set where it was the local account; else `name` is theirs, not yet cut."""

    name: str
    public_id: str
    is_registered: bool = False
    is_article_author: bool = False
    counselor: Counselor | None = None


@dataclass(frozen=True, slots=True)
class PlannedReply:
    """A comment that will become a reply; `parent_key` is empty at the top of the thread."""

    source_key: str
    parent_key: str
    author: Author
    body_html: SafeString
    written_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedThread:
    """An article with what is new in it. `existing` is the thread of an earlier import, left as it is."""

    source_key: str
    existing: Thread | None
    author: Author
    title: str
    slug: str
    excerpt: str
    body_html: SafeString
    written_at: datetime
    replies: Sequence[PlannedReply]


@dataclass(slots=True)
class Tally:
    """What came in, what was here before, and what was left out: by `item:...` or `comment:...` and its kind."""

    articles: int = 0
    thoughts: int = 0
    pen_names: int = 0
    articles_here: int = 0
    thoughts_here: int = 0
    moved_up: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


class Planner:
    """Plans one item after another and counts in `tally` what is left out or here already.

    `at` is the time of the import: no imported date lies after it. `survey` tells the site and its pictures.
    """

    def __init__(self, survey: Survey, *, at: datetime, counselor: Counselor | None, tally: Tally) -> None:
        self.source = site_key(survey.site)
        self.tally = tally
        self._at = at
        self._counselor = counselor
        self._pictures = survey.pictures
        self._base = survey.site.base_blog_url.strip() or survey.site.link.strip() or survey.site.base_site_url.strip()
        self._by_login = {author.login: author for author in survey.site.authors}
        self._by_id = {author.user_id: author for author in survey.site.authors if author.user_id}
        # Names of registered authors: nobody who merely signed with one gets it.
        self.reserved = frozenset(
            normalise_name(next(candidates(public_name(_shown(author))))) for author in survey.site.authors
        )

    def plan(self, item: WxrItem) -> PlannedThread | None:
        """Return what to write for `item`, None where it is left out."""
        reason = _why_left_out(item)
        if reason:
            self.tally.left_out[f"item:{reason}"] += 1
            if item.comments:
                self.tally.left_out["comment:below"] += len(item.comments)
            return None
        key = f"wp:{self.source}:{item.post_id}"[:120]
        existing = Thread.objects.filter(source_key=key).select_related("pen_name").first()
        self.tally.articles_here += existing is not None
        written_at = min(item.written_at or self._at, self._at)
        title = Truncator(plain_text(item.title)).chars(MAX_TITLE)
        body = SafeString("") if existing else self._article(item)
        excerpt = Truncator(plain_text(item.excerpt)).chars(_MAX_EXCERPT)
        return PlannedThread(
            source_key=key,
            existing=existing,
            author=self._author_of_item(item),
            title=title or _("Without a title"),
            slug=_slug(item.slug, title),
            excerpt=excerpt or opening_words(body, characters=_MAX_OPENING_WORDS),
            body_html=body,
            written_at=written_at,
            replies=list(self._replies(item, written_at)),
        )

    def _article(self, item: WxrItem) -> SafeString:
        def gallery(ids: list[str]) -> list[Picture]:
            if ids:
                return [self._pictures[number] for number in ids if number in self._pictures]
            return [picture for picture in self._pictures.values() if picture.parent_id == item.post_id]

        return clean_article(item.content, base=self._base, gallery=gallery)

    def _replies(self, item: WxrItem, article_written_at: datetime) -> Iterator[PlannedReply]:
        kept = {comment.comment_id: comment for comment in item.comments if self._is_kept(comment)}
        keys = {number: self._comment_key(number) for number in kept}
        here = _keys_here(list(keys.values()))
        self.tally.thoughts_here += len(here)
        all_parents = {comment.comment_id: comment.parent_id for comment in item.comments}
        bodies: dict[str, SafeString] = {}
        for number, comment in kept.items():
            if keys[number] not in here:
                bodies[number] = clean_comment(comment.content, base=self._base)
        empty = {number for number, body in bodies.items() if not plain_text(body)}
        if empty:
            self.tally.left_out["comment:empty"] += len(empty)
        kept = {number: comment for number, comment in kept.items() if number not in empty}
        parents = self._parents(kept, all_parents)
        for number in reading_order(kept, parents):
            if keys[number] in here:
                continue
            comment, parent = kept[number], parents[number]
            self.tally.moved_up += parent != all_parents[number]
            yield PlannedReply(
                source_key=keys[number],
                parent_key=self._comment_key(parent) if parent else "",
                author=self._author_of_comment(comment, item),
                body_html=bodies[number],
                written_at=min(comment.written_at or article_written_at, self._at),
            )

    def _is_kept(self, comment: WxrComment) -> bool:
        """Whether this is an approved thought; counts it where it is not."""
        reason = ""
        if comment.kind != _THOUGHT:
            reason = comment.kind
        elif comment.approved not in _APPROVED:
            reason = comment.approved if comment.approved in {"spam", "trash", "post-trashed"} else "unapproved"
        if reason:
            self.tally.left_out[f"comment:{reason[:40]}"] += 1
        return not reason

    def _parents(self, kept: Mapping[str, WxrComment], all_parents: Mapping[str, str]) -> dict[str, str]:
        """Return for each kept comment the nearest comment above it that is kept or was imported before; "" is none."""
        missing = {parent for parent in all_parents.values() if parent and parent not in all_parents}
        here = _keys_here([self._comment_key(number) for number in missing])
        earlier = {number for number in missing if self._comment_key(number) in here}
        return {number: self._parent(number, kept, all_parents, earlier) for number in kept}

    @staticmethod
    def _parent(number: str, kept: Mapping[str, WxrComment], all_parents: Mapping[str, str], earlier: set[str]) -> str:
        passed = {number}
        parent = all_parents[number]
        while parent and parent not in passed and not (parent in kept or parent in earlier):
            passed.add(parent)
            parent = all_parents.get(parent, "")
        return "" if parent in passed else parent

    def _comment_key(self, number: str) -> str:
        # WordPress numbers comments apart from articles, so the two may have the same number.
        return f"wp:{self.source}:c{number}"[:120]

    def _author_of_item(self, item: WxrItem) -> Author:
        return self._registered(self._by_login.get(item.creator), item.creator, is_article_author=True)

    def _author_of_comment(self, comment: WxrComment, item: WxrItem) -> Author:
        user = self._by_id.get(comment.user_id) if comment.user_id else None
        if user is not None:
            return self._registered(user, user.login, is_article_author=user.login == item.creator)
        name = public_name(comment.author_name)
        return Author(name=name, public_id=imported_name_id(self.source, f"name:{normalise_name(name)}"))

    def _registered(self, user: WxrAuthor | None, login: str, *, is_article_author: bool) -> Author:
        name = public_name(_shown(user) if user is not None else login)
        return Author(
            name=name,
            public_id=imported_name_id(self.source, f"author:{normalise_name(name)}"),
            is_registered=True,
            is_article_author=is_article_author,
            counselor=self._counselor if self._counselor is not None and self._counselor.login == login else None,
        )


def site_key(site: WxrSite) -> str:
    """Return a short name of the site an export comes from: its host and path, or its title where it gives no address.

    The blog's own address comes first: on a network many blogs share the address of the site.
    """
    for address in (site.base_blog_url, site.link, site.base_site_url):
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            continue
        if parts.netloc:
            place = (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")
            return place.lower()[:_MAX_SITE]
    return slugify(site.title, allow_unicode=True)[:_MAX_SITE] or "site"


def reading_order(comments: Mapping[str, WxrComment], parents: Mapping[str, str]) -> Iterator[str]:
    """Yield the ids of `comments` by date, each one after its parent in `parents`; a ring of parents is cut open."""
    below: dict[str, list[str]] = {}
    for number in comments:
        parent = parents[number] if parents[number] in comments else ""
        below.setdefault(parent, []).append(number)
    ready = [_turn(comments[number]) for number in below.pop("", [])]
    heapq.heapify(ready)
    waiting = dict.fromkeys(comments)
    while waiting:
        if not ready:
            ready = [min(_turn(comments[number]) for number in waiting)]
        number = heapq.heappop(ready)[-1]
        if number not in waiting:
            continue
        del waiting[number]
        yield number
        for child in below.pop(number, []):
            heapq.heappush(ready, _turn(comments[child]))


def _turn(comment: WxrComment) -> tuple[float, int, str]:
    """Return what orders comments: date, then number as WordPress counts."""
    number = comment.comment_id
    when = comment.written_at.timestamp() if comment.written_at is not None else 0.0
    return (when, int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0, number)


def _why_left_out(item: WxrItem) -> str:
    """Return why an item is no article that its site had published; empty for one that is."""
    if item.kind != "post":
        return item.kind[:40]
    if item.status != "publish":
        return f"post {item.status[:30] or 'without status'}"
    return "post protected" if item.is_protected else ""


def _keys_here(keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        part = keys[start : start + _KEYS_PER_QUERY]
        found.update(
            key for key in Post.objects.filter(source_key__in=part).values_list("source_key", flat=True) if key
        )
    return found


def _shown(author: WxrAuthor) -> str:
    return author.display_name or author.login


def _slug(slug: str, title: str) -> str:
    return (slugify(unquote(slug))[:80].strip("-")) or (slugify(title)[:80].strip("-")) or "article"
