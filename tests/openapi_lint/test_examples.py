"""Examples that contradict their schema, and those that look as if they did."""

import pytest
from openapi_changes import FACTS
from openapi_documents import answer, findings, messages

from conformance.openapi_lint.finding import Kind

COLOUR = {"type": "string", "enum": ["red", "green"]}
OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "integer", "example": "five"}, '"five" is a string, not an integer'),
        ({"type": "integer", "examples": [1, 2.5]}, "2.5 is a number, not an integer"),
        ({**COLOUR, "example": "Red"}, '"Red" is none of "red", "green"; "red" is one'),
        ({**OBJECT, "example": {}}, "`a` is required, and missing"),
        ({**OBJECT, "example": {"a": None}}, "/a: null is not an integer"),
        ({**OBJECT, "additionalProperties": False, "example": {"a": 1, "b": 2}}, "`b` is a field that the schema does not allow"),
        ({"type": "array", "items": COLOUR, "example": ["red", "blue"]}, '/1: "blue" is none of "red", "green"'),
        ({"anyOf": [COLOUR, {"type": "null"}], "example": 5}, "5 is an integer, not a string or null"),
        ({"const": "a", "example": "b"}, '"b" is not "a"'),
        ({"type": "string", "pattern": "^[a-z]+$", "example": "A1"}, '"A1" does not match "^[a-z]+$"'),
        ({"type": "string", "maxLength": 2, "example": "abc"}, '"abc" has a length of 3, against `maxLength: 2`'),
        ({"type": "integer", "minimum": 1, "example": 0}, "0 breaks `minimum: 1`"),
        ({"prefixItems": [{"type": "string"}, COLOUR], "example": ["a", "b"]}, '/1: "b" is none of "red", "green"'),
        ({"allOf": [OBJECT, {"required": ["b"]}], "example": {"a": 1}}, "`b` is required, and missing"),
        ({"$ref": "#/components/schemas/B", "example": "five"}, '"five" is a string, not an integer'),
        ({"type": "object", "properties": {"deep": {"items": {"type": "boolean", "example": "yes"}}}}, '"yes" is a string, not a boolean'),
    ],
)  # fmt: skip
def test_contradictions_are_errors(schema, message):
    ((grade, message),) = messages(Kind.EXAMPLE, A=schema, B={"type": "integer"})
    assert (grade, message) == ("error", message)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "example": 1.0},
        {"type": "number", "examples": [1, 1.5]},
        {"type": ["string", "null"], "examples": ["a", None]},
        {"example": {"anything": [1]}},
        {"type": "object", "properties": {"example": {"type": "integer"}, "default": {"type": "string"}}, "example": {"example": 5, "default": "x"}},
        {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}, "required": ["id"], "example": {}},
        {"allOf": [{"properties": {"id": {"readOnly": True}}}, {"required": ["id"]}], "example": {}},
        {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["id"]}], "example": {}},
        {"properties": {"id": {"$ref": "#/components/schemas/Base", "readOnly": True}}, "required": ["id"], "example": {}},
        {"type": "number", "multipleOf": 0.01, "example": 19.99},
        {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False, "example": {"x-a": "b"}},
        {"const": {"example": 5}, "enum": [{"example": "x"}], "default": {"example": 5}},
        {"x-thing": {"type": "integer", "example": "no"}},
        {"type": "string", "format": "email", "example": "nobody"},
        {"type": "string", "format": "date", "example": "yesterday"},
        {"type": "string", "format": "date-time", "example": "2026-01-01T10:00:00+02:00"},
        {"type": "string", "pattern": r"^\p{L}+$", "example": "é"},
        {"type": "string", "examples": {"named": {"value": 5}}},
    ],
)  # fmt: skip
def test_what_looks_like_one_and_is_right_is_none(schema):
    assert not messages(Kind.EXAMPLE, A=schema, Base={"properties": {"id": {"readOnly": True}}})


def test_formats_and_one_branch_too_many_are_warnings():
    assert messages(Kind.EXAMPLE, A={"type": "string", "format": "date-time", "example": "yesterday"}) == [
        ("warning", '"yesterday" is no date-time')
    ]
    assert messages(Kind.EXAMPLE, A={"type": "string", "format": "uuid", "example": "x"}) == [("warning", '"x" is no uuid')]
    both = {"oneOf": [{"type": "integer"}, {"type": "number"}], "example": 5}
    assert messages(Kind.EXAMPLE, A=both) == [("warning", "more than one branch of oneOf fits, and oneOf means exactly one")]
    assert messages(Kind.EXAMPLE, A={**both, "example": "x"})[0][0] == "error"


def test_in_3_0_null_is_said_by_nullable_and_what_is_beside_a_reference_says_nothing():
    right = {
        "A": {"type": "string", "nullable": True, "enum": ["a"], "example": None},
        "B": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/A"}], "example": None},
        "C": {"$ref": "#/components/schemas/A", "example": 5},
        "D": {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "example": 2},
        "E": {"type": "integer", "minimum": 1, "exclusiveMinimum": False, "example": 1},
    }
    assert not messages(Kind.EXAMPLE, version="3.0.3", **right)
    assert not messages(Kind.SCHEMA, version="3.0.3", **right)
    assert len(messages(Kind.EXAMPLE, version="3.0.3", A={**right["D"], "example": 1}, B={"type": "string", "example": None})) == 2


