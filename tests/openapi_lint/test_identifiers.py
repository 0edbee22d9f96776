"""What references name: by pointer, by anchor, by the `$id` of a schema, by the document's own address."""

import pytest
from openapi_documents import document, findings, messages

from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.finding import Kind
from conformance.openapi_lint.identifiers import OUTSIDE, Identifiers, Target

HOST = "https://schemas.example/"
TEXT = {"type": "string"}


def judged(**schemas):
    """Return grade and message of all findings."""
    return [(str(one.grade), one.message) for one in check(document(**schemas)).findings]


def follows(name, reference, **schemas):
    """Whether a reference is followed to a text: then an integer is no example, and nothing else is found."""
    return judged(**schemas, **{name: {"$ref": reference, "example": 4}}) == [("error", "4 is an integer, not a string")]


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("#/a~1b/c~0d/0/e%20f", ("a/b", "c~d", 0, "e f")),
        ("#/a%2Fb/c~0d", ("a/b", "c~d")),
        ("#/a~1b/c%7E0d/0", ("a/b", "c~d", 0)),
        ("#%2Fa~1b%2Fc~0d", ("a/b", "c~d")),
        ("#/x%2Fy/z", ("x", "y", "z")),
        ("#", ()),
        ("", ()),
        ("#/", ("",)),
        ("#/nope/at/all", None),
        ("#/x/0", None),
        ("#/a~1b/c~0d/1", None),
        ("#anchor", None),
    ],
)
def test_a_pointer_is_decoded_and_taken_apart(reference, place):
    root = {"a/b": {"c~d": [{"e f": 1}]}, "x": {"y": {"z": 1}}, "": 1}
    assert Identifiers(Document(root, "3.1.0")).target((), reference) == (None if place is None else Target(place))


@pytest.mark.parametrize("reference", ["other.yaml#/a", "https://example.org/a", "urn:x:y", "http://[", "http://a:b/#x"])
def test_what_names_no_part_of_the_document_leads_out_of_it(reference):
    assert Identifiers(Document({}, "3.1.0")).target((), reference) is OUTSIDE


def test_a_reference_is_resolved_against_the_nearest_id():
    address = {
        "$id": f"{HOST}address", "type": "object", "properties": {"country": {"$ref": "#/$defs/country"}}, "$defs": {"country": TEXT},
    }  # fmt: skip
    assert judged(A={**address, "examples": [{"country": "NZ"}]}) == []
    assert judged(A={**address, "examples": [{"country": 1}]}) == [("error", "/country: 1 is an integer, not a string")]


def test_an_id_in_an_id_is_relative_to_it():
    inner = {"$id": "c/d", "$defs": {"x": TEXT}, "$ref": "#/$defs/x"}
    outer = {"$id": f"{HOST}a/b", "$defs": {"inner": inner, "by name": {"$ref": "c/d", "example": 5}}}
    assert judged(A=outer) == [("error", "5 is an integer, not a string")]
    assert follows("B", f"{HOST}a/c/d", A={"$id": f"{HOST}a/b", "$defs": {"inner": inner}})


@pytest.mark.parametrize(
    ("identifier", "reference"),
    [
        (f"{HOST}x", f"{HOST}x"),
        (f"{HOST}x", f"{HOST}x#"),
        (f"{HOST}x#", f"{HOST}x"),
        ("HTTPS://Schemas.example/x", f"{HOST}x"),
        ("urn:example:x", "urn:example:x"),
        ("schema:///a/x", "schema:///a/x"),
        ("a/x", "a/x"),
        ("/x", "/y/../x"),
        (f"{HOST}y#x", f"{HOST}y#x"),
        ("#x", "#x"),
    ],
)
def test_a_schema_is_found_by_its_id(identifier, reference):
    assert follows("B", reference, A={"$id": identifier, **TEXT})


def test_a_relative_id_of_any_scheme_is_joined_as_every_other():
    assert follows("B", "acme://host/a/c", A={"$id": "acme://host/a/b", "$defs": {"c": {"$id": "c", **TEXT}}})


def test_a_reference_beside_an_id_is_resolved_against_that():
    assert follows("C", f"{HOST}a", A={"$id": f"{HOST}a", "$ref": "b"}, B={"$id": f"{HOST}b", **TEXT})


