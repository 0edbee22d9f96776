"""Texts and values for a terminal: nothing invisible, nothing long."""

import pytest

from conformance.core.display import cut, short, visible


@pytest.mark.parametrize(("text", "written"), [("a b é", "a b é"), ("\x1b[2J", "\\x1b[2J"), ("\u202ea\n", "\\u202ea\\n")])
def test_what_a_terminal_would_act_on_is_written_out(text, written):
    assert visible(text) == written


def test_a_long_text_is_cut_and_its_length_added():
    assert cut("abcdef", 3) == "abc… (6 characters)"
    assert cut("abc", 3) == "abc"


@pytest.mark.parametrize("value", ["(a)", "status quo", "a"])
def test_a_text_is_shown_as_json_whatever_it_begins_with(value):
    assert short(value) == f'"{value}"'


def test_a_value_is_shown_on_one_line():
    assert short({"a": ["é", None, 1]}) == '{"a": ["é", null, 1]}'
