"""What the contract promises in addition to its OpenAPI document. Used when another document is compared with it."""

from conformance.contracts.collections.checks.http import PROTOCOL
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS

# A server may refuse user fields with these names.
RESERVED_NAMES = SYSTEM_FIELDS | {"document_id", "_internal"}
# Fields and parameters of optional profiles, in operations that are not optional.
OPTIONAL_PROFILES = {
    "return_url": "blobs",
    "return_presigned_urls": "blobs",
    "return_vectors": "vectors",
    "X-Namespace": "namespaces",
}
# Every operation may answer these (http.status-documented).
COMMON_STATUSES = frozenset(map(str, PROTOCOL))
