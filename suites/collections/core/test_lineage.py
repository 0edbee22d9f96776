"""Collections made from collections."""

from conformance.contracts.collections.generation import collections, filters
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_GENERATIONS = 5


@exercises("lineage.*", "collections.create.id-unique")
def test_generations(run: CollectionsRun) -> None:
    """Five generations, each with its own filters and extractors; each parent has two children."""
    parent = run.shared_collection()
    if parent is None:
        return
    filter_groups = filters.boundaries()
    for generation in range(_GENERATIONS):
        child = _child(run, parent, generation, {"filters": filter_groups[generation % len(filter_groups)]})
        _child(run, parent, generation + 10, {})
        if not child.accepted or child.created_id is None:
            return
        parent = child


@exercises("lineage.*", "collections.create.echoes-*", "collections.create.enabled-default", "cache-config.default-*",
           "feature-extractors.echoes-in-order", "documents.create.metadata-verbatim")  # fmt: skip
def test_rich_parent(run: CollectionsRun) -> None:
    """A parent in which every field is given. Its children and documents must not take over any of it."""
    body = collections.minimal(run.vocabulary)
    source = {**body["source"], "prefix_key": " raw/ ", "filters": filters.nested(5)}
    extractors = [{**body["feature_extractors"][0], "parameters": {"order": index, "zero": 0, "empty": ""}} for index in range(3)]
    parent = run.collection({**body, **_rich(run), "source": source, "feature_extractors": extractors})
    if parent.created_id is not None:
        child = _child(run, parent, 0, {"filters": filters.every_operator()})
        if child.created_id is not None:
            _child(run, child, 1, {})
        _child(run, parent, 0, {}, cache_config={})
        run.document(parent, {"collection_id": parent.created_id}, "documents.create.accepts-minimal", context=parent.context)


def _rich(run: CollectionsRun) -> collections.Body:
    """Return all optional fields of a collection."""
    return {
        "description": "the parent's own",
        "metadata": {"of": "the parent"},
        "enabled": False,
        "taxonomy_applications": [{"taxonomy_id": name} for name in run.vocabulary.taxonomy_names[:1]],
        "cache_config": {"enabled": False, "ttl_seconds": 60, "invalidation_strategy": "keep_existing", "max_entries_per_key": 2},
    }


def _child(run: CollectionsRun, parent: Exchange, number: int, more: collections.Body, **beside: object) -> Exchange:
    body = collections.minimal(run.vocabulary, "child")
    name, version = run.vocabulary.extractors[number % len(run.vocabulary.extractors)]
    extractor = {"feature_extractor_name": name, "version": version, "parameters": {"generation": number}}
    source = {"type": "collection", "collection_id": parent.created_id, **more}
    body |= {"source": source, "feature_extractors": [extractor], **beside}
    return run.collection(body, "collections.create.accepts-valid", expect=Expect.ACCEPT, context=(parent,))
