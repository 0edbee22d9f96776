"""Collections and documents in Django REST framework, in SQLite: creating and reading.

Serializers say what is valid; what is kept is what was sent. `app` is the ASGI application.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

import config

config.configure()

from django.core.asgi import get_asgi_application  # noqa: E402 - Django is set up first
from django.db import IntegrityError, connection, models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.exceptions import APIException, NotFound, ValidationError  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView, exception_handler  # noqa: E402
from serializers import NewCollection, NewDocument  # noqa: E402

Json = dict[str, Any]
CACHE = {"enabled": True, "ttl_seconds": 604800, "invalidation_strategy": "replace_if_better", "max_entries_per_key": 5}
LINEAGE = ("root_object_id", "root_bucket_id", "source_type", "source_object_id", "source_document_id", "source_collection_id")
NOT_THE_USERS = {*LINEAGE, "collection_id", "document_id", "_internal", "internal_id", "namespace_id", "created_at", "updated_at", "lineage",
                 "lineage_path", "lineage_chain", "document_schema_version"}  # fmt: skip


class Stored(models.Model):
    """A collection, or a document of one, as it is answered."""

    id = models.CharField(primary_key=True, max_length=40)
    collection = models.CharField(max_length=40)
    body = models.JSONField()

    class Meta:
        """Django wants to know whose it is."""

        app_label = "example"


with connection.schema_editor() as editor:
    editor.create_model(Stored)


def failure(error: Exception, context: Json) -> Response | None:
    """Answer with the envelope of errors."""
    answer = exception_handler(error, context)
    if answer is not None:
        kind = error.default_code if isinstance(error, APIException) else "error"
        answer.data = envelope(answer.status_code, str(answer.data), kind)
    return answer


def envelope(status: int, message: str, kind: str) -> Json:
    """Return the envelope of an error."""
    return {"success": False, "status": status, "error": {"message": message, "type": kind}}


def no_such_path(_request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django calls it so
    """Answer for a path that is not served."""
    return JsonResponse(envelope(404, "there is no such path", "not_found"), status=404)


def too_large(_request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001
    """Answer for what Django itself refuses to read."""
    return JsonResponse(envelope(400, "the body is too large", "bad_request"), status=400)


def stored(name: str, collection: str) -> Json:
    """Return what is stored under a name.

    Raises:
        NotFound: nothing is.

    """
    try:
        body: Json = Stored.objects.get(id=name, collection=collection).body
    except Stored.DoesNotExist:
        raise NotFound from None
    return body


def keep(name: str, collection: str, body: Json) -> None:
    """Store what is answered.

    Raises:
        ValidationError: SQLite cannot hold it: a number without end, half of a character.

    """
    try:
        Stored.objects.create(id=name, collection=collection, body=body)
    except (IntegrityError, UnicodeEncodeError):
        raise ValidationError("the body holds what cannot be kept") from None


def valid(kind: type[NewCollection | NewDocument], request: Request) -> Json:
    """Return the body of a request, if it is what it is to be.

    Raises:
        ValidationError: it is not.

    """
    try:
        kind(data=request.data).is_valid(raise_exception=True)
    except RecursionError:
        raise ValidationError("the body is too deep") from None
    body: Json = request.data
    return body


class Collections(APIView):
    """`POST /v1/collections/create`."""

    def post(self, request: Request) -> Response:
        """Make a collection."""
        given = valid(NewCollection, request)
        source, extractors, identifier = given["source"], given["feature_extractors"], f"col_{secrets.token_hex(12)}"
        kind, schema = source["type"], {"properties": {}}
        before = stored(source["collection_id"], "")["source_lineage"] if kind == "collection" else []
        entry = {"source_type": kind, f"{kind}_id": source[f"{kind}_id"], f"{kind}_config": source, "feature_extractors": extractors,
                 "output_schema": schema}  # fmt: skip
        kept = {key: given[key] for key in ("collection_name", "description", "metadata", "taxonomy_applications") if key in given}
        cache = given.get("cache_config")
        made = kept | {
            "collection_id": identifier,
            "enabled": given.get("enabled", True),
            "feature_extractors": extractors,
            "status": "QUEUED",
            "output_schema": schema,
            "source_lineage": [*before, entry],
            "cache_config": None if cache is None else filled(cache),
        }
        keep(identifier, "", made)
        return Response(made)


def filled(cache: Json) -> Json:
    """Return a configuration of a cache with its defaults."""
    filled_in = {**CACHE, **cache}
    filled_in["invalidation_events"] = [
        {"recompute_strategy": "background"} | event for event in cache.get("invalidation_events", [])
    ]
    retrievers = cache.get("retriever_configs", {})
    return filled_in | {"retriever_configs": {name: {"enabled": True} | retriever for name, retriever in retrievers.items()}}


class Collection(APIView):
    """`GET /v1/collections/{collection}`."""

    def get(self, _request: Request, identifier: str) -> Response:
        """Show a collection."""
        return Response(stored(identifier, ""))


class Documents(APIView):
    """`POST /v1/collections/{collection}/documents`."""

    def post(self, request: Request, identifier: str) -> Response:
        """Make a document."""
        stored(identifier, "")
        given = valid(NewDocument, request)
        if given["collection_id"] != identifier:
            raise ValidationError("the body names another collection")
        name, now, where = f"doc_{secrets.token_hex(12)}", datetime.now(UTC).isoformat(), given.get("lineage_path")
        if where is None and given.get("root_bucket_id") is not None:
            where = f"{given['root_bucket_id']}/{identifier}"
        lineage = {key: given.get(key) for key in LINEAGE} | {"path": where, "chain": given.get("lineage_chain", [])}
        ids = {"document_id": name, "collection_id": identifier}
        users = {key: value for key, value in given.items() if key not in NOT_THE_USERS}
        if "document_blobs" in users:
            users["document_blobs"] = [without(blob, "presigned_url") for blob in users["document_blobs"]]
        made = {
            **users,
            **ids,
            "_internal": {**ids, "namespace_id": "default", "created_at": now, "updated_at": now, "lineage": lineage},
        }
        keep(name, identifier, made)
        return Response(shown(made))


class Document(APIView):
    """`GET /v1/collections/{collection}/documents/{document}`."""

    def get(self, _request: Request, identifier: str, name: str) -> Response:
        """Show a document."""
        return Response(shown(stored(name, identifier)))


def shown(document: Json) -> Json:
    """Return a document without vectors."""
    if "features" not in document:
        return document
    return {**document, "features": [without(feature, "vectors") for feature in document["features"]]}


def without(item: Json, gone: str) -> Json:
    """Return an object without one of its keys."""
    return {key: value for key, value in item.items() if key != gone}


urlpatterns = [
    path("v1/collections/create", Collections.as_view()),
    path("v1/collections/<str:identifier>", Collection.as_view()),
    path("v1/collections/<str:identifier>/documents", Documents.as_view()),
    path("v1/collections/<str:identifier>/documents/<str:name>", Document.as_view()),
]
handler400 = too_large
handler404 = no_such_path
app = get_asgi_application()
