"""A difference as text, JSON and a page."""

import json
import re

import pytest
from jsonschema import Draft202012Validator
from openapi_differences import INTEGER, STRING, document, obj, one, operation, parameter, ref

from conformance.core import resources
from conformance.core.display import wrapped
from conformance.openapi_diff.change import Client, Kind, Server
from conformance.openapi_diff.compare import compare
from conformance.openapi_diff.page import html
from conformance.openapi_diff.report import Report, as_json, lines

SCHEMA = json.loads(resources.find("specs/spec-diff.schema.json").read_text())
EVIL = "\x1b[31m\u202e</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"`{0}"


def report(old, new):
    return Report.of(("old.json", "new.json"), (old, new), compare(old, new))


@pytest.fixture
def several():
    things = {"Thing": obj("a", a=STRING, b={"type": "string", "enum": ["x"]})}
    others = {"Thing": obj(a=INTEGER, b={"type": "string", "enum": ["x", "y"]}, c=ref("Gone"))}
    old = document(
        {"/a": {"post": operation(ref("Thing"))}, "/b": {"post": operation(None, ref("Thing"))}, "/c": {"get": operation()}}, things
    )
    new = document(
        {"/a": {"post": operation(ref("Thing"), None, [parameter("p")])}, "/b": {"post": operation(None, ref("Thing"))}}, others
    )
    return report(old, new)


def test_the_text_says_whom_it_concerns_and_in_which_operations(several):
    said = "\n".join(lines(several))
    assert said.startswith(
        "BREAKS CLIENTS: 4 of 6 changes\nold.json (OpenAPI 3.1.0, version 1) → new.json (OpenAPI 3.1.0, version 1)\n"
    )
    assert "3 operations before, 2 now, 2 of them in both" in said
    assert "BREAKS A CLIENT, AND A SERVER HAS TO CHANGE (3)" in said
    assert "  POST /a\n  POST /b\n    request/a and 1 place more\n      `a` is optional now [now-optional]" in said
    assert "  GET /c is gone [operation-gone]" in said


def test_nothing_different_is_said_in_a_line():
    same = one(operation(obj(a=STRING)))
    assert list(lines(report(same, same)))[0] == "NO CHANGE"
    assert (
        list(lines(report(one(operation()), document({"/things": {"post": operation(), "get": operation()}}))))[0]
        == "BREAKS NO CLIENT: 1 change"
    )


def test_what_was_not_compared_is_said():
    broken = report(one(operation(obj(a=STRING))), one(operation(obj(a={"$ref": "other.yaml"}))))
    assert "NOT COMPARED (1)" in list(lines(broken))
    assert "request/a: a reference in it cannot be followed" in re.sub("<[^>]*>", "", html(broken))


def test_a_narrow_terminal_shows_all_words(several):
    for line in lines(several):
        narrow = wrapped(line, 40)
        assert narrow.split() == line.split()
        assert all(len(part) <= 40 or " " not in part.strip() for part in narrow.splitlines())


def test_the_json_is_as_its_schema_says(several):
    value = json.loads(as_json(several))
    Draft202012Validator(SCHEMA).validate(value)
    assert (value["format"], value["breaks"]) == (1, True)
    assert value["rows"][0] == {
        "client": "breaks", "server": "must", "kind": "now-optional", "operations": [{"old": "POST /a", "new": "POST /a"}, {"old": "POST /b", "new": "POST /b"}],
        "place": "request/a", "also": ["response/a"], "old": "required", "new": "optional", "sentence": "`a` is optional now",
        "old_place": "/components/schemas/Thing/properties/a", "new_place": "/components/schemas/Thing/properties/a",
    }  # fmt: skip


def test_the_schema_knows_all_words():
    row = SCHEMA["$defs"]["Row"]["properties"]
    assert [row[name]["enum"] for name in ("kind", "client", "server")] == [
        [one.value for one in words] for words in (Kind, Client, Server)
    ]


def test_a_page_needs_nothing_else(several):
    page = html(several)
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src &#39;none&#39;" in page
    assert "may be &#34;y&#34; now, too" in page
    assert page.count(" data-item ") == len(several.difference.rows)


def test_whatever_a_document_calls_things_is_text():
    def hostile(schema, **more):
        path = f"/{EVIL}/{{id}}"
        return document({path: {"post": operation(obj(**{EVIL: schema}), None, [parameter(EVIL, {"type": "string", "default": EVIL}), *more.values()])}},
                        info={"title": EVIL, "version": EVIL})  # fmt: skip

    made = Report.of(
        (EVIL, EVIL), (old := hostile(STRING), new := hostile({"enum": [EVIL]}, more=parameter(f"{EVIL}2"))), compare(old, new)
    )
    text = "\n".join(lines(made))
    assert not {"\x1b", "\u202e"} & set(text)
    page = html(made)
    assert not {"\x1b", "\u202e"} & set(page)
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert EVIL in json.dumps(json.loads(as_json(made)), ensure_ascii=False).replace("\\u001b", "\x1b").replace('\\"', '"')
    Draft202012Validator(SCHEMA).validate(json.loads(as_json(made)))
