"""The operations of the API, where each is served, and what the contract can promise about an answer."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlencode


class Operation(StrEnum):
    """The operations, by their operationId; OUTSIDE is a path or a method that the API lacks."""

    CREATE_COLLECTION = "create_collection"
    GET_COLLECTION = "get_collection"
    DELETE_COLLECTION = "delete_collection"
    CREATE_DOCUMENT = "create_document"
    LIST_DOCUMENTS = "list_documents"
    GET_DOCUMENT = "get_document"
    PUT_DOCUMENT = "put_document"
    PATCH_DOCUMENT = "patch_document"
    DELETE_DOCUMENT = "delete_document"
    CREATE_BUCKET = "create_bucket"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Route:
    """Where an operation is served, which profile it belongs to, and which component schema its body has (None: no body)."""

    method: str
    path: str
    profile: str
    body: str | None = None


_COLLECTION = "/v1/collections/{collection}"
_DOCUMENTS = f"{_COLLECTION}/documents"
_DOCUMENT = f"{_DOCUMENTS}/{{document}}"
ROUTES: dict[Operation, Route] = {
    Operation.CREATE_COLLECTION: Route("POST", "/v1/collections/create", "core", "CreateCollectionRequest"),
    Operation.GET_COLLECTION: Route("GET", _COLLECTION, "read"),
    Operation.DELETE_COLLECTION: Route("DELETE", _COLLECTION, "write"),
    Operation.CREATE_DOCUMENT: Route("POST", _DOCUMENTS, "core", "CreateDocumentRequest"),
    Operation.LIST_DOCUMENTS: Route("POST", f"{_DOCUMENTS}/list", "query", "ListDocumentsRequest"),
    Operation.GET_DOCUMENT: Route("GET", _DOCUMENT, "read"),
    Operation.PUT_DOCUMENT: Route("PUT", _DOCUMENT, "write", "DocumentFields"),
    Operation.PATCH_DOCUMENT: Route("PATCH", _DOCUMENT, "write", "DocumentFields"),
    Operation.DELETE_DOCUMENT: Route("DELETE", _DOCUMENT, "write"),
    Operation.CREATE_BUCKET: Route("POST", "/v1/buckets/create", "buckets", "CreateBucketRequest"),
}


def path(operation: Operation, collection: str = "", document: str = "", **query: str | float) -> str:
    """Return the path of an operation, ids percent-encoded, with the query parameters given."""
    found = ROUTES[operation].path.format(collection=quote(collection, safe=""), document=quote(document, safe=""))
    return f"{found}?{urlencode(query)}" if query else found


class Expect(StrEnum):
    """What the contract promises about the answer to a request."""

    ACCEPT = "accept"  # 200
    REFUSE = "refuse"  # a 4xx that the requirement names
    EITHER = "either"  # kept verbatim, or refused with a clean 4xx
    ANY = "any"  # only what holds for every exchange
