"""Serve the collections and documents API over Qdrant: documents are payloads of points, and filters are Qdrant's own.

`python server.py PORT OPENAPI`; everything is in memory. A collection is a collection of Qdrant, and the contract's description of it is
the metadata there. What Qdrant cannot select or sort by is refused with 400. There are no namespaces, no token, no buckets, no blobs' addresses.
"""

import json
import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from jsonschema import Draft202012Validator
from qdrant_client import QdrantClient, models
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Body = dict[str, Any]
DOCUMENTS = "/v1/collections/{collection}/documents"
DOCUMENT = DOCUMENTS + "/{document}"
SYSTEM = ("document_id", "collection_id", "_internal")
LINEAGE = ("root_object_id", "root_bucket_id", "source_type", "source_object_id", "source_document_id", "source_collection_id")
MANAGED = {*SYSTEM, *LINEAGE, "lineage_path", "lineage_chain", "lineage", "document_schema_version", "internal_id", "namespace_id",
           "created_at", "updated_at"}  # fmt: skip
CACHE: Body = {"enabled": True, "ttl_seconds": 604800, "invalidation_strategy": "replace_if_better", "max_entries_per_key": 5}

qdrant = QdrantClient(":memory:")
components = yaml.safe_load(Path(sys.argv[2]).read_text(encoding="utf-8"))["components"]


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def refused(_request: Request, error: Exception) -> JSONResponse:
    """Answer with the envelope of errors."""
    status = error.status if isinstance(error, Refusal) else error.status_code if isinstance(error, HTTPException) else 500
    body = {"success": False, "status": status, "error": {"message": str(error) or "failed", "type": f"error_{status}"}}
    return JSONResponse(body, status, getattr(error, "headers", None))


def no_number(literal: str) -> None:
    """Refuse NaN and the infinities, which Python would read."""
    raise ValueError(literal)


async def read(request: Request, schema: str) -> Body:
    """Return the body of a request that holds what a schema of the OpenAPI document demands."""
    if not request.headers.get("content-type", "application/json").lower().startswith("application/json"):
        raise Refusal(415, "bodies are JSON")
    try:
        body = json.loads(await request.body(), parse_constant=no_number)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is no JSON") from None
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components})
    if not isinstance(body, dict) or not validator.is_valid(body):
        raise Refusal(422, f"the body is no {schema}")
    return body


def collection_of(request: Request) -> str:
    """Return the name of the collection in a request's path."""
    name: str = request.path_params["collection"]
    if not qdrant.collection_exists(name):
        raise Refusal(404, "there is no such collection")
    return name


def described(collection: str) -> Body:
    """Return what create answered for a collection."""
    return dict(qdrant.get_collection(collection).config.metadata or {})


async def create_collection(request: Request) -> Body:
    """Make a collection of Qdrant, without vectors."""
    body = await read(request, "CreateCollectionRequest")
    source, name = body["source"], f"col_{uuid.uuid4().hex}"
    if not source.get(f"{source['type']}_id"):
        raise Refusal(422, "the source names nothing")
    schema: Body = {"properties": {}}
    lineage: list[Body] = []
    if source["type"] == "collection":
        if not qdrant.collection_exists(source["collection_id"]):
            raise Refusal(404, "there is no such source")
        lineage = described(source["collection_id"])["source_lineage"]
    entry = {"source_type": source["type"], f"{source['type']}_id": source[f"{source['type']}_id"],
             f"{source['type']}_config": source, "feature_extractors": body["feature_extractors"], "output_schema": schema}  # fmt: skip
    made: Body = {
        "collection_id": name,
        "enabled": True,
        "status": "DONE",
        "output_schema": schema,
        "source_lineage": [*lineage, entry],
    }
    made |= {key: value for key, value in body.items() if key not in ("source", *made)} | {"enabled": body.get("enabled", True)}
    if made.get("cache_config") is not None:
        made["cache_config"] = cache(made["cache_config"])
    qdrant.create_collection(name, vectors_config={}, metadata=made)
    return made


def cache(given: Body) -> Body:
    """Return a cache's configuration with its defaults."""
    events = [{"recompute_strategy": "background", **event} for event in given.get("invalidation_events", [])]
    retrievers = {name: {"enabled": True, **one} for name, one in given.get("retriever_configs", {}).items()}
    return {**CACHE, **given, "invalidation_events": events, "retriever_configs": retrievers}


