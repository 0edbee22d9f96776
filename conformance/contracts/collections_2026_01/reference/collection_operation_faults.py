"""Named faults of listing and changing collections, and of finding them by their names."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Details, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import Handler, Installed, change_handlers, without
from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections.reference.service import now
from conformance.contracts.collections_2026_01.reference import collection_selection
from conformance.contracts.collections_2026_01.reference.collection_operations import MUTABLE

Collections = list[Body]
_LIST, _PATCH, _READ = "list_collections", "patch_collection", "get_collection"


def _change(method: str, change: Callable[..., Any]) -> Installed:
    """Change a method of the service: `change` sees the reference, the method and what it is called with."""

    def installed(reference: Reference) -> None:
        original = getattr(reference.service, method)

        @wraps(original)
        def changed(*given: Any) -> Any:
            return change(reference, original, *given)

        setattr(reference.service, method, changed)

    return installed


def _both(*installed: Installed) -> Installed:
    def together(reference: Reference) -> None:
        for one in installed:
            one(reference)

    return together


# Lists.


def _page(change: Callable[[Body, Query, Body], Body]) -> Installed:
    """Change the page that is answered; `change` sees the page, the query and the body."""
    return _change(
        "list_collections",
        lambda _reference, original, namespace, query, body: change(original(namespace, query, body), query, body),
    )


def _results(change: Callable[[Collections], Collections]) -> Installed:
    return _page(lambda page, _query, _body: {**page, "results": change(page["results"])})


def _entries(change: Callable[[Body], Body]) -> Installed:
    return _results(lambda found: [change(entry) for entry in found])


def _asked(change: Callable[[Query, Body], tuple[Query, Body]]) -> Installed:
    """Change what is asked for."""
    return _change(
        "list_collections", lambda _reference, original, namespace, query, body: original(namespace, *change(query, body))
    )


def _query(change: Callable[[Query], Query]) -> Installed:
    return _asked(lambda query, body: (change(query), body))


def _body(change: Callable[[Body], Body]) -> Installed:
    return _asked(lambda query, body: (query, change(body)))


def _filters(change: Callable[[Body], Body]) -> Installed:
    """Change the root group of a filter."""
    return _body(lambda body: body if body.get("filters") is None else {**body, "filters": change(body["filters"])})


def _matching(change: Callable[[Reference, Collections, str, Body], Collections]) -> Installed:
    """Change which collections match; `change` sees those that do, the namespace and the body."""
    return _change(
        "matching_collections",
        lambda reference, original, namespace, body: change(reference, original(namespace, body), namespace, body),
    )


def _conditions(change: Callable[[Body], Body | None]) -> Installed:
    """Change, or take away, the conditions in the root group of a filter."""

    def changed(group: Body) -> Body:
        kinds = {
            kind: [new for member in members if (new := change(member)) is not None] if isinstance(members, list) else members
            for kind, members in group.items()
        }
        return {kind: members for kind, members in kinds.items() if members}

    return _filters(changed)


def _total(change: Callable[[Reference, Body, Query, str], Any], *, of_page: bool = False) -> Installed:
    """Change a total: that of the pagination, or total_count."""

    def changed(reference: Reference, original: Any, namespace: str, query: Query, body: Body) -> Body:
        page: Body = original(namespace, query, body)
        new = change(reference, page, query, namespace)
        if not of_page:
            return {**page, "total_count": new}
        pagination = page["pagination"]
        return page if pagination["total"] is None else {**page, "pagination": {**pagination, "total": new}}

    return _change("list_collections", changed)


def _total_before_search(_reference: Reference, original: Any, namespace: str, query: Query, body: Body) -> Body:
    everything: Body = original(namespace, query, without(body, "search"))
    return {**original(namespace, query, body), "total_count": everything["total_count"]}


def _all(reference: Reference, namespace: str) -> Collections:
    return reference.service.store.collections(namespace)


def _statistics(**changes: Callable[[Body], Any]) -> Installed:
    return _change(
        "statistics",
        lambda _reference, original, namespace, found: (
            (stats := original(namespace, found)) | {key: change(stats) for key, change in changes.items()}
        ),
    )


def _sort_each_page(_reference: Reference, original: Any, namespace: str, query: Query, body: Body) -> Body:
    """Sort what stands on the page, and not the whole."""
    page: Body = original(namespace, query, without(body, "sort"))
    sort = body.get("sort")
    if sort is None:
        return page
    results = sorted(page["results"], key=lambda one: str(one.get(sort["field"])), reverse=sort.get("direction") == "desc")
    return {**page, "results": results}


def _with_cursor(change: Callable[[Query, Body], tuple[Query, Body]]) -> Installed:
    """Change what is asked for on all pages but the first that come by cursor."""
    return change_handlers(_LIST, change=lambda reference, original, call: _by_cursor(reference, original, call, change))


def _by_cursor(reference: Any, original: Handler, call: Call, change: Callable[[Query, Body], tuple[Query, Body]]) -> Body:
    if not call.query.get("cursor"):
        return original(call)
    query, body = change(Query.read(call.query), reference.valid_body(call) if call.body else {})
    page: Body = reference.service.list_collections(call.namespace, query, body)
    return page


def _without_cursor(page: Body, query: Query, _body: Body) -> Body:
    """Name no next page if that is the last one."""
    is_far = query.offset + 2 * query.limit < page["total_count"]
    return page if is_far else {**page, "pagination": {**page["pagination"], "next_cursor": None}}


def _keep_what_was_deleted(reference: Reference) -> None:
    """A deleted collection is gone for reads, and stays in lists."""
    deleted: dict[tuple[str, str], Body] = {}
    service: Any = reference.service
    delete, matching = service.delete_collection, service.store.collections

    def delete_collection(namespace: str, identifier: str) -> None:
        collection = service.get_collection(namespace, identifier)
        delete(namespace, identifier)
        deleted[namespace, identifier] = collection

    service.delete_collection = delete_collection
    service.store.collections = lambda namespace: [
        *matching(namespace),
        *(collection for (owner, _identifier), collection in deleted.items() if owner == namespace),
    ]


def _show_as_created(reference: Reference) -> None:
    """Lists show collections as they were created: from an index that updates do not reach."""
    created: dict[str, Body] = {}
    service: Any = reference.service
    keep = service.keep_collection

    def keep_collection(namespace: str, collection: Body) -> None:
        created[collection["collection_id"]] = collection
        keep(namespace, collection)

    service.keep_collection = keep_collection
    _entries(lambda entry: created.get(entry["collection_id"], entry))(reference)


def _of_first(found: Collections, key: str) -> Collections:
    return [{**entry, key: found[0].get(key)} for entry in found]


def _keep_refused(reference: Reference, original: Handler, call: Call) -> Body:
    """Keep a collection before its metadata are validated."""
    try:
        return original(call)
    except Refusal as refusal:
        if any("metadata" in detail["loc"] for detail in refusal.details):
            body = {**reference._fault.parsed(call.operation, _parsed(call)), "metadata": None}  # noqa: SLF001
            reference.service.keep_collection(call.namespace, reference.service.create_collection(call.namespace, body))
        raise


def _parsed(call: Call) -> Body:
    body: Body = json.loads(call.body)
    return body


def _of_all_namespaces(reference: Reference, _original: Any, _namespace: str, body: Body) -> Collections:
    rows = reference.service.store._all("SELECT DISTINCT namespace FROM collections")  # noqa: SLF001
    return [one for (namespace,) in rows for one in _original(namespace, body)]


def _search(change: Callable[[str, Body, bool], bool]) -> Installed:
    """Change what a term finds: the term, a collection, and whether case counts."""

    def changed(_reference: Reference, original: Any, namespace: str, body: Body) -> Collections:
        found: Collections = original(namespace, without(body, "search"))
        term = body.get("search")
        if term is None:
            return found
        return [one for one in found if change(term, one, bool(body.get("case_sensitive")))]

    return _change("matching_collections", changed)


def _finds_in(*keys: str) -> Callable[[str, Body, bool], bool]:
    def finds(term: str, collection: Body, sensitive: bool) -> bool:  # noqa: FBT001
        return collection_selection.finds(term, {key: collection[key] for key in keys}, sensitive=sensitive)

    return finds


def _is_one_of(term: str, collection: Body, test: Callable[[str, str], bool]) -> bool:
    texts = (collection[key] for key in ("collection_id", "collection_name", "description"))
    return any(test(text.lower(), term.lower()) for text in texts if text is not None)


def _first_application(found: Collections, body: Body) -> Collections:
    """Look at the first of several taxonomies alone."""
    filters = body.get("filters")
    if filters is None:
        return found
    cut = [{**one, "taxonomy_applications": (one.get("taxonomy_applications") or [])[:1]} for one in found]
    return [one for one, short in zip(found, cut, strict=True) if collection_selection.selects(filters, short, sensitive=False)]


def _take(*operations: str, when: Callable[[Body], bool] = lambda _body: True) -> Callable[[str, Body, Details], Details]:
    """Find nothing wrong in a body."""
    return lambda operation, body, details: [] if operation in operations and when(body) else details


def _lists_take(*keys: str) -> Callable[[str, Body], Body]:
    """Leave members of a list's body out of account if they are of a wrong type."""
    return lambda operation, body: without(body, *keys) if operation == _LIST else body


