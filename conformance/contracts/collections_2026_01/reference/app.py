"""The web app of the edition: its routes, and what it does differently from the first edition."""

from typing import Any

from conformance.contracts.collections.reference.app import COLLECTION, DOCUMENT, DOCUMENTS, Call, Details, Handler
from conformance.contracts.collections.reference.store import Store
from conformance.contracts.collections_2026_01.reference import validation
from conformance.contracts.collections_2026_01.reference.batches import Batches
from conformance.contracts.collections_2026_01.reference.buckets import BUCKET, BucketHandlers
from conformance.contracts.collections_2026_01.reference.collection_operations import CollectionOperations
from conformance.contracts.collections_2026_01.reference.document_lineage import LINEAGE, LineageHandlers
from conformance.contracts.collections_2026_01.reference.service import Service2026

Body = dict[str, Any]


class Reference2026(BucketHandlers, LineageHandlers, CollectionOperations, Batches):
    """The reference implementation of the edition."""

    service: Service2026

    def make_service(self, store: Store) -> Service2026:
        """Return what does the operations."""
        return Service2026(store)

    def problems(self, operation: str, body: Body) -> Details:
        """Return an entry for each rule that a body breaks, in the shape of a 422."""
        return validation.problems(operation, body)

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of each operation; the first route that fits is taken."""
        return [
            ("POST", "/v1/collections", self._create_collection),
            ("POST", "/v1/collections/list", self._list_collections),
            ("GET", COLLECTION, self._get_collection),
            ("PATCH", COLLECTION, self._patch_collection),
            ("DELETE", COLLECTION, self._delete_collection),
            ("POST", DOCUMENTS, self._create_document),
            ("POST", f"{DOCUMENTS}/list", self._list_documents),
            *self.batch_routes(),
            ("GET", DOCUMENT, self._get_document),
            ("PUT", DOCUMENT, self._put_document),
            ("PATCH", DOCUMENT, self._patch_document),
            ("DELETE", DOCUMENT, self._delete_document),
            ("GET", LINEAGE, self._get_document_lineage),
            ("POST", "/v1/buckets", self._create_bucket),
            ("GET", BUCKET, self._get_bucket),
            ("PUT", BUCKET, self._put_bucket),
            ("PATCH", BUCKET, self._patch_bucket),
            ("DELETE", BUCKET, self._delete_bucket),
        ]

    def _delete_document(self, call: Call) -> Body:
        super()._delete_document(call)
        return {"message": "Successfully deleted", "success": True}
