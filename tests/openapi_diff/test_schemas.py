"""Each kind of change of a schema, both ways: what it means for a client and a server, in a request and in an answer."""

import pytest
from openapi_differences import INTEGER, NULL, STRING, obj, ref, requests, responses

BREAKS, KEEPS = "breaks", "unaffected"
MUST, DROP, NOTHING = "must", "may-drop", "unaffected"
NARROWER = ((BREAKS, DROP), (KEEPS, MUST))
WIDER = ((KEEPS, MUST), (BREAKS, DROP))
CHANGED = ((BREAKS, MUST), (BREAKS, MUST))
NEITHER = ((KEEPS, NOTHING), (KEEPS, NOTHING))


def listed(*values):
    return {"type": "string", "enum": list(values)}


def limited(kind="string", **limits):
    return {"type": kind, **limits}


def items(schema):
    return {"type": "array", "items": schema}


def either(*schemas):
    return {"anyOf": list(schemas)}


BUCKET, COLLECTION = obj("type", type={"const": "bucket"}, bucket=STRING), obj("type", type={"const": "collection"}, of=STRING)
FREE = {"type": "object"}

# A value of a field `x` before and after, the kind and its opposite, and what it means in a request and in an answer.
VALUES = [
    (STRING, INTEGER, "type-changed", "type-changed", CHANGED, CHANGED),
    (either(STRING, INTEGER), STRING, "type-narrower", "type-wider", NARROWER, WIDER),
    (limited("number"), INTEGER, "type-narrower", "type-wider", NARROWER, WIDER),
    ({}, STRING, "type-narrower", "type-wider", NARROWER, WIDER),
    (either(STRING, NULL), STRING, "null-gone", "null-new", NARROWER, WIDER),
    (listed("a", "b"), listed("a"), "values-gone", "values-new", NARROWER, WIDER),
    (STRING, listed("a"), "values-gone", "values-new", NARROWER, WIDER),
    ({"type": "boolean"}, {"const": True}, "values-gone", "values-new", NARROWER, WIDER),
    ({"enum": [1, 2]}, {"enum": [1]}, "values-gone", "values-new", NARROWER, WIDER),
    (STRING, limited(maxLength=5), "limit-tighter", "limit-looser", NARROWER, WIDER),
    (limited(minLength=2), limited(minLength=3), "limit-tighter", "limit-looser", NARROWER, WIDER),
    (limited("integer", minimum=0), limited("integer", minimum=1), "limit-tighter", "limit-looser", NARROWER, WIDER),
    (limited("number", minimum=0), limited("number", exclusiveMinimum=0), "limit-tighter", "limit-looser", NARROWER, WIDER),
    (limited("number", maximum=9), limited("number", maximum=8), "limit-tighter", "limit-looser", NARROWER, WIDER),
    (items(STRING), {**items(STRING), "maxItems": 3}, "limit-tighter", "limit-looser", NARROWER, WIDER),
    (FREE, {**FREE, "minProperties": 1}, "limit-tighter", "limit-looser", NARROWER, WIDER),
    (STRING, limited(pattern="^a"), "rule-new", "rule-gone", NARROWER, WIDER),
    (limited(pattern="^a"), limited(pattern="^b"), "rule-changed", "rule-changed", CHANGED, CHANGED),
    (STRING, limited(format="uuid"), "rule-new", "rule-gone", NARROWER, WIDER),
    (STRING, limited(format="password"), "rule-new", "rule-gone", NEITHER, NEITHER),
    (items(STRING), {**items(STRING), "uniqueItems": True}, "rule-new", "rule-gone", NARROWER, WIDER),
    (FREE, obj(a=STRING), "other-fields-gone", "other-fields-new", NARROWER, WIDER),
]


@pytest.mark.parametrize(("old", "new", "kind", "opposite", "forth", "back"), VALUES, ids=str)
def test_a_value_that_changed_is_one_row_and_its_opposite_the_other_way_round(old, new, kind, opposite, forth, back):
    for of, side in ((requests, 0), (responses, 1)):
        name = ("request", "response")[side]
        assert of(obj(x=old), obj(x=new)) == [(kind, f"{name}/x", *forth[side])]
        assert of(obj(x=new), obj(x=old)) == [(opposite, f"{name}/x", *back[side])]


def test_an_object_of_a_union_that_is_gone_or_new_is_told_by_its_name():
    old, new = {"x": either(ref("Bucket"), ref("Collection"))}, {"x": ref("Bucket")}
    schemas = {"Bucket": BUCKET, "Collection": COLLECTION}
    assert requests(obj(**old), obj(**new), schemas) == [("variant-gone", "request/x", BREAKS, DROP)]
    assert requests(obj(**new), obj(**old), schemas) == [("variant-new", "request/x", KEEPS, MUST)]
    assert responses(obj(**old), obj(**new), schemas) == [("variant-gone", "response/x", KEEPS, MUST)]
    assert responses(obj(**new), obj(**old), schemas) == [("variant-new", "response/x", BREAKS, DROP)]


