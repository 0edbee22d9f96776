"""References and keywords that cannot be followed: a finding each, and no crash, no hang, no guess."""

import pytest
from openapi_documents import findings, messages

from conformance.openapi_lint.finding import Kind


def test_a_dangling_reference_is_one_error_wherever_it_is_used():
    (one,) = findings(
        Kind.REFERENCE, A={"properties": {"x": {"$ref": "#/components/schemas/Gone"}}}, B={"$ref": "#/components/schemas/Gone"}
    )
    assert (one.grade, one.message) == ("error", '"#/components/schemas/Gone" leads nowhere')
    assert (one.place, one.also) == (("components", "schemas", "A", "properties", "x"), (("components", "schemas", "B"),))


def test_a_reference_out_of_the_document_is_a_warning():
    grades = [grade for grade, _ in messages(Kind.REFERENCE, A={"$ref": "other.yaml#/A"}, B={"$ref": "https://example.org/b"})]
    assert grades == ["warning"] * 2


def test_nothing_is_said_about_values_of_what_is_not_known():
    unknown = {
        "allOf": [{"$ref": "other.yaml"}],
        "not": {"$ref": "other.yaml"},
        "unevaluatedProperties": False,
        "example": {"a": 1},
        "default": {"b": 1},
    }
    assert not findings(Kind.EXAMPLE, A=unknown)
    assert not findings(Kind.DEFAULT, A=unknown)


def test_references_that_lead_to_each_other_are_one_error():
    link = "#/components/schemas/{}".format
    circle = {
        "A": {"$ref": link("B")},
        "B": {"allOf": [{"$ref": link("C")}]},
        "C": {"anyOf": [{"$ref": link("A")}, {"type": "null"}], "example": 5},
    }
    ((grade, message),) = messages(Kind.REFERENCE, **circle)
    assert grade == "error"
    assert "lead to each other" in message
    assert not findings(Kind.EXAMPLE, **circle)


def test_a_reference_to_itself_is_a_circle_and_one_through_a_property_is_not():
    assert messages(Kind.REFERENCE, A={"$ref": "#/components/schemas/A"})
    assert messages(Kind.REFERENCE, A={"allOf": [{"$ref": "#/components/schemas/A"}], "example": 1})
    tree = {
        "type": "object",
        "properties": {
            "child": {"$ref": "#/components/schemas/Tree"},
            "all": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
    }
    assert not messages(Kind.REFERENCE, Tree={**tree, "example": {"child": {"child": {}}}})
    assert messages(Kind.EXAMPLE, Tree={**tree, "example": {"child": {"child": {"all": 5}}}}) == [
        ("error", "/child/child/all: 5 is an integer, not an array")
    ]


def test_keywords_that_nobody_can_read_are_warnings_and_constrain_nothing():
    broken = {
        "type": "strng",
        "required": True,
        "pattern": "(",
        "minLength": -1,
        "properties": [],
        "anyOf": [],
        "example": 5,
        "default": 6,
    }
    assert len(findings(Kind.SCHEMA, A=broken)) == 6
    assert not findings(Kind.EXAMPLE, A=broken)
    assert not findings(Kind.DEFAULT, A=broken)


def test_nullable_is_told_with_the_version_that_it_means_nothing_in():
    assert "means nothing in OpenAPI 3.2" in messages(Kind.SCHEMA, version="3.2.0", A={"type": "string", "nullable": True})[0][1]


def test_a_pattern_in_another_dialect_is_no_finding():
    for pattern in (r"^\p{L}+$", r"(?<name>a)", r"(?P<name>a)", r"a\/b"):
        assert not findings(Kind.SCHEMA, A={"type": "string", "pattern": pattern, "example": "a"})


def test_nullable_means_nothing_in_3_1_and_something_in_3_0():
    message = '`nullable` means nothing in OpenAPI 3.1; `type: [..., "null"]` does'
    assert messages(Kind.SCHEMA, A={"type": "string", "nullable": True}) == [("warning", message)]
    assert not messages(Kind.SCHEMA, version="3.0.3", A={"type": "string", "nullable": True})
    assert not messages(Kind.SCHEMA, A={"type": "object", "properties": {"nullable": {"type": "boolean"}}})


@pytest.mark.parametrize("key", ["allOf", "anyOf", "oneOf"])
def test_alternatives_that_multiply_are_passed_over_and_not_waited_for(key):
    link = [{"$ref": f"#/components/schemas/A{number}"} for number in range(41)]
    tangle = {f"A{number}": {key: [link[number + 1]] * 2} for number in range(40)}
    parts = {
        **tangle,
        "A40": {"type": "string"},
        "X": {**link[0], "example": 5},
        "Y": {"anyOf": [{"properties": {"a": link[0]}, "required": ["a"]}, {"properties": {"b": {}}}]},
    }
    assert [grade for grade, _message in messages(Kind.SCHEMA, **parts)] == ["warning"] * len(messages(Kind.SCHEMA, **parts))
    assert messages(Kind.SCHEMA, **parts)


def test_fields_that_multiply_are_not_waited_for():
    names = [f"p{number}" for number in range(10)]
    wide = {
        f"A{n}": {
            "type": "object",
            "required": names,
            "properties": {name: {"$ref": f"#/components/schemas/A{n + 1}"} for name in names},
        }
        for n in range(10)
    }
    assert not findings(
        Kind.UNION,
        **wide,
        A10={"type": "string"},
        U={"anyOf": [{"$ref": "#/components/schemas/A0"}, {"type": "object", "properties": {"q": {}}}]},
    )
