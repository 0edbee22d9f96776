"""What the reference does with valid requests: it makes, shows, lists, changes and deletes collections and documents."""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from conformance.contracts.collections.reference import listing
from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections.reference.store import Store

Body = dict[str, Any]
_CACHE_DEFAULTS: Body = {"enabled": True, "ttl_seconds": 604800, "invalidation_strategy": "replace_if_better", "max_entries_per_key": 5,
                   "score_threshold": None, "invalidation_events": [], "retriever_configs": {}}  # fmt: skip
_EXTRACTOR_DEFAULTS: Body = {"parameters": {}, "input_mapping": {}, "output_mapping": {}, "document_output_type": None,
                       "document_input_handling": None, "document_output_handling": None}  # fmt: skip
_LINEAGE_FIELDS = {"root_object_id": "root_object_id", "root_bucket_id": "root_bucket_id", "source_type": "source_type",
                   "source_object_id": "source_object_id", "source_document_id": "source_document_id",
                   "source_collection_id": "source_collection_id"}  # fmt: skip
_MANAGED = {*_LINEAGE_FIELDS, "collection_id", "document_id", "_internal", "internal_id", "namespace_id", "created_at", "updated_at",
            "lineage", "lineage_path", "lineage_chain", "document_schema_version"}  # fmt: skip
_KEPT = ("document_id", "collection_id", "_internal")


class Service:
    """The operations, on a store; `namespace` is the header's value, or empty."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def create_collection(self, namespace: str, body: Body) -> Body:
        """Make a collection of a valid request."""
        lineage = [*self._parent_lineage(namespace, body["source"]), self._entry(body)]
        cache = body.get("cache_config")
        return {
            "collection_name": body["collection_name"],
            "collection_id": f"col_{secrets.token_hex(12)}",
            "description": body.get("description"),
            "metadata": body.get("metadata"),
            "enabled": body.get("enabled", True),
            "source_lineage": lineage,
            "feature_extractors": [_extractor(one) for one in body["feature_extractors"]],
            "status": "PENDING",
            "output_schema": _output_schema(body["feature_extractors"]),
            "taxonomy_applications": body.get("taxonomy_applications", []),
            "cache_config": None if cache is None else _cache(cache),
        }

    def keep_collection(self, namespace: str, collection: Body) -> None:
        """Store what `create_collection` made."""
        self.store.add_collection(namespace, collection["collection_id"], collection)

    def get_collection(self, namespace: str, identifier: str) -> Body:
        """Return a collection, or refuse with 404."""
        found = self.store.collection(namespace, identifier)
        if found is None:
            raise Refusal(404, "there is no such collection")
        return found

    def create_document(self, namespace: str, identifier: str, body: Body) -> Body:
        """Make a document of a valid request."""
        collection = self.get_collection(namespace, identifier)["collection_id"]
        if body["collection_id"] != collection:
            raise Refusal(400, "the body names another collection than the path")
        document = f"doc_{secrets.token_hex(12)}"
        answer = {**_given(body), "document_id": document, "collection_id": collection}
        answer["_internal"] = self._internal(namespace, document, collection, body)
        return answer

    def keep_document(self, namespace: str, document: Body) -> None:
        """Store what `create_document` made."""
        self.store.add_document(namespace, document["collection_id"], document["document_id"], document)

    def get_document(self, namespace: str, collection: str, identifier: str) -> Body:
        """Return a document, or refuse with 404."""
        found = self.store.document(namespace, collection, identifier)
        if found is None:
            raise Refusal(404, "there is no such document")
        return found

    def shown(self, document: Body, *, urls: bool = False, vectors: bool = False) -> Body:
        """Return a stored document as it is answered: vectors and addresses of files only where they were asked for."""
        shown = dict(document)
        if "features" in document and not vectors:
            shown["features"] = [_without(feature, "vectors") for feature in document["features"]]
        if "document_blobs" in document and urls:
            shown["document_blobs"] = [{**blob, "presigned_url": _presigned(blob)} for blob in document["document_blobs"]]
        return shown

    def patch_document(self, namespace: str, collection: str, identifier: str, body: Body) -> Body:
        """Change the given root fields of a document."""
        with self.store.locked():
            before = self.get_document(namespace, collection, identifier)
            return self._changed(namespace, before, {**before, **_given(body)})

    def put_document(self, namespace: str, collection: str, identifier: str, body: Body) -> Body:
        """Replace all of the user's fields of a document."""
        with self.store.locked():
            before = self.get_document(namespace, collection, identifier)
            return self._changed(namespace, before, {**_given(body), **{key: before[key] for key in _KEPT}})

    def _changed(self, namespace: str, before: Body, after: Body) -> Body:
        after["_internal"] = {**before["_internal"], "updated_at": max(now(), before["_internal"]["updated_at"])}
        self.store.replace_document(namespace, after["collection_id"], after["document_id"], after)
        return after

    def delete_document(self, namespace: str, collection: str, identifier: str) -> None:
        """Delete a document, or refuse with 404."""
        self.get_document(namespace, collection, identifier)
        self.store.remove_document(namespace, collection, identifier)

    def delete_collection(self, namespace: str, identifier: str) -> None:
        """Delete a collection and its documents, or refuse with 404."""
        self.get_collection(namespace, identifier)
        self.store.remove_collection(namespace, identifier)

    def list_documents(self, namespace: str, identifier: str, query: Query, body: Body) -> Body:
        """Return one page of a collection's documents."""
        self.get_collection(namespace, identifier)
        urls, vectors = bool(body.get("return_url")), bool(body.get("return_vectors"))
        return listing.page(self.store, namespace, identifier, query, body, lambda one: self.shown(one, urls=urls, vectors=vectors))

    def create_bucket(self, namespace: str, body: Body) -> Body:
        """Make a bucket."""
        made = {"bucket_id": f"bkt_{secrets.token_hex(6)}", **body}
        self.store.add_bucket(namespace, made["bucket_id"], made)
        return made

    def _parent_lineage(self, namespace: str, source: Body) -> list[Body]:
        if source["type"] != "collection":
            return []
        parent: list[Body] = self.get_collection(namespace, source["collection_id"])["source_lineage"]
        return parent

    def _entry(self, body: Body) -> Body:
        source, kind = body["source"], body["source"]["type"]
        return {
            "source_type": kind,
            "collection_id": source.get("collection_id"),
            "bucket_id": source.get("bucket_id"),
            "bucket_config": source if kind == "bucket" else None,
            "collection_config": source if kind == "collection" else None,
            "feature_extractors": [_extractor(one) for one in body["feature_extractors"]],
            "output_schema": _output_schema(body["feature_extractors"]),
        }

    def _internal(self, namespace: str, document: str, collection: str, body: Body) -> Body:
        time = now()
        lineage: Body = {field: body.get(key) for key, field in _LINEAGE_FIELDS.items()}
        lineage["path"] = body.get("lineage_path")
        if lineage["path"] is None and body.get("root_bucket_id") is not None:
            lineage["path"] = f"{body['root_bucket_id']}/{collection}"
        lineage["chain"] = [{"timestamp": time, **step} for step in body.get("lineage_chain", [])]
        return {
            "internal_id": "org_reference",
            "namespace_id": "ns_" + hashlib.sha256(namespace.encode()).hexdigest()[:12],
            "document_id": document,
            "collection_id": collection,
            "created_at": time,
            "updated_at": time,
            "lineage": lineage,
            "metadata": {"ingestion_status": "COMPLETED"},
        }


