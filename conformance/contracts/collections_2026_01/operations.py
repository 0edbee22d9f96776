"""The operations of the edition of 2026-01, and what the first look tries of each profile."""

from dataclasses import replace
from functools import partial

from conformance.contracts.collections import openapi
from conformance.contracts.collections.edition import PROBED as FIRST_PROBED
from conformance.contracts.collections.edition import Edition
from conformance.contracts.collections.operations import OF_COLLECTION, OF_DOCUMENT, Operations
from conformance.contracts.collections_2026_01 import batch_bodies, models
from conformance.evidence.operation import Effect, Operation, Paging, UserKeys
from conformance.schema.components import Components
from conformance.schema.openapi import OpenApiDocument

DOCUMENT = OpenApiDocument("specs/collections-2026-01/openapi.yaml", openapi.DOCUMENT)
MODELS = {
    **openapi.MODELS,
    **{
        model.__name__: model
        for model in (
            models.CreateCollectionRequest, models.CollectionFields, models.ListCollectionsRequest, models.CreateDocumentRequest,
            models.DocumentFields, models.BulkUpdateRequest, models.BatchUpdateRequest, models.BatchDeleteRequest, models.BucketFields,
        )
    },
}  # fmt: skip
COMPONENTS = Components(DOCUMENT, MODELS)
_DOCUMENTS = Operations.CREATE_DOCUMENT.path
_BUCKET = "/v1/buckets/{bucket}"
_operation = partial(Operation, components=COMPONENTS)
_UPDATES = UserKeys(frozenset({*OF_COLLECTION.below, "update_data"}), OF_COLLECTION.maps)


class Added:
    """The operations that the first edition does not have."""

    # fmt: off
    PATCH_COLLECTION = _operation(name="patch_collection", method="PATCH", path=Operations.GET_COLLECTION.path, profile="collection-updates",
                                  body="CollectionFields", effect=Effect.UPDATE, name_key="collection_name", user_keys=OF_COLLECTION)
    LIST_COLLECTIONS = _operation(name="list_collections", method="POST", path="/v1/collections/list", profile="collection-lists",
                                  body="ListCollectionsRequest", effect=Effect.LIST, paging=Paging("cursor", ("pagination", "next_cursor")),
                                  user_keys=OF_COLLECTION)
    UPDATE_IN_BULK = _operation(name="update_documents_in_bulk", method="PATCH", path=f"{_DOCUMENTS}/bulk", profile="batches",
                                body="BulkUpdateRequest", effect=Effect.UPDATE, selects=True, user_keys=_UPDATES)
    UPDATE_IN_BATCH = _operation(name="update_documents_in_batch", method="POST", path=f"{_DOCUMENTS}/batch", profile="batches",
                                 body="BatchUpdateRequest", effect=Effect.UPDATE, selects=True, user_keys=_UPDATES)
    DELETE_IN_BATCH = _operation(name="delete_documents_in_batch", method="DELETE", path=f"{_DOCUMENTS}/batch", profile="batches",
                                 body="BatchDeleteRequest", effect=Effect.DELETE, selects=True, user_keys=OF_COLLECTION)
    GET_LINEAGE = _operation(name="get_document_lineage", method="GET", path=f"{Operations.GET_DOCUMENT.path}/lineage",
                             profile="document-lineage", effect=Effect.READ, user_keys=OF_DOCUMENT)
    GET_BUCKET = _operation(name="get_bucket", method="GET", path=_BUCKET, profile="bucket-updates", effect=Effect.READ,
                            user_keys=OF_COLLECTION)
    PUT_BUCKET = _operation(name="put_bucket", method="PUT", path=_BUCKET, profile="bucket-updates", body="BucketFields",
                            effect=Effect.UPDATE, user_keys=OF_COLLECTION)
    PATCH_BUCKET = _operation(name="patch_bucket", method="PATCH", path=_BUCKET, profile="bucket-updates", body="BucketFields",
                              effect=Effect.UPDATE, user_keys=OF_COLLECTION)
    DELETE_BUCKET = _operation(name="delete_bucket", method="DELETE", path=_BUCKET, profile="bucket-updates", effect=Effect.DELETE,
                               answers=False, user_keys=OF_COLLECTION)
    # fmt: on


_SHARED = (
    Operations.GET_COLLECTION, Operations.DELETE_COLLECTION, Operations.CREATE_DOCUMENT, Operations.LIST_DOCUMENTS, Operations.GET_DOCUMENT,
    Operations.PUT_DOCUMENT, Operations.PATCH_DOCUMENT, Operations.DELETE_DOCUMENT,
)  # fmt: skip
# What answers a bucket is judged here; in the first edition buckets are only made for others.
_CREATE_BUCKET = replace(Operations.CREATE_BUCKET, path="/v1/buckets", effect=Effect.CREATE, name_key="bucket_name")
_MOVED = (replace(Operations.CREATE_COLLECTION, path="/v1/collections"), _CREATE_BUCKET)
ADDED = tuple(value for value in vars(Added).values() if isinstance(value, Operation))
OPERATIONS = {
    operation.name: operation
    for operation in (
        *(replace(operation, components=COMPONENTS) for operation in (*_MOVED, *_SHARED)),
        *ADDED,
    )
}
PROBED = {
    **FIRST_PROBED,
    "collection-lists": ((Added.LIST_COLLECTIONS, b"{}"),),
    "collection-updates": ((Added.PATCH_COLLECTION, b'{"description":"changed"}'),),
    "batches": (
        (
            Added.UPDATE_IN_BULK,
            b'{"filters":{"AND":[{"field":"title","operator":"eq","value":"of no document"}]},"update_data":{"a":1}}',
        ),
        (Added.UPDATE_IN_BATCH, b'{"updates":[{"document_id":"doc_no_such_document","update_data":{"a":1}}]}'),
        (Added.DELETE_IN_BATCH, b'{"document_ids":["doc_no_such_document"]}'),
    ),
    "document-lineage": ((Added.GET_LINEAGE, None),),
    "bucket-updates": ((Added.GET_BUCKET, None), (Added.PUT_BUCKET, b"{}"), (Added.PATCH_BUCKET, b"{}")),
}
# Fields and parameters of an extractor are judged by it, a cluster has to be of the collection, and inherited buckets are the server's to know.
UNKNOWABLE = frozenset({"field of a source", "parameter", "inherited bucket", "cluster of this collection"})
DELETIONS = {Operations.CREATE_COLLECTION: Operations.DELETE_COLLECTION, _CREATE_BUCKET: Added.DELETE_BUCKET}
_TITLED = {"AND": [{"field": "title", "operator": "exists", "value": True}]}
_BY_STRANGERS = {"title": "changed by a stranger"}
STRANGERS = {
    Added.UPDATE_IN_BULK: {"update_data": _BY_STRANGERS},
    Added.UPDATE_IN_BATCH: {"filters": _TITLED, "update_data": _BY_STRANGERS},
    Added.DELETE_IN_BATCH: {"filters": _TITLED},
    Added.PUT_BUCKET: {"description": "changed by a stranger"},
    Added.PATCH_BUCKET: {"description": "changed by a stranger"},
}
EDITION = Edition(OPERATIONS, COMPONENTS, PROBED, longest_name=100, unknowable=UNKNOWABLE, deletions=DELETIONS, strangers=STRANGERS,
                  leaves_open=batch_bodies.leaves_open)  # fmt: skip
