"""What another document limits of what the contract promises to take: our own with one limit put in, and what that is worth."""

import pytest
from openapi_changes import COLLECTIONS, LIST, REQUEST, SCHEMAS, messages

from conformance.contracts.collections import openapi
from conformance.contracts.collections.models.collections import CreateCollectionRequest
from conformance.contracts.collections.models.documents import CreateDocumentRequest
from conformance.schema import formats

NAME, METADATA = (*REQUEST, "properties", "collection_name"), (*REQUEST, "properties", "metadata")
EXTRACTORS = (*REQUEST, "properties", "feature_extractors")
CACHE = (*SCHEMAS, "CacheConfig", "properties")
SOURCE, GROUP, CONDITION = (*SCHEMAS, "Source"), (*SCHEMAS, "LogicalOperator"), (*SCHEMAS, "FilterCondition")
VALUE, DOCUMENT = (*CONDITION, "properties", "value"), (*SCHEMAS, "CreateDocumentRequest")
VECTORS = (*SCHEMAS, "Feature", "properties", "vectors")
LIMIT = ("paths", LIST, "post", "parameters", 0, "schema")
JSON = {
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"$ref": "#/components/schemas/Json"}},
        {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Json"}},
    ]
}
ANYTHING = "the contract's may be anything"
NO_OBJECTS = f"takes no array or boolean or null or number or object; {ANYTHING}"


def users(**more):
    return {"type": ["object", "null"], **more}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        # the user's own data
        ((*METADATA, users(additionalProperties=False)), "request `metadata` takes no other fields; in the contract they are the user's own"),
        ((*METADATA, users(unevaluatedProperties=False)), "request `metadata` takes no other fields; in the contract they are the user's own"),
        ((*METADATA, users(additionalProperties={"type": "string"})), f"request `metadata.*` {NO_OBJECTS}"),
        ((*METADATA, users(properties={"a": {"type": "string"}})), f"request `metadata.a` {NO_OBJECTS}"),
        ((*METADATA, users(patternProperties={".*": {"type": "string"}})), 'request `metadata` has `patternProperties: {".*": {"type": "string"}}`, which refuses {"key": 0}; the contract takes it'),
        ((*METADATA, users(propertyNames={"pattern": "^[a-z]+$"})), 'request `metadata` has `propertyNames: {"pattern": "^[a-z]+$"}`, which refuses {"Name": "text"}; the contract takes it'),
        ((*METADATA, users(maxProperties=10)), "request `metadata` has maxProperties 10; the contract's is not bounded"),
        ((*DOCUMENT, "additionalProperties", {"type": "string"}), f"request `*` {NO_OBJECTS}"),
        ((*DOCUMENT, "additionalProperties", {"type": ["array", "boolean", "null", "number", "object"]}), f"request `*` takes no string; {ANYTHING}"),
        ((*VALUE, {"type": "string"}), f"request `filters.AND[].value` {NO_OBJECTS}"),
        ((*VALUE, {"enum": ["a", 1]}), 'request `filters.AND[].value` takes only "a"; the contract takes any text'),
        ((*VALUE, {"not": {"type": "object"}}), 'request `filters.AND[].value` has `not: {"type": "object"}`, which refuses {}; the contract takes it'),
        ((*VALUE, {"anyOf": [{"type": "string", "maxLength": 10}, {"type": ["number", "boolean", "null", "array", "object"]}]}), "request `filters.AND[].value` has maxLength 10; the contract's is not bounded"),
        ((*VALUE, {"type": ["string", "number", "boolean", "null", "array", "object"], "items": {"type": "string"}}), f"request `filters.AND[].value[]` {NO_OBJECTS}"),
        # numbers, texts, lists
        ((*CACHE, "ttl_seconds", "multipleOf", 60), "request `cache_config.ttl_seconds` has `multipleOf: 60`, which refuses 1; the contract takes it"),
        ((*CACHE, "ttl_seconds", "minimum", 60), "request `cache_config.ttl_seconds` has minimum 60; the contract's is 0"),
        ((*CACHE, "ttl_seconds", "maximum", 86400), "request `cache_config.ttl_seconds` has maximum 86400; the contract's is not bounded"),
        ((*CACHE, "ttl_seconds", "enum", [3600, 604800]), "request `cache_config.ttl_seconds` has `enum: [3600, 604800]`, which refuses 0; the contract takes it"),
        ((*REQUEST, "properties", "enabled", {"const": True, "type": "boolean", "default": True}), "request `enabled` has `const: true`, which refuses false; the contract takes it"),
        ((*LIMIT, "maximum", 100), "query parameter limit has maximum 100; the contract's is 1000"),
        ((*NAME, "pattern", "^[a-z]+$"), 'request `collection_name` must match "^[a-z]+$"; the contract takes any text'),
        ((*NAME, "minLength", 3), "request `collection_name` has minLength 3; the contract's is not bounded"),
        ((*SCHEMAS, "LineageStep", "properties", "timestamp", "pattern", "^never$"), f'request `lineage_chain[].timestamp` has `pattern: "^never$"`, which refuses "{formats.TIMES[0]}"; the contract takes it'),
        ((*CONDITION, "properties", "field", "pattern", "^[a-z.]+$"), 'request `filters.AND[].field` must match "^[a-z.]+$"; the contract takes any text'),
        ((*EXTRACTORS, "maxItems", 1), "request `feature_extractors` has maxItems 1; the contract's is not bounded"),
        ((*EXTRACTORS, "minItems", 2), "request `feature_extractors` has minItems 2; the contract's is not bounded"),
        ((*EXTRACTORS, "contains", {"required": ["x"]}), 'request `feature_extractors` has `contains: {"required": ["x"]}`, which refuses [{"feature_extractor_name": "text", "version": "text"}]; the contract takes it'),
        # objects as a whole
        ((*REQUEST, "maxProperties", 4), "request has maxProperties 4; the contract's is not bounded"),
        ((*GROUP, "dependentRequired", {"AND": ["OR"]}), 'request `filters` has `dependentRequired: {"AND": ["OR"]}`, which refuses {"AND": [{"field": "text"}]}; the contract takes it'),
        ((*VECTORS, users(additionalProperties=False)), 'request `features[].vectors` refuses {"indices": [0, 7], "values": [0.5, 0.25]}; the contract takes it'),
    ],
)  # fmt: skip
def test_a_limit_that_refuses_what_must_be_taken_is_an_error(change, message):
    assert ("error", message) in messages(change)


