"""Bodies that Schemathesis derives from an OpenAPI document.

No other module uses Schemathesis, because its minor releases change its API.
"""

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


@cache  # compiling it is most of its price, and Schemathesis and Hypothesis keep what was compiled
def bodies(
    document: OpenApiDocument, operations: tuple[Operation, ...], operation: Operation, mode: Literal["positive", "negative"]
) -> st.SearchStrategy[Json | bytes | None]:
    """Return a strategy for bodies of `operation`: JSON values, bytes to be sent unchanged, or None for no body.

    `mode` chooses valid (positive) or invalid (negative) bodies; Schemathesis compiles only `operations`, one of which is `operation`.
    """
    path, _item = _locate(document, operation)
    generation_mode = GenerationMode.POSITIVE if mode == "positive" else GenerationMode.NEGATIVE
    derived = _schema(document, operations)[path][operation.method]
    strategy: st.SearchStrategy[Any] = derived.as_strategy(generation_mode=generation_mode)
    return strategy.map(_body)


@cache
def _schema(document: OpenApiDocument, operations: tuple[Operation, ...]) -> Any:
    """Return the Schemathesis schema of these operations alone, because compiling the whole document would take longer."""
    content = _without_annotations(copy.deepcopy(document.content))
    content["paths"] = {}
    for operation in operations:
        path, item = _locate(document, operation)
        stated = _without_annotations(copy.deepcopy(item[operation.method.lower()]))
        given = (*item.get("parameters", ()), *stated.pop("parameters", ()))
        parameters = [parameter for parameter in given if _is_path_parameter(document, parameter)]
        content["paths"][path] = {operation.method.lower(): stated, **({"parameters": parameters} if parameters else {})}
    return schemathesis.openapi.from_dict(content)


def _locate(document: OpenApiDocument, operation: Operation) -> tuple[str, dict[str, Any]]:
    """Return the path of an operation in the document, and its path item object (OpenAPI 3.1, 4.8.9)."""
    method = operation.method.lower()
    paths = document.content["paths"].items()
    return next((path, item) for path, item in paths if item.get(method, {}).get("operationId") == operation.name)


def _is_path_parameter(document: OpenApiDocument, parameter: dict[str, Any]) -> bool:
    name = parameter.get("$ref", "").rpartition("/")[2]
    stated = document.content["components"]["parameters"][name] if name else parameter
    return bool(stated["in"] == "path")


def _without_annotations(node: Any) -> Any:
    """Return a part of a document without the annotations about answers, which would change what Schemathesis generates."""
    if isinstance(node, dict):
        return {key: _without_annotations(value) for key, value in node.items() if key not in ABOUT_ANSWERS}
    return [_without_annotations(item) for item in node] if isinstance(node, list) else node


def _body(case: Any) -> Json | bytes | None:
    return None if isinstance(case.body, NotSet) else case.body
