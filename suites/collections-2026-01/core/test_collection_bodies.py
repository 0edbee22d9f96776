"""Fields of collections in the edition of 2026-01: nulls, unknown fields, names, sources, and long lists."""

from typing import get_args

from conformance.contracts.collections.generation import collections, hostile
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.models import FieldType
from conformance.engine.minimize import without_nulls
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_FIELD_TYPES: tuple[str, ...] = get_args(FieldType)


@exercises("collections.create.null-is-absent")
def test_null_is_absent(run: CollectionsRun) -> None:
    """Send bodies without nulls, and then the same bodies with nulls."""
    body, collection = collections.minimal(run.vocabulary), run.shared_collection()
    group = {"AND": [{"field": "a", "value": 1}], "OR": None, "NOT": None, "case_sensitive": None}
    applications = dict.fromkeys(("taxonomy_applications", "cluster_applications", "alert_applications"))
    for changes in (
        {"description": None, "metadata": None, "input_schema": None, **applications},
        {
            "source": {
                **body["source"],
                "collection_id": None,
                "collection_ids": None,
                "inherited_bucket_ids": None,
                "source_filters": None,
            }
        },
        {"source": {**body["source"], "source_filters": {"filters": group}}},
        {
            "feature_extractor": {**body["feature_extractor"], "params": None, "parameters": None},
            "taxonomy_applications": [{"taxonomy_id": run.vocabulary.taxonomy_names[0], "target_collection_id": None}],
        },
    ):
        with_nulls = {**body, **changes}
        without_them = run.collection(without_nulls(run.vocabulary.edition.collection, with_nulls), context=_context(collection))
        if without_them.accepted:
            requirement = "collections.create.null-is-absent"
            run.collection(with_nulls, requirement, expect=Expect.ACCEPT, context=(*_context(collection), without_them))


@exercises("collections.create.echoes-*", "collections.create.cluster-defaults", "collections.create.input-schema", "feature-extractor.echoes",
           "json.preserves-*", "lineage.*")  # fmt: skip
def test_fields_that_may_be_refused(run: CollectionsRun) -> None:
    """The boundary catalogue of all fields: what an extractor reads, parameters, clusters and schemas, which a server may refuse."""
    collection = run.shared_collection()
    made = () if collection is None or collection.created_id is None else (collection.created_id,)
    edges = collections.open_boundaries(run.vocabulary.with_made(collections=made)).values
    bodies = [*_told_apart(run), *(edges if run.budget.exhaustive else edges[::2])]
    run.perform_all(run.plan_collection(body, context=_context(collection)) for body in bodies)


def _told_apart(run: CollectionsRun) -> list[collections.Body]:
    """Return bodies whose fields of one kind have different values, so that a server cannot take one for the other."""
    body = collections.minimal(run.vocabulary)
    extractor = body["feature_extractor"]
    fields = {name: {"type": name, "required": index % 2 == 0} for index, name in enumerate(_FIELD_TYPES)}
    falsy = (0, "", False, [], {})
    passed = [{"source_path": f"from_{index}", "target_path": f"to_{index}", "default": value} for index, value in enumerate(falsy)]
    mappings = {"image": "thumbnail", "text": "title"}
    listed = [{"input_key": key, "source_type": "payload", "path": path} for key, path in mappings.items()]
    return [
        {**body, "feature_extractor": {**extractor, "params": {"model": "a"}, "parameters": {"chunk_size": 1}}},
        {**body, "input_schema": {"properties": fields}},
        {**body, "feature_extractor": {**extractor, "field_passthrough": passed, "input_mappings": mappings}},
        {**body, "feature_extractor": {**extractor, "input_mappings": listed}},
    ]


@exercises("collections.create.tolerates-unknown-fields")
def test_unknown_fields(run: CollectionsRun) -> None:
    """Send fields that the schema does not name, at the root and in objects."""
    body = collections.minimal(run.vocabulary)
    for changes in (
        {"x_unknown": 1, "x_more": {"nested": [None]}},
        {"source": {**body["source"], "x_unknown": "a"}},
        {"feature_extractor": {**body["feature_extractor"], "x_unknown": "a"}},
    ):
        run.collection({**body, **changes}, "collections.create.tolerates-unknown-fields", expect=Expect.ACCEPT)


@exercises("robustness.many-items")
def test_many_items(run: CollectionsRun) -> None:
    """5,000 items in each list."""
    body, requirement, many = collections.minimal(run.vocabulary, "many"), "robustness.many-items", range(hostile.MANY)
    conditions = [{"field": "a", "operator": "eq", "value": index} for index in many]
    clusters = [
        {"cluster_id": run.vocabulary.names()["cluster of this collection"][0], "cooldown_seconds": index} for index in many
    ]
    passed = [{"source_path": f"field_{index}"} for index in many]
    for changed in (
        run.vocabulary.edition.with_filters(body, {"OR": conditions}),
        {**body, "cluster_applications": clusters},
        {**body, "feature_extractor": {**body["feature_extractor"], "field_passthrough": passed}},
    ):
        run.collection(changed, requirement, expect=Expect.EITHER)


@exercises("collections.create.name-length", "errors.*")
def test_names_that_are_too_short_or_too_long(run: CollectionsRun) -> None:
    """Names of one, two, 101 and 4,096 characters, and the longest one that is allowed."""
    body = collections.minimal(run.vocabulary)
    tag = run.tags.new()
    for name in ("x", "xy", tag + "x" * (101 - len(tag)), tag + "x" * (4096 - len(tag))):
        changed = {**body, "collection_name": name}
        run.collection(changed, "collections.create.name-length", expect=Expect.REFUSE, at=("collection_name",), named=False)
    longest = run.tags.new()
    longest += "x" * (100 - len(longest))
    run.collection({**body, "collection_name": longest}, "collections.create.accepts-valid", expect=Expect.ACCEPT, named=False)


@exercises("source.collection-needs-a-collection", "errors.*")
def test_sources_without_their_ids(run: CollectionsRun) -> None:
    """Collection sources that name no collection, in each way."""
    body = collections.minimal(run.vocabulary)
    for source in ({"type": "collection"}, {"type": "collection", "collection_id": None, "collection_ids": None}):
        changed = {**body, "source": source}
        run.collection(changed, "source.collection-needs-a-collection", expect=Expect.REFUSE, at=("source", "collection_id"))


def _context(collection: Exchange | None) -> tuple[Exchange, ...]:
    return () if collection is None else (collection,)
