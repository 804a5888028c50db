from datetime import timedelta

import pytest
from django.test import RequestFactory

from accounts.http import safe_path, visitor
from tests.factories import NOON


def name(address, *, at=NOON, **headers):
    return visitor(RequestFactory().get("/", REMOTE_ADDR=address, **headers), at=at)


def test_visitor_same_address_is_one_and_never_the_address_itself():
    assert name("192.0.2.7") == name("192.0.2.7") != name("192.0.2.8")
    assert "192.0.2.7" not in name("192.0.2.7")


def test_visitor_is_another_one_the_next_day():
    assert name("192.0.2.7") != name("192.0.2.7", at=NOON + timedelta(days=1))


def test_visitor_of_one_ipv6_customer_is_one():
    assert name("2001:db8:1:2::3") == name("2001:db8:1:2:ffff::9") != name("2001:db8:1:3::3")


def test_visitor_mapped_address_is_the_ipv4_one():
    assert name("::ffff:192.0.2.7") == name("192.0.2.7")


def test_visitor_without_address_shares_one_name():
    assert name("") == name("not an address")


def test_visitor_does_not_believe_a_header_without_proxies():
    assert name("192.0.2.7", HTTP_X_FORWARDED_FOR="198.51.100.1") == name("192.0.2.7")


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("198.51.100.1:4711, 10.0.0.2", "198.51.100.1"),
        ("[2001:db8::7]:4711, 10.0.0.2", "2001:db8::7"),
        ("2001:db8::7, 10.0.0.2", "2001:db8::7"),
        ("198.51.100.1", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_visitor_behind_two_proxies_is_the_second_address_from_the_end(settings, forwarded, expected):
    settings.TRUSTED_PROXIES = 2
    found = name("10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    settings.TRUSTED_PROXIES = 0
    assert found == name(expected)


@pytest.mark.parametrize("path", ["/help/", "/t/3-day/?after=x#p9"])
def test_safe_path_of_this_site_is_kept(path):
    assert safe_path(path, otherwise="/") == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "help/",
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
    ],
)
def test_safe_path_of_elsewhere_is_not_followed(path):
    assert safe_path(path, otherwise="/here/") == "/here/"
