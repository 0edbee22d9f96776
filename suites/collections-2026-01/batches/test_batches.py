"""Changing and deleting documents that are named one by one, and those that a filter selects."""

from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.batch_corpus import BY_NAME, DOCUMENTS, NOT_NOTED, Body, condition
from conformance.contracts.collections_2026_01.batches import UNKNOWN, Shelf, neighbour, shelf
from conformance.contracts.collections_2026_01.operations import Added
from conformance.engine.scenario import exercises
from conformance.evidence.operation import Expect

_UPDATE, _DELETE = "documents.batch-update", "documents.batch-delete"
_UPDATED = tuple(
    f"{_UPDATE}.{last}" for last in ("changes-each", "changes-no-others", "merges", "keeps-identity", "advances-updated-at")
)
_DELETED = (f"{_DELETE}.deletes-each", f"{_DELETE}.deletes-no-others")
# Each document gets something else.
_OWN: tuple[Body, ...] = ({"title": "first", "own": 0}, {"own": "", "object": {"a": {"new": 1}}}, {"own": False, "tags": []},
                          {"list": [0], "metadata": {"only": {"a": None}}})  # fmt: skip


# A page without a limit has ten documents: a server that pages through what a filter selects may stop after the first of them.
_A_PAGE_AND_MORE = 12
_BUT_THE_FIRST: Body = {"AND": [condition("number", "gt", 0)]}
_SAID = tuple(f"{chapter}.{last}" for chapter in (_UPDATE, _DELETE) for last in ("counts", "results", "goes-on", "response-schema"))


@exercises(*_UPDATED, f"{_UPDATE}.same-id-twice", *_DELETED, *_SAID)
def test_named_and_selected(run: CollectionsRun) -> None:
    """Change documents each in its own way, and by a filter; then delete them so. Another collection's document stays."""
    home, other = shelf(run, DOCUMENTS), neighbour(run)
    if home is None or other is None:
        return
    home.select([NOT_NOTED, BY_NAME])
    _update(home, other)
    _claim(home, other)
    _delete(home, other)
    other.learn(*home.context)
    other.look(_UPDATED[1], _DELETED[1])


def _update(home: Shelf, other: Shelf) -> None:
    """Change documents beside some that are not there, one of them twice, and some by a filter."""
    first, second, third, fourth, fifth, last = home.ids
    # In another order than they were made in.
    home.ask(Added.UPDATE_IN_BATCH, _updates({fifth: _OWN[0], first: _OWN[1], fourth: _OWN[2], second: _OWN[3]}), _UPDATED[0])
    home.ask(Added.UPDATE_IN_BATCH, {"filters": NOT_NOTED, "update_data": {"by": "a filter", "zero": 0}}, _UPDATED[0])
    home.look(*_UPDATED)
    # What is not there comes first, in the middle and last.
    given = {
        UNKNOWN: {"own": "nobody's"},
        third: {"own": 3},
        other.ids[0]: {"own": "theirs"},
        first: {"own": 1},
        f"{UNKNOWN}1": {"own": 1},
    }
    home.ask(Added.UPDATE_IN_BATCH, _updates(given), f"{_UPDATE}.goes-on", expect=Expect.EITHER)
    home.look(*_UPDATED)
    once, again = ({"document_id": last, "update_data": {name: name}} for name in ("once", "again"))
    between = {"document_id": first, "update_data": {"own": "between"}}
    home.ask(Added.UPDATE_IN_BATCH, {"updates": [once, between, again]}, f"{_UPDATE}.same-id-twice", expect=Expect.EITHER)
    home.look(f"{_UPDATE}.same-id-twice")


def _updates(given: dict[str, Body]) -> Body:
    return {"updates": [{"document_id": identifier, "update_data": data} for identifier, data in given.items()]}


def _claim(home: Shelf, other: Shelf) -> None:
    """Claim another id for a document."""
    about = f"{_UPDATE}.keeps-identity"
    claims = {
        "document_id": other.ids[0],
        "collection_id": other.collection.created_id,
        "_internal": {"document_id": other.ids[0]},
    }
    home.ask(Added.UPDATE_IN_BATCH, _updates({home.ids[2]: {"own": "claimed", **claims}}), about, expect=Expect.EITHER)
    home.read(home.documents[2:3], about)


def _delete(home: Shelf, other: Shelf) -> None:
    """Delete documents by their ids, beside some that are not there, and by a filter."""
    first, _second, third, fourth, fifth, _last = home.ids
    home.ask(Added.DELETE_IN_BATCH, {"document_ids": [fifth, third]}, _DELETED[0])
    home.read(home.documents[2:3], _DELETED[0], expect=Expect.REFUSE)
    home.look(*_DELETED)
    # What is not there comes first, in the middle and last.
    unknown = [UNKNOWN, first, other.ids[0], fourth, third]
    # Nor is what was deleted there for an update.
    late = _updates({third: {"own": "too late"}, first: {"own": "in time"}})
    home.ask(Added.UPDATE_IN_BATCH, late, f"{_UPDATE}.goes-on", expect=Expect.EITHER)
    home.ask(Added.DELETE_IN_BATCH, {"document_ids": unknown}, f"{_DELETE}.goes-on", expect=Expect.EITHER)
    home.look(*_DELETED)
    home.ask(Added.DELETE_IN_BATCH, {"filters": BY_NAME}, _DELETED[0])
    home.look(*_DELETED)
    home.read(home.documents[5:], _DELETED[1])


@exercises("documents.bulk.changes-selected", "documents.bulk.counts", *_UPDATED, *_DELETED, "documents.batch-update.counts",
           "documents.batch-delete.counts")  # fmt: skip
def test_crowd(run: CollectionsRun) -> None:
    """More documents than a page of a list has; with a larger budget more than many servers take at once, up to the most that may be named."""
    home = shelf(run, [{"number": number} for number in range(run.budget.crowd or _A_PAGE_AND_MORE)])
    if home is None:
        return
    home.select([_BUT_THE_FIRST])
    home.ask(Added.UPDATE_IN_BULK, {"update_data": {"all": True}}, "documents.bulk.changes-selected")
    home.look("documents.bulk.changes-selected")
    home.ask(Added.UPDATE_IN_BATCH, {"filters": _BUT_THE_FIRST, "update_data": {"many": True}}, _UPDATED[0])
    home.look(*_UPDATED)
    if run.budget.crowd:
        home.ask(Added.UPDATE_IN_BATCH, _updates({name: {"own": at} for at, name in enumerate(home.ids)}), _UPDATED[0])
        home.look(*_UPDATED)
        home.ask(Added.DELETE_IN_BATCH, {"document_ids": home.ids[2::2]}, _DELETED[0])
        home.look(*_DELETED)
    home.ask(Added.DELETE_IN_BATCH, {"filters": _BUT_THE_FIRST}, _DELETED[0])
    home.look(*_DELETED)
