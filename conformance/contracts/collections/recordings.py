"""What this contract promises about recorded traffic. Others chose the requests, so it is little."""

from conformance.contracts.collections import body_promises
from conformance.contracts.collections.checks import self_contained
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core.json_text import Json
from conformance.engine.recordings import Promise, Recordings
from conformance.evidence.operation import Expect, Operation
from conformance.schema.tree import SchemaNode

_NOTHING_PROMISED: Promise = (Expect.ANY, ())
_ID_PREFIXES = ("col_", "doc_")
_UPDATES = (Operations.PUT_DOCUMENT, Operations.PATCH_DOCUMENT)
_PARENT = ("source", "collection_id")
# Members of a collection and of a document, and of the lineage that a collection takes over from its parent.
_ECHOES = frozenset(
    {"collection_name", "description", "metadata", "feature_extractors", "taxonomy_applications", "cache_config", "bucket_config",
     "collection_config", "features", "document_blobs", "source_blobs", "lineage", "feature_extractor", "source", "source_config",
     "input_schema", "cluster_applications", "alert_applications", "bucket_name", "bucket_schema", "unique_key"}
)  # fmt: skip


def _promise(operation: Operation, schema: SchemaNode, body: dict[str, Json], vocabulary: Vocabulary) -> Promise | None:
    """Classify a recorded body. Nothing is promised about lists and updates that the contract leaves open."""
    if not body_promises.has_classification(operation):
        return _NOTHING_PROMISED if _is_open(operation, schema, body) else None
    return (
        _NOTHING_PROMISED
        if body_promises.has_two_sources(body)
        else body_promises.classify_object(operation, schema, body, vocabulary)
    )


def _is_open(operation: Operation, schema: SchemaNode, body: dict[str, Json]) -> bool:
    """Whether the contract leaves open what happens to the body of a list or an update."""
    return (
        body_promises.is_broken(schema, body)
        or body_promises.is_unspecified(operation, schema, body)
        or (operation in _UPDATES and _has_special_fields(body))
    )


def _has_special_fields(body: dict[str, Json]) -> bool:
    """Whether an update has fields that the contract says nothing about: nulls, and names that may be paths or system fields."""
    return any(value is None or name.startswith(("_", "$")) or "." in name for name, value in body.items())


def _promise_of_bytes(operation: Operation, body: bytes) -> Promise:
    return body_promises.classify_bytes(body) if body_promises.has_classification(operation) else _NOTHING_PROMISED


def _looks_like_id(part: str) -> bool:
    return part.startswith(_ID_PREFIXES)


RECORDINGS = Recordings(
    promise=_promise,
    promise_of_bytes=_promise_of_bytes,
    nothing_known=Vocabulary((), (), (), (), ()),
    looks_like_id=_looks_like_id,
    builds_on={Operations.CREATE_COLLECTION: _PARENT, Operations.CREATE_DOCUMENT: _PARENT},
    echoes=_ECHOES,
    self_contained={"list.limit": self_contained.outcomes},
)
