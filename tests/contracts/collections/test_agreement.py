"""The OpenAPI document, the models and the generators agree. Intended differences are listed here."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from conformance.contracts.collections import openapi
from conformance.contracts.collections.generation import collections as collection_bodies
from conformance.contracts.collections.generation import documents as document_bodies
from conformance.contracts.collections.models import buckets, collections, documents, error_bodies, lists
from conformance.contracts.collections.operations import ALL_OPERATIONS, CREATES, Operations
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.evidence.operation import Operation
from conformance.generation import schemathesis_adapter
from conformance.schema import mutations, rules, tree

KNOWN = Vocabulary(collections=("col_1",), documents=("doc_1",))
REQUESTS: dict[str, tuple[type[BaseModel], Any, Operation]] = {
    "CreateCollectionRequest": (
        collections.CreateCollectionRequest,
        collection_bodies.valid(KNOWN),
        Operations.CREATE_COLLECTION,
    ),
    "CreateDocumentRequest": (documents.CreateDocumentRequest, document_bodies.valid(KNOWN), Operations.CREATE_DOCUMENT),
}
RELAXED = settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def model_accepts(model: type[BaseModel], value: Any) -> bool:
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


def is_stricter_on_purpose(schema: tree.SchemaNode, value: Any) -> bool:
    """Whether the model is stricter than the document here, for one of these reasons.

    - The published union of group and condition takes a broken condition for an empty group; the model reads a member that has
      field, operator or value as a condition [I].
    - A date-time is a format, which JSON Schema does not judge; the model does [V].
    """
    return any("filters" in rule.at or rule.at[-1] in ("timestamp", "created_at") for rule in rules.broken(schema, value))


@pytest.mark.parametrize("name", REQUESTS)
def test_what_the_generators_make_both_accept(name):
    model, strategy, _operation = REQUESTS[name]

    @RELAXED
    @given(strategy)
    def check(value):
        assert openapi.validator(name).is_valid(value)
        assert model_accepts(model, value)

    check()


@pytest.mark.parametrize("name", REQUESTS)
def test_what_the_edge_catalogue_makes_both_accept(name):
    model, _strategy, operation = REQUESTS[name]
    bodies = (collection_bodies if operation == Operations.CREATE_COLLECTION else document_bodies).boundaries(KNOWN).values
    for body in bodies:
        assert openapi.validator(name).is_valid(body), openapi.explain(name, body)
        assert model_accepts(model, body)


# Rules that come from the contract's readings or bounds. Neither the document nor the models have them; rules.broken does.
READINGS = {
    "cache-config.rejects-negative-ttl",
    "cache-config.rejects-zero-max-entries",
    "source.bucket-needs-bucket-id",
    "source.collection-needs-collection-id",
}


@pytest.mark.parametrize("name", REQUESTS)
def test_what_breaks_one_rule_both_refuse(name):
    model, strategy, _operation = REQUESTS[name]
    schema = openapi.request(name)

    @RELAXED
    @given(mutations.payloads(schema, strategy))
    def check(drawn):
        mutation, value = drawn
        expected = mutation.requirement in READINGS
        assert model_accepts(model, value) is expected
        if not is_stricter_on_purpose(schema, value):
            assert openapi.validator(name).is_valid(value) is expected

    check()


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("name", REQUESTS)
def test_what_schemathesis_derives_all_judge_alike(name, mode):
    model, _strategy, operation = REQUESTS[name]
    schema = openapi.request(name)

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(schemathesis_adapter.bodies(openapi.DOCUMENT, CREATES, operation, mode))
    def check(value):
        if not isinstance(value, dict):
            return
        broken = {rule.requirement for rule in rules.broken(schema, value)} - READINGS
        assert model_accepts(model, value) is (not broken)
        if not is_stricter_on_purpose(schema, value):
            assert openapi.validator(name).is_valid(value) is (not broken)

    check()


ANSWERS: dict[str, type[BaseModel]] = {
    "Collection": collections.Collection,
    "Document": documents.Document,
    "ErrorResponse": error_bodies.ErrorResponse,
    "HTTPValidationError": error_bodies.HTTPValidationError,
    "DocumentList": lists.DocumentList,
    "Bucket": buckets.Bucket,
    "ListDocumentsRequest": lists.ListDocumentsRequest,
    "DocumentFields": documents.DocumentFields,
    "CreateBucketRequest": buckets.CreateBucketRequest,
}
# Members that the answer models check more or less strictly than the document, on purpose.
UNJUDGED = {
    "filters": "a lineage config is compared with what was sent, so its filters are not judged twice",
    "document_output_type": "what was not given may be an empty text, so answers hold any text",
    "document_input_handling": "the same",
    "document_output_handling": "the same",
}
_SCHEMA = {"properties": {"a": {"type": "string"}}}
_EXTRACTOR = {"feature_extractor_name": "n", "version": "v", "parameters": {}, "input_mapping": {"a": "b"}}
_SOURCE = {"type": "bucket", "bucket_id": "b", "filters": None}
EXAMPLES: dict[str, Any] = {
    "Collection": {
        "collection_name": "n", "collection_id": "col_1", "description": None, "metadata": {}, "enabled": True, "status": "DONE",
        "source_lineage": [{"source_type": "bucket", "bucket_id": "b", "bucket_config": _SOURCE, "output_schema": _SCHEMA,
                            "feature_extractors": [_EXTRACTOR]}],
        "feature_extractors": [_EXTRACTOR], "output_schema": _SCHEMA, "taxonomy_applications": [{"taxonomy_id": "t"}],
        "cache_config": {"enabled": True, "ttl_seconds": 1, "invalidation_strategy": "replace_always", "max_entries_per_key": 1,
                         "score_threshold": 0.5, "invalidation_events": [{"collection": "c", "action": "a"}],
                         "retriever_configs": {"r": {"enabled": True, "ttl_seconds": 5}}},
    },
    "Document": {
        "document_id": "doc_1", "collection_id": "col_1", "document_blobs": [{"field": "f", "url": "u", "size_bytes": 0}],
        "_internal": {"document_id": "doc_1", "created_at": "x", "lineage": {"path": "p", "source_type": "bucket", "chain": [
            {"collection_id": "c", "feature_extractor_id": "e"}]}, "metadata": {}, "source_blobs": [], "size_bytes": 3},
    },
    "ErrorResponse": {"success": False, "status": 400, "error": {"message": "m", "type": "t", "details": None}},
    "HTTPValidationError": {"detail": [{"loc": ["body", 0], "msg": "m", "type": "t"}]},
    "DocumentList": {
        "results": [{"document_id": "doc_1", "collection_id": "col_1"}], "pagination": {"total": 3, "next_cursor": "c"},
        "groups": [{"group_key": "k", "documents": [{"document_id": "doc_1", "collection_id": "col_1"}], "count": 1}],
    },
    "Bucket": {"bucket_id": "b"},
    "ListDocumentsRequest": {"filters": {"AND": [{"field": "f", "operator": "eq", "value": 1}]}, "sort": {"field": "f", "direction": "desc"},
                             "return_url": True, "return_vectors": None, "group_by": "f", "select": ["a.b"]},
    "DocumentFields": {"own": 1, "metadata": {"a": 1}, "features": [{"feature_extractor_id": "e", "payload": {}}],
                       "document_blobs": [{"field": "f", "url": "u", "role": "aux"}]},
    "CreateBucketRequest": {"bucket_name": "b", "bucket_schema": _SCHEMA},
}  # fmt: skip
_REPLACEMENTS = (None, "text", "", 5, 1.5, True, [], {}, ["a"], {"a": 1}, [[]], "DONE", "bucket")


@st.composite
def changed(draw: Any, example: Any) -> Any:
    """Draw an answer with up to three of its nodes replaced or removed."""
    from conformance.core import pointers

    value = example
    for _ in range(draw(st.integers(0, 3))):
        places = [at for at, _node in pointers.walk(value) if at]
        at = draw(st.sampled_from(places)) if places else ()
        value = pointers.replace(value, at, draw(st.sampled_from((*_REPLACEMENTS, pointers.MISSING)))) if at else value
    return value


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_judged_alike_by_model_and_document(name):
    @settings(parent=RELAXED, max_examples=1000)
    @given(changed(EXAMPLES[name]))
    def check(value):
        by_document = openapi.validator(name).is_valid(value)
        by_model = model_accepts(ANSWERS[name], value)
        if by_model != by_document:
            at, _reason = (("",), "") if by_document else openapi.explain(name, value)
            errors = [] if by_model else _errors(ANSWERS[name], value)
            places = {part for part in (*at, *(part for error in errors for part in error))}
            assert places & UNJUDGED.keys(), (value, at, errors)

    check()


def _errors(model: type[BaseModel], value: Any) -> list[tuple[Any, ...]]:
    try:
        model.model_validate(value)
    except ValidationError as invalid:
        return [detail["loc"] for detail in invalid.errors()]
    return []


def test_each_operation_is_where_the_document_says_it_is():
    stated = {}
    for where, operations in openapi.DOCUMENT.content["paths"].items():
        for method, operation in operations.items():
            if "operationId" in operation:
                body = operation.get("requestBody")
                name = None if body is None else _body(body)["schema"]["$ref"].rpartition("/")[2]
                stated[operation["operationId"]] = (
                    method.upper(),
                    re.sub(r"\{document_id\}", "{document}", _collection(where)),
                    name,
                )
    assert stated == {operation.name: (operation.method, operation.path, operation.body) for operation in ALL_OPERATIONS}


def _collection(where: str) -> str:
    return re.sub(r"\{collection_(id|identifier)\}", "{collection}", where)


def _body(body: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in body:
        body = openapi.DOCUMENT.content["components"]["requestBodies"][body["$ref"].rpartition("/")[2]]
    return body["content"]["application/json"]


def test_defaults_of_models_and_document_are_the_same():
    from conformance.contracts.collections.models import cache

    for model in (cache.CacheConfig, cache.InvalidationEvent, cache.RetrieverCacheConfig):
        for key, schema in openapi.schema(model.__name__)["properties"].items():
            if "default" in schema:
                assert cache.default(model, key) == schema["default"]


def test_the_document_is_openapi_and_names_every_operation_of_the_contract():
    import schemathesis

    schema = schemathesis.openapi.from_dict(openapi.DOCUMENT.content)
    labels = {operation.ok().label for operation in schema.get_all_operations()}
    assert len(labels) == 10
    assert {"POST /v1/collections/create", "POST /v1/collections/{collection_identifier}/documents/list"} <= labels
