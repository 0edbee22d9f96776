"""What documents must be after many were changed or deleted at once: no answer shows that, so it follows from what was asked for.

A complete list, or a read, settles what is there; what comes after it is judged from there on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.lists import Query, ids, results
from conformance.contracts.collections.checks.reading import collection_create
from conformance.contracts.collections.checks.round_trip import dict_or_empty
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.truth_sets import Truth
from conformance.contracts.collections_2026_01 import batch_bodies
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import equality
from conformance.core.json_text import Json
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

BATCHES = (Added.UPDATE_IN_BULK, Added.UPDATE_IN_BATCH, Added.DELETE_IN_BATCH)
_LIST, _GET, _CREATE = Operations.LIST_DOCUMENTS, Operations.GET_DOCUMENT, Operations.CREATE_DOCUMENT
_REFUSED = range(400, 500)


@dataclass(frozen=True, slots=True)
class Document:
    """One document: what showed it last and how, what it was given since and by which exchanges, and whether it is still there.

    `names` are the user's fields that it was given before. `open` are those that were perhaps given something else; `is_there` is None
    where nobody can say.
    """

    proof: Exchange
    shown: dict[str, Any]
    names: frozenset[str]
    given: Mapping[str, Json] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    by: tuple[Exchange, ...] = ()
    is_there: Truth = True

    @property
    def fields(self) -> dict[str, Any]:
        """The document as it must be by now."""
        return {**self.shown, **self.given}

    @property
    def kept(self) -> frozenset[str]:
        """The fields that nothing has changed since it was shown."""
        return (self.names & self.shown.keys()) - self.given.keys() - self.open

    def seen(self, exchange: Exchange, row: dict[str, Any]) -> "Document":
        """Return it as an answer shows it."""
        return Document(exchange, row, self.names | self.given.keys() | self.open)

    @property
    def proofs(self) -> tuple[Exchange, ...]:
        """The exchanges that say what it must be."""
        return (self.proof, *self.by)


Documents = Mapping[str, Document]


class Change(NamedTuple):
    """What a request does to a document, if it does: it gives it fields, or deletes it (None)."""

    document: str
    truth: Truth
    fields: dict[str, Json] | None


class Look(NamedTuple):
    """The documents that an answer shows, by id, and of which it shows nothing that is not there: None is all."""

    rows: dict[str, dict[str, Any]]
    about: str | None

    def shows(self, identifier: str) -> bool:
        """Whether it would show a document, if that is there."""
        return self.about in (None, identifier)


def look(exchange: Exchange) -> Look | None:
    """Return what an exchange shows: a complete list all documents; a read or a patch one, that it is there or that it is not."""
    if exchange.case.operation in (_GET, Operations.PATCH_DOCUMENT):
        identifier = exchange.id_of("document") or ""
        if exchange.status == 404:  # noqa: PLR2004
            return Look({}, identifier)
        return Look({identifier: exchange.made}, identifier) if exchange.made else None
    if exchange.case.operation != _LIST or not exchange.accepted:
        return None
    query, rows = Query.of(exchange), [dict_or_empty(row) for row in results(exchange)]
    if not query.is_plain or not query.is_first or len(rows) >= query.limit:
        return None
    return Look({str(row.get("document_id")): row for row in rows}, None)


def documents(exchange: Exchange) -> Documents | None:
    """Return the documents of the collection that a request names, as they must be before it; None if nobody can say."""
    if collection_create(exchange) is None or any(earlier.is_murky for earlier in exchange.context):
        return None
    return _documents(exchange.context, exchange.id_of("collection"))


@lru_cache(maxsize=64)
def _documents(context: tuple[Exchange, ...], collection: str | None) -> Documents | None:
    known: Documents | None = {}
    for exchange in context:
        if exchange.id_of("collection") == collection:
            known = _after(exchange, known)
    return known


def _after(exchange: Exchange, known: Documents | None) -> Documents | None:
    operation, identifier = exchange.case.operation, exchange.id_of("document") or ""
    if operation in (_LIST, _GET):
        return _settled(exchange, known)
    if known is None or exchange.status in _REFUSED or operation == Operations.CREATE_COLLECTION:
        return known
    if not exchange.succeeded or exchange.case.expect in (Expect.REFUSE, Expect.ANY):
        return None
    if operation in BATCHES:
        return _changed(exchange, known)
    if operation in (_CREATE, Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT):
        names = expected_state.fields(exchange.case.body) | (known[identifier].names if identifier in known else frozenset())
        return {**known, identifier: Document(exchange, exchange.made, names)} if exchange.made else None
    if operation == Operations.DELETE_COLLECTION:
        return {}
    return {name: document for name, document in known.items() if name != identifier}


def _settled(exchange: Exchange, known: Documents | None) -> Documents | None:
    """Return the documents as they were seen."""
    seen = look(exchange)
    if seen is None or exchange.case.expect is not Expect.ACCEPT:
        return known
    before = known or {}
    rows = {
        name: before[name].seen(exchange, row) if name in before else Document(exchange, row, frozenset())
        for name, row in seen.rows.items()
    }
    if seen.about is None:
        return rows
    return None if known is None else {**{name: document for name, document in known.items() if name != seen.about}, **rows}


def _changed(batch: Exchange, known: Documents) -> Documents:
    changed = dict(known)
    for change in changes(batch, known):
        if change.document in changed:
            changed[change.document] = _with(changed[change.document], change, batch)
    return changed


def _with(document: Document, change: Change, batch: Exchange) -> Document:
    if change.truth is False:
        return document
    by = document.by if batch in document.by else (*document.by, batch)
    if change.fields is None:
        return replace(document, by=by, is_there=False if change.truth else None)
    if change.truth is None:
        given = {name: value for name, value in document.given.items() if name not in change.fields}
        return replace(document, given=given, by=by, open=document.open | change.fields.keys())
    return replace(document, given={**document.given, **change.fields}, by=by, open=document.open - change.fields.keys())


def changes(batch: Exchange, known: Documents) -> list[Change]:
    """Return what a request is to do to documents, whether or not it names ones that are there."""
    body = dict_or_empty(batch.case.body)
    named = batch_bodies.named(body)
    if batch.case.operation == Added.DELETE_IN_BATCH:
        truths = selected(batch, known) if not named else {name: _is_there(known, name) for name in named}
        return [Change(name, truth, None) for name, truth in truths.items()]
    if named:
        return list(_named_changes(batch, known))
    data = body.get("update_data")
    return [
        Change(name, None if truth and not is_sure(data) else truth, _fields(data))
        for name, truth in selected(batch, known).items()
    ]


def is_sure(data: Any) -> bool:
    """Whether it is known what a change does: one that claims what is not the user's may be ignored in part, or as a whole."""
    return batch_bodies.is_plain(data) and _fields(data).keys() == data.keys()


