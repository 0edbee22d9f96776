"""The web app: routes, authorization, and the way from a request to an answer."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conformance.reference import faults, parsing, validation
from conformance.reference.refusals import Refusal
from conformance.reference.service import Service
from conformance.reference.store import Store

Handler = Callable[["_Call"], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Call:
    """One request to an operation, as its handler sees it."""

    operation: str
    namespace: str
    path: dict[str, str]
    body: bytes
    content_type: str | None


class Reference:
    """The reference implementation; `app` is its ASGI application.

    `database` is a file that keeps the data, or None for memory; with `token` every request needs it as a bearer token; without
    `namespaces` the header X-Namespace means nothing.
    """

    def __init__(self, *, database: Path | None = None, token: str | None = None, namespaces: bool = True,
                 fault: faults.Fault = faults.NONE) -> None:  # fmt: skip
        self.service = Service(Store(database))
        self._token = token
        self._namespaces = namespaces
        self._fault = fault
        documents = "/v1/collections/{collection}/documents"
        self.app = Starlette(
            routes=[
                Route("/v1/collections/create", self._endpoint("create_collection", self._create_collection), methods=["POST"]),
                Route("/v1/collections/{collection}", self._endpoint("get_collection", self._get_collection), methods=["GET"]),
                Route(documents, self._endpoint("create_document", self._create_document), methods=["POST"]),
                Route(f"{documents}/{{document}}", self._endpoint("get_document", self._get_document), methods=["GET"]),
            ],
            exception_handlers={HTTPException: self._unrouted},
        )

    def close(self) -> None:
        """Close the database."""
        self.service.store.close()

    def _endpoint(self, operation: str, handler: Handler) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            body = await _read(request)
            call = _Call(operation, request.headers.get("x-namespace", "") if self._namespaces else "", request.path_params, body or b"",
                         request.headers.get("content-type"))  # fmt: skip
            try:
                self._authorize(request)
                if body is None:
                    raise Refusal(413, f"bodies end at {parsing.MAX_BYTES} bytes")
                answer: tuple[int, dict[str, str], bytes] = 200, {}, _dump(handler(call))
            except Refusal as refusal:
                answer = refusal.status, refusal.headers, _dump(refusal.body())
            status, headers, content = self._fault.sent(operation, call.body, answer)
            return Response(content, status, {"content-type": "application/json", **headers})

        return endpoint

    def _authorize(self, request: Request) -> None:
        if self._token is None:
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refusal(401, "a valid bearer token is needed", headers={"WWW-Authenticate": "Bearer"})

    def _unrouted(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        try:
            self._authorize(request)
            refusal = Refusal(error.status_code, error.detail.lower(), headers=dict(error.headers or {}))
        except Refusal as unauthorized:
            refusal = unauthorized
        answer = refusal.status, refusal.headers, _dump(refusal.body())
        status, headers, content = self._fault.sent("unrouted", b"", answer)
        return Response(content, status, {"content-type": "application/json", **headers})

    def _valid_body(self, call: _Call) -> dict[str, Any]:
        parsing.media_type(call.content_type)
        body = self._fault.parsed(call.operation, parsing.parse(call.body))
        details = self._fault.details(call.operation, body, validation.problems(call.operation, body))
        if details:
            raise Refusal(422, "the body breaks the schema", details)
        return body

    def _create_collection(self, call: _Call) -> dict[str, Any]:
        body = self._valid_body(call)
        made = self._fault.made(call.operation, body, self.service.create_collection(call.namespace, body))
        self.service.keep_collection(call.namespace, made)
        return made

    def _create_document(self, call: _Call) -> dict[str, Any]:
        self.service.get_collection(call.namespace, call.path["collection"])
        body = self._valid_body(call)
        made = self.service.create_document(call.namespace, call.path["collection"], body)
        made = self._fault.made(call.operation, body, made)
        self.service.keep_document(call.namespace, made)
        return made

    def _get_collection(self, call: _Call) -> dict[str, Any]:
        return self.service.get_collection(call.namespace, call.path["collection"])

    def _get_document(self, call: _Call) -> dict[str, Any]:
        return self.service.get_document(call.namespace, call.path["collection"], call.path["document"])


async def _read(request: Request) -> bytes | None:
    """Return the body, or None for one that is too large; what is too large is read to its end and dropped."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= parsing.MAX_BYTES:
            chunks.append(chunk)
    return b"".join(chunks) if size <= parsing.MAX_BYTES else None


def _dump(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
