"""The contract's operations in another document: which are missing, and how differences in several are told."""

import pytest
from openapi_changes import COLLECTION, COLLECTIONS, CREATE, DOCUMENT, LIST, SCHEMAS, assert_weighs, changed, differences

from conformance.contracts.collections import openapi


def test_our_own_document_has_no_difference_from_itself():
    assert changed() == []


@pytest.mark.parametrize(
    ("change", "grade", "message"),
    [
        (("paths", COLLECTIONS, None), "error", "is not in the document"),
        (("paths", LIST, None), "warning", "is not in the document (profile query, which a server may lack)"),
        (("paths", DOCUMENT, "patch", None), "warning", "is not in the document; the path has GET, PUT, DELETE (profile write, which a server may lack)"),
    ],
)  # fmt: skip
def test_a_missing_operation_is_an_error_if_every_server_must_have_it(change, grade, message):
    assert_weighs(change, grade, message)


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
    assert len(differences(("paths", LIST, None), ("paths", "/v1/buckets/create", None))) == 2