def _named_changes(batch: Exchange, known: Documents) -> Iterator[Change]:
    """Yield the changes of documents that are named one by one; of one that is named twice it is open which came last."""
    updates = batch_bodies.updates(dict_or_empty(batch.case.body))
    named, failed = [update.get("document_id") for update in updates], _said_to_have_failed(batch)
    for update in updates:
        name, data = str(update.get("document_id")), update.get("update_data")
        is_open = name in failed or named.count(name) > 1 or not is_sure(data)
        truth = _is_there(known, name)
        yield Change(name, None if truth and is_open else truth, _fields(data))


def _said_to_have_failed(batch: Exchange) -> set[Any]:
    """Return the ids that the answer says were not changed: that is judged where the answer is, and no list has to show the contrary."""
    reported = batch.made.get("results")
    entries = [dict_or_empty(entry) for entry in reported] if isinstance(reported, list) else []
    return {
        entry["document_id"] for entry in entries if entry.get("success") is False and isinstance(entry.get("document_id"), str)
    }


def expected_successes(batch: Exchange, known: Documents) -> Iterator[tuple[str, bool]]:
    """Yield the ids that a request names, and whether it must succeed with each; what it asks of one may be refused for what it claims."""
    body = dict_or_empty(batch.case.body)
    doubtful = {update.get("document_id") for update in batch_bodies.updates(body) if not is_sure(update.get("update_data"))}
    for name in batch_bodies.named(body):
        is_there = _is_there(known, name)
        if is_there is not None and not (is_there and name in doubtful):
            yield name, is_there


def _is_there(known: Documents, name: str) -> Truth:
    return known[name].is_there if name in known else False


def _fields(data: Any) -> dict[str, Json]:
    given = dict_or_empty(data)
    return {name: given[name] for name in sorted(expected_state.fields(given))}


def selected(batch: Exchange, known: Documents) -> dict[str, Truth]:
    """Return for each document whether a request's filter selects it, or that this is open; without a filter all are selected."""
    there = {name: document for name, document in known.items() if document.is_there is not False}
    group = dict_or_empty(batch.case.body).get("filters")
    if group is None:
        return {name: document.is_there for name, document in there.items()}
    if not isinstance(group, dict) or filters_deviate(batch):
        return dict.fromkeys(there)
    return _selected(group, there)


def _selected(group: filter_semantics.Group, there: Documents) -> dict[str, Truth]:
    truths = filter_semantics.selection(group, [document.fields for document in there.values()])
    roots = {condition["field"].partition(".")[0] for condition, _rules in filter_semantics.conditions(group)}
    return {
        name: None if (truths.of(number) and document.is_there is None) or document.open & roots else truths.of(number)
        for number, (name, document) in enumerate(there.items())
    }


def filters_deviate(batch: Exchange) -> bool:
    """Whether a list with the same filter shows that the target reads it otherwise: that is a matter of lists, and judged there."""
    group = dict_or_empty(batch.case.body).get("filters")
    return group is not None and any(_deviates(earlier) for earlier in _lists(batch) if Query.of(earlier).asks("filters") == group)


def _lists(batch: Exchange) -> Iterable[Exchange]:
    collection = batch.id_of("collection")
    return (earlier for earlier in batch.context if earlier.case.operation == _LIST and earlier.id_of("collection") == collection)


@lru_cache(maxsize=256)
def _deviates(listed: Exchange) -> bool:
    known = documents(listed)
    if known is None or not listed.accepted:
        return True
    truths, shown = _selected(Query.of(listed).asks("filters"), known), ids(listed)
    return any(truth is not None and truth is not (name in shown) for name, truth in truths.items())


def would_change(document: Document, given: Mapping[str, Json]) -> bool:
    """Whether fields differ from those that a document has."""
    return any(name not in document.fields or not equality.same(document.fields[name], value) for name, value in given.items())
