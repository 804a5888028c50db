from datetime import time

import pytest

from accounts.models import Role
from moderation.actions import add_shift
from moderation.models import Shift
from tests.factories import NOON

pytestmark = pytest.mark.usefixtures("five_past_noon")


@pytest.fixture
def shift(moderator, operator):
    return add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8), ends=time(18), by=operator, at=NOON)


def words(person, **changes):
    return {"person": person.pk, "role": "moderator", "weekday": 1, "starts": "08:00", "ends": "12:00"} | changes


def test_rota_shows_the_week_who_is_there_and_the_gaps(as_user, shift, other_moderator):
    answer = as_user(other_moderator).get("/review/rota/")

    monday = answer.context["days"][0]
    assert [(row.hours, row.name, row.role, row.is_now) for row in monday.shifts] == [
        ("08:00-18:00", "Green Lamp", "Moderator", True)
    ]
    assert answer.context["on_duty"] == ["Green Lamp"]
    assert answer.context["gaps"] == ["Nobody is on duty from Monday 18:00 to Monday 08:00."]
    assert "Times are UTC." in answer.text


def test_rota_moderators_read_it_leads_change_it(as_user, shift, moderator, lead):
    assert as_user(moderator).get("/review/rota/").context["form"] is None
    shown = as_user(lead).get("/review/rota/")
    assert f'action="/review/rota/{shift.pk}/remove/"' in shown.text
    assert "Add a shift" in shown.text


@pytest.mark.parametrize("shifts", [1, 3])
def test_rota_number_of_queries_does_not_grow(as_user, moderator, lead, operator, django_assert_num_queries, shifts):
    for day in range(shifts):
        add_shift(moderator, role=Role.MODERATOR, weekday=0, starts=time(8 + day), ends=time(18), by=lead, at=NOON)
    browser = as_user(operator)

    with django_assert_num_queries(12):
        browser.get("/review/rota/")


@pytest.mark.parametrize("keeper", ["lead", "operator"])
def test_shift_add_by_who_keeps_the_rota(request, as_user, moderator, keeper):
    answer = as_user(request.getfixturevalue(keeper)).post("/review/rota/add/", words(moderator), follow=True)

    assert answer.redirect_chain == [("/review/rota/", 302)]
    added = Shift.objects.get()
    assert (added.person, added.weekday, added.starts, added.ends) == (moderator, 1, time(8), time(12))


def test_shift_add_and_remove_by_a_moderator_is_403_with_the_reason(as_user, shift, moderator):
    browser = as_user(moderator)

    for answer in (
        browser.post("/review/rota/add/", words(moderator)),
        browser.post(f"/review/rota/{shift.pk}/remove/"),
    ):
        assert answer.status_code == 403
        assert "Safety leads and operators keep the rota." in answer.text
    assert list(Shift.objects.all()) == [shift]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts": ""}, "starts"),
        ({"role": "cook"}, "role"),
        ({"weekday": 9}, "weekday"),
        ({"role": "counselor"}, "person"),
    ],
)
def test_shift_add_incomplete_keeps_what_was_chosen(as_user, moderator, lead, changes, field):
    answer = as_user(lead).post("/review/rota/add/", words(moderator, **changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Shift.objects.count() == 0


def test_shift_add_of_a_member_cannot_be_chosen(as_user, member, lead):
    answer = as_user(lead).post("/review/rota/add/", words(member))

    assert list(answer.context["form"].errors) == ["person"]


def test_shift_add_pressed_twice_is_one_shift(as_user, moderator, lead):
    browser = as_user(lead)
    browser.post("/review/rota/add/", words(moderator))

    answer = browser.post("/review/rota/add/", words(moderator))

    assert answer.status_code == 422
    assert "This shift is on the rota already." in answer.text
    assert Shift.objects.count() == 1


def test_shift_remove_twice_is_gone_and_404(as_user, shift, lead):
    browser = as_user(lead)

    assert browser.post(f"/review/rota/{shift.pk}/remove/").url == "/review/rota/"
    assert browser.post(f"/review/rota/{shift.pk}/remove/").status_code == 404
    assert Shift.objects.count() == 0
