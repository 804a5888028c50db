"""What a counselor reads before answering: the story, the thread around it, earlier answers, what screening found."""

from dataclasses import dataclass
from typing import Any

from counsel import queries
from counsel.models import ReplyRequest
from forums.models import Post
from moderation.enums import Severity
from moderation.models import ReadingRecord
from moderation.readings import ScreenedWords
from moderation.screening.reading import Reading

MAX_AROUND = 40


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing that screening found: how severe, why, and the words it is about (empty when these have changed)."""

    severity: Severity
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything to read about one request. `around` is None when the story has left the page."""

    around: list[Post] | None
    has_more_around: bool
    exchange: list[Post]
    noted: list[Noted]


def brief(request: ReplyRequest, *, counselor: Any) -> Briefing:
    """Return what `counselor` may read about `request`, in four queries; nothing of a story that left the page."""
    post = request.post
    if not post.is_published or post.thread.published_at is None:
        return Briefing(around=None, has_more_around=False, exchange=[], noted=[])
    posts = Post.objects.visible_to(counselor).filter(thread_id=post.thread_id).in_thread_order().for_thread()
    around = list(posts[: MAX_AROUND + 1])
    return Briefing(
        around=around[:MAX_AROUND],
        has_more_around=len(around) > MAX_AROUND,
        exchange=queries.exchange(counselor, post=post),
        noted=noted(post),
    )


def noted(post: Post) -> list[Noted]:
    """Return what screening found in `post`, the most severe first."""
    kept = ReadingRecord.objects.filter(case__post=post).order_by("-pk").first()
    if kept is None:
        return []
    # Offsets belong to the words that were read; of changed words they would mark the wrong ones.
    text = ScreenedWords.of(post).text if kept.post_version == post.version else ""
    findings = sorted(Reading.from_dict(kept.content).findings, key=lambda found: (-found.severity, found.start))
    return [Noted(Severity(found.severity), found.reason, text[found.start : found.end]) for found in findings]
