import pytest

from accounts import names
from accounts.models import normalise_name


def fits(name, *, username="brennan.k", email="", site_name="Alongside"):
    return bool(names.can_be_pen_name(names.tidy(name), username=username, email=email, site_name=site_name))


@pytest.mark.parametrize(
    "name", ["Gray Heron", "Two Spoons", "Żaneta", "雨", "雨音", "Nine Lives 9", "O'Hara", "Mr.B", "Model T"]
)
def test_ordinary_name_of_two_letters_or_more_fits(name):
    assert fits(name) is (len(name) >= 2)


@pytest.mark.parametrize(("length", "expected"), [(1, False), (2, True), (40, True), (41, False)])
def test_length_from_2_to_40_fits(length, expected):
    assert fits("ü" * length) is expected


@pytest.mark.parametrize(
    "name",
    [
        "moderator",
        "The Moderator",
        "M0derator Jo",
        "m o d e r a t o r",
        "Counsellor Kim",
        "admin",
        "Admin Jo",
        "Mod",
        "mod_jo",
        "Alongside",
        "Alongside Team",
        "A1ongside",
        "Support",
        "Safety Lead",
        "Site Operator",
    ],
)
def test_name_that_speaks_for_staff_is_refused(name):
    assert not fits(name)


@pytest.mark.parametrize(
    "name", ["jo@example.org", "+44 7700 900123", "call 555-0100-22", "www.jo", "jo.com", "https://jo"]
)
def test_name_that_reaches_a_person_is_refused(name):
    assert not fits(name)


@pytest.mark.parametrize(
    ("name", "username", "email", "expected"),
    [
        ("Brennan.K", "brennan.k", "", False),
        ("BRENNAN K", "brennan.k", "", False),
        ("Old Brennan.K here", "brennan.k", "", False),
        ("Brennan", "brennan84", "", False),
        ("Jo", "jo", "", False),
        ("Joyful", "jo", "", True),
        ("Anna Berg", "x9", "anna.berg@example.org", False),
        ("Gray Heron", "brennan.k", "anna@example.org", True),
    ],
)
def test_name_that_leads_to_username_or_address_is_refused(name, username, email, expected):
    assert fits(name, username=username, email=email) is expected


@pytest.mark.parametrize("name", ["Gr\u0430y Heron", "Gray\u202eHeron", "Gray\u2066x", "...", "\u200d\u200d", "a\x00b"])
def test_name_that_deceives_the_eye_is_refused(name):
    assert not fits(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gray Heron", "gray  HERON"),
        ("Gray Heron", "\uff27ray Heron"),
        ("Gray Heron", "Gray\u200b Heron"),
        ("Straße", "STRASSE"),
    ],
)
def test_names_that_look_alike_are_one(one, other):
    assert normalise_name(one) == normalise_name(other)


def test_short_site_name_does_not_forbid_ordinary_words():
    assert fits("Haven Bird", site_name="Ha")
    assert not fits("Ha", site_name="Ha")
