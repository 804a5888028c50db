"""The one way in which a case changes its status."""

import pytest

from core.results import ConflictError
from moderation.actions.steps import move_case
from moderation.enums import CaseStatus
from moderation.models import Case
from tests import factories

pytestmark = pytest.mark.django_db


def test_case_takes_a_step_of_the_table(member):
    case = Case.objects.get(post=factories.make_story(member))

    move_case(case, CaseStatus.CLOSED, closed_at=factories.NOON)

    assert Case.objects.get().status == CaseStatus.CLOSED


def test_step_that_the_table_does_not_have_is_refused(member):
    case = Case.objects.get(post=factories.make_story(member))

    with pytest.raises(ValueError, match="from screening to returned"):
        move_case(case, CaseStatus.RETURNED)

    assert Case.objects.get().status == CaseStatus.SCREENING


def test_step_that_another_took_first_is_a_conflict(member):
    case = Case.objects.get(post=factories.make_story(member))
    stale = Case.objects.get()
    move_case(case, CaseStatus.CLOSED, closed_at=factories.NOON)

    with pytest.raises(ConflictError):
        move_case(stale, CaseStatus.CLOSED, closed_at=factories.NOON)
