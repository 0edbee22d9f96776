"""Creating documents: the boundary catalogue, random bodies, and every schema rule broken at every place."""

from conformance.contracts.collections.generation import collections, documents
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core.json_text import Json
from conformance.engine.minimize import without_nulls
from conformance.engine.plan import Plan
from conformance.engine.scenario import by_chance, exercises, in_parts
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect
from conformance.generation import boundary_values
from conformance.schema import mutations

_READ_BACK = 4
_ANSWERS = (
    "documents.create.accepts-valid", "documents.create.response-schema", "documents.create.id-*", "documents.create.collection-id",
    "documents.create.user-fields-*", "documents.create.metadata-verbatim", "documents.create.no-system-fields-at-root", "internal.*",
    "json.preserves-*", "documents.get.equals-created", "list.returns-exactly-created", "http.no-server-error",
    "http.json-content-type", "http.status-documented",
)  # fmt: skip
_REFUSALS = (
    "documents.create.requires-collection-id", "documents.create.source-type-enum", "documents.create.rejects-wrong-types",
    "documents.create.lineage-*", "documents.create.feature-required-fields", "documents.create.schema-version", "errors.*",
)  # fmt: skip


def _two_documents(run: CollectionsRun, collection: Exchange) -> tuple[tuple[Exchange, ...], Vocabulary]:
    """Create two documents that others can name; return them, and the vocabulary that knows them."""
    created = [
        run.document(collection, documents.minimal(collection.created_id or ""), "documents.create.accepts-minimal")
        for _ in range(2)
    ]
    ids = tuple(document.created_id for document in created if document.created_id is not None)
    return tuple(created), run.vocabulary.with_made(collections=(collection.created_id or "",), documents=ids)


@exercises("documents.create.accepts-minimal", *_ANSWERS)
def test_minimal(run: CollectionsRun) -> None:
    """A body with collection_id only, sent twice: it makes two documents."""
    collection = run.shared_collection()
    if collection is not None:
        for _ in range(2):
            run.document(collection, documents.minimal(collection.created_id or ""), "documents.create.accepts-minimal")


@exercises(*_ANSWERS)
def test_edge_catalogue(run: CollectionsRun) -> None:
    """The boundary catalogue: every class of value in every field."""
    collection = run.new_collection()
    if collection is None:
        return
    first, known = _two_documents(run, collection)
    catalogue = documents.boundaries(known)
    run.ledger.measured(boundary_values.PAIRS_MET, catalogue.coverage.pairs_met, catalogue.coverage.pairs)
    created = run.perform_all(_plan(run, collection, first, known, body) for body in catalogue.values)
    # The list below shows all documents. Some are read too, because reads may have mistakes of their own.
    run.read_back_all(created[:: 1 if run.budget.exhaustive or not run.serves("query") else _READ_BACK])
    if run.serves("query"):
        run.list_documents(collection, {}, context=(collection, *first, *created), limit=1000)


@by_chance
@exercises(*_ANSWERS)
def test_explored(run: CollectionsRun) -> None:
    """Random valid bodies."""
    collection = run.shared_collection()
    if collection is None:
        return
    first, known = _two_documents(run, collection)
    share, created = 1.0 if run.budget.exhaustive else 0.5, list[Exchange]()
    run.explore(documents.valid(known), lambda body: _plan(run, collection, first, known, body), share, then=created.append)
    run.read_back_some(created)


def _plan(run: CollectionsRun, collection: Exchange, first: tuple[Exchange, ...], known: Vocabulary, body: documents.Body) -> Plan:
    if known.covers(run.vocabulary.edition.document, body):
        return run.plan_document(collection, body, "documents.create.accepts-valid", expect=Expect.ACCEPT, context=first)
    return run.plan_document(collection, body, expect=Expect.EITHER, context=first)


def rich(run: CollectionsRun, collection: Exchange) -> list[documents.Body]:
    """Return valid bodies whose rules can be broken: the smallest one, and one with every field."""
    identifier = collection.created_id or ""
    return [documents.minimal(identifier), *documents.complete(run.vocabulary.with_made(collections=(identifier,)))]