def test_two_copies_with_one_id_each_have_their_own_definitions():
    one, other = (
        {"$id": f"{HOST}a", "$defs": {name: TEXT}, "properties": {"p": {"$ref": f"#/$defs/{name}"}}} for name in ("x", "y")
    )
    assert judged(A=one, B=other) == []


@pytest.mark.parametrize("key", ["$anchor", "$dynamicAnchor"])
def test_an_anchor_names_a_schema_of_its_own_resource(key):
    assert follows("B", "#a", A={key: "a", **TEXT})
    resource = {"$id": f"{HOST}r", "$defs": {"x": {key: "a", **TEXT}}}
    assert follows("B", f"{HOST}r#a", A=resource)
    assert messages(Kind.REFERENCE, A=resource, B={"$ref": "#a"}) == [("error", '"#a" leads nowhere')]


def test_what_an_id_does_not_have_leads_nowhere_and_the_id_is_named():
    ((grade, message),) = messages(Kind.REFERENCE, A={"$id": f"{HOST}a", "properties": {"p": {"$ref": "#/$defs/gone"}}})
    assert (grade, message) == ("error", f'"#/$defs/gone" leads nowhere in "{HOST}a", the `$id` around it')


def test_what_only_the_document_has_is_followed_all_the_same_with_a_warning():
    inside = {"$id": f"{HOST}a", "properties": {"p": {"$ref": "#/components/schemas/B"}}, "example": {"p": 4}}
    (grade, message), example = judged(A=inside, B=TEXT)
    assert grade == "warning"
    assert message.startswith(
        '"#/components/schemas/B" is read as the document\'s, as many tools do; by JSON Schema it leads nowhere'
    )
    assert example == ("error", "/p: 4 is an integer, not a string")


def test_a_pointer_may_lead_into_a_schema_with_an_id():
    named = {"$id": f"{HOST}a", "properties": {"p": {"$ref": "#/$defs/x"}}, "$defs": {"x": TEXT}}
    assert follows("B", "#/components/schemas/A/properties/p", A=named)


def test_an_id_that_is_data_or_a_name_identifies_nothing():
    data = {"$id": f"{HOST}x", "$anchor": "x", "$ref": "#/nowhere"}
    named = {"properties": {"$id": TEXT, "$ref": TEXT, "$anchor": TEXT, "q": {"$ref": "#/components/schemas/B"}}}
    schema = {**named, "enum": [data], "examples": [data], "example": data, "default": data, "const": data, "x-data": data}
    assert messages(Kind.REFERENCE, A=schema, B=TEXT) == []
    assert messages(Kind.REFERENCE, A=schema, B={"$ref": f"{HOST}x"})[0][0] == "warning"


def test_in_3_0_an_id_means_nothing():
    schemas = {"A": {"$id": f"{HOST}a", "properties": {"p": {"$ref": "#/components/schemas/B"}}}, "B": {**TEXT, "$anchor": "b"}}
    assert messages(Kind.REFERENCE, version="3.0.3", **schemas) == []
    assert messages(Kind.REFERENCE, version="3.0.3", **schemas, C={"$ref": "#b"}) == [("error", '"#b" leads nowhere')]
    assert messages(Kind.REFERENCE, version="3.0.3", **schemas, C={"$ref": f"{HOST}a"})[0][0] == "warning"


def test_a_dynamic_reference_with_one_anchor_is_a_reference():
    tree = {"$dynamicAnchor": "node", "type": "object", "properties": {"child": {"$dynamicRef": "#node"}}}
    assert judged(A={**tree, "example": {"child": {"child": {}}}}) == []
    assert judged(A={**tree, "example": {"child": 4}}) == [("error", "/child: 4 is an integer, not an object")]


