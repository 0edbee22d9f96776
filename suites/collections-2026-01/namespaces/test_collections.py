"""Collections of two namespaces: a list, a name and an update are about those of one of them."""

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.family import ALL, describe, list_collections, shared
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.engine.plan import OURSELVES, Sender
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange, Namespace
from conformance.evidence.operation import Expect

_ELSEWHERE = Sender(namespace=Namespace.SECONDARY)
_LISTS, _UPDATES, _NAMES = (f"collections.{chapter}.isolates-namespaces" for chapter in ("list", "update", "by-name"))


@exercises(_LISTS, _UPDATES, _NAMES, "errors.*")
def test_two_namespaces(run: CollectionsRun) -> None:
    """Make collections of one name and description in both namespaces, and one in the first alone."""
    if not run.can_create_in_secondary():
        return
    tag = run.tags.new()
    body = {**collections.minimal(run.vocabulary, f"{tag}both"), "description": describe(tag)}
    first = run.collection(body, named=False)
    body = {**first.case.body, "source": collections.minimal(run.secondary)["source"]}
    second = run.collection(body, expect=Expect.ANY, named=False, context=(first,), sender=_ELSEWHERE)
    if first.created_id is None or second.created_id is None:
        return  # a server may keep names unique over all namespaces
    context: tuple[Exchange, ...] = (first, second)
    if run.serves("collection-lists"):
        asked: dict[str, Json] = {"filters": shared(first.case.body["description"])}
        for sender in (OURSELVES, _ELSEWHERE):
            context = (*context, list_collections(run, asked, _LISTS, context=context, limit=ALL, sender=sender))
    if run.serves("read"):
        _ask_for_names(run, context)
    if run.serves("collection-updates"):
        context = _update_from_elsewhere(run, context)
    if run.serves("read") and run.serves("write"):
        _delete_elsewhere(run, context)


def _ask_for_names(run: CollectionsRun, context: tuple[Exchange, ...]) -> None:
    """Ask for the name that both namespaces have, and in the second one for a name that only the first one has."""
    alone = run.shared_collection()
    name = context[0].case.body["collection_name"]
    asked = [(name, Expect.ACCEPT, OURSELVES), (name, Expect.ACCEPT, _ELSEWHERE)]
    if alone is not None:
        context = (*context, alone)
        asked.append((alone.case.body["collection_name"], Expect.REFUSE, _ELSEWHERE))
    for named, expect, sender in asked:
        plan = run.plan(Operations.GET_COLLECTION, _NAMES, ids={"collection": named}, expect=expect, context=context, sender=sender)
        context = (*context, run.perform(plan))


def _update_from_elsewhere(run: CollectionsRun, context: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Update a collection from its own namespace, and from the other one by its id; and by the name that both have."""
    first, patch = context[0], Added.PATCH_COLLECTION
    context = (*context, run.call(patch, body={"description": "ours"}, of=first, context=context))
    theirs = run.call(
        patch, _UPDATES, body={"description": "theirs"}, of=first, expect=Expect.REFUSE, context=context, sender=_ELSEWHERE
    )
    if run.serves("read"):
        run.read(first, _UPDATES, context=(*context, theirs))
    by_name = run.plan(patch, _NAMES, body={"description": "their own"}, ids={"collection": first.case.body["collection_name"]},
                       expect=Expect.ACCEPT, context=context, sender=_ELSEWHERE)  # fmt: skip
    return (*context, theirs, run.perform(by_name))


def _delete_elsewhere(run: CollectionsRun, context: tuple[Exchange, ...]) -> None:
    """Delete the other namespace's collection by the name that both have; the one of the first namespace stays."""
    name = {"collection": context[0].case.body["collection_name"]}
    plan = run.plan(Operations.DELETE_COLLECTION, ids=name, expect=Expect.ANY, context=context, sender=_ELSEWHERE)
    run.read(context[0], _NAMES, context=(*context, run.perform(plan)))
