"""Addresses of files: shown on request, on every file."""

from conformance.contracts.collections.fixtures import bare
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_ABOUT = "documents.get.urls-on-request"


@exercises(_ABOUT, "documents.get.equals-created")
def test_addresses(run: CollectionsRun) -> None:
    """One file and three; a sent address is no one of the server's."""
    home = run.new_collection()
    if home is None:
        return
    blob = {"field": "video", "url": "s3://conformance/key", "type": "video"}
    blobs = [
        [blob],
        [blob, {**blob, "field": "cover", "role": "thumbnail"}, {**blob, "presigned_url": "https://sent.invalid/by-client"}],
    ]
    made = [run.document(home, {"collection_id": home.created_id, "document_blobs": one}, expect=Expect.EITHER) for one in blobs]
    made = [one for one in made if one.created_id is not None]
    for one in made:
        run.read(one, _ABOUT, query={"return_url": "true"})
    for one in made[-1:]:
        run.read(one, _ABOUT)
        run.read(one, _ABOUT, query={"return_url": "false"})
    context: tuple[Exchange, ...] = (home, *made)
    if run.serves("write") and made:
        sent = {"document_blobs": [{**blob, "presigned_url": "https://sent.invalid/by-client"}]}
        change = run.call(Operations.PATCH_DOCUMENT, body=sent, of=made[0], expect=Expect.ACCEPT, context=(home, made[0]))
        run.read(made[0], _ABOUT, context=(home, made[0], change))
        context = (*context, change)
    if (plain := bare(run)) is not None:
        run.read(plain, query={"return_url": "true"})
    if run.serves("query") and made:
        for asked in ({"return_url": True}, {"return_url": False}, {}):
            run.list_documents(home, asked, _ABOUT, context=context, limit=1000)
