"""One operation of ours with one thing changed in its parameters, its body or its answers, and what that is worth."""

import pytest
from openapi_changes import COLLECTION, COLLECTIONS, DOCUMENT, LIST, assert_weighs, differences

from conformance.contracts.collections import openapi


@pytest.mark.parametrize(
    ("change", "grade", "message"),
    [
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
def test_a_changed_operation_weighs_what_it_does_to_a_client(change, grade, message):
    assert_weighs(change, grade, message)


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
    assert differences(*changes) == []
