"""The OpenAPI document as peers are given it: what our annotations say and plain JSON Schema can say, said in JSON Schema.

So a peer is not blamed for what only our own generators could have known.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
_IDENTIFIERS = ("collection_identifier", "collection_id")


@dataclass(frozen=True, slots=True)
class Fixture:
    """What was made on a server before a peer starts: a collection with documents in it, and an empty one to be deleted."""

    collection: str
    documents: tuple[str, ...]
    spare: str = "col_none"


def stated(document: Body, url: str) -> Body:
    """Return a copy that names its server, asks for a token always, and states the bounds and needs of our annotations."""
    made = copy.deepcopy(document)
    made["servers"] = [{"url": url}]
    made["security"] = [{"bearer": []}]
    for schema in _schemas(made["components"]["schemas"]):
        if "x-minimum" in schema:
            schema["minimum"] = schema["x-minimum"]["value"]
        if "x-needs" in schema:
            schema["oneOf"] = [_needing(kind, need["field"]) for kind, need in schema["x-needs"].items()]
    return made


def pinned(document: Body, fixture: Fixture, namespace: str) -> Body:
    """Return a copy whose identifiers can only be the fixture's, for peers that know no other way to be told what exists."""
    made = copy.deepcopy(document)
    made["components"]["parameters"]["Namespace"] |= {"required": True, "schema": _only(namespace)}
    named = made["components"]["parameters"]
    for path in made["paths"].values():
        # A parameter that is referred to is everybody's; these must be their own.
        path["parameters"] = [copy.deepcopy(named[one["$ref"].rpartition("/")[2]]) if "$ref" in one else one
                              for one in path.get("parameters", ())]  # fmt: skip
        _pin(path, fixture.collection, fixture.documents[0])
        if "delete" in path:  # what it takes away must be nobody else's
            path["delete"]["parameters"] = copy.deepcopy(path["parameters"])
            takes_document = any(one.get("name") == "document_id" for one in path["parameters"])
            _pin(path["delete"], fixture.collection if takes_document else fixture.spare, fixture.documents[1])
    if "CreateDocumentRequest" in made["components"]["schemas"]:
        made["components"]["schemas"]["CreateDocumentRequest"]["properties"]["collection_id"] = _only(fixture.collection)
    return made


def _pin(holder: Body, collection: str, document: str) -> None:
    for parameter in holder.get("parameters", ()):
        if parameter.get("name") == "document_id":
            parameter["schema"] = _only(document)
        elif parameter.get("name") in _IDENTIFIERS:
            parameter["schema"] = _only(collection)


def _only(value: str) -> Body:
    return {"type": "string", "enum": [value], "example": value}


def _schemas(node: Any) -> Iterator[Body]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from _schemas(value)


def _needing(kind: str, need: str) -> Body:
    return {"properties": {"type": {"const": kind}, need: {"type": "string", "minLength": 1}}, "required": ["type", need]}
