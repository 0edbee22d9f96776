"""What a document is compared with comes from the contract alone."""

from dataclasses import replace

from openapi_changes import COLLECTIONS, FACTS
from openapi_documents import answer, document

from conformance.cli.commands.spec import facts_of
from conformance.contracts.collections import openapi
from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.limits import LIMITS
from conformance.openapi_lint.check import check
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.finding import Kind


def operation_messages(root, facts):
    return [one.message for one in check(Document(root, "3.1.0"), facts).findings if one.kind == Kind.OPERATION]


def with_path(path, item):
    return {**openapi.DOCUMENT.content, "paths": {**openapi.DOCUMENT.content["paths"], path: item}}


def test_the_facts_of_our_contract():
    assert (FACTS.document, FACTS.limits) == (openapi.DOCUMENT, LIMITS)
    assert {"created_at", "_internal", "document_id"} <= FACTS.reserved_names


def test_a_contract_without_limits_has_none_and_a_document_is_judged_by_itself():
    assert facts_of(replace(CONTRACT, api=replace(CONTRACT.api, limits=None))) is None
    result = check(document(A={"type": "integer", "example": "x"}, paths={"/p": answer({})}))
    assert result.coverage is None
    assert {one.kind for one in result.findings} == {Kind.EXAMPLE}


def test_only_the_operations_of_the_facts_are_looked_for():
    result = check(document(), replace(FACTS, operations=FACTS.operations[:2]))
    assert (result.coverage.operations, result.coverage.present) == (2, 0)


def test_a_status_that_is_common_is_additional_and_another_is_not_known():
    item = {"post": {**openapi.DOCUMENT.content["paths"][COLLECTIONS]["post"]}}
    item["post"]["responses"] = {**item["post"]["responses"], "429": {"description": "later"}}
    root = with_path(COLLECTIONS, item)
    assert operation_messages(root, FACTS) == ["response 429 is additional"]
    strict = replace(FACTS, common_statuses=frozenset())
    assert operation_messages(root, strict) == ["response 429 is documented; the contract does not know it"]


def test_a_bound_beyond_the_limits_narrows_nothing():
    schemas = openapi.DOCUMENT.content["components"]["schemas"]
    request = schemas["CreateCollectionRequest"]
    name = {**request["properties"]["collection_name"], "maxLength": 500}
    changed = {**request, "properties": {**request["properties"], "collection_name": name}}
    root = {
        **openapi.DOCUMENT.content,
        "components": {**openapi.DOCUMENT.content["components"], "schemas": {**schemas, "CreateCollectionRequest": changed}},
    }
    assert operation_messages(root, FACTS) == ["request `collection_name` has maxLength 500; the contract's is not bounded"]
    assert operation_messages(root, replace(FACTS, limits=replace(LIMITS, string_length=500))) == []
