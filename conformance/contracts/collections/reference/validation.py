"""Which rules a request's body breaks: the models' own, and those between fields."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from conformance.contracts.collections.models.buckets import CreateBucketRequest
from conformance.contracts.collections.models.collections import CreateCollectionRequest
from conformance.contracts.collections.models.documents import CreateDocumentRequest, DocumentFields
from conformance.contracts.collections.models.lists import ListDocumentsRequest
from conformance.contracts.collections.reference.refusals import Detail, invalid

_MODELS: dict[str, type[BaseModel]] = {
    "create_collection": CreateCollectionRequest,
    "create_document": CreateDocumentRequest,
    "list_documents": ListDocumentsRequest,
    "put_document": DocumentFields,
    "patch_document": DocumentFields,
    "create_bucket": CreateBucketRequest,
}
_NEEDS = {"bucket": "bucket_id", "collection": "collection_id"}


def problems(operation: str, body: dict[str, Any]) -> list[Detail]:
    """Return an entry for each rule that the body breaks, in the shape of a 422."""
    broken = broken_rules(_MODELS[operation], body)
    return broken or (list(_between_fields(body)) if operation == "create_collection" else [])


def broken_rules(model: type[BaseModel], body: dict[str, Any]) -> list[Detail]:
    """Return an entry for each rule of a model that a body breaks."""
    try:
        model.model_validate(body)
    except ValidationError as error:
        return [invalid(*found["loc"], message=found["msg"], kind=found["type"]) for found in error.errors(include_url=False)]
    except RecursionError:
        return [invalid(message="nests too deeply")]
    return []


def _between_fields(body: dict[str, Any]) -> Iterator[Detail]:
    source, cache = body["source"], body.get("cache_config") or {}
    needed = _NEEDS[source["type"]]
    if not source.get(needed):
        yield invalid("source", needed, message=f"a {source['type']} source needs a {needed}")
    if cache.get("ttl_seconds", 0) < 0:
        yield invalid("cache_config", "ttl_seconds", message="must not be negative")
    if cache.get("max_entries_per_key", 1) < 1:
        yield invalid("cache_config", "max_entries_per_key", message="must be positive")
    for name, retriever in cache.get("retriever_configs", {}).items():
        if (retriever.get("ttl_seconds") or 0) < 0:
            yield invalid("cache_config", "retriever_configs", name, "ttl_seconds", message="must not be negative")
