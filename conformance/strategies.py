"""Hypothesis strategies for anybody's Pydantic models and JSON Schemas: valid, at the boundaries, and invalid.

A model is any type that Pydantic can validate: a `BaseModel`, a dataclass, a `TypedDict`. What a type cannot say about its values stands
at the field, as an annotation: `Annotated[str, Examples("a", "b")]`. See `docs/strategies.md`.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from conformance.core.json_text import Json, dumps
from conformance.core.pointers import Pointer
from conformance.generation import boundary_values, payloads
from conformance.generation.annotations import (
    Cases,
    Depth,
    Examples,
    FromVocabulary,
    OnlyIf,
    Size,
    Text,
    Weight,
    at_least_one,
    own_names,
)
from conformance.generation.payloads import NO_NAMES, Names
from conformance.generation.scalars import NothingToDraw
from conformance.schema import mutations, tree
from conformance.schema.mutations import Mutation
from conformance.schema.tree import Rules, SchemaNode

__all__ = [
    "Cases",
    "Depth",
    "Examples",
    "FromVocabulary",
    "Invalid",
    "NothingToDraw",
    "OnlyIf",
    "Size",
    "Text",
    "Weight",
    "at_least_one",
    "boundaries",
    "boundary_bodies",
    "cache_configs",
    "collections",
    "documents",
    "filters",
    "from_json_schema",
    "from_model",
    "invalid_bodies",
    "invalid_collections",
    "invalid_documents",
    "own_names",
    "valid_bodies",
]

T = TypeVar("T")
_REASONS = Rules(
    wrong_type="wrong type",
    scalar="wrong type",
    null="null",
    missing="missing",
    enum="none of the values",
    bound="out of bounds",
    format="wrong format",
    unknown="unknown field",
)


@dataclass(frozen=True, slots=True)
class Invalid:
    """A body that a model refuses: what is wrong with it, and where; `at` holds the keys and indexes that lead there."""

    body: Json
    at: Pointer
    reason: str


def from_model(model: type[T], names: Names = NO_NAMES) -> st.SearchStrategy[T]:
    """Return a strategy for instances of a model. What its own validators refuse is drawn again.

    `names` are those that fields with `FromVocabulary` use, by kind.

    Raises:
        NothingToDraw: a required field names something of a kind that has no names, or the model itself, or its bounds leave nothing.
        pydantic.errors.PydanticInvalidForJsonSchema: a field has a type that JSON has no value for.

    """
    adapter = TypeAdapter(model)

    def instance(body: Json) -> T:
        try:
            return adapter.validate_json(dumps(body))
        except ValidationError:
            return reject()

    return payloads.payloads(_schema(adapter), names).map(instance)


def valid_bodies(model: type[Any], names: Names = NO_NAMES) -> st.SearchStrategy[Any]:
    """Return a strategy for the JSON bodies of a model's instances, with the same errors as `from_model`."""
    adapter = TypeAdapter(model)
    return payloads.payloads(_schema(adapter), names).filter(lambda body: _accepts(adapter, body))


def boundaries(model: type[T], names: Names = NO_NAMES) -> list[T]:
    """Return instances with every class of value of every field: falsy values, bounds, absent, null, empty, one, many."""
    adapter = TypeAdapter(model)
    return [adapter.validate_json(dumps(body)) for body in boundary_bodies(model, names)]


def boundary_bodies(model: type[Any], names: Names = NO_NAMES) -> list[Json]:
    """Return the JSON bodies of `boundaries`. Those that the model's own validators refuse are left out."""
    adapter = TypeAdapter(model)
    return [body for body in boundary_values.catalogue(_schema(adapter), names).values if _accepts(adapter, body)]


def invalid_bodies(model: type[Any], names: Names = NO_NAMES) -> st.SearchStrategy[Invalid]:
    """Return a strategy for bodies that break one rule of a model, so that it refuses them."""
    adapter = TypeAdapter(model)
    broken = mutations.payloads(_schema(adapter), valid_bodies(model, names))
    # A lax model converts some values of another type.
    return broken.filter(lambda pair: not _accepts(adapter, pair[1])).map(_invalid)


def from_json_schema(schema: dict[str, Any], names: Names = NO_NAMES) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a JSON Schema (2020-12) that contains the definitions it refers to.

    It may be a whole OpenAPI 3.1 document, too: `{**document, "$ref": "#/components/schemas/Order"}`. Keywords that combine schemas by
    conditions (`if`, `not`, `dependentSchemas`) are not followed.

    Raises:
        NothingToDraw: as for `from_model`.
        UsageError: it refers to a definition that it does not contain.

    """
    return payloads.payloads(tree.of_json_schema(schema, Rules()), names)


def _schema(adapter: TypeAdapter[Any]) -> SchemaNode:
    return tree.of_json_schema(adapter.json_schema(), _REASONS)


def _accepts(adapter: TypeAdapter[Any], body: Json) -> bool:
    try:
        adapter.validate_json(dumps(body))
    except ValidationError:
        return False
    return True


def _invalid(pair: tuple[Mutation, Json]) -> Invalid:
    mutation, body = pair
    return Invalid(body, mutation.at, mutation.requirement)


# Bodies of the collections and documents API, for property tests of who serves or uses it.


def collections() -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for valid bodies of `POST /v1/collections/create`."""
    return payloads.payloads(_request("CreateCollectionRequest"), _names())


def documents(collection_id: str = "col_1") -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for valid bodies of `POST /v1/collections/{collection_identifier}/documents`, for this collection."""
    return payloads.payloads(_request("CreateDocumentRequest"), _names(collection_id))


def filters() -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for filters: groups of conditions over all operators, up to five groups deep."""
    return payloads.payloads(_request("CreateCollectionRequest").properties["source"].properties["filters"])


def cache_configs() -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for valid cache configurations of a collection."""
    return payloads.payloads(_request("CreateCollectionRequest").properties["cache_config"], _names())


def invalid_collections() -> st.SearchStrategy[Invalid]:
    """Return a strategy for bodies of collections that break one promise; `reason` is the id of the requirement that forbids it."""
    return mutations.payloads(_request("CreateCollectionRequest"), collections()).map(_invalid)


def invalid_documents(collection_id: str = "col_1") -> st.SearchStrategy[Invalid]:
    """Return a strategy for bodies of documents that break one promise; `reason` is the id of the requirement that forbids it."""
    return mutations.payloads(_request("CreateDocumentRequest"), documents(collection_id)).map(_invalid)


def _request(name: str) -> SchemaNode:
    # Loaded when it is asked for: who draws from models of their own needs no contract.
    from conformance.contracts.collections import openapi

    return openapi.request(name)


def _names(*collection_ids: str) -> Names:
    from conformance.contracts.collections.vocabulary import Vocabulary

    return Vocabulary(collections=collection_ids).names()
