"""What the contract promises about a body that it did not generate: from Schemathesis, from the minimizer, or from recorded traffic."""

import re
from typing import Any

from conformance.contracts.collections.generation import documents
from conformance.contracts.collections.generation.filters import GROUPS
from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.source_places import filters_at
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Case
from conformance.evidence.operation import Expect, Operation
from conformance.schema import rules
from conformance.schema.tree import SchemaNode

Promise = tuple[Expect, tuple[str, ...]]
_ANY: Promise = (Expect.ANY, ())
_EITHER: Promise = (Expect.EITHER, ())
_STRING_OPERATORS = frozenset({"starts_with", "ends_with", "text"})
_NUMBER_OPERATORS = frozenset({"gt", "lt", "gte", "lte"})


_CHAPTERS = {Operations.CREATE_COLLECTION: "collections.create", Operations.CREATE_DOCUMENT: "documents.create"}


def chapters() -> frozenset[Operation]:
    """Return the operations whose valid bodies have a chapter of their own."""
    return frozenset(_CHAPTERS)


def chapter(operation: Operation) -> str:
    """Return the contract's chapter of a create operation."""
    return _CHAPTERS[operation]


def has_classification(operation: Operation) -> bool:
    """Whether `classify_object` knows the operation."""
    return operation in _CHAPTERS


def is_broken(schema: SchemaNode, body: dict[str, Json]) -> bool:
    """Whether a body breaks a rule of its schema."""
    return any(True for _ in rules.broken(schema, body))


def classify_bytes(body: bytes | None) -> Promise:
    """Classify a body by its bytes: what is no JSON object must be refused. For an object it returns ANY; `classify_object` decides."""
    if not body:
        return Expect.REFUSE, ("http.rejects-empty-body",)
    try:
        value = json_text.loads(body)
    except ValueError as error:
        named = "http.rejects-nan-and-infinity" if "is not JSON" in str(error) else "http.rejects-malformed-json"
        return Expect.REFUSE, (named,)
    return _ANY if isinstance(value, dict) else (Expect.REFUSE, ("http.rejects-non-object-body",))


def classify_object(operation: Operation, schema: SchemaNode, body: dict[str, Json], vocabulary: Vocabulary) -> Promise:
    """Classify an object: it must be refused for the rules it breaks, it must be accepted, or the contract leaves it open."""
    broken = [rule.requirement for rule in rules.broken(schema, body)]
    if broken:
        named = tuple(sorted({requirement for requirement in broken if requirement is not None}))
        return _ANY if None in broken else (Expect.REFUSE, named)
    if rules.exceeds_limits(body, LIMITS) or is_unspecified(operation, schema, body):
        return _ANY
    if not vocabulary.covers(schema, body) or may_be_refused(schema, body):
        return _EITHER
    if any(rules.unknown_fields(schema, body)):
        if operation == Operations.CREATE_DOCUMENT:
            return _EITHER  # the contract promises nothing about unknown fields inside steps, features and blobs
        return Expect.ACCEPT, ("collections.create.tolerates-unknown-fields",)
    return Expect.ACCEPT, (f"{chapter(operation)}.accepts-valid",)


def is_unspecified(operation: Operation, schema: SchemaNode, body: dict[str, Json]) -> bool:
    """Whether the contract does not say what happens to it: empty groups, unknown keys in filters, names reserved for the server."""
    if operation == Operations.CREATE_DOCUMENT:
        own = body.keys() - schema.properties.keys()
        return any(name.startswith("_") or name in documents.reserved() for name in own)
    if operation in (Operations.PUT_DOCUMENT, Operations.PATCH_DOCUMENT):
        return False
    place = filters_at(schema)
    filters = pointers.get(body, place)
    unknown = {at for at in rules.unknown_fields(schema, body) if at[: len(place)] == place}
    return bool(unknown) or (isinstance(filters, dict) and _has_empty_group(filters))


def _has_empty_group(group: dict[str, Any]) -> bool:
    given = [group[name] for name in GROUPS if group.get(name) is not None]
    members = [member for kind_members in given for member in kind_members]
    return not given or [] in given or any(_has_empty_group(member) for member in members if not member.keys() & {"field"})


def may_be_refused(schema: SchemaNode, body: dict[str, Json]) -> bool:
    """Whether a server may refuse a valid body: a meaningless operand, two source ids, an unknown action, or any blob."""
    if has_two_sources(body) or names_what_may_not_fit(body):
        return True
    if body.get("document_blobs") or any(feature.get("vectors") for feature in body.get("features", ())):
        return True
    for at, node in pointers.walk(pointers.get(body, filters_at(schema))):
        if isinstance(node, dict) and "value" not in at and "field" in node and not _is_meaningful(node):
            return True
    if "cache_config" not in schema.properties:
        return False
    return any(event["action"] not in _actions(schema) for event in (body.get("cache_config") or {}).get("invalidation_events", ()))


