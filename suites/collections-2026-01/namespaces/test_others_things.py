"""Namespaces: buckets and lineages of one namespace, asked for in the other."""

from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.bucket_life import new_life
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.engine.plan import Sender
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Namespace
from conformance.evidence.operation import Expect

_BUCKETS, _DOCUMENTS = "namespaces.isolates-buckets", "namespaces.isolates-documents"
_ELSEWHERE = Sender(namespace=Namespace.SECONDARY)


@exercises(_BUCKETS, "errors.*")
def test_buckets_from_elsewhere(run: CollectionsRun) -> None:
    """From the other namespace a bucket cannot be read, changed or deleted, and stays as it was."""
    life = new_life(run, description="mine") if run.serves("bucket-updates") else None
    if life is None:
        return
    theirs: dict[str, Json] = {"metadata": {"by": "them"}}
    life.send(Added.PATCH_BUCKET, {"metadata": {"by": "me"}})
    life.read()
    life.read(_BUCKETS, expect=Expect.REFUSE, sender=_ELSEWHERE)
    for operation in (Added.PATCH_BUCKET, Added.PUT_BUCKET):
        life.send(operation, theirs, _BUCKETS, expect=Expect.REFUSE, sender=_ELSEWHERE)
    life.delete(_BUCKETS, expect=Expect.REFUSE, sender=_ELSEWHERE)
    life.read(_BUCKETS)


@exercises(_DOCUMENTS, "errors.*")
def test_lineage_from_elsewhere(run: CollectionsRun) -> None:
    """From the other namespace the lineage of a document cannot be read."""
    collection = run.shared_collection() if run.serves("document-lineage") else None
    if collection is None:
        return
    document = run.document(collection, {"collection_id": collection.created_id, "title": "mine"})
    if document.created_id is None:
        return
    context = (collection, document)
    context = (*context, run.call(Added.GET_LINEAGE, of=document, expect=Expect.ACCEPT, context=context))
    run.call(Added.GET_LINEAGE, _DOCUMENTS, of=document, expect=Expect.REFUSE, context=context, sender=_ELSEWHERE)
