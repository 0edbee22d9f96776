"""Defaults that their schema refuses."""

import pytest
from openapi_documents import messages

from conformance.openapi_lint.finding import Kind


@pytest.mark.parametrize(
    ("schema", "grade"),
    [
        ({"type": "integer", "default": "5"}, "error"),
        ({"type": "string", "enum": ["a"], "default": "b"}, "error"),
        ({"$ref": "#/components/schemas/B", "default": "c"}, "error"),
        ({"type": "object", "required": ["a"], "default": {}}, "error"),
        ({"type": "integer", "maximum": 5, "default": 10}, "error"),
        ({"type": "string", "default": None}, "warning"),
    ],
)
def test_refused_defaults_are_found(schema, grade):
    assert [found for found, _message in messages(Kind.DEFAULT, A=schema, B={"enum": ["a"]})] == [grade]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "default": 5},
        {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        {"$ref": "#/components/schemas/B", "default": "a"},
        {"type": "object", "properties": {"default": {"type": "integer"}}},
        {"default": None},
        {"type": "array", "items": {"type": "string"}, "default": []},
        {"oneOf": [{"type": "integer"}, {"type": "number"}], "default": 1},
        {"type": "string", "format": "date-time", "default": "now"},
    ],
)
def test_defaults_that_fit_are_not(schema):
    assert not messages(Kind.DEFAULT, A=schema, B={"enum": ["a"]})


def test_nullable_and_references_of_3_0():
    assert not messages(
        Kind.DEFAULT,
        version="3.0.0",
        A={"type": "string", "nullable": True, "default": None},
        B={"$ref": "#/components/schemas/A", "default": 5},
    )
