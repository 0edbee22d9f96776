"""Addresses of files: shown on request, for every file."""

from conformance.contracts.collections.fixtures import bare_document
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_ABOUT = "documents.get.urls-on-request"


@exercises(_ABOUT, "documents.get.equals-created")
def test_addresses(run: CollectionsRun) -> None:
    """Documents with one file and with three. An address that a client sends is not kept."""
    collection = run.new_collection()
    if collection is None:
        return
    blob = {"field": "video", "url": "s3://conformance/key", "type": "video"}
    blobs = [
        [blob],
        [blob, {**blob, "field": "cover", "role": "thumbnail"}, {**blob, "presigned_url": "https://sent.invalid/by-client"}],
    ]
    documents = [
        run.document(collection, {"collection_id": collection.created_id, "document_blobs": blob_list}, expect=Expect.EITHER)
        for blob_list in blobs
    ]
    documents = [document for document in documents if document.created_id is not None]
    for document in documents:
        run.read(document, _ABOUT, query={"return_url": "true"})
    for document in documents[-1:]:
        run.read(document, _ABOUT)
        run.read(document, _ABOUT, query={"return_url": "false"})
    context: tuple[Exchange, ...] = (collection, *documents)
    if run.serves("write") and documents:
        sent = {"document_blobs": [{**blob, "presigned_url": "https://sent.invalid/by-client"}]}
        change = run.call(
            Operations.PATCH_DOCUMENT, body=sent, of=documents[0], expect=Expect.ACCEPT, context=(collection, documents[0])
        )
        run.read(documents[0], _ABOUT, context=(collection, documents[0], change))
        context = (*context, change)
    if (plain := bare_document(run)) is not None:
        run.read(plain, query={"return_url": "true"})
    if run.serves("query") and documents:
        for body in ({"return_url": True}, {"return_url": False}, {}):
            run.list_documents(collection, body, _ABOUT, context=context, limit=1000)
