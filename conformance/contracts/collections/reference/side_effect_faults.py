"""Named faults that do too much: to a neighbour of what a request is about, after a refusal, or with what an earlier request sent."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Answer, Body, Call, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    SYSTEM,
    Handler,
    Installed,
    Listing,
    authorize_afterwards,
    change_body,
    change_handlers,
    change_list,
    change_page,
    change_patch_after_put,
    change_presentation,
    change_update,
    place_of,
    without,
)
from conformance.contracts.collections.reference.interaction_faults import leave_field_behind
from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.refusals import Refusal

_UPDATES = ("patch_document", "put_document")
_COLLECTION = "create_collection"


def _documents(reference: Reference, namespace: str, collection: str) -> list[Body]:
    page = {"limit": 1000, "offset": 0}
    return reference.service.store.documents(namespace, collection, selection.EVERYTHING, selection.AS_ADDED, **page)


def _other_documents(reference: Reference, call: Call) -> list[Body]:
    """Return the other documents of the collection that a call names."""
    return [document for document in _documents(reference, *place_of(call)[:2]) if document["document_id"] != call.path["document"]]


def _replace_document(reference: Reference, call: Call, document: Body) -> None:
    reference.service.store.replace_document(call.namespace, document["collection_id"], document["document_id"], document)


def _afterwards(*operations: str, change: Callable[[Reference, Call], None]) -> Installed:
    """Do something more once a request of these operations has been served."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        answer = original(call)
        change(reference, call)
        return answer

    return change_handlers(*operations, change=changed)


def _change_others(*operations: str, change: Callable[[Body], Body]) -> Installed:
    """Change the other documents of a collection when one of them is changed."""

    def changed(reference: Reference, call: Call) -> None:
        for document in _other_documents(reference, call):
            _replace_document(reference, call, change(document))

    return _afterwards(*operations, change=changed)


def _parent_id(collection: Body) -> str | None:
    entry = collection["source_lineage"][-1]
    return entry["collection_id"] if entry["source_type"] == "collection" else None


def _follow_family(act: Callable[[Reference, str, str], None], *, is_down: bool) -> Installed:
    """When a collection is deleted, act on those that were made of it, or (`is_down` is false) on the one that it was made of."""

    def installed(reference: Reference) -> None:
        parents: dict[str, str] = {}

        def remember(_reference: Reference, original: Handler, call: Call) -> Body:
            collection = original(call)
            if (parent := _parent_id(collection)) is not None:
                parents[collection["collection_id"]] = parent
            return collection

        def follow(_reference: Reference, call: Call) -> None:
            deleted = call.path["collection"]
            relatives = [child for child, parent in parents.items() if parent == deleted] if is_down else [parents.get(deleted)]
            for relative in relatives:
                if relative is not None and reference.service.store.collection(call.namespace, relative) is not None:
                    act(reference, call.namespace, relative)

        change_handlers(_COLLECTION, change=remember)(reference)
        _afterwards("delete_collection", change=follow)(reference)

    return installed


def _remove_collection(reference: Reference, namespace: str, collection: str) -> None:
    reference.service.store.remove_collection(namespace, collection)


def _remove_documents(reference: Reference, namespace: str, collection: str) -> None:
    for document in _documents(reference, namespace, collection):
        reference.service.store.remove_document(namespace, collection, document["document_id"])


def _cut_lineage(reference: Reference, namespace: str, collection: str) -> None:
    store = reference.service.store
    orphan = store.collection(namespace, collection)
    assert orphan is not None
    store.remove_collection(namespace, collection)
    store.add_collection(namespace, collection, {**orphan, "source_lineage": orphan["source_lineage"][-1:]})


def _lineage(document: Body) -> Body:
    lineage: Body = document["_internal"]["lineage"]
    return lineage


def _delete_derived(reference: Reference, original: Handler, call: Call) -> Body:
    """Delete with a document those that were made from it."""
    derived = [
        document
        for document in _other_documents(reference, call)
        if _lineage(document)["source_document_id"] == call.path["document"]
    ]
    answer = original(call)
    for document in derived:
        reference.service.store.remove_document(call.namespace, call.path["collection"], document["document_id"])
    return answer


def _delete_source(reference: Reference, original: Handler, call: Call) -> Body:
    """Delete with a document the one that it was made from."""
    document = reference.service.get_document(*place_of(call))
    answer = original(call)
    if (source := _lineage(document)["source_document_id"]) is not None:
        reference.service.store.remove_document(call.namespace, call.path["collection"], source)
    return answer


def _forget_source(reference: Reference, call: Call) -> None:
    """Forget in others that they were made from a document, now that it is gone."""
    for document in _other_documents(reference, call):
        if _lineage(document)["source_document_id"] == call.path["document"]:
            lineage = {**_lineage(document), "source_document_id": None}
            _replace_document(reference, call, {**document, "_internal": {**document["_internal"], "lineage": lineage}})


def _delete_referring(reference: Reference, call: Call) -> None:
    """Delete with a collection all documents, wherever they are, that say they come from it."""
    rows = reference.service.store._all("SELECT collection, id, body FROM documents WHERE namespace = ?", call.namespace)  # noqa: SLF001
    for collection, identifier, body in rows:
        if _lineage(json.loads(body))["source_collection_id"] == call.path["collection"]:
            reference.service.store.remove_document(call.namespace, collection, identifier)


def _count_changes(*operations: str) -> Installed:
    """Count each change of a document as one more document."""

    def installed(reference: Reference) -> None:
        extra: dict[str, int] = {}

        def counted(_reference: Reference, call: Call) -> None:
            extra[call.path["collection"]] = extra.get(call.path["collection"], 0) + 1

        original = reference.service.store.count

        def count(namespace: str, collection: str, chosen: selection.Sql) -> int:
            return original(namespace, collection, chosen) + extra.get(collection, 0)

        reference.service.store.count = count  # type: ignore[method-assign]
        _afterwards(*operations, change=counted)(reference)

    return installed


