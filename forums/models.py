"""Spaces, threads, posts, folds and drafts."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import PenName
from forums.enums import Capacity, PostStatus, ReviewPolicy, ThreadKind, Wish

MAX_DEPTH = 3


class Space(models.Model):
    """A room of the community with an audience and a review policy."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=400)
    audience = models.CharField(max_length=160)
    review_policy = models.CharField(max_length=12, choices=ReviewPolicy.choices, default=ReviewPolicy.SCREENED)
    rank = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["rank", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(review_policy__in=ReviewPolicy.values), name="space_review_policy_known")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the space's page."""
        return reverse("forums:space", kwargs={"slug": self.slug})


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Reads of threads."""

    def visible_to(self, viewer: Any) -> "ThreadQuerySet":
        """Return what `viewer` (a user, signed in or anonymous) may read: published threads, and their own."""
        published = Q(published_at__isnull=False)
        if getattr(viewer, "is_authenticated", False):
            return self.filter(published | Q(pen_name__member_id=viewer.pk))
        return self.filter(published)

    def published(self) -> "ThreadQuerySet":
        """Return the threads that stand on public pages."""
        return self.filter(published_at__isnull=False)

    def articles(self) -> "ThreadQuerySet":
        """Return the articles among them."""
        return self.filter(kind=ThreadKind.ARTICLE)

    def stories(self) -> "ThreadQuerySet":
        """Return the stories and questions among them: what members opened."""
        # Not "kind in (...)": both databases would then sort them all instead of reading the newest from the index.
        return self.exclude(kind=ThreadKind.ARTICLE)

    def for_listing(self) -> "ThreadQuerySet":
        """Return them with what a list row shows, in one query, without bodies."""
        return self.select_related("space", "pen_name")


class Thread(models.Model):
    """One conversation: an article, a story or a question. `published_at` is None while nobody else may see it."""

    kind = models.CharField(max_length=10, choices=ThreadKind.choices)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="threads")
    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80)
    pen_name = models.ForeignKey(PenName, on_delete=models.PROTECT, related_name="threads")
    wish = models.CharField(max_length=12, choices=Wish.choices, blank=True)
    wants_counselor = models.BooleanField(default=False)
    excerpt = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    last_post_at = models.DateTimeField()
    reply_count = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    source_key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001  NULL means made here

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ThreadKind.values), name="thread_kind_known"),
            models.CheckConstraint(condition=Q(wish__in=[*Wish.values, ""]), name="thread_wish_known"),
        ]
        indexes = [
            models.Index(
                fields=["kind", "-published_at", "-id"],
                condition=Q(published_at__isnull=False),
                name="thread_kind_published",
            ),
            models.Index(
                fields=["-published_at", "-id"], condition=Q(published_at__isnull=False), name="thread_published"
            ),
            models.Index(
                fields=["space", "-last_post_at", "-id"],
                condition=Q(published_at__isnull=False),
                name="thread_space_lively",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the thread's page."""
        return reverse("forums:thread", kwargs={"thread_id": self.pk, "slug": self.slug})

    @property
    def is_locked(self) -> bool:
        """Whether no more replies are taken."""
        return self.locked_at is not None


class PostQuerySet(models.QuerySet["Post"]):
    """Reads of posts."""

    def visible_to(self, viewer: Any) -> "PostQuerySet":
        """Return what `viewer` may read: published posts of published threads, and their own that were not withdrawn."""
        published = Q(status=PostStatus.PUBLISHED, thread__published_at__isnull=False)
        if getattr(viewer, "is_authenticated", False):
            own = Q(pen_name__member_id=viewer.pk) & ~Q(status=PostStatus.WITHDRAWN)
            return self.filter(published | own)
        return self.filter(published)

    def published(self) -> "PostQuerySet":
        """Return what everybody may read."""
        return self.filter(status=PostStatus.PUBLISHED, thread__published_at__isnull=False)

    def written_by(self, member: Any) -> "PostQuerySet":
        """Return what `member` wrote under any pen name, withdrawn posts too."""
        return self.filter(pen_name__member_id=member.pk, pen_name__member__isnull=False)

    def in_thread_order(self) -> "PostQuerySet":
        """Return them as they are read: the opening, then replies below what they answer."""
        return self.order_by("path")

    def for_thread(self) -> "PostQuerySet":
        """Return them with what a thread page shows, in one query."""
        return self.select_related("pen_name").defer("body")