@pytest.mark.parametrize(
    ("keyword", "stated"),
    [
        ("not", {"required": ["description"]}),
        ("if", {"required": ["metadata"]}),
        ("dependentSchemas", {"metadata": {"required": ["description"]}}),
        ("propertyNames", {"maxLength": 5}),
    ],
)
def test_a_condition_that_objects_of_the_contract_break_is_an_error(keyword, stated):
    more = [(*REQUEST, "then", {"required": ["description"]})] if keyword == "if" else []
    ((grade, message),) = messages((*REQUEST, keyword, stated), *more)
    assert grade == "error"
    assert message.startswith(f"request has `{keyword}: ")
    assert message.endswith("; the contract takes it")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # nothing is promised of an empty name or list, or of the form of what the server itself gives out
        ([(*NAME, "minLength", 1)], ["request `collection_name` has minLength 1; the contract's is not bounded"]),
        ([(*EXTRACTORS, "minItems", 1)], ["request `feature_extractors` has minItems 1; the contract's is not bounded"]),
        ([(*SOURCE, "properties", "bucket_id", "maxLength", 64)], ["request `source.bucket_id` has maxLength 64; the contract's is not bounded"]),
        ([(*SOURCE, "properties", "bucket_id", "pattern", "^bkt_")], ['request `source.bucket_id` has `pattern: "^bkt_"`, which was not compared']),
        ([(*CONDITION, "properties", "field", "maxLength", 255)], ["request `filters.AND[].field` has maxLength 255; the contract's is not bounded"]),
        ([("paths", LIST, "post", "parameters", 2, "schema", "maxLength", 200)], ["query parameter cursor has maxLength 200; the contract's is not bounded"]),
        ([(*CACHE, "retriever_configs", "propertyNames", {"pattern": "^ret_"})], ['request `cache_config.retriever_configs` has `propertyNames: {"pattern": "^ret_"}`, which was not compared']),
        ([(*SCHEMAS, "BlobRef", "properties", "presigned_url", {"type": ["string", "null"]})], [f"request `document_blobs[].presigned_url` takes no array or boolean or number or object; {ANYTHING}"]),
        ([(*SCHEMAS, "DocumentFields", "additionalProperties", {"type": ["array", "boolean", "number", "object", "string"]})], [f"request `*` takes no null; {ANYTHING}"]),
        # what cannot be compared is said, for what was tried is not all
        ([(*NAME, "pattern", r"^[\s\S]+$")], [r'request `collection_name` has `pattern: "^[\\s\\S]+$"`, which was not compared']),
        ([(*NAME, "pattern", r"(?<a>x)\k<a>")], [r'request `collection_name` has `pattern: "(?<a>x)\\k<a>"`, which was not compared']),
        ([(*NAME, "format", "uuid")], ['request `collection_name` has `format: "uuid"`, which refuses "text"; the contract takes it']),
        ([(*REQUEST, "dependentRequired", {"metadata": ["source"]})], ['request has `dependentRequired: {"metadata": ["source"]}`, which was not compared']),
        ([(*SOURCE, "if", {"properties": {"type": {"const": "bucket"}}}), (*SOURCE, "then", {"required": ["bucket_id"]})], ['request `source` has `if: {"properties": {"type": {"const": "bucket"}}}`, `then: {"required": ["bucket_id"]}`, which was not compared']),
        ([(*REQUEST, "if", {"properties": {"source": {"properties": {"type": {"const": "bucket"}}}}}), (*REQUEST, "then", {"properties": {"source": {"required": ["bucket_id"]}}})], None),
        ([(*DOCUMENT, "patternProperties", {"^_internal$": False})], ['request has `patternProperties: {"^_internal$": false}`, which was not compared']),
    ],
)  # fmt: skip
def test_what_is_not_promised_or_not_refused_is_a_warning(changes, expected):
    found = messages(*changes)
    assert {grade for grade, _message in found} == {"warning"}
    assert expected is None or [message for _grade, message in found] == expected


