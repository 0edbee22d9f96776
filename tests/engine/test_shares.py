"""How a round is shared."""

import pytest

from conformance.engine.shares import shares


def test_with_the_same_chances_all_get_the_same():
    assert shares({"one": 0.2, "other": 0.2}) == {"one": 1, "other": 1}


def test_who_is_likelier_to_bring_something_new_gets_more_and_nobody_gets_nothing_or_all():
    of = shares({"rich": 0.9, **{f"poor {number}": 0.001 for number in range(9)}})
    assert of["rich"] == 4
    assert of["poor 0"] == 0.25
    assert shares({"one": 0.3, "other": 0.1})["one"] == pytest.approx(1.5)