async def get_collection(request: Request) -> Body:
    """Answer what create answered."""
    return described(collection_of(request))


async def delete_collection(request: Request) -> Body:
    """Delete a collection with all its points."""
    qdrant.delete_collection(collection_of(request))
    return {"success": True}


async def create_document(request: Request) -> Body:
    """Add a point whose payload is the document."""
    collection = collection_of(request)
    body = await read(request, "CreateDocumentRequest")
    if body["collection_id"] != collection:
        raise Refusal(400, "the body names another collection")
    point, now = uuid.uuid4(), datetime.now(UTC).isoformat()
    path = body.get("lineage_path")
    if path is None and body.get("root_bucket_id") is not None:
        path = f"{body['root_bucket_id']}/{collection}"
    lineage = {**{key: body.get(key) for key in LINEAGE}, "path": path, "chain": body.get("lineage_chain", [])}
    ids = {"document_id": f"doc_{point.hex}", "collection_id": collection}
    payload = {**given(body), **ids, "_internal": {**ids, "created_at": now, "updated_at": now, "lineage": lineage}}
    qdrant.upsert(collection, [models.PointStruct(id=str(point), vector={}, payload=payload)])
    return shown(payload)


def given(body: Body) -> Body:
    """Return what of a body is the user's own."""
    own = {key: value for key, value in body.items() if key not in MANAGED}
    for blob in own.get("document_blobs", []):
        blob.pop("presigned_url", None)
    return own


def shown(payload: Body, *, vectors: bool = False) -> Body:
    """Return a payload as it is answered, without vectors unless they were asked for."""
    if vectors or "features" not in payload:
        return payload
    hidden = [{key: value for key, value in feature.items() if key != "vectors"} for feature in payload["features"]]
    return {**payload, "features": hidden}


def stored(request: Request) -> tuple[str, str, Body]:
    """Return the collection, the id of the point and the payload of the document in a request's path."""
    collection, name = collection_of(request), request.path_params["document"]
    if not re.fullmatch(r"doc_[0-9a-f]{32}", name):
        raise Refusal(404, "there is no such document")
    point = str(uuid.UUID(name[4:]))
    for record in qdrant.retrieve(collection, [point]):
        return collection, point, record.payload or {}
    raise Refusal(404, "there is no such document")


async def get_document(request: Request) -> Body:
    """Answer the payload of a point."""
    return shown(stored(request)[2], vectors=request.query_params.get("return_vectors") == "true")


async def patch_document(request: Request) -> Body:
    """Set some keys of a payload."""
    collection, point, before = stored(request)
    changed = {**given(await read(request, "DocumentFields")), "_internal": touched(before)}
    qdrant.set_payload(collection, changed, points=[point])
    return shown(stored(request)[2])


async def put_document(request: Request) -> Body:
    """Overwrite a payload."""
    collection, point, before = stored(request)
    kept = {**{key: before[key] for key in SYSTEM}, "_internal": touched(before)}
    qdrant.overwrite_payload(collection, {**given(await read(request, "DocumentFields")), **kept}, points=[point])
    return shown(stored(request)[2])


def touched(payload: Body) -> Body:
    """Return the system's part of a payload as it is after a change."""
    return {**payload["_internal"], "updated_at": datetime.now(UTC).isoformat()}


async def delete_document(request: Request) -> Body:
    """Delete a point."""
    collection, point, _ = stored(request)
    qdrant.delete(collection, [point])
    return {"success": True}


async def list_documents(request: Request) -> Body:
    """Scroll through points; the cursor is the id of the next point, and an offset skips what is before it."""
    collection = collection_of(request)
    body = await read(request, "ListDocumentsRequest") if await request.body() else {}
    if body.get("group_by"):
        raise Refusal(400, "there are no groups without vectors")
    limit, offset, cursor = (
        number(request, "limit", 1, 1000, 10),
        number(request, "offset", 0, 10_000, 0),
        request.query_params.get("cursor"),
    )
    skipped = 0 if cursor else offset
    chosen, sort = group(body.get("filters") or {}), body.get("sort")
    order = models.OrderBy(key=path_of(sort["field"]), direction=models.Direction(sort.get("direction", "asc"))) if sort else None
    try:
        points, following = qdrant.scroll(collection, chosen, limit=skipped + limit, order_by=order, offset=cursor or None)
        total = qdrant.count(collection, chosen).count if request.query_params.get("include_total") == "true" else None
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    found = [shown(point.payload or {}, vectors=bool(body.get("return_vectors"))) for point in points[skipped:]]
    if body.get("select") is not None:
        roots = {path.split(".")[0] for path in body["select"]}
        found = [{key: value for key, value in one.items() if key in roots or key in SYSTEM} for one in found]
    return {"results": found, "pagination": {"total": total, "next_cursor": None if following is None else str(following)}}


