"""Credentials, reply requests and the drafts that answer them."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import PenName, Role
from forums.enums import PostStatus
from forums.models import Post

# A post in one of these states has left the page for good, unless a decision about it is reversed.
GONE = [PostStatus.DECLINED, PostStatus.WITHDRAWN]


class Standing(models.TextChoices):
    """What a credential is worth on a day."""

    UNVERIFIED = "unverified", _("waiting to be verified")
    VALID = "valid", _("valid")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


class CredentialQuerySet(models.QuerySet["Credential"]):
    """Reads of credentials."""

    def visible_to(self, viewer: Any) -> "CredentialQuerySet":
        """Return what `viewer` may see: operators all, others their own."""
        if not viewer.is_authenticated:
            return self.none()
        return self.all() if Role.OPERATOR in viewer.roles() else self.of(viewer)

    def of(self, member: models.Model) -> "CredentialQuerySet":
        """Return the credentials of `member`, the longest valid first."""
        return self.filter(member_id=member.pk).order_by("-valid_until", "-pk")

    def valid_on(self, day: date) -> "CredentialQuerySet":
        """Return those that an operator has verified, not revoked and not expired on `day`."""
        return self.filter(verified_at__isnull=False, revoked_at=None, valid_until__gte=day)


class Credential(models.Model):
    """A counselor's professional standing, verified by an operator, with an end. `valid_until` is the last good day."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credentials")
    profession = models.CharField(max_length=100)
    register = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=80)
    issuer = models.CharField(max_length=120)
    interests = models.CharField(max_length=300, blank=True)
    valid_until = models.DateField()
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="verified_credentials"
    )
    revoked_at = models.DateTimeField(null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at=None) | Q(verified_by__isnull=False) & ~Q(verified_by=models.F("member")),
                name="credential_verified_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.profession}, {self.jurisdiction}"

    def standing_on(self, day: date) -> Standing:
        """Return what it is worth on `day`; only a valid one lets its member do anything."""
        if self.revoked_at is not None:
            return Standing.REVOKED
        if self.valid_until < day:
            return Standing.EXPIRED
        return Standing.UNVERIFIED if self.verified_at is None else Standing.VALID

    def public_line(self) -> str:
        """Return what readers see beside an answer, in the community's own language: never the register number."""
        with translation.override(settings.LANGUAGE_CODE):
            return gettext("%(profession)s, %(register)s, verified until %(year)d") % {
                "profession": self.profession,
                "register": self.register,
                "year": self.valid_until.year,
            }


class RequestStatus(models.TextChoices):
    """The life of a reply request."""

    OPEN = "open", _("waiting for a counselor")
    TAKEN = "taken", _("a counselor is writing")
    ANSWERED = "answered", _("answered")
    SETTLED = "settled", _("read; it needs no answer")
    CLOSED = "closed", _("closed")


class RequestKind(models.TextChoices):
    """What is asked for."""

    STORY = "story", _("a story")
    FOLLOW_UP = "follow_up", _("a follow-up")


LIVE = [RequestStatus.OPEN, RequestStatus.TAKEN]


class ReplyRequestQuerySet(models.QuerySet["ReplyRequest"]):
    """Reads of the counsel desk."""

    def visible_to(self, viewer: Any) -> "ReplyRequestQuerySet":
        """Return what `viewer` may know of: counselors all requests, others none."""
        if not viewer.is_authenticated or Role.COUNSELOR not in viewer.roles():
            return self.none()
        return self.all()

    def live(self) -> "ReplyRequestQuerySet":
        """Return those that still wait for an answer, oldest first."""
        return self.filter(status__in=LIVE).order_by("opened_at", "pk")

    def standing(self) -> "ReplyRequestQuerySet":
        """Return those that need no second one: live, settled, or answered by a post that was not turned down."""
        return self.filter(
            Q(status__in=[*LIVE, RequestStatus.SETTLED])
            | Q(status=RequestStatus.ANSWERED) & ~Q(answer__status__in=GONE)
        )

    def answerable(self) -> "ReplyRequestQuerySet":
        """Return those whose post stands on a page that takes replies."""
        return self.filter(
            post__status=PostStatus.PUBLISHED,
            post__thread__published_at__isnull=False,
            post__thread__locked_at=None,
        )

    def gone(self) -> "ReplyRequestQuerySet":
        """Return those that nobody can answer any more: the post or its thread was taken down, or the thread locked."""
        opening_gone = Post.objects.filter(thread=OuterRef("post__thread"), is_opening=True, status__in=GONE)
        return self.filter(
            Q(post__status__in=GONE) | Q(post__thread__locked_at__isnull=False) | Q(Exists(opening_gone))
        )

    def expired(self, now: datetime) -> "ReplyRequestQuerySet":
        """Return those whose counselor has not written for as long as the lease runs."""
        return self.filter(status=RequestStatus.TAKEN, lease_until__lt=now).order_by("pk")

    def offered_to(self, counselor: models.Model, now: datetime) -> "ReplyRequestQuerySet":
        """Return the open ones that `counselor` may take: follow-ups wait for their own counselor first."""
        theirs = Q(preferred=None) | Q(preferred_id=counselor.pk) | Q(preferred_until__lte=now)
        return (
            self.filter(theirs, status=RequestStatus.OPEN)
            .exclude(post__pen_name__member_id=counselor.pk)
            .order_by("opened_at", "pk")
        )

    def kept_for(self, counselor: models.Model, now: datetime) -> "ReplyRequestQuerySet":
        """Return the open follow-ups that are offered to `counselor` before anybody else."""
        return self.offered_to(counselor, now).filter(preferred_id=counselor.pk, preferred_until__gt=now)

    def offered_to_all(self, counselor: models.Model, now: datetime) -> "ReplyRequestQuerySet":
        """Return the open ones that `counselor` may take like any other."""
        return self.offered_to(counselor, now).filter(Q(preferred=None) | Q(preferred_until__lte=now))

    def taken_by_person(self, counselor: models.Model) -> "ReplyRequestQuerySet":
        """Return those that `counselor` is answering."""
        return self.filter(status=RequestStatus.TAKEN, taken_by_id=counselor.pk).order_by("opened_at", "pk")

    def for_desk(self) -> "ReplyRequestQuerySet":
        """Return them with what the desk and the request page show, in one query."""
        return self.select_related("post__thread__space", "post__pen_name", "answer")


