"""What members are told, in the app at once, by discreet mail if they asked for it."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Kind(models.TextChoices):
    """Kinds of notice. The words are shown in the app; a mail never says more than that there is something to read."""

    PUBLISHED = "published", _("What you wrote can now be read")
    CHANGE_ASKED = "change_asked", _("We ask you for a small change to something you wrote")
    DECISION = "decision", _("Somebody decided about something you wrote, and says why")
    APPEAL = "appeal", _("A second person has answered your appeal")
    REPLY = "reply", _("Somebody answered you")
    COUNSELOR_REPLY = "counselor_reply", _("A counselor answered you")
    REQUEST_TAKEN = "request_taken", _("A counselor is writing you an answer")
    FOLLOW_UP = "follow_up", _("Someone you answered has written again")
    DUTY = "duty", _("Something on the review desk needs a person now")
    CARE = "care", _("Help is here, whenever you want it")


class MailStatus(models.TextChoices):
    """What became of the mail that goes with a notice."""

    NONE = "none", _("no mail")
    DUE = "due", _("waiting to be sent")
    SENDING = "sending", _("being handed over")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of notices."""

    def visible_to(self, viewer: User | AnonymousUser) -> "NoticeQuerySet":
        """Return the viewer's own notices, newest first."""
        return self.filter(member_id=viewer.pk).order_by("-pk")

    def unread(self) -> "NoticeQuerySet":
        """Return those not read yet."""
        return self.filter(read_at=None)

    def mail_due(self, now: datetime) -> "NoticeQuerySet":
        """Return those whose mail should go out and that no worker holds."""
        free = Q(mail_lease_until=None) | Q(mail_lease_until__lte=now)
        return self.filter(free, mail_status=MailStatus.DUE).order_by("pk")

    def mail_lost(self, now: datetime) -> "NoticeQuerySet":
        """Return those whose worker disappeared while handing the mail over: nobody knows whether it went out."""
        return self.filter(mail_status=MailStatus.SENDING, mail_lease_until__lte=now)


class Notice(models.Model):
    """One thing one member is told, written in the transaction of its cause, once (`cause` is unique per member)."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    cause = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_status = models.CharField(max_length=8, choices=MailStatus.choices, default=MailStatus.NONE)
    # The attempt is the fence: only the worker of the latest attempt may hand the mail over or say what became of it.
    mail_attempt = models.PositiveSmallIntegerField(default=0)
    mail_lease_until = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "cause"], name="notice_once_per_cause"),
            models.CheckConstraint(condition=Q(mail_status__in=MailStatus.values), name="notice_mail_status_known"),
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="notice_member"),
            models.Index(fields=["id"], condition=Q(mail_status="due"), name="notice_mail_due"),
            models.Index(fields=["id"], condition=Q(mail_status="sending"), name="notice_mail_sending"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
