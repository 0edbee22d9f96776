"""Our own schemas with one thing changed, and what that is worth; fields that an answer must not have at a document's root."""

import pytest
from openapi_changes import COLLECTION, REQUEST, SCHEMAS, assert_weighs, compared, messages

from conformance.contracts.collections import openapi
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.requirements import requirements

ROOT = (*SCHEMAS, "Document", "properties")
RULE = "documents.create.no-system-fields-at-root"


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
    ],
)  # fmt: skip
def test_a_changed_schema_weighs_what_it_does_to_a_client(change, grade, message):
    assert_weighs(change, grade, message)


def test_nullable_of_3_0_is_null():
    root = {"openapi": "3.0.3", "paths": {COLLECTION: {"get": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {
            "description": {"type": "string", "nullable": True}, "collection_name": {"type": "string", "nullable": True}}}}}}}}}}}  # fmt: skip
    found = [one.message for one in compared(root, "3.0.3")]
    assert "response `collection_name` may be null; the contract's is a string" in found
    assert not any("`description`" in one for one in found)


def test_the_annotation_names_the_fields_and_the_requirement_of_the_checks():
    stated = openapi.schema("Document")["x-reserved"]
    assert frozenset(stated["fields"]) == SYSTEM_FIELDS
    assert stated["requirement"] in requirements()


@pytest.mark.parametrize("name", sorted(SYSTEM_FIELDS))
def test_a_field_of_the_systems_at_the_root_is_an_error_that_names_the_requirement(name):
    assert messages((*ROOT, name, {"type": "string"})) == [
        ("error", f"response `{name}` is the system's own, and not to be here ({RULE})"),
    ]


def test_one_that_is_only_required_is_one_too():
    changes = (*SCHEMAS, "Document", "required", ["document_id", "collection_id", "internal_id"])
    assert messages(changes) == [("error", f"response `internal_id` is the system's own, and not to be here ({RULE})")]


@pytest.mark.parametrize(
    "change",
    [
        (*ROOT, "title", {"type": "string"}),
        (*ROOT, "created_at", False),
        (*ROOT, "lineage_path", {"type": "string", "writeOnly": True}),
        (*SCHEMAS, "Collection", "properties", "created_at", {"type": "string"}),
        (*SCHEMAS, "DocumentFields", "properties", "created_at", {"type": "string"}),
        (*SCHEMAS, "Pagination", "properties", "lineage", {"type": "string"}),
    ],
)
def test_a_user_may_call_a_field_so_elsewhere_and_a_server_may_add_others(change):
    assert {grade for grade, _message in messages(change)} == {"note"}
