"""Which rules a request's body breaks: the models' own, and those between fields."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from conformance.contracts.collections.models.lists import ListDocumentsRequest
from conformance.contracts.collections.reference.refusals import Detail, invalid
from conformance.contracts.collections.reference.validation import broken_rules
from conformance.contracts.collections_2026_01 import models

Body = dict[str, Any]
_MODELS: dict[str, type[BaseModel]] = {
    "create_collection": models.CreateCollectionRequest,
    "list_collections": models.ListCollectionsRequest,
    "patch_collection": models.CollectionFields,
    "create_document": models.CreateDocumentRequest,
    "list_documents": ListDocumentsRequest,
    "put_document": models.DocumentFields,
    "patch_document": models.DocumentFields,
    "create_bucket": models.CreateBucketRequest,
    "put_bucket": models.BucketFields,
    "patch_bucket": models.BucketFields,
    "update_documents_in_bulk": models.BulkUpdateRequest,
    "update_documents_in_batch": models.BatchUpdateRequest,
    "delete_documents_in_batch": models.BatchDeleteRequest,
}


def problems(operation: str, body: Body) -> list[Detail]:
    """Return an entry for each rule that the body breaks, in the shape of a 422."""
    return broken_rules(_MODELS[operation], body) or list(_BETWEEN_FIELDS.get(operation, _nothing)(body))


def _nothing(_body: Body) -> Iterator[Detail]:
    yield from ()


def _of_collection(body: Body) -> Iterator[Detail]:
    source = body["source"]
    if source["type"] == "bucket" and not source.get("bucket_ids"):
        yield invalid("source", "bucket_ids", message="a bucket source needs bucket_ids")
    if source["type"] == "collection" and not (source.get("collection_id") or source.get("collection_ids")):
        yield invalid("source", "collection_id", message="a collection source needs collection_id or collection_ids")


def _of_bucket(body: Body) -> Iterator[Detail]:
    fields = body["bucket_schema"]["properties"]
    for name in (body.get("unique_key") or {"fields": ()})["fields"]:
        if name not in fields or fields[name]["type"] in ("object", "array"):
            yield invalid("unique_key", "fields", message="a unique key needs single values that the schema has")


def _of_batch_update(body: Body) -> Iterator[Detail]:
    by_filter = [name for name in ("filters", "update_data") if body.get(name) is not None]
    if len(by_filter) not in ((2,) if body.get("updates") is None else (0,)):
        yield invalid("updates", message="either updates, or filters and update_data")


def _of_batch_delete(body: Body) -> Iterator[Detail]:
    if (body.get("document_ids") is None) == (body.get("filters") is None):
        yield invalid("document_ids", message="either document_ids or filters")


_BETWEEN_FIELDS = {
    "create_collection": _of_collection,
    "create_bucket": _of_bucket,
    "update_documents_in_batch": _of_batch_update,
    "delete_documents_in_batch": _of_batch_delete,
}
