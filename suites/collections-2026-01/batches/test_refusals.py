"""Requests about many documents that must be refused, and change nothing."""

from collections.abc import Iterator

from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.batch_corpus import BY_NAME, DOCUMENTS, NONE, Body
from conformance.contracts.collections_2026_01.batches import Shelf, bodies, controls, shelf
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation

_MOST = 1000
_CHAPTERS = {
    Added.UPDATE_IN_BULK: "documents.bulk", Added.UPDATE_IN_BATCH: "documents.batch-update", Added.DELETE_IN_BATCH: "documents.batch-delete",
}  # fmt: skip
_GIVEN: Body = {"title": "refused"}
_NO_LIST: Body = {"AND": "title"}
# The requirement, by the last part of its id; the body; and where that is wrong.
Refused = tuple[str, Json, Pointer]


@exercises("documents.bulk.re*", "documents.batch-update.re*", "documents.batch-update.needs-one-mode", "documents.batch-update.bounds",
           "documents.batch-delete.re*", "documents.batch-delete.needs-one-mode", "documents.batch-delete.bounds", "errors.*")  # fmt: skip
def test_refused(run: CollectionsRun) -> None:
    """Send each operation what it must refuse, and look at the documents."""
    home = shelf(run, DOCUMENTS[:2])
    if home is None:
        return
    for operation, chapter in _CHAPTERS.items():
        plans = [
            run.plan_call(
                operation, f"{chapter}.{last}", body=body, of=home.collection, expect=Expect.REFUSE, at=at, context=home.context
            )
            for last, body, at in _refused(operation, home, more=run.budget.exhaustive)
        ]
        home.learn(*run.perform_all(plans))
        home.look(f"{chapter}.refused-changes-nothing")


def _refused(operation: Operation, home: Shelf, *, more: bool) -> Iterator[Refused]:
    if operation == Added.UPDATE_IN_BULK:
        yield from _refused_bulk(more=more)
    elif operation == Added.UPDATE_IN_BATCH:
        yield from _refused_updates(home.ids, more=more)
    else:
        yield from _refused_deletes(home.ids, more=more)


def _refused_bulk(*, more: bool) -> Iterator[Refused]:
    yield "requires-update-data", {"filters": BY_NAME}, ("update_data",)
    yield "rejects-wrong-types", {"filters": BY_NAME, "update_data": [_GIVEN]}, ("update_data",)
    # Whoever takes this for no filter changes everything.
    yield "rejects-wrong-types", {"filters": "title", "update_data": _GIVEN}, ("filters",)
    yield "rejects-broken-filters", {"filters": _NO_LIST, "update_data": _GIVEN}, ("filters", "AND")
    if more:
        yield from (("rejects-wrong-types", {"update_data": wrong}, ("update_data",)) for wrong in ("title", 5, True, None))
        yield from (
            ("rejects-wrong-types", {"filters": wrong, "update_data": _GIVEN}, ("filters",)) for wrong in (5, True, [BY_NAME])
        )


def _refused_updates(ids: list[str], *, more: bool) -> Iterator[Refused]:
    update: Body = {"document_id": ids[0], "update_data": _GIVEN}
    by_filter: Body = {"filters": BY_NAME, "update_data": _GIVEN}
    yield "requires-fields", {"updates": [update, {"document_id": ids[1]}]}, ("updates", 1, "update_data")
    yield "requires-fields", {"updates": [update, {"update_data": _GIVEN}]}, ("updates", 1, "document_id")
    yield "rejects-wrong-types", {"updates": [update, {**update, "update_data": "title"}]}, ("updates", 1, "update_data")
    yield "rejects-wrong-types", {"filters": "title", "update_data": _GIVEN}, ("filters",)
    yield "rejects-broken-filters", {"filters": _NO_LIST, "update_data": _GIVEN}, ("filters", "AND")
    yield "needs-one-mode", {}, ()
    yield "needs-one-mode", {"updates": [update], **by_filter}, ()
    yield "bounds", {"updates": []}, ("updates",)
    yield "bounds", {"updates": [{**update, "document_id": ids[at % len(ids)]} for at in range(_MOST + 1)]}, ("updates",)
    if more:
        yield "needs-one-mode", {"filters": BY_NAME}, ()
        yield "rejects-wrong-types", {"updates": update}, ("updates",)
        yield "rejects-wrong-types", {"updates": [{**update, "document_id": [ids[0]]}]}, ("updates", 0, "document_id")
        yield "rejects-wrong-types", {"filters": BY_NAME, "update_data": [_GIVEN]}, ("update_data",)


def _refused_deletes(ids: list[str], *, more: bool) -> Iterator[Refused]:
    yield "rejects-wrong-types", {"document_ids": [ids[0], {"document_id": ids[1]}]}, ("document_ids", 1)
    yield "rejects-wrong-types", {"filters": "title"}, ("filters",)
    yield "rejects-broken-filters", {"filters": _NO_LIST}, ("filters", "AND")
    yield "needs-one-mode", {}, ()
    yield "needs-one-mode", {"document_ids": ids[:1], "filters": BY_NAME}, ()
    yield "bounds", {"document_ids": []}, ("document_ids",)
    yield "bounds", {"document_ids": [ids[at % len(ids)] for at in range(_MOST + 1)]}, ("document_ids",)
    if more:
        yield "needs-one-mode", {"document_ids": None, "filters": None}, ()
        yield "rejects-wrong-types", {"document_ids": ids[0]}, ("document_ids",)
        yield from (("rejects-wrong-types", {"filters": wrong}, ("filters",)) for wrong in (5, True, [BY_NAME]))


@exercises(
    "documents.bulk.unknown-collection", "documents.batch-update.unknown-collection", "documents.batch-delete.unknown-collection"
)
def test_unknown_collection(run: CollectionsRun) -> None:
    """Name a collection that never was, and one that was deleted, beside one that is there."""
    served = controls(run)
    plans = [
        run.plan(
            operation,
            f"{_CHAPTERS[operation]}.unknown-collection",
            body=body,
            ids={"collection": collection},
            expect=Expect.REFUSE,
            context=(*served, *before),
        )
        for collection, before in (("col_000000000000000000000000", ()), *_deleted(run))
        for operation, body in bodies(NONE).items()
    ]
    run.perform_all(plans)


def _deleted(run: CollectionsRun) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    """Yield the id of a collection that was made and deleted, with what says so."""
    created = run.new_collection() if run.serves("write") else None
    if created is None:
        return
    deleted = run.call(Operations.DELETE_COLLECTION, of=created, expect=Expect.ACCEPT, context=(created,))
    if deleted.succeeded:
        yield created.created_id or "", (created, deleted)
