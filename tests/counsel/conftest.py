"""People and requests of the counsel desk."""

from datetime import date

import pytest

from accounts.models import Role, User
from counsel.actions import open_request, take_request
from counsel.models import ReplyRequest, RequestKind
from forums.models import Post
from tests import factories
from tests.counsel.scenes import NOW


@pytest.fixture
def other_counselor(operator: User) -> User:
    """Cora, another counselor whose credential is valid."""
    user = factories.make_member("cora", Role.COUNSELOR, pen_name="Elm Gate")
    factories.make_credential(user, verified_by=operator)
    return user


@pytest.fixture
def expired_counselor(operator: User) -> User:
    """Cyd, a counselor whose credential ended long ago."""
    user = factories.make_member("cyd", Role.COUNSELOR, pen_name="Ash Fence")
    factories.make_credential(user, verified_by=operator, valid_until=date(2020, 1, 1))
    return user


@pytest.fixture
def story(member: User) -> Post:
    """A published story of Ada that asks for a counselor."""
    return factories.make_published_story(
        member, body="It has been a long year, and I would like a view on it.", wish="counselor", wants_counselor=True
    )


@pytest.fixture
def asked(story: Post) -> ReplyRequest:
    """The open request for Ada's story."""
    return open_request(story, kind=RequestKind.STORY, at=NOW)


@pytest.fixture
def taken(asked: ReplyRequest, counselor: User) -> ReplyRequest:
    """The request for Ada's story, taken by Cleo."""
    return take_request(asked, by=counselor, at=NOW)
