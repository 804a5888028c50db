"""The crisis directory: dated, verified rows; every number shown anywhere comes from here."""

from datetime import date, timedelta
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Numbers change without notice; half a year after somebody checked a row it is no longer shown.
FRESH_FOR = timedelta(days=180)
# Stands for "wherever you are" (ISO 3166 leaves ZZ free for its users).
ANYWHERE = "ZZ"


class Purpose(models.TextChoices):
    """What a line is for."""

    EMERGENCY = "emergency", _("Emergency services")
    SUICIDE = "suicide", _("Someone to talk to, thoughts of suicide")
    POISON = "poison", _("Overdose, poisoning, using alone")
    VIOLENCE = "violence", _("Violence or control at home")
    SUBSTANCE = "substance", _("Alcohol and drugs")
    FAMILY = "family", _("Families and friends")
    CHILD = "child", _("Children and young people")
    GRIEF = "grief", _("Grief")


class HelplineQuerySet(models.QuerySet["Helpline"]):
    """Reads of the directory."""

    def shown(self, today: date) -> "HelplineQuerySet":
        """Return the rows that may be shown: verified and not stale; in a demonstration also its marked rows."""
        fresh = Q(verified_on__gte=today - FRESH_FOR)
        return self.filter(fresh | Q(is_demo=True)) if settings.DEMO else self.filter(fresh, is_demo=False)


class Helpline(models.Model):
    """One line of one country, for one or more purposes."""

    country = models.CharField(max_length=2)
    country_name = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    call = models.CharField(max_length=40, blank=True)
    text_number = models.CharField(max_length=40, blank=True)
    text_word = models.CharField(max_length=20, blank=True)
    chat_address = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    purposes = models.JSONField(default=list)
    rank = models.PositiveSmallIntegerField(default=100)
    source = models.CharField(max_length=200, blank=True)
    certainty = models.CharField(max_length=3, blank=True)
    verified_on = models.DateField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    is_demo = models.BooleanField(default=False)

    objects = HelplineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "name"], name="helpline_once_per_country"),
        ]
        indexes = [models.Index(fields=["country", "rank"], name="helpline_country")]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"

    def is_fresh(self, today: date) -> bool:
        """Whether somebody checked this row in the last half year."""
        return self.verified_on is not None and self.verified_on >= today - FRESH_FOR

    def is_for(self, purpose: str) -> bool:
        """Whether this line is there for `purpose`."""
        return purpose in self.purposes

    @property
    def is_emergency(self) -> bool:
        """Whether this is a number of the emergency services."""
        return Purpose.EMERGENCY in self.purposes

    @property
    def call_link(self) -> str:
        """Return the link that dials `call` (RFC 3966: digits alone for a short or local number)."""
        return f"tel:{_dialled(self.call)}" if self.call else ""

    @property
    def text_link(self) -> str:
        """Return the link that opens a text message to `text_number`, its first word filled in (RFC 5724)."""
        if not self.text_number:
            return ""
        return f"sms:{_dialled(self.text_number)}" + (f"?body={quote(self.text_word)}" if self.text_word else "")


def _dialled(number: str) -> str:
    return "".join(letter for letter in number if letter.isdigit() or letter == "+")