def _within(call: Call, **least: int) -> Call:
    """Bring the numbers of a query within their bounds, instead of refusing them."""
    query = dict(call.query)
    for key, bound in least.items():
        if key in query and int(query[key]) < bound:
            query[key] = str(bound)
    return replace(call, query=query)


def _at_most(call: Call) -> Call:
    return replace(call, query={**call.query, **({"limit": "1000"} if int(call.query.get("limit", "1")) > 1000 else {})})


def _change_call(operation: str, change: Callable[[Call], Call]) -> Installed:
    return change_handlers(operation, change=lambda _reference, original, call: original(change(call)))


# Updates.


def _patched(change: Callable[[Body, Body, Body], Body], *, answered: bool = True) -> Installed:
    """Change what an update makes of a collection: what it was, what was sent, and what it should become."""

    def changed(reference: Reference, original: Any, namespace: str, identifier: str, body: Body) -> Body:
        before = reference.service.get_collection(namespace, identifier)
        intended: Body = original(namespace, identifier, body)
        after = change(before, body, intended)
        reference.service.store.replace_collection(namespace, identifier, after)
        return after if answered else intended

    return _change("patch_collection", changed)


def _merged_by_place(before: Body, body: Body, after: Body) -> Body:
    """Merge each taxonomy with the one that stood in its place."""
    given = body.get("taxonomy_applications")
    if not given:
        return after
    older = [*(before.get("taxonomy_applications") or ()), *({} for _ in given)]
    return {**after, "taxonomy_applications": [{**old, **new} for old, new in zip(older, given, strict=False)]}


