"""Collections made from collections, in the edition of 2026-01."""

from conformance.contracts.collections.generation import collections, filters
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_GENERATIONS = 5


@exercises("lineage.*", "source.comes-back", "collections.create.id-unique")
def test_generations(run: CollectionsRun) -> None:
    """Five generations, each with its own filters; each parent has two children."""
    parent = run.shared_collection()
    if parent is None:
        return
    filter_groups = filters.boundaries()
    for generation in range(_GENERATIONS):
        child = _child(run, parent, generation, filter_groups[generation % len(filter_groups)])
        _child(run, parent, generation + 10, None)
        if not child.accepted or child.created_id is None:
            return
        parent = child


@exercises("lineage.*", "collections.create.echoes-*", "collections.create.enabled-default", "feature-extractor.echoes", "source.comes-back",
           "filters.echoes-verbatim", "documents.create.metadata-verbatim")  # fmt: skip
def test_rich_parent(run: CollectionsRun) -> None:
    """A parent in which every field is given. Its children and documents must not take over any of it."""
    vocabulary = run.vocabulary
    body = vocabulary.edition.with_filters(collections.minimal(vocabulary), filters.nested(5))
    rich = {
        "description": "the parent's own",
        "metadata": {"of": "the parent"},
        "enabled": False,
        "taxonomy_applications": [{"taxonomy_id": name} for name in vocabulary.taxonomy_names[:1]],
        "cluster_applications": [
            {"cluster_id": name, "cooldown_seconds": 7} for name in vocabulary.names()["cluster of this collection"][:1]
        ],
    }
    parent = run.collection({**body, **rich})
    if parent.created_id is not None:
        child = _child(run, parent, 0, filters.every_operator())
        if child.created_id is not None:
            _child(run, child, 1, None)
        run.document(parent, {"collection_id": parent.created_id}, "documents.create.accepts-minimal", context=parent.context)


def _child(run: CollectionsRun, parent: Exchange, number: int, group: collections.Body | None) -> Exchange:
    body = collections.minimal(run.vocabulary, "child")
    name, version = run.vocabulary.extractors[number % len(run.vocabulary.extractors)]
    body |= {
        "source": {"type": "collection", "collection_id": parent.created_id},
        "feature_extractor": {"feature_extractor_name": name, "version": version},
    }
    filtered = body if group is None else run.vocabulary.edition.with_filters(body, group)
    return run.collection(filtered, "collections.create.accepts-valid", expect=Expect.ACCEPT, context=(parent,))
