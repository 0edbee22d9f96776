"""Creating collections: the boundary catalogue, random bodies, and every schema rule broken at every place."""

from conformance.contracts.collections.generation import collections, filters
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.engine.plan import Plan
from conformance.engine.scenario import by_chance, exercises, in_parts
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect
from conformance.generation import boundary_values
from conformance.schema import mutations

_READ_BACK = 6
_ANSWERS = (
    "collections.create.accepts-valid", "collections.create.response-schema", "collections.create.id-*", "collections.create.echoes-*",
    "collections.create.*default*", "collections.create.status-enum", "collections.create.*-schema", "filters.echoes-verbatim",
    "filters.*-default", "feature-extractor*.echoes*", "cache-config.echoes", "cache-config.default-*", "cache-config.*-in-order",
    "cache-config.retrievers-by-key", "lineage.*", "json.preserves-*", "collections.get.equals-created", "http.no-server-error",
    "http.json-content-type",
    "http.status-documented",
)  # fmt: skip
_REFUSALS = (
    "collections.create.requires-*", "collections.create.rejects-*", "collections.create.strict-scalars", "source.*", "filters.rejects-*",
    "feature-extractor*.requires-*", "feature-extractors.*-enum", "feature-extractors.mappings-are-strings", "cache-config.*-enum",
    "cache-config.event-requires-*", "cache-config.rejects-*", "errors.*",
)  # fmt: skip


def _vocabulary_with(run: CollectionsRun, collection: Exchange | None) -> Vocabulary:
    return (
        run.vocabulary
        if collection is None or collection.created_id is None
        else run.vocabulary.with_made(collections=(collection.created_id,))
    )


def _context(collection: Exchange | None) -> tuple[Exchange, ...]:
    return () if collection is None else (collection,)


@exercises("collections.create.accepts-minimal", *_ANSWERS)
def test_minimal(run: CollectionsRun) -> None:
    """A body with the required fields only."""
    run.collection(collections.minimal(run.vocabulary), "collections.create.accepts-minimal")


@exercises(*_ANSWERS)
def test_edge_catalogue(run: CollectionsRun) -> None:
    """The boundary catalogue: every class of value in every field."""
    collection = run.shared_collection()
    catalogue = collections.boundaries(_vocabulary_with(run, collection))
    run.ledger.measured(boundary_values.PAIRS_MET, catalogue.coverage.pairs_met, catalogue.coverage.pairs)
    created = run.perform_all(run.plan_collection(body, context=_context(collection)) for body in catalogue.values)
    run.read_back_all(created[:: 1 if run.budget.exhaustive else _READ_BACK])


@exercises("collections.create.echoes-name", "collections.create.echoes-description", "collections.create.accepts-valid")
def test_ends_of_names(run: CollectionsRun) -> None:
    """Ends that servers may trim or normalize, in names and descriptions. A name begins with the run's tag, so only its end is tested."""
    body = collections.minimal(run.vocabulary)
    for end in (" ", "\u00a0", "e\u0301", "\t", "\n", "\ufeff", "É")[: None if run.budget.exhaustive else 4]:
        run.collection({**body, "collection_name": end, "description": f"{end}text{end}"})


@exercises("filters.accepts-every-operator", "filters.accepts-nesting", "filters.echoes-verbatim")
def test_operators_and_nesting(run: CollectionsRun) -> None:
    """All operators in each kind of group, and each operator alone in nested groups, one to five deep."""
    body = collections.minimal(run.vocabulary)
    every = filters.every_operator()
    places = [(depth, kind) for depth in range(1, 6) for kind in range(3)]
    alone = [filters.nested(depth, kind, leaf) for leaf, (depth, kind) in zip(every["AND"], places, strict=True)]
    # Three nested groups within one group are one level deeper.
    packed = [{"AND": alone[at : at + 3]} for at in range(0, 12, 3)]
    about = ("filters.accepts-every-operator", "filters.accepts-nesting", "collections.create.accepts-valid")
    groups = (every, *(alone if run.budget.exhaustive else [*packed, *alone[12:]]))
    with_filters = run.vocabulary.edition.with_filters
    created = run.perform_all(run.plan_collection(with_filters(body, group), *about) for group in groups)
    run.read_back_all(created[:: 1 if run.budget.exhaustive else 2])


@by_chance
@exercises(*_ANSWERS)
def test_explored(run: CollectionsRun) -> None:
    """Random valid bodies."""
    collection, created = run.shared_collection(), list[Exchange]()
    run.explore(
        collections.valid(_vocabulary_with(run, collection)),
        lambda body: run.plan_collection(body, context=_context(collection)),
        then=created.append,
    )
    run.read_back_some(created)


def rich(vocabulary: Vocabulary) -> list[collections.Body]:
    """Return valid bodies to break: the smallest one, and those with every field. Their names exist: otherwise 404 would be allowed."""
    return [collections.minimal(vocabulary), *collections.complete(vocabulary)]


@in_parts
@exercises(*_REFUSALS, "http.no-server-error", "collections.create.echoes-*", "collections.create.enabled-default")
def test_each_rule_broken(run: CollectionsRun) -> None:
    """Break each rule of the schema once at each place. Then send the required fields alone: they must come back without leftovers."""
    collection = run.shared_collection()
    if collection is None:
        return
    broken = mutations.catalogue(
        run.vocabulary.edition.collection, rich(_vocabulary_with(run, collection)), exhaustive=run.budget.exhaustive
    )
    plans = [
        run.plan_collection(body, mutation.requirement, expect=Expect.REFUSE, at=mutation.at, context=(collection,))
        for mutation, body in broken
    ]
    with run.alone():  # whatever is left behind is left for the next one
        refused = run.perform_all(run.part(plans))
        run.collection(collections.minimal(run.vocabulary), context=(collection, *refused[-1:]))


@by_chance
@exercises(*_REFUSALS)
def test_rules_broken_by_chance(run: CollectionsRun) -> None:
    """Random bodies with one broken rule, at any depth."""
    collection = run.shared_collection()
    if collection is None:
        return
    known = _vocabulary_with(run, collection)

    def plan(drawn: tuple[mutations.Mutation, collections.Body]) -> Plan:
        mutation, body = drawn
        return run.plan_collection(body, mutation.requirement, expect=Expect.REFUSE, at=mutation.at, context=(collection,))

    broken = mutations.payloads(known.edition.collection, collections.valid(known))
    run.explore(broken, plan, share=1.0 if run.budget.exhaustive else 0.5)


@exercises("source.unknown-collection", "errors.*")
def test_unknown_parent(run: CollectionsRun) -> None:
    """Name a parent collection that cannot exist."""
    for identifier in ("col_no_such_parent", "col_000000000000000000000000"):
        body = {**collections.minimal(run.vocabulary), "source": {"type": "collection", "collection_id": identifier}}
        run.collection(body, "source.unknown-collection", expect=Expect.REFUSE, at=("source", "collection_id"))
