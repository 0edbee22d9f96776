"""Listing and changing collections, and finding them by their names: what the edition's app and service do beyond the first edition's."""

from dataclasses import replace
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Call, Reference
from conformance.contracts.collections.reference.listing import Query, cursor_at
from conformance.contracts.collections.reference.service import Service, now
from conformance.contracts.collections_2026_01.reference import collection_selection

Body = dict[str, Any]
MUTABLE = ("collection_name", "description", "taxonomy_applications", "enabled")


class CollectionOperations(Reference):
    """The handlers of the operations on collections."""

    service: "CollectionService"

    def located(self, call: Call) -> Call:
        """Return the call with the collection's id where its path has its name."""
        named = call.path.get("collection")
        if named is None:
            return call
        return replace(call, path={**call.path, "collection": self.service.collection_id(call.namespace, named)})

    def _list_collections(self, call: Call) -> Body:
        body = self.valid_body(call) if call.body else {}
        return self.service.list_collections(call.namespace, Query.read(call.query), body)

    def _patch_collection(self, call: Call) -> Body:
        self.service.get_collection(call.namespace, call.path["collection"])
        return self.service.patch_collection(call.namespace, call.path["collection"], self.valid_body(call))


class CollectionService(Service):
    """The operations on collections, on a store."""

    def collection_id(self, namespace: str, named: str) -> str:
        """Return the id of the collection that has this id or this name; what is neither comes back as it is."""
        if self.store.collection(namespace, named) is not None:
            return named
        found = self.store.collection_named(namespace, named)
        return named if found is None else str(found["collection_id"])

    def patch_collection(self, namespace: str, identifier: str, body: Body) -> Body:
        """Change the given fields of a collection that may change."""
        with self.store.locked():
            before = self.get_collection(namespace, identifier)
            given = {key: value for key, value in body.items() if key in MUTABLE}
            after = {**before, **given, "updated_at": max(now(), before["updated_at"])}
            self.store.replace_collection(namespace, identifier, after)
            return after

    def list_collections(self, namespace: str, query: Query, body: Body) -> Body:
        """Return one page of a namespace's collections, and how many there are."""
        found = self.in_order(self.matching_collections(namespace, body), body.get("sort"))
        end = query.offset + query.limit
        total = len(found) if query.include_total else None
        return {
            "results": found[query.offset : end],
            "pagination": {"total": total, "next_cursor": cursor_at(end) if end < len(found) else None},
            "total_count": len(found),
            "stats": self.statistics(namespace, found),
        }

    def matching_collections(self, namespace: str, body: Body) -> list[Body]:
        """Return the collections of a namespace that a request is about."""
        found, rule = self.store.collections(namespace), bool(body.get("case_sensitive"))
        if (filters := body.get("filters")) is not None:
            found = [one for one in found if collection_selection.selects(filters, one, sensitive=rule)]
        if (term := body.get("search")) is not None:
            found = [one for one in found if collection_selection.finds(term, one, sensitive=rule)]
        return found

    @staticmethod
    def in_order(found: list[Body], sort: Body | None) -> list[Body]:
        """Return collections in the order that was asked for, those that lack the field first."""
        if sort is None:
            return found
        present = [one for one in found if one.get(sort["field"]) is not None]
        lacking = [one for one in found if one.get(sort["field"]) is None]
        return [*lacking, *sorted(present, key=lambda one: str(one[sort["field"]]), reverse=sort.get("direction") == "desc")]

    def statistics(self, namespace: str, found: list[Body]) -> Body:
        """Return what is told of all collections that a list is about."""
        documents = sum(self.store.count(namespace, one["collection_id"], selection.EVERYTHING) for one in found)
        taxonomies = [len(one.get("taxonomy_applications") or ()) for one in found]
        return {
            "total_documents": documents,
            "avg_documents_per_collection": documents / len(found) if found else 0.0,
            "collections_with_taxonomies": sum(count > 0 for count in taxonomies),
            "total_feature_extractors": len(found),
            "total_taxonomies": sum(taxonomies),
            "total_retrievers": 0,
        }
