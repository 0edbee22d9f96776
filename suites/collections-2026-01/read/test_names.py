"""Collections are found by their names."""

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.plan import Plan
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation

_READ, _DELETE = Operations.GET_COLLECTION, Operations.DELETE_COLLECTION
_EXACT, _GONE = "collections.by-name.exact", "collections.by-name.delete"


@exercises("collections.by-name.read", _EXACT, _GONE)
def test_names(run: CollectionsRun) -> None:
    """Read two collections of which one's name begins with the other's, ask for nobody's names, and delete one with its document."""
    tag, body = run.tags.new(), collections.minimal(run.vocabulary)
    made = run.perform_all(
        run.plan_collection({**body, "collection_name": tag + name}, named=False) for name in ("name_and_more", "name")
    )
    if any(collection.created_id is None for collection in made):
        return
    names = [collection.case.body["collection_name"] for collection in made]

    def plan(operation: Operation, name: str, about: str, context: tuple[Exchange, ...], expect: Expect = Expect.ACCEPT) -> Plan:
        return run.plan(operation, about, ids={"collection": name}, expect=expect, context=context)

    context = tuple(made)
    context = (*context, *run.perform_all(plan(_READ, name, "collections.by-name.read", context) for name in names))
    run.perform_all(plan(_READ, name, _EXACT, context, Expect.REFUSE) for name in (names[1][:-1], f"{names[0]}_still"))
    if run.serves("write"):
        document = run.document(made[1], {"collection_id": made[1].created_id}, context=(made[1],))
        context = (*context, document)
        context = (*context, *([] if document.created_id is None else [run.read(document, context=context)]))
        context = (*context, run.perform(plan(_DELETE, names[1], _GONE, context)))
        run.call(_READ, _GONE, of=made[1], expect=Expect.REFUSE, context=context)
        run.perform(plan(_READ, names[1], _GONE, context, Expect.REFUSE))
        if document.created_id is not None:
            run.read(document, _GONE, expect=Expect.REFUSE, context=context)
        if run.budget.exhaustive:
            run.read(made[0], context=context)
