"""The contract's operations in another document: our own with one thing changed, and what that is worth."""

import copy

import pytest
from openapi_changes import COLLECTION, COLLECTIONS, CREATE, DOCUMENT, LIST, REQUEST, SCHEMAS, changed, said_of

from conformance.contracts.collections import openapi
from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import Document


def test_our_own_document_has_no_difference_from_itself():
    assert changed() == []


@pytest.mark.parametrize(
    ("change", "grade", "message"),
    [
        # what a client sends
        ((*REQUEST, "properties", "cache_config", None), "error", "request `cache_config` is not there; the contract's may have it"),
        ((*REQUEST, "properties", "extra", {"type": "string"}), "note", "request `extra` is additional"),
        ((*REQUEST, "required", ["collection_name", "source", "feature_extractors", "extra"]), "error", "request `extra` is required; the contract does not know it"),
        ((*REQUEST, "required", ["collection_name", "source", "feature_extractors", "metadata"]), "error", "request `metadata` is required; in the contract it may be left out"),
        ((*REQUEST, "required", ["collection_name", "source"]), "warning", "request `feature_extractors` may be left out; in the contract it is required"),
        ((*REQUEST, "properties", "description", {"type": "string"}), "error", "request `description` takes no null; the contract's may be a string or null"),
        ((*REQUEST, "properties", "enabled", {"type": ["boolean", "string"], "default": True}), "warning", "request `enabled` also takes a string; the contract's is a boolean"),
        ((*REQUEST, "properties", "enabled", {"type": "boolean", "default": False}), "error", "request `enabled` is false if left out; in the contract true"),
        ((*REQUEST, "properties", "enabled", {"type": "boolean"}), "warning", "request `enabled` has no default; the contract's is true"),
        ((*REQUEST, "properties", "collection_name", {"type": "string", "maxLength": 50}), "error", "request `collection_name` has maxLength 50; the contract's is not bounded"),
        ((*REQUEST, "properties", "collection_name", {}), "warning", "request `collection_name` says no type; the contract's is a string"),
        ((*SCHEMAS, "Source", "properties", "type", {"type": "string", "enum": ["bucket"]}), "error", 'request `source.type` does not take "collection", which the contract does'),
        ((*SCHEMAS, "InvalidationEvent", "properties", "action", {"type": "string", "enum": ["create", "update"]}), "error", 'request `cache_config.invalidation_events[].action` does not take "delete", which the contract does'),
        ((*SCHEMAS, "FeatureExtractor", "additionalProperties", False), None, None),
        ((*SCHEMAS, "FeatureExtractor", "properties", "input_mapping", {"type": "object"}), "warning", "request `feature_extractors[].input_mapping` says nothing about the values of its fields"),
        ((*SCHEMAS, "CreateDocumentRequest", "additionalProperties", False), "error", "request takes no other fields; in the contract they are the user's own"),
        ((*SCHEMAS, "CreateDocumentRequest", "additionalProperties", None), "warning", "request does not say that other fields are kept; in the contract they are the user's own"),
        ((*SCHEMAS, "ListDocumentsRequest", "additionalProperties", False), None, None),
        # what a server answers
        ((*SCHEMAS, "Collection", "properties", "collection_id", None), "error", "response `collection_id` is not there; the contract's has it"),
        ((*SCHEMAS, "Collection", "properties", "description", None), "warning", "response `description` is not there; the contract's has it"),
        ((*SCHEMAS, "Collection", "properties", "created_at", {"type": "string"}), "note", "response `created_at` is additional"),
        ((*SCHEMAS, "Collection", "properties", "collection_id", {"type": ["string", "null"]}), "error", "response `collection_id` may be null; the contract's is a string"),
        ((*SCHEMAS, "Collection", "properties", "collection_id", {"type": "integer"}), "error", "response `collection_id` may be an integer; the contract's is a string"),
        ((*SCHEMAS, "Collection", "properties", "description", {"type": "string"}), None, None),
        ((*SCHEMAS, "Collection", "required", ["collection_name", "feature_extractors"]), "error", "response `output_schema` may be left out; in the contract it is required"),
        ((*SCHEMAS, "Collection", "properties", "status", {"enum": ["DONE", "ASLEEP"]}), "error", 'response `status` may also be "ASLEEP", which the contract does not know'),
        ((*SCHEMAS, "Collection", "properties", "status", {"enum": ["DONE"]}), None, None),
        ((*SCHEMAS, "DocumentGroup", "properties", "count", {"type": "number"}), "warning", "response `groups[].count` may be a number; the contract's is an integer"),
        # operations, parameters, statuses
        (("paths", COLLECTIONS, None), "error", "is not in the document"),
        (("paths", LIST, None), "warning", "is not in the document (profile query, which a server may lack)"),
        (("paths", DOCUMENT, "patch", None), "warning", "is not in the document; the path has GET, PUT, DELETE (profile write, which a server may lack)"),
        (("paths", LIST, "post", "parameters", 2, None), "error", "query parameter cursor is not there"),
        (("paths", DOCUMENT, "get", "parameters", 0, None), "warning", "query parameter return_url is not there (profile blobs, which a server may lack)"),
        (("paths", LIST, "post", "parameters", 2, "required", True), "error", "query parameter cursor is required; in the contract it may be left out"),
        (("paths", LIST, "post", "parameters", 2, "name", "n"), "error", "query parameter cursor is not there"),
        (("paths", LIST, "post", "parameters", 0, "schema", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}), "error", "query parameter limit has maximum 100; the contract's is 1000"),
        (("paths", LIST, "post", "parameters", 0, "schema", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20}), "error", "query parameter limit is 20 if left out; in the contract 10"),
        (("paths", LIST, "post", "parameters", 2, "schema", {"type": ["string", "null"]}), None, None),
        (("paths", LIST, "post", "requestBody", "required", True), "error", "request must have a body; in the contract it may be left out"),
        (("paths", COLLECTIONS, "post", "requestBody", "required", False), "warning", "request may be without a body; in the contract it must have one"),
        (("paths", COLLECTIONS, "post", "requestBody", "content", {"text/plain": {}}), "error", "request takes no JSON body"),
        (("paths", COLLECTIONS, "post", "responses", "401", None), "warning", "response 401 not documented"),
        (("paths", COLLECTIONS, "post", "responses", "429", {"description": "slow down"}), "note", "response 429 is additional"),
        (("paths", COLLECTIONS, "post", "responses", "202", {"description": "later"}), "warning", "response 202 is documented; the contract does not know it"),
        (("paths", COLLECTIONS, "post", "responses", "200", {"description": "ok"}), "error", "response has no JSON body that is described"),
        (("paths", COLLECTION, "delete", "responses", "200", {"description": "ok", "content": {"application/json": {"schema": {}}}}), "note", "response says no type; the contract's is an object"),
    ],
)  # fmt: skip
def test_a_change_weighs_what_it_does_to_a_client(change, grade, message):
    found = said_of(change)
    if grade is None:
        assert [one for one in found if one[0] != "note"] == []
    else:
        assert (grade, message) in [(one[0], one[2]) for one in found]