def _act_though_refused(operation: str, when: Callable[[Refusal], bool], act: Callable[[Reference, Call], None]) -> Installed:
    """Do something although the request is refused."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        try:
            return original(call)
        except Refusal as refusal:
            if when(refusal):
                act(reference, call)
            raise

    return change_handlers(operation, change=changed)


def _store_document(reference: Reference, call: Call) -> None:
    collection = call.path["collection"]
    if reference.service.store.collection(call.namespace, collection) is None:
        return
    document = reference.service.create_document(call.namespace, collection, {"collection_id": collection})
    reference.service.keep_document(call.namespace, document)


def _store_too_large(reference: Reference, call: Call) -> None:
    if call.operation == "create_document" and not call.body and call.content_type is not None:
        _store_document(reference, call)


def _apply_patch(reference: Reference, call: Call) -> None:
    """Apply what can be read of an update that is refused."""
    if reference.service.store.document(*place_of(call)) is None:
        return
    try:
        given = json.loads(call.body)
    except ValueError:
        given = {}
    title = given.get("title") if isinstance(given, dict) else None
    reference.service.patch_document(*place_of(call), {"title": title if isinstance(title, str) else "refused"})


def _clear_document(reference: Reference, call: Call) -> None:
    """Clear a document before the body that is to replace it is looked at."""
    if reference.service.store.document(*place_of(call)) is not None:
        reference.service.put_document(*place_of(call), {})


def _delete_first(reference: Reference, call: Call) -> None:
    """Delete the first document where the one that was meant is not there."""
    documents = _documents(reference, *place_of(call)[:2])
    if documents:
        reference.service.store.remove_document(*place_of(call)[:2], documents[0]["document_id"])


def _copy_document(reference: Reference, call: Call) -> None:
    """Leave a document where it was looked for in vain."""
    owner = reference.service.store.owner("documents", call.path["document"])
    if owner is not None and owner[1] != call.path["collection"] and reference.service.store.collection(*place_of(call)[:2]):
        document = reference.service.get_document(owner[0], owner[1], call.path["document"])
        reference.service.keep_document(call.namespace, {**document, "collection_id": call.path["collection"]})


def _delete_anywhere(reference: Reference, call: Call) -> None:
    owner = reference.service.store.owner("documents", call.path["document"])
    if owner is not None:
        reference.service.store.remove_document(owner[0], owner[1], call.path["document"])


def _has_status(*statuses: int) -> Callable[[Refusal], bool]:
    return lambda refusal: refusal.status in statuses


def _is_malformed(refusal: Refusal) -> bool:
    return refusal.status == 400 and "JSON" in refusal.message


def _remember_when_refused(field: str, operation: str) -> Installed:
    """Keep a field of a refused request for the next one that does not give it."""

    def installed(reference: Reference) -> None:
        original, last = reference.valid_body, {}  # type: ignore[var-annotated]

        def valid_body(call: Call) -> Body:
            if call.operation != operation:
                return original(call)
            try:
                body = {**last, **original(call)}
            except Refusal:
                last.update(_read_field(call.body, field))
                raise
            last.clear()
            return body

        reference.valid_body = valid_body  # type: ignore[method-assign]

    return installed


def _read_field(body: bytes, field: str) -> Body:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return {field: value[field]} if isinstance(value, dict) and isinstance(value.get(field), str | int) else {}


def _fill_from_parent(change: Callable[[Body, Body], Body]) -> Installed:
    """Fill in what a collection made of a collection does not say with what its parent has; `change` sees what is sent and the parent."""

    def installed(reference: Reference) -> None:
        original = reference.service.create_collection

        def created(namespace: str, body: Body) -> Body:
            if body["source"]["type"] == "collection":
                body = {**body, **change(body, reference.service.get_collection(namespace, body["source"]["collection_id"]))}
            return original(namespace, body)

        reference.service.create_collection = created  # type: ignore[method-assign]

    return installed


def _inherit(field: str) -> Installed:
    return _fill_from_parent(lambda body, parent: {} if field in body else {field: parent[field]})


def _inherit_source(field: str) -> Installed:
    def change(body: Body, parent: Body) -> Body:
        entry = parent["source_lineage"][-1]
        config = entry["bucket_config"] or entry["collection_config"] or {}
        return {"source": {**({field: config[field]} if config.get(field) else {}), **body["source"]}}

    return _fill_from_parent(change)


def _inherit_parameters(body: Body, parent: Body) -> Body:
    known = {extractor["feature_extractor_name"]: extractor.get("parameters") or {} for extractor in parent["feature_extractors"]}
    return {
        "feature_extractors": [
            {
                **extractor,
                "parameters": {**known.get(extractor["feature_extractor_name"], {}), **(extractor.get("parameters") or {})},
            }
            for extractor in body["feature_extractors"]
        ]
    }


def _inherit_cache(body: Body, parent: Body) -> Body:
    cache = body.get("cache_config")
    return {} if cache is None or not parent["cache_config"] else {"cache_config": {**parent["cache_config"], **cache}}


def _leave_cache_behind(*fields: str) -> Installed:
    """A cache configuration's fields are what they were in the last request, unless they are given."""

    def installed(reference: Reference) -> None:
        last: Body = {}

        def remembered(body: Body, _call: Call) -> Body:
            cache = body.get("cache_config")
            if not isinstance(cache, dict):
                return body
            merged = {**last, **cache}
            last.clear()
            last.update({name: cache[name] for name in fields if name in cache})
            return {**body, "cache_config": merged}

        change_body(remembered, _COLLECTION)(reference)

    return installed


def _show_metadata_of_collection(reference: Reference, original: Handler, call: Call) -> Body:
    """Answer a document without metadata with those of its collection."""
    document = original(call)
    collection = reference.service.get_collection(call.namespace, call.path["collection"])
    return document if document.get("metadata") or not collection["metadata"] else {**document, "metadata": collection["metadata"]}


def _share_object(page: Body) -> Body:
    """Fill one object with each row of a list in turn: what a row lacks is what the row before it had."""
    before: Body = {}
    rows = []
    for document in page.get("results") or ():
        before = {**before, **document}
        rows.append(before)
    return {**page, "results": rows} if rows else page


