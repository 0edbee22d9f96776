"""The expected state of collections: the writes of a context, applied one after the other as they were answered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.reading import created_at_differences
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import equality
from conformance.core.equality import Difference
from conformance.core.json_text import Json
from conformance.evidence.exchange import Exchange, Namespace

# What a client can change, and what no client can. All else of a collection the server works out, or another requirement is about it.
MUTABLE = frozenset({"collection_name", "description", "taxonomy_applications", "enabled"})
IDENTITY = frozenset({"collection_id", "source", "feature_extractor", "source_lineage"})
COMPARED = MUTABLE | IDENTITY | {"metadata", "cluster_applications", "alert_applications"}


@dataclass(frozen=True, slots=True)
class CollectionState:
    """The expected state of one collection: its create, its last write, and whether nobody can say what became of it."""

    created: Exchange
    last: Exchange
    is_unsure: bool = False

    @property
    def answer(self) -> dict[str, Any]:
        """The collection as its last write was answered."""
        return self.last.made

    @property
    def name(self) -> Json:
        """Its name now."""
        return self.answer.get("collection_name")

    @property
    def is_as_created(self) -> bool:
        """Whether it was never changed."""
        return self.last is self.created


@lru_cache(maxsize=32)
def _collections(context: tuple[Exchange, ...], namespace: Namespace) -> dict[str, CollectionState]:
    states: dict[str, CollectionState] = {}
    for exchange in context:
        if exchange.request.namespace is namespace:
            _apply(exchange, states)
    return states


def collections(exchange: Exchange) -> dict[str, CollectionState]:
    """Return the collections that the context of a request has made in its namespace and not deleted, by id."""
    return _collections(exchange.context, exchange.request.namespace)


def _apply(exchange: Exchange, states: dict[str, CollectionState]) -> None:
    operation = exchange.case.operation
    if operation == Operations.CREATE_COLLECTION and exchange.created_id is not None:
        states[exchange.created_id] = CollectionState(exchange, exchange)
        return
    identifier = _named(exchange, states)
    if identifier is None or operation not in (Added.PATCH_COLLECTION, Operations.DELETE_COLLECTION) or is_refused(exchange):
        return
    state = states[identifier]
    if operation == Operations.DELETE_COLLECTION and exchange.succeeded:
        del states[identifier]
    elif exchange.succeeded and exchange.made.get("collection_id") == identifier and exchange.together is None:
        states[identifier] = replace(state, last=exchange)
    else:
        states[identifier] = replace(state, is_unsure=True)


def is_refused(exchange: Exchange) -> bool:
    """Whether a request was refused, so that it must not have had an effect."""
    return exchange.status is not None and 400 <= exchange.status < 500  # noqa: PLR2004


def _named(exchange: Exchange, states: dict[str, CollectionState]) -> str | None:
    """Return the id of the collection that a path names by its id or by its name."""
    named = exchange.id_of("collection")
    if named in states:
        return named
    return next((identifier for identifier, state in states.items() if named is not None and state.name == named), None)


def collection(exchange: Exchange) -> CollectionState | None:
    """Return the expected state of the collection that a request names."""
    states = collections(exchange)
    identifier = _named(exchange, states)
    return None if identifier is None else states[identifier]


def deletes(exchange: Exchange) -> dict[str, Exchange]:
    """Return the deletes in a context that were done, by the id of the collection."""
    return {
        earlier.id_of("collection") or "": earlier
        for earlier in exchange.context
        if earlier.case.operation == Operations.DELETE_COLLECTION
        and earlier.succeeded
        and earlier.request.namespace is exchange.request.namespace
    }


def differences(exchange: Exchange, before: dict[str, Any], after: dict[str, Any],
                keys: frozenset[str] = COMPARED) -> Iterator[Difference]:  # fmt: skip
    """Yield where a shown collection differs from what was answered before; a lineage that is not shown is no difference."""
    shown = keys if after.get("source_lineage") and before.get("source_lineage") else keys - {"source_lineage"}
    old, new = (comparable(exchange.case.operation.document, "Collection", value, keys=shown) for value in (before, after))
    yield from equality.differences(_with_default(old, shown), _with_default(new, shown))
    if "collection_id" in keys:
        yield from created_at_differences(before, after)


def _with_default(collection: dict[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    return {"enabled": True, **collection} if "enabled" in keys else collection