class ReplyRequest(models.Model):
    """A story, or a later answer of its author, that wants a counselor's view. `opened_at` is when it began to wait."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="reply_requests")
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    status = models.CharField(max_length=10, choices=RequestStatus.choices, default=RequestStatus.OPEN)
    opened_at = models.DateTimeField()
    preferred = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="preferred_requests"
    )
    preferred_until = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="taken_requests"
    )
    taken_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    answer = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="answers_requests")
    answered_at = models.DateTimeField(null=True)

    objects = ReplyRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="request_status_known"),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.TAKEN) | Q(taken_by__isnull=False, lease_until__isnull=False),
                name="taken_request_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.OPEN) | Q(taken_by=None, lease_until=None),
                name="open_request_has_no_holder",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.ANSWERED)
                | Q(taken_by__isnull=False, answer__isnull=False, answered_at__isnull=False),
                name="answered_request_has_answer",
            ),
            models.CheckConstraint(
                condition=Q(preferred=None) | Q(preferred_until__isnull=False), name="preference_has_an_end"
            ),
            models.UniqueConstraint(fields=["post"], condition=Q(status__in=LIVE), name="one_live_request_per_post"),
        ]
        indexes = [
            models.Index(fields=["opened_at", "id"], condition=Q(status="open"), name="request_open"),
            models.Index(fields=["lease_until"], condition=Q(status="taken"), name="request_lease"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the address of the page on which a counselor reads and answers it."""
        return reverse("counsel:request", kwargs={"request_id": self.pk})

    @property
    def is_live(self) -> bool:
        """Whether it still waits for an answer."""
        return self.status in LIVE

    @property
    def is_follow_up(self) -> bool:
        """Whether an author has written again to a counselor."""
        return self.kind == RequestKind.FOLLOW_UP

    def is_taken_by(self, counselor: models.Model) -> bool:
        """Whether `counselor` is the one who answers it."""
        return self.status == RequestStatus.TAKEN and self.taken_by_id == counselor.pk

    def is_with_another(self, counselor: models.Model, now: datetime) -> bool:
        """Whether someone other than `counselor` is answering it, with a lease that runs at `now`."""
        if self.status != RequestStatus.TAKEN or self.taken_by_id == counselor.pk or self.lease_until is None:
            return False
        return self.lease_until >= now

    def is_kept_for_another(self, counselor: models.Model, now: datetime) -> bool:
        """Whether it is offered to someone other than `counselor` first, at `now`."""
        if self.preferred_id in {None, counselor.pk} or self.preferred_until is None:
            return False
        return self.preferred_until > now


class ReplyDraft(models.Model):
    """A counselor's unfinished answer; `version` rises with each save so that two tabs cannot overwrite each other.

    `pen_name` is the name chosen to answer under, while the counselor has never answered anyone before.
    """

    request = models.ForeignKey(ReplyRequest, on_delete=models.CASCADE, related_name="drafts")
    counselor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reply_drafts")
    pen_name = models.ForeignKey(PenName, null=True, on_delete=models.SET_NULL, related_name="reply_drafts")
    body = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "counselor"], name="one_draft_per_request_and_counselor")
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
