"""Validators look as far as a value can be held against, and no further."""

from random import Random

import jsonschema_rs
import pytest
from openapi_documents import document

from conformance.openapi_lint.index import DocumentIndex
from conformance.openapi_lint.reachability import height, links, reached
from conformance.openapi_lint.schemas import LENIENT, Schemas

LINK = "#/components/schemas/{}".format


@pytest.mark.parametrize(("value", "levels"), [(1, 0), ({}, 0), ([], 0), ([1], 1), ({"a": [{}]}, 2), ({"a": 1, "b": [[1]]}, 3)])
def test_the_height_of_a_value_is_how_many_levels_it_has(value, levels):
    assert height(value) == levels


def test_a_schema_refers_to_others_for_the_value_itself_and_for_what_is_in_it():
    schema = {
        "$ref": "a", "allOf": [{"$ref": "b"}, {"items": {"$ref": "c"}}], "properties": {"$ref": {"$ref": "d"}, "p": {"not": {"$ref": "e"}}},
        "dependentSchemas": {"q": {"$ref": "f"}}, "const": {"$ref": "g"},
    }  # fmt: skip
    assert sorted(links(schema)) == [("a", 0), ("b", 0), ("c", 1), ("d", 1), ("e", 1), ("f", 0)]


def test_what_lies_deeper_than_the_value_is_not_reached():
    chain = {str(number): [(str(number + 1), 1)] for number in range(9)} | {"9": [("0", 1)]}
    assert reached({"$ref": "0"}, chain, 0) == {"0"}
    assert reached({"$ref": "0"}, chain, 3) == {"0", "1", "2", "3"}
    assert len(reached({"$ref": "0"}, chain, 99)) == 10


def test_the_nearest_way_counts_where_there_are_several():
    definitions = {"a": [("b", 1), ("c", 0)], "b": [("d", 1)], "c": [("d", 0)], "d": []}
    assert reached({"$ref": "a"}, definitions, 0) == {"a", "c", "d"}


def test_a_schema_in_a_large_circle_is_compiled_without_the_others(monkeypatch):
    compiled = []
    registry = jsonschema_rs.Registry
    monkeypatch.setattr(jsonschema_rs, "Registry", lambda given: compiled.append(len(given[0][1]["$defs"])) or registry(given))
    circle = {
        f"A{n}": {
            "type": "object",
            "properties": {name: {"$ref": LINK(f"A{(n * 7 + k) % 500}")} for k, name in enumerate("abc", 1)},
        }
        for n in range(500)
    }
    schemas = Schemas(DocumentIndex(document(**circle)))
    assert schemas.fits(("components", "schemas", "A0"), {"a": {}})
    assert not schemas.fits(("components", "schemas", "A0"), {"a": {"b": 5}})
    assert max(compiled) < 50


def made_up_schema(random, depth):
    inside = [lambda: made_up_schema(random, depth - 1)] * 3
    simple = [
        lambda: {"type": random.choice(["string", "integer", "object", "array"])},
        lambda: {"$ref": LINK(random.choice("ABCDE"))} if depth < 3 else {"type": "object"},
    ]
    nested = [
        lambda: {"type": "object", "properties": {name: one() for name, one in zip("abc", inside, strict=True)}, "required": ["a"]},
        lambda: {"type": "array", "items": inside[0]()},
        lambda: {"anyOf": [one() for one in inside]},
        lambda: {"type": "object", "additionalProperties": inside[0]()},
    ]
    return random.choice(simple + nested * 2 if depth else simple)()


def made_up_value(random, depth):
    simple = [lambda: random.choice([1, "x", {}, []])]
    nested = [
        lambda: {name: made_up_value(random, depth - 1) for name in random.sample("abc", 2)},
        lambda: [made_up_value(random, depth - 1)],
    ]
    return random.choice(simple + nested if depth else simple)()


@pytest.mark.parametrize("seed", range(40))
def test_a_value_fits_as_it_does_with_all_schemas_at_hand(seed):
    random = Random(seed)
    parts = document(**{name: made_up_schema(random, 3) for name in "ABCDE"})
    schemas = Schemas(DocumentIndex(parts))
    for name in "ABCDE" if not schemas.circles else ():
        whole = jsonschema_rs.Draft202012Validator({"$ref": LINK(name), **parts.root})
        for given in (made_up_value(random, 4) for _number in range(30)):
            assert schemas.fits(("components", "schemas", name), given, LENIENT) == whole.is_valid(given)