def _forgotten(*keys: str, given: str = "") -> Installed:
    """Forget what was not given, or only if something else was."""
    return _patched(
        lambda _before, body, after: {
            **after,
            **{key: None for key in keys if key not in body and (not given or given in body)},
        }
    )


def _taken_over(*keys: str) -> Installed:
    return _patched(lambda _before, body, after: {**after, **{key: body[key] for key in keys if key in body}})


def _changes_before_it_looks(reference: Reference, original: Handler, call: Call) -> Body:
    """Change the valid fields of a body that is then refused for another one."""
    try:
        return original(call)
    except Refusal as refusal:
        if refusal.details:
            body, wrong = _parsed(call), {detail["loc"][1] for detail in refusal.details if len(detail["loc"]) > 1}
            reference.service.patch_collection(call.namespace, call.path["collection"], without(body, *wrong))  # type: ignore[attr-defined]
        raise


def _upsert(_reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return {"collection_id": call.path["collection"], **_parsed(call)}


def _anywhere(reference: Reference, original: Handler, call: Call) -> Body:
    owner = reference.service.store.owner("collections", call.path["collection"])
    return original(call if owner is None else replace(call, namespace=owner[0]))


def _anywhere_and_deny(reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal:
        _anywhere(reference, original, call)
        raise


def _empty_documents(reference: Reference, original: Any, namespace: str, identifier: str, body: Body) -> Body:
    """A renamed collection starts without its documents: they are kept under the old name."""
    answer: Body = original(namespace, identifier, body)
    if "collection_name" in body:
        store = reference.service.store
        for document in store.documents(namespace, identifier, selection.EVERYTHING, selection.AS_ADDED, limit=1000, offset=0):
            store.remove_document(namespace, identifier, document["document_id"])
    return answer


def _touch_documents(reference: Reference, original: Any, namespace: str, identifier: str, body: Body) -> Body:
    """Write a collection's description into its documents."""
    answer: Body = original(namespace, identifier, body)
    if "description" in body:
        store = reference.service.store
        for document in store.documents(namespace, identifier, selection.EVERYTHING, selection.AS_ADDED, limit=1000, offset=0):
            store.replace_document(namespace, identifier, document["document_id"], {**document, "title": body["description"]})
    return answer


def _lost_updates() -> Fault:
    """Read a collection when an update arrives, and write it as it was then, with what was given."""
    snapshots: WeakKeyDictionary[Reference, dict[int, Body | None]] = WeakKeyDictionary()

    def arrived(reference: Reference, call: Call) -> float | None:
        if call.operation != _PATCH:
            return None
        snapshots.setdefault(reference, {})[id(call.body)] = reference.service.store.collection(
            call.namespace, call.path["collection"]
        )
        return 0.005

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        before = snapshots[reference].pop(id(call.body), None)
        if before is not None:
            reference.service.store.replace_collection(call.namespace, call.path["collection"], before)
        return original(call)

    installed = change_handlers(_PATCH, change=changed)
    return Fault("collections-lose-updates", "collections.update.concurrent", "rare", installed=installed, arrived=arrived)


def _one_update_at_a_time() -> Fault:
    """Refuse an update that arrives while another one of the collection is under way."""
    under_way: WeakKeyDictionary[Reference, dict[str, int]] = WeakKeyDictionary()

    def arrived(reference: Reference, call: Call) -> float | None:
        if call.operation != _PATCH:
            return None
        first = under_way.setdefault(reference, {}).setdefault(call.path["collection"], id(call.body))
        return 0.005 if first == id(call.body) else None

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        updates = under_way[reference]
        mine = [named for named, body in updates.items() if body == id(call.body)]
        if not mine:
            raise Refusal(409, "another update is under way")
        del updates[mine[0]]
        return original(call)

    installed = change_handlers(_PATCH, change=changed)
    return Fault("updates-among-others-refused", "collections.update.concurrent", "edge", installed=installed, arrived=arrived)


# Names.


def _naming(change: Callable[[Any, Call], Call]) -> Installed:
    """Change how the collection of a path is found; `change` sees the method that does."""

    def installed(reference: Reference) -> None:
        original = reference.located
        reference.located = lambda call: change(original, call) if "collection" in call.path else original(call)  # type: ignore[method-assign]

    return installed


def _by_id_alone(*operations: str) -> Installed:
    return _naming(lambda located, call: call if call.operation in operations else located(call))


def _finds_name(find: Callable[[Reference, str, str], Body | None]) -> Installed:
    """Look for a name in another way where no id is found."""

    def installed(reference: Reference) -> None:
        def collection_id(namespace: str, named: str) -> str:
            store = reference.service.store
            found = None if store.collection(namespace, named) is not None else find(reference, namespace, named)
            return named if found is None else str(found["collection_id"])

        reference.service.collection_id = collection_id  # type: ignore[attr-defined]

    return installed


def _beginning(reference: Reference, namespace: str, named: str) -> Body | None:
    """Return the first collection whose name begins so."""
    return next((one for one in _all(reference, namespace) if one["collection_name"].startswith(named)), None)


def _containing(reference: Reference, namespace: str, named: str) -> Body | None:
    """Return a collection with whose name the text begins."""
    exact = reference.service.store.collection_named(namespace, named)
    return exact or next((one for one in _all(reference, namespace) if named.startswith(one["collection_name"])), None)


def _by_name_anywhere(operation: str) -> Installed:
    """Let one operation find the first collection of a name, whichever namespace has it."""

    def installed(reference: Reference) -> None:
        names: dict[str, tuple[str, str]] = {}
        service: Any = reference.service
        keep, located = service.keep_collection, reference.located

        def keep_collection(namespace: str, collection: Body) -> None:
            names.setdefault(collection["collection_name"], (namespace, collection["collection_id"]))
            keep(namespace, collection)

        def found(call: Call) -> Call:
            if call.operation != operation or call.path["collection"] not in names:
                return located(call)
            namespace, identifier = names[call.path["collection"]]
            return replace(call, namespace=namespace, path={**call.path, "collection": identifier})

        service.keep_collection, reference.located = keep_collection, found  # type: ignore[method-assign]

    return installed


def _in_any_namespace(reference: Reference) -> None:
    """Keep names in one index for all namespaces, and read from whichever one it tells."""
    names: dict[str, tuple[str, str]] = {}
    service: Any = reference.service
    keep = service.keep_collection

    def keep_collection(namespace: str, collection: Body) -> None:
        names[collection["collection_name"]] = namespace, collection["collection_id"]
        keep(namespace, collection)

    def located(call: Call) -> Call:
        namespace, identifier = names.get(call.path.get("collection", ""), (call.namespace, call.path.get("collection", "")))
        path = {**call.path, "collection": identifier} if "collection" in call.path else call.path
        return replace(call, namespace=namespace, path=path)

    service.keep_collection = keep_collection
    reference.located = located  # type: ignore[method-assign]


def _index_of_names(*, learns: bool, forgets: bool) -> Installed:
    """Keep names in an index, which may not learn new ones from an update, or not forget old ones."""

    def installed(reference: Reference) -> None:
        names: dict[tuple[str, str], str] = {}
        service: Any = reference.service
        keep, patch = service.keep_collection, service.patch_collection

        def keep_collection(namespace: str, collection: Body) -> None:
            names[namespace, collection["collection_name"]] = collection["collection_id"]
            keep(namespace, collection)

        def patch_collection(namespace: str, identifier: str, body: Body) -> Body:
            old = service.get_collection(namespace, identifier)["collection_name"]
            answer: Body = patch(namespace, identifier, body)
            if forgets:
                names.pop((namespace, old), None)
            if learns:
                names[namespace, answer["collection_name"]] = identifier
            return answer

        service.keep_collection, service.patch_collection = keep_collection, patch_collection
        service.collection_id = lambda namespace, named: names.get((namespace, named), named)

    return installed


def _pretend_to_delete(reference: Reference, original: Handler, call: Call) -> Body:
    """Say that a collection which was named by its name is deleted."""
    return original(call) if reference.service.store.collection(call.namespace, call.path["collection"]) else {"success": True}


# fmt: off
COLLECTION_OPERATION_FAULTS: tuple[Fault, ...] = (
    # what lists show
    Fault("collections-uncounted", "collections.list.response-schema", installed=_page(lambda page, _q, _b: without(page, "total_count"))),
    Fault("listed-without-schemas", "collections.list.response-schema", installed=_entries(lambda entry: without(entry, "input_schema"))),
    Fault("counted-in-words", "collections.list.response-schema", "edge", installed=_page(lambda page, query, _b: {**page, "total_count": str(page["total_count"])} if query.include_total else page)),
    Fault("disabled-ones-unlisted", "collections.list.returns-created", installed=_matching(lambda _r, found, _n, _b: [one for one in found if one["enabled"]])),
    Fault("last-collection-unlisted", "collections.list.returns-created", "edge", installed=_matching(lambda _r, found, _n, body: found[:-1] if len(found) > 4 and not body.get("sort") else found)),
    Fault("few-listed-without-a-filter", "collections.list.returns-created", "rare", installed=_matching(lambda _r, found, _n, body: found if body.get("filters") else found[:5])),
    Fault("one-name-listed-twice", "collections.list.returns-created", "edge", installed=_results(lambda found: [*found, found[-1]] if len(found) > 4 else found)),
    Fault("children-unlisted", "collections.list.returns-created", "rare", installed=_matching(lambda _r, found, _n, _b: [one for one in found if not one.get("taxonomy_applications")])),
    Fault("deleted-ones-listed", "collections.list.forgets-deleted", installed=_keep_what_was_deleted),
    Fault("listed-without-metadata", "collections.list.entries", installed=_entries(lambda entry: without(entry, "metadata"))),
    Fault("all-listed-as-enabled", "collections.list.entries", "edge", installed=_entries(lambda entry: {**entry, "enabled": True})),
    Fault("listed-with-the-first-ones-metadata", "collections.list.entries", "edge", installed=_results(lambda found: _of_first(found, "metadata"))),
    Fault("listed-as-created", "collections.list.entries", "rare", installed=_show_as_created),
    Fault("listed-as-created-now", "collections.list.entries", installed=_entries(lambda entry: {**entry, "created_at": now()})),
    Fault("second-taxonomy-unlisted", "collections.list.entries", "rare", installed=_entries(lambda entry: {**entry, "taxonomy_applications": (entry["taxonomy_applications"] or [])[:1]})),
    Fault("collections-of-all-namespaces", "collections.list.isolates-namespaces", installed=_change("matching_collections", _of_all_namespaces)),
    Fault("filters-cross-namespaces", "collections.list.isolates-namespaces", "edge", installed=_change("matching_collections", lambda reference, original, namespace, body: _of_all_namespaces(reference, original, namespace, body) if body.get("filters") else original(namespace, body))),
    Fault("refused-collections-listed", "collections.list.rejected-leaves-nothing", installed=change_handlers("create_collection", change=_keep_refused)),
    Fault("list-wants-a-body", "collections.list.body-optional", parsed=lambda _o, body: body, installed=change_handlers(_LIST, change=lambda reference, original, call: original(call) if call.body else {"never": reference.valid_body(call)})),
    # their pages
    Fault("limit-of-collections-ignored", "collections.list.limit", installed=_query(lambda query: replace(query, limit=1000))),
    Fault("one-collection-more", "collections.list.limit", "edge", installed=_query(lambda query: replace(query, limit=query.limit + 1))),
    Fault("least-page-of-ten", "collections.list.limit", "edge", installed=_query(lambda query: replace(query, limit=max(query.limit, 10)))),
    Fault("no-collections-asked-for", "collections.list.limit-bounds", installed=_change_call(_LIST, lambda call: _within(call, limit=1))),
    Fault("limit-of-collections-cut", "collections.list.limit-bounds", "edge", installed=_change_call(_LIST, _at_most)),
    Fault("offset-before-the-first", "collections.list.offset-bounds", installed=_change_call(_LIST, lambda call: _within(call, offset=0))),
    Fault("filters-in-words", "collections.list.rejects-wrong-types", parsed=lambda o, body: without(body, "filters") if o == _LIST and isinstance(body.get("filters"), str) else body),
    Fault("search-for-objects", "collections.list.rejects-wrong-types", "edge", parsed=lambda o, body: without(body, "search") if o == _LIST and isinstance(body.get("search"), dict) else body),
    Fault("any-direction-will-do", "collections.list.rejects-wrong-types", "edge", parsed=lambda o, body: without(body, "sort") if o == _LIST and (body.get("sort") or {}).get("direction") not in ("asc", "desc") else body),
    Fault("perhaps-case-sensitive", "collections.list.rejects-wrong-types", "edge", parsed=lambda o, body: {**body, "case_sensitive": bool(body.get("case_sensitive"))} if o == _LIST else body),
    Fault("offset-of-collections-ignored", "collections.list.offset-pages-partition", installed=_query(lambda query: replace(query, offset=0))),
    Fault("pages-of-collections-overlap", "collections.list.offset-pages-partition", "edge", installed=_query(lambda query: replace(query, offset=max(query.offset - 1, 0)))),
    Fault("first-of-a-page-lost", "collections.list.offset-pages-partition", "edge", installed=_query(lambda query: replace(query, offset=query.offset + (query.offset > 0)))),
    Fault("offset-counts-pages", "collections.list.offset-pages-partition", installed=_query(lambda query: replace(query, offset=query.offset * query.limit))),
    Fault("each-page-sorted", "collections.list.offset-pages-partition", "edge", installed=_change("list_collections", _sort_each_page)),
    Fault("cursor-of-collections-ignored", "collections.list.cursor-pages-partition", installed=_with_cursor(lambda query, body: (replace(query, offset=0), body))),
    Fault("cursor-forgets-the-order", "collections.list.cursor-pages-partition", "edge", installed=_with_cursor(lambda query, body: (query, without(body, "sort")))),
    Fault("cursors-end-early", "collections.list.cursor-pages-partition", "edge", installed=_page(_without_cursor)),
    Fault("cursor-skips-one", "collections.list.cursor-pages-partition", "edge", installed=_with_cursor(lambda query, body: (replace(query, offset=query.offset + 1), body))),
    # how many they count
    Fault("total-of-the-page", "collections.list.total", installed=_total(lambda _r, page, _q, _n: len(page["results"]), of_page=True)),
    Fault("count-of-the-page", "collections.list.total", installed=_total(lambda _r, page, _q, _n: len(page["results"]))),
    Fault("total-before-the-filter", "collections.list.total", installed=_total(lambda reference, _p, _q, namespace: len(_all(reference, namespace)), of_page=True)),
    Fault("count-before-the-filter", "collections.list.total", installed=_total(lambda reference, _p, _q, namespace: len(_all(reference, namespace)))),
    Fault("total-before-the-search", "collections.list.total", "edge", installed=_change("list_collections", _total_before_search)),
    Fault("total-after-the-offset", "collections.list.total", "edge", installed=_total(lambda _r, page, query, _n: max(page["total_count"] - query.offset, 0), of_page=True)),
    Fault("count-only-on-request", "collections.list.total", "edge", installed=_total(lambda _r, page, query, _n: page["total_count"] if query.include_total else 0)),
    Fault("total-counts-deleted-ones", "collections.list.total", "rare", installed=_total(lambda _r, page, _q, _n: page["total_count"] + (page["total_count"] == 1), of_page=True)),
    Fault("statistics-before-the-filter", "collections.list.stats", installed=_change("statistics", lambda reference, original, namespace, _found: original(namespace, _all(reference, namespace)))),
    Fault("average-of-all-documents", "collections.list.stats", "edge", installed=_statistics(avg_documents_per_collection=lambda stats: float(stats["total_documents"]))),
    Fault("documents-uncounted", "collections.list.stats", "edge", installed=_statistics(total_documents=lambda _stats: 0)),
    Fault("taxonomies-counted-as-collections", "collections.list.stats", "edge", installed=_statistics(collections_with_taxonomies=lambda stats: stats["total_taxonomies"])),
    Fault("extractors-counted-twice", "collections.list.stats", "edge", installed=_statistics(total_feature_extractors=lambda stats: 2 * stats["total_feature_extractors"])),
    # what they select, find and sort
    Fault("first-condition-alone", "collections.list.filters", installed=_filters(lambda group: {**group, "AND": group["AND"][:1]} if group.get("AND") else group)),
    Fault("last-condition-alone", "collections.list.filters", "edge", installed=_filters(lambda group: {**group, "AND": group["AND"][-1:]} if group.get("AND") else group)),
    Fault("false-is-no-condition", "collections.list.filters", "edge", installed=_conditions(lambda member: None if member.get("value") is False else member)),
    Fault("any-condition-of-collections", "collections.list.filters", "edge", installed=_filters(lambda group: {"OR": group["AND"]} if group.keys() == {"AND"} and len(group["AND"]) > 1 else group)),
    Fault("equal-is-contained", "collections.list.filters", "edge", installed=_conditions(lambda member: {**member, "operator": "contains"} if isinstance(member.get("value"), str) and member.get("operator") == "eq" and "taxonomy" not in member["field"] else member)),
    Fault("first-taxonomy-alone", "collections.list.nested-filter", "edge", installed=_matching(lambda _r, found, _n, body: _first_application(found, body))),
    Fault("dotted-conditions-ignored", "collections.list.nested-filter", installed=_conditions(lambda member: None if "." in member["field"] else member)),
    Fault("dotted-conditions-never-hold", "collections.list.nested-filter", installed=_conditions(lambda member: {**member, "field": "none"} if "." in member["field"] else member)),
    Fault("not-ignored-in-collections", "collections.list.filter-operators", installed=_filters(lambda group: without(group, "NOT"))),
    Fault("first-operand-alone", "collections.list.filter-operators", "edge", installed=_conditions(lambda member: {**member, "value": member["value"][:1]} if member.get("operator") == "in" else member)),
    Fault("or-ignored-beside-and", "collections.list.filter-operators", "edge", installed=_filters(lambda group: without(group, "OR"))),
    Fault("contained-is-equal", "collections.list.filter-operators", "edge", installed=_conditions(lambda member: {**member, "operator": "eq"} if member.get("operator") == "contains" else member)),
    Fault("unequal-is-no-condition", "collections.list.filter-operators", "edge", installed=_conditions(lambda member: None if member.get("operator") == "ne" else member)),
    Fault("endings-unknown", "collections.list.filter-operators", "rare", installed=_conditions(lambda member: {**member, "operator": "eq"} if member.get("operator") == "ends_with" else member)),
    Fault("ascending-by-request-alone", "collections.list.sort-ascending", "edge", installed=_body(lambda body: without(body, "sort") if body.get("sort") and "direction" not in body["sort"] else body)),
    Fault("collections-ascend-downwards", "collections.list.sort-ascending", installed=_body(lambda body: {**body, "sort": {**body["sort"], "direction": "desc"}} if body.get("sort") else body)),
    Fault("collections-never-descend", "collections.list.sort-descending", installed=_body(lambda body: {**body, "sort": {**body["sort"], "direction": "asc"}} if body.get("sort") else body)),
    Fault("age-is-no-order", "collections.list.sort-descending", "edge", installed=_body(lambda body: without(body, "sort") if (body.get("sort") or {}).get("field") == "created_at" else body)),
    Fault("names-alone-searched", "collections.list.search", installed=_search(_finds_in("collection_name"))),
    Fault("ids-not-searched", "collections.list.search", "edge", installed=_search(_finds_in("collection_name", "description"))),
    Fault("descriptions-not-searched", "collections.list.search", "edge", installed=_search(_finds_in("collection_id", "collection_name"))),
    Fault("search-forgets-the-filter", "collections.list.search", "edge", installed=_body(lambda body: without(body, "filters") if body.get("search") else body)),
    Fault("nothing-found-beside-filters", "collections.list.search", "edge", installed=_matching(lambda _r, found, _n, body: [] if body.get("search") and body.get("filters") else found)),
    Fault("whole-texts-searched", "collections.list.search-parts", installed=_search(lambda term, one, _s: _is_one_of(term, one, str.__eq__))),
    Fault("beginnings-searched", "collections.list.search-parts", "edge", installed=_search(lambda term, one, _s: _is_one_of(term, one, str.startswith))),
    Fault("search-ignores-case", "collections.list.case-sensitive", installed=_body(lambda body: {**body, "case_sensitive": False} if body.get("search") else body)),
    Fault("filters-ignore-case", "collections.list.case-sensitive", "edge", installed=_body(lambda body: {**body, "case_sensitive": False} if body.get("filters") else body)),
    Fault("search-ignored", "collections.list.case-sensitive", installed=_body(lambda body: without(body, "search"))),
    Fault("search-minds-case", "collections.list.case-insensitive-default", installed=_body(lambda body: {**body, "case_sensitive": True} if body.get("search") else body)),
    Fault("filters-mind-case", "collections.list.case-insensitive-default", "edge", installed=_body(lambda body: {**body, "case_sensitive": True} if body.get("filters") else body)),
    # updates
    Fault("updates-answer-what-was", "collections.update.applies", installed=change_handlers(_PATCH, change=lambda reference, original, call: (reference.service.get_collection(call.namespace, call.path["collection"]), original(call))[0])),
    Fault("false-is-no-update", "collections.update.applies", "edge", installed=_patched(lambda before, body, after: {**after, "enabled": before["enabled"]} if body.get("enabled") is False else after)),
    Fault("taxonomies-appended", "collections.update.applies", "edge", installed=_patched(lambda before, body, after: {**after, "taxonomy_applications": [*(before["taxonomy_applications"] or ()), *body["taxonomy_applications"]]} if body.get("taxonomy_applications") else after)),
    Fault("applications-merged-by-place", "collections.update.applies", "rare", installed=_patched(_merged_by_place)),
    Fault("nothing-is-no-update", "collections.update.applies", "edge", installed=_patched(lambda before, body, after: {**after, **{key: before[key] for key in MUTABLE if body.get(key) in ("", [])}})),
    Fault("names-never-change", "collections.update.applies", "edge", installed=_patched(lambda before, _body, after: {**after, "collection_name": before["collection_name"]})),
    Fault("one-field-an-update", "collections.update.applies", "rare", installed=_patched(lambda before, body, after: {**before, **dict(list(body.items())[:1])} if len(body) > 1 else after)),
    Fault("descriptions-normalized", "collections.update.applies", "rare", installed=_patched(lambda _b, _s, after: {**after, "description": after["description"] and after["description"].replace("e\u0301", "\u00e9")})),
    Fault("updates-lack-a-source", "collections.update.applies", installed=change_handlers(_PATCH, change=lambda _r, original, call: without(original(call), "source"))),
    Fault("updates-reset-metadata", "collections.update.keeps-others", installed=_forgotten("metadata")),
    Fault("updates-reset-descriptions", "collections.update.keeps-others", "edge", installed=_forgotten("description")),
    Fault("updates-enable", "collections.update.keeps-others", "edge", installed=_patched(lambda _before, body, after: {**after, "enabled": body.get("enabled", True)})),
    Fault("taxonomies-replace-metadata", "collections.update.keeps-others", "rare", installed=_forgotten("metadata", given="taxonomy_applications")),
    Fault("renaming-clears-taxonomies", "collections.update.keeps-others", "rare", installed=_forgotten("taxonomy_applications", given="collection_name")),
    Fault("ids-updated", "collections.update.keeps-identity", installed=_taken_over("collection_id")),
    Fault("sources-updated", "collections.update.keeps-identity", installed=_taken_over("source")),
    Fault("extractors-updated", "collections.update.keeps-identity", "edge", installed=_taken_over("feature_extractor")),
    Fault("creation-updated", "collections.update.keeps-identity", "edge", installed=_taken_over("created_at")),
    Fault("created-by-update", "collections.update.keeps-identity", "edge", installed=_patched(lambda _b, _s, after: {**after, "created_at": now()})),
    Fault("lineage-lengthened", "collections.update.keeps-identity", "rare", installed=_patched(lambda _b, body, after: {**after, "source_lineage": after["source_lineage"] * 2} if "taxonomy_applications" in body else after)),
    Fault("updates-answered-alone", "collections.update.then-read", installed=_patched(lambda before, _body, _after: before, answered=False)),
    Fault("metadata-lost-silently", "collections.update.then-read", "edge", installed=_patched(lambda _before, body, after: {**after, "metadata": after["metadata"] if "metadata" in body else None}, answered=False)),
    Fault("enabled-answered-alone", "collections.update.then-read", "edge", installed=_patched(lambda before, _body, after: {**after, "enabled": before["enabled"]}, answered=False)),
    Fault("new-names-unlearned", "collections.update.renamed", "edge", installed=_index_of_names(learns=False, forgets=True)),
    Fault("old-names-remembered", "collections.update.old-name-gone", "edge", installed=_index_of_names(learns=True, forgets=False)),
    Fault("renaming-loses-documents", "collections.update.keeps-documents", "edge", installed=_change("patch_collection", _empty_documents)),
    Fault("documents-described", "collections.update.keeps-documents", "rare", installed=_change("patch_collection", _touch_documents)),
    Fault("unknown-collections-updated", "collections.update.unknown", installed=change_handlers(_PATCH, change=_upsert)),
    Fault("updated-from-anywhere", "collections.update.isolates-namespaces", installed=change_handlers(_PATCH, change=_anywhere)),
    Fault("updated-from-anywhere-in-secret", "collections.update.isolates-namespaces", "edge", installed=change_handlers(_PATCH, change=_anywhere_and_deny)),
    Fault("empty-updates-clear", "collections.update.empty-body", installed=_patched(lambda _b, body, after: after if body else {**after, "description": None, "taxonomy_applications": None})),
    Fault("empty-updates-disable", "collections.update.empty-body", "edge", installed=_patched(lambda _b, body, after: after if body else {**after, "enabled": not after["enabled"]})),
    Fault("null-is-no-update", "collections.update.null-description", installed=_patched(lambda before, body, after: {**after, **{key: before[key] for key in body if key in before and body[key] is None}})),
    Fault("any-update-will-do", "collections.update.rejects-wrong-types", parsed=lambda o, body: {key: value for key, value in body.items() if not isinstance(value, dict) and value != "perhaps"} if o == _PATCH else body),
    Fault("perhaps-enabled", "collections.update.rejects-wrong-types", "edge", parsed=lambda o, body: {**body, "enabled": bool(body["enabled"])} if o == _PATCH and "enabled" in body else body),
    Fault("long-new-names", "collections.update.name-length", details=_take(_PATCH, when=lambda body: len(str(body.get("collection_name", ""))) > 100)),
    Fault("short-new-names", "collections.update.name-length", "edge", details=_take(_PATCH, when=lambda body: 0 < len(str(body.get("collection_name", ""))) < 3)),
    Fault("valid-fields-before-refusal", "collections.update.refused-changes-nothing", installed=change_handlers(_PATCH, change=_changes_before_it_looks)),
    Fault("updates-not-dated", "collections.update.advances-updated-at", installed=_patched(lambda before, _body, after: {**after, "updated_at": before["updated_at"]})),
    Fault("updates-dated-back", "collections.update.advances-updated-at", "edge", installed=_patched(lambda before, _body, after: {**after, "updated_at": before["created_at"]})),
    Fault("descriptions-alone-dated", "collections.update.advances-updated-at", "rare", installed=_patched(lambda before, body, after: {**after, "updated_at": before["updated_at"]} if "description" not in body else after)),
    _lost_updates(),
    _one_update_at_a_time(),
    # names
    Fault("reads-by-id-alone", "collections.by-name.read", installed=_by_id_alone(_READ)),
    Fault("first-name-that-begins-so", "collections.by-name.read", "edge", installed=_finds_name(_beginning)),
    Fault("names-found-by-their-beginning", "collections.by-name.exact", "edge", installed=_finds_name(lambda reference, namespace, named: reference.service.store.collection_named(namespace, named) or _beginning(reference, namespace, named))),
    Fault("names-with-endings-found", "collections.by-name.exact", "rare", installed=_finds_name(_containing)),
    Fault("updates-by-id-alone", "collections.by-name.update", installed=_by_id_alone(_PATCH)),
    Fault("deletes-by-id-alone", "collections.by-name.delete", installed=_by_id_alone("delete_collection")),
    Fault("deletes-by-name-pretended", "collections.by-name.delete", "edge", installed=_both(_by_id_alone("delete_collection"), change_handlers("delete_collection", change=_pretend_to_delete))),
    Fault("updates-by-name-anywhere", "collections.by-name.isolates-namespaces", "edge", installed=_by_name_anywhere(_PATCH)),
    Fault("deletes-by-name-anywhere", "collections.by-name.isolates-namespaces", "edge", installed=_by_name_anywhere("delete_collection")),
    Fault("names-of-all-namespaces", "collections.by-name.isolates-namespaces", installed=_in_any_namespace),
)
# fmt: on