def _share_buffer(*operations: str) -> Installed:
    """Answer with the fields of the document that was answered before, where this one has none."""

    def installed(reference: Reference) -> None:
        before: Body = {}

        def changed(_reference: Reference, original: Handler, call: Call) -> Body:
            answer = original(call)
            own = {key: value for key, value in answer.items() if key not in SYSTEM}
            merged = {**before, **answer}
            before.clear()
            before.update(own)
            return merged

        change_handlers(*operations, change=changed)(reference)

    return installed


def _keep_at_most(count: int, *path: str, operation: str) -> Installed:
    """Keep so many items of a list, or of a map, and forget the others."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return dict(list(value.items())[:count])
        return value[:count] if isinstance(value, list) else value

    def within(value: Any, keys: tuple[str, ...]) -> Any:
        if not keys:
            return cut(value)
        if isinstance(value, list):
            return [within(item, keys) for item in value]
        if not isinstance(value, dict) or keys[0] not in value:
            return value
        return {**value, keys[0]: within(value[keys[0]], keys[1:])}

    return change_body(lambda body, _call: within(body, path), operation)


def _keep_operands_at_most(count: int) -> Installed:
    """Keep so many operands of each list in a source's filters."""

    def cut(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: value[:count] if key == "value" and isinstance(value, list) else cut(value) for key, value in node.items()}
        return [cut(item) for item in node] if isinstance(node, list) else node

    return change_body(lambda body, _call: {**body, "source": cut(body["source"])}, _COLLECTION)


def _lose_single_item(*path: str, operation: str) -> Installed:
    """Take a list of one item for nothing."""

    def change(body: Body, _call: Call) -> Body:
        *outer, last = path
        node: Any = body
        for key in outer:
            node = node.get(key) or {}
        return body if len(node.get(last) or ()) != 1 else _without_at(body, path)

    return change_body(change, operation)


def _without_at(body: Body, path: tuple[str, ...]) -> Body:
    if len(path) == 1:
        return without(body, path[0])
    return {**body, path[0]: _without_at(body[path[0]], path[1:])}


def _cut_selection(body: Body, _call: Call) -> Body:
    return {**body, "select": body["select"][:50]} if body.get("select") else body


def _crash_if(operation: str, test: Callable[[Any], bool]) -> Callable[[str, bytes, Answer], Answer]:
    """Fail where a body's JSON is something that nobody thought of."""

    def sent(called: str, body: bytes, response: Answer) -> Answer:
        try:
            return (500, *response[1:]) if called == operation and test(json.loads(body)) else response
        except (ValueError, RecursionError):
            return response

    return sent


def _nodes(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(node for child in inner for node in _nodes(child))]


def _is_mixed(node: Any) -> bool:
    return isinstance(node, dict) and "field" in node and bool(node.keys() & {"AND", "OR", "NOT"})


def _value_at(body: Any, *path: str) -> Any:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _vectors(body: Any) -> list[Any]:
    return [node["vectors"] for node in _nodes(body) if isinstance(node, dict) and "vectors" in node]


def _holds_text(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(node, str) for vector in value.values() for node in _nodes(vector))


def _drop_null_mappings(operation: str, body: Body) -> Body:
    if operation != _COLLECTION or not isinstance(body.get("feature_extractors"), list):
        return body
    dropped = [
        _without_null_mappings(extractor) if isinstance(extractor, dict) else extractor for extractor in body["feature_extractors"]
    ]
    return {**body, "feature_extractors": dropped}


def _without_null_mappings(extractor: Body) -> Body:
    maps = {name: extractor[name] for name in ("input_mapping", "output_mapping") if isinstance(extractor.get(name), dict)}
    return {
        **extractor,
        **{name: {key: value for key, value in mapping.items() if value is not None} for name, mapping in maps.items()},
    }


def _drop_null_retrievers(operation: str, body: Body) -> Body:
    retrievers = _value_at(body, "cache_config", "retriever_configs")
    if operation != _COLLECTION or not isinstance(retrievers, dict):
        return body
    kept = {key: value for key, value in retrievers.items() if value is not None}
    return {**body, "cache_config": {**body["cache_config"], "retriever_configs": kept}}


def _accept_negative_entries(operation: str, body: Body) -> Body:
    entries = _value_at(body, "cache_config", "max_entries_per_key")
    is_negative = operation == _COLLECTION and isinstance(entries, int) and entries < 0
    return {**body, "cache_config": {**body["cache_config"], "max_entries_per_key": 5}} if is_negative else body


def _accept_times(test: Callable[[Any], bool]) -> Callable[[str, Body], Body]:
    """Take some times that are none for one that is."""

    def parsed(operation: str, body: Body) -> Body:
        steps = body.get("lineage_chain")
        if operation != "create_document" or not isinstance(steps, list):
            return body
        return {**body, "lineage_chain": [_with_accepted_time(step, test) for step in steps]}

    return parsed


def _with_accepted_time(step: Any, test: Callable[[Any], bool]) -> Any:
    is_taken = isinstance(step, dict) and "timestamp" in step and test(step["timestamp"])
    return {**step, "timestamp": "2026-01-01T00:00:00Z"} if is_taken else step


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _ignore_falsy(*names: str) -> Callable[[str, Body], Body]:
    """Look at a value only if it is one that counts as true, as in `if value and not isinstance(value, ...)`."""
    return lambda _operation, body: {
        key: value for key, value in body.items() if key not in names or value or value is None or value is False
    }


def _crash_for(test: Callable[[str], bool]) -> Installed:
    """Fail at some credentials."""

    def installed(reference: Reference) -> None:
        original = reference.authorize

        def authorize(operation: str, header: str) -> None:
            if test(header):
                raise Refusal(500, "the credentials cannot be read")
            original(operation, header)

        reference.authorize = authorize  # type: ignore[method-assign,assignment]

    return installed


