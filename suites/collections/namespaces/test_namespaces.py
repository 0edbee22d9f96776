"""Namespaces: each operation is sent from the other namespace; then it is checked that nothing has changed."""

from collections.abc import Iterator

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.plan import Sender
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange, Namespace
from conformance.evidence.operation import Expect, Operation

_COLLECTIONS, _DOCUMENTS, _IDS = "namespaces.isolates-collections", "namespaces.isolates-documents", "namespaces.id-on-documents"
_ELSEWHERE = Sender(namespace=Namespace.SECONDARY)
_UPDATES = (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT)


@exercises(_COLLECTIONS, _DOCUMENTS, "source.unknown-collection", "errors.*")
def test_collections_from_elsewhere(run: CollectionsRun) -> None:
    """From the other namespace, a collection cannot be read, listed, filled, used as a parent or deleted."""
    collection = run.new_collection()
    if collection is None:
        return
    body: dict[str, Json] = {"collection_id": collection.created_id, "title": "mine"}
    context = (collection, run.document(collection, body))
    context = (*context, *([run.read(collection)] if run.serves("read") else ()))
    context = (*context, *([run.list_documents(collection, {}, context=context, limit=1000)] if run.serves("query") else ()))
    for operation, sent in (
        (Operations.CREATE_DOCUMENT, body),
        (Operations.GET_COLLECTION, MISSING),
        (Operations.LIST_DOCUMENTS, {}),
    ):
        if run.serves(operation.profile):
            about = (_COLLECTIONS, *((_DOCUMENTS,) if operation == Operations.LIST_DOCUMENTS else ()))
            context = (*context, _from_elsewhere(run, operation, about, collection, sent, context))
    child = {
        **collections.minimal(run.secondary, run.tags.new()),
        "source": {"type": "collection", "collection_id": collection.created_id},
    }
    run.call(
        Operations.CREATE_COLLECTION,
        "source.unknown-collection",
        body=child,
        expect=Expect.REFUSE,
        context=(collection,),
        sender=_ELSEWHERE,
    )
    if run.serves("write") and (other_collection := run.new_collection()) is not None:
        control = run.call(Operations.DELETE_COLLECTION, of=other_collection, expect=Expect.ACCEPT, context=(other_collection,))
        context = (
            *context,
            _from_elsewhere(
                run, Operations.DELETE_COLLECTION, (_COLLECTIONS,), collection, MISSING, (*context, other_collection, control)
            ),
        )
    if run.serves("query"):
        run.list_documents(collection, {}, _COLLECTIONS, context=context, limit=1000)


def _from_elsewhere(run: CollectionsRun, operation: Operation, about: tuple[str, ...], of: Exchange, body: Json,
                    context: tuple[Exchange, ...]) -> Exchange:  # fmt: skip
    return run.call(operation, *about, body=body, of=of, expect=Expect.REFUSE, context=context, sender=_ELSEWHERE)


@exercises(_DOCUMENTS, "errors.*")
def test_documents_from_elsewhere(run: CollectionsRun) -> None:
    """From the other namespace, a document cannot be read, changed or deleted, and stays as it was."""
    collection = run.new_collection()
    if collection is None:
        return
    document = run.document(collection, {"collection_id": collection.created_id, "title": "mine"})
    if document.created_id is None:
        return
    context = (collection, document)
    for operation, body in _attempts(run):
        control = _control(run, operation, collection, document, context)
        context = (*context, *control, _from_elsewhere(run, operation, (_DOCUMENTS,), document, body, (*context, *control)))
    if run.serves("read"):
        run.read(document, _DOCUMENTS, context=context)


def _attempts(run: CollectionsRun) -> Iterator[tuple[Operation, Json]]:
    if run.serves("read"):
        yield Operations.GET_DOCUMENT, MISSING
    if run.serves("write"):
        yield from ((operation, {"title": "theirs"}) for operation in _UPDATES)
        yield Operations.DELETE_DOCUMENT, MISSING


def _control(
    run: CollectionsRun, operation: Operation, collection: Exchange, document: Exchange, context: tuple[Exchange, ...]
) -> tuple[Exchange, ...]:
    """Send the same request from the document's own namespace; a delete is sent for another document."""
    if operation == Operations.DELETE_DOCUMENT:
        other_document = run.document(collection, {"collection_id": collection.created_id})
        return other_document, run.call(operation, of=other_document, expect=Expect.ACCEPT, context=(*context, other_document))
    body = {"title": f"mine by {operation}"} if operation in _UPDATES else MISSING
    return (run.call(operation, body=body, of=document, expect=Expect.ACCEPT, context=context),)


@exercises("namespaces.same-name-twice", _IDS)
def test_both_namespaces(run: CollectionsRun) -> None:
    """Create a collection of the same name in both namespaces, and documents that must name their namespace."""
    if not run.can_create_in_secondary():
        return
    first = run.collection(collections.minimal(run.vocabulary, "in_both"))
    again = {**first.case.body, "source": collections.minimal(run.secondary)["source"]}
    expect = Expect.ACCEPT if first.accepted else Expect.ANY
    second = run.collection(again, "namespaces.same-name-twice", expect=expect, named=False, context=(first,), sender=_ELSEWHERE)
    # A server may keep names unique over all namespaces: then the collection there gets another name.
    in_secondary = second if second.created_id is not None else run.new_collection(Namespace.SECONDARY)
    context: tuple[Exchange, ...] = ()
    for collection in (first, in_secondary, first):
        if collection is not None and collection.created_id is not None:
            document = run.document(
                collection, {"collection_id": collection.created_id}, _IDS, expect=Expect.ACCEPT, context=context
            )
            context = (*context, collection, document)
