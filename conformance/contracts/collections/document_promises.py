"""What the contract promises beside its OpenAPI document, for the comparison of another document with it."""

from conformance.contracts.collections.checks.http import PROTOCOL
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS

# A server may refuse a user's field with such a name.
RESERVED_NAMES = SYSTEM_FIELDS | {"document_id", "_internal"}
# Fields and parameters of a profile that a server may lack, in operations that it may not lack.
OPTIONAL_PROFILES = {"return_url": "blobs", "return_vectors": "vectors", "X-Namespace": "namespaces"}
# What any operation may answer (http.status-documented).
COMMON_STATUSES = frozenset(map(str, PROTOCOL))
