"""The web app: routes, authorization, and the way from a request to an answer."""

import asyncio
import hmac
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from conformance.contracts.collections.reference import listing, parsing, validation
from conformance.contracts.collections.reference.listing import Query
from conformance.contracts.collections.reference.refusals import Detail, Refusal
from conformance.contracts.collections.reference.service import Service
from conformance.contracts.collections.reference.store import Store

Handler = Callable[["Call"], dict[str, Any]]
COLLECTION = "/v1/collections/{collection}"
DOCUMENTS = f"{COLLECTION}/documents"
DOCUMENT = f"{DOCUMENTS}/{{document}}"


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation, as its handler sees it."""

    operation: str
    namespace: str
    path: dict[str, str]
    query: Mapping[str, str]
    body: bytes
    content_type: str | None
    authorization: str = ""


Body = dict[str, Any]
Details = list[dict[str, Any]]
Answer = tuple[int, dict[str, str], bytes]


class Hooks(Protocol):
    """Where a bug can change one step of a request, in the order of the steps."""

    @property
    def installed(self) -> Callable[["Reference"], None]:
        """May replace methods of a reference before it serves."""

    @property
    def arrived(self) -> Callable[["Reference", Call], float | None]:
        """May hold a request up for so many seconds."""

    @property
    def parsed(self) -> Callable[[str, Body], Body]:
        """Changes the body that was read."""

    @property
    def details(self) -> Callable[[str, Body, Details], Details]:
        """Changes the problems that validation found."""

    @property
    def made(self) -> Callable[[str, Body, Body], Body]:
        """Changes what was made, before it is stored and answered."""

    @property
    def sent(self) -> Callable[[str, bytes, Answer], Answer]:
        """Changes the raw answer: status, headers, body."""


class Faithful:
    """Hooks that change nothing."""

    @staticmethod
    def installed(_reference: "Reference") -> None:
        """Leave the methods as they are."""

    @staticmethod
    def arrived(_reference: "Reference", _call: Call) -> float | None:
        """Hold nothing up."""
        return None

    @staticmethod
    def parsed(_operation: str, body: Body) -> Body:
        """Keep the body."""
        return body

    @staticmethod
    def details(_operation: str, _body: Body, details: Details) -> Details:
        """Keep the problems."""
        return details

    @staticmethod
    def made(_operation: str, _sent: Body, answer: Body) -> Body:
        """Keep what was made."""
        return answer

    @staticmethod
    def sent(_operation: str, _body: bytes, response: Answer) -> Answer:
        """Keep the answer."""
        return response


FAITHFUL = Faithful()


class Reference:
    """The reference implementation; `app` is its ASGI application.

    `database` is a file that keeps the data, or None for memory; with `token` every request needs it as a bearer token; without
    `namespaces` the header X-Namespace means nothing.
    """

    def __init__(self, *, database: Path | None = None, token: str | None = None, namespaces: bool = True,
                 fault: Hooks = FAITHFUL) -> None:  # fmt: skip
        self.service = self.make_service(Store(database))
        self._token = token
        self._namespaces = namespaces
        self._fault = fault
        fault.installed(self)
        self.app = Starlette(
            routes=[self._route(method, path, handler) for method, path, handler in self.routes()],
            exception_handlers={HTTPException: self._unrouted},
        )

    def make_service(self, store: Store) -> Service:
        """Return what does the operations."""
        return Service(store)

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Return method, path and handler of each operation; the first route that fits is taken."""
        return [
            ("POST", "/v1/collections/create", self._create_collection),
            ("GET", COLLECTION, self._get_collection),
            ("DELETE", COLLECTION, self._delete_collection),
            ("POST", DOCUMENTS, self._create_document),
            ("POST", f"{DOCUMENTS}/list", self._list_documents),
            ("GET", DOCUMENT, self._get_document),
            ("PUT", DOCUMENT, self._put_document),
            ("PATCH", DOCUMENT, self._patch_document),
            ("DELETE", DOCUMENT, self._delete_document),
            ("POST", "/v1/buckets/create", self._create_bucket),
        ]

    def problems(self, operation: str, body: Body) -> Details:
        """Return an entry for each rule that a body breaks, in the shape of a 422."""
        return validation.problems(operation, body)

    def close(self) -> None:
        """Close the database."""
        self.service.store.close()

    def _route(self, method: str, path: str, handler: Handler) -> Route:
        return Route(path, self._endpoint(handler.__name__.removeprefix("_"), handler), methods=[method])

    def _endpoint(self, operation: str, handler: Handler) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            body = await _read(request)
            call = Call(operation, self.namespace(operation, request.headers.get("x-namespace", "")), request.path_params,
                        request.query_params, body or b"", request.headers.get("content-type"),
                        request.headers.get("authorization", ""))  # fmt: skip
            if (pause := self._fault.arrived(self, call)) is not None:
                await asyncio.sleep(pause)
            try:
                self.authorize(operation, call.authorization)
                if body is None:
                    raise Refusal(413, f"bodies end at {parsing.MAX_BYTES} bytes")
                answer: tuple[int, dict[str, str], bytes] = 200, {}, _dump(handler(self.located(call)))
            except Refusal as refusal:
                answer = refusal.status, refusal.headers, _dump(refusal.body())
            status, headers, content = self._fault.sent(operation, call.body, answer)
            return Response(content, status, {"content-type": "application/json", **headers})

        return endpoint

    def namespace(self, _operation: str, named: str) -> str:
        """Return the namespace that a request works in."""
        return named if self._namespaces else ""

    def located(self, call: Call) -> Call:
        """Return a call whose path names things by their ids: an edition may let a client name them otherwise."""
        return call

    def authorize(self, _operation: str, header: str) -> None:
        """Let a request pass, or refuse it with 401."""
        if self._token is None:
            return
        scheme, _, given = header.partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refusal(401, "a valid bearer token is needed", headers={"WWW-Authenticate": "Bearer"})

    def _unrouted(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        try:
            self.authorize("unrouted", request.headers.get("authorization", ""))
            headers = {"Allow": self._allowed(request)} if error.status_code == 405 else {}  # noqa: PLR2004
            refusal = Refusal(error.status_code, error.detail.lower(), headers=headers)
        except Refusal as unauthorized:
            refusal = unauthorized
        answer = refusal.status, refusal.headers, _dump(refusal.body())
        status, headers, content = self._fault.sent("unrouted", b"", answer)
        return Response(content, status, {"content-type": "application/json", **headers})

    def _allowed(self, request: Request) -> str:
        """Return the methods of a path; Starlette knows those of the first of its routes alone."""
        found = [
            one.methods or ()
            for one in self.app.routes
            if isinstance(one, Route) and one.matches(request.scope)[0] is not Match.NONE
        ]
        return ", ".join(sorted(set(itertools.chain(*found))))

    def valid_body(self, call: Call) -> dict[str, Any]:
        """Return a request's body, or refuse it for what it breaks."""
        parsing.media_type(call.content_type)
        body = self._fault.parsed(call.operation, parsing.parse(call.body))
        details = self._fault.details(call.operation, body, self.problems(call.operation, body))
        if details:
            raise Refusal(422, "the body breaks the schema", details)
        return body

    def _create_collection(self, call: Call) -> dict[str, Any]:
        body = self.valid_body(call)
        made = self._fault.made(call.operation, body, self.service.create_collection(call.namespace, body))
        self.service.keep_collection(call.namespace, made)
        return made

    def _get_collection(self, call: Call) -> dict[str, Any]:
        return self.service.get_collection(call.namespace, call.path["collection"])

    def _delete_collection(self, call: Call) -> dict[str, Any]:
        self.service.delete_collection(call.namespace, call.path["collection"])
        return {"success": True}

    def _create_document(self, call: Call) -> dict[str, Any]:
        self.service.get_collection(call.namespace, call.path["collection"])
        body = self.valid_body(call)
        made = self.service.create_document(call.namespace, call.path["collection"], body)
        made = self._fault.made(call.operation, body, made)
        self.service.keep_document(call.namespace, made)
        return self.service.shown(made)

    def _get_document(self, call: Call) -> dict[str, Any]:
        problems: list[Detail] = []
        urls, vectors = (listing.flag(call.query, name, problems) for name in ("return_url", "return_vectors"))
        if problems:
            raise Refusal(422, "the query breaks the schema", problems)
        found = self.service.get_document(call.namespace, call.path["collection"], call.path["document"])
        return self.service.shown(found, urls=urls, vectors=vectors)

    def _put_document(self, call: Call) -> dict[str, Any]:
        return self._update(call, self.service.put_document)

    def _patch_document(self, call: Call) -> dict[str, Any]:
        return self._update(call, self.service.patch_document)

    def _update(self, call: Call, change: Callable[[str, str, str, dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        names = call.namespace, call.path["collection"], call.path["document"]
        self.service.get_document(*names)
        return self.service.shown(change(*names, self.valid_body(call)))

    def _delete_document(self, call: Call) -> dict[str, Any]:
        self.service.delete_document(call.namespace, call.path["collection"], call.path["document"])
        return {"success": True}

    def _list_documents(self, call: Call) -> dict[str, Any]:
        self.service.get_collection(call.namespace, call.path["collection"])
        body = self.valid_body(call) if call.body else {}
        return self.service.list_documents(call.namespace, call.path["collection"], Query.read(call.query), body)

    def _create_bucket(self, call: Call) -> dict[str, Any]:
        return self.service.create_bucket(call.namespace, self.valid_body(call))


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