@in_parts
@exercises(*_REFUSALS, "http.no-server-error", "internal.lineage-path-derived", "documents.create.user-fields-verbatim")
def test_each_rule_broken(run: CollectionsRun) -> None:
    """Break each rule of the schema once at each place. Then send a nearly empty body, and check that nothing was left behind."""
    collection = run.new_collection()
    if collection is None:
        return
    plans = [
        run.plan_document(collection, body, mutation.requirement, expect=Expect.REFUSE, at=mutation.at)
        for mutation, body in mutations.catalogue(
            run.vocabulary.edition.document, rich(run, collection), exhaustive=run.budget.exhaustive
        )
    ]
    # Nothing may be left in the next one: of a body that was refused, and of one with every field.
    bare = {"collection_id": collection.created_id, "root_bucket_id": run.vocabulary.bucket_names[0]}
    with run.alone():
        context: tuple[Exchange, ...] = (collection, *run.perform_all(run.part(plans)))
        for body in (bare, rich(run, collection)[-1], bare):
            context = (*context, run.document(collection, body, context=context[-1:]))
    if run.serves("query"):
        run.list_documents(collection, {}, "errors.rejected-leaves-nothing", context=context, limit=1000)


@by_chance
@exercises(*_REFUSALS)
def test_rules_broken_by_chance(run: CollectionsRun) -> None:
    """Random bodies with one broken rule, at any depth."""
    collection = run.shared_collection()
    if collection is None:
        return
    first, known = _two_documents(run, collection)

    def plan(drawn: tuple[mutations.Mutation, documents.Body]) -> Plan:
        mutation, body = drawn
        return run.plan_document(collection, body, mutation.requirement, expect=Expect.REFUSE, at=mutation.at, context=first)

    run.explore(mutations.payloads(run.vocabulary.edition.document, documents.valid(known)), plan, share=0.5)


_NO_VECTORS: tuple[Json, ...] = (
    [0.5], {"text": "abc"}, {"text": [0.5, "x", None]}, {"late": [[0.5], "x", {}]}, {"indices": "x", "values": [0.5, 1.0]},
    {"indices": [0, None], "values": {}}, {"text": {}, "image": True}, 5,
)  # fmt: skip


@exercises("http.no-server-error", "http.status-documented", "errors.*")
def test_nulls_where_nothing_is_promised(run: CollectionsRun) -> None:
    """Send nulls in fields that are not nullable, and malformed vectors: they may be refused or accepted, but must be answered."""
    collection = run.shared_collection()
    if collection is None:
        return
    bodies = mutations.unpromised_nulls(run.vocabulary.edition.document, rich(run, collection)[1])
    for body in bodies if run.budget.exhaustive else bodies[::3]:
        run.document(collection, body, expect=Expect.ANY)
    for vectors in _NO_VECTORS if run.budget.exhaustive else _NO_VECTORS[:3]:
        features = [{"feature_extractor_id": run.vocabulary.extractor_ids[0], "vectors": vectors}]
        run.document(collection, {"collection_id": collection.created_id, "features": features}, expect=Expect.ANY)


@exercises("documents.create.null-is-absent")
def test_null_is_absent(run: CollectionsRun) -> None:
    """Send bodies without nulls, and then the same bodies with nulls."""
    collection = run.shared_collection()
    if collection is None:
        return
    body = documents.minimal(collection.created_id or "")
    step = {"collection_id": collection.created_id, "feature_extractor_id": "extractor", "document_id": None}
    fields = ("root_object_id", "root_bucket_id", "source_type", "source_collection_id", "source_document_id", "source_object_id",
              "lineage_path", "document_schema_version")  # fmt: skip
    for changes in (
        dict.fromkeys(fields),
        {**dict.fromkeys(fields), "root_bucket_id": run.vocabulary.bucket_names[0], "title": "kept"},
        {"lineage_chain": [step]},
        {"features": [{"feature_extractor_id": "extractor", "vectors": None}]},
    ):
        with_nulls = {**body, **changes}
        without_them = run.document(collection, without_nulls(run.vocabulary.edition.document, with_nulls))
        if without_them.accepted:
            run.document(collection, with_nulls, "documents.create.null-is-absent", expect=Expect.ACCEPT, context=(without_them,))


