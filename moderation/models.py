"""Cases, readings, decisions, appeals and the rota."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import PenName, Role
from accounts.rules import is_moderator
from core.models import Event
from forums.enums import PostStatus
from forums.models import Post
from moderation.enums import RESTRICTIONS, Action, AppealOutcome, CaseStatus, Cause, Severity

OPEN = [CaseStatus.SCREENING, CaseStatus.WAITING, CaseStatus.RETURNED]
# Whose shifts stand behind the promises of the review desk.
DESK_SHIFTS = (Role.MODERATOR, Role.LEAD)
# How long a case that somebody gave back is offered to the others first.
_PASSED_FOR = timedelta(minutes=30)


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads of the queue."""

    def visible_to(self, viewer: Any) -> "CaseQuerySet":
        """Return what `viewer` may open on the desk: for moderators all but cases of their own words, for others none."""
        return self.takeable_by(viewer) if is_moderator(viewer) else self.none()

    def open(self) -> "CaseQuerySet":
        """Return the cases that are not closed."""
        return self.filter(status__in=OPEN)

    def awaiting_screening(self, now: datetime) -> "CaseQuerySet":
        """Return the cases that a worker may read now: no other worker holds them. Oldest first."""
        free = Q(screening_lease_until=None) | Q(screening_lease_until__lt=now)
        return self.filter(free, status=CaseStatus.SCREENING).order_by("pk")

    def waiting(self) -> "CaseQuerySet":
        """Return the cases that wait for a person."""
        return self.filter(status=CaseStatus.WAITING)

    def due_first(self) -> "CaseQuerySet":
        """Return them most severe first, then soonest due."""
        return self.order_by("-severity", "due_at", "pk")

    def free(self, now: datetime) -> "CaseQuerySet":
        """Return those that nobody holds at `now`."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now))

    def held_by(self, moderator: models.Model, now: datetime) -> "CaseQuerySet":
        """Return those that `moderator` holds at `now`."""
        return self.filter(lease_holder_id=moderator.pk, lease_until__gt=now)

    def takeable_by(self, moderator: models.Model) -> "CaseQuerySet":
        """Return those that `moderator` may take: not about their own words."""
        # Not a join: this way the queue is read from its own index, however many posts there are.
        own = Post.objects.filter(pen_name__member_id=moderator.pk)
        return self.exclude(post__in=own.values("pk"))

    def with_author(self) -> "CaseQuerySet":
        """Return the cases whose author was asked for a change."""
        return self.filter(status=CaseStatus.RETURNED)

    def not_given_back_by(self, moderator: models.Model, now: datetime) -> "CaseQuerySet":
        """Return those that `moderator` has not given back in the half hour before `now`."""
        given_back = Event.objects.filter(
            subject="case",
            subject_id=OuterRef("pk"),
            kind="case_released",
            actor_id=moderator.pk,
            at__gt=now - _PASSED_FOR,
        )
        return self.exclude(Exists(given_back))

    def for_desk(self) -> "CaseQuerySet":
        """Return them with what the queue shows, in one query and without story text; `holder_name` is a pen name."""
        names = PenName.objects.filter(member_id=OuterRef("lease_holder_id")).order_by("pk").values("name")
        return (
            self.select_related("post", "post__pen_name", "post__thread", "post__thread__space")
            .defer("post__body", "post__body_html")
            .annotate(holder_name=Subquery(names[:1]))
        )


class Case(models.Model):
    """One post that a human must look at. The row is the queue: workers and moderators claim it by lease."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(max_length=10, choices=CaseStatus.choices, default=CaseStatus.SCREENING)
    cause = models.CharField(max_length=20, choices=Cause.choices, default=Cause.SUBMITTED)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.NONE)
    opened_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # The attempt is the fence: only the worker of the latest attempt may place the case.
    screening_attempt = models.PositiveSmallIntegerField(default=0)
    screening_lease_until = models.DateTimeField(null=True)
    lease_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="leased_cases"
    )
    lease_until = models.DateTimeField(null=True)
    lease_number = models.PositiveIntegerField(default=0)
    for_lead = models.BooleanField(default=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_status_known"),
            models.CheckConstraint(condition=Q(severity__lte=4), name="case_severity_known"),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.WAITING) | Q(due_at__isnull=False), name="waiting_case_is_due"
            ),
            models.CheckConstraint(
                condition=Q(lease_holder__isnull=True) | Q(lease_until__isnull=False), name="case_lease_expires"
            ),
            models.UniqueConstraint(fields=["post"], condition=Q(status__in=OPEN), name="one_open_case_per_post"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status="screening"), name="case_screening"),
            models.Index(fields=["-severity", "due_at", "id"], condition=Q(status="waiting"), name="case_waiting"),
            models.Index(fields=["post", "-id"], name="case_post"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def is_held(self, now: datetime) -> bool:
        """Whether somebody's lease runs at `now`."""
        return self.lease_until is not None and self.lease_until > now

    def is_late(self, now: datetime) -> bool:
        """Whether a person should have looked by now."""
        return self.due_at is not None and self.due_at < now


class ReadingRecord(models.Model):
    """What screening found in one version of a post: spans and words, never a copy of the text."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="readings")
    post_version = models.PositiveIntegerField()
    at = models.DateTimeField()
    engine = models.CharField(max_length=80)
    content = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["case", "-id"], name="reading_case")]

    def __str__(self) -> str:
        return f"reading of case {self.case_id}"


class CommunityRule(models.Model):
    """One rule of the community's own rules page."""

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    text = models.TextField()
    rank = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["rank", "pk"]

    def __str__(self) -> str:
        return self.title


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Reads of decisions."""

    def about_words_of(self, member: models.Model) -> "DecisionQuerySet":
        """Return the restrictions on what `member` wrote, newest first: what `/me/decisions/` shows."""
        return self.restrictions().filter(case__post__pen_name__member_id=member.pk).order_by("-pk")

    def restrictions(self) -> "DecisionQuerySet":
        """Return those that limit what an author's words can do."""
        return self.filter(action__in=RESTRICTIONS)


class Decision(models.Model):
    """What a moderator did: append-only. `reason` goes to the author, `note` never leaves the staff pages."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=10, choices=Action.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    post_version = models.PositiveIntegerField()
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    rule = models.CharField(max_length=120, blank=True)
    passages = models.JSONField(default=list)
    was_flagged = models.BooleanField(help_text=_("Whether screening had brought the post to a person."))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(action__in=Action.values), name="decision_action_known"),
            models.CheckConstraint(
                condition=~Q(action__in=sorted(RESTRICTIONS)) | ~Q(reason=""), name="restriction_has_reasons"
            ),
        ]
        indexes = [models.Index(fields=["case", "-id"], name="decision_case")]

    def __str__(self) -> str:
        return f"{self.action} on case {self.case_id}"


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Reads of appeals."""

    def waiting(self) -> "AppealQuerySet":
        """Return the appeals that nobody has decided, oldest first."""
        return self.filter(outcome=AppealOutcome.OPEN).order_by("pk")

    def decidable_by(self, moderator: models.Model) -> "AppealQuerySet":
        """Return those that `moderator` may decide: neither their decision nor their words."""
        return self.exclude(decision_by_id=moderator.pk).exclude(member_id=moderator.pk)

    def visible_to(self, viewer: Any) -> "AppealQuerySet":
        """Return what `viewer` may open on the desk: for moderators all but their own appeals, for others none."""
        return self.exclude(member_id=viewer.pk) if is_moderator(viewer) else self.none()

    def for_desk(self) -> "AppealQuerySet":
        """Return them with what the desk shows, in one query."""
        return self.select_related(
            "decision__case__post__pen_name", "decision__case__post__thread__space", "decision__case__post__thread"
        )


class Appeal(models.Model):
    """A request that a different person decides again; the database refuses the same one."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    decision_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appeals")
    text = models.TextField()
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=AppealOutcome.choices, default=AppealOutcome.OPEN)
    outcome_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="decided_appeals"
    )
    decided_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("decision_by")),
                name="appeal_is_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(outcome=AppealOutcome.OPEN)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(outcome_reason=""),
                name="decided_appeal_has_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"


class ShiftQuerySet(models.QuerySet["Shift"]):
    """Reads of the rota."""

    def visible_to(self, viewer: Any) -> "ShiftQuerySet":
        """Return the rota for those who work at the review desk, nothing for others."""
        return self.all() if is_moderator(viewer) else self.none()

    def on_desk(self) -> "ShiftQuerySet":
        """Return the shifts of the review desk, of people who may still review."""
        desk = [Role.MODERATOR, Role.LEAD, Role.OPERATOR]
        return self.filter(role__in=DESK_SHIFTS, person__is_active=True, person__groups__name__in=desk).distinct()


class Shift(models.Model):
    """One weekly stretch of duty, in the community's time zone. `ends` at or before `starts` means after midnight."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shifts")
    role = models.CharField(max_length=20)
    weekday = models.PositiveSmallIntegerField(help_text=_("0 is Monday."))
    starts = models.TimeField()
    ends = models.TimeField()

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="shift_weekday_known")]

    def __str__(self) -> str:
        return f"shift {self.pk}"