def has_two_sources(body: dict[str, Json]) -> bool:
    """Whether a source names its things in two ways: the contract does not say which of them counts."""
    source = body.get("source")
    return isinstance(source, dict) and sum(source.get(name) is not None for name in _SOURCE_IDS) > 1


def names_what_may_not_fit(body: Json) -> bool:
    """Whether a server may refuse a collection for what its source is: buckets whose schemas differ, another kind, or a schema of its own."""
    source = body.get("source") if isinstance(body, dict) else None
    if not isinstance(source, dict) or not isinstance(body, dict):
        return False
    buckets = source.get("bucket_ids")
    is_one = not isinstance(buckets, list) or len(buckets) <= 1
    return not is_one or source.get("type", "bucket") not in ("bucket", "collection") or body.get("input_schema") is not None


_SOURCE_IDS = ("bucket_id", "bucket_ids", "collection_id", "collection_ids")


def is_more_open(case: Case, body: Json) -> bool:
    """Whether the contract leaves more open about `body`, which is valid, than about the body of the case."""
    operation = case.operation
    schema = operation.schema
    if isinstance(body, dict) and is_unspecified(operation, schema, body):
        return True
    if _has_open_key(body) and not _has_open_key(case.body):
        return True
    if (_selects_nothing(body) and not _selects_nothing(case.body)) or (
        has_acceptable_conditions(operation, case.body) and not has_acceptable_conditions(operation, body)
    ):
        return True
    if case.expect is not Expect.ACCEPT:
        return False
    is_plain = not has_classification(operation) or not may_be_refused(schema, body)
    return rules.exceeds_limits(body, LIMITS) or not (is_plain or may_be_refused(schema, case.body))


def _has_open_key(body: Json) -> bool:
    """Whether a bucket's unique key is of fields that its schema lacks: a server may refuse it."""
    if not isinstance(body, dict) or not isinstance(body.get("unique_key"), dict):
        return False
    fields = pointers.get(body, ("bucket_schema", "properties"))
    named = body["unique_key"].get("fields")
    return not isinstance(fields, dict) or not isinstance(named, list) or not all(name in fields for name in named)


def _selects_nothing(body: Json) -> bool:
    """Whether a list selects no fields at all: the contract does not say what the server answers then."""
    return isinstance(body, dict) and body.get("select") == []


def has_acceptable_conditions(operation: Operation, body: Json) -> bool:
    """Whether a server must accept every condition in a body's filter.

    The minimizer keeps to such conditions: each names a field and has an operand of the type that its operator takes, and the
    operand alone selects something.
    """
    place = filters_at(operation.schema)
    filters = pointers.get(body, place) if isinstance(body, dict) else MISSING
    conditions = (node for at, node in pointers.walk(filters) if isinstance(node, dict) and "value" not in at and "field" in node)
    return all(isinstance(condition["field"], str) and condition["field"] and _is_acceptable(condition) for condition in conditions)


def _is_acceptable(condition: dict[str, Json]) -> bool:
    operator, value = condition.get("operator", "eq"), condition.get("value")
    if value is None:
        return False
    if operator in ("in", "nin"):
        return isinstance(value, list) and bool(value) and None not in value
    if operator == "text":
        return isinstance(value, str) and _WORD.fullmatch(value) is not None
    if operator == "regex":
        return isinstance(value, str) and _PATTERN.fullmatch(value) is not None
    return _is_meaningful(condition) and (operator not in _SUBSTRING_OPERATORS or value != "")


_SUBSTRING_OPERATORS = frozenset({"contains", "starts_with", "ends_with"})
_WORD = re.compile("[a-z]+")
# Letters and digits, character classes, repetitions and anchors: every engine can compile these.
_PATTERN = re.compile(r"\^?(?:(?:[A-Za-z0-9 ]|\.|\[[A-Za-z0-9]+\])[*+?]?)+\$?")


def _actions(schema: SchemaNode) -> tuple[str, ...]:
    events = schema.properties["cache_config"].properties["invalidation_events"].items
    assert events is not None
    return events.properties["action"].known


def _is_meaningful(condition: dict[str, Json]) -> bool:
    operator, value = condition.get("operator", "eq"), condition.get("value")
    if operator in ("in", "nin"):
        return isinstance(value, list) and bool(value)
    if operator in ("exists", "is_null"):
        return isinstance(value, bool)
    if operator in _STRING_OPERATORS:
        return isinstance(value, str)
    if operator in _NUMBER_OPERATORS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if operator == "contains":
        return not isinstance(value, dict | list)
    return operator != "regex" or (isinstance(value, str) and value.isalnum())