@pytest.mark.parametrize(
    "changes",
    [
        [("servers", [{"url": "https://example.org/v1/"}]), *[("paths", path.removeprefix("/v1"), openapi.DOCUMENT.content["paths"][path]) for path in openapi.DOCUMENT.content["paths"]], *[("paths", path, None) for path in openapi.DOCUMENT.content["paths"]]],
        [("paths", "/v1/collections/{x}", {**openapi.DOCUMENT.content["paths"][COLLECTION], "parameters": [{"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/Namespace"}]}), ("paths", COLLECTION, None)],
        [("components", "schemas", "Source", {"allOf": [{"$ref": "#/components/schemas/Base"}, openapi.schema("Source")]}), ("components", "schemas", "Base", {"type": "object"})],
        [("components", "schemas", "CreateCollectionRequest", "properties", "description", {"anyOf": [{"type": "string"}, {"type": "null"}]})],
        [("components", "schemas", "Sort", "properties", "direction", {"oneOf": [{"const": "asc"}, {"const": "desc"}], "default": "asc"})],
        [("components", "schemas", "Source", {"oneOf": [{"allOf": [openapi.schema("Source"), {"properties": {"type": {"const": "bucket"}, "bucket_id": {"type": "string"}}, "required": ["bucket_id"]}]}, {**openapi.schema("Source"), "properties": {**openapi.schema("Source")["properties"], "type": {"const": "collection"}}}]})],
        [("paths", COLLECTIONS, "post", "parameters", [{"name": "x-namespace", "in": "header", "schema": {"type": "string"}}, {"name": "Authorization", "in": "header", "required": True}])],
        [("paths", COLLECTIONS, "post", "responses", {"2XX": openapi.DOCUMENT.content["paths"][COLLECTIONS]["post"]["responses"]["200"], "default": {"$ref": "#/components/responses/Error"}})],
        [("paths", COLLECTIONS, "post", "requestBody", {"$ref": "other.yaml#/body"})],
        [("paths", COLLECTIONS, "post", "parameters", [{"$ref": "other.yaml#/namespace"}])],
        [("paths", COLLECTIONS, {"$ref": "other.yaml#/paths"})],
        [("components", "schemas", "Source", {"$ref": "other.yaml#/Source"})],
        [("paths", COLLECTIONS, "post", "requestBody", "content", {"application/json; charset=utf-8": {"schema": {"$ref": "#/components/schemas/CreateCollectionRequest"}}})],
    ],
)  # fmt: skip
def test_what_is_only_said_in_another_way_or_in_another_place_is_no_difference(changes):
    assert said_of(*changes) == []


def test_nullable_of_3_0_is_null():
    root = {"openapi": "3.0.3", "paths": {COLLECTION: {"get": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {
            "description": {"type": "string", "nullable": True}, "collection_name": {"type": "string", "nullable": True}}}}}}}}}}}  # fmt: skip
    found = [one.message for one in check(Document(root, "3.0.3")).findings]
    assert "response `collection_name` may be null; the contract's is a string" in found
    assert not any("`description`" in one for one in found)


def test_an_operation_at_another_address_is_named_and_compared():
    moved = copy.deepcopy(openapi.DOCUMENT.content["paths"][COLLECTIONS])
    del moved["post"]["responses"]["500"]
    found = said_of(("paths", COLLECTIONS, None), ("paths", "/v1/collections", moved))
    assert found == [
        ("error", CREATE, "is not in the document; POST /v1/collections takes much the same body and is compared in its place"),
        ("warning", "POST /v1/collections", "response 500 not documented"),
    ]


def test_a_difference_in_a_shared_schema_is_one_finding_told_by_the_shortest_way():
    (one,) = changed(
        (
            *SCHEMAS,
            "SchemaField",
            "properties",
            "type",
            "enum",
            [*openapi.schema("SchemaField")["properties"]["type"]["enum"], "float"],
        )
    )[:1]
    assert one.message.startswith("response `output_schema.properties.*.type` may also be")
    assert one.operations == {CREATE, f"GET {COLLECTION}"}


def test_two_missing_operations_are_two_findings():
    assert len(said_of(("paths", LIST, None), ("paths", "/v1/buckets/create", None))) == 2
