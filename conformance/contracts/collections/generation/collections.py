"""Bodies that create collections, made from the model and the OpenAPI document."""

from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from conformance.contracts.collections.limits import LIMITS
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.generation import boundary_values, payloads, samples
from conformance.generation.boundary_values import Catalogue
from conformance.schema.pruning import without_references

Body = dict[str, Any]
# Each round of a long run makes collections, and so vocabularies, of its own.
_VOCABULARIES = 8


@lru_cache(_VOCABULARIES)
def valid(vocabulary: Vocabulary) -> st.SearchStrategy[Body]:
    """Return a strategy for valid bodies, more than half of them with filters. The caller puts its tag before the name."""
    return payloads.payloads(vocabulary.edition.collection, vocabulary.names())


def minimal(vocabulary: Vocabulary, name: str = "") -> Body:
    """Return the smallest valid body, with an empty name where there may be one, if none is given."""
    body: Body = samples.minimal(vocabulary.edition.collection, vocabulary.names())
    return {**body, "collection_name": name} if name or vocabulary.edition.takes_name({"collection_name": name}) else body


def complete(vocabulary: Vocabulary) -> list[Body]:
    """Return valid bodies in which every field is given: one whose source is a bucket, and one whose source is a collection, if one is known."""
    return samples.complete(vocabulary.edition.collection, vocabulary.names())


@lru_cache(_VOCABULARIES)
def boundaries(vocabulary: Vocabulary) -> Catalogue:
    """Return the boundary catalogue of what a server has no reason to refuse.

    Events, taxonomies and sources name collections of the vocabulary, if there are any.
    """
    edition = vocabulary.edition
    known = without_references(edition.collection, edition.unknowable) if edition.unknowable else edition.collection
    return boundary_values.catalogue(known, vocabulary.names(), LIMITS)


@lru_cache(_VOCABULARIES)
def open_boundaries(vocabulary: Vocabulary) -> Catalogue:
    """Return the boundary catalogue of all fields, those that a server may refuse among them."""
    return boundary_values.catalogue(vocabulary.edition.collection, vocabulary.names(), LIMITS)
