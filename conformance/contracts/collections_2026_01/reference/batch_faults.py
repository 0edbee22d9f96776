"""Named faults of requests about many documents at once."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Details, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    PROBLEM,
    SYSTEM,
    Handler,
    Installed,
    authorize_afterwards,
    change_answer,
    change_handlers,
    without,
)
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections_2026_01.reference.batches import Batches

_BULK, _UPDATE, _DELETE = "update_documents_in_bulk", "update_documents_in_batch", "delete_documents_in_batch"
_OLD = "2001-01-01T00:00:00Z"
# What becomes of one document: the reference, the call, its number in the call, its id, and what it is to be given (None: it is deleted).
OneChange = Callable[[Batches, Call, int, str, Body | None], Body | None]


class _SkipIt(Exception):
    """Nothing is done to a document, and nobody told."""


def _skip() -> Body | None:
    raise _SkipIt


def _each(operation: str, change: OneChange) -> Installed:
    """Change what a request does to each document."""

    def installed(reference: Reference) -> None:
        server, numbers = cast("Batches", reference), dict[int, int]()
        change_one, delete_one = server.change_one, server.delete_one

        def number_of(call: Call) -> int:
            numbers[id(call)] = numbers.get(id(call), -1) + 1
            return numbers[id(call)]

        def changed(call: Call, identifier: str, data: Body) -> None:
            if call.operation != operation:
                return change_one(call, identifier, data)
            try:
                given = change(server, call, number_of(call), identifier, data)
            except _SkipIt:
                return None
            return change_one(call, identifier, given or {})

        def deleted(call: Call, identifier: str) -> None:
            try:
                if call.operation == operation:
                    change(server, call, number_of(call), identifier, None)
            except _SkipIt:
                return
            delete_one(call, identifier)

        def arrived(_reference: Reference, original: Handler, call: Call) -> Body:
            numbers.clear()
            return original(call)

        server.change_one, server.delete_one = changed, deleted  # type: ignore[method-assign]
        change_handlers(operation, change=arrived)(reference)

    return installed


def _kept(operation: str, keep: Callable[[int, Body], bool]) -> Installed:
    """Do nothing to some documents, and say that it was done: `keep` sees the number of each, and what it is to be given."""
    return _each(operation, lambda _s, _c, number, _i, data: data if keep(number, data or {}) else _skip())


def _given(operation: str, change: Callable[[Body, Body], Body]) -> Installed:
    """Change what documents are given: `change` sees a document and what it is to be given."""
    return _each(operation, lambda server, call, _n, name, data: change(_document(server, call, name), data or {}))


def _document(server: Batches, call: Call, identifier: str) -> Body:
    return server.service.store.document(call.namespace, call.path["collection"], identifier) or {}


def _afterwards(operation: str, change: Callable[[Body, Body], Body]) -> Installed:
    """Change what a document has become: `change` sees it, and what it was to be given."""

    def change_it(server: Batches, call: Call, _number: int, identifier: str, data: Body | None) -> Body | None:
        place = call.namespace, call.path["collection"], identifier
        before = server.service.get_document(*place)
        server.service.patch_document(*place, data or {})
        server.service.store.replace_document(*place, change(before, data or {}))
        return _skip()

    return _each(operation, change_it)


def _own(data: Body) -> Body:
    """Return what of a change is the user's own."""
    return without(data, *SYSTEM, "created_at")


def _internal(document: Body, data: Body, **changes: Any) -> Body:
    return {**document, **_own(data), "_internal": {**document["_internal"], **changes}}


def _deeply(document: Body, data: Body) -> Body:
    return {key: {**document[key], **value} if isinstance(value, dict) and isinstance(document.get(key), dict) else value
            for key, value in data.items()}  # fmt: skip


def _put(document: Body, data: Body) -> Body:
    return {**{key: document[key] for key in SYSTEM}, **_own(data)}


def _appended(document: Body, data: Body) -> Body:
    return {key: [*document[key], *value] if isinstance(value, list) and isinstance(document.get(key), list) else value
            for key, value in data.items()}  # fmt: skip


def _takes_all(server: Batches, call: Call, _number: int, identifier: str, data: Body | None) -> Body | None:
    """Store what only the server may set, too."""
    place = call.namespace, call.path["collection"], identifier
    document = server.service.patch_document(*place, data or {})
    claimed = {key: value for key, value in (data or {}).items() if key in ("document_id", "collection_id")}
    server.service.store.replace_document(*place, {**document, **claimed})
    return _skip()


