"""Fields of collections that editions of the API name differently: nulls, unknown fields, and long lists in them."""

from conformance.contracts.collections.generation import collections, hostile
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.minimize import without_nulls
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect


@exercises("collections.create.null-is-absent")
def test_null_is_absent(run: CollectionsRun) -> None:
    """Send bodies without nulls, and then the same bodies with nulls."""
    body = collections.minimal(run.vocabulary)
    extractor = body["feature_extractors"][0]
    nulls = dict.fromkeys(("document_output_type", "document_input_handling", "document_output_handling"))
    group = {"AND": [{"field": "a", "value": 1}], "OR": None, "NOT": None, "case_sensitive": None}
    event = {"collection": "any", "action": "update", "retriever_id": None}
    collection = run.shared_collection()
    if collection is not None:
        event["collection"] = collection.created_id
    retrievers = {name: {"ttl_seconds": None, "score_threshold": None} for name in run.vocabulary.retriever_names[:1]}
    for changes in (
        {"description": None, "metadata": None, "document_handling": None, "cache_config": None},
        {"source": {**body["source"], "prefix_key": None, "collection_id": None, "filters": None}},
        {"source": {**body["source"], "filters": group}, "document_handling": {"output_type": None}},
        {
            "feature_extractors": [{**extractor, **nulls}],
            "taxonomy_applications": [{"taxonomy_id": run.vocabulary.taxonomy_names[0], "output_collection": None}],
        },
        {"cache_config": {"score_threshold": None, "retriever_configs": retrievers, "invalidation_events": [event]}},
    ):
        with_nulls = {**body, **changes}
        without_them = run.collection(without_nulls(run.vocabulary.edition.collection, with_nulls), context=_context(collection))
        if without_them.accepted:
            requirement = "collections.create.null-is-absent"
            run.collection(with_nulls, requirement, expect=Expect.ACCEPT, context=(*_context(collection), without_them))


@exercises("collections.create.tolerates-unknown-fields")
def test_unknown_fields(run: CollectionsRun) -> None:
    """Send fields that the schema does not name, at the root and in objects."""
    body = collections.minimal(run.vocabulary)
    for changes in (
        {"x_unknown": 1, "x_more": {"nested": [None]}},
        {"source": {**body["source"], "x_unknown": "a"}},
        {"feature_extractors": [{**body["feature_extractors"][0], "x_unknown": "a"}], "cache_config": {"x_unknown": "a"}},
    ):
        run.collection({**body, **changes}, "collections.create.tolerates-unknown-fields", expect=Expect.ACCEPT)


@exercises("robustness.many-items")
def test_many_items(run: CollectionsRun) -> None:
    """5,000 items in each list."""
    body, requirement, many = collections.minimal(run.vocabulary, "many"), "robustness.many-items", range(hostile.MANY)
    collection = run.shared_collection()
    name = collection.created_id if collection is not None else "any"
    conditions = [{"field": "a", "operator": "eq", "value": index} for index in many]
    events = [{"collection": name, "action": "update", "recompute_strategy": "lazy"} for _ in many]
    extractors = [{**body["feature_extractors"][0], "parameters": {"order": index}} for index in many]
    for changes in (
        {"source": {**body["source"], "filters": {"OR": conditions}}},
        {"cache_config": {"invalidation_events": events}},
        {"feature_extractors": extractors},
    ):
        run.collection({**body, **changes}, requirement, expect=Expect.EITHER)


def _context(collection: Exchange | None) -> tuple[Exchange, ...]:
    return () if collection is None else (collection,)