def _let_in_if(test: Callable[[str], bool]) -> Installed:
    def installed(reference: Reference) -> None:
        original = reference.authorize
        reference.authorize = lambda operation, header: None if test(header) else original(operation, header)  # type: ignore[method-assign,assignment]

    return installed


def _parse_before_authorizing(status: int) -> Installed:
    """Read the JSON of a body before asking who sent it."""

    def installed(reference: Reference) -> None:
        original = reference.authorize

        def changed(_reference: Reference, inner: Handler, call: Call) -> Body:
            try:
                if call.body:
                    json.loads(call.body)
            except ValueError:
                raise Refusal(status, "the body is not JSON") from None
            original(call.operation, call.authorization)
            return inner(call)

        names = (_COLLECTION, "create_document", *_UPDATES, "list_documents")
        reference.authorize = lambda operation, header: None if operation in names else original(operation, header)  # type: ignore[method-assign,assignment]
        change_handlers(*names, change=changed)(reference)

    return installed


def _first_beginning_with(name: str, names: list[str]) -> str:
    """Return the first of the names that begins like the one that is looked for."""
    return next((candidate for candidate in names if candidate.startswith(name)), name)


def _select_by_beginning(listing: Listing, query: Query, body: Body) -> Body:
    if body.get("select") is None:
        return listing(query, body)
    page, exact = listing(query, without(body, "select")), listing(query, body)
    names = tuple(path.partition(".")[0] for path in body["select"])
    widened = [
        {key: value for key, value in document.items() if key in SYSTEM or key.startswith(names)} for document in page["results"]
    ]
    is_nested = any("." in path for path in body["select"])
    results = (
        exact["results"] if is_nested else [{**wide, **narrow} for wide, narrow in zip(widened, exact["results"], strict=True)]
    )
    return {**page, "results": results}


def _choose_field(key: str, choose: Callable[[str, list[str]], str]) -> Installed:
    """Order or group by another field than was asked for, chosen of the names of fields that documents have, in their order."""

    def change(listing: Listing, query: Query, body: Body) -> Body:
        wanted = body.get(key)
        if wanted is None:
            return listing(query, body)
        rows = listing(Query(1000), {})["results"]
        names = sorted({name for document in rows for name in document})
        chosen = choose(wanted["field"] if key == "sort" else wanted, names)
        return listing(query, {**body, key: {**wanted, "field": chosen} if key == "sort" else chosen})

    return change_list(change)


def _choose_by_beginning(key: str) -> Installed:
    """Order or group by the first field, in the order of the alphabet backwards, whose name begins like the one that was asked for."""
    return _choose_field(key, lambda field, names: _first_beginning_with(field, names[::-1]))


def _swap_vectors_if(test: Callable[[Body, bool], bool], *, reads_only: bool = False) -> Installed:
    """Show or hide vectors against what was asked for, where a test of them and of the flag holds."""

    def installed(reference: Reference) -> None:
        original = reference.service.shown

        def presented(document: Body, *, urls: bool = False, vectors: bool = False) -> Body:
            shown = original(document, urls=urls, vectors=vectors)
            if "features" not in document:
                return shown
            other = original(document, urls=urls, vectors=not vectors)["features"]
            pairs = zip(document["features"], shown["features"], other, strict=True)
            return {
                **shown,
                "features": [wrong if test(feature.get("vectors") or {}, vectors) else right for feature, right, wrong in pairs],
            }

        def read(_reference: Reference, inner: Handler, call: Call) -> Body:
            reference.service.shown = presented  # type: ignore[method-assign]
            try:
                return inner(call)
            finally:
                reference.service.shown = original  # type: ignore[method-assign]

        if reads_only:
            change_handlers("get_document", change=read)(reference)
        else:
            change_handlers("list_documents", change=read)(reference)

    return installed


def _is_multi(vectors: Body) -> bool:
    return any(isinstance(vector, list) and vector and isinstance(vector[0], list) for vector in vectors.values())


def _is_sparse(vectors: Body) -> bool:
    return "indices" in vectors


def _sort_indices(document: Body, _urls: bool, _vectors: bool) -> Body:  # noqa: FBT001
    def ordered(feature: Body) -> Body:
        vectors = feature.get("vectors") or {}
        return {**feature, "vectors": {**vectors, "indices": sorted(vectors["indices"])}} if "indices" in vectors else feature

    return (
        {**document, "features": [ordered(feature) for feature in document["features"]]} if document.get("features") else document
    )


def _crash_at_null_vectors(document: Body, _urls: bool, vectors: bool) -> Body:  # noqa: FBT001
    if vectors and any("vectors" in feature and feature["vectors"] is None for feature in document.get("features") or ()):
        raise Refusal(500, "no vectors")
    return document


def _take_flags_for_true(operation: str) -> Installed:
    """Take a flag of the query for true whatever it says, in requests of one operation."""

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        flags = {name: "true" for name in ("return_vectors", "return_url") if name in call.query}
        return original(replace(call, query={**dict(call.query), **flags}))

    return change_handlers(operation, change=changed)


def _delete_siblings(reference: Reference, original: Handler, call: Call) -> Body:
    """Delete with a collection all others that were made of the same one."""
    collection = reference.service.get_collection(call.namespace, call.path["collection"])
    answer, parent = original(call), _parent_id(collection)
    rows = reference.service.store._all("SELECT id, body FROM collections WHERE namespace = ?", call.namespace)  # noqa: SLF001
    for identifier, body in rows:
        if parent is not None and _parent_id(json.loads(body)) == parent:
            _remove_collection(reference, call.namespace, identifier)
    return answer


def _keep_filtered_lists(reference: Reference) -> None:
    """Lists with a filter show a deleted document for as long as nothing new is written."""
    kept: dict[tuple[Any, ...], Body] = {}

    def forgotten(_reference: Reference, original: Handler, call: Call) -> Body:
        answer = original(call)
        kept.clear()
        return answer

    def remembered(_reference: Reference, original: Handler, call: Call) -> Body:
        key = (call.namespace, call.path["collection"], str(call.query), call.body)
        if b"filters" not in call.body:
            return original(call)
        if key not in kept:
            kept[key] = original(call)
        return kept[key]

    change_handlers("list_documents", change=remembered)(reference)
    change_handlers("create_document", *_UPDATES, "delete_collection", change=forgotten)(reference)


