"""What the documents of a collection must be by now: the writes of a context, one after the other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.round_trip import dict_or_empty, user_fields
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Exchange

LISTS = {"features": "Feature", "document_blobs": "BlobView"}
NAMED = ("metadata", *LISTS)
_UPDATES = (Operations.PUT_DOCUMENT, Operations.PATCH_DOCUMENT)


@dataclass(frozen=True, slots=True)
class ExpectedState:
    """One document: what made it, what last changed it, and the names of the user's fields that it has and that it no longer has."""

    created: Exchange
    last: Exchange
    names: frozenset[str]
    gone: frozenset[str] = frozenset()

    @property
    def answer(self) -> dict[str, Any]:
        """The document as its last write answered it."""
        return self.last.made

    @property
    def is_as_created(self) -> bool:
        """Whether nothing has changed it."""
        return self.last is self.created


def fields(body: Json) -> frozenset[str]:
    """Return the names of the user's fields in a request's body: their own, and metadata, features and blobs."""
    return frozenset() if not isinstance(body, dict) else frozenset({*user_fields(body), *(key for key in NAMED if key in body)})


@lru_cache(maxsize=32)
def documents(context: tuple[Exchange, ...], collection: str | None) -> dict[str, ExpectedState]:
    """Return the documents of a collection by their ids, in the order in which they were created."""
    found: dict[str, ExpectedState] = {}
    for one in context:
        if one.id_of("collection") == collection and one.succeeded:
            _apply(one, found)
    return found


def _apply(one: Exchange, found: dict[str, ExpectedState]) -> None:
    operation, identifier = one.case.operation, one.id_of("document") or ""
    if operation is Operations.CREATE_DOCUMENT and one.created_id is not None:
        found[identifier] = ExpectedState(one, one, fields(one.case.body))
    elif operation is Operations.DELETE_COLLECTION:
        found.clear()
    elif operation is Operations.DELETE_DOCUMENT:
        found.pop(identifier, None)
    elif operation in _UPDATES and identifier in found:
        before, given = found[identifier], fields(one.case.body)
        names = given if operation is Operations.PUT_DOCUMENT else before.names | given
        # What an update's own answer still shows is judged there; a read that shows it too is right.
        names |= (before.gone | before.names) & one.made.keys()
        found[identifier] = ExpectedState(before.created, one, names, (before.gone | before.names) - names)


def all_of(exchange: Exchange) -> dict[str, ExpectedState]:
    """Return what is known of the documents in the collection that a request names."""
    return documents(exchange.context, exchange.id_of("collection"))


def one_of(exchange: Exchange) -> ExpectedState | None:
    """Return what is known of the document that a request names."""
    return all_of(exchange).get(exchange.id_of("document") or "")


def is_there(exchange: Exchange) -> bool:
    """Whether the context makes what a request names, and does not delete it: then it is not unknown."""
    is_deleted, is_made = False, False
    for one in exchange.context:
        if one.id_of("collection") == exchange.id_of("collection") and one.succeeded:
            is_made = is_made or one.case.operation is Operations.CREATE_COLLECTION
            is_deleted = is_deleted or one.case.operation is Operations.DELETE_COLLECTION
    if is_deleted or exchange.id_of("document") is None or exchange.case.operation is Operations.CREATE_DOCUMENT:
        return is_made and not is_deleted
    return one_of(exchange) is not None


def differences(known: ExpectedState, got: dict[str, Any], *, exact: bool = False) -> Iterator[Difference]:
    """Yield where a document is shown otherwise than its last write answered it; a server's own times may lose their fractions.

    With `exact` they may not: two reads of one document are compared.
    """
    for name in sorted(known.names & known.answer.keys()):
        yield from of_field(name, known.answer[name], got.get(name, MISSING))
    yield from left_over(known.gone, got)
    for key in ("document_id", "collection_id"):
        yield from equality.differences(known.answer.get(key), got.get(key, MISSING), (key,))
    yield from of_internal(known.answer, got, exact=exact)


def of_field(name: str, before: Json, got: Any) -> Iterator[Difference]:
    """Yield where one of the user's fields is another now; vectors and presigned addresses aside."""
    if name not in LISTS:
        yield from equality.differences(before, got, (name,))
    elif before or got not in (MISSING, None):
        one, other = ([_item(name, item) for item in value] if isinstance(value, list) else value for value in (before, got))
        yield from equality.differences(one, other, (name,))


def _item(name: str, item: Json) -> Any:
    return comparable(LISTS[name], item)


def left_over(gone: frozenset[str], got: dict[str, Any]) -> Iterator[Difference]:
    """Yield fields that a document no longer has; metadata, features and blobs may be shown empty."""
    for name in sorted(gone & got.keys()):
        if name not in NAMED or got[name]:
            yield Difference((name,), Kind.STRUCTURE, MISSING, got[name])


def of_internal(before: dict[str, Any], got: dict[str, Any], *, exact: bool, updated: bool = True) -> Iterator[Difference]:
    """Yield where the ids, times and lineage in `_internal` differ; what the system finds out later is its own affair."""
    one, other = dict_or_empty(before.get("_internal")), dict_or_empty(got.get("_internal"))
    for key in ("document_id", "collection_id", "namespace_id"):
        if one.get(key) is not None and one[key] != other.get(key):
            yield Difference(("_internal", key), Kind.STRUCTURE, one[key], other.get(key, MISSING))
    for key in ("created_at", "updated_at") if updated else ("created_at",):
        if one.get(key) is not None and not same_moment(one[key], other.get(key), exact=exact):
            yield Difference(("_internal", key), Kind.STRING, one[key], other.get(key, MISSING))
    yield from equality.differences(_lineage(one), _lineage(other), ("_internal", "lineage"))


def _lineage(inner: dict[str, Any]) -> Any:
    found = comparable("InternalLineage", inner.get("lineage"))
    steps = found.get("chain") if isinstance(found, dict) else None
    for step in steps if isinstance(steps, list) else ():
        # To the second: a time that the server filled in may be stored without its fraction.
        moment = equality.instant(step.get("timestamp")) if isinstance(step, dict) else None
        if moment is not None:
            step["timestamp"] = int(moment.timestamp())
    return found or {}


def same_moment(one: Json, other: Json, *, exact: bool) -> bool:
    """Whether two times of the server's are one: to the microsecond, or as far as both of them say fractions of a second."""
    first, second = equality.instant(one), equality.instant(other)
    if first is None or second is None or exact:
        return equality.same_time(one, other)
    digits = min(_digits(str(one)), _digits(str(other)))
    return abs((first - second).total_seconds()) < float(10**-digits)


def _digits(time: str) -> int:
    found = _FRACTION.search(time)
    return 0 if found is None else min(len(found[1]), 6)


_FRACTION = re.compile(r":\d\d\.(\d+)")
