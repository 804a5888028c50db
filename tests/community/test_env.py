import pytest
from django.core.exceptions import ImproperlyConfigured

from community import env


def percent():
    return env.number_within("SCREENING_SAMPLE_PERCENT", 3, lowest=2, highest=100, why="Because.")


def test_number_within_unset_is_the_default(monkeypatch):
    monkeypatch.delenv("SCREENING_SAMPLE_PERCENT", raising=False)

    assert percent() == 3


@pytest.mark.parametrize("value", ["2", "100"])
def test_number_within_its_limits_is_taken(monkeypatch, value):
    monkeypatch.setenv("SCREENING_SAMPLE_PERCENT", value)

    assert percent() == int(value)


@pytest.mark.parametrize("value", ["0", "1", "101", "-3"])
def test_number_within_refuses_others_and_says_why(monkeypatch, value):
    monkeypatch.setenv("SCREENING_SAMPLE_PERCENT", value)

    with pytest.raises(ImproperlyConfigured, match=f"SCREENING_SAMPLE_PERCENT is {value}; use 2 to 100. Because."):
        percent()
