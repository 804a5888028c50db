"""The demo community: whole, in every state, and made through the site's own verbs."""

import pytest
from django.utils import timezone

from accounts.models import User
from community.demo.loader import DemoLoader
from core.events import faults
from counsel.models import ReplyRequest
from forums.enums import ThreadKind
from forums.models import Fold, Post, Thread
from moderation.models import Appeal, Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts():
    return DemoLoader(timezone.now()).load()


def test_demo_shows_every_state(accounts):
    assert [row["role"] for row in accounts] == ["member", "peer", "counselor", "moderator", "lead", "operator"]
    assert {thread.kind for thread in Thread.objects.published()} == set(ThreadKind.values)
    assert Thread.objects.published().count() >= 12
    assert Post.objects.filter(is_opening=False, status="published").count() >= 55
    assert {1, 2, 3, 4} <= set(Case.objects.waiting().values_list("severity", flat=True))
    assert {"open", "answered"} <= set(ReplyRequest.objects.values_list("status", flat=True))
    assert Fold.objects.exists()
    assert Appeal.objects.waiting().exists()
    assert list(faults()) == []


def test_demo_operator_reaches_the_admin(accounts, as_user):
    assert as_user(User.objects.get(username="operator")).get("/admin/").status_code == 200
    assert as_user(User.objects.get(username="moderator")).get("/admin/").status_code != 200
