from itertools import islice

import pytest

from accounts.models import normalise_name
from forums.importing.names import candidates, public_name


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Tess", "Tess"),
        ("  Tess \n O&#039;Dell ", "Tess O'Dell"),
        ("Tom &amp; Ann", "Tom & Ann"),
        ("<b>Tess</b><script>x</script>", "Tess"),
        ("Te\u202ess\u200b", "Te ss"),
        ("Dr. Grey", "Dr. Grey"),
        ("Наташа", "Наташа"),
        ("🌻", "🌻"),
        ("", "A reader"),
        (" ... ", "A reader"),
        ("tess@mail.example", "A reader"),
        ("Tess (tess at) t@m.example", "A reader"),
        ("https://tess.example/blog", "A reader"),
        ("www.tess.example", "A reader"),
        ("tess-blog.com", "A reader"),
        ("Tess +44 20 7946 0018", "A reader"),
    ],
)
def test_public_name_shows_a_name_and_never_an_address(raw, expected):
    assert public_name(raw) == expected


def test_candidates_say_that_the_name_was_imported():
    assert list(islice(candidates("Sam"), 3)) == ["Sam", "Sam (imported)", "Sam (imported 2)"]


@pytest.mark.parametrize("name", ["x" * 200, "ΐ" * 60, "ß" * 41])
def test_candidates_of_a_long_name_fit_name_and_key(name):
    for candidate in islice(candidates(name), 4):
        assert len(candidate) <= 40
        assert len(normalise_name(candidate)) <= 80
        assert "…" in candidate