def test_a_field_that_is_gone_breaks_clients_on_both_sides():
    assert requests(obj(x=STRING), obj()) == [("field-gone", "request/x", BREAKS, DROP)]
    assert requests(obj(x=STRING, y=STRING), obj(y=STRING)) == [("field-gone", "request/x", BREAKS, DROP)]
    assert responses(obj(x=STRING, y=STRING), obj(y=STRING)) == [("field-gone", "response/x", BREAKS, DROP)]
    assert responses(obj("x", x=STRING, y=STRING), obj(y=STRING)) == [("field-gone", "response/x", BREAKS, DROP)]


def test_a_new_field_has_to_be_taken_and_is_owed_only_if_it_is_required():
    assert requests(obj(y=STRING), obj(x=STRING, y=STRING)) == [("field-new", "request/x", KEEPS, MUST)]
    assert requests(obj(y=STRING), obj("x", x=STRING, y=STRING)) == [("field-new", "request/x", BREAKS, MUST)]
    assert responses(obj(y=STRING), obj(x=STRING, y=STRING)) == [("field-new", "response/x", KEEPS, NOTHING)]
    assert responses(obj(y=STRING), obj("x", x=STRING, y=STRING)) == [("field-new", "response/x", KEEPS, MUST)]


def test_what_becomes_required_breaks_those_who_send_it_and_what_becomes_optional_those_who_read_it():
    optional, required = obj(x=STRING), obj("x", x=STRING)
    assert requests(optional, required) == [("now-required", "request/x", BREAKS, DROP)]
    assert requests(required, optional) == [("now-optional", "request/x", KEEPS, MUST)]
    assert responses(optional, required) == [("now-required", "response/x", KEEPS, MUST)]
    assert responses(required, optional) == [("now-optional", "response/x", BREAKS, DROP)]


def test_a_default_counts_in_requests_alone():
    none, yes, no = ({"type": "boolean", **default} for default in ({}, {"default": True}, {"default": False}))
    assert requests(obj(x=yes), obj(x=no)) == [("default-changed", "request/x", BREAKS, MUST)]
    assert requests(obj(x=yes), obj(x=none)) == [("default-changed", "request/x", BREAKS, DROP)]
    assert requests(obj(x=none), obj(x=yes)) == [("default-changed", "request/x", KEEPS, MUST)]
    assert not responses(obj(x=yes), obj(x=no))
    assert not requests(obj(x=none), obj(x=no))  # left out means no
    assert not requests(obj("x", x=yes), obj("x", x=none))  # it is never left out


def test_fields_without_names_may_be_refused_from_now_on():
    named = obj(x=STRING)
    opened, closed = {**named, "additionalProperties": True}, {**named, "additionalProperties": False}
    assert requests(opened, closed) == [("other-fields-gone", "request", BREAKS, DROP)]
    assert requests(closed, opened) == [("other-fields-new", "request", KEEPS, MUST)]
    assert requests(named, closed) == [("other-fields-gone", "request", KEEPS, NOTHING)]  # none was ever described
    assert responses(opened, closed) == [("other-fields-gone", "response", KEEPS, NOTHING)]


def test_the_values_of_a_map_are_compared_and_so_are_items_of_lists_of_lists():
    def map_of(schema):
        return {"type": "object", "additionalProperties": schema}

    assert requests(map_of(STRING), map_of(INTEGER)) == [("type-changed", "request/*", BREAKS, MUST)]
    assert requests(items(items(STRING)), items(items(INTEGER))) == [("type-changed", "request/[]/[]", BREAKS, MUST)]
    assert requests(map_of(STRING), {"type": "object", "additionalProperties": False}) == [
        ("other-fields-gone", "request", BREAKS, DROP)
    ]
    assert requests(obj(x=STRING, y=STRING), {**map_of(STRING), "properties": {"y": STRING}}) == [
        ("type-narrower", "request/*", BREAKS, DROP)
    ]


def test_a_field_of_the_other_side_alone_is_not_there():
    hidden = {**STRING, "readOnly": True}
    assert requests(obj(x=STRING, y=STRING), obj("x", x=hidden, y=STRING)) == [("field-gone", "request/x", BREAKS, DROP)]
    assert not responses(obj(x=STRING, y=STRING), obj(x=hidden, y=STRING))
    secret = {**STRING, "writeOnly": True}
    assert responses(obj(x=STRING, y=STRING), obj(x=secret, y=STRING)) == [("field-gone", "response/x", BREAKS, DROP)]
    assert requests(obj(x=STRING, y=STRING), obj(x=False, y=STRING)) == [("field-gone", "request/x", BREAKS, DROP)]


