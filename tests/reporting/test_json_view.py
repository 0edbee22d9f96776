"""JSON for reading: what matters is marked and in view, and nothing of it is markup."""

from recorded import EVIL

from conformance.reporting import json_view


def marked(value, at):
    return [line.html.striptags().strip() for line in json_view.lines(value, at) if line.is_marked]


def test_what_stands_at_the_pointer_is_marked():
    value = {"a": {"b": 1, "c": [1, 2]}, "d": None}
    assert marked(value, ("a", "b")) == ['"b": 1,']
    assert marked(value, ("a", "c")) == ['"c": [', "1,", "2", "]"]
    assert marked(value, None) == []


def test_what_is_not_there_is_marked_where_it_should_be():
    assert marked({"a": {"b": 1}}, ("a", "gone", "deeper")) == ['"a": {', '"b": 1', "}"]
    assert marked({"a": 1}, ("gone",)) == []


def test_what_is_far_from_the_marked_part_is_folded():
    value = {f"k{number}": number for number in range(500)}
    shown = json_view.folded(json_view.lines(value, ("k400",)))
    numbers = [part for part in shown if isinstance(part, int)]
    assert sum(numbers) + len(shown) - len(numbers) == 502
    assert len(shown) < 30
    assert any(not isinstance(part, int) and part.is_marked for part in shown)


def test_texts_are_escaped_and_what_cannot_be_seen_is_written_out():
    (_open, line, _close) = json_view.lines({EVIL: EVIL}, None)
    assert "<script" not in line.html
    assert "\x1b" not in line.html
    assert "\u202e" not in line.html


def test_deep_values_end():
    value = 1
    for _level in range(3000):
        value = [value]
    assert len(json_view.lines(value, None)) < 200
