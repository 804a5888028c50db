"""A named cast: whoever reads a test knows at once who may do what."""

import pytest
from django.test import Client

from accounts.models import Role, User
from forums.models import Space
from tests import factories

pytest_plugins = ["tests.services"]


@pytest.fixture
def space(db: None) -> Space:
    """A room."""
    return factories.make_space()


@pytest.fixture
def member(db: None) -> User:
    """Ada, a member."""
    return factories.make_member("ada", pen_name="Quiet Heron")


@pytest.fixture
def other_member(db: None) -> User:
    """Ben, another member."""
    return factories.make_member("ben", pen_name="Slow River")


@pytest.fixture
def suspended(db: None) -> User:
    """Sol, whose account is paused."""
    user = factories.make_member("sol", pen_name="Grey Stone")
    user.is_active = False
    user.save(update_fields=["is_active"])
    return user


@pytest.fixture
def moderator(db: None) -> User:
    """Mia, a moderator."""
    return factories.make_member("mia", Role.MODERATOR, pen_name="Green Lamp")


@pytest.fixture
def other_moderator(db: None) -> User:
    """Max, another moderator."""
    return factories.make_member("max", Role.MODERATOR, pen_name="Blue Lamp")


@pytest.fixture
def lead(db: None) -> User:
    """Lea, a safety lead."""
    return factories.make_member("lea", Role.LEAD, pen_name="Lighthouse")


@pytest.fixture
def operator(db: None) -> User:
    """Ola, an operator."""
    return factories.make_member("ola", Role.OPERATOR, pen_name="Keeper")


@pytest.fixture
def counselor(operator: User) -> User:
    """Cleo, a counselor whose credential is verified and valid."""
    user = factories.make_member("cleo", Role.COUNSELOR, pen_name="Oak Door")
    factories.make_credential(user, verified_by=operator)
    return user


@pytest.fixture
def as_user(db: None):
    """Return a function that gives a browser signed in as a member, or an anonymous one for None."""

    def browse(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return browse
