"""Named faults of the profile core."""

import html
import itertools
import json
import struct
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from conformance.contracts.collections.reference.app import Answer, Body, Details, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import PROBLEM, change_leaves


def _ignore_fields(details: Details, *names: str) -> Details:
    """Forget the problems that validation found with these fields."""
    return [detail for detail in details if not set(names) & set(detail["loc"])]


def _ignore_kinds(details: Details, *kinds: str) -> Details:
    """Forget the problems of these kinds."""
    return [detail for detail in details if not detail["type"].startswith(kinds)]


def _ignore_later_retrievers(_operation: str, body: Body, details: Details) -> Details:
    """Forget the problems of all retrievers but the first."""
    retrievers = body["cache_config"].get("retriever_configs") if isinstance(body.get("cache_config"), dict) else None
    others = list(retrievers)[1:] if isinstance(retrievers, dict) else []
    return [detail for detail in details if "retriever_configs" not in detail["loc"] or not set(others) & set(detail["loc"])]


def _change_at(answer: Body, *path: str | int, change: Callable[[Any], Any]) -> Body:
    """Change one place of an answer, where it is there."""
    node: Any = answer
    for part in path[:-1]:
        node = node[part] if (part in node if isinstance(node, dict) else len(node) > 0) else {}
        if node is None:
            return answer
    if isinstance(node, dict) and path[-1] in node:
        node[path[-1]] = change(node[path[-1]])
    return answer


def _change_metadata(answer: Body, change: Callable[[Any], Any]) -> Body:
    """Change every leaf of an answer's metadata."""
    return _change_at(answer, "metadata", change=lambda data: change_leaves(data, change))


def _change_source_filters(change: Callable[[Any], Any]) -> Callable[[str, Body, Body], Body]:
    """Change the filters in the last lineage entry."""
    return lambda _operation, _sent, answer: _change_at(
        answer,
        "source_lineage",
        -1,
        f"{answer['source_lineage'][-1]['source_type']}_config" if "source_lineage" in answer else "",
        "filters",
        change=lambda group: None if group is None else change(group),
    )


def _change_groups(group: Any, change: Callable[[Body, int], Body], depth: int = 1) -> Any:
    """Change every group of a filter, the inner ones first."""
    if not isinstance(group, dict) or "field" in group:
        return group
    inner = {
        key: [_change_groups(member, change, depth + 1) for member in members] if isinstance(members, list) else members
        for key, members in group.items()
    }
    return change(inner, depth)


def _change_conditions(group: Any, change: Callable[[Body, int], Body], depth: int = 1) -> Any:
    """Change every condition of a filter."""
    if not isinstance(group, dict):
        return group
    if "field" in group:
        return change(group, depth)
    return {
        key: [_change_conditions(member, change, depth + 1) for member in members] if isinstance(members, list) else members
        for key, members in group.items()
    }


def _change_cache(*path: str, change: Callable[[Any], Any]) -> Callable[[str, Body, Body], Body]:
    return lambda _operation, _sent, answer: _change_at(answer, "cache_config", *path, change=change)


