"""Unions that let broken objects through, each shown by an object, and those that only look like it."""

import pytest
from openapi_documents import findings, messages

from conformance.openapi_lint.finding import Kind

CONDITION = {
    "type": "object",
    "required": ["field"],
    "properties": {"field": {"type": "string"}, "operator": {"enum": ["eq", "ne"]}},
}
GROUP = {"type": "object", "properties": {"AND": {"type": "array"}}}
LINKS = [{"$ref": "#/components/schemas/Condition"}, {"$ref": "#/components/schemas/Group"}]


def union(*branches, key="anyOf", **more):
    return findings(Kind.UNION, Union={key: list(branches), **more}, Condition=CONDITION, Group=GROUP)


@pytest.mark.parametrize("key", ["anyOf", "oneOf"])
def test_a_branch_without_demands_takes_what_breaks_another(key):
    (one,) = union(*LINKS, key=key)
    assert one.grade == "warning"
    assert one.witness == {"field": "text", "operator": "no-such-operator"}
    message = 'what is no Condition (/operator: "no-such-operator" is none of "eq", "ne") passes as Group, where `operator` is neither known nor forbidden'
    assert one.message == message


def test_a_required_field_that_is_missing_shows_it_too():
    strict = {"title": "Both", "required": ["a", "b"], "properties": {"a": {}, "b": {}}, "type": "object"}
    (one,) = union(strict, GROUP)
    assert one.witness == {"b": "text"}


def test_an_optional_union_and_one_in_one_are_looked_into():
    assert union(*LINKS, {"type": "null"})
    assert union({"anyOf": LINKS[:1]}, {"anyOf": [LINKS[1], {"type": "null"}]})
    assert union({"allOf": LINKS[:1]}, {"allOf": [LINKS[1], {"description": "x"}]})


def test_tags_are_kept_in_the_object_that_shows_it():
    strict = {"type": "object", "properties": {"kind": {"const": "a"}, "size": {"type": "integer"}}}
    open_kind = {"type": "object", "properties": {"kind": {"type": "string"}}, "additionalProperties": True}
    (one,) = union(strict, open_kind)
    assert one.witness == {"kind": "a", "size": "text"}


@pytest.mark.parametrize(
    "branches",
    [
        (CONDITION, {**GROUP, "additionalProperties": False}),
        (CONDITION, {**GROUP, "required": ["AND"]}),
        (CONDITION, {**GROUP, "additionalProperties": {"type": "integer"}}),
        (
            {"type": "object", "properties": {"kind": {"const": "a"}, "size": {"type": "integer"}}},
            {"type": "object", "properties": {"kind": {"const": "b"}}},
        ),
        ({"type": "string", "enum": ["a"]}, {"type": "string"}),
        ({"type": "array", "items": CONDITION}, GROUP),
        (GROUP, {"type": "object", "properties": {"AND": {"type": "string"}}}),
        ({"type": "object", "properties": {"a": {}}}, {"type": "object", "properties": {"b": {}}}),
        (CONDITION, {"$ref": "other.yaml"}),
        (CONDITION, {"type": "null"}),
        (CONDITION,),
    ],
)
def test_what_looks_like_one_and_lets_nothing_through_is_none(branches):
    assert not [one for one in union(*branches) if one.grade != "note"]


def test_a_third_branch_that_knows_the_field_has_the_right_to_it():
    custom = {"type": "object", "required": ["field"], "properties": {"field": {"type": "string"}, "operator": {"type": "string"}}}
    assert union(CONDITION, GROUP)[0].witness["operator"] == "no-such-operator"
    assert all(one.witness.get("operator") != "no-such-operator" for one in union(CONDITION, GROUP, custom))


def test_a_discriminator_tells_branches_apart():
    assert not union(*LINKS, key="oneOf", discriminator={"propertyName": "kind"})


def test_what_surrounds_the_union_may_refuse_the_object():
    assert not union(*LINKS, properties={"operator": {"enum": ["eq", "ne", "x"]}, "field": {"type": "string"}}, required=["other"])


def test_a_branch_that_takes_any_object_is_a_note():
    assert [one.grade for one in union(CONDITION, {})] == ["note"]
    assert [one.grade for one in union(CONDITION, {"type": "object"})] == ["note"]


def test_one_union_is_one_finding_that_names_all_that_it_lets_through():
    branches = [{"title": name, "type": "object", "properties": {name: {"type": "integer"}}} for name in "ABCDE"]
    ((_grade, message),) = messages(Kind.UNION, Union={"anyOf": branches})
    assert message.startswith('what is no A (/A: "text" is a string, not an integer) passes as B, C, D and 1 more')
    assert message.endswith("so does what breaks B, C, D and 1 more")


def test_copies_for_requests_and_responses_are_one_finding():
    parts = {
        f"Group-{way}": {
            "type": "object",
            "properties": {
                "AND": {
                    "items": {"anyOf": [{"$ref": f"#/components/schemas/Group-{way}"}, {"$ref": "#/components/schemas/Condition"}]}
                }
            },
        }
        for way in ("Input", "Output")
    }
    (one,) = findings(Kind.UNION, Condition=CONDITION, **parts)
    assert len(one.also) == 1


@pytest.mark.parametrize(
    ("pattern", "more"),
    [("^[A-Z]{3}$", {}), ("^(?!x)[a-z]+-[0-9]{2}$", {"example": "not one"}), (r"^\p{Lu}+$", {"example": "ABC"})],
)
def test_a_pattern_in_the_strict_branch_does_not_hide_it(pattern, more):
    strict = {
        "title": "Coded",
        "type": "object",
        "required": ["code"],
        "properties": {"code": {"type": "string", "pattern": pattern, **more}},
    }
    (one,) = union(strict, GROUP)
    assert one.grade == "warning"
    assert one.message.startswith("what is no Coded (/code: ")
    assert not union(strict, {**GROUP, "additionalProperties": False})


@pytest.mark.parametrize(
    "strict",
    [{"enum": ["a", "b"]}, {"const": "a"}, {"type": "string", "pattern": "^[0-9]+$"}, {"type": "string", "format": "date-time"}],
)
def test_a_branch_that_takes_any_text_beside_one_that_does_not_is_a_note(strict):
    (one,) = union(strict, {"title": "Anything", "type": "string"})
    assert (one.grade, one.witness) == ("note", "no-such-value")
    assert one.message.startswith('what is no anyOf[0] ("no-such-value" ')
    assert one.message.endswith(") passes as Anything, where any text is taken")


@pytest.mark.parametrize(
    "branches",
    [
        ({"enum": ["a"]}, {"enum": ["b"]}),
        ({"enum": ["a"]}, {"type": "string", "pattern": "^x-"}),
        ({"enum": ["a"]}, {"type": "string", "format": "date-time"}),
        ({"enum": ["a"]}, {"type": "integer"}),
        ({"type": "string"}, {"type": "string"}),
    ],
)
def test_texts_that_each_branch_chooses_are_no_finding(branches):
    assert not union(*branches)
    assert not union(*branches, {"type": "null"})