@exercises("documents.create.unknown-collection", "errors.*")
def test_unknown_collection(run: CollectionsRun) -> None:
    """Send a document to a collection that does not exist, named in the path and in the body."""
    for identifier in ("col_no_such_collection", "col_000000000000000000000000"):
        run.raw(
            run.path(Operations.CREATE_DOCUMENT, identifier),
            f'{{"collection_id":"{identifier}"}}'.encode(),
            "documents.create.unknown-collection",
            operation=Operations.CREATE_DOCUMENT,
        )


@exercises("documents.create.path-and-body-disagree", "errors.rejected-leaves-nothing")
def test_path_and_body_disagree(run: CollectionsRun) -> None:
    """Name one collection in the path and another in the body. A refused document must be in neither."""
    collection, other_collection = run.new_collection(), run.new_collection()
    if collection is None or other_collection is None:
        return
    body = {"collection_id": other_collection.created_id, "title": "whose?"}
    document = run.document(
        collection, body, "documents.create.path-and-body-disagree", expect=Expect.EITHER, context=(other_collection,)
    )
    if run.serves("query"):
        for listed_collection in (collection, other_collection):
            # Beside a document that must be listed: else nobody can tell a list that shows what it wants.
            own = run.document(listed_collection, documents.minimal(listed_collection.created_id or ""))
            context = (collection, other_collection, document, own)
            run.list_documents(listed_collection, {}, "errors.rejected-leaves-nothing", context=context, limit=1000)


@exercises("documents.create.internal-is-server-managed", "documents.create.no-system-fields-at-root")
def test_system_fields_sent(run: CollectionsRun) -> None:
    """Send fields that only the server may set."""
    collection = run.shared_collection()
    if collection is None:
        return
    body = documents.minimal(collection.created_id or "")
    claim = "2001-01-01T00:00:00Z"
    inner = {
        "internal_id": "claimed_internal",
        "namespace_id": "claimed_namespace",
        "document_id": "doc_claimed",
        "created_at": claim,
        "updated_at": claim,
        "lineage": {"path": "claimed/path"},
        "modality": "claimed_modality",
        "mime_type": "claimed/type",
        "content_hash": "claimed_hash",
        "metadata": {"claimed": "claimed_metadata"},
    }
    alone = (
        {"_internal": inner},
        {"document_id": "doc_claimed"},
        {"namespace_id": "claimed_namespace"},
        {"_internal": {"created_at": claim}},
    )
    for claims in (*alone, {"_internal": inner, "document_id": "doc_claimed", "namespace_id": "ns_claimed"}):
        run.document(collection, {**body, **claims}, "documents.create.internal-is-server-managed", expect=Expect.EITHER)
    named = ("internal_id", "namespace_id", "created_at", "updated_at", "lineage")
    for fields in (*([name] for name in named), named):
        claimed = dict.fromkeys(fields, "claimed_by_user")
        run.document(collection, {**body, **claimed}, "documents.create.no-system-fields-at-root", expect=Expect.EITHER)


@exercises("internal.lineage-path-derived", "internal.lineage-path-given", "documents.create.collection-id")
def test_lineage_of_child(run: CollectionsRun) -> None:
    """Create a document in a collection that was made from a collection."""
    collection = run.shared_collection()
    if collection is None:
        return
    body = collections.minimal(run.vocabulary, "child") | {"source": {"type": "collection", "collection_id": collection.created_id}}
    child = run.collection(body, context=(collection,))
    if child.created_id is not None:
        for path in ({}, {"lineage_path": "given/by/hand"}):
            lineage = {
                "root_bucket_id": run.vocabulary.bucket_names[0],
                "source_type": "collection",
                "source_collection_id": collection.created_id,
            }
            run.document(child, {"collection_id": child.created_id, **lineage, **path}, context=(collection,))