def test_one_object_that_becomes_one_for_each_tag_loses_nothing():
    whole = obj("type", type=listed("bucket", "collection"), bucket=STRING, of=STRING)
    parts = {"oneOf": [BUCKET, COLLECTION], "discriminator": {"propertyName": "type"}}
    assert not requests(whole, parts)
    assert not requests(parts, whole)


def test_a_change_inside_one_object_of_a_union_is_told_of_that_one():
    other = obj("type", type={"const": "collection"}, of=INTEGER)
    assert requests(either(BUCKET, COLLECTION), either(other, BUCKET)) == [("type-changed", "request/of", BREAKS, MUST)]


SPLIT = {"Tree-Input": obj(inside=ref("Tree-Input"), x=STRING), "Tree-Output": obj(inside=ref("Tree-Output"), x=STRING)}
SAME = {
    "null in a union, and in a list of types": (either(STRING, NULL), {"type": ["string", "null"]}),
    "null as a constant": (either(STRING, {"const": None}), {"type": ["null", "string"]}),
    "null among listed values": (either(listed("a"), NULL), {"type": ["string", "null"], "enum": ["a", None]}),
    "constants, and a list of them": (either({"const": "a"}, {"const": "b"}), listed("b", "a")),
    "a constant, and a list of one": ({"const": "a"}, listed("a")),
    "anyOf and oneOf": (either(STRING, INTEGER), {"oneOf": [INTEGER, STRING]}),
    "unions in unions": (either(either(STRING, INTEGER), NULL), either(STRING, INTEGER, NULL)),
    "all of one": ({"allOf": [STRING]}, STRING),
    "all of several": ({"allOf": [obj("a", a=STRING), obj(b=STRING)]}, obj("a", a=STRING, b=STRING)),
    "a reference, and what it leads to": (ref("S"), STRING),
    "a reference in a reference": (ref("T"), ref("S")),
    "other words for people": ({**STRING, "title": "A", "examples": ["a"], "description": "b"}, {**STRING, "description": "c"}),
    "no type, but fields": ({"properties": {"a": STRING}}, obj(a=STRING)),
    "a bound beside which integers do not lie": (limited("integer", exclusiveMinimum=0), limited("integer", minimum=1)),
    "limits that limit nothing": ({**STRING, "minLength": 0}, STRING),
    "additional fields that nothing is said about": (obj(a=STRING), {**obj(a=STRING), "additionalProperties": True}),
    "listed whole numbers": ({"enum": [1, 2]}, {"type": "integer", "enum": [2, 1]}),
    "a tag with and without its map": (
        {"oneOf": [ref("B"), ref("C")], "discriminator": {"propertyName": "type", "mapping": {"bucket": "#/components/schemas/B"}}},
        either(ref("C"), ref("B")),
    ),
    "copies for requests and for answers": (ref("Tree-Input"), ref("Tree-Output")),
    "extensions": ({**STRING, "x-own": 1}, STRING),
    "no default, and an empty one": ({**either(items(STRING), NULL), "default": None}, either(items(STRING), NULL)),
    "true as a schema": ({}, True),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), SAME.values(), ids=SAME)
def test_the_same_meaning_in_other_words_is_no_row(old, new):
    schemas = {"S": STRING, "T": ref("S"), "B": BUCKET, "C": COLLECTION, **SPLIT}
    for of in (requests, responses):
        for before, after in ((old, new), (new, old), (obj(x=old), obj(x=new)), (items(old), items(new))):
            assert not of(before, after, schemas)


def test_nullable_of_3_0_is_null_of_3_1():
    old, new = obj(x={**STRING, "nullable": True}), obj(x={"type": ["string", "null"]})
    assert not requests(old, new, old_version="3.0.3")
    assert not responses(new, old, new_version="3.0.3")
    bounds = obj(x={"type": "number", "minimum": 0, "exclusiveMinimum": True}), obj(x={"type": "number", "exclusiveMinimum": 0})
    assert not requests(*bounds, old_version="3.0.3")


def test_a_schema_that_contains_itself_is_compared_once():
    def tree(**more):
        return {
            "Tree": obj(AND=items(either(ref("Tree"), ref("Leaf"))), NOT=ref("Tree"), **more),
            "Leaf": obj("field", field=STRING),
        }

    assert not requests(ref("Tree"), ref("Tree"), tree())
    assert requests(ref("Tree"), ref("Tree"), tree(), tree(case={"type": "boolean"})) == [
        ("field-new", "request/case", KEEPS, MUST)
    ]


def test_a_reference_that_leads_nowhere_is_no_row():
    assert not requests(obj(x=ref("Gone")), obj(x=STRING))
    assert not requests(obj(x=STRING), obj(x={"$ref": "other.yaml"}))
