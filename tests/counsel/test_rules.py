from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from accounts.models import Role
from counsel import rules
from counsel.models import Credential, Standing
from forums.actions import decline_post, lock_thread
from tests import factories
from tests.counsel.scenes import LATER, NOW, answer, make_follow_up

TODAY = NOW.date()


def test_can_use_desk_with_valid_credential_allows(counselor):
    assert rules.can_use_desk(counselor, TODAY)


@pytest.mark.parametrize(("days", "allowed"), [(0, True), (1, True), (-1, False)])
def test_can_use_desk_on_the_last_days_follows_the_date(operator, days, allowed):
    user = factories.make_member("", Role.COUNSELOR)
    factories.make_credential(user, verified_by=operator, valid_until=TODAY + timedelta(days=days))

    assert bool(rules.can_use_desk(user, TODAY)) is allowed


def test_can_use_desk_without_credential_says_so(db):
    user = factories.make_member("", Role.COUNSELOR)

    assert str(rules.can_use_desk(user, TODAY).reason) == (
        "No credential is on record for you. Ask an operator to add it."
    )


def test_can_use_desk_unverified_says_so(db):
    user = factories.make_member("", Role.COUNSELOR)
    factories.make_credential(user, verified_by=None)

    assert str(rules.can_use_desk(user, TODAY).reason) == (
        "Your credential has not been verified yet. An operator does that."
    )


def test_can_use_desk_expired_names_the_last_day(expired_counselor):
    assert str(rules.can_use_desk(expired_counselor, TODAY).reason) == (
        "Your credential was valid until Jan. 1, 2020. Ask an operator to record the renewed one."
    )


def test_can_use_desk_revoked_says_so(counselor):
    Credential.objects.update(revoked_at=NOW)

    assert str(rules.can_use_desk(counselor, TODAY).reason) == (
        "Your credential was revoked. Ask an operator if you think this is a mistake."
    )


def test_can_use_desk_with_one_valid_among_old_ones_allows(expired_counselor, operator):
    factories.make_credential(expired_counselor, verified_by=operator, valid_until=date(2030, 1, 1))

    assert rules.can_use_desk(expired_counselor, TODAY)


def test_can_use_desk_with_credential_but_without_role_refuses(counselor):
    counselor.groups.clear()
    factories.make_credential(counselor, verified_by=None)
    fresh = type(counselor).objects.get(pk=counselor.pk)

    assert not rules.can_use_desk(fresh, TODAY)


def test_can_use_desk_of_paused_or_anonymous_refuses(counselor):
    counselor.is_active = False

    assert not rules.can_use_desk(counselor, TODAY)
    assert not rules.can_use_desk(AnonymousUser(), TODAY)


def test_can_use_desk_without_asked_second_factor_refuses(counselor, settings):
    settings.DEMO = False
    settings.STAFF_SECOND_FACTOR = True

    assert not rules.can_use_desk(counselor, TODAY)


@pytest.mark.parametrize("rule", [rules.can_take, rules.can_write, rules.can_publish, rules.can_settle])
def test_every_rule_without_valid_credential_gives_the_desk_reason(rule, taken, expired_counselor):
    reason = rules.can_use_desk(expired_counselor, TODAY).reason

    assert rule(expired_counselor, taken, NOW).reason == reason


@pytest.mark.parametrize("rule", [rules.can_take, rules.can_write, rules.can_publish, rules.can_settle])
def test_every_rule_about_own_words_refuses(rule, taken, member, operator):
    member.groups.add(Group.objects.get(name=Role.COUNSELOR))
    factories.make_credential(member, verified_by=operator)

    assert str(rule(member, taken, NOW).reason) == "You wrote this yourself. Another counselor will answer it."


def test_can_take_open_request_allows(asked, counselor):
    assert rules.can_take(counselor, asked, NOW)


def test_can_take_follow_up_is_for_its_counselor_first(asked, member, counselor, other_counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)

    assert rules.can_take(counselor, follow_up, LATER)
    assert "asked first" in str(rules.can_take(other_counselor, follow_up, LATER + timedelta(hours=47)).reason)
    assert rules.can_take(other_counselor, follow_up, LATER + timedelta(hours=48))


def test_can_take_or_publish_when_words_left_the_page_refuses(taken, story, counselor, moderator):
    decline_post(story, at=NOW, by=moderator)
    taken.post.refresh_from_db()

    assert "no longer on the page" in str(rules.can_take(counselor, taken, NOW).reason)
    assert "no longer on the page" in str(rules.can_publish(counselor, taken, NOW).reason)


def test_can_publish_in_locked_thread_refuses(taken, story, counselor, moderator):
    lock_thread(story.thread, at=NOW, by=moderator)
    taken.post.thread.refresh_from_db()

    assert "no more replies" in str(rules.can_publish(counselor, taken, NOW).reason)


def test_can_write_is_only_for_who_has_taken_it(taken, counselor, other_counselor):
    assert rules.can_write(counselor, taken, NOW)
    assert rules.can_publish(counselor, taken, NOW)
    assert "Take this request first" in str(rules.can_write(other_counselor, taken, NOW).reason)
    assert "Take this request first" in str(rules.can_publish(other_counselor, taken, NOW).reason)


def test_can_settle_is_only_for_follow_ups(asked, member, counselor):
    follow_up = make_follow_up(answer(asked, counselor), member, counselor)

    assert rules.can_settle(counselor, follow_up, LATER)
    assert "always gets an answer" in str(rules.can_settle(counselor, asked, NOW).reason)


def test_can_keep_credentials_is_only_for_operators(operator, counselor, lead):
    assert rules.can_keep_credentials(operator)
    assert not rules.can_keep_credentials(counselor)
    assert not rules.can_keep_credentials(lead)


def test_can_verify_credential_of_another_allows(operator, member):
    credential = factories.make_credential(member, verified_by=None)

    assert rules.can_verify_credential(operator, credential, TODAY)
    assert not rules.can_verify_credential(member, credential, TODAY)


def test_can_verify_own_credential_refuses(operator):
    credential = factories.make_credential(operator, verified_by=None)

    assert "their own credential" in str(rules.can_verify_credential(operator, credential, TODAY).reason)


def test_can_verify_revoked_or_expired_credential_refuses(operator, member):
    expired = factories.make_credential(member, verified_by=None, valid_until=TODAY - timedelta(days=1))
    revoked = factories.make_credential(member, verified_by=None)
    revoked.revoked_at = NOW

    assert expired.standing_on(TODAY) == Standing.EXPIRED
    assert "has expired" in str(rules.can_verify_credential(operator, expired, TODAY).reason)
    assert "was revoked" in str(rules.can_verify_credential(operator, revoked, TODAY).reason)
