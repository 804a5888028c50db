import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from helplines import actions
from helplines.models import Helpline

CHOOSE = "/help/country/"


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True
    actions.seed_demo_rows()


@pytest.fixture
def fresh_fallback(db):
    Helpline.objects.filter(country="ZZ").update(verified_on=timezone.now().date())


def page(browser, path="/help/"):
    return browser.get(path).content.decode()


def test_help_without_country_says_honestly_what_to_do(as_user, fresh_fallback):
    text = page(as_user())

    assert "Call your local emergency number." in text
    assert 'href="tel:112"' in text
    assert "Checked on" in text
    assert "cannot be woken" in text


def test_help_dials_only_stored_numbers(as_user, db):
    Helpline.objects.all().delete()

    text = page(as_user())

    assert "Call your local emergency number." in text
    assert "tel:" not in text
    assert "112" not in text.split("<main")[1]


def test_help_shows_no_unverified_row(as_user, db):
    Helpline.objects.create(country="IE", country_name="Ireland", name="Unchecked", call="123", purposes=["suicide"])

    browser = as_user()
    browser.post(CHOOSE, {"country": "IE"})

    assert "Unchecked" not in page(browser)


def test_help_in_demonstration_says_so_and_shows_every_way(as_user, demo):
    browser = as_user()
    browser.post(CHOOSE, {"country": "GB"})

    text = page(browser)

    assert "demonstration rows" in text
    assert 'href="tel:999"' in text
    assert "Demonstration line: someone to talk to" in text
    assert "sms:" in text
    assert "https://chat.example.org/" in text
    assert text.index('href="tel:999"') < text.index("Demonstration line: someone to talk to")


def test_country_choose_of_visitor_stays_in_the_session(as_user, demo):
    browser = as_user()

    response = browser.post(CHOOSE, {"country": "IE", "next": "/after/abc/"})

    assert (response.status_code, response.url) == (302, "/after/abc/")
    assert browser.session["country"] == "IE"
    browser.post(CHOOSE, {"country": ""})
    assert "country" not in browser.session


def test_country_choose_of_member_stays_on_the_account(as_user, demo, member, other_member):
    for _ in range(2):
        assert as_user(member).post(CHOOSE, {"country": "US"}).url == "/help/"

    assert User.objects.get(pk=member.pk).country == "US"
    assert User.objects.get(pk=other_member.pk).country == ""
    assert 'href="tel:911"' in page(as_user(member))


@pytest.mark.parametrize("next_path", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_country_choose_never_leads_elsewhere(as_user, demo, next_path):
    assert as_user().post(CHOOSE, {"country": "IE", "next": next_path}).url == "/help/"


def test_country_choose_unknown_country_keeps_the_old_one(as_user, demo):
    browser = as_user()
    browser.post(CHOOSE, {"country": "IE"})

    browser.post(CHOOSE, {"country": "QQ"})

    assert browser.session["country"] == "IE"
    assert "choose a country" in page(browser)


def test_country_is_never_taken_from_the_connection(db, demo):
    browser = Client(REMOTE_ADDR="8.8.8.8", HTTP_ACCEPT_LANGUAGE="en-US", HTTP_CF_IPCOUNTRY="US")

    assert 'href="tel:911"' not in page(browser)


def test_country_choose_wrong_method_and_missing_token_are_refused(db):
    assert Client().get(CHOOSE).status_code == 405
    assert Client(enforce_csrf_checks=True).post(CHOOSE, {"country": "IE"}).status_code == 403
    assert Client().post("/help/").status_code == 405


def test_help_keeps_where_the_reader_was(as_user, demo):
    text = page(as_user(), "/help/?next=/t/3-day/")

    assert 'name="next" value="/t/3-day/"' in text
    assert 'href="/t/3-day/"' in text
    assert "evil" not in page(as_user(), "/help/?next=//evil.example/")


def test_help_costs_visitors_two_queries(as_user, demo, django_assert_num_queries):
    browser = as_user()

    # The country's rows, and the countries to choose from.
    with django_assert_num_queries(2):
        browser.get("/help/")


@pytest.mark.parametrize("count", [1, 3])
def test_help_costs_the_same_for_one_line_and_three(as_user, settings, db, django_assert_num_queries, count):
    settings.DEFAULT_COUNTRY = "IE"
    for number in range(count):
        Helpline.objects.create(
            country="IE",
            country_name="Ireland",
            name=f"Line {number}",
            call="123",
            purposes=["suicide"],
            verified_on=timezone.now().date(),
        )

    with django_assert_num_queries(2):
        assert as_user().get("/help/").content.decode().count("<h3>Line ") == count
