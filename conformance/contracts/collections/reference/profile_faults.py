"""Named faults of the profiles beyond core: reading, listing, filtering, changing, and who may do it."""

import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Literal

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    ABSENT,
    SYSTEM,
    Handler,
    handler,
    listed,
    matching,
    merged_after_put,
    place_of,
    rewritten,
    shown,
    shows,
    updated,
)
from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.refusals import Refusal

Trigger = Literal["always", "edge", "rare"]


def _queried(change: Callable[[Query, Body], Query]) -> Callable[[Reference], None]:
    """Change what a list is asked for."""

    def installed(reference: Reference) -> None:
        original = reference.service.list_documents
        reference.service.list_documents = (  # type: ignore[method-assign]
            lambda namespace, identifier, query, body: original(namespace, identifier, change(query, body), body)
        )

    return installed


def _results(change: Callable[[list[Body]], list[Body]]) -> Callable[[Reference], None]:
    return listed(lambda page, _query, _body: {**page, "results": change(page["results"])})


def _own(document: Body, change: Callable[[Any], Any]) -> Body:
    return {key: value if key in SYSTEM else change(value) for key, value in document.items()}


def _leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _leaves(member, change) for key, member in value.items()}
    return [_leaves(item, change) for item in value] if isinstance(value, list) else change(value)


def _float32(leaf: Any) -> Any:
    small = isinstance(leaf, float) and abs(leaf) < 1e38
    return struct.unpack("f", struct.pack("f", leaf))[0] if small else leaf


def _internal(document: Body, **changes: Any) -> Body:
    return {**document, "_internal": {**document["_internal"], **changes}}


def _cut_lineage(collection: Body) -> Body:
    return {**collection, "source_lineage": collection["source_lineage"][-2:]}


def _default_ttl(collection: Body) -> Body:
    cache = collection["cache_config"]
    return (
        collection if cache is None else {**collection, "cache_config": {**cache, "ttl_seconds": cache["ttl_seconds"] or 604_800}}
    )


def _anywhere(reference: Reference, original: Handler, call: Call) -> Body:
    """Do as if the document were in whatever collection the path names."""
    try:
        return original(call)
    except Refusal:
        owner = reference.service.store.owner("documents", call.path["document"])
        if owner is None:
            raise
        return original(replace(call, namespace=owner[0], path={**call.path, "collection": owner[1]}))


def _done_and_denied(reference: Reference, original: Handler, call: Call) -> Body:
    """Do what was asked for through another collection's path, and say that nothing is there."""
    try:
        return original(call)
    except Refusal:
        _anywhere(reference, original, call)
        raise


def _in_any_namespace(reference: Reference, original: Handler, call: Call) -> Body:
    owner = reference.service.store.owner("collections", call.path["collection"])
    return original(call if owner is None else replace(call, namespace=owner[0]))


def _touch(reference: Reference, original: Handler, call: Call) -> Body:
    found = original(call)
    service, names = reference.service, place_of(call)
    stored = service.get_document(*names)
    service.patch_document(*names, {})
    return {**found, "_internal": {**stored["_internal"], "updated_at": service.get_document(*names)["_internal"]["updated_at"]}}


def _forget_on(times: int, key: str) -> Callable[[Reference], None]:
    """From a document's so-many-th read on, leave a field out."""

    def installed(reference: Reference) -> None:
        reads: dict[str, int] = {}

        def changed(_reference: Reference, original: Handler, call: Call) -> Body:
            found = original(call)
            count = reads[found["document_id"]] = reads.get(found["document_id"], 0) + 1
            return {name: value for name, value in found.items() if name != key or count < times}

        handler("get_document", change=changed)(reference)

    return installed


def _unstable(reference: Reference) -> None:
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


def _ordered_by(text: Callable[[str], str]) -> Callable[[Reference], None]:
    """Change the SQL that lists are ordered by."""

    def installed(reference: Reference) -> None:
        store = reference.service.store
        original = store.documents

        def documents(namespace: str, collection: str, chosen: selection.Sql, order: selection.Sql, **page: int) -> list[Body]:
            return original(namespace, collection, chosen, selection.Sql(text(order.text), order.values), **page)

        store.documents = documents  # type: ignore[method-assign]

    return installed


