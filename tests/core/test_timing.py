"""Times as people write them."""

import pytest

from conformance.configuration import settings
from conformance.core import timing
from conformance.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("0.5", 0.5), ("90s", 90), ("15m", 900), ("8h", 28800), ("1.5h", 5400), (" 2m ", 120)]
)
def test_a_time_is_a_number_of_seconds_or_has_its_unit_after_it(text, seconds):
    assert timing.duration(text) == seconds
    assert settings.build({"max_time": text}).max_time == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "-1", "0", "0h", "8 h", "8d", "h", "1e3", "nan", "inf", "٣h", "1" + "0" * 400, "8h30m"]
)
def test_what_is_no_time_is_one_line_for_the_user(text):
    with pytest.raises(
        UsageError, match="--max-time: it must be a number of seconds above 0, or one with s, m or h after it"
    ) as error:
        settings.build({"max_time": text})
    assert "\n" not in str(error.value)
