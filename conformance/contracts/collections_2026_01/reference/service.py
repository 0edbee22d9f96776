"""What the reference of the edition does with valid requests, where the first edition's does something else."""

import secrets
from typing import Any

from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.service import now
from conformance.contracts.collections_2026_01.reference.buckets import BucketService
from conformance.contracts.collections_2026_01.reference.collection_operations import CollectionService
from conformance.contracts.collections_2026_01.reference.document_lists import with_details

Body = dict[str, Any]
_CLUSTER_DEFAULTS: Body = {"auto_execute_on_batch": True, "min_document_threshold": None, "cooldown_seconds": 3600, "execution_phase": 2,
                           "priority": 0}  # fmt: skip


class Service2026(BucketService, CollectionService):
    """The operations of the edition, on a store."""

    def create_document(self, namespace: str, identifier: str, body: Body) -> Body:
        """Make a document of a valid request; its blobs are the server's own."""
        return super().create_document(namespace, identifier, _without_blobs(body))

    def patch_document(self, namespace: str, collection: str, identifier: str, body: Body) -> Body:
        """Change the given root fields of a document."""
        return super().patch_document(namespace, collection, identifier, _without_blobs(body))

    def put_document(self, namespace: str, collection: str, identifier: str, body: Body) -> Body:
        """Replace all of the user's fields of a document."""
        return super().put_document(namespace, collection, identifier, _without_blobs(body))

    def list_documents(self, namespace: str, identifier: str, query: Query, body: Body) -> Body:
        """Return one page of a collection's documents, and what is told beside them."""
        return with_details(super().list_documents(namespace, identifier, query, body), query, body)

    def create_collection(self, namespace: str, body: Body) -> Body:
        """Make a collection of a valid request."""
        source, extractor = body["source"], body["feature_extractor"]
        parents = source.get("collection_ids") or [source["collection_id"]] if source["type"] == "collection" else []
        before = [entry for parent in parents[:1] for entry in self.get_collection(namespace, parent)["source_lineage"]]
        shown = {**extractor, "feature_extractor_id": f"{extractor['feature_extractor_name']}_{extractor['version']}"}
        output = {"properties": {field["source_path"]: {"type": "text"} for field in extractor.get("field_passthrough") or ()}}
        entry = {"source_config": source, "feature_extractor": shown, "output_schema": output}
        return {
            "collection_name": body["collection_name"],
            "collection_id": f"col_{secrets.token_hex(5)}",
            "description": body.get("description"),
            "input_schema": body.get("input_schema") or {"properties": {}},
            "output_schema": output,
            "feature_extractor": shown,
            "source": source,
            "source_lineage": [*before, entry],
            "enabled": body.get("enabled", True),
            "metadata": body.get("metadata"),
            "taxonomy_applications": body.get("taxonomy_applications"),
            "cluster_applications": [{**_CLUSTER_DEFAULTS, **one} for one in body.get("cluster_applications") or ()],
            "alert_applications": body.get("alert_applications"),
            "created_at": now(),
            "updated_at": now(),
            "schema_version": 1,
        }


def _without_blobs(body: Body) -> Body:
    return {key: value for key, value in body.items() if key != "document_blobs"}
