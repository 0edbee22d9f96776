"""Keys that stand twice, in JSON and in YAML: which, where, and what is lost."""

import json

import pytest

from conformance.core.pointers import text
from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import load
from conformance.openapi_lint.duplicate_keys import MOST
from conformance.openapi_lint.finding import Kind


def read(tmp_path, content):
    file = tmp_path / "document"
    file.write_text(content, "utf-8")
    return load(file)


def duplicates(tmp_path, content):
    """Return place, lines and the first value of each key of `x` that stands twice, in YAML or in JSON."""
    head = '{"openapi":"3.1.0","paths":{},"x":%s}' if content.startswith("{") else "openapi: 3.1.0\npaths: {}\nx:\n%s"
    found = read(tmp_path, head % content).duplicate_keys
    assert not found.more
    return [(text(one.place), [position.line for position in one.positions], one.lost) for one in found.shown]


def findings(tmp_path, content):
    found = [one for one in check(read(tmp_path, content)).findings if one.kind == Kind.KEY]
    return [(str(one.grade), text(one.place), one.subject, one.message) for one in found]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"a":1,"a":2}', [("/x/a", [1, 1], "1")]),
        ('{"a":1,\n"\\u0061":2}', [("/x/a", [1, 2], "1")]),
        ('{"\\/":"b",\n"/":2}', [("/x/~1", [1, 2], '"b"')]),
        ('{"b":[1,{"a":{"q":[1, 2]},\n"c":"}",\n"a":3}]}', [("/x/b/1/a", [1, 3], '{"q":[1, 2]}')]),
        ('{"a":"\\",}","b":{"c":[], "c":{}},"a":[]}', [("/x/a", [1, 1], '"\\",}"'), ("/x/b/c", [1, 1], "[]")]),
        ('{"":1,"":2}', [("/x/", [1, 1], "1")]),
    ],
)
def test_a_key_that_stands_twice_in_json_is_found_however_it_is_spelled(tmp_path, content, expected):
    assert duplicates(tmp_path, content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("  a: 1\n  a: 2\n", [("/x/a", [4, 5], "1")]),
        ("  a: one # why\n\n  'a': 2\n", [("/x/a", [4, 6], "one")]),
        ("  200: {b: c}\n  '200': 2\n  \"200\": 3\n", [("/x/200", [4, 5, 6], "{b: c}")]),
        ("  {a: 1, b: 2, a: 3}\n", [("/x/a", [4, 4], "1")]),
        ("  ? a\n  : b: é\n    c: d\n  ? a\n", [("/x/a", [4, 7], "b: é c: d")]),
        ("  b: [0, {c: {d: 1, d: 2}}]\n", [("/x/b/1/c/d", [4, 4], "1")]),
        ("  true: 1\n  'true': 2\n  null: 3\n  'null': 4\n", [("/x/true", [4, 5], "1"), ("/x/null", [6, 7], "3")]),
        ("  a:\n  a: 2\n", [("/x/a", [4, 5], "")]),
        ("  b: &b {a: 1, a: 2}\n  c: *b\n  d: [*b, *b]\n", [("/x/b/a", [4, 4], "1")]),
        ("  b: &b {a: 1}\n  a: *b\n  a: 2\n", [("/x/a", [5, 6], "&b {a: 1}")]),
        ("  '<<': 1\n  '<<': 2\n", [("/x/<<", [4, 5], "1")]),
    ],
)
def test_a_key_that_stands_twice_in_yaml_is_found_however_it_is_written(tmp_path, content, expected):
    assert duplicates(tmp_path, content) == expected


@pytest.mark.parametrize(
    "content",
    [
        "  b: &b {a: 1, c: 2}\n  d:\n    <<: *b\n    a: 3\n",
        "  b: &b {a: 1}\n  c: &c {a: 2}\n  d: {<<: [*b, *c], a: 3}\n",
        "  b: &b {a: 1}\n  c: &c {<<: *b, a: 2}\n  d: {<<: *c, a: 3}\n  e: {<<: *c, a: 4}\n",
        "  0x10: 1\n  16: 2\n  010: 3\n  10: 4\n  1.0: 5\n  1: 6\n",
        "  a: {a: {a: [{a: 1}, {a: 2}]}}\n",
        "  a: 1\n  A: 2\n  'a ': 3\n",
        '{"a":{"a":[{"a":1},{"a":"a"}]},"A":"\\"a\\":","b":"a"}',
        '{"\\u00e9":1,"e\\u0301":2}',
    ],
)
def test_what_stands_once_in_each_object_is_no_finding(tmp_path, content):
    assert duplicates(tmp_path, content) == []


