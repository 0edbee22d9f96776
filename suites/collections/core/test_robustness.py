"""Robustness: size, depth, hostile text and simultaneous requests."""

from conformance.contracts.collections.generation import collections, filters, hostile
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.operation import Expect

_AT_ONCE = 32
_LEVELS = 500


@exercises("filters.deep-nesting")
def test_deep_nesting(run: CollectionsRun) -> None:
    """500 nested groups, of one kind and of all three kinds."""
    for kinds in ((0,), (1,), (2,), (0, 1, 2)):
        group = {"AND": [{"field": "a", "operator": "eq", "value": 1}]}
        for level in range(_LEVELS - 1):
            group = {filters.GROUPS[kinds[level % len(kinds)]]: [group]}
        body = collections.minimal(run.vocabulary, "deep")
        run.collection(run.vocabulary.edition.with_filters(body, group), "filters.deep-nesting", expect=Expect.EITHER)


@exercises("robustness.long-strings")
def test_long_strings(run: CollectionsRun) -> None:
    """100,000 characters in each free text field."""
    body, requirement = collections.minimal(run.vocabulary, "long"), "robustness.long-strings"
    for letter in ("x", "é"):
        text = letter * hostile.LONG
        run.collection({**body, "collection_name": run.tags.new() + text}, requirement, expect=Expect.EITHER, named=False)
        for changes in ({"description": text}, {"metadata": {"long": text}}):
            run.collection({**body, **changes}, requirement, expect=Expect.EITHER)
    collection = run.shared_collection()
    if collection is not None:
        for changes in ({"title": text}, {"metadata": {"long": text}}):
            run.document(collection, {"collection_id": collection.created_id, **changes}, requirement, expect=Expect.EITHER)


@exercises("robustness.large-body", "errors.rejected-leaves-nothing")
def test_large_body(run: CollectionsRun) -> None:
    """Send 2 MiB, then a usual request. A list shows whether a refused document exists all the same."""
    body, requirement = collections.minimal(run.vocabulary, "large"), "robustness.large-body"
    data = {f"k{index}": "x" * 1000 for index in range(hostile.LARGE_BODY // 1000)}
    large = run.collection({**body, "metadata": data}, requirement, expect=Expect.EITHER)
    run.collection(body, requirement, expect=Expect.ACCEPT, context=(large,))
    collection = run.new_collection()
    if collection is None:
        return
    large = run.document(collection, {"collection_id": collection.created_id, "metadata": data}, requirement, expect=Expect.EITHER)
    usual = run.document(collection, {"collection_id": collection.created_id}, requirement, expect=Expect.ACCEPT, context=(large,))
    # If there was no answer, it is unknown whether the document exists.
    if run.serves("query") and large.status is not None:
        run.list_documents(collection, {}, "errors.rejected-leaves-nothing", context=(collection, large, usual), limit=1000)


@exercises("robustness.many-items")
def test_many_steps(run: CollectionsRun) -> None:
    """5,000 steps of a document's lineage."""
    collection = run.shared_collection()
    if collection is None:
        return
    name = collection.created_id
    steps = [{"collection_id": name, "feature_extractor_id": f"extractor_{index}"} for index in range(hostile.MANY)]
    body = {"collection_id": name, "lineage_chain": steps}
    run.document(collection, body, "robustness.many-items", expect=Expect.EITHER)


@exercises("robustness.hostile-strings")
def test_hostile_strings(run: CollectionsRun) -> None:
    """Texts with a special meaning for some software: all of them as user data, and in names and descriptions."""
    body, requirement = collections.minimal(run.vocabulary), "robustness.hostile-strings"
    run.read_back(run.collection({**body, "metadata": hostile.as_user_data()}, requirement, expect=Expect.ACCEPT))
    collection = run.shared_collection()
    if collection is not None:
        run.read_back(
            run.document(
                collection,
                {"collection_id": collection.created_id, **hostile.as_user_data()},
                requirement,
                expect=Expect.ACCEPT,
            )
        )
    texts = hostile.STRINGS if run.budget.exhaustive else hostile.joined_strings()
    apart = 1 if run.budget.exhaustive else 2
    for at in range(0, len(texts), apart):
        # Names begin with a tag. So a text that only has a meaning as a whole is sent in a description.
        first, last = texts[at], texts[min(at + apart, len(texts)) - 1]
        named = {**body, "description": first}
        if run.vocabulary.edition.takes_name({"collection_name": first}):
            named["collection_name"] = first
        if "prefix_key" in run.vocabulary.edition.collection.properties["source"].properties:
            named["source"] = {**body["source"], "prefix_key": last}
        run.collection(named, requirement, expect=Expect.ACCEPT)


@exercises("robustness.concurrent-creates", "collections.create.id-unique", "documents.create.id-unique")
def test_concurrent_creates(run: CollectionsRun) -> None:
    """Create 32 collections and documents at once; with a larger budget also 32 of each kind."""
    requirement, collection = "robustness.concurrent-creates", run.shared_collection()
    bodies = [{**collections.minimal(run.vocabulary, f"at_once_{index}"), "metadata": {"own": index}} for index in range(_AT_ONCE)]
    plans = [run.plan_collection(body, requirement, expect=Expect.ACCEPT) for body in bodies]
    if collection is None:
        run.send_concurrently(plans)
        return
    titles = [{"collection_id": collection.created_id, "title": f"at once {index}", "own": index} for index in range(2 * _AT_ONCE)]
    documents = [run.plan_document(collection, body, requirement, expect=Expect.ACCEPT) for body in titles]
    run.send_concurrently([plan if index % 4 else plans[index] for index, plan in enumerate(documents[:_AT_ONCE])])
    if run.budget.exhaustive:
        run.send_concurrently(documents[_AT_ONCE:])
        run.send_concurrently([run.plan_collection(body, requirement, expect=Expect.ACCEPT) for body in bodies])