def _resets_without_filter(server: Batches, call: Call, _number: int, identifier: str, data: Body | None) -> Body | None:
    if b'"filters"' in call.body:
        return data
    place, document = (call.namespace, call.path["collection"], identifier), _document(server, call, identifier)
    reset = _internal(document, data or {}, updated_at=document["_internal"]["created_at"])
    server.service.store.replace_document(*place, reset)
    return _skip()


def _chosen(operation: str, change: Callable[[Batches, Call, list[str], list[str]], list[str]]) -> Installed:
    """Change which documents a filter selects: `change` sees those that it does, and all. The answer counts the right ones."""

    def installed(reference: Reference) -> None:
        server, counts = cast("Batches", reference), list[int]()
        original = server.chosen

        def chosen(call: Call, filters: Body | None) -> list[str]:
            right = original(call, filters)
            if call.operation != operation:
                return right
            counts.append(len(right))
            return change(server, call, right, original(call, None))

        def counted(_reference: Reference, handler: Handler, call: Call) -> Body:
            counts.clear()
            answer = handler(call)
            name = "deleted_count" if operation == _DELETE else "updated_count"
            return {**answer, name: counts[0]} if counts else answer

        server.chosen = chosen  # type: ignore[method-assign]
        change_handlers(operation, change=counted)(reference)

    return installed


def _by_filters(operation: str, change: Callable[[Body], Body]) -> Installed:
    """Change a filter before it selects."""

    def changed(server: Batches, call: Call, right: list[str], _every: list[str]) -> list[str]:
        filters = json.loads(call.body).get("filters")
        return right if filters is None else Batches.chosen(server, call, change(filters))

    return _chosen(operation, changed)


def _present(group: Body) -> Body:
    """A field that NOT is about must be there."""
    members = [condition for condition in group.get("NOT") or () if "field" in condition]
    there = [{"field": condition["field"], "operator": "exists", "value": True} for condition in members]
    return {"AND": [group, *there]} if there else group


def _everywhere(server: Batches, call: Call, data: Body, *, namespaces: bool) -> None:
    """Give the documents of other collections, or of other namespaces, the same."""
    for namespace, collection, identifier in server.service.store._all("SELECT namespace, collection, id FROM documents"):  # noqa: SLF001
        is_other = (
            namespace != call.namespace if namespaces else namespace == call.namespace and collection != call.path["collection"]
        )
        if is_other and (found := server.service.store.document(namespace, collection, identifier)) is not None:
            server.service.store.replace_document(namespace, collection, identifier, {**found, **data})


def _reaching(operation: str, *, namespaces: bool) -> Installed:
    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        answer, body = original(call), json.loads(call.body)
        server = cast("Batches", reference)
        if body.get("update_data") and answer["updated_count"]:
            _everywhere(server, call, body["update_data"], namespaces=namespaces)
        return answer

    return change_handlers(operation, change=changed)


def _anywhere(operation: str, *, denied: bool) -> Installed:
    """Do to a document of another collection what was asked for, and perhaps say that it is not there."""

    def elsewhere(server: Batches, call: Call, identifier: str) -> Call:
        owner = server.service.store.owner("documents", identifier)
        return call if owner is None else replace(call, path={**call.path, "collection": owner[1]})

    def change_it(server: Batches, call: Call, _number: int, identifier: str, data: Body | None) -> Body | None:
        there = elsewhere(server, call, identifier)
        if there.path == call.path:
            return data
        if data is None:
            Batches.delete_one(server, there, identifier)
        else:
            Batches.change_one(server, there, identifier, data)
        return data if denied else _skip()

    return _each(operation, change_it)


def _upsert(server: Batches, call: Call, _number: int, identifier: str, data: Body | None) -> Body | None:
    if not _document(server, call, identifier):
        service, collection = server.service, call.path["collection"]
        made = service.create_document(call.namespace, collection, {"collection_id": collection, **(data or {})})
        service.keep_document(call.namespace, {**made, "document_id": identifier})
    return data


def _stops(server: Batches, call: Call, number: int, identifier: str, data: Body | None) -> Body | None:
    """Stop doing anything at the first document that is not there."""
    body = json.loads(call.body)
    named = body.get("document_ids") or [update["document_id"] for update in body.get("updates") or ()]
    is_over = bool(named) and any(server.service.store.owner("documents", name) is None for name in named[:number])
    return _skip() if is_over and _document(server, call, identifier) else data


