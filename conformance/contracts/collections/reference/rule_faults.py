"""Named faults that forget, or get wrong, one rule of a request's or an answer's shape: each a line that a handler lacks."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from conformance.contracts.collections.reference.app import Answer, Body, Call, Details, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import PROBLEM, change_body, without
from conformance.contracts.collections.reference.refusals import Refusal


def _change_collection_request(change: Callable[[Body], Body]) -> Callable[[str, Body], Body]:
    """Change what was read of a request to create a collection, before anybody looks at it."""
    return lambda operation, body: {**body, **change(body)} if operation == "create_collection" else body


def _change_document_request(change: Callable[[Body], Body]) -> Callable[[str, Body], Body]:
    """Change what was read of a request to create a document."""
    return lambda operation, body: {**body, **change(body)} if operation == "create_document" else body


def _fill_in(name: str, value: Any) -> Callable[[Body], Body]:
    """Fill in a required field that is missing."""
    return lambda body: {} if name in body else {name: value}


def _object(value: Any) -> Body:
    return value if isinstance(value, dict) else {}


def _change_each(name: str, change: Callable[[Body], Body]) -> Callable[[Body], Body]:
    """Change each object of a list at the root."""
    return lambda body: {name: [{**item, **change(item)} if isinstance(item, dict) else item for item in body[name]]} if isinstance(body.get(name), list) else {}  # fmt: skip


def _change_within(name: str, change: Callable[[Body], Body]) -> Callable[[Body], Body]:
    """Change an object at the root."""
    return lambda body: {name: {**body[name], **change(body[name])}} if isinstance(body.get(name), dict) else {}


def _accept_any(name: str, *known: str, instead: Any = None) -> Callable[[Body], Body]:
    """Take what is no value of an enumeration for one that is, or for nothing."""
    return lambda body: {name: instead} if isinstance(body.get(name), str) and body[name] not in known else {}


def _take_for_texts(name: str) -> Callable[[Body], Body]:
    return lambda body: {name: {key: str(value) for key, value in body[name].items()}} if isinstance(body.get(name), dict) else {}


def _change_made(operation: str, change: Callable[[Body, Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change what an operation makes; `change` sees what was sent and what was made."""
    return lambda called, sent, made: {**made, **change(sent, made)} if called == operation else made


def _refuse_if(operation: str, test: Callable[[Body], bool]) -> Callable[[str, Body, Details], Details]:
    return lambda called, body, details: [*details, PROBLEM] if called == operation and test(body) else details


def _fail_if(test: Callable[[bytes], bool], status: int = 500) -> Callable[[str, bytes, Answer], Answer]:
    return lambda _operation, body, response: (status, *response[1:]) if test(body) else response


def _default_source(body: Body) -> Body:
    source = _object(body.get("source"))
    lost = source.get("type") == "collection" and not source.get("collection_id")
    return {"source": {**source, "type": "bucket", "bucket_id": "bkt_default"}} if lost else {}


def _null_as_text(sent: Body, made: Body) -> Body:
    nulls = {
        name: "None" for name in ("root_object_id", "root_bucket_id", "source_object_id") if name in sent and sent[name] is None
    }
    inner = made["_internal"]
    return {"_internal": {**inner, "lineage": {**inner["lineage"], **nulls}}} if nulls else {}


def _accept_any_time(step: Body) -> Body:
    given = step.get("timestamp")
    return {"timestamp": "2026-01-01T00:00:00Z"} if isinstance(given, str) and not given[:4].isdigit() else {}


def _repeat_first_entry(sent: Body, made: Body) -> Body:
    is_filtered = bool(_object(sent["source"]).get("filters"))
    return {"source_lineage": [made["source_lineage"][0], *made["source_lineage"]]} if is_filtered else {}


def _change_page(change: Callable[[Body], Body]) -> Callable[[str, bytes, Answer], Answer]:
    def changed(operation: str, _body: bytes, response: Answer) -> Answer:
        is_list = operation == "list_documents" and response[0] == 200
        return (*response[:2], json.dumps(change(json.loads(response[2]))).encode()) if is_list else response

    return changed


def _make_orphans(reference: Reference) -> None:
    """Take a parent that does not exist for one without a past."""
    original = reference.service._parent_lineage  # noqa: SLF001 - a fault is a bug within

    def parent_lineage(namespace: str, source: Body) -> list[Body]:
        try:
            return original(namespace, source)
        except Refusal:
            return []

    reference.service._parent_lineage = parent_lineage  # type: ignore[method-assign]  # noqa: SLF001