@pytest.mark.parametrize(
    "changes",
    [
        # as far as must be accepted, or further
        [(*NAME, "maxLength", 4096)],
        [(*METADATA, users(maxProperties=100))],
        [(*EXTRACTORS, "maxItems", 100)],
        [(*CACHE, "ttl_seconds", "minimum", 0)],
        [(*CACHE, "ttl_seconds", "exclusiveMinimum", -1)],
        # what limits nothing
        [(*CACHE, "ttl_seconds", "multipleOf", 1)],
        [(*EXTRACTORS, "uniqueItems", False)],
        [(*METADATA, users(propertyNames={"type": "string"}))],
        # any value, said at length
        [(*METADATA, users(additionalProperties={"$ref": "#/components/schemas/Json"})), (*SCHEMAS, "Json", JSON)],
        [(*DOCUMENT, "additionalProperties", {"$ref": "#/components/schemas/Json"}), (*SCHEMAS, "Json", JSON)],
        [(*VALUE, {"$ref": "#/components/schemas/Json"}), (*SCHEMAS, "Json", JSON)],
        [(*VALUE, {"anyOf": [{"type": "string", "enum": ["now"]}, {}]})],
        # what one alternative refuses, another takes
        [(*NAME, {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]})],
        [(*NAME, {"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^[^a]|^$"}]})],
        [(*SOURCE, "oneOf", [{"required": ["bucket_id"]}, {"required": ["collection_id"]}])],
        # vectors are lists, and nothing else
        [(*VECTORS, users(additionalProperties={"type": "array"}))],
        # an answer may be narrower than it is expected to be
        [(*SCHEMAS, "Collection", "properties", "collection_name", {"type": "string", "maxLength": 5, "pattern": "a"})],
    ],
)
def test_what_refuses_nothing_that_is_sent_is_no_difference(changes):
    assert messages(*changes) == []


def test_an_answer_without_a_place_for_the_users_fields_is_an_error():
    shown = (*SCHEMAS, "Document", "additionalProperties")
    found = "response `*` may be no array or boolean or number or object; in the contract they are the user's own"
    assert messages((*shown, {"type": "string"})) == [("error", found)]
    assert messages((*shown, {"type": ["string", "number", "boolean", "array", "object"]})) == []
    assert messages((*shown, {"$ref": "#/components/schemas/Json"}), (*SCHEMAS, "Json", JSON)) == []
    assert messages((*shown, {})) == []


def test_a_format_that_nobody_checks_is_a_note():
    assert messages((*SCHEMAS, "BlobRef", "properties", "url", "format", "uri")) == [
        ("note", 'request `document_blobs[].url` has `format: "uri"`, which was not compared')
    ]


def test_a_limit_of_one_schema_is_said_once_whatever_it_is_a_limit_of():
    found = messages((*VALUE, {"not": {"const": "text"}}))
    assert found == [
        ("error", 'request `filters.AND[].value` has `not: {"const": "text"}`, which refuses "text"; the contract takes it')
    ]


@pytest.mark.parametrize("model", [CreateCollectionRequest, CreateDocumentRequest])
def test_schemas_as_pydantic_writes_them_of_the_same_models_limit_nothing(model):
    written = model.model_json_schema(ref_template="#/components/schemas/{model}Written")
    parts = [(*SCHEMAS, f"{name}Written", part) for name, part in written.pop("$defs").items()]
    found = messages(*parts, (*SCHEMAS, model.__name__, written))
    assert [(grade, message) for grade, message in found if grade == "error" or "not compared" in message] == []


def test_what_stands_at_another_address_is_limited_in_the_same_way():
    moved = {**openapi.DOCUMENT.content["paths"][COLLECTIONS]}
    changes = [("paths", COLLECTIONS, None), ("paths", "/v1/collections", moved), (*EXTRACTORS, "maxItems", 1)]
    assert ("error", "request `feature_extractors` has maxItems 1; the contract's is not bounded") in messages(*changes)
