"""Named faults that show only after another request: an index or a copy that nobody refreshed, and what is not quite gone after a delete."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import Handler, Installed, change_handlers, place_of
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections_2026_01.reference import collection_selection

_BATCHES = ("update_documents_in_bulk", "update_documents_in_batch", "delete_documents_in_batch")


def _indexed_at_creation(*keys: str, by: str) -> Installed:
    """Look for collections by some fields as they were created; `by` is the member of a list's body that does."""

    def installed(reference: Reference) -> None:
        service, first = reference.service, dict[str, Body]()
        add, matching = service.store.add_collection, service.matching_collections  # type: ignore[attr-defined]

        def added(namespace: str, identifier: str, body: Body) -> None:
            first[identifier] = {key: body.get(key) for key in keys}
            add(namespace, identifier, body)

        def matches(namespace: str, body: Body) -> list[Body]:
            wanted, rule = body.get(by), bool(body.get("case_sensitive"))
            found: list[Body] = matching(namespace, {key: value for key, value in body.items() if key != by})
            test: Any = collection_selection.finds if by == "search" else collection_selection.selects
            indexed = ((one, {**one, **first.get(one["collection_id"], {})}) for one in found)
            return [one for one, known in indexed if wanted is None or test(wanted, known, sensitive=rule)]

        service.store.add_collection = added  # type: ignore[method-assign]
        service.matching_collections = matches  # type: ignore[attr-defined]

    return installed


def _copies_for_patches(reference: Reference) -> None:
    """Merge a patch into the copy of the last request about this one document; requests about many change no copy."""
    copies: dict[tuple[str, str, str], Body] = {}
    service = reference.service

    def created(_reference: Reference, original: Handler, call: Call) -> Body:
        answer = original(call)
        place = call.namespace, answer["collection_id"], answer["document_id"]
        copies[place] = service.get_document(*place)
        return answer

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        place = place_of(call)
        now = service.get_document(*place)
        if place in copies:
            service.store.replace_document(*place, {**copies[place], "_internal": now["_internal"]})
        answer = original(call)
        copies[place] = service.get_document(*place)
        return answer

    change_handlers("create_document", change=created)(reference)
    change_handlers("patch_document", change=changed)(reference)


def _revived_documents(reference: Reference) -> None:
    """Mark documents as deleted, and take the mark away with an update in a batch."""
    service, marked = reference.service, dict[tuple[str, str, str], Body]()
    delete, patch = service.delete_document, service.patch_document

    def deleted(namespace: str, collection: str, identifier: str) -> None:
        document = service.get_document(namespace, collection, identifier)
        delete(namespace, collection, identifier)
        marked[namespace, collection, identifier] = document

    def patched(namespace: str, collection: str, identifier: str, body: Body) -> Body:
        if (document := marked.pop((namespace, collection, identifier), None)) is not None:
            service.keep_document(namespace, document)
        return patch(namespace, collection, identifier, body)

    service.delete_document, service.patch_document = deleted, patched  # type: ignore[method-assign]


def _deleted_collections(reference: Reference) -> dict[tuple[str, str], Body]:
    """Return a table that keeps each collection that is deleted, by its namespace and id."""
    service, gone = reference.service, dict[tuple[str, str], Body]()
    delete = service.delete_collection

    def deleted(namespace: str, identifier: str) -> None:
        collection = service.get_collection(namespace, identifier)
        delete(namespace, identifier)
        gone[namespace, identifier] = collection

    service.delete_collection = deleted  # type: ignore[method-assign]
    return gone


def _known_to(*operations: str) -> Installed:
    """Let some operations find collections that were deleted, without documents."""

    def installed(reference: Reference) -> None:
        gone, store = _deleted_collections(reference), reference.service.store

        def changed(_reference: Reference, original: Handler, call: Call) -> Body:
            place = call.namespace, call.path["collection"]
            if place not in gone:
                return original(call)
            store.add_collection(*place, gone[place])
            try:
                return original(call)
            finally:
                store.remove_collection(*place)

        change_handlers(*operations, change=changed)(reference)

    return installed