def _overwrite_collections(reference: Reference) -> None:
    """Let a collection take the place of an older one with its id."""
    original = reference.service.keep_collection

    def keep_collection(namespace: str, collection: Body) -> None:
        reference.service.store.remove_collection(namespace, collection["collection_id"])
        original(namespace, collection)

    reference.service.keep_collection = keep_collection  # type: ignore[method-assign]


def _metadata_of_another_request() -> Fault:
    """Keep a request's metadata where all requests see it: between reading and using it, another request may have come."""
    newest: WeakKeyDictionary[Reference, Any] = WeakKeyDictionary()

    def arrived(reference: Reference, call: Call) -> float | None:
        if call.operation != "create_collection":
            return None
        try:
            newest[reference] = _object(json.loads(call.body)).get("metadata")
        except ValueError:
            return None
        return 0.004

    def installed(reference: Reference) -> None:
        def changed(body: Body, _call: Call) -> Body:
            return {**body, "metadata": newest.get(reference)} if "metadata" in body else body

        change_body(changed, "create_collection")(reference)

    return Fault("metadata-of-another-request", "robustness.concurrent-creates", "rare", installed=installed, arrived=arrived)


def _collection_from_path(reference: Reference) -> None:
    """Take the collection from the path where the body does not say it."""
    original = reference.valid_body

    def valid_body(call: Call) -> Body:
        if call.operation != "create_document":
            return original(call)
        try:
            body = json.loads(call.body)
        except ValueError:
            return original(call)
        if isinstance(body, dict) and "collection_id" not in body:
            call = replace(call, body=json.dumps({**body, "collection_id": call.path["collection"]}).encode())
        return original(call)

    reference.valid_body = valid_body  # type: ignore[method-assign]


_MINIMAL = {"collection_name", "source", "feature_extractors"}

