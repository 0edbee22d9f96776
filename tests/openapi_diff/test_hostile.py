"""Documents that nobody would write: compared in bounded time, or said not to be, and never a crash."""

import time

import pytest
from openapi_differences import INTEGER, STRING, body, document, obj, one, operation, parameter, ref, rows

from conformance.openapi_diff import walk
from conformance.openapi_diff.compare import compare


def chain(length, inside, leaf):
    """Return schemas each of which leads to the next one."""
    return {**{f"S{number}": inside(ref(f"S{number + 1}")) for number in range(length)}, f"S{length}": leaf}


def nested(levels, inside, leaf):
    for _level in range(levels):
        leaf = inside(leaf)
    return leaf


def pair(schemas):
    return tuple(one(operation(ref("S0")), schemas=schemas(leaf)) for leaf in (STRING, INTEGER))


ENDLESS = {
    "references": pair(lambda leaf: chain(3000, lambda schema: schema, leaf)),
    "parts": pair(lambda leaf: chain(3000, lambda schema: {"allOf": [schema]}, leaf)),
    "fields": pair(lambda leaf: chain(3000, lambda schema: obj(x=schema), leaf)),
    "unions of one twice": pair(lambda leaf: chain(40, lambda schema: {"anyOf": [schema, schema]}, leaf)),
    "lists in lists": tuple(one(operation(nested(140, lambda schema: {"type": "array", "items": schema}, leaf))) for leaf in (STRING, INTEGER)),
    "parts of parts": tuple(one(operation(nested(140, lambda schema: {"allOf": [schema]}, leaf))) for leaf in (STRING, INTEGER)),
    "a circle": pair(lambda leaf: {"S0": {"allOf": [ref("S0"), obj(x=leaf)]}}),
    "many objects in a union": pair(
        lambda leaf: {"S0": {"anyOf": [obj("k", k={"const": f"{number}"}, x=leaf) for number in range(200)]}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("documents", ENDLESS.values(), ids=ENDLESS)
def test_what_is_endless_ends(documents):
    began = time.perf_counter()
    found = compare(*documents)
    assert time.perf_counter() - began < 20
    assert bool(found.rows) != bool(found.not_compared)


def test_many_pairs_of_schemas_are_cut_and_that_is_told(monkeypatch):
    monkeypatch.setattr(walk, "_MOST_PAIRS", 50)
    found = compare(*pair(lambda leaf: chain(100, lambda schema: obj(x=schema), leaf)))
    assert "more pairs of schemas than are compared" in found.not_compared[0].reason


def test_a_web_of_schemas_names_all_operations():
    count = 60

    def web(leaf):
        things = {
            f"W{number}": obj(leaf=leaf, **{f"f{step}": ref(f"W{(number * 7 + step) % count}") for step in range(9)})
            for number in range(count)
        }
        return document({f"/{number}": {"post": operation(ref(f"W{number}"))} for number in range(count)}, things)

    found = rows(web(STRING), web(INTEGER))
    assert len(found) == count
    assert all(len(row.operations) == count for row in found)


WEIRD = [
    {"/a": {"post": {"parameters": 5, "requestBody": [], "responses": [1], "security": 3, "deprecated": "x", "operationId": 7}}},
    {"/a": {"post": {"parameters": [1, {"in": [], "name": {}}, {"in": "query", "name": "x", "schema": 9, "content": {"a/b": 3}}]}}},
    {"/a": {"post": {"responses": {"200": 5, "400": {"content": []}, "": {}, "x": body(7)}, "requestBody": body([1])}}},
    {"/a": 7, "b": {"post": {}}, "/": {"post": {}}},
    {"/a": {"post": operation({"type": 5, "properties": [1], "required": {"a": 1}, "enum": {}, "minLength": "x", "items": 3, "anyOf": {}, "allOf": 5})}},
    {"/a": {"post": operation({"oneOf": [5, None], "additionalProperties": [1], "default": {"a": []}, "pattern": "(", "multipleOf": 0, "not": 5})}},
    {"/a": {"post": operation({"patternProperties": {"(": 1}, "if": [], "const": {}, "discriminator": 3, "nullable": "x", "$ref": 5})}},
    {"/a": {"post": operation(obj(x=STRING, **{"": STRING, "a/b~c": STRING, "{0}": STRING, "*": STRING, "[]": STRING}))}},
]  # fmt: skip


@pytest.mark.parametrize("paths", WEIRD, ids=str)
def test_what_nobody_can_read_is_no_crash(paths):
    plain = {"/a": {"post": operation(obj(a=STRING), obj(a=STRING), [parameter("x")])}}
    assert not rows(document(paths), document(paths))
    assert rows(document(paths), document(plain))
    assert rows(document(plain), document(paths))
