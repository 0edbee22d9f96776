"""The expected state of documents: the writes of a context, applied one after the other as they were answered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.round_trip import dict_or_empty, user_fields
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Effect

LISTS = {"features": "Feature", "document_blobs": "BlobView"}
NAMED = ("metadata", *LISTS)
_WRITES = frozenset({Effect.CREATE, Effect.UPDATE, Effect.DELETE})
_UPDATES = (Operations.PUT_DOCUMENT, Operations.PATCH_DOCUMENT)


@dataclass(frozen=True, slots=True)
class ExpectedState:
    """The expected state of one document: its create, its last write, the user's fields that it has, and those that it has no longer."""

    created: Exchange
    last: Exchange
    names: frozenset[str]
    gone: frozenset[str] = frozenset()

    @property
    def answer(self) -> dict[str, Any]:
        """The document as its last write was answered."""
        return self.last.made

    @property
    def is_as_created(self) -> bool:
        """Whether it was never changed."""
        return self.last is self.created


def fields(body: Json) -> frozenset[str]:
    """Return the names of the user's fields in a request's body: their own, and metadata, features and blobs."""
    return frozenset() if not isinstance(body, dict) else frozenset({*user_fields(body), *(key for key in NAMED if key in body)})


def is_unseen_change(exchange: Exchange, collection: str | None) -> bool:
    """Whether a request may have changed or deleted any of a collection's documents, and its answer shows none of them.

    After it, no answer of before says what must be there. One that was refused changes nothing.
    """
    operation = exchange.case.operation
    if operation.effect not in (Effect.UPDATE, Effect.DELETE) or not operation.path.startswith(f"{_OF_DOCUMENTS}/"):
        return False
    is_refused = exchange.status is not None and 400 <= exchange.status < 500  # noqa: PLR2004
    return "{document}" not in operation.path and exchange.id_of("collection") == collection and not is_refused


_OF_DOCUMENTS = Operations.CREATE_DOCUMENT.path


def documents(context: tuple[Exchange, ...], collection: str | None) -> dict[str, ExpectedState]:
    """Return the expected documents of a collection by id, in the order of creation; none if all may have changed unseen."""
    # Many lists stand in different contexts and come after the same writes.
    return _after(tuple(exchange for exchange in context if exchange.case.operation.effect in _WRITES), collection)


@lru_cache(maxsize=32)
def _after(writes: tuple[Exchange, ...], collection: str | None) -> dict[str, ExpectedState]:
    states: dict[str, ExpectedState] = {}
    if any(is_unseen_change(exchange, collection) for exchange in writes):
        return states
    for exchange in writes:
        if exchange.id_of("collection") == collection and exchange.succeeded:
            _apply(exchange, states)
    return states


def _apply(exchange: Exchange, states: dict[str, ExpectedState]) -> None:
    operation, identifier = exchange.case.operation, exchange.id_of("document") or ""
    if operation == Operations.CREATE_DOCUMENT and exchange.created_id is not None:
        states[identifier] = ExpectedState(exchange, exchange, fields(exchange.case.body))
    elif operation == Operations.DELETE_COLLECTION:
        states.clear()
    elif operation == Operations.DELETE_DOCUMENT:
        states.pop(identifier, None)
    elif operation in _UPDATES and identifier in states:
        before, given = states[identifier], fields(exchange.case.body)
        names = given if operation == Operations.PUT_DOCUMENT else before.names | given
        # A field that an update wrongly keeps in its answer is judged there; a read may show it too.
        names |= (before.gone | before.names) & exchange.made.keys()
        states[identifier] = ExpectedState(before.created, exchange, names, (before.gone | before.names) - names)


def expected_documents(exchange: Exchange) -> dict[str, ExpectedState]:
    """Return the expected state of all documents in the collection of a request."""
    return documents(exchange.context, exchange.id_of("collection"))


def expected_document(exchange: Exchange) -> ExpectedState | None:
    """Return the expected state of the document that a request names."""
    return expected_documents(exchange).get(exchange.id_of("document") or "")


