"""Namespaces: no request about many documents reaches those of another namespace."""

from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.batch_corpus import BY_NAME, NEIGHBOUR
from conformance.contracts.collections_2026_01.batches import bodies, controls, shelf
from conformance.contracts.collections_2026_01.operations import Added
from conformance.engine.plan import Sender
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Namespace
from conformance.evidence.operation import Expect

_DOCUMENTS, _OTHERS = "namespaces.isolates-documents", "documents.bulk.changes-no-others"


@exercises(_DOCUMENTS, _OTHERS, "errors.*")
def test_batches_from_elsewhere(run: CollectionsRun) -> None:
    """From the other namespace, documents cannot be changed or deleted together; and what is done here changes nothing there."""
    home = shelf(run, [NEIGHBOUR]) if run.serves("batches") else None
    if home is None:
        return
    served = controls(run)
    for operation, body in bodies(BY_NAME).items():
        plan = run.plan_call(operation, _DOCUMENTS, body=body, of=home.collection, expect=Expect.REFUSE, context=(*home.context, *served),
                             sender=Sender(namespace=Namespace.SECONDARY))  # fmt: skip
        home.learn(run.perform(plan))
    home.read(home.documents, _DOCUMENTS)
    collection = run.new_collection(Namespace.SECONDARY) if run.can_create_in_secondary() else None
    there = None if collection is None else shelf(run, [NEIGHBOUR], collection)
    if there is not None:
        home.ask(Added.UPDATE_IN_BULK, {"update_data": {"title": "only here"}}, "documents.bulk.changes-selected")
        there.learn(*home.context)
        there.look(_OTHERS)