def _change_each(path: str, change: Callable[[Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change every item of a list or a map in the cache configuration."""

    def changed(items: Any) -> Any:
        return [change(item) for item in items] if isinstance(items, list) else {key: change(item) for key, item in items.items()}

    return _change_cache(path, change=changed)


def _change_status(code: int, *, when: int) -> Callable[[str, bytes, Answer], Answer]:
    return lambda _operation, _body, response: (code, *response[1:]) if response[0] == when else response


def _change_errors(change: Callable[[int, Body], Body]) -> Callable[[str, bytes, Answer], Answer]:
    """Change the body of every error."""

    def changed(_operation: str, _body: bytes, response: Answer) -> Answer:
        status, headers, body = response
        return (status, headers, json.dumps(change(status, json.loads(body))).encode()) if status >= 400 else response

    return changed


def _change_internal(*path: str, change: Callable[[Any], Any]) -> Callable[[str, Body, Body], Body]:
    return lambda _operation, _sent, answer: _change_at(answer, "_internal", *path, change=change)


def _change_document(change: Callable[[Body, Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change a document's answer as a whole."""
    return lambda operation, sent, answer: answer | change(sent, answer) if operation == "create_document" else answer


def _change_own_fields(answer: Body, change: Callable[[Any], Any]) -> Body:
    return {key: change(value) for key, value in answer.items() if not key.startswith("_") and not key.endswith("_id")}


def _a_day_later(at: str) -> str:
    return (datetime.fromisoformat(at) + timedelta(days=1)).isoformat()


def _depth(group: Any) -> int:
    if not isinstance(group, dict) or "field" in group:
        return 0
    inner = [member for part in group.values() if isinstance(part, list) for member in part]
    return 1 + max(map(_depth, inner), default=0)


def _answer_minimal(operation: str, response: Answer) -> Answer:
    """Answer as if the smallest valid body had been sent."""
    minimal: Body
    if operation == "create_collection":
        minimal = {"collection_name": "", "collection_id": "col_1", "feature_extractors": [], "output_schema": {"properties": {}}}
    elif operation == "create_document":
        minimal = {"document_id": "doc_1", "collection_id": "col_1"}
    else:
        return response
    return 200, {}, json.dumps(minimal).encode()


def _accept_literal(operation: str, body: bytes, response: Answer, literal: bytes) -> Answer:
    return _answer_minimal(operation, response) if literal in body and response[0] == 400 else response


def _believe_body(body: bytes, response: Answer) -> Answer:
    try:
        named = json.loads(body)["collection_id"]
    except (ValueError, KeyError):
        return response
    return 200, {}, json.dumps({"document_id": "doc_1", "collection_id": named}).encode()


def _run_out_of_ids(reference: Reference) -> None:
    """Give a document one of forty ids, by turns."""
    numbers = itertools.count()
    original = reference.service.create_document

    def create_document(namespace: str, identifier: str, body: Body) -> Body:
        return {**original(namespace, identifier, body), "document_id": f"doc_{next(numbers) % 40}"}

    reference.service.create_document = create_document  # type: ignore[method-assign]


CORE_FAULTS: tuple[Fault, ...] = (
        # http
        Fault("created-201", "http.status-documented", sent=_change_status(201, when=200)),
        Fault("html-label", "http.json-content-type", sent=lambda _o, _b, r: (r[0], {**r[1], "content-type": "text/html"}, r[2])),
        Fault("crash-on-deep-filter", "http.no-server-error", "edge",
              sent=lambda _o, b, r: (500, *r[1:]) if b.count(b'"NOT":[') > 1 else r),
        Fault("python-json", "http.rejects-nan-and-infinity", sent=lambda o, b, r: _accept_literal(o, b, r, b"NaN")),
        Fault("empty-is-minimal", "http.rejects-empty-body", sent=lambda o, b, r: _answer_minimal(o, r) if not b else r),
        Fault("null-is-minimal", "http.rejects-non-object-body", "edge", sent=lambda o, b, r: _answer_minimal(o, r) if b == b"null" else r),
        Fault("trailing-comma", "http.rejects-malformed-json", "edge", sent=lambda o, b, r: _answer_minimal(o, r) if b.endswith(b",}") else r),
        Fault("any-label", "http.rejects-wrong-media-type", sent=lambda o, _b, r: _answer_minimal(o, r) if r[0] == 415 else r),
        Fault("allow-forgotten", "http.wrong-method", sent=lambda _o, _b, r: (r[0], {}, r[2]) if r[0] == 405 else r),
        Fault("unknown-is-200", "http.unknown-path", sent=lambda o, _b, r: (200, *r[1:]) if o == "unrouted" and r[0] == 404 else r),
        # json
        Fault("nfc", "json.preserves-strings", "edge",
              made=lambda _o, _s, a: _change_metadata(a, lambda leaf: unicodedata.normalize("NFC", leaf) if isinstance(leaf, str) else leaf)),
        Fault("float32", "json.preserves-numbers", "edge",
              made=lambda _o, _s, a: _change_metadata(a, lambda leaf: struct.unpack("f", struct.pack("f", leaf))[0]
                                           if isinstance(leaf, float) and abs(leaf) < 1e38 else leaf)),
        Fault("nulls-dropped", "json.preserves-structure", "edge",
              made=lambda _o, _s, a: _change_at(a, "metadata", change=lambda d: d and {k: v for k, v in d.items() if v is not None})),
        Fault("big-integers-rounded", "json.preserves-large-integers", "edge",
              made=lambda _o, _s, a: _change_metadata(a, lambda leaf: int(float(leaf)) if isinstance(leaf, int) and not isinstance(leaf, bool)
                                           and 2**53 < abs(leaf) < 2**70 else leaf)),
        Fault("long-digits-cut", "json.extreme-numbers", "rare",
              made=lambda _o, _s, a: _change_metadata(a, lambda leaf: leaf // 10 if isinstance(leaf, int) and abs(leaf) > 10**300 else leaf)),
        Fault("nul-ends-string", "json.nul-character", "edge",
              made=lambda _o, _s, a: _change_metadata(a, lambda leaf: leaf.split("\0")[0] if isinstance(leaf, str) else leaf)),
        Fault("dotted-keys-split", "json.hostile-keys", "edge",
              made=lambda _o, _s, a: _change_at(a, "metadata", change=lambda d: d and {k.split(".")[0]: v for k, v in d.items()})),
        # errors
        Fault("plain-errors", "errors.envelope", sent=_change_errors(lambda status, _b: {"message": str(status)})),
        Fault("wrong-status-inside", "errors.status-matches",
              sent=_change_errors(lambda _s, b: {**b, "status": 500} if "error" in b else b)),
        Fault("errors-succeed", "errors.success-is-false", sent=_change_errors(lambda _s, b: {**b, "success": True})),
        Fault("untyped-errors", "errors.machine-readable-type",
              sent=_change_errors(lambda _s, b: {**b, "error": {**b["error"], "type": ""}} if "error" in b else b)),
        Fault("silent-errors", "errors.message",
              sent=_change_errors(lambda _s, b: {"detail": [{**item, "msg": ""} for item in b["detail"]]} if "detail" in b else b)),
        Fault("nowhere", "errors.validation-location",
              sent=_change_errors(lambda _s, b: {"detail": [{**item, "loc": ["body"]} for item in b["detail"]]} if "detail" in b else b)),
        Fault("traceback-shown", "errors.no-internals",
              sent=_change_errors(lambda _s, b: {**b, "trace": 'Traceback (most recent call last):\n  File "/srv/api/app.py", line 12'})),
        # collections.create
        Fault("name-trimmed", "collections.create.echoes-name", "edge",
              made=lambda _o, _s, a: _change_at(a, "collection_name", change=str.strip)),
        Fault("name-cut-at-255", "collections.create.echoes-name", "edge",
              made=lambda _o, _s, a: _change_at(a, "collection_name", change=lambda name: name[:255])),
        Fault("empty-description-null", "collections.create.echoes-description", "edge",
              made=lambda _o, _s, a: _change_at(a, "description", change=lambda text: text or None)),
        Fault("empty-metadata-null", "collections.create.echoes-metadata", "edge",
              made=lambda _o, _s, a: _change_at(a, "metadata", change=lambda data: data or None)),
        Fault("enabled-forgotten", "collections.create.echoes-enabled", "edge",
              made=lambda o, _s, a: {**a, "enabled": True} if o == "create_collection" else a),
        Fault("disabled-at-first", "collections.create.enabled-default",
              made=lambda o, s, a: {**a, "enabled": s.get("enabled", False)} if o == "create_collection" else a),
        Fault("taxonomies-sorted", "collections.create.echoes-taxonomies", "edge",
              made=lambda _o, _s, a: _change_at(a, "taxonomy_applications", change=lambda items: sorted(items, key=lambda item: item["taxonomy_id"]))),
        Fault("null-cache-is-default", "collections.create.null-is-absent", "edge",
              made=lambda o, s, a: {**a, "cache_config": {"enabled": False}} if o == "create_collection" and "cache_config" in s
              and s["cache_config"] is None else a),
        Fault("unknown-fields-refused", "collections.create.tolerates-unknown-fields",
              details=lambda o, b, d: [*d, PROBLEM] if o == "create_collection" and b.keys() & {"x_unknown"} else d),
        Fault("name-optional", "collections.create.requires-name", parsed=lambda _o, b: b if "source" not in b else {"collection_name": "?", **b}),
        Fault("empty-description-refused", "collections.create.accepts-valid", "edge",
              details=lambda _o, b, d: [*d, PROBLEM] if b.get("description") == "" else d),
        Fault("numbers-as-strings", "collections.create.strict-scalars",
              parsed=lambda _o, b: _change_at(b, "cache_config", "ttl_seconds", change=lambda ttl: int(ttl) if str(ttl).isdigit() else ttl)),
        Fault("null-lists-accepted", "collections.create.rejects-null-in-required",
              parsed=lambda _o, b: {k: v for k, v in b.items() if v is not None}),
        Fault("metadata-any-type", "collections.create.rejects-wrong-types", details=lambda _o, _b, d: _ignore_fields(d, "metadata")),
        Fault("unknown-status", "collections.create.status-enum",
              made=lambda o, _s, a: {**a, "status": "READY"} if o == "create_collection" else a),
        Fault("untyped-schema", "collections.create.output-schema", "edge",
              made=lambda _o, _s, a: _change_at(a, "output_schema", "properties", change=lambda items: {key: {} for key in items})),
        Fault("dashed-ids", "collections.create.id-format",
              made=lambda _o, _s, a: _change_at(a, "collection_id", change=lambda identifier: identifier.replace("col_", "col-"))),
        Fault("ids-run-out", "documents.create.id-unique", "rare", installed=_run_out_of_ids),
        # source, filters, feature extractors
        Fault("type-case-ignored", "source.type-enum", "edge",
              parsed=lambda _o, b: _change_at(b, "source", "type", change=lambda kind: kind.lower() if isinstance(kind, str) else kind)),
        Fault("bucket-id-optional", "source.bucket-needs-bucket-id",
              details=lambda _o, _b, d: [item for item in d if item["msg"] != "a bucket source needs a bucket_id"]),
        Fault("zero-operand-lost", "filters.echoes-verbatim", "edge",
              made=_change_source_filters(lambda f: _change_conditions(f, lambda c, _d: {**c, "value": c.get("value") or None}))),
        Fault("third-level-lost", "filters.echoes-verbatim", "edge",
              made=_change_source_filters(lambda f: _change_groups(f, lambda g, d: g if d < 3 else {"AND": []}))),
        Fault("not-becomes-and", "filters.echoes-verbatim", "edge",
              made=_change_source_filters(lambda f: _change_groups(f, lambda g, d: {("AND" if k == "NOT" and d == 4 else k): v for k, v in g.items()}))),
        Fault("default-operator-ne", "filters.operator-default", "edge",
              made=_change_source_filters(lambda f: _change_conditions(f, lambda c, _d: {"operator": "ne", **c}))),
        Fault("case-sensitive-at-first", "filters.case-sensitive-default", made=_change_source_filters(lambda f: {"case_sensitive": True, **f})),
        Fault("regex-refused", "filters.accepts-every-operator", "edge",
              details=lambda _o, b, d: [*d, PROBLEM] if "'regex'" in str(b.get("source")) else d),
        Fault("four-levels-at-most", "filters.accepts-nesting", "edge",
              details=lambda _o, b, d: [*d, PROBLEM] if _depth((b.get("source") or {}).get("filters") if isinstance(b.get("source"), dict) else 0) > 4
              else d),
        Fault("like-accepted", "filters.rejects-unknown-operator", details=lambda _o, _b, d: _ignore_fields(d, "operator")),
        Fault("groups-of-anything", "filters.rejects-non-list-group",
              details=lambda _o, _b, d: _ignore_kinds(d, "list_type")),
        Fault("extractors-sorted", "feature-extractors.echoes-in-order", "edge",
              made=lambda _o, _s, a: _change_at(a, "feature_extractors", change=lambda items: items[:2] + items[2:][::-1])),
        Fault("version-optional", "feature-extractors.requires-version",
              parsed=lambda _o, b: _change_at(b, "feature_extractors", change=lambda items: [{"version": "v1", **item} if isinstance(item, dict) else item
                                                                               for item in items] if isinstance(items, list) else items)),
        # cache config
        Fault("zero-ttl-is-default", "cache-config.echoes", "edge", made=_change_cache("ttl_seconds", change=lambda ttl: ttl or 604_800)),
        Fault("zero-threshold-lost", "cache-config.echoes", "edge", made=_change_cache("score_threshold", change=lambda score: score or None)),
        Fault("default-ttl-an-hour", "cache-config.default-ttl",
              made=lambda _o, s, a: a if "ttl_seconds" in (s.get("cache_config") or {}) else _change_at(a, "cache_config", "ttl_seconds", change=lambda _: 3600)),
        Fault("empty-cache-is-none", "cache-config.default-enabled", "edge",
              made=lambda o, s, a: {**a, "cache_config": None} if o == "create_collection" and not s.get("cache_config") else a),
        Fault("defaults-only-when-empty", "cache-config.default-strategy", "edge",
              made=lambda _o, s, a: _change_at(a, "cache_config", "invalidation_strategy", change=lambda strategy: strategy
                                        if len(s["cache_config"] or ()) < 2 or "invalidation_strategy" in s["cache_config"] else None)),
        Fault("events-by-action", "cache-config.events-in-order", "edge",
              made=_change_cache("invalidation_events", change=lambda items: sorted(items, key=lambda item: item["action"]))),
        Fault("second-event-lost", "cache-config.echoes", "edge", made=_change_cache("invalidation_events", change=lambda items: items[:1])),
        Fault("retrievers-lower-case", "cache-config.retrievers-by-key", "edge",
              made=_change_cache("retriever_configs", change=lambda items: {key.lower(): item for key, item in items.items()})),
        Fault("recompute-at-once", "cache-config.default-recompute", "edge",
              parsed=lambda _o, b: _change_at(b, "cache_config", "invalidation_events", change=lambda items: [
                  {"recompute_strategy": "immediate", **item} if isinstance(item, dict) else item for item in items] if isinstance(items, list) else items)),
        Fault("retriever-disabled", "cache-config.default-retriever-enabled", "edge",
              made=lambda _o, s, a: _change_at(a, "cache_config", "retriever_configs", change=lambda items: {
                  key: {**item, "enabled": s["cache_config"]["retriever_configs"][key].get("enabled", False)} for key, item in items.items()})),
        Fault("negative-ttl", "cache-config.rejects-negative-ttl",
              details=lambda _o, _b, d: [item for item in d if item["msg"] != "must not be negative"]),
        Fault("first-retriever-checked-only", "collections.create.rejects-wrong-types", "rare", details=_ignore_later_retrievers),
        # lineage
        Fault("grandparents-lost", "lineage.extends-parent", "edge",
              made=lambda _o, _s, a: _change_at(a, "source_lineage", change=lambda items: items if len(items) < 3 else items[-2:])),
        Fault("lineage-reversed", "lineage.ends-with-source", "edge",
              made=lambda _o, _s, a: _change_at(a, "source_lineage", change=lambda items: items[::-1])),
        Fault("prefix-lost", "lineage.ends-with-source", "edge",
              made=lambda _o, _s, a: _change_at(a, "source_lineage", change=lambda items: [
                  {**item, "bucket_config": item["bucket_config"] and {k: v for k, v in item["bucket_config"].items() if k != "prefix_key"}}
                  for item in items])),
        # documents
        Fault("document-id-dashed", "documents.create.id-format",
              made=_change_document(lambda _s, a: {"document_id": a["document_id"].replace("doc_", "doc-")})),
        Fault("missing-is-422", "documents.create.unknown-collection",
              sent=lambda o, _b, r: (422, *r[1:]) if o == "create_document" and r[0] == 404 else r),
        Fault("falsy-fields-lost", "documents.create.user-fields-at-root", "edge",
              made=lambda o, _s, a: {key: value for key, value in a.items() if value or key in ("metadata", "features", "document_blobs")}
              if o == "create_document" else a),
        Fault("tags-deduplicated", "documents.create.user-fields-verbatim", "edge",
              made=_change_document(lambda _s, a: _change_own_fields(a, lambda value: list(dict.fromkeys(value)) if isinstance(value, list)
                                            and all(isinstance(item, str) for item in value) else value))),
        Fault("metadata-merged", "documents.create.metadata-verbatim",
              made=_change_document(lambda _s, a: {"metadata": {**a["metadata"], "ingested": True}} if "metadata" in a else {})),
        Fault("created-at-the-root", "documents.create.no-system-fields-at-root",
              made=_change_document(lambda _s, a: {"created_at": a["_internal"]["created_at"]})),
        Fault("client-picks-id", "documents.create.internal-is-server-managed",
              made=_change_document(lambda s, _a: {"document_id": s["document_id"]} if "document_id" in s else {})),
        Fault("step-extractor-optional", "documents.create.lineage-step-required-fields",
              details=lambda _o, _b, d: _ignore_fields(d, "lineage_chain")),
        Fault("any-schema-version", "documents.create.schema-version", details=lambda _o, _b, d: _ignore_fields(d, "document_schema_version")),
        Fault("second-feature-unchecked", "documents.create.feature-required-fields", "rare",
              details=lambda _o, _b, d: [item for item in d if item["loc"][1:2] != ["features"] or item["loc"][2:3] in ([], [0])]),
        Fault("body-wins", "documents.create.path-and-body-disagree",
              sent=lambda o, b, r: _believe_body(b, r) if o == "create_document" and r[0] == 400 else r),
        # internal
        Fault("no-internal", "internal.present", made=_change_document(lambda _s, _a: {"_internal": None})),
        Fault("naive-times", "internal.timestamps", made=_change_internal("created_at", change=lambda at: at.rstrip("Z"))),
        Fault("clock-a-day-late", "internal.created-now",
              made=lambda _o, _s, a: _change_internal("updated_at", change=_a_day_later)(_o, _s, _change_internal("created_at", change=_a_day_later)(_o, _s, a))),
        Fault("updated-first", "internal.created-before-updated", made=_change_internal("updated_at", change=lambda _: "2020-01-01T00:00:00Z")),
        Fault("chain-by-collection", "internal.chain-in-order", "edge", made=_change_internal("lineage", "chain", change=lambda items: items[:1] + items[1:][::-1])),
        Fault("chain-local-times", "internal.chain-in-order", "edge",
              made=_change_internal("lineage", "chain", change=lambda items: [{**item, "timestamp": item["timestamp"][:19] + "Z"} for item in items])),
        Fault("source-type-lost", "internal.lineage-echoes", made=_change_internal("lineage", "source_type", change=lambda _: None)),
        Fault("path-always-derived", "internal.lineage-path-given",
              made=lambda _o, s, a: _change_internal("lineage", "path", change=lambda p: p if "lineage_path" not in s else f"x/{a['collection_id']}")(_o, s, a)),
        Fault("path-without-bucket", "internal.lineage-path-derived", "edge",
              made=lambda _o, s, a: _change_internal("lineage", "path", change=lambda p: p if s.get("lineage_path") else a["collection_id"])(_o, s, a)),
        Fault("fields-in-internal", "internal.no-user-fields",
              made=_change_document(lambda s, a: {"_internal": {**a["_internal"], **{k: v for k, v in s.items() if k in a and not k.endswith("_id")}}})),
        # robustness
        Fault("long-text-cut", "robustness.long-strings", "edge",
              made=lambda _o, _s, a: _change_at(a, "description", change=lambda text: text and text[:65_535])),
        Fault("markup-escaped", "robustness.hostile-strings", "edge",
              made=lambda _o, _s, a: _change_at(a, "description", change=lambda text: text and html.escape(text, quote=False))),
        Fault("thousand-steps", "robustness.many-items", "edge",
              made=_change_internal("lineage", "chain", change=lambda items: items[:1000])),
)  # fmt: skip