def _rolls_back(server: Batches, call: Call, _number: int, identifier: str, data: Body | None) -> Body | None:
    """Do nothing at all if one document is not there."""
    body = json.loads(call.body)
    named = body.get("document_ids") or [update["document_id"] for update in body.get("updates") or ()]
    is_lacking = any(server.service.store.owner("documents", name) is None for name in named)
    return _skip() if is_lacking and _document(server, call, identifier) else data


def _takes_next(server: Batches, call: Call, _number: int, identifier: str, data: Body | None) -> Body | None:
    """Do it to the document that was made next, too."""
    every = Batches.chosen(server, call, None)
    place = every.index(identifier) + 1 if identifier in every else 0
    named = call.body.decode()
    if 0 < place < len(every) and every[place] not in named and len(every) > 3 and '"filters"' not in named:
        server.service.store.remove_document(call.namespace, call.path["collection"], every[place]) if data is None else (
            Batches.change_one(server, call, every[place], data)
        )
    return data


def _last_of_each(_reference: Reference, original: Handler, call: Call) -> Body:
    """Do the last update of each document alone, and say that all was done."""
    body = json.loads(call.body)
    updates = body.get("updates") if isinstance(body, dict) else None
    if not isinstance(updates, list) or not all(
        isinstance(update, dict) and isinstance(update.get("document_id"), str) for update in updates
    ):
        return original(call)
    last = {update["document_id"]: update for update in updates}
    if len(last) == len(updates) or len(updates) > 1000:
        return original(call)
    answer = original(replace(call, body=json.dumps({"updates": list(last.values())}).encode()))
    by_id = {result["document_id"]: result for result in answer["results"]}
    return {**answer, "results": [by_id[update["document_id"]] for update in updates]}


def _refuse_if_unknown(reference: Reference, original: Handler, call: Call) -> Body:
    try:
        body = json.loads(call.body)
        named = body.get("document_ids") or [update["document_id"] for update in body.get("updates") or ()]
        is_lacking = any(_document(cast("Batches", reference), call, name) == {} for name in named if isinstance(name, str))
    except (ValueError, TypeError, KeyError, AttributeError):
        return original(call)
    if is_lacking and len(named) <= 1000:
        raise Refusal(404, "there is no such document")
    return original(call)


def _answer_unknown(answer: Body) -> Callable[[Reference, Handler, Call], Body]:
    """Answer 200 for a collection that does not exist."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        if reference.service.store.collection(call.namespace, call.path["collection"]) is None:
            return answer
        return original(call)

    return changed


def _before_asking(operation: str, do: Callable[[Batches, Call, Any], None]) -> Installed:
    """Begin what is asked for before the body is found to be wrong."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        try:
            return original(call)
        except Refusal as refusal:
            if refusal.details:
                do(cast("Batches", reference), call, json.loads(call.body))
            raise

    return change_handlers(operation, change=changed)


def _change_all(server: Batches, call: Call, body: Body) -> None:
    if isinstance(body.get("update_data"), dict):
        for identifier in server.chosen(call, None):
            server.change_one(call, identifier, body["update_data"])


def _change_first(server: Batches, call: Call, body: Body) -> None:
    for update in (body.get("updates") or ())[:1]:
        server.change_one(call, update["document_id"], update["update_data"])


def _delete_first(server: Batches, call: Call, body: Body) -> None:
    for identifier in (body.get("document_ids") or ())[:1]:
        if _document(server, call, identifier):
            server.delete_one(call, identifier)


def _lax(operation: str, change: Callable[[Body], Body]) -> dict[str, Any]:
    """Read a wrong body as if it were another one."""
    return {"parsed": lambda called, body: change(body) if called == operation else body}


def _without_problems(operation: str, when: Callable[[Body], bool]) -> dict[str, Any]:
    """Find nothing wrong with some bodies."""

    def details(called: str, body: Body, found: Details) -> Details:
        return [] if called == operation and when(body) else found

    return {"details": details}


def _without_wrong_filters(body: Body) -> Body:
    return body if isinstance(body.get("filters"), dict | None) else without(body, "filters")


def _without_wrong_groups(body: Body) -> Body:
    filters = body.get("filters")
    if not isinstance(filters, dict):
        return body
    return {
        **body,
        "filters": {key: value for key, value in filters.items() if key == "case_sensitive" or isinstance(value, list | None)},
    }


