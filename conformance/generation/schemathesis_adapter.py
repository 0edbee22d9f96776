"""Bodies derived from an OpenAPI document by Schemathesis: the one module that knows it, because its minor releases break things."""

import copy
from functools import cache
from typing import Any, Literal

import schemathesis
from hypothesis import strategies as st
from schemathesis.core import NotSet
from schemathesis.generation import GenerationMode

from conformance.core.json_text import Json
from conformance.evidence.operation import Operation
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.tree import ABOUT_ANSWERS


def bodies(
    document: OpenApiDocument, operations: tuple[Operation, ...], operation: Operation, mode: Literal["positive", "negative"]
) -> st.SearchStrategy[Json | bytes | None]:
    """Return a strategy of bodies of one of several operations: JSON values, bytes to be sent as they are, or None for no body."""
    path, _item = _place(document, operation)
    chosen = GenerationMode.POSITIVE if mode == "positive" else GenerationMode.NEGATIVE
    derived = _schema(document, operations)[path][operation.method]
    strategy: st.SearchStrategy[Any] = derived.as_strategy(generation_mode=chosen)
    return strategy.map(_body)


@cache
def _schema(document: OpenApiDocument, operations: tuple[Operation, ...]) -> Any:
    """Return what Schemathesis makes of the operations: compiling those of others would only cost time."""
    content = _without_notes(copy.deepcopy(document.content))
    content["paths"] = {}
    for operation in operations:
        path, item = _place(document, operation)
        stated = _without_notes(copy.deepcopy(item[operation.method.lower()]))
        parameters = [one for one in (*item.get("parameters", ()), *stated.pop("parameters", ())) if _is_of_path(document, one)]
        content["paths"][path] = {operation.method.lower(): stated, **({"parameters": parameters} if parameters else {})}
    return schemathesis.openapi.from_dict(content)


def _place(document: OpenApiDocument, operation: Operation) -> tuple[str, dict[str, Any]]:
    """Return the path of an operation as the document writes it, and what stands there."""
    method = operation.method.lower()
    paths = document.content["paths"].items()
    return next((path, item) for path, item in paths if item.get(method, {}).get("operationId") == operation.name)


def _is_of_path(document: OpenApiDocument, parameter: dict[str, Any]) -> bool:
    name = parameter.get("$ref", "").rpartition("/")[2]
    stated = document.content["components"]["parameters"][name] if name else parameter
    return bool(stated["in"] == "path")


def _without_notes(node: Any) -> Any:
    """Return a part of a document without what it says about answers: Schemathesis varies whatever keys a schema has."""
    if isinstance(node, dict):
        return {key: _without_notes(value) for key, value in node.items() if key not in ABOUT_ANSWERS}
    return [_without_notes(item) for item in node] if isinstance(node, list) else node


def _body(case: Any) -> Json | bytes | None:
    return None if isinstance(case.body, NotSet) else case.body