def test_the_last_of_what_stands_twice_is_read_and_what_is_merged_gives_way(tmp_path):
    text = "openapi: 3.1.0\npaths: {}\nx: &x {a: 1, a: 2, b: 3}\ny: {b: 4, <<: [{c: 5}, *x, {c: 6}]}\n"
    root = read(tmp_path, text).root
    assert (root["x"], root["y"]) == ({"a": 2, "b": 3}, {"a": 2, "b": 4, "c": 5})


def test_it_is_an_error_that_says_the_lines_and_what_is_lost(tmp_path):
    text = "openapi: 3.0.3\npaths:\n  /a: {get: {responses: {}}}\n  /a: {post: {responses: {}}}\n"
    message = '"/a" stands twice, on lines 3 and 4: most readers take the second, and the first is lost: {get: {responses: {}}}'
    assert findings(tmp_path, text) == [("error", "/paths/~1a", "paths//a", message)]


def test_it_is_about_the_operation_or_the_schema_that_it_stands_in(tmp_path):
    operation = {"responses": {"200": {"description": "A"}, "201": {"description": "B"}}}
    root = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": operation}},
        "components": {"schemas": {"S": {"properties": {"p": {}, "q": {}}}}},
    }
    text = json.dumps(root).replace('"201"', '"200"').replace('"q"', '"p"')
    assert [one[:3] for one in findings(tmp_path, text)] == [
        ("error", "/paths/~1a/get/responses/200", "GET /a"),
        ("error", "/components/schemas/S/properties/p", "schema S"),
    ]


def test_what_stands_on_one_line_is_told_by_its_columns_and_what_stands_often_is_counted(tmp_path):
    text = '{"openapi":"3.1.0","paths":{},"a":{"k":1,"k":2},"b":{"k":[],"k":[],"k":[],"k":[],"k":[]}}'
    one, five = (message for *_rest, message in findings(tmp_path, text))
    assert one == '"k" stands twice, on line 1, columns 36 and 42: most readers take the second, and the first is lost: 1'
    assert five.startswith('"k" stands 5 times, on line 1, columns 54, 61, 68 and 2 more: most readers take the last')


def test_two_merges_in_one_mapping_are_a_warning_for_nothing_is_lost_here(tmp_path):
    text = "openapi: 3.1.0\npaths: {}\nx: [&a {p: 1}, &b {q: 2}]\ny:\n  <<: *a\n  <<: *b\n"
    ((grade, place, _subject, message),) = findings(tmp_path, text)
    assert (grade, place) == ("warning", "/y/<<")
    assert message.startswith('"<<" stands twice, on lines 5 and 6: some readers merge all')
    assert read(tmp_path, text).root["y"] == {"p": 1, "q": 2}


@pytest.mark.parametrize("form", ['{"openapi":"3.1.0","paths":{},"x":{%s}}', "openapi: 3.1.0\npaths: {}\nx: {%s}\n"])
def test_no_more_are_listed_than_anybody_reads_and_the_others_are_counted(tmp_path, form):
    text = form % ", ".join(f'"k{number % 1500}": {number}' for number in range(3000))
    found = findings(tmp_path, text)
    assert len(found) == MOST + 1
    assert found[-1] == ("error", "", "the document", "and 1,400 more keys stand twice")


def test_a_long_value_is_cut_and_a_key_is_made_visible(tmp_path):
    text = json.dumps({"openapi": "3.1.0", "paths": {}, "x": {"\u202ea": ["word"] * 1000, "b": 1}}).replace('"b"', '"\\u202ea"')
    ((_grade, _place, _subject, message),) = findings(tmp_path, text)
    assert message.startswith('"\\u202ea" stands twice')
    assert message.endswith("…")
    assert len(message) < 200
