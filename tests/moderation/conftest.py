"""The desk at noon on a Monday."""

import pytest
import time_machine

from tests.moderation.helpers import SOON


@pytest.fixture
def five_past_noon():
    """It is five minutes past noon, and stays so."""
    with time_machine.travel(SOON, tick=False) as clock:
        yield clock