def _keep_filtered_totals(reference: Reference) -> None:
    """The total of a filter is what it was when it was first asked for, until something is created."""
    totals: dict[tuple[Any, ...], int] = {}
    original = reference.service.store.count

    def count(namespace: str, collection: str, chosen: selection.Sql) -> int:
        key = (namespace, collection, chosen)
        return totals.setdefault(key, original(*key)) if chosen != selection.EVERYTHING else original(*key)

    reference.service.store.count = count  # type: ignore[method-assign]
    _afterwards("create_document", change=lambda _reference, _call: totals.clear())(reference)


def _fill_from_item_before(path: tuple[str, ...], key: str) -> Callable[[str, Body, Body], Body]:
    """Fill what a later item of a list, or of a map, does not say with what the one before it says."""

    def made(_operation: str, sent: Body, answer: Body) -> Body:
        given, shown = _value_at(sent, *path), _value_at(answer, *path)
        if not given or not shown:
            return answer
        pairs = list(
            zip(given.values(), shown.values(), strict=True) if isinstance(given, dict) else zip(given, shown, strict=True)
        )
        last: Any = None
        for given_item, shown_item in pairs:
            if key not in given_item and last is not None:
                shown_item[key] = last
            last = given_item.get(key, last)
        return answer

    return made


def _crash_at_item(operation: str, *path: str, test: Callable[[Any], bool]) -> Callable[[str, bytes, Answer], Answer]:
    return _crash_if(
        operation, lambda body: any(map(test, _value_at(body, *path) if isinstance(_value_at(body, *path), list) else ()))
    )


def _drop_other_items(operation: str, *path: str) -> Callable[[str, Body], Body]:
    """Leave out what is no object in a list of objects."""

    def parsed(called: str, body: Body) -> Body:
        items = _value_at(body, *path)
        if called != operation or not isinstance(items, list):
            return body
        kept = [item for item in items if isinstance(item, dict)]
        return {**body, path[0]: kept if len(path) == 1 else {**body[path[0]], path[1]: kept}}

    return parsed


def _choose_by_letters(key: str) -> Installed:
    """Order or group by the first field of a name in capitals or small letters, as columns of SQL are named."""
    return _choose_field(key, lambda field, names: next((name for name in names if name.lower() == field.lower()), field))


def _select_inner_by_beginning(listing: Listing, query: Query, body: Body) -> Body:
    """Select in an object all fields whose names begin like the one that was asked for."""
    paths = body.get("select")
    if not paths or "metadata.level" not in paths:
        return listing(query, body)
    return listing(query, {**body, "select": [*paths, "metadata.levels"]})


def _retitled(body: Body) -> Body:
    return {**body, "title": "touched"}


def _touched(body: Body) -> Body:
    return {**body, "_internal": {**body["_internal"], "updated_at": "2099-01-01T00:00:00Z"}}


def _vectorless(body: Body) -> Body:
    return {**body, "features": [without(feature, "vectors") for feature in body["features"]]} if body.get("features") else body


