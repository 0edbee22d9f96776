"""What a run has made is deleted at its end, and nothing else."""

from harness import IDENTITY, begun, reference

from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.reference.app import Reference
from conformance.engine.plan import Sender
from conformance.evidence.exchange import Namespace
from conformance.evidence.operation import Expect


def started(transport):
    run = begun(transport)
    run.begin("belongings")
    return run


def test_collections_of_both_namespaces_are_deleted_and_those_of_others_stay():
    server = Reference(token=IDENTITY.token)
    with open_asgi(server.app) as transport:
        body = {"collection_name": "theirs", "source": {"type": "bucket", "bucket_id": "b"}, "feature_extractors": []}
        theirs = server.service.create_collection("ns_one", body)
        server.service.keep_collection("ns_one", theirs)
        run = started(transport)
        ours = [run.new_collection(), run.new_collection(), run.new_collection(Namespace.SECONDARY)]
        run.document(ours[0], {"collection_id": ours[0].created_id})
        assert run.cleanup.delete(run.client, 10) == {"deleted": 3, "left": 0}
        assert server.service.store.owner("collections", theirs["collection_id"]) is not None
        assert [server.service.store.owner("collections", collection.created_id) for collection in ours] == [None] * 3


def test_what_the_run_has_deleted_itself_is_not_deleted_again():
    with reference() as transport:
        run = started(transport)
        home = run.new_collection()
        run.call(Operations.DELETE_COLLECTION, of=home, expect=Expect.ACCEPT, context=(home,))
        assert run.cleanup.delete(run.client, 10) == {"deleted": 0, "left": 0}


def test_what_cannot_be_deleted_in_time_is_counted_as_left():
    with reference() as transport:
        run = started(transport)
        run.collection(collections.minimal(run.vocabulary), sender=Sender())
        assert run.cleanup.delete(run.client, 0) == {"deleted": 0, "left": 1}