class ScreeningLabelQuerySet(models.QuerySet["ScreeningLabel"]):
    """Reads of labels."""

    def to_learn_from(self) -> "ScreeningLabelQuerySet":
        """Return, newest first, what may be learned from: of words that their author let stand and that still stand.

        Words that were taken back, replaced since or imported are left out, and so is what an appeal has reversed.
        """
        return (
            self.filter(post_version=F("post__version"), post__is_imported=False)
            .exclude(post__status=PostStatus.WITHDRAWN)
            .exclude(post__body="")
            .exclude(decision__appeal__outcome=AppealOutcome.REVERSED)
            .order_by("-pk")
        )


class ScreeningLabel(models.Model):
    """What a moderator said that one version of a post is about, when deciding. No word of the post is copied."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="screening_labels")
    post_version = models.PositiveIntegerField()
    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="screening_label")
    categories = models.JSONField(default=list)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScreeningLabelQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(severity__lte=4), name="label_severity_known")]

    def __str__(self) -> str:
        return f"label of post {self.post_id}"


class ScreeningCalibration(models.Model):
    """From which score on a category counts on this site, set on `posts` ordinary posts; the newest one counts."""

    thresholds = models.JSONField()
    engine = models.CharField(max_length=80)
    posts = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calibration {self.pk}"


class ScreeningStateQuerySet(models.QuerySet["ScreeningState"]):
    """Reads of what workers screen with."""

    def current(self, now: datetime) -> "ScreeningStateQuerySet":
        """Return what was told in the last quarter of an hour, those with a missing part first."""
        return self.filter(at__gt=now - timedelta(minutes=15)).order_by("-why", "host")


class ScreeningState(models.Model):
    """What the workers of one machine screen with, as they last told."""

    host = models.CharField(max_length=120, unique=True)
    layers = models.JSONField(default=list)
    why = models.TextField(blank=True, help_text=_("Why a part is missing; empty when all parts work."))
    engine = models.CharField(max_length=80)
    at = models.DateTimeField()

    objects = ScreeningStateQuerySet.as_manager()

    def __str__(self) -> str:
        return f"screening on {self.host}"