# A table: one fault a line reads better than wrapped.
SIDE_EFFECT_FAULTS: tuple[Fault, ...] = (
    # a) deletes and changes of one thing, and what is beside it
    Fault("delete-of-a-parent-takes-its-children", "collections.get.equals-created", "rare", installed=_follow_family(_remove_collection, is_down=True)),
    Fault("delete-of-a-child-takes-its-parent", "collections.get.equals-created", "rare", installed=_follow_family(_remove_collection, is_down=False)),
    Fault("delete-of-a-parent-empties-its-children", "documents.delete.only-that", "rare", installed=_follow_family(_remove_documents, is_down=True)),
    Fault("delete-of-a-child-empties-its-parent", "documents.delete.only-that", "rare", installed=_follow_family(_remove_documents, is_down=False)),
    Fault("delete-of-a-parent-cuts-lineages", "collections.get.equals-created", "rare", installed=_follow_family(_cut_lineage, is_down=True)),
    Fault("delete-takes-what-was-derived", "documents.delete.only-that", "rare", installed=change_handlers("delete_document", change=_delete_derived)),
    Fault("delete-takes-the-source", "documents.delete.only-that", "rare", installed=change_handlers("delete_document", change=_delete_source)),
    Fault("delete-forgets-the-source", "documents.get.equals-created", "rare", installed=_afterwards("delete_document", change=_forget_source)),
    Fault("delete-takes-what-comes-from-the-collection", "documents.delete.only-that", "rare", installed=_afterwards("delete_collection", change=_delete_referring)),
    Fault("patch-changes-all-titles", "list.returns-exactly-created", "rare", installed=_change_others("patch_document", change=_retitled)),
    Fault("put-touches-all", "list.returns-exactly-created", "rare", installed=_change_others("put_document", change=_touched)),
    Fault("patch-takes-the-vectors-of-others", "documents.get.vectors-on-request", "rare", installed=_change_others("patch_document", change=_vectorless)),
    Fault("put-takes-the-vectors-of-others", "documents.get.vectors-on-request", "rare", installed=_change_others("put_document", change=_vectorless)),
    Fault("delete-takes-the-vectors-of-others", "documents.get.vectors-on-request", "rare", installed=_change_others("delete_document", change=_vectorless)),
    Fault("patched-is-one-more", "list.total", "rare", installed=_count_changes("patch_document")),
    Fault("put-is-one-more", "list.total", "rare", installed=_count_changes("put_document")),
    Fault("deleted-is-one-more", "list.total", "rare", installed=_count_changes("delete_document")),
    Fault("delete-takes-the-siblings", "collections.get.equals-created", "rare", installed=change_handlers("delete_collection", change=_delete_siblings)),
    Fault("delete-changes-all-titles", "documents.get.equals-created", "rare", installed=_change_others("delete_document", change=_retitled)),
    Fault("deleted-and-found-by-filters", "documents.delete.then-unknown", "rare", installed=_keep_filtered_lists),
    Fault("totals-of-filters-outlive-patches", "list.total", "rare", installed=_keep_filtered_totals),
    # refusals of each kind, and what is left
    Fault("malformed-and-made", "errors.rejected-leaves-nothing", "rare", installed=_act_though_refused("create_document", _is_malformed, _store_document)),
    Fault("wrongly-labelled-and-made", "errors.rejected-leaves-nothing", "rare", installed=_act_though_refused("create_document", _has_status(415), _store_document)),
    Fault("too-large-and-made", "errors.rejected-leaves-nothing", "rare", arrived=_store_too_large),
    Fault("refused-patch-applied", "documents.get.equals-created", "rare", installed=_act_though_refused("patch_document", _has_status(422), _apply_patch)),
    Fault("malformed-patch-applied", "documents.get.equals-created", "rare", installed=_act_though_refused("patch_document", _is_malformed, _apply_patch)),
    Fault("wrongly-labelled-patch-applied", "documents.get.equals-created", "rare", installed=_act_though_refused("patch_document", _has_status(415), _apply_patch)),
    Fault("refused-put-clears", "documents.get.equals-created", "rare", installed=_act_though_refused("put_document", _has_status(422), _clear_document)),
    Fault("malformed-put-clears", "documents.get.equals-created", "rare", installed=_act_though_refused("put_document", _is_malformed, _clear_document)),
    Fault("wrongly-labelled-put-clears", "documents.get.equals-created", "rare", installed=_act_though_refused("put_document", _has_status(415), _clear_document)),
    Fault("refused-list-deletes", "list.returns-exactly-created", "rare", installed=_act_though_refused("list_documents", _has_status(422), lambda r, c: _delete_first(r, replace(c, path={**c.path, "document": ""})))),
    Fault("delete-of-nothing-takes-the-first", "documents.delete.only-that", "rare", installed=_act_though_refused("delete_document", _has_status(404), _delete_first)),
    Fault("description-of-a-refused-collection", "collections.create.echoes-description", "rare", installed=_remember_when_refused("description", _COLLECTION)),
    Fault("disabled-by-a-refused-collection", "collections.create.enabled-default", "rare", installed=_remember_when_refused("enabled", _COLLECTION)),
    Fault("path-of-a-refused-document", "internal.lineage-path-derived", "rare", installed=_remember_when_refused("lineage_path", "create_document")),
    Fault("patched-before-asked", "auth.no-effect", "rare", installed=authorize_afterwards("patch_document")),
    Fault("deleted-before-asked", "auth.no-effect", "rare", installed=authorize_afterwards("delete_document")),
    Fault("collection-deleted-before-asked", "auth.no-effect", "rare", installed=authorize_afterwards("delete_collection")),
    # b) what a bare thing takes from a full one
    Fault("children-take-the-description", "collections.create.echoes-description", "rare", installed=_inherit("description")),
    Fault("children-take-the-metadata", "collections.create.echoes-metadata", "rare", installed=_inherit("metadata")),
    Fault("children-take-the-taxonomies", "collections.create.echoes-taxonomies", "rare", installed=_inherit("taxonomy_applications")),
    Fault("children-are-disabled-too", "collections.create.enabled-default", "rare", installed=_inherit("enabled")),
    Fault("children-take-the-cache", "cache-config.default-ttl", "rare", installed=_fill_from_parent(_inherit_cache)),
    Fault("children-take-the-filters", "lineage.ends-with-source", "rare", installed=_inherit_source("filters")),
    Fault("children-take-the-prefix", "lineage.ends-with-source", "rare", installed=_inherit_source("prefix_key")),
    Fault("children-take-the-parameters", "feature-extractors.echoes-in-order", "rare", installed=_fill_from_parent(_inherit_parameters)),
    Fault("disabled-left-behind", "collections.create.enabled-default", "rare", installed=leave_field_behind("enabled", _COLLECTION, is_kept=lambda value: value is False)),
    Fault("ttl-left-behind", "cache-config.default-ttl", "rare", installed=_leave_cache_behind("ttl_seconds")),
    Fault("strategy-left-behind", "cache-config.default-strategy", "rare", installed=_leave_cache_behind("invalidation_strategy")),
    Fault("events-left-behind", "cache-config.echoes", "rare", installed=_leave_cache_behind("invalidation_events")),
    Fault("blobs-left-behind", "documents.create.user-fields-verbatim", "rare", installed=leave_field_behind("document_blobs", "create_document")),
    Fault("path-left-behind", "internal.lineage-path-derived", "rare", installed=leave_field_behind("lineage_path", "create_document")),
    Fault("titles-left-behind", "documents.create.user-fields-verbatim", "rare", installed=leave_field_behind("title", "create_document", is_kept=lambda value: isinstance(value, str))),
    Fault("metadata-of-the-collection", "documents.create.metadata-verbatim", "rare", installed=change_handlers("create_document", change=_show_metadata_of_collection)),
    Fault("rows-share-an-object", "list.returns-exactly-created", "rare", installed=change_page(lambda page, _query, _body: _share_object(page))),
    Fault("reads-share-a-buffer", "documents.get.equals-created", "rare", installed=_share_buffer("get_document")),
    Fault("patch-brings-back", "documents.patch.merges", "rare", installed=change_patch_after_put(lambda older, now: {**older, **now})),
    Fault("patch-of-nothing-clears", "documents.patch.merges", "rare", installed=change_update("patch_document", lambda _b, s, a: a if s else {key: value for key, value in a.items() if key in SYSTEM})),
    # a bare item beside a full one
    Fault("payloads-of-the-one-before", "documents.create.user-fields-verbatim", "rare", made=_fill_from_item_before(("features",), "payload")),
    Fault("filenames-of-the-one-before", "documents.create.user-fields-verbatim", "rare", made=_fill_from_item_before(("document_blobs",), "filename")),
    Fault("parameters-of-the-one-before", "feature-extractors.echoes-in-order", "rare", made=_fill_from_item_before(("feature_extractors",), "parameters")),
    Fault("outputs-of-the-one-before", "collections.create.echoes-taxonomies", "rare", made=_fill_from_item_before(("taxonomy_applications",), "output_collection")),
    Fault("recomputed-as-the-one-before", "cache-config.default-recompute", "rare", made=_fill_from_item_before(("cache_config", "invalidation_events"), "recompute_strategy")),
    Fault("enabled-as-the-one-before", "cache-config.default-retriever-enabled", "rare", made=_fill_from_item_before(("cache_config", "retriever_configs"), "enabled")),
    # c) long lists, and lists of one
    Fault("fifty-taxonomies", "collections.create.echoes-taxonomies", "rare", installed=_keep_at_most(50, "taxonomy_applications", operation=_COLLECTION)),
    Fault("fifty-features", "documents.create.user-fields-verbatim", "rare", installed=_keep_at_most(50, "features", operation="create_document")),
    Fault("fifty-blobs", "documents.create.user-fields-verbatim", "rare", installed=_keep_at_most(50, "document_blobs", operation="create_document")),
    Fault("fifty-steps", "internal.chain-in-order", "rare", installed=_keep_at_most(50, "lineage_chain", operation="create_document")),
    Fault("fifty-events", "cache-config.echoes", "rare", installed=_keep_at_most(50, "cache_config", "invalidation_events", operation=_COLLECTION)),
    Fault("fifty-retrievers", "cache-config.echoes", "rare", installed=_keep_at_most(50, "cache_config", "retriever_configs", operation=_COLLECTION)),
    Fault("fifty-extractors", "feature-extractors.echoes-in-order", "rare", installed=_keep_at_most(50, "feature_extractors", operation=_COLLECTION)),
    Fault("fifty-mappings", "feature-extractors.echoes-in-order", "rare", installed=_keep_at_most(50, "feature_extractors", "input_mapping", operation=_COLLECTION)),
    Fault("fifty-parameters", "feature-extractors.echoes-in-order", "rare", installed=_keep_at_most(50, "feature_extractors", "parameters", operation=_COLLECTION)),
    Fault("fifty-payload-keys", "documents.create.user-fields-verbatim", "rare", installed=_keep_at_most(50, "features", "payload", operation="create_document")),
    Fault("fifty-operands-kept", "filters.echoes-verbatim", "rare", installed=_keep_operands_at_most(50)),
    Fault("fifty-selected", "list.select", "rare", installed=change_body(_cut_selection, "list_documents")),
    Fault("one-feature-is-none", "documents.create.user-fields-at-root", "rare", installed=_lose_single_item("features", operation="create_document")),
    Fault("one-blob-is-none", "documents.create.user-fields-at-root", "rare", installed=_lose_single_item("document_blobs", operation="create_document")),
    Fault("one-step-is-none", "internal.chain-in-order", "rare", installed=_lose_single_item("lineage_chain", operation="create_document")),
    Fault("one-event-is-none", "cache-config.echoes", "rare", installed=_lose_single_item("cache_config", "invalidation_events", operation=_COLLECTION)),
    # e) refusals in each place
    Fault("negative-entries-taken", "cache-config.rejects-zero-max-entries", "rare", parsed=_accept_negative_entries),
    Fault("null-mappings-dropped", "feature-extractors.mappings-are-strings", "rare", parsed=_drop_null_mappings),
    Fault("null-retrievers-dropped", "collections.create.rejects-null-in-required", "rare", parsed=_drop_null_retrievers),
    Fault("empty-description-of-any-type", "collections.create.rejects-wrong-types", "rare", parsed=_ignore_falsy("description")),
    Fault("empty-metadata-of-any-type", "documents.create.rejects-wrong-types", "rare", parsed=_ignore_falsy("metadata")),
    Fault("thirtieth-of-february", "documents.create.lineage-timestamp-format", "rare", parsed=_accept_times(_matches(r"\d{4}-02-30T.*"))),
    Fault("thirteenth-month", "documents.create.lineage-timestamp-format", "rare", parsed=_accept_times(_matches(r"\d{4}-13-.*"))),
    Fault("twenty-fifth-hour", "documents.create.lineage-timestamp-format", "rare", parsed=_accept_times(_matches(r".*T25:.*"))),
    Fault("dates-are-times", "documents.create.lineage-timestamp-format", "rare", parsed=_accept_times(_matches(r"\d{4}-\d\d-\d\d"))),
    Fault("seconds-are-times", "documents.create.lineage-timestamp-format", "rare", parsed=_accept_times(_matches(r"\d{10}"))),
    Fault("numbers-are-times", "documents.create.lineage-timestamp-format", "rare", parsed=_accept_times(lambda value: isinstance(value, int | float) and not isinstance(value, bool))),
    Fault("empty-times-are-now", "documents.create.lineage-timestamp-format", "rare", parsed=_accept_times(lambda value: value == "")),
    Fault("objects-as-times-crash", "http.no-server-error", "rare", sent=_crash_if("create_document", lambda body: any(isinstance(item.get("timestamp"), dict) for item in _value_at(body, "lineage_chain") or () if isinstance(item, dict)))),
    Fault("texts-in-vectors-crash", "http.no-server-error", "rare", sent=_crash_if("create_document", lambda body: any(_holds_text(item) for item in _vectors(body)))),
    Fault("lists-as-vectors-crash", "http.no-server-error", "rare", sent=_crash_if("create_document", lambda body: any(isinstance(item, list) for item in _vectors(body)))),
    Fault("condition-with-groups-crashes", "http.no-server-error", "rare", sent=_crash_if(_COLLECTION, lambda body: any(map(_is_mixed, _nodes(body))))),
    Fault("listed-condition-with-groups-crashes", "http.no-server-error", "rare", sent=_crash_if("list_documents", lambda body: any(map(_is_mixed, _nodes(body))))),
    Fault("patch-of-wrong-metadata-crashes", "http.no-server-error", "rare", sent=_crash_if("patch_document", lambda body: not isinstance(_value_at(body, "metadata") or {}, dict))),
    Fault("put-of-wrong-features-crashes", "http.no-server-error", "rare", sent=_crash_if("put_document", lambda body: not isinstance(_value_at(body, "features") or [], list))),
    Fault("patch-of-wrong-blobs-crashes", "http.no-server-error", "rare", sent=_crash_if("patch_document", lambda body: not isinstance(_value_at(body, "document_blobs") or [], list))),
    Fault("order-that-is-a-text-crashes", "http.no-server-error", "rare", sent=_crash_if("list_documents", lambda body: isinstance(_value_at(body, "sort"), str))),
    Fault("selection-that-is-a-text-crashes", "http.no-server-error", "rare", sent=_crash_if("list_documents", lambda body: isinstance(_value_at(body, "select"), str))),
    Fault("filter-that-is-a-list-crashes", "http.no-server-error", "rare", sent=_crash_if("list_documents", lambda body: isinstance(_value_at(body, "filters"), list))),
    Fault("group-of-a-number-crashes", "http.no-server-error", "rare", sent=_crash_if("list_documents", lambda body: isinstance(_value_at(body, "group_by"), int))),
    Fault("name-that-is-a-list-crashes", "http.no-server-error", "rare", sent=_crash_if(_COLLECTION, lambda body: isinstance(_value_at(body, "collection_name"), list))),
    Fault("extractor-that-is-a-text-crashes", "http.no-server-error", "rare", sent=_crash_at_item(_COLLECTION, "feature_extractors", test=lambda item: isinstance(item, str))),
    Fault("taxonomy-that-is-null-crashes", "http.no-server-error", "rare", sent=_crash_at_item(_COLLECTION, "taxonomy_applications", test=lambda item: item is None)),
    Fault("event-that-is-null-crashes", "http.no-server-error", "rare", sent=_crash_at_item(_COLLECTION, "cache_config", "invalidation_events", test=lambda item: item is None)),
    Fault("step-that-is-null-crashes", "http.no-server-error", "rare", sent=_crash_at_item("create_document", "lineage_chain", test=lambda item: item is None)),
    Fault("extractors-that-are-none-dropped", "collections.create.rejects-wrong-types", "rare", parsed=_drop_other_items(_COLLECTION, "feature_extractors")),
    Fault("events-that-are-none-dropped", "collections.create.rejects-wrong-types", "rare", parsed=_drop_other_items(_COLLECTION, "cache_config", "invalidation_events")),
    Fault("features-that-are-none-dropped", "documents.create.rejects-wrong-types", "rare", parsed=_drop_other_items("create_document", "features")),
    Fault("blobs-that-are-none-dropped", "documents.create.rejects-wrong-types", "rare", parsed=_drop_other_items("create_document", "document_blobs")),
    Fault("empty-token-crashes", "http.no-server-error", "rare", installed=_crash_for(lambda header: header.strip() == "Bearer")),
    Fault("token-beyond-ascii-crashes", "http.no-server-error", "rare", installed=_crash_for(lambda header: not header.isascii())),
    Fault("long-token-crashes", "http.no-server-error", "rare", installed=_crash_for(lambda header: len(header) > 4096)),
    Fault("empty-token-lets-in", "auth.wrong-token", "rare", installed=_let_in_if(lambda header: header.strip() == "Bearer")),
    Fault("malformed-before-asked", "auth.before-validation", "rare", installed=_parse_before_authorizing(400)),
    Fault("malformed-by-strangers-crashes", "http.no-server-error", "rare", installed=_parse_before_authorizing(500)),
    # g) names that begin alike, and vectors of each kind
    Fault("selected-by-beginnings", "list.select", "rare", installed=change_list(_select_by_beginning)),
    Fault("sorted-by-another-name", "list.sort-ascending", "rare", installed=_choose_by_beginning("sort")),
    Fault("grouped-by-another-name", "list.group-by", "rare", installed=_choose_by_beginning("group_by")),
    Fault("sorted-by-capitals", "list.sort-ascending", "rare", installed=_choose_by_letters("sort")),
    Fault("grouped-by-capitals", "list.group-by", "rare", installed=_choose_by_letters("group_by")),
    Fault("inner-fields-selected-by-beginnings", "list.select", "rare", installed=change_list(_select_inner_by_beginning)),
    Fault("indices-sorted-alone", "documents.get.vectors-on-request", "rare", installed=change_presentation(_sort_indices)),
    Fault("null-vectors-crash", "documents.get.vectors-on-request", "rare", installed=change_presentation(_crash_at_null_vectors)),
    Fault("sparse-always-read", "documents.get.vectors-on-request", "rare", installed=_swap_vectors_if(lambda vectors, asked: _is_sparse(vectors) and not asked, reads_only=True)),
    Fault("multi-always-read", "documents.get.vectors-on-request", "rare", installed=_swap_vectors_if(lambda vectors, asked: _is_multi(vectors) and not asked, reads_only=True)),
    Fault("multi-never-listed", "documents.get.vectors-on-request", "rare", installed=_swap_vectors_if(lambda vectors, asked: _is_multi(vectors) and asked)),
    Fault("sparse-always-listed", "documents.get.vectors-on-request", "rare", installed=_swap_vectors_if(lambda vectors, asked: _is_sparse(vectors) and not asked)),
    Fault("false-is-a-text", "documents.get.vectors-on-request", "rare", installed=_take_flags_for_true("get_document")),
    # h) through another collection's path
    Fault("patched-elsewhere-is-copied", "documents.update.wrong-collection", "rare", installed=_act_though_refused("patch_document", _has_status(404), _copy_document)),
    Fault("put-elsewhere-is-copied", "list.returns-exactly-created", "rare", installed=_act_though_refused("put_document", _has_status(404), _copy_document)),
    Fault("deleted-elsewhere-and-denied", "documents.update.wrong-collection", "rare", installed=_act_though_refused("delete_document", _has_status(404), _delete_anywhere)),
)  # fmt: skip