def _cut(body: Body, name: str, most: int) -> Body:
    return {**body, name: body[name][:most]} if isinstance(body.get(name), list) else body


def _without_empty(body: Body, name: str, filler: Body) -> Body:
    return {**without(body, name), **filler} if body.get(name) == [] else body


_NOTHING: Body = {"AND": [{"field": "document_id", "operator": "eq", "value": "none"}]}


def _results(operation: str, change: Callable[[list[Body]], Any]) -> Installed:
    return change_answer(operation, lambda answer: {**answer, "results": change(answer["results"])})


def _count(operation: str, name: str, change: Callable[[Body], Any]) -> Installed:
    return change_answer(operation, lambda answer: {**answer, name: change(answer)})


def _count_collection(reference: Reference, original: Handler, call: Call) -> Body:
    answer = original(call)
    return {**answer, "updated_count": reference.service.store.count(call.namespace, call.path["collection"], selection.EVERYTHING)}


def _touch_others(server: Batches, call: Call, right: list[str], every: list[str]) -> list[str]:
    for identifier in every:
        if identifier not in right:
            Batches.change_one(server, call, identifier, {})
    return right


def _deleted_later(reference: Reference) -> None:
    """What was deleted together is gone for reads, and stays in lists and totals."""
    server, gone = cast("Batches", reference), set[str]()
    original = reference.service.get_document

    def deleted(call: Call, identifier: str) -> None:
        original(call.namespace, call.path["collection"], identifier)
        gone.add(identifier)

    def found(namespace: str, collection: str, identifier: str) -> Body:
        if identifier in gone:
            raise Refusal(404, "there is no such document")
        return original(namespace, collection, identifier)

    server.delete_one, reference.service.get_document = deleted, found  # type: ignore[method-assign]


def _total_from_before(reference: Reference) -> None:
    """Count in totals what was deleted together."""
    deleted: dict[str, int] = {}

    def delete(_reference: Reference, original: Handler, call: Call) -> Body:
        answer = original(call)
        deleted[call.path["collection"]] = deleted.get(call.path["collection"], 0) + answer["deleted_count"]
        return answer

    def listed(_reference: Reference, original: Handler, call: Call) -> Body:
        page = original(call)
        total = page["pagination"]["total"]
        more = deleted.get(call.path["collection"], 0)
        return page if total is None else {**page, "pagination": {**page["pagination"], "total": total + more}}

    change_handlers(_DELETE, change=delete)(reference)
    change_handlers("list_documents", change=listed)(reference)


def _cached_reads(reference: Reference) -> None:
    """Show what was read before, until the document itself is changed."""
    seen: dict[str, Body] = {}

    def read(_reference: Reference, original: Handler, call: Call) -> Body:
        return (
            seen.setdefault(call.path["document"], original(call))
            if call.path["document"] not in seen
            else seen[call.path["document"]]
        )

    def forget(_reference: Reference, original: Handler, call: Call) -> Body:
        seen.pop(call.path["document"], None)
        return original(call)

    change_handlers("get_document", change=read)(reference)
    change_handlers("patch_document", "put_document", "delete_document", change=forget)(reference)


def _unguarded_namespace(operation: str) -> Installed:
    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        owner = reference.service.store.owner("collections", call.path["collection"])
        return original(call if owner is None else replace(call, namespace=owner[0]))

    return change_handlers(operation, change=changed)


def _all_the_first(_server: Batches, call: Call, _number: int, _identifier: str, data: Body | None) -> Body | None:
    updates = json.loads(call.body).get("updates")
    return data if not updates else updates[0]["update_data"]


def _first(items: list[Any]) -> list[Any]:
    return items[:1]


def _truthy(_document: Body, data: Body) -> Body:
    return {key: value for key, value in data.items() if value}


def _only_new(document: Body, data: Body) -> Body:
    return {key: value for key, value in data.items() if key not in document}


def _no_nulls(document: Body, data: Body) -> Body:
    return _internal({key: value for key, value in document.items() if value is not None}, data)


def _in_case(group: Body) -> Body:
    return {**group, "case_sensitive": True}


