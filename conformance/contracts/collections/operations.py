"""The operations of the API and where each is served."""

from functools import partial

from conformance.contracts.collections import openapi
from conformance.evidence.operation import OUTSIDE, Effect, Operation, Paging, UserKeys

_COLLECTION = "/v1/collections/{collection}"
_DOCUMENTS = f"{_COLLECTION}/documents"
_DOCUMENT = f"{_DOCUMENTS}/{{document}}"
_BELOW = frozenset({"metadata", "parameters", "payload", "value"})
_MAPS = frozenset({"retriever_configs", "input_mapping", "output_mapping", "vectors", "properties"})
_ROOT = frozenset({"document_id", "collection_id", "_internal", "document_blobs", "features", "metadata"})
# The user's own fields stand at a document's root.
OF_COLLECTION, OF_DOCUMENT = UserKeys(_BELOW, _MAPS), UserKeys(_BELOW, _MAPS, _ROOT)


_operation = partial(Operation, components=openapi.COMPONENTS)


class Operations:
    """All operations, named by their operationId in capitals."""

    # fmt: off
    CREATE_COLLECTION = _operation(name="create_collection", method="POST", path="/v1/collections/create", body="CreateCollectionRequest",
                                  effect=Effect.CREATE, makes="collection", id_key="collection_id", name_key="collection_name",
                                  user_keys=OF_COLLECTION)
    GET_COLLECTION = _operation(name="get_collection", method="GET", path=_COLLECTION, profile="read", effect=Effect.READ,
                               user_keys=OF_COLLECTION)
    DELETE_COLLECTION = _operation(name="delete_collection", method="DELETE", path=_COLLECTION, profile="write", effect=Effect.DELETE,
                                  answers=False, user_keys=OF_COLLECTION)
    CREATE_DOCUMENT = _operation(name="create_document", method="POST", path=_DOCUMENTS, body="CreateDocumentRequest",
                                effect=Effect.CREATE, makes="document", id_key="document_id", user_keys=OF_DOCUMENT)
    LIST_DOCUMENTS = _operation(name="list_documents", method="POST", path=f"{_DOCUMENTS}/list", profile="query",
                               body="ListDocumentsRequest", effect=Effect.LIST, paging=Paging("cursor", ("pagination", "next_cursor")),
                               user_keys=OF_COLLECTION)
    GET_DOCUMENT = _operation(name="get_document", method="GET", path=_DOCUMENT, profile="read", effect=Effect.READ,
                             user_keys=OF_DOCUMENT)
    PUT_DOCUMENT = _operation(name="put_document", method="PUT", path=_DOCUMENT, profile="write", body="DocumentFields",
                             effect=Effect.UPDATE, user_keys=OF_DOCUMENT)
    PATCH_DOCUMENT = _operation(name="patch_document", method="PATCH", path=_DOCUMENT, profile="write", body="DocumentFields",
                               effect=Effect.UPDATE, user_keys=OF_DOCUMENT)
    DELETE_DOCUMENT = _operation(name="delete_document", method="DELETE", path=_DOCUMENT, profile="write", effect=Effect.DELETE,
                                answers=False, user_keys=OF_DOCUMENT)
    CREATE_BUCKET = _operation(name="create_bucket", method="POST", path="/v1/buckets/create", profile="buckets",
                              body="CreateBucketRequest", effect=Effect.SETUP, makes="bucket", id_key="bucket_id",
                              user_keys=OF_COLLECTION)
    # fmt: on
    OUTSIDE = OUTSIDE


ALL_OPERATIONS: tuple[Operation, ...] = tuple(
    value for value in vars(Operations).values() if isinstance(value, Operation) and value is not OUTSIDE
)
# The operations that answer with one document.
SHOWING = (Operations.CREATE_DOCUMENT, Operations.GET_DOCUMENT, Operations.PUT_DOCUMENT, Operations.PATCH_DOCUMENT)
CREATES = (Operations.CREATE_COLLECTION, Operations.CREATE_DOCUMENT)