def _revived_collections(reference: Reference) -> None:
    """Find a deleted collection for an update, after which it is there again."""
    gone = _deleted_collections(reference)

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        place = call.namespace, call.path["collection"]
        if place in gone:
            reference.service.store.add_collection(*place, gone.pop(place))
        return original(call)

    change_handlers("patch_collection", change=changed)(reference)


def _remembered_names(reference: Reference) -> None:
    """Answer a read by the name of a deleted collection from what was remembered under that name."""
    gone = _deleted_collections(reference)

    def read(_reference: Reference, original: Handler, call: Call) -> Body:
        try:
            return original(call)
        except Refusal:
            named = [
                one
                for (space, _), one in gone.items()
                if space == call.namespace and one["collection_name"] == call.path["collection"]
            ]
            if not named:
                raise
            return named[-1]

    change_handlers("get_collection", change=read)(reference)


def _documents_stay(reference: Reference) -> None:
    """Keep the documents of a collection that is deleted by its name: they are looked for by that."""
    located, store = reference.located, reference.service.store

    def by_id(call: Call) -> Call:
        found = located(call)
        return found if found.path == call.path else replace(found, query={**found.query, "named": "yes"})

    def deleted(_reference: Reference, original: Handler, call: Call) -> Body:
        place = call.namespace, call.path["collection"]
        documents = (
            store.documents(*place, selection.EVERYTHING, selection.AS_ADDED, limit=2**62, offset=0)
            if "named" in call.query
            else []
        )
        answer = original(call)
        for document in documents:
            store.add_document(*place, document["document_id"], document)
        return answer

    reference.located = by_id  # type: ignore[method-assign]
    change_handlers("delete_collection", change=deleted)(reference)


def _lineage_stays(reference: Reference) -> None:
    """Answer the lineage of a document whose collection was deleted."""
    seen: dict[tuple[str, str, str], Body] = {}

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        place = place_of(call)
        if place in seen and reference.service.store.collection(*place[:2]) is None:
            return seen[place]
        seen[place] = original(call)
        return seen[place]

    change_handlers("get_document_lineage", change=changed)(reference)


def _lost_by(operation: str, change: Callable[[Body], Body]) -> Installed:
    """Change the lineage of each document that an operation was done to."""

    def installed(reference: Reference) -> None:
        done: set[str] = set()

        def noted(_reference: Reference, original: Handler, call: Call) -> Body:
            answer = original(call)
            done.add(call.path["document"])
            return answer

        def shown(_reference: Reference, original: Handler, call: Call) -> Body:
            lineage = original(call)
            return change(lineage) if call.path["document"] in done else lineage

        change_handlers(operation, change=noted)(reference)
        change_handlers("get_document_lineage", change=shown)(reference)

    return installed


STALE_FAULTS: tuple[Fault, ...] = (
    Fault("search-knows-first-names", "collections.list.search", "rare", installed=_indexed_at_creation("collection_name", "description", by="search")),
    Fault("filters-know-what-was-created", "collections.list.filters", "rare", installed=_indexed_at_creation("description", "enabled", by="filters")),
    Fault("patches-undo-bulk", "documents.bulk.changes-selected", "rare", installed=_copies_for_patches),
    Fault("batch-revives-the-deleted", "documents.batch-update.results", "rare", installed=_revived_documents),
    Fault("bulk-in-a-deleted-collection", "documents.bulk.unknown-collection", "edge", installed=_known_to(_BATCHES[0])),
    Fault("batch-in-a-deleted-collection", "documents.batch-update.unknown-collection", "edge", installed=_known_to(_BATCHES[1])),
    Fault("batch-deletes-in-a-deleted-collection", "documents.batch-delete.unknown-collection", "edge", installed=_known_to(_BATCHES[2])),
    Fault("updates-revive-collections", "collections.update.unknown", "rare", installed=_revived_collections),
    Fault("deleted-and-found-by-name", "collections.by-name.delete", "rare", installed=_remembered_names),
    Fault("documents-outlive-a-delete-by-name", "collections.by-name.delete", "rare", installed=_documents_stay),
    Fault("lineage-outlives-collection", "documents.lineage.unknown", "rare", installed=_lineage_stays),
    Fault("lineage-lost-by-put", "documents.lineage.shows-steps", "rare", installed=_lost_by("put_document", lambda lineage: {**lineage, "steps": []})),
)  # fmt: skip
