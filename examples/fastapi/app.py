"""Collections and documents in FastAPI, in memory: creating and reading.

Beside the models it takes two things that FastAPI does not do by itself: `plain_json`, for Python reads NaN and makes infinity of 1e400,
and the envelope of errors.
"""

import json
import math
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from models import Json, NewCollection, NewDocument, Source
from starlette.exceptions import HTTPException as RoutingError

app = FastAPI()
collections: dict[str, Json] = {}
documents: dict[tuple[str, str], Json] = {}

LINEAGE = ("root_object_id", "root_bucket_id", "source_type", "source_object_id", "source_document_id", "source_collection_id")
NOT_THE_USERS = {*LINEAGE, "collection_id", "document_id", "_internal", "internal_id", "namespace_id", "created_at", "updated_at", "lineage",
                 "lineage_path", "lineage_chain", "document_schema_version"}  # fmt: skip


def failure(status: int, message: str, headers: Any = None) -> JSONResponse:
    """Return the envelope of an error."""
    error = {"message": message, "type": f"http_{status}"}
    return JSONResponse({"success": False, "status": status, "error": error}, status, headers)


@app.middleware("http")
async def plain_json(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse bodies that are not JSON, or hold what cannot be answered as JSON again."""
    try:
        if body := await request.body():
            value = json.loads(body, parse_constant=refuse, parse_float=finite)
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return failure(400, "the body is no JSON that can be kept")
    return await go_on(request)


def refuse(literal: str) -> NoReturn:
    """Refuse NaN and the infinities.

    Raises:
        ValueError: always.

    """
    raise ValueError(literal)


def finite(text: str) -> float:
    """Return a number that a double can hold.

    Raises:
        ValueError: it cannot.

    """
    number = float(text)
    if math.isinf(number) or (number == 0 and text.lower().partition("e")[0].strip("-0.")):
        raise ValueError(text)
    return number


@app.exception_handler(RoutingError)
async def routing_error(_request: Request, error: RoutingError) -> JSONResponse:
    """Answer 404 and 405 with the envelope."""
    return failure(error.status_code, str(error.detail), error.headers)


@app.exception_handler(RequestValidationError)
async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer 422 as FastAPI does, without the input, which may be too deep to be answered."""
    details = [{key: detail[key] for key in ("loc", "msg", "type")} for detail in error.errors()]
    return JSONResponse({"detail": details}, 422)


@app.post("/v1/collections/create")
async def create_collection(body: NewCollection) -> Json:
    """Make a collection."""
    given = body.model_dump()
    extractors, source = given["feature_extractors"], body.source
    schema = {"properties": {name: {"type": "json"} for extractor in extractors for name in extractor["output_mapping"].values()}}
    entry = {"source_type": source.type, "collection_id": source.collection_id, "bucket_id": source.bucket_id,
             f"{source.type}_config": source.model_dump(exclude_unset=True), "feature_extractors": extractors,
             "output_schema": schema}  # fmt: skip
    identifier = f"col_{secrets.token_hex(12)}"
    kept = ("collection_name", "description", "metadata", "enabled", "taxonomy_applications", "cache_config")
    collections[identifier] = {
        **{name: given[name] for name in kept},
        "collection_id": identifier,
        "feature_extractors": extractors,
        "status": "PENDING",
        "output_schema": schema,
        "source_lineage": [*parents(source), entry],
    }
    return collections[identifier]


def parents(source: Source) -> list[Json]:
    """Return the lineage of what a source names."""
    return [] if source.type == "bucket" else collection(source.collection_id or "")["source_lineage"]


@app.get("/v1/collections/{identifier}")
async def get_collection(identifier: str) -> Json:
    """Show a collection."""
    return collection(identifier)


def collection(identifier: str) -> Json:
    """Return a collection.

    Raises:
        HTTPException: 404, there is none.

    """
    if identifier not in collections:
        raise HTTPException(404, "there is no such collection")
    return collections[identifier]


@app.post("/v1/collections/{identifier}/documents")
async def create_document(identifier: str, body: NewDocument) -> Json:
    """Make a document."""
    collection(identifier)
    if body.collection_id != identifier:
        raise HTTPException(400, "the body names another collection")
    given = body.model_dump(mode="json", exclude_unset=True)
    document, now = f"doc_{secrets.token_hex(12)}", datetime.now(UTC).isoformat()
    path = body.lineage_path
    if path is None and body.root_bucket_id is not None:
        path = f"{body.root_bucket_id}/{identifier}"
    lineage = {name: getattr(body, name) for name in LINEAGE} | {"path": path, "chain": given.get("lineage_chain", [])}
    system = {"document_id": document, "collection_id": identifier}
    internal = {"namespace_id": "default", "created_at": now, "updated_at": now, "lineage": lineage, **system}
    users = {name: value for name, value in given.items() if name not in NOT_THE_USERS}
    documents[identifier, document] = {**users, **system, "_internal": internal}
    return shown(documents[identifier, document])


@app.get("/v1/collections/{identifier}/documents/{document}")
async def get_document(identifier: str, document: str) -> Json:
    """Show a document."""
    if (identifier, document) not in documents:
        raise HTTPException(404, "there is no such document")
    return shown(documents[identifier, document])


def shown(document: Json) -> Json:
    """Return a document without vectors."""
    features = [{key: value for key, value in feature.items() if key != "vectors"} for feature in document.get("features", [])]
    return {**document, "features": features}