@pytest.mark.parametrize(
    "media",
    [
        {"example": {"a": "x"}},
        {"examples": {"one": {"value": {"a": "x"}}}},
        {"examples": {"one": {"$ref": "#/components/schemas/Example"}}},
    ],
)
def test_examples_of_a_media_type_are_examples_of_its_schema(media):
    message = messages(Kind.EXAMPLE, paths={"/p": answer(OBJECT, **media)}, Example={"value": {"a": "x"}})
    assert message == [("error", '/a: "x" is a string, not an integer')]


def test_only_json_is_held_against_its_schema_and_json_in_a_text_is_read():
    media = {
        "text/csv": {"schema": OBJECT, "example": "a\n1"},
        "application/xml": {"schema": OBJECT, "example": "<a>1</a>"},
        "application/json": {"schema": OBJECT, "example": '{"a": 1}'},
        "application/problem+json": {"schema": OBJECT, "examples": {"one": {"externalValue": "x"}}},
    }
    assert not messages(Kind.EXAMPLE, paths={"/p": {"get": {"responses": {"200": {"content": media}}}}})


def test_examples_of_parameters_may_be_written_as_they_are_sent():
    def parameter(schema, example):
        return {
            "/p": {"parameters": [{"name": "n", "in": "query", "schema": schema, "example": example}], "get": {"responses": {}}}
        }

    numbers = {"type": "array", "items": {"type": "string"}}
    assert not messages(Kind.EXAMPLE, paths=parameter({"type": "integer"}, "10"))
    assert not messages(Kind.EXAMPLE, paths=parameter(numbers, "a,b"))
    assert messages(Kind.EXAMPLE, paths=parameter({"type": "integer"}, "ten")) == [("error", '"ten" is a string, not an integer')]


def test_the_same_fault_in_copies_of_a_schema_is_one_finding_that_knows_who_uses_it():
    wrong = {"type": "object", "properties": {"n": {"type": "integer", "example": "x"}}}
    paths = {f"/{n}": answer({"$ref": f"#/components/schemas/A-{n}put"}) for n in ("In", "Out")}
    (one,) = findings(Kind.EXAMPLE, paths=paths, **{"A-Input": wrong, "A-Output": wrong})
    assert (len(one.also), one.operations, one.subject) == (1, {"GET /In", "GET /Out"}, "schema A-Input")
    apart = findings(
        Kind.EXAMPLE, A={"properties": {"n": {"type": "integer", "example": "x"}, "m": {"type": "integer", "example": "x"}}}
    )
    assert len(apart) == 2


def test_what_the_contract_uses_comes_first():
    wrong = {"type": "integer", "example": "x"}
    contract = {"/v1/collections/{id}": answer({"$ref": "#/components/schemas/B"})}
    first, second = findings(Kind.EXAMPLE, paths=contract, facts=FACTS, A={**wrong, "example": "a"}, B={**wrong, "example": "b"})
    assert (first.subject, first.contract, second.subject, second.contract) == ("schema B", True, "schema A", False)


def test_a_field_that_one_side_has_is_required_in_what_is_only_of_that_side():
    thing = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}, "required": ["id"], "example": {}}
    link = {"$ref": "#/components/schemas/Thing"}
    sent = {"post": {"requestBody": {"content": {"application/json": {"schema": link}}}, "responses": {}}}
    assert messages(Kind.EXAMPLE, paths={"/p": answer(link)}, Thing=thing) == [("error", "`id` is required, and missing")]
    assert messages(Kind.EXAMPLE, paths={"/p": answer({"allOf": [link], "example": {}})}, Thing={**thing, "example": {"id": "a"}})
    assert not messages(Kind.EXAMPLE, paths={"/p": sent}, Thing=thing)
    assert not messages(Kind.EXAMPLE, paths={"/p": answer(link), "/q": sent}, Thing=thing)
    assert not messages(Kind.EXAMPLE, paths={"/p": {"post": {"callbacks": {"c": {"x": sent}}, "responses": {}}}}, Thing=thing)


def test_examples_with_one_fault_are_one_finding_and_one_with_more_says_so():
    (one,) = findings(Kind.EXAMPLE, A={**OBJECT, "examples": [{"b": 1}, {"a": 1}, {"b": 2}]})
    assert (one.witness, one.also) == ({"b": 1}, (("components", "schemas", "A", "examples", 2),))
    schema = {"properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "example": {"a": "x", "b": "y"}}
    assert messages(Kind.EXAMPLE, A=schema)[0][1].endswith("is a string, not an integer (and 1 more)")
    assert len(findings(Kind.EXAMPLE, A={**OBJECT, "example": {}}, B={**OBJECT, "example": {}})) == 2
