"""Make the demo community's people: accounts, pen names, roles, credentials and the rota."""

import secrets
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import PenName, Role, User, normalise_name
from community.demo.content import table
from counsel.models import Credential
from moderation.models import CommunityRule, Shift

ROLES = {
    "peer": Role.PEER,
    "counselor": Role.COUNSELOR,
    "moderator": Role.MODERATOR,
    "lead": Role.LEAD,
    "operator": Role.OPERATOR,
}
# The accounts whose passwords are printed.
SHOWN = ("member", "peer", "counselor", "moderator", "lead", "operator")
# Letters and digits that nobody confuses on a small screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def make_people(now: datetime) -> tuple[dict[str, User], dict[str, str]]:
    """Return the people by key, and the passwords of the accounts that are shown, by username."""
    people: dict[str, User] = {}
    passwords: dict[str, str] = {}
    for row in table("person"):
        joined = now - timedelta(days=row["joined_days_ago"])
        shown = row["username"] in SHOWN
        password = new_password() if shown else None
        user = User.objects.create_user(
            username=row["username"], password=password, date_joined=joined, is_staff=row["role"] == "operator"
        )
        if shown and password is not None:
            passwords[row["username"]] = password
        if row["role"] in ROLES:
            user.groups.add(Group.objects.get(name=ROLES[row["role"]]))
        for name in row["pen_names"]:
            PenName.objects.create(member=user, name=name, key=normalise_name(name), created_at=joined)
        people[row["key"]] = user
    return people, passwords


def make_credentials(people: dict[str, User], now: datetime) -> None:
    """Give the counselors their credentials, verified by the operator when they joined."""
    for row in table("credential"):
        member = people[row["person"]]
        Credential.objects.create(
            member=member,
            profession=row["profession"],
            register=row["register"],
            number=row["number"],
            jurisdiction=row["jurisdiction"],
            issuer=row["issuer"],
            interests=row["interests"],
            valid_until=timezone.localdate(now) + timedelta(days=row["valid_until_days"]),
            verified_at=member.date_joined,
            verified_by=people["operator"],
        )


def make_rota(people: dict[str, User]) -> None:
    """Fill the weekly rota."""
    for row in table("shift"):
        Shift.objects.create(
            person=people[row["person"]],
            role=ROLES[row["role"]],
            weekday=row["weekday"],
            starts=time.fromisoformat(row["starts"]),
            ends=time.fromisoformat(row["ends"]),
        )


def make_rules() -> None:
    """Write the community's rules page."""
    for rank, row in enumerate(table("rule")):
        CommunityRule.objects.create(slug=row["slug"], title=row["title"], text=row["text"], rank=rank)


def new_password() -> str:
    """Return a password of three groups of four, about 59 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def rows_of(people: dict[str, User], passwords: dict[str, str]) -> list[dict[str, Any]]:
    """Return role, username and password of each account that is shown, in the order of the roles."""
    return [{"role": name, "username": people[name].username, "password": passwords[name]} for name in SHOWN]
