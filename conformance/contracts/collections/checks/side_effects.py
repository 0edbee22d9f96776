"""Side effects: a document shows a field that nobody gave it, and that another document, an earlier write or its collection was given.

Only values that were sent elsewhere under the same name are judged, and none that may be equal by chance: a server may add fields
of its own.
"""

from collections.abc import Iterator
from typing import Any

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expected_state import ExpectedState
from conformance.contracts.collections.checks.lists import results
from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.reading import JUDGED_APART, collection_create
from conformance.contracts.collections.checks.round_trip import LINEAGE, NOT_THE_USERS, dict_or_empty, items, judge_differences
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, History, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_CREATE, _LIST = Operations.CREATE_DOCUMENT, Operations.LIST_DOCUMENTS
_OF_THE_SERVER = NOT_THE_USERS | LINEAGE.keys() | {"collection_id"}


def _is_telling(value: Json) -> bool:
    """Whether two equal values like this are unlikely to be equal by chance."""
    return isinstance(value, str | list | dict) and bool(value)


def _same(name: str, first: Json, second: Json) -> bool:
    """Whether two values of a field are equal, without vectors and presigned addresses."""
    return next(expected_state.field_differences(name, _shown(name, first), _shown(name, second)), None) is None


def _shown(name: str, value: Json) -> Any:
    kind = expected_state.LISTS.get(name)
    return [comparable(openapi.DOCUMENT, kind, item) for item in value] if kind is not None and isinstance(value, list) else value


def _extra(shown: dict[str, Any], names: frozenset[str], before: dict[str, Any]) -> Iterator[str]:
    """Yield the fields in an answer that were not given and were not in the last write's answer."""
    for name in sorted(shown.keys() - names - _OF_THE_SERVER):
        if _is_telling(shown[name]) and not (name in before and _same(name, before[name], shown[name])):
            yield name


def _stray(exchange: Exchange, history: History, names: frozenset[str], before: dict[str, Any]) -> Violation | None:
    """Return a violation if the answer shows a field that only another document was created with."""
    for name in _extra(exchange.made, names, before):
        shown_value = exchange.made[name]
        earlier = history.sender(_CREATE, name, lambda value, name=name, shown_value=shown_value: _same(name, value, shown_value))  # type: ignore[misc]
        if earlier is not None:
            return Violation(
                "a field that was never given is what another document was given",
                MISSING,
                shown_value,
                (name,),
                supporting=(earlier,),
            )
    return None


@CHECKS.check("documents.create.user-fields-verbatim", _CREATE, when=When.ACCEPTED, history=True)
def of_another_create(exchange: Exchange, history: History) -> Outcome:
    """A new document shows no field of an earlier one. Fields that the contract names are judged as leaks."""
    body = exchange.case.body
    if not isinstance(body, dict):
        return None
    return _stray(exchange, history, frozenset({*body, *expected_state.NAMED}), {})


# A server cannot work these out by itself.
_OF_ITEMS = {"features": ("payload",), "document_blobs": ("filename", "checksum", "source_blob_id")}


@CHECKS.check("documents.create.user-fields-verbatim", _CREATE, when=When.ACCEPTED)
def of_another_item(exchange: Exchange) -> Outcome:
    """A feature or blob shows nothing that only another one of the same document was given."""
    body = dict_or_empty(exchange.case.body)
    for name, keys in _OF_ITEMS.items():
        given, shown = ([dict_or_empty(item) for item in items(source.get(name))] for source in (body, exchange.made))
        for index, (given_item, shown_item) in enumerate(zip(given, shown, strict=False)):
            for key in keys:
                value = shown_item.get(key)
                if (
                    given_item.get(key) is None
                    and _is_telling(value)
                    and any(equality.same(other_item.get(key), value) for other_item in given)
                ):
                    return Violation("an item has what only another one was given", MISSING, value, (name, index, key))
    return None


@CHECKS.check("documents.create.metadata-verbatim", _CREATE, when=When.ACCEPTED)
def of_its_collection(exchange: Exchange) -> Outcome:
    """A new document without metadata does not show the metadata of its collection."""
    collection, metadata = collection_create(exchange), exchange.made.get("metadata")
    if collection is None or "metadata" in dict_or_empty(exchange.case.body) or not metadata:
        return None
    collection_metadata = dict_or_empty(collection.case.body).get("metadata")
    if not collection_metadata or not equality.same(collection_metadata, metadata):
        return None
    return Violation(
        "a document that was given no metadata has those of its collection",
        MISSING,
        metadata,
        ("metadata",),
        supporting=(collection,),
    )


@CHECKS.check("documents.get.equals-created", Operations.GET_DOCUMENT, when=When.ACCEPTED, history=True)
def read(exchange: Exchange, history: History) -> Outcome:
    """A read shows no field of another document."""
    document = expected_state.expected_document(exchange)
    if document is None or exchange.case.expect is not Expect.ACCEPT or JUDGED_APART & set(exchange.case.about):
        return None
    return _stray(exchange, history, document.names, document.answer)


@CHECKS.check("documents.patch.merges", Operations.PATCH_DOCUMENT, when=When.ACCEPTED, history=True)
def patched(exchange: Exchange, history: History) -> Outcome:
    """A patch shows no field that was removed before, and none of another document."""
    document = expected_state.expected_document(exchange)
    if document is None or exchange.together is not None:
        return None
    given = expected_state.fields(exchange.case.body)
    leftover = expected_state.leftover_fields(document.gone - given, exchange.made)
    outcome = judge_differences(leftover, "a patch brings back what was removed", (document.last,))
    if outcome != HELD:
        return outcome
    return _stray(exchange, history, document.names | given, document.answer)


@CHECKS.check("documents.put.replaces", Operations.PUT_DOCUMENT, when=When.ACCEPTED, history=True)
def put(exchange: Exchange, history: History) -> Outcome:
    """A put shows no field of another document."""
    document = expected_state.expected_document(exchange)
    if document is None or exchange.together is not None:
        return None
    return _stray(exchange, history, document.names | expected_state.fields(exchange.case.body), document.answer)


@CHECKS.check("list.returns-exactly-created", _LIST, when=When.ACCEPTED)
def listed(exchange: Exchange) -> Outcome:
    """No document in a list shows a field of another one."""
    if exchange.case.expect is not Expect.ACCEPT or JUDGED_APART & set(exchange.case.about):
        return None
    expected = expected_state.expected_documents(exchange)
    for index, shown in enumerate(results(exchange)):
        row = dict_or_empty(shown)
        document = expected.get(str(row.get("document_id")))
        neighbour = None if document is None else _neighbours(row, document, expected)
        if neighbour is not None:
            name, owner = neighbour
            message = "a document is listed with a field that another one has"
            return Violation(message, MISSING, row[name], ("results", index, name), supporting=(owner.created, owner.last))
    return None


def _neighbours(
    row: dict[str, Any], document: ExpectedState, expected: dict[str, ExpectedState]
) -> tuple[str, ExpectedState] | None:
    for name in _extra(row, document.names, document.answer):
        for neighbour in expected.values():
            if name in neighbour.names and name in neighbour.answer and _same(name, neighbour.answer[name], row[name]):
                return name, neighbour
    return None
