"""Named faults of the profiles beyond core: reading, listing, filtering, changing, and who may do it."""

import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal
from weakref import WeakKeyDictionary

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    ABSENT,
    SYSTEM,
    Handler,
    Installed,
    authorize_afterwards,
    change_answer,
    change_fields,
    change_groups,
    change_handlers,
    change_leaves,
    change_list,
    change_list_request,
    change_page,
    change_patch_after_put,
    change_presentation,
    change_update,
    matching,
    place_of,
)
from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.refusals import Refusal

Trigger = Literal["always", "edge", "rare"]


def _change_query(change: Callable[[Query, Body], Query]) -> Installed:
    """Change what a list is asked for."""
    return change_list(lambda listing, query, body: listing(change(query, body), body))


def _change_results(change: Callable[[list[Body]], list[Body]]) -> Installed:
    return change_page(lambda page, _query, _body: {**page, "results": change(page["results"])})


def _change_own_fields(document: Body, change: Callable[[Any], Any]) -> Body:
    return {key: value if key in SYSTEM else change(value) for key, value in document.items()}


def _float32(leaf: Any) -> Any:
    small = isinstance(leaf, float) and abs(leaf) < 1e38
    return struct.unpack("f", struct.pack("f", leaf))[0] if small else leaf


def _change_internal(document: Body, **changes: Any) -> Body:
    return {**document, "_internal": {**document["_internal"], **changes}}


def _cut_lineage(collection: Body) -> Body:
    return {**collection, "source_lineage": collection["source_lineage"][-2:]}


def _default_ttl(collection: Body) -> Body:
    cache = collection["cache_config"]
    return (
        collection if cache is None else {**collection, "cache_config": {**cache, "ttl_seconds": cache["ttl_seconds"] or 604_800}}
    )


def _serve_anywhere(reference: Reference, original: Handler, call: Call) -> Body:
    """Do as if the document were in whatever collection the path names."""
    try:
        return original(call)
    except Refusal:
        owner = reference.service.store.owner("documents", call.path["document"])
        if owner is None:
            raise
        return original(replace(call, namespace=owner[0], path={**call.path, "collection": owner[1]}))


def _serve_anywhere_and_deny(reference: Reference, original: Handler, call: Call) -> Body:
    """Do what was asked for through another collection's path, and say that nothing is there."""
    try:
        return original(call)
    except Refusal:
        _serve_anywhere(reference, original, call)
        raise


def _serve_in_any_namespace(reference: Reference, original: Handler, call: Call) -> Body:
    owner = reference.service.store.owner("collections", call.path["collection"])
    return original(call if owner is None else replace(call, namespace=owner[0]))


def _touch_document(reference: Reference, original: Handler, call: Call) -> Body:
    document = original(call)
    service, names = reference.service, place_of(call)
    stored = service.get_document(*names)
    service.patch_document(*names, {})
    return {**document, "_internal": {**stored["_internal"], "updated_at": service.get_document(*names)["_internal"]["updated_at"]}}


def _forget_from_read(times: int, key: str) -> Installed:
    """From a document's so-many-th read on, leave a field out."""

    def installed(reference: Reference) -> None:
        reads: dict[str, int] = {}

        def changed(_reference: Reference, original: Handler, call: Call) -> Body:
            document = original(call)
            count = reads[document["document_id"]] = reads.get(document["document_id"], 0) + 1
            return {name: value for name, value in document.items() if name != key or count < times}

        change_handlers("get_document", change=changed)(reference)

    return installed


def _move_ties(reference: Reference) -> None:
    """Documents with equal sort keys come in the other order on pages with an odd offset."""
    store = reference.service.store
    original = store.documents

    def documents(
        namespace: str, collection: str, chosen: selection.Sql, order: selection.Sql, *, limit: int, offset: int
    ) -> list[Body]:
        if order != selection.AS_ADDED and offset % 2:
            order = selection.Sql(order.text.replace(", rowid", ", rowid DESC"), order.values)
        return original(namespace, collection, chosen, order, limit=limit, offset=offset)

    store.documents = documents  # type: ignore[method-assign]


def _change_order(text: Callable[[str], str]) -> Installed:
    """Change the SQL that lists are ordered by."""

    def installed(reference: Reference) -> None:
        store = reference.service.store
        original = store.documents

        def documents(namespace: str, collection: str, chosen: selection.Sql, order: selection.Sql, **page: int) -> list[Body]:
            return original(namespace, collection, chosen, selection.Sql(text(order.text), order.values), **page)

        store.documents = documents  # type: ignore[method-assign]

    return installed


