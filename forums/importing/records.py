"""What is taken from a WordPress export, and how the words of its fields are read."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_ID = 30


@dataclass(frozen=True, slots=True)
class WxrAuthor:
    """A registered author of the site."""

    user_id: int
    login: str
    display_name: str


@dataclass(frozen=True, slots=True)
class WxrSite:
    """Where the export comes from."""

    title: str = ""
    link: str = ""
    base_site_url: str = ""
    base_blog_url: str = ""
    authors: tuple[WxrAuthor, ...] = ()


@dataclass(frozen=True, slots=True)
class WxrComment:
    """One comment as it stands in the file. `written_at` is None when the file gives no usable date."""

    comment_id: str
    author_name: str
    written_at: datetime | None
    content: str
    approved: str
    kind: str
    parent_id: str
    user_id: int


@dataclass(frozen=True, slots=True)
class WxrItem:
    """One item as it stands in the file: an article, a page, a picture or anything else that WordPress keeps."""

    post_id: str
    kind: str
    status: str
    is_protected: bool
    title: str
    creator: str
    slug: str
    link: str
    written_at: datetime | None
    content: str
    excerpt: str
    parent_id: str
    attachment_url: str
    comments: tuple[WxrComment, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An attachment that a gallery may name."""

    url: str
    caption: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What one reading of the whole file found. `creators` wrote what can be imported."""

    site: WxrSite
    size: int
    items: int
    comments: int
    dropped_characters: int
    creators: frozenset[str]
    pictures: dict[str, Picture] = field(default_factory=dict)


def author_of(fields: dict[str, str]) -> WxrAuthor:
    """Return a registered author from the fields of its element."""
    return WxrAuthor(
        user_id=_number(fields.get("wp:author_id", "")),
        login=fields.get("wp:author_login", "").strip(),
        display_name=fields.get("wp:author_display_name", "").strip(),
    )


def comment_of(fields: dict[str, str]) -> WxrComment:
    """Return a comment from the fields of its element."""
    return WxrComment(
        comment_id=_id(fields.get("wp:comment_id", "")) or f"x{_digest(str(sorted(fields.items())))}",
        author_name=fields.get("wp:comment_author", ""),
        written_at=_utc(fields.get("wp:comment_date_gmt", "")) or _utc(fields.get("wp:comment_date", "")),
        content=fields.get("wp:comment_content", ""),
        approved=fields.get("wp:comment_approved", "").strip().lower(),
        kind=fields.get("wp:comment_type", "").strip().lower() or "comment",
        parent_id=_id(fields.get("wp:comment_parent", "")),
        user_id=_number(fields.get("wp:comment_user_id", "")),
    )


def item_of(fields: dict[str, str], comments: tuple[WxrComment, ...]) -> WxrItem:
    """Return an item from the fields of its element and the comments that stood in it."""
    address = fields.get("guid", "") or fields.get("link", "") or fields.get("title", "")
    return WxrItem(
        post_id=_id(fields.get("wp:post_id", "")) or f"x{_digest(address)}",
        kind=fields.get("wp:post_type", "").strip().lower() or "post",
        status=fields.get("wp:status", "").strip().lower(),
        is_protected=bool(fields.get("wp:post_password", "")),
        title=fields.get("title", ""),
        creator=fields.get("dc:creator", "").strip(),
        slug=fields.get("wp:post_name", "").strip(),
        link=fields.get("link", "").strip(),
        written_at=_utc(fields.get("wp:post_date_gmt", ""))
        or _utc(fields.get("wp:post_date", ""))
        or _mail_date(fields.get("pubDate", "")),
        content=fields.get("content:encoded", ""),
        excerpt=fields.get("excerpt:encoded", ""),
        parent_id=_id(fields.get("wp:post_parent", "")),
        attachment_url=fields.get("wp:attachment_url", "").strip(),
        comments=comments,
    )


def _digest(*parts: str) -> str:
    """Return a short name for something that the file gives no number: the same words give the same name."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _id(text: str) -> str:
    """Return an id as the file gives it; WordPress writes 0 for none, and other programs write long ones."""
    text = text.strip()
    if len(text) > _MAX_ID:
        return f"x{_digest(text)}"
    return "" if text == "0" else text


def _utc(text: str) -> datetime | None:
    """Return a date of WordPress' database, read as UTC; None for zeros and for what is no date."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _mail_date(text: str) -> datetime | None:
    """Return the date of a feed; None for what is none, also for the year -1 that WordPress makes of zeros."""
    if " -0001 " in text:
        return None
    try:
        when = parsedate_to_datetime(text.strip())
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
