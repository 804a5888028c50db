"""What the tests of reading and writing begin with."""

import pytest

from forums.actions import return_post
from tests import factories
from tests.factories import NOON


@pytest.fixture
def story(member):
    return factories.make_published_story(member)


@pytest.fixture
def returned(story, moderator):
    return_post(story, asked_for="Please leave out the street.", at=NOON, by=moderator)
    return story