BATCH_FAULTS: tuple[Fault, ...] = (
    # bulk
    Fault("bulk-says-so-alone", "documents.bulk.changes-selected", installed=_kept(_BULK, lambda _n, _d: False)),
    Fault("bulk-changes-the-first", "documents.bulk.changes-selected", installed=_kept(_BULK, lambda number, _d: number == 0)),
    Fault("bulk-ends-at-five", "documents.bulk.changes-selected", "rare", installed=_kept(_BULK, lambda number, _d: number < 5)),
    Fault("bulk-of-one-page", "documents.bulk.changes-selected", "edge", installed=_chosen(_BULK, lambda _s, _c, right, _e: right[:10])),
    Fault("bulk-skips-falsy", "documents.bulk.changes-selected", "edge", installed=_given(_BULK, _truthy)),
    Fault("bulk-adds-alone", "documents.bulk.changes-selected", "edge", installed=_given(_BULK, _only_new)),
    Fault("bulk-appends-to-lists", "documents.bulk.merges", "rare", installed=_given(_BULK, _appended)),
    Fault("bulk-needs-a-filter", "documents.bulk.changes-selected", "edge", installed=_chosen(_BULK, lambda _s, call, right, _e: right if b'"filters"' in call.body else [])),
    Fault("bulk-counts-case", "documents.bulk.changes-selected", "edge", installed=_by_filters(_BULK, _in_case)),
    Fault("bulk-not-skips-the-absent", "documents.bulk.changes-selected", "edge", installed=_by_filters(_BULK, _present)),
    Fault("bulk-shown-late", "documents.bulk.changes-selected", "rare", installed=_cached_reads),
    Fault("bulk-refuses-no-filter", "documents.bulk.changes-selected", "edge", details=lambda o, b, d: [PROBLEM] if o == _BULK and "filters" not in b else d),
    Fault("bulk-knows-no-filter", "documents.bulk.changes-no-others", installed=_chosen(_BULK, lambda _s, _c, _r, every: every)),
    Fault("bulk-of-none-is-of-all", "documents.bulk.changes-no-others", "edge", installed=_chosen(_BULK, lambda _s, _c, right, every: right or every)),
    Fault("bulk-drops-not", "documents.bulk.changes-no-others", "edge", installed=_by_filters(_BULK, lambda group: without(group, "NOT") if len(group) > 1 else group)),
    Fault("bulk-touches-all", "documents.bulk.changes-no-others", "rare", installed=_chosen(_BULK, _touch_others)),
    Fault("bulk-in-all-collections", "documents.bulk.changes-no-others", "edge", installed=_reaching(_BULK, namespaces=False)),
    Fault("bulk-in-all-namespaces", "documents.bulk.changes-no-others", "rare", installed=_reaching(_BULK, namespaces=True)),
    Fault("bulk-is-put", "documents.bulk.merges", installed=_afterwards(_BULK, _put)),
    Fault("bulk-merges-deeply", "documents.bulk.merges", "edge", installed=_given(_BULK, _deeply)),
    Fault("bulk-drops-nulls", "documents.bulk.merges", "rare", installed=_afterwards(_BULK, _no_nulls)),
    Fault("bulk-makes-anew", "documents.bulk.keeps-identity", installed=_afterwards(_BULK, lambda d, s: _internal(d, s, created_at="2101-01-01T00:00:00Z"))),
    Fault("bulk-loses-lineage", "documents.bulk.keeps-identity", "edge", installed=_afterwards(_BULK, lambda d, s: _internal(d, s, lineage={}))),
    Fault("bulk-takes-ids", "documents.bulk.keeps-identity", "rare", installed=_each(_BULK, _takes_all)),
    Fault("bulk-is-of-old", "documents.bulk.advances-updated-at", installed=_afterwards(_BULK, lambda d, s: _internal(d, s, updated_at=_OLD))),
    Fault("bulk-of-all-resets-the-time", "documents.bulk.advances-updated-at", "edge", installed=_each(_BULK, _resets_without_filter)),
    Fault("bulk-counts-all", "documents.bulk.counts", installed=change_handlers(_BULK, change=_count_collection)),
    Fault("bulk-counts-from-zero", "documents.bulk.counts", "edge", installed=_count(_BULK, "updated_count", lambda a: max(0, a["updated_count"] - 1))),
    Fault("bulk-counts-none-as-one", "documents.bulk.counts", "rare", installed=_count(_BULK, "updated_count", lambda a: max(1, a["updated_count"]))),
    Fault("bulk-counts-in-words", "documents.bulk.response-schema", installed=_count(_BULK, "updated_count", lambda a: str(a["updated_count"]))),
    Fault("bulk-answers-a-number", "documents.bulk.response-schema", "edge", sent=lambda o, _b, r: (200, r[1], b"3") if o == _BULK and r[0] == 200 else r),
    Fault("bulk-does-not-count", "documents.bulk.response-schema", installed=change_answer(_BULK, lambda a: without(a, "updated_count"))),
    Fault("bulk-of-nothing-new", "documents.bulk.requires-update-data", **_lax(_BULK, lambda body: {"update_data": {}, **body})),
    Fault("bulk-takes-lists", "documents.bulk.rejects-wrong-types", **_lax(_BULK, lambda body: {**body, "update_data": {"items": body["update_data"]}} if isinstance(body.get("update_data"), list) else body)),
    Fault("bulk-drops-what-is-no-filter", "documents.bulk.rejects-wrong-types", "edge", **_lax(_BULK, _without_wrong_filters)),
    Fault("bulk-drops-broken-groups", "documents.bulk.rejects-broken-filters", "edge", **_lax(_BULK, _without_wrong_groups)),
    Fault("bulk-anywhere-is-of-none", "documents.bulk.unknown-collection", installed=change_handlers(_BULK, change=_answer_unknown({"updated_count": 0}))),
    Fault("bulk-before-looking", "documents.bulk.refused-changes-nothing", installed=_before_asking(_BULK, _change_all)),
    Fault("bulk-from-anywhere", "namespaces.isolates-documents", "edge", installed=_unguarded_namespace(_BULK)),
    # updates in a batch
    Fault("batch-gives-all-the-first", "documents.batch-update.changes-each", installed=_each(_UPDATE, _all_the_first)),
    Fault("batch-changes-the-first", "documents.batch-update.changes-each", installed=_kept(_UPDATE, lambda number, _d: number == 0)),
    Fault("batch-ends-at-three", "documents.batch-update.changes-each", "rare", installed=_kept(_UPDATE, lambda number, _d: number < 3)),
    Fault("batch-of-one-page", "documents.batch-update.changes-each", "edge", installed=_chosen(_UPDATE, lambda _s, _c, right, _e: right[:10])),
    Fault("batch-skips-falsy", "documents.batch-update.changes-each", "edge", installed=_given(_UPDATE, _truthy)),
    Fault("batch-stops-at-the-unknown", "documents.batch-update.changes-each", "rare", installed=_each(_UPDATE, _stops)),
    Fault("batch-undone-for-the-unknown", "documents.batch-update.changes-each", "rare", installed=_each(_UPDATE, _rolls_back)),
    Fault("batch-filters-without-effect", "documents.batch-update.changes-each", "edge", installed=_chosen(_UPDATE, lambda _s, _c, _r, _e: [])),
    Fault("batch-knows-no-filter", "documents.batch-update.changes-no-others", installed=_chosen(_UPDATE, lambda _s, _c, _r, every: every)),
    Fault("batch-makes-the-unknown", "documents.batch-update.changes-no-others", "edge", installed=_each(_UPDATE, _upsert)),
    Fault("batch-in-any-collection", "documents.batch-update.changes-no-others", "edge", installed=_anywhere(_UPDATE, denied=False)),
    Fault("batch-elsewhere-done-and-denied", "documents.batch-update.changes-no-others", "rare", installed=_anywhere(_UPDATE, denied=True)),
    Fault("batch-changes-the-next", "documents.batch-update.changes-no-others", "rare", installed=_each(_UPDATE, _takes_next)),
    Fault("batch-is-put", "documents.batch-update.merges", installed=_afterwards(_UPDATE, _put)),
    Fault("batch-merges-deeply", "documents.batch-update.merges", "edge", installed=_given(_UPDATE, _deeply)),
    Fault("batch-makes-anew", "documents.batch-update.keeps-identity", installed=_afterwards(_UPDATE, lambda d, s: _internal(d, s, created_at="2101-01-01T00:00:00Z"))),
    Fault("batch-takes-ids", "documents.batch-update.keeps-identity", "rare", installed=_each(_UPDATE, _takes_all)),
    Fault("batch-is-of-old", "documents.batch-update.advances-updated-at", installed=_afterwards(_UPDATE, lambda d, s: _internal(d, s, updated_at=_OLD))),
    Fault("batch-counts-the-failed", "documents.batch-update.counts", "edge", installed=_count(_UPDATE, "updated_count", lambda a: a["updated_count"] + a["failed_count"])),
    Fault("batch-never-fails", "documents.batch-update.counts", "edge", installed=_count(_UPDATE, "failed_count", lambda _a: 0)),
    Fault("batch-filters-uncounted", "documents.batch-update.counts", "edge", installed=_count(_UPDATE, "updated_count", lambda a: len([r for r in a["results"] if r["success"]]))),
    Fault("batch-without-results", "documents.batch-update.results", installed=_results(_UPDATE, lambda _r: [])),
    Fault("batch-tells-of-successes", "documents.batch-update.results", "edge", installed=_results(_UPDATE, lambda results: [r for r in results if r["success"]])),
    Fault("batch-all-succeeded", "documents.batch-update.results", "edge", installed=_results(_UPDATE, lambda results: [{**r, "success": True} for r in results])),
    Fault("batch-numbers-its-results", "documents.batch-update.results", installed=_results(_UPDATE, lambda results: [{**r, "document_id": str(at)} for at, r in enumerate(results)])),
    Fault("batch-refused-for-one", "documents.batch-update.goes-on", installed=change_handlers(_UPDATE, change=_refuse_if_unknown)),
    Fault("batch-keeps-the-last", "documents.batch-update.same-id-twice", "edge", installed=change_handlers(_UPDATE, change=_last_of_each)),
    Fault("batch-results-by-id", "documents.batch-update.response-schema", installed=_results(_UPDATE, lambda results: {r["document_id"]: r["success"] for r in results})),
    Fault("batch-succeeds-in-words", "documents.batch-update.response-schema", "edge", installed=_results(_UPDATE, lambda results: [{**r, "success": "ok" if r["success"] else "failed"} for r in results])),
    Fault("batch-of-nothing-new", "documents.batch-update.requires-fields", **_lax(_UPDATE, lambda body: {**body, "updates": [{"update_data": {}, **u} if isinstance(u, dict) else u for u in body["updates"]]} if isinstance(body.get("updates"), list) else body)),
    Fault("batch-drops-the-nameless", "documents.batch-update.requires-fields", "edge", **_lax(_UPDATE, lambda body: {**body, "updates": [u for u in body["updates"] if not isinstance(u, dict) or "document_id" in u]} if isinstance(body.get("updates"), list) else body)),
    Fault("batch-drops-wrong-updates", "documents.batch-update.rejects-wrong-types", **_lax(_UPDATE, lambda body: {**body, "updates": [u for u in body["updates"] if not isinstance(u, dict) or isinstance(u.get("update_data", {}), dict)]} if isinstance(body.get("updates"), list) else body)),
    Fault("batch-drops-what-is-no-filter", "documents.batch-update.rejects-wrong-types", "edge", **_lax(_UPDATE, lambda body: {**_without_wrong_filters(body), "filters": {}} if "filters" in body and not isinstance(body["filters"], dict) else body)),
    Fault("batch-drops-broken-groups", "documents.batch-update.rejects-broken-filters", "edge", **_lax(_UPDATE, _without_wrong_groups)),
    Fault("batch-of-nothing", "documents.batch-update.needs-one-mode", **_lax(_UPDATE, lambda body: body or {"filters": _NOTHING, "update_data": {"a": 1}})),
    Fault("batch-prefers-updates", "documents.batch-update.needs-one-mode", "edge", **_lax(_UPDATE, lambda body: without(body, "filters", "update_data") if body.get("updates") else body)),
    Fault("batch-takes-1001", "documents.batch-update.bounds", "edge", **_lax(_UPDATE, lambda body: _cut(body, "updates", 1000))),
    Fault("batch-takes-none", "documents.batch-update.bounds", **_lax(_UPDATE, lambda body: _without_empty(body, "updates", {"filters": _NOTHING, "update_data": {"a": 1}}))),
    Fault("batch-anywhere-is-of-none", "documents.batch-update.unknown-collection", installed=change_handlers(_UPDATE, change=_answer_unknown({"updated_count": 0, "failed_count": 0, "results": []}))),
    Fault("batch-half-done", "documents.batch-update.refused-changes-nothing", "edge", installed=_before_asking(_UPDATE, _change_first)),
    Fault("batch-from-anywhere", "namespaces.isolates-documents", "edge", installed=_unguarded_namespace(_UPDATE)),
    # deletes in a batch
    Fault("batch-deletes-the-first", "documents.batch-delete.deletes-each", installed=_kept(_DELETE, lambda number, _d: number == 0)),
    Fault("batch-deleted-and-listed", "documents.batch-delete.deletes-each", installed=_deleted_later),
    Fault("batch-deletes-stop-at-the-unknown", "documents.batch-delete.deletes-each", "rare", installed=_each(_DELETE, _stops)),
    Fault("batch-deleted-and-counted", "documents.batch-delete.deletes-each", "edge", installed=_total_from_before),
    Fault("batch-deleted-and-read", "documents.batch-delete.deletes-each", "rare", installed=_cached_reads),
    Fault("batch-deletes-of-one-page", "documents.batch-delete.deletes-each", "edge", installed=_chosen(_DELETE, lambda _s, _c, right, _e: right[:10])),
    Fault("batch-deletes-by-no-filter", "documents.batch-delete.deletes-each", "edge", installed=_chosen(_DELETE, lambda _s, _c, _r, _e: [])),
    Fault("batch-deletes-all", "documents.batch-delete.deletes-no-others", installed=_chosen(_DELETE, lambda _s, _c, _r, every: every)),
    Fault("batch-deletes-anywhere", "documents.batch-delete.deletes-no-others", "edge", installed=_anywhere(_DELETE, denied=True)),
    Fault("batch-deletes-the-next", "documents.batch-delete.deletes-no-others", "rare", installed=_each(_DELETE, _takes_next)),
    Fault("batch-deletes-counted-as-asked", "documents.batch-delete.counts", "edge", installed=_count(_DELETE, "deleted_count", lambda a: a["deleted_count"] + a["failed_count"])),
    Fault("batch-deletes-never-fail", "documents.batch-delete.counts", "edge", installed=_count(_DELETE, "failed_count", lambda _a: 0)),
    Fault("batch-deletes-all-succeeded", "documents.batch-delete.results", "edge", installed=_results(_DELETE, lambda results: [{**r, "success": True} for r in results])),
    Fault("batch-deletes-tell-of-one", "documents.batch-delete.results", installed=_results(_DELETE, _first)),
    Fault("batch-deletes-refused-for-one", "documents.batch-delete.goes-on", installed=change_handlers(_DELETE, change=_refuse_if_unknown)),
    Fault("batch-deletes-uncounted", "documents.batch-delete.response-schema", installed=change_answer(_DELETE, lambda a: without(a, "deleted_count"))),
    Fault("batch-deletes-name-texts", "documents.batch-delete.response-schema", "edge", installed=_results(_DELETE, lambda results: [r["document_id"] for r in results])),
    Fault("batch-deletes-drop-wrong-ids", "documents.batch-delete.rejects-wrong-types", **_lax(_DELETE, lambda body: {**body, "document_ids": [i for i in body["document_ids"] if isinstance(i, str)]} if isinstance(body.get("document_ids"), list) else body)),
    Fault("batch-deletes-drop-broken-groups", "documents.batch-delete.rejects-broken-filters", "edge", **_lax(_DELETE, _without_wrong_groups)),
    Fault("batch-deletes-of-nothing", "documents.batch-delete.needs-one-mode", **_lax(_DELETE, lambda body: body or {"filters": _NOTHING})),
    Fault("batch-deletes-without-a-filter-all", "documents.batch-delete.needs-one-mode", "rare", **_lax(_DELETE, lambda body: body or {"filters": {}})),
    Fault("batch-deletes-prefer-ids", "documents.batch-delete.needs-one-mode", "edge", **_lax(_DELETE, lambda body: without(body, "filters") if body.get("document_ids") else body)),
    Fault("batch-deletes-1001", "documents.batch-delete.bounds", "edge", **_lax(_DELETE, lambda body: _cut(body, "document_ids", 1000))),
    Fault("batch-deletes-none", "documents.batch-delete.bounds", **_lax(_DELETE, lambda body: _without_empty(body, "document_ids", {"filters": _NOTHING}))),
    Fault("batch-deletes-anywhere-none", "documents.batch-delete.unknown-collection", installed=change_handlers(_DELETE, change=_answer_unknown({"deleted_count": 0}))),
    Fault("batch-half-deleted", "documents.batch-delete.refused-changes-nothing", "edge", installed=_before_asking(_DELETE, _delete_first)),
    Fault("bulk-before-asked", "auth.no-effect", "rare", installed=authorize_afterwards(_BULK)),
    Fault("batch-before-asked", "auth.no-effect", "rare", installed=authorize_afterwards(_UPDATE)),
    Fault("batch-deletes-before-asked", "auth.no-effect", "rare", installed=authorize_afterwards(_DELETE)),
    Fault("batch-deletes-from-anywhere", "namespaces.isolates-documents", "edge", installed=_unguarded_namespace(_DELETE)),
)  # fmt: skip
