"""Named faults that forget, or get wrong, one rule of a request's or an answer's shape: each a line that a handler lacks."""

import json
import time
from collections.abc import Callable
from typing import Any

from conformance.contracts.collections.reference.app import Answer, Body, Details
from conformance.contracts.collections.reference.fault import Fault

_REFUSAL: dict[str, Any] = {"loc": ["body"], "msg": "refused", "type": "refused"}


def _collection(change: Callable[[Body], Body]) -> Callable[[str, Body], Body]:
    """Change what was read of a request to create a collection, before anybody looks at it."""
    return lambda operation, body: {**body, **change(body)} if operation == "create_collection" else body


def _document(change: Callable[[Body], Body]) -> Callable[[str, Body], Body]:
    """Change what was read of a request to create a document."""
    return lambda operation, body: {**body, **change(body)} if operation == "create_document" else body


def _default(name: str, value: Any) -> Callable[[Body], Body]:
    """Fill in a required field that is missing."""
    return lambda body: {} if name in body else {name: value}


def _object(value: Any) -> Body:
    return value if isinstance(value, dict) else {}


def _each(name: str, change: Callable[[Body], Body]) -> Callable[[Body], Body]:
    """Change each object of a list at the root."""
    return lambda body: {name: [{**one, **change(one)} if isinstance(one, dict) else one for one in body[name]]} if isinstance(body.get(name), list) else {}  # fmt: skip


def _within(name: str, change: Callable[[Body], Body]) -> Callable[[Body], Body]:
    """Change an object at the root."""
    return lambda body: {name: {**body[name], **change(body[name])}} if isinstance(body.get(name), dict) else {}


def _lax(name: str, *known: str, instead: Any = None) -> Callable[[Body], Body]:
    """Take what is no value of an enumeration for one that is, or for nothing."""
    return lambda body: {name: instead} if isinstance(body.get(name), str) and body[name] not in known else {}


def _as_texts(name: str) -> Callable[[Body], Body]:
    return lambda body: {name: {key: str(value) for key, value in body[name].items()}} if isinstance(body.get(name), dict) else {}


