"""Changing all documents that a filter selects, and none besides."""

from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.batch_corpus import CHANGES, DOCUMENTS, MORE
from conformance.contracts.collections_2026_01.batches import Shelf, neighbour, shelf
from conformance.contracts.collections_2026_01.operations import Added
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_SELECTED, _OTHERS, _IDENTITY = (
    "documents.bulk.changes-selected",
    "documents.bulk.changes-no-others",
    "documents.bulk.keeps-identity",
)
_LOOKS = (_SELECTED, _OTHERS, "documents.bulk.merges", _IDENTITY, "documents.bulk.advances-updated-at")


@exercises(*_LOOKS, "documents.bulk.counts", "documents.bulk.response-schema")
def test_filters(run: CollectionsRun) -> None:
    """Give each filter's documents a field of their own; then give all documents the same; then claim other ids for all."""
    home, other = shelf(run, DOCUMENTS), neighbour(run)
    if home is None or other is None:
        return
    changes = (*CHANGES, *MORE) if run.budget.exhaustive else CHANGES
    home.select(group for group, _given in changes)
    home.read(home.documents[:1])  # a server may show later what it has shown before
    # The change of `metadata` is the last one: filters are about it.
    for group, given in changes:
        home.ask(Added.UPDATE_IN_BULK, {"filters": group, "update_data": given}, _SELECTED)
    home.look(*_LOOKS)
    home.ask(Added.UPDATE_IN_BULK, {"update_data": {"title": "one for all", "zero": 0.0, "flag": False}}, _SELECTED)
    home.read(home.documents[:1], *_LOOKS)
    home.patch(home.documents[1], {"patched": True}, _SELECTED)
    home.look(*_LOOKS)
    home.ask(Added.UPDATE_IN_BULK, {"update_data": _claims(other.collection)}, _IDENTITY, expect=Expect.EITHER)
    home.look(_IDENTITY)
    _look_at(other, home)


def _claims(other: Exchange) -> dict[str, object]:
    """Return a change that claims what only the server may set."""
    time = "2001-01-01T00:00:00Z"
    internal = {"created_at": time, "document_id": "doc_claimed", "namespace_id": "claimed"}
    return {
        "document_id": "doc_claimed",
        "collection_id": other.created_id,
        "_internal": internal,
        "created_at": time,
        "title": "claimed",
    }


def _look_at(other: Shelf, home: Shelf) -> None:
    other.learn(*home.context)
    other.look(_OTHERS)