def _keep_refused(*fields: str) -> Callable[[Reference], None]:
    """Store a document before its body is validated, at least if it has one of these fields."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        try:
            return original(call)
        except Refusal as refusal:
            if refusal.details and (not fields or any(f'"{name}"'.encode() in call.body for name in fields)):
                _store_anyway(reference, call)
            raise

    return handler("create_document", change=changed)


def _store_anyway(reference: Reference, call: Call) -> None:
    made = reference.service.create_document(call.namespace, call.path["collection"], {"collection_id": call.path["collection"]})
    reference.service.keep_document(call.namespace, made)


def _unguarded(*operations: str, only: Callable[[str], bool] = lambda _header: True) -> Callable[[Reference], None]:
    """Forget to ask who calls."""

    def installed(reference: Reference) -> None:
        original = reference.authorize

        def authorize(operation: str, header: str) -> None:
            if not (operation in operations or not operations) or not only(header):
                original(operation, header)

        reference.authorize = authorize  # type: ignore[method-assign,assignment]

    return installed


def _act_then_ask(operation: str) -> Callable[[Reference], None]:
    """Do what was asked for, and only then look who asked."""

    def installed(reference: Reference) -> None:
        original = reference.authorize
        handler: Handler = getattr(reference, f"_{operation}")

        def authorize(called: str, header: str) -> None:
            if called != operation:
                original(called, header)

        @wraps(handler)
        def changed(call: Call) -> Body:
            answer = handler(call)
            original(operation, call.authorization)
            return answer

        reference.authorize = authorize  # type: ignore[method-assign,assignment]
        setattr(reference, f"_{operation}", changed)

    return installed


def _validate_first(reference: Reference) -> None:
    """Say what is wrong with a body before asking who sent it."""
    original = reference.authorize

    def changed(_reference: Reference, handler: Handler, call: Call) -> Body:
        reference.valid_body(call)
        original(call.operation, call.authorization)
        return handler(call)

    names = ("create_collection", "create_document", "patch_document", "put_document")
    reference.authorize = lambda operation, header: None if operation in names else original(operation, header)  # type: ignore[method-assign,assignment]
    handler(*names, change=changed)(reference)


def _lost_updates() -> tuple[Callable[[Reference], None], Callable[[Reference, Call], float | None]]:
    """Read a document when a patch arrives, and write it when its body has been looked at."""
    snapshots: dict[int, Body | None] = {}

    def arrived(reference: Reference, call: Call) -> float | None:
        if call.operation != "patch_document":
            return None
        snapshots[id(call)] = reference.service.store.document(*place_of(call))
        return 0.005

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        before = snapshots.pop(id(call), None)
        if before is not None and reference.service.store.document(*place_of(call)) is not None:
            reference.service.store.replace_document(*place_of(call), before)
        return original(call)

    return handler("patch_document", change=changed), arrived


def _cached(operation: str, *forgetting: str, only: Callable[[Call], bool] = lambda _call: True) -> Callable[[Reference], None]:
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

        handler(operation, change=remembered)(reference)
        handler(*forgetting, change=emptied)(reference)

    return installed


def _refuse(body: Body, *, when: bool, status: int = 400) -> Body:
    if when:
        raise Refusal(status, "not supported")
    return body


def _by_field(group: Body, _depth: int) -> Body:
    """Keep one condition a field in AND: the last one."""
    members = group.get("AND") or []
    last = {one["field"]: one for one in members if "field" in one}
    kept = [one for one in members if "field" not in one or last[one["field"]] is one]
    return {**group, "AND": kept} if members else group


def _deeper(group: Body, depth: int, *, than: int) -> Body:
    """Forget groups deeper than some level: they hold."""
    return group if depth <= than else {"OR": [{"field": "document_id", "operator": "exists", "value": True}]}


def _without_inner_not(group: Body, _depth: int) -> Body:
    members = group.get("NOT")
    if not members:
        return group
    kept = [one for one in members if "NOT" not in one]
    return {key: value for key, value in {**group, "NOT": kept}.items() if value != []}


def _present_only(group: Body, _depth: int) -> Body:
    """NOT of a condition as SQL has it for NULL: a field that is absent is not selected either."""
    conditions = [one for one in group.get("NOT") or () if "field" in one]
    there = [
        {"field": one["field"], "operator": "exists", "value": True}
        for one in conditions
        if one.get("operator") not in ("exists", "ne", "nin")
    ]
    return group if not there else {"AND": [group, *there]}


def _moved(group: Body, source: str, target: str, when: Callable[[list[Any]], bool]) -> Body:
    members = group.get(source)
    if not members or not when(members):
        return group
    rest = {key: value for key, value in group.items() if key != source}
    return {**rest, target: [*(rest.get(target) or ()), *members]}


def _case_rule(group: Body, depth: int, *, change: Callable[[bool | None, int], bool | None]) -> Body:
    return {**group, "case_sensitive": change(group.get("case_sensitive"), depth)}


def _total(page: Body, total: Callable[[int], int]) -> Body:
    found = page["pagination"]
    return page if found["total"] is None else {**page, "pagination": {**found, "total": total(found["total"])}}


def _other_order(reference: Reference) -> None:
    """A cursor that remembers the last key only: what has the same key on the next page is passed over."""
    original = reference.service.list_documents

    def listed(namespace: str, identifier: str, query: Query, body: Body) -> Body:
        page = original(namespace, identifier, query, body)
        sort = body.get("sort")
        if sort is None or query.offset == 0:
            return page
        before = original(namespace, identifier, Query(1, query.offset - 1), body)["results"]
        kept = [one for one in page["results"] if not before or one.get(sort["field"]) != before[0].get(sort["field"])]
        return {**page, "results": kept}

    reference.service.list_documents = listed  # type: ignore[method-assign]


def _upsert(_reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return {"document_id": call.path["document"], "collection_id": call.path["collection"], **json.loads(call.body)}


def _delete_neighbour(reference: Reference, original: Handler, call: Call) -> Body:
    store, namespace, collection = reference.service.store, call.namespace, call.path["collection"]
    found = store.documents(namespace, collection, selection.EVERYTHING, selection.AS_ADDED, limit=1000, offset=0)
    ids = [one["document_id"] for one in found]
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
    for one in kept:
        service.keep_document(namespace, one)
    return answer


def _soft_deleted(reference: Reference) -> None:
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
    handler("delete_document", change=delete)(reference)


def _again_200(_reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal:
        return {"success": True}


def _only_lower_case(_reference: Reference, original: Handler, call: Call) -> Body:
    """Compare media types as texts (they are case-insensitive: RFC 9110, 8.3.1)."""
    if call.content_type is not None and call.content_type != call.content_type.lower():
        raise Refusal(415, "bodies are JSON")
    return original(call)


def _unique_names(reference: Reference, original: Handler, call: Call) -> Body:
    name = reference.valid_body(call)["collection_name"]
    if reference.service.store.has_collection_named(name):
        raise Refusal(409, "the name is taken")
    return original(call)


def _constant_namespace(made: Body) -> Body:
    return _internal(made, namespace_id="ns_default") if "_internal" in made else made


def _vectors_always(reference: Reference) -> None:
    original = reference.service.shown
    reference.service.shown = lambda document, *, urls=False, vectors=False: original(document, urls=urls, vectors=True)  # type: ignore[method-assign]


def _urls_always(reference: Reference) -> None:
    original = reference.service.shown
    reference.service.shown = lambda document, *, urls=False, vectors=False: original(document, urls=True, vectors=vectors)  # type: ignore[method-assign]


def _features(change: Callable[[list[Body]], list[Body]]) -> Callable[[Body, bool, bool], Body]:
    return lambda document, _urls, vectors: (
        {**document, "features": change(document["features"])} if vectors and "features" in document else document
    )


def _blobs(change: Callable[[list[Body]], list[Body]]) -> Callable[[Body, bool, bool], Body]:
    return lambda document, urls, _vectors: (
        {**document, "document_blobs": change(document["document_blobs"])} if urls and "document_blobs" in document else document
    )


def _or(original: Handler, call: Call, answer: Body) -> Body:
    """Answer 200 where there is nothing."""
    try:
        return original(call)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return answer


def _crash(original: Handler, call: Call, *, when: bool) -> Body:
    if when:
        raise Refusal(500, "internal server error")
    return original(call)


def _asked(change: Callable[[Body], Body]) -> Callable[[Reference], None]:
    """Change the body of a list that was found valid."""

    def installed(reference: Reference) -> None:
        original = reference.service.list_documents
        reference.service.list_documents = (  # type: ignore[method-assign]
            lambda namespace, identifier, query, body: original(namespace, identifier, query, change(body))
        )

    return installed


def _forgets(key: str, beside: str) -> Callable[[Reference], None]:
    """Forget one thing that a list asks for when it asks for another as well."""
    return _asked(lambda body: {name: value for name, value in body.items() if name != key or not body.get(beside)})


def _refields(change: Callable[[str], str]) -> Callable[[Reference], None]:
    return _asked(lambda body: {**body, "filters": _fields(body["filters"], change)} if body.get("filters") else body)


def _fields(group: Body, change: Callable[[str], str]) -> Body:
    """Change the field of every condition of a filter."""
    if "field" in group:
        return {**group, "field": change(group["field"])}
    return {key: [_fields(one, change) for one in some] if isinstance(some, list) else some for key, some in group.items()}


def _total_of_all(reference: Reference, original: Handler, call: Call) -> Body:
    everything = reference.service.store.count(call.namespace, call.path["collection"], selection.EVERYTHING)
    return _total(original(call), lambda _total: everything)


def _taking_the_id(original: Handler, call: Call) -> Body:
    found = original(call)
    claimed = json.loads(call.body).get("document_id")
    return found if claimed is None else {**found, "document_id": claimed}


def _text(value: Any) -> str:
    return json.dumps(value).strip('"').lower()


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_LOST = _lost_updates()
_GET, _LIST = "get_document", "list_documents"

PROFILE_FAULTS: tuple[Fault, ...] = (
    # read
    Fault("read-without-description", "collections.get.equals-created", installed=shown("get_collection", lambda c: {**c, "description": None})),
    Fault("read-default-ttl", "collections.get.equals-created", "edge", installed=shown("get_collection", _default_ttl)),
    Fault("read-two-generations", "collections.get.equals-created", "rare", installed=shown("get_collection", _cut_lineage)),
    Fault("unknown-collection-is-empty", "collections.get.unknown",
          installed=handler("get_collection", change=lambda _r, o, c: _or(o, c, {"collection_name": "", "feature_extractors": []}))),
    Fault("read-drops-nulls", "documents.get.equals-created", "edge",
          installed=shown(_GET, lambda d: {k: v for k, v in d.items() if v is not None})),
    Fault("read-float32", "documents.get.equals-created", "edge", installed=shown(_GET, lambda d: _own(d, lambda v: _leaves(v, _float32)))),
    Fault("column-of-4000", "documents.get.equals-created", "rare",
          installed=shown(_GET, lambda d: _own(d, lambda v: v[:4000] if _is_text(v) else v))),
    Fault("read-sorts-lists", "documents.get.equals-created", "rare",
          installed=shown(_GET, lambda d: _own(d, lambda v: sorted(v) if isinstance(v, list) and len(v) > 2 and all(map(_is_text, v)) else v))),
    Fault("read-through-any-collection", "documents.get.wrong-collection", installed=handler(_GET, change=_anywhere)),
    Fault("unknown-document-is-empty", "documents.get.unknown",
          installed=handler(_GET, change=lambda _r, o, c: _or(o, c, {"document_id": c.path["document"], "collection_id": c.path["collection"]}))),
    Fault("read-touches", "documents.get.safe", installed=handler(_GET, change=_touch)),
    Fault("second-read-forgets", "documents.get.safe", "rare", installed=_forget_on(2, "metadata")),
    Fault("long-id-crashes", "documents.get.hostile-identifiers", "edge",
          installed=handler(_GET, change=lambda _r, o, c: _crash(o, c, when=len(c.path["document"]) > 1000))),
    Fault("nul-in-id-crashes", "documents.get.hostile-identifiers", "rare",
          installed=handler(_GET, change=lambda _r, o, c: _crash(o, c, when="\0" in c.path["document"]))),
    # list
    Fault("list-loses-the-last", "list.returns-exactly-created", installed=listed(lambda p, q, _b: p if q.limit < 100 else {**p, "results": p["results"][:-1]})),
    Fault("list-hides-the-empty", "list.returns-exactly-created", "edge", installed=_results(lambda some: [one for one in some if len(one) > 3])),
    Fault("list-repeats-the-first", "list.returns-exactly-created", "edge", installed=listed(lambda p, q, _b: {**p, "results": [*p["results"], *p["results"][:1]]} if q.limit == 1000 and len(p["results"]) > 20 else p)),
    Fault("list-drops-nulls", "list.returns-exactly-created", "edge", installed=_results(lambda some: [{k: v for k, v in one.items() if v is not None} for one in some])),
    Fault("default-limit-100", "list.limit", "edge", installed=handler(_LIST, change=lambda _r, o, c: o(c if "limit" in c.query else replace(c, query={**c.query, "limit": "100"})))),
    Fault("no-limit-no-list", "list.limit", installed=handler(_LIST, change=lambda _r, o, c: o(c) if "limit" in c.query else o(replace(c, query={**c.query, "limit": "0"})))),
    Fault("order-lost-beside-a-filter", "list.sort-ascending", "rare", installed=_forgets("sort", "filters")),
    Fault("selection-lost-beside-an-order", "list.select", "rare", installed=_forgets("select", "sort")),
    Fault("groups-of-everything", "list.group-by", "rare", installed=_forgets("filters", "group_by")),
    Fault("total-of-the-page-when-sorted", "list.total", "rare", installed=listed(lambda page, _q, b: _total(page, lambda total: len(page["results"]) if b.get("sort") else total))),
    Fault("offset-lost-beside-order-and-filter", "list.offset-pages-partition", "rare", installed=_queried(lambda q, b: replace(q, offset=0) if b.get("sort") and b.get("filters") else q)),
    Fault("sorted-without-limit", "list.limit", "rare", installed=_queried(lambda q, b: replace(q, limit=1000) if b.get("sort") and q.limit < 6 else q)),
    Fault("limit-clamped", "list.limit-bounds", installed=handler(_LIST, change=lambda _r, o, c: o(replace(c, query={**c.query, "limit": str(min(max(int(c.query.get("limit", 10)), 1), 1000))})))),
    Fault("limit-1001", "list.limit-bounds", "edge", installed=handler(_LIST, change=lambda _r, o, c: o(replace(c, query={**c.query, "limit": c.query.get("limit", "10").replace("1001", "1000")})))),
    Fault("offset-off-by-one", "list.offset-pages-partition", installed=_queried(lambda q, _b: replace(q, offset=max(0, q.offset - 1)))),
    Fault("ties-move-between-pages", "list.offset-pages-partition", "rare", installed=_unstable),
    Fault("offset-ends-at-20", "list.offset-pages-partition", "rare", installed=_queried(lambda q, _b: replace(q, offset=min(20, q.offset)))),
    Fault("cursor-without-end", "list.cursor-pages-partition", "edge", installed=listed(lambda p, q, _b: {**p, "pagination": {**p["pagination"], "next_cursor": p["pagination"]["next_cursor"] or ("YXQ6MTAwMDA=" if q.limit < 100 else None)}})),
    Fault("cursor-loses-ties", "list.cursor-pages-partition", "rare", installed=_other_order),
    Fault("total-of-the-page", "list.total", installed=listed(lambda p, _q, _b: _total(p, lambda _t: len(p["results"])))),
    Fault("total-before-the-filter", "list.total", installed=handler(_LIST, change=_total_of_all)),
    Fault("total-ends-at-25", "list.total", "rare", installed=listed(lambda p, _q, _b: _total(p, lambda t: min(t, 25)))),
    Fault("always-ascending", "list.sort-descending", installed=_ordered_by(lambda text: text.replace("DESC", "ASC"))),
    Fault("numbers-sorted-as-text", "list.sort-ascending", "edge", installed=_ordered_by(lambda text: text.replace("json_extract(body, ?)", "CAST(json_extract(body, ?) AS TEXT)"))),
    Fault("fractions-sorted-as-whole", "list.sort-ascending", "rare", installed=_ordered_by(lambda text: re.sub(r"json_extract\(body, \?\) (\w+), rowid", r"CAST(json_extract(body, ?) AS INTEGER) \1, rowid DESC", text))),
    Fault("select-keeps-metadata", "list.select", installed=_asked(lambda b: {**b, "select": [*b["select"], "metadata"]} if b.get("select") else b)),
    Fault("select-whole-objects", "list.select", "edge", installed=_asked(lambda b: {**b, "select": [one.partition(".")[0] for one in b["select"]]} if b.get("select") else b)),
    Fault("group-counts-from-zero", "list.group-by", installed=listed(lambda p, _q, _b: {**p, "groups": [{**one, "count": one["count"] - 1} for one in p["groups"]]} if "groups" in p else p)),
    Fault("group-zero-lost", "list.group-by", "rare", installed=listed(lambda p, _q, _b: {**p, "groups": [one for one in p["groups"] if one["group_key"] != 0]} if "groups" in p else p)),
    Fault("unknown-collection-lists-nothing", "list.unknown-collection", installed=handler(_LIST, change=lambda _r, o, c: _or(o, c, {"results": [], "pagination": {"total": 0, "next_cursor": None}}))),
    Fault("refused-and-stored", "errors.rejected-leaves-nothing", installed=_keep_refused()),
    Fault("refused-steps-stored", "errors.rejected-leaves-nothing", "rare", installed=_keep_refused("document_schema_version")),
    # filters
    Fault("eq-takes-texts-for-numbers", "filters.eval.eq", "edge", installed=matching(lambda op, v, o, _c, ok: _text(v) == _text(o) if op == "eq" and v is not ABSENT and not isinstance(v, dict | list) else ok)),
    Fault("objects-compared-loosely", "filters.eval.eq", "rare", installed=matching(lambda op, v, o, _c, ok: v == o if op == "eq" and isinstance(v, dict) and isinstance(o, dict) else ok)),
    Fault("true-is-one", "filters.eval.eq", "rare", installed=matching(lambda op, v, o, _c, ok: v == o if op == "eq" and isinstance(v, bool | int) and isinstance(o, bool | int) else ok)),
    Fault("ne-skips-the-absent", "filters.eval.ne", "edge", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "ne" and v is ABSENT))),
    Fault("gt-is-gte", "filters.eval.gt", installed=matching(lambda op, v, o, _c, ok: ok or (op == "gt" and v == o))),
    Fault("gte-of-whole-numbers", "filters.eval.gte", "rare", installed=matching(lambda op, v, o, _c, ok: int(v) >= o if op == "gte" and isinstance(v, float) and v < 100 and v >= 0 and isinstance(o, int) else v > o if op == "gte" and v == 10 else ok)),
    Fault("lt-ignores-signs", "filters.eval.lt", "edge", installed=matching(lambda op, v, o, _c, ok: abs(v) < abs(o) if op == "lt" and isinstance(v, int | float) else ok)),
    Fault("lte-skips-zero", "filters.eval.lte", "rare", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "lte" and v == 0))),
    Fault("in-takes-the-first", "filters.eval.in", "edge", installed=matching(lambda op, v, o, c, ok: selection.matches(json.dumps(v), json.dumps(["in", o[:1], c])) if op == "in" and v is not ABSENT else ok)),
    Fault("in-loses-falsy-items", "filters.eval.in", "rare", installed=matching(lambda op, v, o, c, ok: selection.matches(json.dumps(v), json.dumps(["in", [one for one in o if one], c])) if op == "in" and v is not ABSENT else ok)),
    Fault("nin-skips-the-absent", "filters.eval.nin", "edge", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "nin" and v is ABSENT))),
    Fault("contains-parts-of-items", "filters.eval.contains", "rare", installed=matching(lambda op, v, o, _c, ok: ok or (op == "contains" and isinstance(v, list) and _is_text(o) and o != "" and any(_is_text(one) and o in one for one in v)))),
    Fault("contains-only-in-texts", "filters.eval.contains", "edge", installed=matching(lambda op, v, _o, _c, ok: ok and not (op == "contains" and isinstance(v, list)))),
    Fault("starts-with-counts-case", "filters.eval.starts-with", installed=matching(lambda op, v, o, _c, ok: v.startswith(o) if op == "starts_with" and _is_text(v) else ok)),
    Fault("ends-with-anywhere", "filters.eval.ends-with", installed=matching(lambda op, v, o, _c, ok: ok or (op == "ends_with" and _is_text(v) and o in v))),
    Fault("regex-anchored", "filters.eval.regex", installed=matching(lambda op, v, o, _c, ok: _is_text(v) and re.match(o, v, re.IGNORECASE) is not None if op == "regex" else ok)),
    Fault("null-does-not-exist", "filters.eval.exists", "edge", installed=matching(lambda op, v, o, _c, ok: (v is not None) is o if op == "exists" and v is not ABSENT else ok)),
    Fault("empty-is-null", "filters.eval.is-null", "edge", installed=matching(lambda op, v, o, _c, ok: (v in (None, "")) is o if op == "is_null" and v is not ABSENT and not isinstance(v, list | dict) else ok)),
    Fault("text-in-the-middle", "filters.eval.text", "edge", installed=matching(lambda op, v, o, _c, ok: ok or (op == "text" and _is_text(v) and o in v.lower()))),
    Fault("eq-looks-into-arrays", "filters.eval.array-fields", installed=matching(lambda op, v, o, c, ok: any(selection.matches(json.dumps(one), json.dumps([op, o, c])) for one in v) if op in ("eq", "in") and isinstance(v, list) else ok)),
    Fault("texts-looked-for-in-arrays", "filters.eval.array-fields", "edge", installed=matching(lambda op, v, o, c, ok: any(selection.matches(json.dumps(one), json.dumps([op, o, c])) for one in v) if op in ("starts_with", "ends_with", "regex", "text") and isinstance(v, list) else ok)),
    Fault("nin-of-any-element", "filters.eval.array-fields", "rare", installed=matching(lambda op, v, o, c, ok: all(selection.matches(json.dumps(one), json.dumps([op, o, c])) for one in v) if op == "nin" and isinstance(v, list) else ok)),
    Fault("three-keys-deep-at-most", "filters.eval.nested-field", "rare", installed=_refields(lambda f: f if f.count(".") < 3 else "nowhere")),
    Fault("names-beyond-ascii-are-not-there", "filters.eval.nested-field", "rare", installed=_refields(lambda f: f if f.isascii() else "nowhere")),
    Fault("quotes-in-names-end-the-query", "http.no-server-error", "rare", installed=_asked(lambda b: _refuse(b, when=any(mark in json.dumps(b.get("filters")) for mark in ("'\\\"", "\\\\")), status=500))),
    Fault("nested-fields-are-not-there", "filters.eval.nested-field", installed=_refields(lambda f: f if "." not in f else "nowhere")),
    Fault("case-counts-by-default", "filters.eval.case-insensitive-default", installed=rewritten(lambda g, d: _case_rule(g, d, change=lambda own, depth: True if own is None and depth == 1 else own))),
    Fault("case-never-counts", "filters.eval.case-sensitive", installed=rewritten(lambda g, d: _case_rule(g, d, change=lambda _own, _d: False))),
    Fault("case-not-inherited", "filters.eval.case-sensitive", "edge", installed=rewritten(lambda g, d: _case_rule(g, d, change=lambda own, _d: bool(own)))),
    Fault("null-case-rule-is-false", "filters.eval.case-sensitive", "rare", installed=rewritten(lambda g, _d: {**g, "case_sensitive": False} if g.get("case_sensitive", ...) is None else g)),
    Fault("case-of-the-fifth-group-lost", "filters.eval.case-sensitive", "rare", installed=rewritten(lambda g, d: _case_rule(g, d, change=lambda own, depth: own if depth < 5 else None))),
    Fault("not-is-not-all", "filters.eval.not", "edge", installed=rewritten(lambda g, _d: {**{k: v for k, v in g.items() if k != "NOT"}, "AND": [*(g.get("AND") or ()), {"NOT": [{"AND": g["NOT"]}]}]} if len(g.get("NOT") or ()) > 1 else g)),
    Fault("not-in-not-lost", "filters.eval.not", "rare", installed=rewritten(_without_inner_not)),
    Fault("not-skips-the-absent", "filters.eval.not", "edge", installed=rewritten(_present_only)),
    Fault("or-of-three-is-and", "filters.eval.or", "rare", installed=rewritten(lambda g, _d: _moved(g, "OR", "AND", lambda some: len(some) > 2))),
    Fault("or-beside-and-lost", "filters.eval.or", "edge", installed=rewritten(lambda g, _d: {k: v for k, v in g.items() if k != "OR" or not g.get("AND")})),
    Fault("and-one-a-field", "filters.eval.and", "rare", installed=rewritten(_by_field)),
    Fault("and-of-two", "filters.eval.and", "rare", installed=rewritten(lambda g, _d: {**g, "AND": g["AND"][:2]} if g.get("AND") else g)),
    Fault("and-is-or", "filters.eval.and", installed=rewritten(lambda g, _d: _moved(g, "AND", "OR", lambda some: len(some) > 1))),
    Fault("fourth-group-holds", "filters.eval.or", "rare", installed=rewritten(lambda g, d: _deeper(g, d, than=3))),
    Fault("regex-not-supported", "filters.eval.regex", installed=_asked(lambda b: _refuse(b, when='"regex"' in json.dumps(b)))),
    Fault("not-of-a-group-refused", "filters.laws.complement", "edge", installed=rewritten(lambda g, d: {"AND": g["NOT"]} if d == 1 and len(g.get("NOT") or ()) == 1 and "field" not in g["NOT"][0] else g)),
    Fault("or-of-not-not", "filters.laws.de-morgan", "rare", installed=rewritten(lambda g, d: {"OR": [{"AND": one["NOT"]} for one in g["OR"]]} if d == 1 and g.get("OR") and all(list(one) == ["NOT"] for one in g["OR"]) else g)),
    Fault("last-of-or-wins", "filters.laws.order", "rare", installed=rewritten(lambda g, d: {**g, "OR": g["OR"][-2:]} if d == 1 and len(g.get("OR") or ()) > 2 else g)),
    Fault("twice-is-never", "filters.laws.idempotent", "rare", installed=rewritten(lambda g, _d: {"NOT": [{"field": "document_id", "operator": "exists", "value": True}]} if len(g.get("AND") or ()) == 2 and g["AND"][0] == g["AND"][1] else g)),
    Fault("or-with-a-group-is-and", "filters.laws.monotone", "rare", installed=rewritten(lambda g, d: _moved(g, "OR", "AND", lambda some: d == 1 and len(some) == 2 and "field" not in some[0] and "field" in some[1]))),
    Fault("json-in-capitals-refused", "collections.create.accepts-valid", "rare", installed=handler("create_collection", change=_only_lower_case)),
    # write
    Fault("patch-is-put", "documents.patch.merges", installed=updated("patch_document", lambda b, s, a: {k: v for k, v in a.items() if k in s or k in SYSTEM})),
    Fault("patch-merges-deeply", "documents.patch.merges", "edge", installed=updated("patch_document", lambda b, s, a: {**a, **{k: {**b[k], **v} for k, v in s.items() if isinstance(v, dict) and isinstance(b.get(k), dict) and k in a and k != "_internal"}})),
    Fault("patch-skips-falsy", "documents.patch.merges", "edge", installed=updated("patch_document", lambda b, s, a: {**a, **{k: b[k] for k, v in s.items() if not v and k in b and k in a}})),
    Fault("patch-appends-to-lists", "documents.patch.merges", "rare", installed=updated("patch_document", lambda b, s, a: {**a, **{k: [*b[k], *v] for k, v in s.items() if isinstance(v, list) and isinstance(b.get(k), list) and k in a}})),
    Fault("put-merges", "documents.put.replaces", installed=updated("put_document", lambda b, s, a: {**b, **a})),
    Fault("put-keeps-metadata", "documents.put.replaces", "edge", installed=updated("put_document", lambda b, s, a: {**({"metadata": b["metadata"]} if "metadata" in b else {}), **a})),
    Fault("put-of-nothing-ignored", "documents.put.replaces", "rare", installed=updated("put_document", lambda b, s, a: a if s else b)),
    Fault("updated-when-created", "documents.update.advances-updated-at", "edge", installed=updated("patch_document", lambda b, s, a: _internal(a, updated_at=a["_internal"]["created_at"] if len(a) % 2 else a["_internal"]["updated_at"]))),
    Fault("put-is-a-new-document", "documents.update.keeps-identity", installed=updated("put_document", lambda b, s, a: _internal(a, created_at=a["_internal"]["updated_at"].replace("20", "21", 1)))),
    Fault("patch-takes-the-id", "documents.update.keeps-identity", "edge", installed=handler("patch_document", change=lambda _r, o, c: _taking_the_id(o, c))),
    Fault("put-loses-the-lineage", "documents.update.keeps-identity", "rare", installed=updated("put_document", lambda b, s, a: _internal(a, lineage={**a["_internal"]["lineage"], "path": None}))),
    Fault("update-is-upsert", "documents.update.unknown", installed=handler("put_document", change=_upsert)),
    Fault("patch-through-any-collection", "documents.update.wrong-collection", "edge", installed=handler("patch_document", change=_anywhere)),
    Fault("delete-through-any-collection", "documents.update.wrong-collection", installed=handler("delete_document", change=_anywhere)),
    Fault("put-elsewhere-done-and-denied", "documents.update.wrong-collection", "rare", installed=handler("put_document", change=_done_and_denied)),
    Fault("deleted-and-listed", "documents.delete.then-unknown", installed=_soft_deleted),
    Fault("deleted-twice", "documents.delete.then-unknown", "edge", installed=handler("delete_document", change=_again_200)),
    Fault("delete-takes-the-next", "documents.delete.only-that", "rare", installed=handler("delete_document", change=_delete_neighbour)),
    Fault("orphans-stay", "collections.delete.then-unknown", "edge", installed=handler("delete_collection", change=_keep_documents)),
    Fault("deleted-collection-cached", "collections.delete.then-unknown", "rare", installed=_cached("get_collection", "create_collection")),
    Fault("lost-updates", "robustness.concurrent-updates", "rare", installed=_LOST[0], arrived=_LOST[1]),
    Fault("read-cache-outlives-put", "documents.get.equals-created", "rare", installed=_cached(_GET, "create_document", "patch_document", "delete_document", "delete_collection")),
    Fault("list-cache-outlives-patch", "list.returns-exactly-created", "rare", installed=_cached(_LIST, "create_document", "put_document", "delete_document", "delete_collection", "create_collection")),
    Fault("filtered-lists-outlive-updates", "filters.eval.eq", "rare", installed=_cached(_LIST, "create_document", "delete_document", "delete_collection", only=lambda call: b"filters" in call.body)),
    Fault("patch-undoes-put", "documents.patch.merges", "rare", installed=merged_after_put(lambda older, _now: older)),
    # auth
    Fault("list-unguarded", "auth.missing-token", "edge", installed=_unguarded(_LIST, only=lambda h: not h)),
    Fault("delete-unguarded", "auth.missing-token", "edge", installed=_unguarded("delete_document", only=lambda h: not h)),
    Fault("any-token-will-do", "auth.wrong-token", installed=_unguarded(only=lambda h: h.startswith("Bearer "))),
    Fault("any-token-for-put", "auth.wrong-token", "edge", installed=_unguarded("put_document", only=lambda h: h.startswith("Bearer "))),
    Fault("any-scheme-will-do", "auth.wrong-scheme", installed=_unguarded(only=lambda h: not h.startswith("Bearer ") and bool(h))),
    Fault("strangers-lose-the-router", "http.no-server-error", "edge", sent=lambda o, _b, r: (500, *r[1:]) if o == "unrouted" and r[0] == 401 else r),
    Fault("no-challenge", "auth.challenge", sent=lambda _o, _b, r: (r[0], {}, r[2]) if r[0] == 401 else r),
    Fault("validated-before-asked", "auth.before-validation", installed=_validate_first),
    Fault("made-before-asked", "auth.no-effect", installed=_act_then_ask("create_document")),
    Fault("put-before-asked", "auth.no-effect", "rare", installed=_act_then_ask("put_document")),
    # namespaces
    Fault("collections-read-from-anywhere", "namespaces.isolates-collections", installed=handler("get_collection", change=_in_any_namespace)),
    Fault("lists-from-anywhere", "namespaces.isolates-collections", "edge", installed=handler(_LIST, change=_in_any_namespace)),
    Fault("collections-deleted-from-anywhere", "namespaces.isolates-collections", "edge", installed=handler("delete_collection", change=_in_any_namespace)),
    Fault("documents-read-from-anywhere", "namespaces.isolates-documents", installed=handler(_GET, change=_in_any_namespace)),
    Fault("patched-from-anywhere", "namespaces.isolates-documents", "edge", installed=handler("patch_document", change=_in_any_namespace)),
    Fault("deleted-from-anywhere", "namespaces.isolates-documents", "edge", installed=handler("delete_document", change=_in_any_namespace)),
    Fault("names-taken-everywhere", "namespaces.same-name-twice", installed=handler("create_collection", change=_unique_names)),
    Fault("one-namespace-id", "namespaces.id-on-documents", made=lambda _o, _s, a: _constant_namespace(a)),
    # vectors and blobs
    Fault("vectors-always-shown", "documents.get.vectors-on-request", installed=_vectors_always),
    Fault("second-vectors-lost", "documents.get.vectors-on-request", "rare", installed=shows(_features(lambda some: [one if at == 0 else {**one, "vectors": None} for at, one in enumerate(some)]))),
    Fault("sparse-vectors-lost", "documents.get.vectors-on-request", "edge", installed=shows(_features(lambda some: [{k: v for k, v in one.items() if k != "vectors" or "indices" not in (v or {})} for one in some]))),
    Fault("urls-always-shown", "documents.get.urls-on-request", installed=_urls_always),
    Fault("first-url-only", "documents.get.urls-on-request", "edge", installed=shows(_blobs(lambda some: [one if at == 0 else {k: v for k, v in one.items() if k != "presigned_url"} for at, one in enumerate(some)]))),
    Fault("url-without-a-host", "documents.get.urls-on-request", installed=shows(_blobs(lambda some: [{**one, "presigned_url": "/files/1"} for one in some]))),
)  # fmt: skip