def _made(operation: str, change: Callable[[Body, Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change what an operation makes; `change` sees what was sent and what was made."""
    return lambda found, sent, made: {**made, **change(sent, made)} if found == operation else made


def _refused_if(operation: str, test: Callable[[Body], bool]) -> Callable[[str, Body, Details], Details]:
    return lambda found, body, details: [*details, _REFUSAL] if found == operation and test(body) else details


def _crash_if(test: Callable[[bytes], bool], status: int = 500) -> Callable[[str, bytes, Answer], Answer]:
    return lambda _operation, body, response: (status, *response[1:]) if test(body) else response


def _sourceless(body: Body) -> Body:
    source = _object(body.get("source"))
    lost = source.get("type") == "collection" and not source.get("collection_id")
    return {"source": {**source, "type": "bucket", "bucket_id": "bkt_default"}} if lost else {}


def _null_is_text(sent: Body, made: Body) -> Body:
    nulls = {
        name: "None" for name in ("root_object_id", "root_bucket_id", "source_object_id") if name in sent and sent[name] is None
    }
    inner = made["_internal"]
    return {"_internal": {**inner, "lineage": {**inner["lineage"], **nulls}}} if nulls else {}


def _any_time(step: Body) -> Body:
    given = step.get("timestamp")
    return {"timestamp": "2026-01-01T00:00:00Z"} if isinstance(given, str) and not given[:4].isdigit() else {}


def _first_entry_twice(sent: Body, made: Body) -> Body:
    is_filtered = bool(_object(sent["source"]).get("filters"))
    return {"source_lineage": [made["source_lineage"][0], *made["source_lineage"]]} if is_filtered else {}


def _without(body: Body, name: str) -> Body:
    return {key: value for key, value in body.items() if key != name}


def _listed(change: Callable[[Body], Body]) -> Callable[[str, bytes, Answer], Answer]:
    def changed(operation: str, _body: bytes, response: Answer) -> Answer:
        is_list = operation == "list_documents" and response[0] == 200
        return (*response[:2], json.dumps(change(json.loads(response[2]))).encode()) if is_list else response

    return changed


def _orphan(reference: Any) -> None:
    """Take a parent that does not exist for one without a past."""
    from conformance.contracts.collections.reference.refusals import Refusal

    found = reference.service._parent_lineage  # noqa: SLF001 - a fault is a bug within

    def lineage(namespace: str, source: Body) -> list[Body]:
        try:
            return list(found(namespace, source))
        except Refusal:
            return []

    reference.service._parent_lineage = lineage  # noqa: SLF001


def _overwriting(reference: Any) -> None:
    """Let a collection take the place of an older one with its id."""
    keep = reference.service.keep_collection

    def kept(namespace: str, collection: Body) -> None:
        reference.service.store.remove_collection(namespace, collection["collection_id"])
        keep(namespace, collection)

    reference.service.keep_collection = kept


class _Shared:
    """What a handler keeps where all requests see it: between reading and using it, another request may have come."""

    def __init__(self) -> None:
        self.metadata: Any = None

    def arrived(self, _reference: Any, call: Any) -> float | None:
        if call.operation != "create_collection":
            return None
        try:
            self.metadata = _object(json.loads(call.body)).get("metadata")
        except ValueError:
            return None
        return 0.004

    def used(self, operation: str, body: Body) -> Body:
        return {**body, "metadata": self.metadata} if operation == "create_collection" and "metadata" in body else body


def _by_path(reference: Any) -> None:
    """Take the collection from the path where the body does not say it."""
    valid_body = reference.valid_body

    def filled(call: Any) -> Body:
        if call.operation != "create_document":
            return dict(valid_body(call))
        try:
            body = json.loads(call.body)
        except ValueError:
            return dict(valid_body(call))
        if isinstance(body, dict) and "collection_id" not in body:
            call = type(call)(**{**_fields(call), "body": json.dumps({**body, "collection_id": call.path["collection"]}).encode()})
        return dict(valid_body(call))

    reference.valid_body = filled


def _fields(call: Any) -> Body:
    return {name: getattr(call, name) for name in call.__dataclass_fields__}


_shared = _Shared()
_MINIMAL = {"collection_name", "source", "feature_extractors"}

RULE_FAULTS: tuple[Fault, ...] = (
    Fault("surrogate-crashes", "json.lone-surrogate", "edge", sent=_crash_if(lambda body: b"\\ud8" in body.lower())),
    # collections
    Fault("bare-collections-refused", "collections.create.accepts-minimal",
          details=_refused_if("create_collection", lambda body: body.keys() == _MINIMAL)),
    Fault("collections-without-extractors", "collections.create.response-schema",
          sent=lambda operation, _body, response: (*response[:2], json.dumps(_without(json.loads(response[2]), "feature_extractors")).encode())
          if operation == "create_collection" and response[0] == 200 else response),
    Fault("id-is-empty", "collections.create.id-present", made=_made("create_collection", lambda _sent, _made: {"collection_id": ""})),
    Fault("id-by-the-clock", "collections.create.id-unique", installed=_overwriting,
          made=_made("create_collection", lambda _sent, _made: {"collection_id": f"col_{int(time.time())}"})),
    Fault("source-by-default", "collections.create.requires-source",
          parsed=_collection(_default("source", {"type": "bucket", "bucket_id": "bkt_default"}))),
    Fault("extractors-by-default", "collections.create.requires-feature-extractors", parsed=_collection(_default("feature_extractors", []))),
    Fault("buckets-by-default", "source.requires-type", parsed=_collection(_within("source", _default("type", "bucket")))),
    Fault("nameless-parent-is-a-bucket", "source.collection-needs-collection-id", parsed=_collection(_sourceless)),
    Fault("orphans-made", "source.unknown-collection", installed=_orphan),
    Fault("stack-runs-out", "filters.deep-nesting", "rare", sent=_crash_if(lambda body: body.count(b"[{") > 400)),
    # feature extractors
    Fault("extractor-name-by-default", "feature-extractors.requires-name",
          parsed=_collection(_each("feature_extractors", _default("feature_extractor_name", "default")))),
    Fault("any-output-type", "feature-extractors.output-type-enum",
          parsed=_collection(_each("feature_extractors", _lax("document_output_type", "single", "multiple")))),
    Fault("any-input-handling", "feature-extractors.input-handling-enum",
          parsed=_collection(_each("feature_extractors", _lax("document_input_handling", "individual", "grouped")))),
    Fault("any-output-handling", "feature-extractors.output-handling-enum",
          parsed=_collection(_each("feature_extractors", _lax("document_output_handling", "create_new")))),
    Fault("mappings-made-texts", "feature-extractors.mappings-are-strings", "edge",
          parsed=_collection(_each("feature_extractors", _as_texts("input_mapping")))),
    # cache configuration
    Fault("ten-entries-by-default", "cache-config.default-max-entries", "edge",
          made=_made("create_collection", lambda sent, made: {"cache_config": {**made["cache_config"], "max_entries_per_key": 10}}
                     if made["cache_config"] and "max_entries_per_key" not in sent["cache_config"] else {})),
    Fault("any-strategy", "cache-config.strategy-enum",
          parsed=_collection(_within("cache_config", _lax("invalidation_strategy", "replace_if_better", "replace_always", "keep_existing",
                                                          instead="replace_if_better")))),
    Fault("any-recompute", "cache-config.recompute-enum",
          parsed=_collection(_within("cache_config", _each("invalidation_events", _lax("recompute_strategy", "immediate", "background", "lazy",
                                                                                      instead="lazy"))))),
    Fault("event-of-no-collection", "cache-config.event-requires-collection",
          parsed=_collection(_within("cache_config", _each("invalidation_events", _default("collection", ""))))),
    Fault("event-of-any-action", "cache-config.event-requires-action",
          parsed=_collection(_within("cache_config", _each("invalidation_events", _default("action", "update"))))),
    Fault("no-entries-allowed", "cache-config.rejects-zero-max-entries", "edge",
          parsed=_collection(_within("cache_config", lambda cache: {"max_entries_per_key": 1} if cache.get("max_entries_per_key") == 0 else {}))),
    # lineage
    Fault("filtered-bucket-counted-twice", "lineage.bucket-has-one-entry", "edge", made=_made("create_collection", _first_entry_twice)),
    Fault("entries-without-schema", "lineage.entry-schema",
          made=_made("create_collection", lambda _sent, made: {"source_lineage": [_without(one, "output_schema") for one in made["source_lineage"]]})),
    # documents
    Fault("bare-documents-refused", "documents.create.accepts-minimal",
          details=_refused_if("create_document", lambda body: body.keys() == {"collection_id"})),
    Fault("chain-and-features-refused", "documents.create.accepts-valid", "edge",
          details=_refused_if("create_document", lambda body: bool(body.get("lineage_chain")) and bool(body.get("features")))),
    Fault("documents-without-id", "documents.create.response-schema",
          sent=lambda operation, _body, response: (*response[:2], json.dumps(_without(json.loads(response[2]), "document_id")).encode())
          if operation == "create_document" and response[0] == 200 else response),
    Fault("document-of-its-source", "documents.create.collection-id", "edge",
          sent=lambda operation, body, response: (*response[:2], json.dumps({**json.loads(response[2]),
                                                  "collection_id": json.loads(body)["source_collection_id"]}).encode())
          if operation == "create_document" and response[0] == 200 and json.loads(body).get("source_collection_id") else response),
    Fault("collection-by-the-path", "documents.create.requires-collection-id", installed=_by_path),
    Fault("any-source-type", "documents.create.source-type-enum", parsed=_document(_lax("source_type", "bucket", "collection"))),
    Fault("null-is-text", "documents.create.null-is-absent", "edge", made=_made("create_document", _null_is_text)),
    Fault("wrong-metadata-is-none", "documents.create.rejects-wrong-types", "edge",
          parsed=_document(lambda body: {"metadata": {}} if "metadata" in body and not isinstance(body["metadata"], dict) else {})),
    Fault("any-time-is-now", "documents.create.lineage-timestamp-format", "edge", parsed=_document(_each("lineage_chain", _any_time))),
    Fault("internal-id-is-another", "internal.ids-match-root",
          made=_made("create_document", lambda _sent, made: {"_internal": {**made["_internal"], "document_id": made["document_id"][4:]}})),
    # lists
    Fault("pages-not-told", "list.response-schema", sent=_listed(lambda page: _without(page, "pagination"))),
    # robustness
    Fault("body-limit-too-low", "documents.create.accepts-valid", "edge", sent=_crash_if(lambda body: len(body) > 200_000, 413)),
    Fault("large-body-crashes", "robustness.large-body",
          sent=lambda _operation, _body, response: (500, *response[1:]) if response[0] == 413 else response),
    Fault("metadata-of-another-request", "robustness.concurrent-creates", "rare", arrived=_shared.arrived, parsed=_shared.used),
)  # fmt: skip
