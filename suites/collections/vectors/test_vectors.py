"""Vectors: shown on request, as they were sent."""

from conformance.contracts.collections.fixtures import bare_document
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_ABOUT = "documents.get.vectors-on-request"
_LONG = 100
# Exact and inexact as float32, small, large and zero; one vector is as long as a list must be able to be.
_DENSE = [0.5, -0.25, 0.1, 0.30000000000000004, 0.0, 1.0, 12345.678, *(at / 64 for at in range(_LONG - 7))]
_VECTORS: tuple[dict[str, Json] | None, ...] = (
    {"text": _DENSE},
    {"text": _DENSE, "image": [0.125, 0.75]},
    # The indices are not sorted, and each must stay with its value.
    {
        "indices": [7, 0, 4096, *(at * 37 % 101 + 10 for at in range(_LONG - 3))],
        "values": [0.0, 0.25, *(at / 32 for at in range(_LONG - 2))],
    },
    {"late": [[0.1, 0.2], [0.3, 0.4], [0.1, 0.2], [-0.5, 0.6], *([at / 8, 0.0] for at in range(_LONG - 4))]},
    {"one": [0.5]},
    None,
)
_FLAGS: tuple[dict[str, str | int], ...] = ({"return_vectors": "true"}, {}, {"return_vectors": "false"})


def _document(run: CollectionsRun, collection: Exchange, features: list[Json]) -> Exchange | None:
    """Create a document with features; None if the target does not know their extractor."""
    document = run.document(
        collection, {"collection_id": collection.created_id, "features": features, "at": 0}, expect=Expect.EITHER
    )
    return document if document.created_id is not None else None


def _all_kinds(run: CollectionsRun, collection: Exchange) -> list[Exchange]:
    """Create a document with vectors of each kind and two with few. If the target refuses the first, create one for each kind."""
    extractor = run.vocabulary.extractor_ids[0]
    features: list[Json] = [
        {"feature_extractor_id": extractor, "payload": {"at": at}, "vectors": vectors} for at, vectors in enumerate(_VECTORS)
    ]
    bare: Json = {"feature_extractor_id": extractor}
    documents = [
        _document(run, collection, [*features, bare]),
        _document(run, collection, [features[0], bare, features[1]]),
        _document(run, collection, features[:1]),
    ]
    if documents[0] is None:
        documents += [_document(run, collection, [feature]) for feature in features[1:]]
    return [document for document in documents if document is not None]


@exercises(_ABOUT, "documents.get.equals-created")
def test_vectors(run: CollectionsRun) -> None:
    """Dense, sparse, named and multiple vectors, null and none. They are read and listed with the flag true, false and absent."""
    collection = run.new_collection()
    documents = [] if collection is None else _all_kinds(run, collection)
    if collection is None or not documents:
        return
    for flag in _FLAGS:
        run.read(documents[0], _ABOUT, query=flag)
    for document in documents[1:]:
        run.read(document, _ABOUT, query=_FLAGS[0])
    context = (collection, *documents, *_change_documents(run, collection, documents))
    if (plain := bare_document(run)) is not None:
        run.read(plain, query=_FLAGS[0])
    if run.serves("query"):
        for body in ({"return_vectors": True}, {"return_vectors": False}, {}):
            run.list_documents(collection, body, _ABOUT, context=context, limit=1000)


def _change_documents(run: CollectionsRun, collection: Exchange, documents: list[Exchange]) -> tuple[Exchange, ...]:
    """Patch the first document, put the second one with the same features, delete the last. The others must keep their vectors."""
    if not run.serves("write"):
        return ()
    context = (collection, *documents)
    changes = [run.call(Operations.PATCH_DOCUMENT, body={"at": "patched"}, of=documents[0], expect=Expect.ACCEPT, context=context)]
    run.read(documents[1 % len(documents)], _ABOUT, query=_FLAGS[0], context=(*context, *changes))
    if len(documents) > 2:
        fields = {"features": documents[1].case.body["features"], "at": "put"}
        changes.append(
            run.call(Operations.PUT_DOCUMENT, body=fields, of=documents[1], expect=Expect.ACCEPT, context=(*context, *changes))
        )
        run.read(documents[0], _ABOUT, query=_FLAGS[0], context=(*context, *changes))
        changes.append(run.call(Operations.DELETE_DOCUMENT, of=documents[-1], expect=Expect.ACCEPT, context=(*context, *changes)))
    return tuple(changes)
