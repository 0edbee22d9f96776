"""Tiny OpenAPI documents, compared, for the tests of `conformance.openapi_diff`."""

from conformance.openapi_diff.compare import compare
from conformance.openapi_lint.document import Document

REF = "#/components/schemas/"
OPPOSITES = (("gone", "new"), ("narrower", "wider"), ("tighter", "looser"), ("required", "optional"))
STRING, INTEGER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "null"}


def ref(name):
    return {"$ref": f"{REF}{name}"}


def obj(*required, **properties):
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def body(schema, **more):
    return {"content": {"application/json": {"schema": schema}}, **more}


def operation(request=None, response=None, parameters=(), **more):
    """Return an operation with a JSON body, an answer and parameters."""
    made = {"responses": {"200": {"description": "ok"} if response is None else {"description": "ok", **body(response)}}}
    made |= {} if request is None else {"requestBody": body(request, required=True)}
    return {**made, **({"parameters": list(parameters)} if parameters else {}), **more}


def parameter(name, schema=STRING, where="query", **more):
    return {"name": name, "in": where, "schema": schema, **more}


def document(paths, schemas=None, version="3.1.0", **more):
    return Document(
        {
            "openapi": version,
            "info": {"title": "t", "version": "1"},
            "paths": paths,
            "components": {"schemas": schemas or {}},
            **more,
        },
        version,
    )


def one(made, path="/things", method="post", **more):
    """Return a document with one operation."""
    return document({path: {method: made}}, **more)


def rows(old, new, only=()):
    """Return the rows of a difference."""
    return list(compare(old, new, only).rows)


def told(old, new):
    """Return of each row its kind, its place, and what it means for a client and a server."""
    return [(str(row.kind), row.place, str(row.client), str(row.server)) for row in rows(old, new)]


def requests(old, new, old_schemas=None, new_schemas=None, **versions):
    """Return what is told of two schemas as the body of a request."""
    return _sent("request", old, new, old_schemas, new_schemas, **versions)


def responses(old, new, old_schemas=None, new_schemas=None, **versions):
    """Return what is told of two schemas as an answer."""
    return _sent("response", old, new, old_schemas, new_schemas, **versions)


def _sent(side, old, new, old_schemas, new_schemas, old_version="3.1.0", new_version="3.1.0"):
    before = one(operation(**{side: old}), schemas=old_schemas, version=old_version)
    after = one(operation(**{side: new}), schemas=old_schemas if new_schemas is None else new_schemas, version=new_version)
    return told(before, after)


def opposite(kind):
    """Return the kind of the same change the other way round."""
    for one, other in OPPOSITES:
        for ending, instead in ((one, other), (other, one)):
            if kind.endswith(ending):
                return kind.removesuffix(ending) + instead
    return kind
