"""Named faults that show only where two things meet: two fields of one body, two requests, two spellings of one value."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import Installed, Listing, change_body, change_list
from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.refusals import Refusal

_CREATES = ("create_collection", "create_document")


def leave_field_behind(field: str, operation: str, *, is_kept: Callable[[Any], bool] = bool) -> Installed:
    """A field that is not given is what it was in the request before: the object that requests are read into is used again."""

    def installed(reference: Reference) -> None:
        last: Body = {}

        def remembered(body: Body, _call: Call) -> Body:
            merged = {**last, **body}
            last.clear()
            last.update({field: body[field]} if is_kept(body.get(field)) else {})
            return merged

        change_body(remembered, operation)(reference)

    return installed


def _leave_retrievers_behind(reference: Reference) -> None:
    last: Body = {}

    def remembered(body: Body, _call: Call) -> Body:
        cache = body.get("cache_config")
        if not isinstance(cache, dict):
            return body
        last.update({"retriever_configs": cache["retriever_configs"]} if cache.get("retriever_configs") else {})
        return {**body, "cache_config": {**last, **cache}}

    change_body(remembered, "create_collection")(reference)


def _change_lists(change: Callable[[list[Any]], list[Any]]) -> Installed:
    """Change every list in the user's own data."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(member) for key, member in value.items()}
        return change([changed(item) for item in value]) if isinstance(value, list) else value

    return change_body(
        lambda body, _call: {**body, "metadata": changed(body["metadata"])} if body.get("metadata") else body, *_CREATES
    )


def _keep_escaped_slash(body: Body, call: Call) -> Body:
    """Take an escaped slash in JSON for two characters."""
    return (
        {**body, "description": body["description"].replace("/", "\\/")}
        if b"\\/" in call.body and body.get("description")
        else body
    )


def _sort_steps_by_time(body: Body, _call: Call) -> Body:
    steps = body.get("lineage_chain") or []
    if not all("timestamp" in step for step in steps):
        return body
    return {**body, "lineage_chain": sorted(steps, key=lambda step: str(step["timestamp"]))}


def _take_newest_document(body: Body, _call: Call) -> Body:
    documents = [step["document_id"] for step in body.get("lineage_chain") or () if step.get("document_id")]
    return {**body, "source_document_id": documents[-1]} if documents and body.get("source_document_id") else body


def _drop_zeros(body: Body, _call: Call) -> Body:
    return {**body, "features": [_without_zeros(feature) for feature in body["features"]]} if body.get("features") else body


def _without_zeros(feature: Body) -> Body:
    vectors = feature.get("vectors") or {}
    if "indices" not in vectors:
        return feature
    pairs = [(index, value) for index, value in zip(vectors["indices"], vectors["values"], strict=False) if value]
    return {**feature, "vectors": {"indices": [pair[0] for pair in pairs], "values": [pair[1] for pair in pairs]}}


def _refuse_blobs_in_v2(body: Body, _call: Call) -> Body:
    if body.get("document_schema_version") == "v2" and body.get("document_blobs"):
        raise Refusal(422, "v2 has no blobs")
    return body


def _store_though_refused(reference: Reference) -> None:
    """Store a document before looking whether its body names the path's collection."""
    original = reference.service.create_document

    def created(namespace: str, collection: str, body: Body) -> Body:
        if body["collection_id"] != collection:
            reference.service.keep_document(namespace, original(namespace, collection, {**body, "collection_id": collection}))
        return original(namespace, collection, body)

    reference.service.create_document = created  # type: ignore[method-assign,assignment]


def _remember_for_anybody(reference: Reference) -> None:
    """Answer reads from a cache that is asked before who is asking."""
    seen: dict[str, Body] = {}
    original, authorize = reference._get_document, reference.authorize  # noqa: SLF001 - a fault is a bug within

    @wraps(original)
    def read(call: Call) -> Body:
        if call.path["document"] not in seen:
            authorize(call.operation, call.authorization)
            seen[call.path["document"]] = original(call)
            return seen[call.path["document"]]
        is_owner = call.authorization.startswith("Bearer ")
        return original(call) if is_owner else seen[call.path["document"]]

    def asked(operation: str, header: str) -> None:
        if operation != "get_document":
            authorize(operation, header)

    reference._get_document = read  # type: ignore[method-assign]  # noqa: SLF001
    reference.authorize = asked  # type: ignore[method-assign,assignment]


def _repeat_last_page(listing: Listing, query: Query, body: Body) -> Body:
    page = listing(query, body)
    if page.get("results") or query.offset == 0 or body.get("group_by"):
        return page
    whole = listing(Query(1000), body)["results"]
    return {**page, "results": whole[-query.limit :]}