RULE_FAULTS: tuple[Fault, ...] = (
    Fault("surrogate-crashes", "json.lone-surrogate", "edge", sent=_fail_if(lambda body: b"\\ud8" in body.lower())),
    # collections
    Fault("bare-collections-refused", "collections.create.accepts-minimal",
          details=_refuse_if("create_collection", lambda body: body.keys() == _MINIMAL)),
    Fault("collections-without-extractors", "collections.create.response-schema",
          sent=lambda operation, _body, response: (*response[:2], json.dumps(without(json.loads(response[2]), "feature_extractors")).encode())
          if operation == "create_collection" and response[0] == 200 else response),
    Fault("id-is-empty", "collections.create.id-present", made=_change_made("create_collection", lambda _sent, _change_made: {"collection_id": ""})),
    Fault("id-by-the-clock", "collections.create.id-unique", installed=_overwrite_collections,
          made=_change_made("create_collection", lambda _sent, _change_made: {"collection_id": f"col_{int(time.time())}"})),
    Fault("source-by-default", "collections.create.requires-source",
          parsed=_change_collection_request(_fill_in("source", {"type": "bucket", "bucket_id": "bkt_default"}))),
    Fault("extractors-by-default", "collections.create.requires-feature-extractors", parsed=_change_collection_request(_fill_in("feature_extractors", []))),
    Fault("buckets-by-default", "source.requires-type", parsed=_change_collection_request(_change_within("source", _fill_in("type", "bucket")))),
    Fault("nameless-parent-is-a-bucket", "source.collection-needs-collection-id", parsed=_change_collection_request(_default_source)),
    Fault("orphans-made", "source.unknown-collection", installed=_make_orphans),
    Fault("stack-runs-out", "filters.deep-nesting", "rare", sent=_fail_if(lambda body: body.count(b"[{") > 400)),
    # feature extractors
    Fault("extractor-name-by-default", "feature-extractors.requires-name",
          parsed=_change_collection_request(_change_each("feature_extractors", _fill_in("feature_extractor_name", "default")))),
    Fault("any-output-type", "feature-extractors.output-type-enum",
          parsed=_change_collection_request(_change_each("feature_extractors", _accept_any("document_output_type", "single", "multiple")))),
    Fault("any-input-handling", "feature-extractors.input-handling-enum",
          parsed=_change_collection_request(_change_each("feature_extractors", _accept_any("document_input_handling", "individual", "grouped")))),
    Fault("any-output-handling", "feature-extractors.output-handling-enum",
          parsed=_change_collection_request(_change_each("feature_extractors", _accept_any("document_output_handling", "create_new")))),
    Fault("mappings-made-texts", "feature-extractors.mappings-are-strings", "edge",
          parsed=_change_collection_request(_change_each("feature_extractors", _take_for_texts("input_mapping")))),
    # cache configuration
    Fault("ten-entries-by-default", "cache-config.default-max-entries", "edge",
          made=_change_made("create_collection", lambda sent, made: {"cache_config": {**made["cache_config"], "max_entries_per_key": 10}}
                     if made["cache_config"] and "max_entries_per_key" not in sent["cache_config"] else {})),
    Fault("any-strategy", "cache-config.strategy-enum",
          parsed=_change_collection_request(_change_within("cache_config", _accept_any("invalidation_strategy", "replace_if_better", "replace_always", "keep_existing",
                                                          instead="replace_if_better")))),
    Fault("any-recompute", "cache-config.recompute-enum",
          parsed=_change_collection_request(_change_within("cache_config", _change_each("invalidation_events", _accept_any("recompute_strategy", "immediate", "background", "lazy",
                                                                                      instead="lazy"))))),
    Fault("event-of-no-collection", "cache-config.event-requires-collection",
          parsed=_change_collection_request(_change_within("cache_config", _change_each("invalidation_events", _fill_in("collection", ""))))),
    Fault("event-of-any-action", "cache-config.event-requires-action",
          parsed=_change_collection_request(_change_within("cache_config", _change_each("invalidation_events", _fill_in("action", "update"))))),
    Fault("no-entries-allowed", "cache-config.rejects-zero-max-entries", "edge",
          parsed=_change_collection_request(_change_within("cache_config", lambda cache: {"max_entries_per_key": 1} if cache.get("max_entries_per_key") == 0 else {}))),
    # lineage
    Fault("filtered-bucket-counted-twice", "lineage.bucket-has-one-entry", "edge", made=_change_made("create_collection", _repeat_first_entry)),
    Fault("entries-without-schema", "lineage.entry-schema",
          made=_change_made("create_collection", lambda _sent, made: {"source_lineage": [without(entry, "output_schema") for entry in made["source_lineage"]]})),
    # documents
    Fault("bare-documents-refused", "documents.create.accepts-minimal",
          details=_refuse_if("create_document", lambda body: body.keys() == {"collection_id"})),
    Fault("chain-and-features-refused", "documents.create.accepts-valid", "edge",
          details=_refuse_if("create_document", lambda body: bool(body.get("lineage_chain")) and bool(body.get("features")))),
    Fault("documents-without-id", "documents.create.response-schema",
          sent=lambda operation, _body, response: (*response[:2], json.dumps(without(json.loads(response[2]), "document_id")).encode())
          if operation == "create_document" and response[0] == 200 else response),
    Fault("document-of-its-source", "documents.create.collection-id", "edge",
          sent=lambda operation, body, response: (*response[:2], json.dumps({**json.loads(response[2]),
                                                  "collection_id": json.loads(body)["source_collection_id"]}).encode())
          if operation == "create_document" and response[0] == 200 and json.loads(body).get("source_collection_id") else response),
    Fault("collection-by-the-path", "documents.create.requires-collection-id", installed=_collection_from_path),
    Fault("any-source-type", "documents.create.source-type-enum", parsed=_change_document_request(_accept_any("source_type", "bucket", "collection"))),
    Fault("null-is-text", "documents.create.null-is-absent", "edge", made=_change_made("create_document", _null_as_text)),
    Fault("wrong-metadata-is-none", "documents.create.rejects-wrong-types", "edge",
          parsed=_change_document_request(lambda body: {"metadata": {}} if "metadata" in body and not isinstance(body["metadata"], dict) else {})),
    Fault("any-time-is-now", "documents.create.lineage-timestamp-format", "edge", parsed=_change_document_request(_change_each("lineage_chain", _accept_any_time))),
    Fault("internal-id-is-another", "internal.ids-match-root",
          made=_change_made("create_document", lambda _sent, made: {"_internal": {**made["_internal"], "document_id": made["document_id"][4:]}})),
    # lists
    Fault("pages-not-told", "list.response-schema", sent=_change_page(lambda page: without(page, "pagination"))),
    # robustness
    Fault("body-limit-too-low", "documents.create.accepts-valid", "edge", sent=_fail_if(lambda body: len(body) > 200_000, 413)),
    Fault("large-body-crashes", "robustness.large-body",
          sent=lambda _operation, _body, response: (500, *response[1:]) if response[0] == 413 else response),
    _metadata_of_another_request(),
)  # fmt: skip