def _keep_refused(*fields: str) -> Installed:
    """Store a document before its body is validated, at least if it has one of these fields."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        try:
            return original(call)
        except Refusal as refusal:
            if refusal.details and (not fields or any(f'"{name}"'.encode() in call.body for name in fields)):
                _store_anyway(reference, call)
            raise

    return change_handlers("create_document", change=changed)


def _store_anyway(reference: Reference, call: Call) -> None:
    made = reference.service.create_document(call.namespace, call.path["collection"], {"collection_id": call.path["collection"]})
    reference.service.keep_document(call.namespace, made)


def _skip_authorization(*operations: str, only: Callable[[str], bool] = lambda _header: True) -> Installed:
    """Forget to ask who calls."""

    def installed(reference: Reference) -> None:
        original = reference.authorize

        def authorize(operation: str, header: str) -> None:
            if not (operation in operations or not operations) or not only(header):
                original(operation, header)

        reference.authorize = authorize  # type: ignore[method-assign,assignment]

    return installed


def _validate_first(reference: Reference) -> None:
    """Say what is wrong with a body before asking who sent it."""
    authorize = reference.authorize

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        reference.valid_body(call)
        authorize(call.operation, call.authorization)
        return original(call)

    names = ("create_collection", "create_document", "patch_document", "put_document")
    reference.authorize = lambda operation, header: None if operation in names else authorize(operation, header)  # type: ignore[method-assign,assignment]
    change_handlers(*names, change=changed)(reference)


def _lost_updates() -> Fault:
    """Read a document when a patch arrives, and write it when its body has been looked at."""
    # By the server and the body that is under way to it: an edition may hand the handler another call of the same body.
    snapshots: WeakKeyDictionary[Reference, dict[int, Body | None]] = WeakKeyDictionary()

    def arrived(reference: Reference, call: Call) -> float | None:
        if call.operation != "patch_document":
            return None
        snapshots.setdefault(reference, {})[id(call.body)] = reference.service.store.document(*place_of(call))
        return 0.005

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        before = snapshots[reference].pop(id(call.body), None)
        if before is not None and reference.service.store.document(*place_of(call)) is not None:
            reference.service.store.replace_document(*place_of(call), before)
        return original(call)

    installed = change_handlers("patch_document", change=changed)
    return Fault("lost-updates", "robustness.concurrent-updates", "rare", installed=installed, arrived=arrived)


def _answer_from_cache(operation: str, *forgetting: str, only: Callable[[Call], bool] = lambda _call: True) -> Installed:
    """Answer, some calls only, from a cache that only some operations empty."""

    def installed(reference: Reference) -> None:
        cache: dict[tuple[Any, ...], Body] = {}

        def remembered(_reference: Reference, original: Handler, call: Call) -> Body:
            if not only(call):
                return original(call)
            key = (call.namespace, *call.path.values(), str(call.query), call.body)
            if key not in cache:
                cache[key] = original(call)
            return cache[key]

        def emptied(_reference: Reference, original: Handler, call: Call) -> Body:
            cache.clear()
            return original(call)

        change_handlers(operation, change=remembered)(reference)
        change_handlers(*forgetting, change=emptied)(reference)

    return installed


def _refuse(body: Body, *, when: bool, status: int = 400) -> Body:
    if when:
        raise Refusal(status, "not supported")
    return body


def _keep_last_of_each_field(group: Body, _depth: int) -> Body:
    """Keep one condition a field in AND: the last one."""
    members = group.get("AND") or []
    last = {member["field"]: member for member in members if "field" in member}
    kept = [member for member in members if "field" not in member or last[member["field"]] is member]
    return {**group, "AND": kept} if members else group


def _forget_deeper_groups(group: Body, depth: int, *, than: int) -> Body:
    """Forget groups deeper than some level: they hold."""
    return group if depth <= than else {"OR": [{"field": "document_id", "operator": "exists", "value": True}]}


def _without_inner_not(group: Body, _depth: int) -> Body:
    members = group.get("NOT")
    if not members:
        return group
    kept = [member for member in members if "NOT" not in member]
    return {key: value for key, value in {**group, "NOT": kept}.items() if value != []}


def _present_only(group: Body, _depth: int) -> Body:
    """NOT of a condition as SQL has it for NULL: a field that is absent is not selected either."""
    conditions = [condition for condition in group.get("NOT") or () if "field" in condition]
    there = [
        {"field": condition["field"], "operator": "exists", "value": True}
        for condition in conditions
        if condition.get("operator") not in ("exists", "ne", "nin")
    ]
    return group if not there else {"AND": [group, *there]}


def _move_members(group: Body, source: str, target: str, when: Callable[[list[Any]], bool]) -> Body:
    members = group.get(source)
    if not members or not when(members):
        return group
    rest = {key: value for key, value in group.items() if key != source}
    return {**rest, target: [*(rest.get(target) or ()), *members]}


def _change_case_rule(group: Body, depth: int, *, change: Callable[[bool | None, int], bool | None]) -> Body:
    return {**group, "case_sensitive": change(group.get("case_sensitive"), depth)}


def _change_total(page: Body, total: Callable[[int], int]) -> Body:
    pagination = page["pagination"]
    return page if pagination["total"] is None else {**page, "pagination": {**pagination, "total": total(pagination["total"])}}


def _lose_ties_at_cursor(reference: Reference) -> None:
    """A cursor that remembers the last key only: what has the same key on the next page is passed over."""
    original = reference.service.list_documents

    def listed(namespace: str, identifier: str, query: Query, body: Body) -> Body:
        page = original(namespace, identifier, query, body)
        sort = body.get("sort")
        if sort is None or query.offset == 0:
            return page
        before = original(namespace, identifier, Query(1, query.offset - 1), body)["results"]
        kept = [
            document for document in page["results"] if not before or document.get(sort["field"]) != before[0].get(sort["field"])
        ]
        return {**page, "results": kept}

    reference.service.list_documents = listed  # type: ignore[method-assign]


def _pretend_to_put(_reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return {"document_id": call.path["document"], "collection_id": call.path["collection"], **json.loads(call.body)}


def _delete_neighbour(reference: Reference, original: Handler, call: Call) -> Body:
    store, namespace, collection = reference.service.store, call.namespace, call.path["collection"]
    documents = store.documents(namespace, collection, selection.EVERYTHING, selection.AS_ADDED, limit=1000, offset=0)
    ids = [document["document_id"] for document in documents]
    answer = original(call)
    place = ids.index(call.path["document"])
    if len(ids) > 3 and place + 1 < len(ids):
        store.remove_document(namespace, collection, ids[place + 1])
    return answer


def _keep_documents(reference: Reference, original: Handler, call: Call) -> Body:
    """Delete the collection and leave its documents; they are found without looking for the collection."""
    service, namespace, collection = reference.service, call.namespace, call.path["collection"]
    kept = service.store.documents(namespace, collection, selection.EVERYTHING, selection.AS_ADDED, limit=1000, offset=0)
    answer = original(call)
    for document in kept:
        service.keep_document(namespace, document)
    return answer


def _delete_for_reads_alone(reference: Reference) -> None:
    """A deleted document is gone for reads, and stays in lists."""
    gone: set[str] = set()

    def delete(_reference: Reference, _original: Handler, call: Call) -> Body:
        reference.service.get_document(*place_of(call))
        gone.add(call.path["document"])
        return {"success": True}

    original = reference.service.get_document

    def get(namespace: str, collection: str, identifier: str) -> Body:
        if identifier in gone:
            raise Refusal(404, "there is no such document")
        return original(namespace, collection, identifier)

    reference.service.get_document = get  # type: ignore[method-assign]
    change_handlers("delete_document", change=delete)(reference)


def _delete_twice(_reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal:
        return {"success": True}


def _only_lower_case(_reference: Reference, original: Handler, call: Call) -> Body:
    """Compare media types as texts (they are case-insensitive: RFC 9110, 8.3.1)."""
    if call.content_type is not None and call.content_type != call.content_type.lower():
        raise Refusal(415, "bodies are JSON")
    return original(call)


def _refuse_taken_name(reference: Reference, original: Handler, call: Call) -> Body:
    name = reference.valid_body(call)["collection_name"]
    if reference.service.store.has_collection_named(name):
        raise Refusal(409, "the name is taken")
    return original(call)


def _share_namespace_id(made: Body) -> Body:
    return _change_internal(made, namespace_id="ns_default") if "_internal" in made else made


def _show_vectors(reference: Reference) -> None:
    original = reference.service.shown
    reference.service.shown = lambda document, *, urls=False, vectors=False: original(document, urls=urls, vectors=True)  # type: ignore[method-assign]


def _show_urls(reference: Reference) -> None:
    original = reference.service.shown
    reference.service.shown = lambda document, *, urls=False, vectors=False: original(document, urls=True, vectors=vectors)  # type: ignore[method-assign]


def _change_features(change: Callable[[list[Body]], list[Body]]) -> Callable[[Body, bool, bool], Body]:
    return lambda document, _urls, vectors: (
        {**document, "features": change(document["features"])} if vectors and "features" in document else document
    )


def _change_blobs(change: Callable[[list[Body]], list[Body]]) -> Callable[[Body, bool, bool], Body]:
    return lambda document, urls, _vectors: (
        {**document, "document_blobs": change(document["document_blobs"])} if urls and "document_blobs" in document else document
    )


def _answer_unknown(original: Handler, call: Call, answer: Body) -> Body:
    """Answer 200 where there is nothing."""
    try:
        return original(call)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return answer


def _crash_when(original: Handler, call: Call, *, when: bool) -> Body:
    if when:
        raise Refusal(500, "internal server error")
    return original(call)


def _forget_beside(key: str, beside: str) -> Installed:
    """Forget one thing that a list asks for when it asks for another as well."""
    return change_list_request(lambda body: {name: value for name, value in body.items() if name != key or not body.get(beside)})


def _total_of_all(reference: Reference, original: Handler, call: Call) -> Body:
    everything = reference.service.store.count(call.namespace, call.path["collection"], selection.EVERYTHING)
    return _change_total(original(call), lambda _total: everything)


def _take_claimed_id(original: Handler, call: Call) -> Body:
    document = original(call)
    claimed = json.loads(call.body).get("document_id")
    return document if claimed is None else {**document, "document_id": claimed}


def _lower_json(value: Any) -> str:
    return json.dumps(value).strip('"').lower()


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_GET, _LIST = "get_document", "list_documents"

PROFILE_FAULTS: tuple[Fault, ...] = (
    # read
    Fault("read-without-description", "collections.get.equals-created", installed=change_answer("get_collection", lambda c: {**c, "description": None})),
    Fault("read-default-ttl", "collections.get.equals-created", "edge", installed=change_answer("get_collection", _default_ttl)),
    Fault("read-two-generations", "collections.get.equals-created", "rare", installed=change_answer("get_collection", _cut_lineage)),
    Fault("unknown-collection-is-empty", "collections.get.unknown",
          installed=change_handlers("get_collection", change=lambda _r, o, c: _answer_unknown(o, c, {"collection_name": "", "feature_extractors": []}))),
    Fault("read-drops-nulls", "documents.get.equals-created", "edge",
          installed=change_answer(_GET, lambda d: {k: v for k, v in d.items() if v is not None})),
    Fault("read-float32", "documents.get.equals-created", "edge", installed=change_answer(_GET, lambda d: _change_own_fields(d, lambda v: change_leaves(v, _float32)))),
    Fault("column-of-4000", "documents.get.equals-created", "rare",
          installed=change_answer(_GET, lambda d: _change_own_fields(d, lambda v: v[:4000] if _is_text(v) else v))),
    Fault("read-sorts-lists", "documents.get.equals-created", "rare",
          installed=change_answer(_GET, lambda d: _change_own_fields(d, lambda v: sorted(v) if isinstance(v, list) and len(v) > 2 and all(map(_is_text, v)) else v))),
    Fault("read-through-any-collection", "documents.get.wrong-collection", installed=change_handlers(_GET, change=_serve_anywhere)),
    Fault("unknown-document-is-empty", "documents.get.unknown",
          installed=change_handlers(_GET, change=lambda _r, o, c: _answer_unknown(o, c, {"document_id": c.path["document"], "collection_id": c.path["collection"]}))),
    Fault("read-touches", "documents.get.safe", installed=change_handlers(_GET, change=_touch_document)),
    Fault("second-read-forgets", "documents.get.safe", "rare", installed=_forget_from_read(2, "metadata")),
    Fault("long-id-crashes", "documents.get.hostile-identifiers", "edge",
          installed=change_handlers(_GET, change=lambda _r, o, c: _crash_when(o, c, when=len(c.path["document"]) > 1000))),
    Fault("nul-in-id-crashes", "documents.get.hostile-identifiers", "rare",
          installed=change_handlers(_GET, change=lambda _r, o, c: _crash_when(o, c, when="\0" in c.path["document"]))),
    # list
    Fault("list-loses-the-last", "list.returns-exactly-created", installed=change_page(lambda p, q, _b: p if q.limit < 100 else {**p, "results": p["results"][:-1]})),
    Fault("list-hides-the-empty", "list.returns-exactly-created", "edge", installed=_change_results(lambda items: [item for item in items if len(item) > 3])),
    Fault("list-repeats-the-first", "list.returns-exactly-created", "edge", installed=change_page(lambda p, q, _b: {**p, "results": [*p["results"], *p["results"][:1]]} if q.limit == 1000 and len(p["results"]) > 20 else p)),
    Fault("list-drops-nulls", "list.returns-exactly-created", "edge", installed=_change_results(lambda items: [{k: v for k, v in item.items() if v is not None} for item in items])),
    Fault("default-limit-100", "list.limit", "edge", installed=change_handlers(_LIST, change=lambda _r, o, c: o(c if "limit" in c.query else replace(c, query={**c.query, "limit": "100"})))),
    Fault("no-limit-no-list", "list.limit", installed=change_handlers(_LIST, change=lambda _r, o, c: o(c) if "limit" in c.query else o(replace(c, query={**c.query, "limit": "0"})))),
    Fault("order-lost-beside-a-filter", "list.sort-ascending", "rare", installed=_forget_beside("sort", "filters")),
    Fault("selection-lost-beside-an-order", "list.select", "rare", installed=_forget_beside("select", "sort")),
    Fault("groups-of-everything", "list.group-by", "rare", installed=_forget_beside("filters", "group_by")),
    Fault("total-of-the-page-when-sorted", "list.total", "rare", installed=change_page(lambda page, _q, b: _change_total(page, lambda total: len(page["results"]) if b.get("sort") else total))),
    Fault("offset-lost-beside-order-and-filter", "list.offset-pages-partition", "rare", installed=_change_query(lambda q, b: replace(q, offset=0) if b.get("sort") and b.get("filters") else q)),
    Fault("sorted-without-limit", "list.limit", "rare", installed=_change_query(lambda q, b: replace(q, limit=1000) if b.get("sort") and q.limit < 6 else q)),
    Fault("limit-clamped", "list.limit-bounds", installed=change_handlers(_LIST, change=lambda _r, o, c: o(replace(c, query={**c.query, "limit": str(min(max(int(c.query.get("limit", 10)), 1), 1000))})))),
    Fault("limit-1001", "list.limit-bounds", "edge", installed=change_handlers(_LIST, change=lambda _r, o, c: o(replace(c, query={**c.query, "limit": c.query.get("limit", "10").replace("1001", "1000")})))),
    Fault("offset-off-by-one", "list.offset-pages-partition", installed=_change_query(lambda q, _b: replace(q, offset=max(0, q.offset - 1)))),
    Fault("ties-move-between-pages", "list.offset-pages-partition", "rare", installed=_move_ties),
    Fault("offset-ends-at-20", "list.offset-pages-partition", "rare", installed=_change_query(lambda q, _b: replace(q, offset=min(20, q.offset)))),
    Fault("cursor-without-end", "list.cursor-pages-partition", "edge", installed=change_page(lambda p, q, _b: {**p, "pagination": {**p["pagination"], "next_cursor": p["pagination"]["next_cursor"] or ("YXQ6MTAwMDA=" if q.limit < 100 else None)}})),
    Fault("cursor-loses-ties", "list.cursor-pages-partition", "rare", installed=_lose_ties_at_cursor),
    Fault("total-of-the-page", "list.total", installed=change_page(lambda p, _q, _b: _change_total(p, lambda _t: len(p["results"])))),
    Fault("total-before-the-filter", "list.total", installed=change_handlers(_LIST, change=_total_of_all)),
    Fault("total-ends-at-25", "list.total", "rare", installed=change_page(lambda p, _q, _b: _change_total(p, lambda t: min(t, 25)))),
    Fault("always-ascending", "list.sort-descending", installed=_change_order(lambda text: text.replace("DESC", "ASC"))),
    Fault("numbers-sorted-as-text", "list.sort-ascending", "edge", installed=_change_order(lambda text: text.replace("json_extract(body, ?)", "CAST(json_extract(body, ?) AS TEXT)"))),
    Fault("fractions-sorted-as-whole", "list.sort-ascending", "rare", installed=_change_order(lambda text: re.sub(r"json_extract\(body, \?\) (\w+), rowid", r"CAST(json_extract(body, ?) AS INTEGER) \1, rowid DESC", text))),
    Fault("select-keeps-metadata", "list.select", installed=change_list_request(lambda b: {**b, "select": [*b["select"], "metadata"]} if b.get("select") else b)),
    Fault("select-whole-objects", "list.select", "edge", installed=change_list_request(lambda b: {**b, "select": [item.partition(".")[0] for item in b["select"]]} if b.get("select") else b)),
    Fault("group-counts-from-zero", "list.group-by", installed=change_page(lambda p, _q, _b: {**p, "groups": [{**item, "count": item["count"] - 1} for item in p["groups"]]} if "groups" in p else p)),
    Fault("group-zero-lost", "list.group-by", "rare", installed=change_page(lambda p, _q, _b: {**p, "groups": [item for item in p["groups"] if item["group_key"] != 0]} if "groups" in p else p)),
    Fault("unknown-collection-lists-nothing", "list.unknown-collection", installed=change_handlers(_LIST, change=lambda _r, o, c: _answer_unknown(o, c, {"results": [], "pagination": {"total": 0, "next_cursor": None}}))),
    Fault("refused-and-stored", "errors.rejected-leaves-nothing", installed=_keep_refused()),
    Fault("refused-steps-stored", "errors.rejected-leaves-nothing", "rare", installed=_keep_refused("document_schema_version")),
    # filters
    Fault("eq-takes-texts-for-numbers", "filters.eval.eq", "edge", installed=matching(lambda op, v, o, _c, ok: _lower_json(v) == _lower_json(o) if op == "eq" and v is not ABSENT and not isinstance(v, dict | list) else ok)),
    Fault("objects-compared-loosely", "filters.eval.eq", "rare", installed=matching(lambda op, v, o, _c, ok: v == o if op == "eq" and isinstance(v, dict) and isinstance(o, dict) else ok)),
    Fault("true-is-one", "filters.eval.eq", "rare", installed=matching(lambda op, v, o, _c, ok: v == o if op == "eq" and isinstance(v, bool | int) and isinstance(o, bool | int) else ok)),
    Fault("ne-skips-the-absent", "filters.eval.ne", "edge", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "ne" and v is ABSENT))),
    Fault("gt-is-gte", "filters.eval.gt", installed=matching(lambda op, v, o, _c, ok: ok or (op == "gt" and v == o))),
    Fault("gte-of-whole-numbers", "filters.eval.gte", "rare", installed=matching(lambda op, v, o, _c, ok: int(v) >= o if op == "gte" and isinstance(v, float) and v < 100 and v >= 0 and isinstance(o, int) else v > o if op == "gte" and v == 10 else ok)),
    Fault("lt-ignores-signs", "filters.eval.lt", "edge", installed=matching(lambda op, v, o, _c, ok: abs(v) < abs(o) if op == "lt" and isinstance(v, int | float) else ok)),
    Fault("lte-skips-zero", "filters.eval.lte", "rare", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "lte" and v == 0))),
    Fault("in-takes-the-first", "filters.eval.in", "edge", installed=matching(lambda op, v, o, c, ok: selection.matches(json.dumps(v), json.dumps(["in", o[:1], c])) if op == "in" and v is not ABSENT else ok)),
    Fault("in-loses-falsy-items", "filters.eval.in", "rare", installed=matching(lambda op, v, o, c, ok: selection.matches(json.dumps(v), json.dumps(["in", [item for item in o if item], c])) if op == "in" and v is not ABSENT else ok)),
    Fault("nin-skips-the-absent", "filters.eval.nin", "edge", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "nin" and v is ABSENT))),
    Fault("contains-parts-of-items", "filters.eval.contains", "rare", installed=matching(lambda op, v, o, _c, ok: ok or (op == "contains" and isinstance(v, list) and _is_text(o) and o != "" and any(_is_text(item) and o in item for item in v)))),
    Fault("contains-only-in-texts", "filters.eval.contains", "edge", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "contains" and isinstance(v, list)))),
    Fault("starts-with-counts-case", "filters.eval.starts-with", installed=matching(lambda op, v, o, _c, ok: v.startswith(o) if op == "starts_with" and _is_text(v) else ok)),
    Fault("ends-with-anywhere", "filters.eval.ends-with", installed=matching(lambda op, v, o, _c, ok: ok or (op == "ends_with" and _is_text(v) and o in v))),
    Fault("regex-anchored", "filters.eval.regex", installed=matching(lambda op, v, o, _c, ok: _is_text(v) and re.match(o, v, re.IGNORECASE) is not None if op == "regex" else ok)),
    Fault("null-does-not-exist", "filters.eval.exists", "edge", installed=matching(lambda op, v, o, _c, ok: (v is not None) is o if op == "exists" and v is not ABSENT else ok)),
    Fault("empty-is-null", "filters.eval.is-null", "edge", installed=matching(lambda op, v, o, _c, ok: (v in (None, "")) is o if op == "is_null" and v is not ABSENT and not isinstance(v, list | dict) else ok)),
    Fault("text-in-the-middle", "filters.eval.text", "edge", installed=matching(lambda op, v, o, _c, ok: ok or (op == "text" and _is_text(v) and o in v.lower()))),
    Fault("eq-looks-into-arrays", "filters.eval.array-fields", installed=matching(lambda op, v, o, c, ok: any(selection.matches(json.dumps(item), json.dumps([op, o, c])) for item in v) if op in ("eq", "in") and isinstance(v, list) else ok)),
    Fault("texts-looked-for-in-arrays", "filters.eval.array-fields", "edge", installed=matching(lambda op, v, o, c, ok: any(selection.matches(json.dumps(item), json.dumps([op, o, c])) for item in v) if op in ("starts_with", "ends_with", "regex", "text") and isinstance(v, list) else ok)),
    Fault("nin-of-any-element", "filters.eval.array-fields", "rare", installed=matching(lambda op, v, o, c, ok: all(selection.matches(json.dumps(item), json.dumps([op, o, c])) for item in v) if op == "nin" and isinstance(v, list) else ok)),
    Fault("three-keys-deep-at-most", "filters.eval.nested-field", "rare", installed=change_fields(lambda f: f if f.count(".") < 3 else "nowhere")),
    Fault("names-beyond-ascii-are-not-there", "filters.eval.nested-field", "rare", installed=change_fields(lambda f: f if f.isascii() else "nowhere")),
    Fault("quotes-in-names-end-the-query", "http.no-server-error", "rare", installed=change_list_request(lambda b: _refuse(b, when=any(mark in json.dumps(b.get("filters")) for mark in ("'\\\"", "\\\\")), status=500))),
    Fault("nested-fields-are-not-there", "filters.eval.nested-field", installed=change_fields(lambda f: f if "." not in f else "nowhere")),
    Fault("case-counts-by-default", "filters.eval.case-insensitive-default", installed=change_groups(lambda g, d: _change_case_rule(g, d, change=lambda own, depth: True if own is None and depth == 1 else own))),
    Fault("case-never-counts", "filters.eval.case-sensitive", installed=change_groups(lambda g, d: _change_case_rule(g, d, change=lambda _change_own_fields, _d: False))),
    Fault("case-not-inherited", "filters.eval.case-sensitive", "edge", installed=change_groups(lambda g, d: _change_case_rule(g, d, change=lambda own, _d: bool(own)))),
    Fault("null-case-rule-is-false", "filters.eval.case-sensitive", "rare", installed=change_groups(lambda g, _d: {**g, "case_sensitive": False} if g.get("case_sensitive", ...) is None else g)),
    Fault("case-of-the-fifth-group-lost", "filters.eval.case-sensitive", "rare", installed=change_groups(lambda g, d: _change_case_rule(g, d, change=lambda own, depth: own if depth < 5 else None))),
    Fault("not-is-not-all", "filters.eval.not", "edge", installed=change_groups(lambda g, _d: {**{k: v for k, v in g.items() if k != "NOT"}, "AND": [*(g.get("AND") or ()), {"NOT": [{"AND": g["NOT"]}]}]} if len(g.get("NOT") or ()) > 1 else g)),
    Fault("not-in-not-lost", "filters.eval.not", "rare", installed=change_groups(_without_inner_not)),
    Fault("not-skips-the-absent", "filters.eval.not", "edge", installed=change_groups(_present_only)),
    Fault("or-of-three-is-and", "filters.eval.or", "rare", installed=change_groups(lambda g, _d: _move_members(g, "OR", "AND", lambda items: len(items) > 2))),
    Fault("or-beside-and-lost", "filters.eval.or", "edge", installed=change_groups(lambda g, _d: {k: v for k, v in g.items() if k != "OR" or not g.get("AND")})),
    Fault("and-one-a-field", "filters.eval.and", "rare", installed=change_groups(_keep_last_of_each_field)),
    Fault("and-of-two", "filters.eval.and", "rare", installed=change_groups(lambda g, _d: {**g, "AND": g["AND"][:2]} if g.get("AND") else g)),
    Fault("and-is-or", "filters.eval.and", installed=change_groups(lambda g, _d: _move_members(g, "AND", "OR", lambda items: len(items) > 1))),
    Fault("fourth-group-holds", "filters.eval.or", "rare", installed=change_groups(lambda g, d: _forget_deeper_groups(g, d, than=3))),
    Fault("regex-not-supported", "filters.eval.regex", installed=change_list_request(lambda b: _refuse(b, when='"regex"' in json.dumps(b)))),
    Fault("not-of-a-group-refused", "filters.laws.complement", "edge", installed=change_groups(lambda g, d: {"AND": g["NOT"]} if d == 1 and len(g.get("NOT") or ()) == 1 and "field" not in g["NOT"][0] else g)),
    Fault("or-of-not-not", "filters.laws.de-morgan", "rare", installed=change_groups(lambda g, d: {"OR": [{"AND": item["NOT"]} for item in g["OR"]]} if d == 1 and g.get("OR") and all(list(item) == ["NOT"] for item in g["OR"]) else g)),
    Fault("last-of-or-wins", "filters.laws.order", "rare", installed=change_groups(lambda g, d: {**g, "OR": g["OR"][-2:]} if d == 1 and len(g.get("OR") or ()) > 2 else g)),
    Fault("twice-is-never", "filters.laws.idempotent", "rare", installed=change_groups(lambda g, _d: {"NOT": [{"field": "document_id", "operator": "exists", "value": True}]} if len(g.get("AND") or ()) == 2 and g["AND"][0] == g["AND"][1] else g)),
    Fault("or-with-a-group-is-and", "filters.laws.monotone", "rare", installed=change_groups(lambda g, d: _move_members(g, "OR", "AND", lambda items: d == 1 and len(items) == 2 and "field" not in items[0] and "field" in items[1]))),
    Fault("json-in-capitals-refused", "collections.create.accepts-valid", "rare", installed=change_handlers("create_collection", change=_only_lower_case)),
    # write
    Fault("patch-is-put", "documents.patch.merges", installed=change_update("patch_document", lambda b, s, a: {k: v for k, v in a.items() if k in s or k in SYSTEM})),
    Fault("patch-merges-deeply", "documents.patch.merges", "edge", installed=change_update("patch_document", lambda b, s, a: {**a, **{k: {**b[k], **v} for k, v in s.items() if isinstance(v, dict) and isinstance(b.get(k), dict) and k in a and k != "_internal"}})),
    Fault("patch-skips-falsy", "documents.patch.merges", "edge", installed=change_update("patch_document", lambda b, s, a: {**a, **{k: b[k] for k, v in s.items() if not v and k in b and k in a}})),
    Fault("patch-appends-to-lists", "documents.patch.merges", "rare", installed=change_update("patch_document", lambda b, s, a: {**a, **{k: [*b[k], *v] for k, v in s.items() if isinstance(v, list) and isinstance(b.get(k), list) and k in a}})),
    Fault("put-merges", "documents.put.replaces", installed=change_update("put_document", lambda b, s, a: {**b, **a})),
    Fault("put-keeps-metadata", "documents.put.replaces", "edge", installed=change_update("put_document", lambda b, s, a: {**({"metadata": b["metadata"]} if "metadata" in b else {}), **a})),
    Fault("put-of-nothing-ignored", "documents.put.replaces", "rare", installed=change_update("put_document", lambda b, s, a: a if s else b)),
    Fault("updated-when-created", "documents.update.advances-updated-at", "edge", installed=change_update("patch_document", lambda b, s, a: _change_internal(a, updated_at=a["_internal"]["created_at"] if len(a) % 2 else a["_internal"]["updated_at"]))),
    Fault("put-is-a-new-document", "documents.update.keeps-identity", installed=change_update("put_document", lambda b, s, a: _change_internal(a, created_at=a["_internal"]["updated_at"].replace("20", "21", 1)))),
    Fault("patch-takes-the-id", "documents.update.keeps-identity", "edge", installed=change_handlers("patch_document", change=lambda _r, o, c: _take_claimed_id(o, c))),
    Fault("put-loses-the-lineage", "documents.update.keeps-identity", "rare", installed=change_update("put_document", lambda b, s, a: _change_internal(a, lineage={**a["_internal"]["lineage"], "path": None}))),
    Fault("update-is-upsert", "documents.update.unknown", installed=change_handlers("put_document", change=_pretend_to_put)),
    Fault("patch-through-any-collection", "documents.update.wrong-collection", "edge", installed=change_handlers("patch_document", change=_serve_anywhere)),
    Fault("delete-through-any-collection", "documents.update.wrong-collection", installed=change_handlers("delete_document", change=_serve_anywhere)),
    Fault("put-elsewhere-done-and-denied", "documents.update.wrong-collection", "rare", installed=change_handlers("put_document", change=_serve_anywhere_and_deny)),
    Fault("deleted-and-listed", "documents.delete.then-unknown", installed=_delete_for_reads_alone),
    Fault("deleted-twice", "documents.delete.then-unknown", "edge", installed=change_handlers("delete_document", change=_delete_twice)),
    Fault("delete-takes-the-next", "documents.delete.only-that", "rare", installed=change_handlers("delete_document", change=_delete_neighbour)),
    Fault("orphans-stay", "collections.delete.then-unknown", "edge", installed=change_handlers("delete_collection", change=_keep_documents)),
    Fault("deleted-collection-cached", "collections.delete.then-unknown", "rare", installed=_answer_from_cache("get_collection", "create_collection")),
    _lost_updates(),
    Fault("read-cache-outlives-put", "documents.get.equals-created", "rare", installed=_answer_from_cache(_GET, "create_document", "patch_document", "delete_document", "delete_collection")),
    Fault("list-cache-outlives-patch", "list.returns-exactly-created", "rare", installed=_answer_from_cache(_LIST, "create_document", "put_document", "delete_document", "delete_collection", "create_collection")),
    Fault("filtered-lists-outlive-updates", "filters.eval.eq", "rare", installed=_answer_from_cache(_LIST, "create_document", "delete_document", "delete_collection", only=lambda call: b"filters" in call.body)),
    Fault("patch-undoes-put", "documents.patch.merges", "rare", installed=change_patch_after_put(lambda older, _now: older)),
    # auth
    Fault("list-unguarded", "auth.missing-token", "edge", installed=_skip_authorization(_LIST, only=lambda h: not h)),
    Fault("delete-unguarded", "auth.missing-token", "edge", installed=_skip_authorization("delete_document", only=lambda h: not h)),
    Fault("any-token-will-do", "auth.wrong-token", installed=_skip_authorization(only=lambda h: h.startswith("Bearer "))),
    Fault("any-token-for-put", "auth.wrong-token", "edge", installed=_skip_authorization("put_document", only=lambda h: h.startswith("Bearer "))),
    Fault("any-scheme-will-do", "auth.wrong-scheme", installed=_skip_authorization(only=lambda h: not h.startswith("Bearer ") and bool(h))),
    Fault("strangers-lose-the-router", "http.no-server-error", "edge", sent=lambda o, _b, r: (500, *r[1:]) if o == "unrouted" and r[0] == 401 else r),
    Fault("no-challenge", "auth.challenge", sent=lambda _o, _b, r: (r[0], {}, r[2]) if r[0] == 401 else r),
    Fault("validated-before-asked", "auth.before-validation", installed=_validate_first),
    Fault("made-before-asked", "auth.no-effect", installed=authorize_afterwards("create_document")),
    Fault("put-before-asked", "auth.no-effect", "rare", installed=authorize_afterwards("put_document")),
    # namespaces
    Fault("collections-read-from-anywhere", "namespaces.isolates-collections", installed=change_handlers("get_collection", change=_serve_in_any_namespace)),
    Fault("lists-from-anywhere", "namespaces.isolates-collections", "edge", installed=change_handlers(_LIST, change=_serve_in_any_namespace)),
    Fault("collections-deleted-from-anywhere", "namespaces.isolates-collections", "edge", installed=change_handlers("delete_collection", change=_serve_in_any_namespace)),
    Fault("documents-read-from-anywhere", "namespaces.isolates-documents", installed=change_handlers(_GET, change=_serve_in_any_namespace)),
    Fault("patched-from-anywhere", "namespaces.isolates-documents", "edge", installed=change_handlers("patch_document", change=_serve_in_any_namespace)),
    Fault("deleted-from-anywhere", "namespaces.isolates-documents", "edge", installed=change_handlers("delete_document", change=_serve_in_any_namespace)),
    Fault("names-taken-everywhere", "namespaces.same-name-twice", installed=change_handlers("create_collection", change=_refuse_taken_name)),
    Fault("one-namespace-id", "namespaces.id-on-documents", made=lambda _o, _s, a: _share_namespace_id(a)),
    # vectors and blobs
    Fault("vectors-always-shown", "documents.get.vectors-on-request", installed=_show_vectors),
    Fault("second-vectors-lost", "documents.get.vectors-on-request", "rare", installed=change_presentation(_change_features(lambda items: [item if at == 0 else {**item, "vectors": None} for at, item in enumerate(items)]))),
    Fault("sparse-vectors-lost", "documents.get.vectors-on-request", "edge", installed=change_presentation(_change_features(lambda items: [{k: v for k, v in item.items() if k != "vectors" or "indices" not in (v or {})} for item in items]))),
    Fault("urls-always-shown", "documents.get.urls-on-request", installed=_show_urls),
    Fault("first-url-only", "documents.get.urls-on-request", "edge", installed=change_presentation(_change_blobs(lambda items: [item if at == 0 else {k: v for k, v in item.items() if k != "presigned_url"} for at, item in enumerate(items)]))),
    Fault("url-without-a-host", "documents.get.urls-on-request", installed=change_presentation(_change_blobs(lambda items: [{**item, "presigned_url": "/files/1"} for item in items]))),
)  # fmt: skip