def is_there(exchange: Exchange) -> bool:
    """Whether the context creates the thing that a request names, and does not delete it, as far as can be seen."""
    is_deleted, is_made = False, False
    for earlier in exchange.context:
        if earlier.id_of("collection") == exchange.id_of("collection") and earlier.succeeded:
            is_made = is_made or earlier.case.operation == Operations.CREATE_COLLECTION
            is_deleted = is_deleted or earlier.case.operation == Operations.DELETE_COLLECTION
    if is_deleted or exchange.id_of("document") is None or exchange.case.operation == Operations.CREATE_DOCUMENT:
        return is_made and not is_deleted
    if any(is_unseen_change(earlier, exchange.id_of("collection")) for earlier in exchange.context):
        return True
    return expected_document(exchange) is not None


def differences(expected: ExpectedState, answered: dict[str, Any], *, exact: bool = False) -> Iterator[Difference]:
    """Yield the differences between the expected state and a shown document. The server's own times may lose their fractions.

    With `exact` they may not: then two reads of one document are compared.
    """
    for name in sorted(expected.names & expected.answer.keys()):
        yield from field_differences(name, expected.answer[name], answered.get(name, MISSING))
    yield from leftover_fields(expected.gone, answered)
    for key in ("document_id", "collection_id"):
        yield from equality.differences(expected.answer.get(key), answered.get(key, MISSING), (key,))
    yield from internal_differences(expected.answer, answered, exact=exact)


def field_differences(name: str, before: Json, after: Any) -> Iterator[Difference]:
    """Yield the differences in one user field; vectors and presigned addresses are left out."""
    if name not in LISTS:
        yield from equality.differences(before, after, (name,))
    elif before or after not in (MISSING, None):
        old, new = ([_item(name, item) for item in value] if isinstance(value, list) else value for value in (before, after))
        yield from equality.differences(old, new, (name,))


def _item(name: str, item: Json) -> Any:
    return comparable(openapi.DOCUMENT, LISTS[name], item)


def leftover_fields(gone: frozenset[str], answered: dict[str, Any]) -> Iterator[Difference]:
    """Yield removed fields that are still shown; metadata, features and blobs may be shown empty."""
    for name in sorted(gone & answered.keys()):
        if name not in NAMED or answered[name]:
            yield Difference((name,), Kind.STRUCTURE, MISSING, answered[name])


def internal_differences(
    before: dict[str, Any], after: dict[str, Any], *, exact: bool, updated: bool = True
) -> Iterator[Difference]:
    """Yield the differences in ids, times and lineage in `_internal`. Other members may change later."""
    old, new = dict_or_empty(before.get("_internal")), dict_or_empty(after.get("_internal"))
    for key in ("document_id", "collection_id", "namespace_id"):
        if old.get(key) is not None and old[key] != new.get(key):
            yield Difference(("_internal", key), Kind.STRUCTURE, old[key], new.get(key, MISSING))
    for key in ("created_at", "updated_at") if updated else ("created_at",):
        if old.get(key) is not None and not same_moment(old[key], new.get(key), exact=exact):
            yield Difference(("_internal", key), Kind.STRING, old[key], new.get(key, MISSING))
    yield from equality.differences(_lineage(old), _lineage(new), ("_internal", "lineage"))


def _lineage(inner: dict[str, Any]) -> Any:
    lineage = comparable(openapi.DOCUMENT, "InternalLineage", inner.get("lineage"))
    steps = lineage.get("chain") if isinstance(lineage, dict) else None
    for step in steps if isinstance(steps, list) else ():
        # Compared to the second: a server may store a time that it filled in without its fraction.
        moment = equality.instant(step.get("timestamp")) if isinstance(step, dict) else None
        if moment is not None:
            step["timestamp"] = int(moment.timestamp())
    return lineage or {}


def same_moment(left: Json, right: Json, *, exact: bool) -> bool:
    """Whether two of the server's times are equal: to the microsecond, or to the fewer digits that one of them has."""
    first, second = equality.instant(left), equality.instant(right)
    if first is None or second is None or exact:
        return equality.same_time(left, right)
    digits = min(_digits(str(left)), _digits(str(right)))
    return abs((first - second).total_seconds()) < float(10**-digits)


def _digits(time: str) -> int:
    fraction = _FRACTION.search(time)
    return 0 if fraction is None else min(len(fraction[1]), 6)


_FRACTION = re.compile(r":\d\d\.(\d+)")
