"""The OpenAPI document that other tools are given: our annotations are also expressed in JSON Schema, as far as that can express them.

So other tools are not blamed for what only our own generators could know.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
_COLLECTION_PARAMETERS = ("collection_identifier", "collection_id")


@dataclass(frozen=True, slots=True)
class Fixture:
    """What is created on a server before a tool starts: a collection with documents, and an empty collection that may be deleted."""

    collection: str
    documents: tuple[str, ...]
    spare_collection: str = "col_none"


def for_server(document: Body, url: str) -> Body:
    """Return a copy that names its server, always needs a token, and expresses our annotations in JSON Schema."""
    result = copy.deepcopy(document)
    result["servers"] = [{"url": url}]
    result["security"] = [{"bearer": []}]
    for schema in _schemas(result["components"]["schemas"]):
        if "x-minimum" in schema:
            schema["minimum"] = schema["x-minimum"]["value"]
        if "x-needs" in schema:
            schema["oneOf"] = [_type_with_field(kind, need["field"]) for kind, need in schema["x-needs"].items()]
    return result


def with_fixed_ids(document: Body, fixture: Fixture, namespace: str) -> Body:
    """Return a copy that allows only the ids of the fixture, for tools that cannot be told in another way which ids exist."""
    result = copy.deepcopy(document)
    shared_parameters = result["components"]["parameters"]
    shared_parameters["Namespace"] |= {"required": True, "schema": _only(namespace)}
    for path in result["paths"].values():
        # Other paths use the shared parameters too, so each path gets copies that can be changed.
        path["parameters"] = [
            copy.deepcopy(shared_parameters[parameter["$ref"].rpartition("/")[2]]) if "$ref" in parameter else parameter
            for parameter in path.get("parameters", ())
        ]
        _fix_ids(path, fixture.collection, fixture.documents[0])
        if "delete" in path:  # it gets other ids, because the other operations need theirs
            path["delete"]["parameters"] = copy.deepcopy(path["parameters"])
            is_document = any(parameter.get("name") == "document_id" for parameter in path["parameters"])
            _fix_ids(path["delete"], fixture.collection if is_document else fixture.spare_collection, fixture.documents[1])
    if "CreateDocumentRequest" in result["components"]["schemas"]:
        result["components"]["schemas"]["CreateDocumentRequest"]["properties"]["collection_id"] = _only(fixture.collection)
    return result


def _fix_ids(holder: Body, collection: str, document: str) -> None:
    for parameter in holder.get("parameters", ()):
        if parameter.get("name") == "document_id":
            parameter["schema"] = _only(document)
        elif parameter.get("name") in _COLLECTION_PARAMETERS:
            parameter["schema"] = _only(collection)


def _only(value: str) -> Body:
    """Return the schema of a text that has one possible value."""
    return {"type": "string", "enum": [value], "example": value}


def _schemas(node: Any) -> Iterator[Body]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from _schemas(value)


def _type_with_field(kind: str, field: str) -> Body:
    """Return the schema of an object of a type that needs a field."""
    return {"properties": {"type": {"const": kind}, field: {"type": "string", "minLength": 1}}, "required": ["type", field]}
