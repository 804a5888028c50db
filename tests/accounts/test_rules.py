import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from accounts import rules
from accounts.models import Role
from core.results import Denied
from tests.factories import make_member

LADDER = {
    rules.is_peer: {Role.PEER, Role.COUNSELOR, Role.MODERATOR, Role.LEAD, Role.OPERATOR},
    rules.is_counselor_role: {Role.COUNSELOR},
    rules.is_moderator: {Role.MODERATOR, Role.LEAD, Role.OPERATOR},
    rules.is_lead: {Role.LEAD, Role.OPERATOR},
    rules.is_operator: {Role.OPERATOR},
    rules.can_grant_role: {Role.OPERATOR},
}


@pytest.mark.parametrize("rule", LADDER, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("role", list(Role))
def test_role_stands_where_it_should(db, rule, role):
    person = make_member("", role)

    assert bool(rule(person)) is (role in LADDER[rule])


@pytest.mark.parametrize("rule", LADDER, ids=lambda rule: rule.__name__)
def test_member_visitor_and_suspended_have_no_role_and_are_told_why(member, operator, rule):
    operator.is_active = False

    for person in (member, AnonymousUser(), operator):
        answer = rule(person)
        assert isinstance(answer, Denied)
        assert str(answer.reason)


def test_staff_role_without_second_factor_waits_for_it(settings, moderator):
    settings.STAFF_SECOND_FACTOR = True

    assert moderator.is_second_factor_due()
    assert moderator.roles() == frozenset()
    assert "second step" in str(rules.is_moderator(moderator).reason)


def test_staff_role_with_second_factor_is_in_force(settings, moderator):
    settings.STAFF_SECOND_FACTOR = True
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={})

    assert not moderator.is_second_factor_due()
    assert rules.is_moderator(moderator)


def test_peer_supporter_needs_no_second_factor(settings, db):
    settings.STAFF_SECOND_FACTOR = True

    assert rules.is_peer(make_member("", Role.PEER))


def test_demonstration_asks_for_no_second_factor(settings, moderator):
    settings.STAFF_SECOND_FACTOR = settings.DEMO = True

    assert rules.is_moderator(moderator)


def test_roles_asked_twice_cost_one_query(moderator, django_assert_num_queries):
    fresh = type(moderator).objects.get(pk=moderator.pk)

    with django_assert_num_queries(1):
        assert rules.is_moderator(fresh)
        assert not rules.is_lead(fresh)