def number(request: Request, name: str, least: int, most: int, default: int) -> int:
    """Return a number of the query, or refuse it."""
    text = request.query_params.get(name, str(default))
    if not re.fullmatch("[0-9]{1,5}", text) or not least <= int(text) <= most:
        raise Refusal(422, f"{name} is from {least} to {most}")
    return int(text)


def path_of(field: str) -> str:
    """Return a field's name as Qdrant writes it: keys that are no plain words are quoted."""
    return ".".join(key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"' for key in field.split("."))


def group(given: Body) -> models.Filter:
    """Return a group as a filter of Qdrant, which knows no rule of case."""
    return models.Filter(must=members(given, "AND"), should=members(given, "OR"), must_not=members(given, "NOT"))


def members(given: Body, name: str) -> list[models.Condition] | None:
    """Return the conditions and groups of one list of a group."""
    return [member(one) for one in given[name]] if given.get(name) else None


def member(given: Body) -> models.Condition:
    """Return a condition or a group."""
    if "field" not in given:
        return group(given)
    key, operator, value = path_of(given["field"]), given.get("operator", "eq"), given.get("value")
    if operator in ("ne", "nin"):
        return models.Filter(must_not=[member({**given, "operator": {"ne": "eq", "nin": "in"}[operator]})])
    if operator in ("exists", "is_null"):
        is_empty = models.IsEmptyCondition(is_empty=models.PayloadField(key=key))
        is_null = models.IsNullCondition(is_null=models.PayloadField(key=key))
        if operator == "exists":
            return is_empty if value is False else models.Filter(must_not=[is_empty])
        return models.Filter(must_not=[is_null, is_empty]) if value is False else is_null
    if operator == "in" and isinstance(value, list):
        return models.Filter(should=[member({**given, "operator": "eq", "value": one}) for one in value])
    return models.FieldCondition(key=key, **tested(operator, value))


def tested(operator: str, value: Any) -> Body:
    """Return what Qdrant is to look for in a field, or refuse what it has no word for."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and operator == "eq":
        return {"range": models.Range(gte=value, lte=value)}
    if is_number and operator in ("gt", "gte", "lt", "lte"):
        return {"range": models.Range(**{operator: value})}
    if operator == "contains" and isinstance(value, str):
        return {"match": models.MatchSubstring(substring=value)}
    if operator == "starts_with" and isinstance(value, str):
        return {"match": models.MatchPrefix(prefix=value)}
    if operator == "text" and isinstance(value, str):
        return {"match": models.MatchText(text=value)}
    if operator in ("eq", "contains") and isinstance(value, bool | int | str):
        return {"match": models.MatchValue(value=value)}
    raise Refusal(400, f"Qdrant has no filter for {operator} with such a value")


def route(method: str, path: str, handler: Any) -> Route:
    """Return the route of an operation."""

    async def endpoint(request: Request) -> JSONResponse:
        return JSONResponse(await handler(request))

    return Route(path, endpoint, methods=[method])


app = Starlette(
    routes=[
        route("POST", "/v1/collections/create", create_collection),
        route("GET", "/v1/collections/{collection}", get_collection),
        route("DELETE", "/v1/collections/{collection}", delete_collection),
        route("POST", DOCUMENTS, create_document),
        route("POST", DOCUMENTS + "/list", list_documents),
        route("GET", DOCUMENT, get_document),
        route("PUT", DOCUMENT, put_document),
        route("PATCH", DOCUMENT, patch_document),
        route("DELETE", DOCUMENT, delete_document),
    ],
    exception_handlers={Refusal: refused, HTTPException: refused, Exception: refused},
)

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
