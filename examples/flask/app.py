"""Collections and documents in Flask, in memory: creating, reading, changing and deleting. Checks are written by hand.

Flask reads and writes JSON with Python's own module, which takes NaN and infinities.
"""

import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, abort, request
from validation import CHANGES, COLLECTION, DOCUMENT
from werkzeug.exceptions import HTTPException

Json = dict[str, Any]
app = Flask(__name__)
collections: dict[str, Json] = {}
documents: dict[tuple[str, str], Json] = {}
changing = threading.Lock()

CACHE = {"enabled": True, "ttl_seconds": 604800, "invalidation_strategy": "replace_if_better", "max_entries_per_key": 5}
LINEAGE = ("root_object_id", "root_bucket_id", "source_type", "source_object_id", "source_document_id", "source_collection_id")
SYSTEM = ("document_id", "collection_id", "_internal")
NOT_THE_USERS = {*SYSTEM, *LINEAGE, "internal_id", "namespace_id", "created_at", "updated_at", "lineage", "lineage_path", "lineage_chain",
                 "document_schema_version"}  # fmt: skip


@app.errorhandler(HTTPException)
def failure(error: HTTPException) -> tuple[Json, int, dict[str, str]]:
    """Answer with the envelope of errors, and with Allow if it is 405."""
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    status = error.code or 500
    return {"success": False, "status": status, "error": {"message": error.description, "type": error.name}}, status, headers


def body(check: Callable[[Json], bool]) -> Json:
    """Return the body of the request, if it is JSON and what it is to be."""
    try:
        request.get_data().decode()  # Python's json module takes halves of characters in bytes
        value = request.get_json()
    except UnicodeDecodeError:
        abort(400, "the body is not UTF-8")
    except RecursionError:
        abort(400, "the body is too deep")
    if not isinstance(value, dict) or not check(value):
        abort(422, "the body is not what it is to be")
    return value


def now() -> str:
    """Return the time."""
    return datetime.now(UTC).isoformat()


def collection(identifier: str) -> Json:
    """Return a collection, or answer 404."""
    return collections.get(identifier) or abort(404, "there is no such collection")


def document(identifier: str, name: str) -> Json:
    """Return a document, or answer 404."""
    return documents.get((identifier, name)) or abort(404, "there is no such document")


@app.post("/v1/collections/create")
def create_collection() -> Json:
    """Make a collection."""
    given = body(COLLECTION)
    source, extractors, identifier = given["source"], given["feature_extractors"], f"col_{secrets.token_hex(12)}"
    kind, schema = source["type"], {"properties": {"text": {"type": "text"}}}
    before = collection(source["collection_id"])["source_lineage"] if kind == "collection" else []
    entry = {"source_type": kind, f"{kind}_id": source[f"{kind}_id"], f"{kind}_config": source, "feature_extractors": extractors,
             "output_schema": schema}  # fmt: skip
    kept = {key: given[key] for key in ("collection_name", "description", "metadata", "taxonomy_applications") if key in given}
    cache = given.get("cache_config")
    collections[identifier] = kept | {
        "collection_id": identifier,
        "enabled": given.get("enabled", True),
        "feature_extractors": extractors,
        "status": "DONE",
        "output_schema": schema,
        "source_lineage": [*before, entry],
        "cache_config": None if cache is None else filled(cache),
    }
    return collections[identifier]


def filled(cache: Json) -> Json:
    """Return a configuration of a cache with its defaults."""
    events = [{"recompute_strategy": "background", **event} for event in cache.get("invalidation_events", [])]
    retrievers = {name: {"enabled": True, **retriever} for name, retriever in cache.get("retriever_configs", {}).items()}
    return {**CACHE, **cache, "invalidation_events": events, "retriever_configs": retrievers}


@app.get("/v1/collections/<identifier>")
def get_collection(identifier: str) -> Json:
    """Show a collection."""
    return collection(identifier)


@app.delete("/v1/collections/<identifier>")
def delete_collection(identifier: str) -> Json:
    """Delete a collection and its documents."""
    with changing:
        collection(identifier)
        del collections[identifier]
        for key in [key for key in documents if key[0] == identifier]:
            del documents[key]
    return {"success": True}


@app.post("/v1/collections/<identifier>/documents")
def create_document(identifier: str) -> Json:
    """Make a document."""
    collection(identifier)
    given = body(DOCUMENT)
    if given["collection_id"] != identifier:
        abort(400, "the body names another collection")
    name, time, path = f"doc_{secrets.token_hex(12)}", now(), given.get("lineage_path")
    if path is None and given.get("root_bucket_id") is not None:
        path = f"{given['root_bucket_id']}/{identifier}"
    lineage = {key: given.get(key) for key in LINEAGE} | {"path": path, "chain": given.get("lineage_chain", [])}
    ids = {"document_id": name, "collection_id": identifier}
    internal = {**ids, "namespace_id": "default", "created_at": time, "updated_at": time, "lineage": lineage}
    documents[identifier, name] = {**users(given), **ids, "_internal": internal}
    return shown(documents[identifier, name])


@app.get("/v1/collections/<identifier>/documents/<name>")
def get_document(identifier: str, name: str) -> Json:
    """Show a document."""
    return shown(document(identifier, name))


@app.patch("/v1/collections/<identifier>/documents/<name>")
def patch_document(identifier: str, name: str) -> Json:
    """Change some of the user's fields."""
    return change(identifier, name, lambda before: before)


@app.put("/v1/collections/<identifier>/documents/<name>")
def put_document(identifier: str, name: str) -> Json:
    """Replace the user's fields."""
    return change(identifier, name, lambda before: {key: before[key] for key in SYSTEM})


def change(identifier: str, name: str, kept: Callable[[Json], Json]) -> Json:
    """Put the given fields over what is kept of a document."""
    document(identifier, name)
    given = users(body(CHANGES))
    with changing:
        before = document(identifier, name)
        internal = before["_internal"] | {"updated_at": now()}
        documents[identifier, name] = {**kept(before), **given, "_internal": internal}
        return shown(documents[identifier, name])


@app.delete("/v1/collections/<identifier>/documents/<name>")
def delete_document(identifier: str, name: str) -> Json:
    """Delete a document."""
    with changing:
        document(identifier, name)
        del documents[identifier, name]
    return {"success": True}


def users(given: Json) -> Json:
    """Return the fields that are the user's."""
    own = {key: value for key, value in given.items() if key not in NOT_THE_USERS}
    if "document_blobs" in own:
        own["document_blobs"] = [
            {key: value for key, value in blob.items() if key != "presigned_url"} for blob in own["document_blobs"]
        ]
    return own


def shown(found: Json) -> Json:
    """Return a document as it is answered: without vectors, unless they are asked for."""
    if "features" not in found or request.args.get("return_vectors") == "true":
        return found
    return {
        **found,
        "features": [{key: value for key, value in feature.items() if key != "vectors"} for feature in found["features"]],
    }
