"""Places in JSON values."""

from conformance.core import pointers
from conformance.core.pointers import MISSING


def test_a_place_can_be_read_replaced_and_removed_without_touching_the_original():
    value = {"a": [{"b": 1}, {"b": 2}]}
    assert pointers.get(value, ("a", 1, "b")) == 2
    assert pointers.get(value, ("a", 2, "b")) is MISSING
    assert pointers.replace(value, ("a", 1, "b"), 3) == {"a": [{"b": 1}, {"b": 3}]}
    assert pointers.replace(value, ("a", 0), MISSING) == {"a": [{"b": 2}]}
    assert pointers.replace(value, ("c", "d"), 1) == {**value, "c": {"d": 1}}
    assert value == {"a": [{"b": 1}, {"b": 2}]}


def test_pointers_are_written_and_read_as_rfc_6901_has_it():
    assert pointers.text(("a/b", 0, "~")) == "/a~1b/0/~0"
    assert pointers.parse("/a~1b/0/~0") == ("a/b", 0, "~")