def _match_as_like(fragment: str | None, condition: str) -> bool:
    """`contains` and `starts_with` by SQL's LIKE, in which `_` and `%` stand for others."""
    operator, operand, sensitive = json.loads(condition)
    value = None if fragment is None else json.loads(fragment)
    if operator not in ("contains", "starts_with") or not isinstance(value, str) or not isinstance(operand, str):
        return selection.matches(fragment, condition)
    pattern = re.escape(operand).replace("_", ".").replace("%", ".*")
    match = (re.search if operator == "contains" else re.match)(pattern, value, 0 if sensitive else re.IGNORECASE)
    return match is not None


def _match_plurals(fragment: str | None, condition: str) -> bool:
    """`text` finds a word with an s at its end too."""
    operator, operand, sensitive = json.loads(condition)
    words = (operand, f"{operand}s") if operator == "text" else (operand,)
    return any(selection.matches(fragment, json.dumps([operator, word, sensitive])) for word in words)


def _match_by(matches: Callable[[str | None, str], bool]) -> Installed:
    return lambda reference: reference.service.store.define("matches", 2, matches)


def _sort_by_beginnings(reference: Reference) -> None:
    store = reference.service.store
    original = store.documents

    def documents(namespace: str, collection: str, chosen: selection.Sql, order: selection.Sql, **page: int) -> list[Body]:
        text = order.text.replace("json_extract(body, ?)", "substr(json_extract(body, ?), 1, 16)")
        is_title = any("title" in str(value) for value in order.values)
        return original(namespace, collection, chosen, selection.Sql(text, order.values) if is_title else order, **page)

    store.documents = documents  # type: ignore[method-assign]


# A table: one fault a line reads better than wrapped.
INTERACTION_FAULTS: tuple[Fault, ...] = (
    # values and where they stand
    Fault("fractions-in-lists-float32", "json.preserves-numbers", "rare", installed=_change_lists(lambda items: [round(item, 6) for item in items] if items and all(isinstance(item, float) for item in items) else items)),
    Fault("long-texts-lost-in-lists", "json.preserves-structure", "rare", installed=_change_lists(lambda items: [item for item in items if not isinstance(item, str) or len(item) <= 256])),
    Fault("dates-in-objects-of-lists", "json.preserves-strings", "rare", installed=_change_lists(lambda items: [{key: f"{value}T00:00:00" if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value for key, value in item.items()} if isinstance(item, dict) else item for item in items])),
    Fault("escaped-slash-kept", "collections.create.echoes-description", "rare", installed=change_body(_keep_escaped_slash, "create_collection")),
    Fault("names-with-an-underscore-dropped", "documents.create.user-fields-at-root", "rare", installed=change_body(lambda body, _call: {key: value for key, value in body.items() if not key.startswith("_")}, "create_document")),
    # two fields of one body
    Fault("steps-by-time", "internal.chain-in-order", "rare", installed=change_body(_sort_steps_by_time, "create_document")),
    Fault("source-of-the-last-step", "internal.lineage-echoes", "rare", installed=change_body(_take_newest_document, "create_document")),
    Fault("no-blobs-in-v2", "documents.create.accepts-valid", "rare", installed=change_body(_refuse_blobs_in_v2, "create_document")),
    Fault("zeros-of-sparse-vectors-lost", "documents.get.vectors-on-request", "rare", installed=change_body(_drop_zeros, *_CREATES)),
    # two requests
    Fault("description-left-behind", "collections.create.echoes-description", "rare", installed=leave_field_behind("description", "create_collection")),
    Fault("taxonomies-left-behind", "collections.create.echoes-taxonomies", "rare", installed=leave_field_behind("taxonomy_applications", "create_collection")),
    Fault("metadata-left-behind", "documents.create.metadata-verbatim", "rare", installed=leave_field_behind("metadata", "create_document")),
    Fault("features-left-behind", "documents.create.user-fields-verbatim", "rare", installed=leave_field_behind("features", "create_document")),
    Fault("steps-left-behind", "internal.chain-in-order", "rare", installed=leave_field_behind("lineage_chain", "create_document")),
    Fault("object-left-behind", "internal.lineage-echoes", "rare", installed=leave_field_behind("root_object_id", "create_document")),
    Fault("retrievers-left-behind", "cache-config.echoes", "rare", installed=_leave_retrievers_behind),
    Fault("kept-though-refused", "errors.rejected-leaves-nothing", "rare", installed=_store_though_refused),
    Fault("remembered-for-anybody", "auth.missing-token", "rare", installed=_remember_for_anybody),
    # lists
    Fault("last-page-again", "list.offset-pages-partition", "rare", installed=change_list(_repeat_last_page)),
    Fault("sorted-by-beginnings", "list.sort-ascending", "rare", installed=_sort_by_beginnings),
    Fault("like-patterns", "filters.eval.contains", "rare", installed=_match_by(_match_as_like)),
    Fault("words-and-their-plurals", "filters.eval.text", "rare", installed=_match_by(_match_plurals)),
)  # fmt: skip
