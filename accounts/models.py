"""Members and their pen names."""

import secrets
import unicodedata

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

MAX_PEN_NAMES = 5


class Role(models.TextChoices):
    """Roles are Django groups by these names; a plain member has none."""

    PEER = "peer supporter", _("Peer supporter")
    COUNSELOR = "counselor", _("Counselor")
    MODERATOR = "moderator", _("Moderator")
    LEAD = "safety lead", _("Safety lead")
    OPERATOR = "operator", _("Operator")


# These open desks with other people's troubles on them, so they ask for a second factor.
STAFF_ROLES = frozenset({Role.COUNSELOR, Role.MODERATOR, Role.LEAD, Role.OPERATOR})


class User(AbstractUser):
    """A person with an account. Nothing here is public: the public sees pen names alone."""

    # A real name is never asked for.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    country = models.CharField(
        max_length=2, blank=True, help_text=_("Two-letter code of the country whose helplines are shown.")
    )
    wants_mail = models.BooleanField(
        default=False, help_text=_("Send a discreet mail, without any topic, when there is something to read.")
    )

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("username"), name="username_once_in_any_case")]

    def granted_roles(self) -> frozenset[str]:
        """Return the names of the roles given to this person, in force or not; one query, kept with the object."""
        if not hasattr(self, "_granted_roles"):
            names = self.groups.values_list("name", flat=True) if self.pk else []
            self._granted_roles = frozenset(names)
        return self._granted_roles

    def roles(self) -> frozenset[str]:
        """Return the names of the roles in force: staff roles only once there is a second factor, where that is asked.

        One query for most people, two for staff, kept with the object.
        """
        if self.is_second_factor_due():
            return self.granted_roles() - STAFF_ROLES
        return self.granted_roles()

    def is_second_factor_due(self) -> bool:
        """Whether a staff role waits for this person to set up a passkey or a code app."""
        if not settings.STAFF_SECOND_FACTOR or settings.DEMO or not self.granted_roles() & STAFF_ROLES:
            return False
        if not hasattr(self, "_has_second_factor"):
            self._has_second_factor = self.authenticator_set.exists()
        return not self._has_second_factor

    def get_full_name(self) -> str:
        """Return the username: there is no other name."""
        return self.username

    def get_short_name(self) -> str:
        """Return the username: there is no other name."""
        return self.username


def normalise_name(name: str) -> str:
    """Return the form under which a pen name must be unique.

    Compatibility-folded and case-folded, invisible characters left out, spaces joined: what looks the same is the same.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return " ".join(seen.split())


def new_public_id() -> str:
    """Return a random public id, so that pen names cannot be linked or counted by their ids."""
    return secrets.token_urlsafe(9)


class PenNameQuerySet(models.QuerySet["PenName"]):
    """Reads of pen names."""

    def of(self, member: User) -> "PenNameQuerySet":
        """Return the pen names that `member` may write under, the first made first."""
        return self.visible_to(member).filter(retired_at=None)

    def visible_to(self, viewer: "User | AnonymousUser") -> "PenNameQuerySet":
        """Return the viewer's own pen names, retired ones too, the first made first: nobody sees whose others are."""
        return self.filter(member_id=viewer.pk, member__isnull=False).order_by("pk")


class PenName(models.Model):
    """The only public identity. Imported ones belong to nobody; retired ones are never given out again."""

    member = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="pen_names")
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=80, unique=True)
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    is_imported = models.BooleanField(default=False)

    objects = PenNameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="pen_name_not_empty"),
            models.CheckConstraint(
                condition=Q(is_imported=False) | Q(member=None), name="imported_pen_name_has_no_account"
            ),
        ]

    def __str__(self) -> str:
        return self.name
