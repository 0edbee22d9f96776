"""Deployments of the references that differ from what the contract says: operations elsewhere, several editions, documents of their own."""

import json

from conformance.core import path_templates
from conformance.runner import contracts

# For both editions: a verb after a colon, another prefix, another method, two ids in one part.
ROUTES = {
    "list_documents": "POST /v1/collections/{collection}/documents:list",
    "create_collection": "POST /gateway/v1/collections/create",
    "patch_document": "POST /v1/collections/{collection}/documents/{document}/change",
    "get_document": "GET /v1/documents/{collection}:{document}",
    "delete_document": "POST /v1/remove/{document}/of/{collection}",
}


class Elsewhere:
    """An ASGI application that serves operations of another one at routes, and no longer where the contract has them."""

    def __init__(self, app, routes, contract="collections"):
        self.app = app
        operations = {operation.name: operation for operation in contracts.load(contract).api.operations}
        self.moved = [(operations[name], *text.split(" ")) for name, text in routes.items()]

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            scope = {**scope, **self.within(scope["method"], scope["path"])}
        await self.app(scope, receive, send)

    def within(self, method, path):
        """Return what of a request is another one for the application."""
        for operation, own_method, template in self.moved:
            if method == own_method and path_templates.pattern(template).fullmatch(path):
                where = operation.path.format(**path_templates.standing(template, path))
                return {"method": operation.method, "path": where, "raw_path": where.encode()}
        gone = any(
            method == operation.method and path_templates.pattern(operation.path).fullmatch(path) for operation, *_ in self.moved
        )
        return {"path": "/gone", "raw_path": b"/gone"} if gone else {}


class Both:
    """An ASGI application that serves what is created by the second edition beside the whole of the first."""

    def __init__(self, first, second):
        self.first, self.second = first, second

    async def __call__(self, scope, receive, send):
        is_second = scope["type"] == "http" and scope["path"] in ("/v1/collections", "/v1/buckets")
        await (self.second if is_second else self.first)(scope, receive, send)


class Describing:
    """An ASGI application that serves a document beside another one, to anybody."""

    def __init__(self, app, document):
        self.app, self.document = app, document

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"] == "/openapi.json":
            await answer(send, 200, self.document)
        else:
            await self.app(scope, receive, send)


class Broken:
    """An ASGI application that answers a create of a collection with some status, and all else as another one does."""

    def __init__(self, app, status, path="/v1/collections/create", body=None):
        self.app, self.status, self.path = app, status, path
        self.body = body or {"success": False, "status": status, "error": {"message": "no", "type": "no"}}

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"] == self.path:
            await answer(send, self.status, self.body)
        else:
            await self.app(scope, receive, send)


class Answering:
    """An ASGI application that answers everything alike."""

    def __init__(self, status, body):
        self.status, self.body = status, body

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            await answer(send, self.status, self.body)


async def answer(send, status, body):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": content})


def document_of(contract):
    """Return a document that describes where an edition has its operations."""
    paths = {}
    for operation in contracts.load(contract).api.operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = {"operationId": operation.name}
    return {"openapi": "3.1.0", "paths": paths}
