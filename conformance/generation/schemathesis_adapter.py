"""Bodies derived from the OpenAPI document by Schemathesis: the one module that knows it, because its minor releases break things."""

import copy
from functools import cache
from typing import Any, Literal

import schemathesis
from hypothesis import strategies as st
from schemathesis.core import NotSet
from schemathesis.generation import GenerationMode

from conformance.contracts.collections import openapi
from conformance.contracts.collections.operations import Operations
from conformance.core.json_text import Json
from conformance.evidence.operation import Operation

_PATHS = {
    Operations.CREATE_COLLECTION: "/v1/collections/create",
    Operations.CREATE_DOCUMENT: "/v1/collections/{collection_identifier}/documents",
}


@cache
def _schema() -> Any:
    document = copy.deepcopy(openapi.DOCUMENT.content)
    # Compiling the paths of other operations would only cost time.
    document["paths"] = {path: {"post": document["paths"][path]["post"]} for path in _PATHS.values()}
    for path in document["paths"].values():
        path["post"].pop("parameters", None)
    document["paths"][_PATHS[Operations.CREATE_DOCUMENT]]["parameters"] = [{"$ref": "#/components/parameters/Collection"}]
    return schemathesis.openapi.from_dict(document)


def bodies(operation: Operation, mode: Literal["positive", "negative"]) -> st.SearchStrategy[Json | bytes | None]:
    """Return a strategy of bodies: JSON values, bytes that Schemathesis would send as they are, or None for no body."""
    found = _schema()[_PATHS[operation]]["POST"]
    chosen = GenerationMode.POSITIVE if mode == "positive" else GenerationMode.NEGATIVE
    strategy: st.SearchStrategy[Any] = found.as_strategy(generation_mode=chosen)
    return strategy.map(_body)


def _body(case: Any) -> Json | bytes | None:
    return None if isinstance(case.body, NotSet) else case.body
