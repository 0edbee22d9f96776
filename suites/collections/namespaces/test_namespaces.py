"""Namespaces: each operation from the other one, and what is there afterwards."""

from collections.abc import Iterator

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import ROUTES, Expect, Operation
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.plan import Sender
from conformance.engine.run import Run
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange, Namespace

_COLLECTIONS, _DOCUMENTS, _IDS = "namespaces.isolates-collections", "namespaces.isolates-documents", "namespaces.id-on-documents"
_ELSEWHERE = Sender(namespace=Namespace.SECONDARY)
_UPDATES = (Operation.PATCH_DOCUMENT, Operation.PUT_DOCUMENT)


@exercises(_COLLECTIONS, _DOCUMENTS, "source.unknown-collection", "errors.*")
def test_collections_from_elsewhere(run: Run) -> None:
    """A collection is not there for a read, a list, a document, a child or a delete from the other namespace."""
    home = run.own_home()
    if home is None:
        return
    body: dict[str, Json] = {"collection_id": home.created_id, "title": "mine"}
    context = (home, run.document(home, body))
    context = (*context, *([run.read(home)] if run.serves("read") else ()))
    context = (*context, *([run.listing(home, {}, context=context, limit=1000)] if run.serves("query") else ()))
    for operation, sent in ((Operation.CREATE_DOCUMENT, body), (Operation.GET_COLLECTION, MISSING), (Operation.LIST_DOCUMENTS, {})):
        if run.serves(ROUTES[operation].profile):
            about = (_COLLECTIONS, *((_DOCUMENTS,) if operation is Operation.LIST_DOCUMENTS else ()))
            context = (*context, _from_elsewhere(run, operation, about, home, sent, context))
    child = {
        **collections.minimal(run.elsewhere, run.tags.new()),
        "source": {"type": "collection", "collection_id": home.created_id},
    }
    run.call(
        Operation.CREATE_COLLECTION,
        "source.unknown-collection",
        body=child,
        expect=Expect.REFUSE,
        context=(home,),
        sender=_ELSEWHERE,
    )
    if run.serves("write") and (other := run.own_home()) is not None:
        control = run.call(Operation.DELETE_COLLECTION, of=other, expect=Expect.ACCEPT, context=(other,))
        context = (
            *context,
            _from_elsewhere(run, Operation.DELETE_COLLECTION, (_COLLECTIONS,), home, MISSING, (*context, other, control)),
        )
    if run.serves("query"):
        run.listing(home, {}, _COLLECTIONS, context=context, limit=1000)


def _from_elsewhere(run: Run, operation: Operation, about: tuple[str, ...], of: Exchange, body: Json,
                    context: tuple[Exchange, ...]) -> Exchange:  # fmt: skip
    return run.call(operation, *about, body=body, of=of, expect=Expect.REFUSE, context=context, sender=_ELSEWHERE)


@exercises(_DOCUMENTS, "errors.*")
def test_documents_from_elsewhere(run: Run) -> None:
    """A document is not read, changed or deleted from the other namespace, and is untouched afterwards."""
    home = run.own_home()
    if home is None:
        return
    made = run.document(home, {"collection_id": home.created_id, "title": "mine"})
    if made.created_id is None:
        return
    context = (home, made)
    for operation, body in _attempts(run):
        control = _control(run, operation, home, made, context)
        context = (*context, *control, _from_elsewhere(run, operation, (_DOCUMENTS,), made, body, (*context, *control)))
    if run.serves("read"):
        run.read(made, _DOCUMENTS, context=context)


def _attempts(run: Run) -> Iterator[tuple[Operation, Json]]:
    if run.serves("read"):
        yield Operation.GET_DOCUMENT, MISSING
    if run.serves("write"):
        yield from ((operation, {"title": "theirs"}) for operation in _UPDATES)
        yield Operation.DELETE_DOCUMENT, MISSING


def _control(run: Run, operation: Operation, home: Exchange, made: Exchange, context: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Do the same from where the document was made; delete another one."""
    if operation is Operation.DELETE_DOCUMENT:
        other = run.document(home, {"collection_id": home.created_id})
        return other, run.call(operation, of=other, expect=Expect.ACCEPT, context=(*context, other))
    body = {"title": f"mine by {operation}"} if operation in _UPDATES else MISSING
    return (run.call(operation, body=body, of=made, expect=Expect.ACCEPT, context=context),)


@exercises("namespaces.same-name-twice", _IDS)
def test_both_namespaces(run: Run) -> None:
    """One name in both, and documents in both that tell where they are."""
    if not run.is_at_home_elsewhere():
        return
    first = run.collection(collections.minimal(run.vocabulary, "in both"))
    again = {**first.case.body, "source": collections.minimal(run.elsewhere)["source"]}
    expect = Expect.ACCEPT if first.accepted else Expect.ANY
    second = run.collection(again, "namespaces.same-name-twice", expect=expect, named=False, context=(first,), sender=_ELSEWHERE)
    # A server that keeps names unique in all namespaces has a collection of another name there.
    there = second if second.created_id is not None else run.own_home(Namespace.SECONDARY)
    context: tuple[Exchange, ...] = ()
    for home in (first, there, first):
        if home is not None and home.created_id is not None:
            made = run.document(home, {"collection_id": home.created_id}, _IDS, expect=Expect.ACCEPT, context=context)
            context = (*context, home, made)
