"""YAML as the JSON that it stands for, in bounded time and room."""

import pytest
import yaml

from conformance.openapi_lint.refusals import Unreadable
from conformance.openapi_lint.yaml_text import loads


def value(text):
    return loads(text)[0]


def test_keys_are_texts_as_they_are_written():
    assert list(value("{200: a, 1e3: b, 010: c, True: d, ~: e, no: f, 2024-01-01: g}")) == [
        "200", "1e3", "010", "True", "~", "no", "2024-01-01",
    ]  # fmt: skip


def test_explicit_tags_of_yaml_mean_what_json_has_for_them():
    text = "[!!str 1, !!int '2', !!float 3, !!bool 'true', !!null '', !!binary aGk=, !!timestamp 2024-01-01, !!set {a, b}, <<]"
    assert value(text) == ["1", 2, 3.0, True, None, "aGk=", "2024-01-01", {"a": None, "b": None}, "<<"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: !include other.yaml", "line 2: the tag !include"),
        ("!!python/object/apply:os.system ['true']", "line 1: the tag !!python/object/apply:os.system"),
        ("!!bool maybe", "line 1: 'maybe' has the tag !!bool, and is none"),
        ("!!int x", "line 1: 'x' has the tag !!int"),
        ("a: 1\n? [b]\n: 2", "line 2: a key that is no text"),
        ("{{a: 1}: 2}", "line 1: a key that is no text"),
        ("\n\nx: {<<: 5}", "line 3: `<<` with what is no mapping"),
        ("x: {<<: [{a: 1}, 5]}", "line 1: `<<` with what is no mapping"),
    ],
)
def test_what_json_has_nothing_for_is_refused_with_its_line(text, message):
    with pytest.raises(Unreadable, match="^YAML that JSON has nothing for, ") as refused:
        loads(text)
    assert message in str(refused.value)


def test_aliases_are_written_out():
    assert value("a: &a {b: [1]}\nc: [*a, *a]\n") == {"a": {"b": [1]}, "c": [{"b": [1]}, {"b": [1]}]}


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["- &a0 [1]", *(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40))]),
        "\n".join(["- &a0 {z: 1}", *(f"- &a{n} {{{', '.join(f'k{i}: *a{n - 1}' for i in range(10))}}}" for n in range(1, 40))]),
        "- &big {" + ", ".join(f"k{n}: 1" for n in range(3000)) + "}\n" + "- {<<: *big}\n" * 3000,
    ],
    ids=["lists", "mappings", "merges"],
)
def test_a_few_lines_that_stand_for_more_than_is_read_are_refused_at_once(text):
    with pytest.raises(Unreadable, match="stands for more than .* values"):
        loads(text)


def test_merges_of_merges_take_no_more_room_than_their_keys():
    lines = ["- &a0 {z: 1}", *(f"- &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: 1}}" for n in range(1, 30))]
    assert len(value("\n".join(lines))[-1]) == 30


@pytest.mark.parametrize("text", ["&a [*a]", "&a {b: *a}", "a: &a {b: &b [*a, *b]}"])
def test_what_contains_itself_is_refused(text):
    with pytest.raises(Unreadable, match="levels deep"):
        loads(text)


def test_what_merges_itself_gains_nothing_by_it():
    assert value("x: &x {<<: *x, a: 1}") == {"x": {"a": 1}}


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_what_nests_beyond_all_bounds_is_refused(text):
    with pytest.raises((Unreadable, yaml.YAMLError, RecursionError)):
        loads(text)


def test_an_empty_text_stands_for_nothing():
    assert value("# nothing\n") is None