class Post(models.Model):
    """One message of a thread. Born held; the database itself refuses to show it unread.

    `path` sorts a thread as it is read: each step is the post's id in hexadecimal, replies below `MAX_DEPTH` stand flat.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replies")
    is_opening = models.BooleanField(default=False)
    depth = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=60, default="")
    pen_name = models.ForeignKey(PenName, null=True, on_delete=models.PROTECT, related_name="posts")
    guest_name = models.CharField(max_length=40, blank=True)
    capacity = models.CharField(max_length=16, choices=Capacity.choices, blank=True, default=Capacity.MEMBER)
    credential_line = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=14, choices=PostStatus.choices, default=PostStatus.HELD)
    body = models.TextField()
    body_html = models.TextField()
    is_imported = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    screened_at = models.DateTimeField(null=True)
    human_read_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    asked_for = models.TextField(
        blank=True, help_text=_("What the author was asked to change, in the words they read.")
    )
    submission_key = models.UUIDField(null=True, unique=True)
    source_key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001  NULL means made here

    objects = PostQuerySet.as_manager()

    # Whom a post at the deepest level answers; the thread page fills it in.
    in_reply_to: str = ""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PostStatus.values), name="post_status_known"),
            models.CheckConstraint(
                condition=~Q(status=PostStatus.PUBLISHED) | Q(screened_at__isnull=False, published_at__isnull=False),
                name="published_post_was_screened",
            ),
            models.CheckConstraint(
                condition=~Q(status=PostStatus.PUBLISHED) | Q(guest_name="") | Q(human_read_at__isnull=False),
                name="published_guest_post_was_read",
            ),
            models.CheckConstraint(
                condition=Q(pen_name__isnull=False, guest_name="") | Q(pen_name__isnull=True) & ~Q(guest_name=""),
                name="post_has_one_author",
            ),
            models.CheckConstraint(
                condition=~Q(capacity=Capacity.COUNSELOR) | ~Q(credential_line=""),
                name="counselor_post_has_credential",
            ),
            models.UniqueConstraint(fields=["thread"], condition=Q(is_opening=True), name="one_opening_per_thread"),
        ]
        indexes = [
            models.Index(fields=["thread", "path"], name="post_thread_order"),
            models.Index(fields=["id"], condition=Q(status="held"), name="post_held"),
            models.Index(fields=["pen_name", "-id"], name="post_pen_name"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the address of the post in its thread."""
        return f"{self.thread.get_absolute_url()}#p{self.pk}"

    @property
    def author_name(self) -> str:
        """Return the public name of whoever wrote this."""
        return self.pen_name.name if self.pen_name is not None else self.guest_name

    @property
    def is_by_guest(self) -> bool:
        """Whether this was written without an account."""
        return bool(self.guest_name)

    @property
    def is_published(self) -> bool:
        """Whether others may read it."""
        return self.status == PostStatus.PUBLISHED


class PostRevision(models.Model):
    """The words of a post before its author changed them; only staff see them."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    body = models.TextField()
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="one_revision_per_version")]

    def __str__(self) -> str:
        return f"version {self.version} of post {self.post_id}"


class Fold(models.Model):
    """A passage of a post that stands behind a short neutral line; the reader chooses to open it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="folds")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    line = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="fold_is_not_empty")]

    def __str__(self) -> str:
        return f"fold of post {self.post_id}"


class DraftKind(models.TextChoices):
    """What is being written."""

    STORY = "story", _("story")
    QUESTION = "question", _("question")
    REPLY = "reply", _("reply")
    CHANGE = "change", _("change")


class Draft(models.Model):
    """Words not sent yet. One row per open form (`key`), so that two tabs never overwrite each other."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=DraftKind.choices)
    thread = models.ForeignKey(Thread, null=True, on_delete=models.CASCADE, related_name="drafts")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["member", "kind", "-updated_at"], name="draft_member")]

    def __str__(self) -> str:
        return f"{self.kind} draft {self.pk}"