def now() -> str:
    """Return the time as answers show it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _given(body: Body) -> Body:
    """Return what of a request's body is the user's own; an address that a client sends for a file is not kept."""
    own = {key: value for key, value in body.items() if key not in _MANAGED}
    if "document_blobs" in own:
        own["document_blobs"] = [_without(blob, "presigned_url") for blob in own["document_blobs"]]
    return own


def _presigned(blob: Body) -> str:
    digest = hashlib.sha256(json.dumps(blob, sort_keys=True).encode()).hexdigest()[:32]
    return f"https://files.reference.invalid/{digest}?expires=900"


def _without(item: Body, key: str) -> Body:
    return {name: value for name, value in item.items() if name != key}


def _extractor(given: Body) -> Body:
    return {**_EXTRACTOR_DEFAULTS, **given}


def _cache(given: Body) -> Body:
    cache = {**_CACHE_DEFAULTS, **given}
    cache["invalidation_events"] = [
        {"recompute_strategy": "background", "retriever_id": None, **event} for event in cache["invalidation_events"]
    ]
    cache["retriever_configs"] = {
        name: {"enabled": True, "ttl_seconds": None, "score_threshold": None, **config}
        for name, config in cache["retriever_configs"].items()
    }
    return cache


def _output_schema(extractors: list[Body]) -> Body:
    names = {name for extractor in extractors for name in (extractor.get("output_mapping") or {}).values()}
    return {"properties": {name: {"type": "json"} for name in sorted(names)}}
