"""Bodies of `POST /v1/collections/{collection_identifier}/documents`, made from the model and the OpenAPI document."""

from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

from conformance.contracts.collections import openapi
from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.generation import boundary_values, payloads, samples
from conformance.generation.boundary_values import Catalogue

Body = dict[str, Any]
# Each round of a long run makes collections, and so vocabularies, of its own.
_VOCABULARIES = 8


@cache
def reserved() -> frozenset[str]:
    """Return the names that a server may use itself, so that a user's field of that name may not come back at the root."""
    internal = openapi.schema("Internal")
    return frozenset(
        {*openapi.request("CreateDocumentRequest").properties, *internal["properties"], *SYSTEM_FIELDS, "document_id", "_internal"}
    )


@lru_cache(_VOCABULARIES)
def valid(vocabulary: Vocabulary) -> st.SearchStrategy[Body]:
    """Return a strategy for valid bodies for a collection of the vocabulary."""
    return payloads.payloads(vocabulary.edition.document, vocabulary.names())


def minimal(collection: str) -> Body:
    """Return the smallest valid body."""
    return {"collection_id": collection}


def complete(vocabulary: Vocabulary) -> list[Body]:
    """Return a valid body in which every field is given whose names are known."""
    return samples.complete(vocabulary.edition.document, vocabulary.names())


@lru_cache(_VOCABULARIES)
def boundaries(vocabulary: Vocabulary) -> Catalogue:
    """Return the boundary catalogue for a collection of the vocabulary."""
    return boundary_values.catalogue(vocabulary.edition.document, vocabulary.names(), LIMITS)
