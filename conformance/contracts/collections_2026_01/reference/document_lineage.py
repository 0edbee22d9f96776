"""The lineage of documents: where each comes from, and what it went through."""

from typing import Any

from conformance.contracts.collections.reference.app import DOCUMENT, Call, Reference
from conformance.contracts.collections.reference.service import now

Body = dict[str, Any]
LINEAGE = f"{DOCUMENT}/lineage"


def lineage_of(document: Body) -> Body:
    """Return what is answered for the lineage of a stored document."""
    lineage = document["_internal"]["lineage"]
    return {
        "document_id": document["document_id"],
        "collection_id": document["collection_id"],
        "root": {"bucket_id": lineage["root_bucket_id"], "object_id": lineage["root_object_id"]},
        "source": {name: lineage[f"source_{name}"] for name in ("type", "collection_id", "document_id", "object_id")},
        "path": lineage["path"],
        "steps": lineage["chain"],
        "traced_at": now(),
    }


class LineageHandlers(Reference):
    """The handler of the operation."""

    def _get_document_lineage(self, call: Call) -> Body:
        return lineage_of(self.service.get_document(call.namespace, call.path["collection"], call.path["document"]))
