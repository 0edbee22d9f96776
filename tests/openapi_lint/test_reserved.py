"""Fields that an answer must not have at a document's root: what the annotation says is what the checks look for."""

import pytest
from openapi_changes import SCHEMAS, said

from conformance.contracts.collections import openapi
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.requirements import requirements

ROOT = (*SCHEMAS, "Document", "properties")
RULE = "documents.create.no-system-fields-at-root"


def test_the_annotation_names_the_fields_and_the_requirement_of_the_checks():
    stated = openapi.schema("Document")["x-reserved"]
    assert frozenset(stated["fields"]) == SYSTEM_FIELDS
    assert stated["requirement"] in requirements()


@pytest.mark.parametrize("name", sorted(SYSTEM_FIELDS))
def test_a_field_of_the_systems_at_the_root_is_an_error_that_names_the_requirement(name):
    assert said((*ROOT, name, {"type": "string"})) == [
        ("error", f"response `{name}` is the system's own, and not to be here ({RULE})"),
    ]


def test_one_that_is_only_required_is_one_too():
    changes = (*SCHEMAS, "Document", "required", ["document_id", "collection_id", "internal_id"])
    assert said(changes) == [("error", f"response `internal_id` is the system's own, and not to be here ({RULE})")]


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
    assert {grade for grade, _message in said(change)} == {"note"}
