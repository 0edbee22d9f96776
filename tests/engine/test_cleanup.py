"""What a run has made is deleted at its end, and nothing else."""

import io

from harness import IDENTITY, reference

from conformance.client.client import Client
from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections.contract import API, PROFILES
from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.engine.budget import BUDGETS
from conformance.engine.plan import Sender
from conformance.evidence.exchange import Namespace
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor


def started(transport):
    run = CollectionsRun(API, Client(transport, identity=IDENTITY), Recorder(io.StringIO(), Redactor()), vocabulary=Vocabulary(), seed="1",
              budget=BUDGETS["quick"], served=frozenset(PROFILES))  # fmt: skip
    run.begin("belongings")
    return run


def test_collections_of_both_namespaces_are_deleted_and_those_of_others_stay():
    server = Reference(token=IDENTITY.token)
    with open_asgi(server.app) as transport:
        body = {"collection_name": "theirs", "source": {"type": "bucket", "bucket_id": "b"}, "feature_extractors": []}
        theirs = server.service.create_collection("ns_one", body)
        server.service.keep_collection("ns_one", theirs)
        run = started(transport)
        made = [run.new_collection(), run.new_collection(), run.new_collection(Namespace.SECONDARY)]
        run.document(made[0], {"collection_id": made[0].created_id})
        assert run.cleanup.delete(run.client, 10) == {"deleted": 3, "left": 0}
        assert server.service.store.owner("collections", theirs["collection_id"]) is not None
        assert [server.service.store.owner("collections", one.created_id) for one in made] == [None] * 3


def test_what_the_run_has_deleted_itself_is_not_deleted_again():
    from conformance.evidence.operation import Expect

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
