"""The lineage of documents, whose shape is the server's own."""

import itertools

from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_SAFE, _UNKNOWN, _WRONG = "documents.lineage.safe", "documents.lineage.unknown", "documents.lineage.wrong-collection"


@exercises("documents.lineage.*", "errors.*")
def test_lineages(run: CollectionsRun) -> None:
    """Documents with a chain and without one, of other roots; one lineage is read twice, through other paths, and after a change."""
    home, steps = run.shared_collection(), [made for made in (run.new_collection() for _ in range(3)) if made is not None]
    if home is None or len(steps) < 3:
        return
    bodies = _bodies(run, home, _mixed(steps))
    documents = run.perform_all(run.plan_document(home, body, context=tuple(steps)) for body in bodies)
    made = tuple(document for document in documents if document.created_id is not None)
    context: tuple[Exchange, ...] = (home, *steps, *made)
    for document in made[1:]:
        # Nobody has made its object, so a server may find no lineage.
        is_open = document.case.body.get("root_object_id") is not None
        context = (*context, _lineage(run, document, context, expect=Expect.EITHER if is_open else Expect.ACCEPT))
    if made:
        context = _read_twice(run, made[0], context)
        context = _ask_for_unknown(run, made[0], steps[0], context)
    _delete_collection(run, steps[-1], context)


def _mixed(steps: list[Exchange]) -> tuple[Exchange, ...]:
    """Return three steps neither in the order of their ids nor in that of their making, nor in one of these backwards."""
    by_id = sorted(steps, key=lambda step: str(step.created_id))
    plain = [tuple(order) for order in (steps, steps[::-1], by_id, by_id[::-1])]
    return next(order for order in itertools.permutations(steps) if order not in plain)


def _bodies(run: CollectionsRun, home: Exchange, steps: tuple[Exchange, ...]) -> list[dict[str, Json]]:
    extractor, bucket = run.vocabulary.extractor_ids[0], run.vocabulary.bucket_names[-1]
    body: dict[str, Json] = {"collection_id": home.created_id, "title": "of which kin?"}
    chain: Json = [{"collection_id": step.created_id, "feature_extractor_id": extractor} for step in steps]
    return [
        {**body, "root_bucket_id": bucket, "lineage_chain": chain},
        {**body, "root_object_id": f"obj_{run.tags.new()}"},
        body,
    ]


def _lineage(run: CollectionsRun, document: Exchange, context: tuple[Exchange, ...], *about: str,
             expect: Expect = Expect.ACCEPT) -> Exchange:  # fmt: skip
    return run.call(Added.GET_LINEAGE, *about, of=document, expect=expect, context=context)


def _read_twice(run: CollectionsRun, document: Exchange, context: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Read the document, its lineage twice, and the document again; then its lineage after each kind of change of the document."""
    reads = run.serves("read")
    context = (*context, *([run.read(document, context=context)] if reads else ()))
    for about in ((), (_SAFE,)):
        context = (*context, _lineage(run, document, context, *about))
    context = (*context, *([run.read(document, _SAFE, context=context)] if reads else ()))
    if run.serves("write"):
        change: dict[str, Json] = {"title": "of the same"}
        for operation in (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT):
            context = (*context, run.call(operation, body=change, of=document, expect=Expect.ACCEPT, context=context))
            context = (*context, _lineage(run, document, context))
    return context


def _ask_for_unknown(run: CollectionsRun, document: Exchange, elsewhere: Exchange,
                     context: tuple[Exchange, ...]) -> tuple[Exchange, ...]:  # fmt: skip
    """Ask for the lineage of a document that is not there, through another collection's path, and after the document was deleted."""
    own, other = document.id_of("collection") or "", elsewhere.created_id or ""
    for about, collection, identifier in (
        (_UNKNOWN, own, "doc_000000000000000000000000"),
        (_UNKNOWN, "col_no_such_collection", document.created_id or ""),
        (_WRONG, other, document.created_id or ""),
    ):
        where = run.path(Added.GET_LINEAGE, collection, identifier)
        run.raw(where, None, about, operation=Added.GET_LINEAGE, method="GET", headers=(), context=context)
    if run.serves("write"):
        context = (*context, run.call(Operations.DELETE_DOCUMENT, of=document, expect=Expect.ACCEPT, context=context))
        run.call(Added.GET_LINEAGE, _UNKNOWN, of=document, expect=Expect.REFUSE, context=context)
    return context


def _delete_collection(run: CollectionsRun, collection: Exchange, context: tuple[Exchange, ...]) -> None:
    """Ask for the lineage of a document before and after its collection is deleted."""
    document = run.document(collection, {"collection_id": collection.created_id}) if run.serves("write") else None
    if document is None or document.created_id is None:
        return
    context = (*context, document)
    context = (*context, _lineage(run, document, context))
    context = (*context, run.call(Operations.DELETE_COLLECTION, of=collection, expect=Expect.ACCEPT, context=context))
    if context[-1].succeeded:
        run.call(Added.GET_LINEAGE, _UNKNOWN, of=document, expect=Expect.REFUSE, context=context)
