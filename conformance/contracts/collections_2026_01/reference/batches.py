"""Requests about many documents at once, as the reference does them."""

from collections.abc import Callable, Iterable
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import DOCUMENTS, Call, Handler, Reference
from conformance.contracts.collections.reference.refusals import Refusal

Body = dict[str, Any]
BULK, BATCH = f"{DOCUMENTS}/bulk", f"{DOCUMENTS}/batch"
_EVERYTHING = 2**62


class Batches(Reference):
    """A reference that changes and deletes many documents at once."""

    def batch_routes(self) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of each operation; they come before those of a single document."""
        return [
            ("PATCH", BULK, self._update_documents_in_bulk),
            ("POST", BATCH, self._update_documents_in_batch),
            ("DELETE", BATCH, self._delete_documents_in_batch),
        ]

    def chosen(self, call: Call, filters: Body | None) -> list[str]:
        """Return the ids of the documents that a filter selects."""
        store, everything = self.service.store, {"limit": _EVERYTHING, "offset": 0}
        found = store.documents(
            call.namespace, call.path["collection"], selection.chosen(filters), selection.AS_ADDED, **everything
        )
        return [document["document_id"] for document in found]

    def change_one(self, call: Call, identifier: str, data: Body) -> None:
        """Change a document of the call's collection, or refuse with 404."""
        self.service.patch_document(call.namespace, call.path["collection"], identifier, data)

    def delete_one(self, call: Call, identifier: str) -> None:
        """Delete a document of the call's collection, or refuse with 404."""
        self.service.delete_document(call.namespace, call.path["collection"], identifier)

    def _valid(self, call: Call) -> Body:
        self.service.get_collection(call.namespace, call.path["collection"])
        return self.valid_body(call)

    def _update_documents_in_bulk(self, call: Call) -> Body:
        body = self._valid(call)
        return {"updated_count": self._change_chosen(call, body), "message": "Documents updated successfully"}

    def _change_chosen(self, call: Call, body: Body) -> int:
        with self.service.store.locked():
            chosen = self.chosen(call, body.get("filters"))
            for identifier in chosen:
                self.change_one(call, identifier, body["update_data"])
        return len(chosen)

    def _update_documents_in_batch(self, call: Call) -> Body:
        body = self._valid(call)
        if body.get("updates") is None:
            return _answer("updated", [], self._change_chosen(call, body))
        tried = [
            _tried(update["document_id"], lambda update=update: self.change_one(call, update["document_id"], update["update_data"]))  # type: ignore[misc]
            for update in body["updates"]
        ]
        return _answer("updated", tried)

    def _delete_documents_in_batch(self, call: Call) -> Body:
        body = self._valid(call)
        if body.get("document_ids") is not None:
            return _answer("deleted", self._deleted(call, body["document_ids"]))
        with self.service.store.locked():
            return _answer("deleted", [], len(self._deleted(call, self.chosen(call, body["filters"]))))

    def _deleted(self, call: Call, identifiers: Iterable[str]) -> list[Body]:
        return [
            _tried(identifier, lambda identifier=identifier: self.delete_one(call, identifier))  # type: ignore[misc]
            for identifier in identifiers
        ]


def _tried(identifier: str, do: Callable[[], None]) -> Body:
    """Do something to a document; return its result."""
    try:
        do()
    except Refusal as refusal:
        return {"document_id": identifier, "success": False, "error": refusal.message}
    return {"document_id": identifier, "success": True, "error": None}


def _answer(done: str, results: list[Body], count: int | None = None) -> Body:
    successes = sum(result["success"] for result in results) if count is None else count
    return {
        f"{done}_count": successes,
        "failed_count": sum(not result["success"] for result in results),
        "results": results,
        "message": f"Batch: {successes} {done}",
    }