def test_nothing_is_said_of_values_where_a_dynamic_reference_may_lead_to_several():
    tree = {"$id": f"{HOST}tree", "$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}}
    strict = {
        "$id": f"{HOST}strict",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
        "example": {"child": {"x": 1}},
    }
    negated = {"not": {"$dynamicRef": f"{HOST}tree#node"}, "example": 5}
    assert [grade for grade, _message in judged(A=tree, B=strict, C=negated)] == ["note"] * 2


def test_a_dynamic_reference_that_leads_nowhere_is_an_error():
    assert messages(Kind.REFERENCE, A={"$dynamicRef": "#gone"}) == [("error", '"#gone" leads nowhere')]


def test_dynamic_references_in_a_circle_are_named():
    ((_grade, message),) = messages(Kind.REFERENCE, A={"$dynamicAnchor": "a", "$dynamicRef": "#a"})
    assert message == '"#a" lead to each other, and no value comes of it'


def test_what_only_a_reference_gives_a_meaning_has_identifiers_too():
    root = {
        "openapi": "3.1.0",
        "paths": {},
        "x-defs": {"F": {"$id": f"{HOST}f", "$ref": "#/$defs/x", "$defs": {"x": {**TEXT, "$anchor": "k"}}}},
    }
    schemas = {"A": {"$ref": f"{HOST}f#k"}, "B": {"$ref": f"{HOST}f"}, "C": {"$ref": "#/x-defs/F"}}
    judged = check(Document({**root, "components": {"schemas": schemas}}, "3.1.0"))
    assert not [one for one in judged.findings if one.kind == Kind.REFERENCE]


def test_a_document_may_name_itself_by_its_address_and_by_self_from_3_2_on():
    def grades(version, address, stated, reference):
        root = {"openapi": version, "$self": stated, "components": {"schemas": {"A": {"$ref": reference}, "B": TEXT}}}
        return [str(one.grade) for one in check(Document(root, version, address)).findings if one.kind == Kind.REFERENCE]

    b = "#/components/schemas/B"
    assert grades("3.0.3", "file:///tmp/api.yaml", None, f"api.yaml{b}") == []
    assert grades("3.1.0", "file:///tmp/api.yaml", None, f"./api.yaml{b}") == []
    assert grades("3.1.0", "file:///tmp/api.yaml", None, "api.yaml#/components/schemas/Gone") == ["error"]
    assert grades("3.2.0", "file:///tmp/api.yaml", "https://x.example/api", f"https://x.example/api{b}") == []
    assert grades("3.2.0", "file:///tmp/api.yaml", "/v1/api", f"api{b}") == []
    assert grades("3.1.0", "file:///tmp/api.yaml", "https://x.example/api", f"https://x.example/api{b}") == ["warning"]


@pytest.mark.parametrize("reference", ["#query", "#more", "#item", "#media", "#part"])
def test_a_schema_where_only_3_2_has_one_has_its_name_there(reference):
    def media(anchor, key="schema"):
        return {"content": {"application/json": {key: {"$anchor": anchor}}}}

    path = {
        "query": {"requestBody": media("query")},
        "additionalOperations": {"COPY": {"requestBody": media("more"), "responses": {"200": media("item", "itemSchema")}}},
    }
    parts = {"headers": {"X": {"schema": {"$anchor": "part"}}}}
    components = {
        "schemas": {"A": {"$ref": reference}},
        "mediaTypes": {"M": {"schema": {"$anchor": "media"}, "itemEncoding": parts}},
    }
    root = {"paths": {"/a": path}, "components": components}
    grades = {
        version: [str(one.grade) for one in check(Document(root, version)).findings if one.kind == Kind.REFERENCE]
        for version in ("3.1.0", "3.2.0")
    }
    assert grades == {"3.1.0": ["error"], "3.2.0": []}


def test_an_operation_that_only_3_2_has_is_called_by_its_method_and_path():
    wrong = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/gone"}}}}}
    root = {"paths": {"/a": {"additionalOperations": {"COPY": wrong}, "query": wrong}}}
    dangling = [one for one in check(Document(root, "3.2.0")).findings if one.kind == Kind.REFERENCE]
    assert [sorted(one.operations) for one in dangling] == [["COPY /a", "QUERY /a"]]


@pytest.mark.parametrize("identifier", ["http://[", "http://a:b/", "", "#", 5, None, "\x00", "http://[#x"])
def test_an_id_that_is_none_is_passed_over(identifier):
    assert not findings(
        Kind.REFERENCE, A={"$id": identifier, "properties": {"p": {"$ref": "#/components/schemas/B"}}}, B=TEXT
    ) or all(
        grade == "warning"
        for grade, _message in messages(Kind.REFERENCE, A={"$id": identifier, "$ref": "#/components/schemas/B"}, B=TEXT)
    )
