"""Reading: unknown things, things of another collection, and repeated reads. The core scenarios read what they create."""

from urllib.parse import quote

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_NOBODYS = ("doc_000000000000000000000000", "doc_nosuchdocument")
_HOSTILE = ("a/b", "..", "../..", "../../create", "%", "\0", "a\0b", "x" * 5000, "😀", "é", " ", "'; DROP TABLE documents; --", "*",
            "?", "#", "null",
            "list", "create", "\u202e", "doc_\r\nX-Injected: 1")  # fmt: skip


@exercises("collections.get.equals-created", "collections.get.unknown", "errors.*")
def test_collections(run: CollectionsRun) -> None:
    """Read a collection that exists, and collections that do not."""
    collection = run.shared_collection()
    if collection is None:
        return
    control = run.read(collection)
    for identifier in ("col_no_such_collection", "col_000000000000000000000000"):
        where = run.path(Operations.GET_COLLECTION, identifier)
        run.raw(
            where, None, "collections.get.unknown", operation=Operations.GET_COLLECTION, headers=(), context=(collection, control)
        )


@exercises(
    "documents.get.equals-created", "documents.get.unknown", "documents.get.wrong-collection", "documents.get.safe", "errors.*"
)
def test_documents(run: CollectionsRun) -> None:
    """Read a document twice, through another collection, and read documents that do not exist."""
    collection, other_collection = run.shared_collection(), run.new_collection()
    if collection is None or other_collection is None:
        return
    document = run.document(
        collection, {"collection_id": collection.created_id, "title": "where?", "metadata": {"a": [1, None]}, "zero": 0}
    )
    if document.created_id is None:
        return
    first = run.read(document)
    run.read(document, "documents.get.safe", context=(collection, document, first))
    elsewhere = run.path(Operations.GET_DOCUMENT, other_collection.created_id or "", document.created_id)
    _missing(run, elsewhere, "documents.get.wrong-collection", (collection, other_collection, document, first))
    for identifier in _NOBODYS:
        _missing(
            run,
            run.path(Operations.GET_DOCUMENT, collection.created_id or "", identifier),
            "documents.get.unknown",
            (collection, document, first),
        )
    _missing(
        run,
        run.path(Operations.GET_DOCUMENT, "col_no_such_collection", document.created_id),
        "documents.get.unknown",
        (collection, document, first),
    )
    run.read(document, "documents.get.safe", context=(collection, document, first))


def _missing(run: CollectionsRun, where: str, requirement: str, context: tuple[Exchange, ...]) -> None:
    run.raw(where, None, requirement, operation=Operations.GET_DOCUMENT, headers=(), context=context)


@exercises("documents.get.hostile-identifiers", "http.no-server-error", "errors.no-internals")
def test_hostile_identifiers(run: CollectionsRun) -> None:
    """Ids that cannot exist. Dots are escaped: otherwise the client would resolve them as path segments."""
    collection = run.shared_collection()
    if collection is None:
        return
    read = run.operation(Operations.GET_DOCUMENT)
    for identifier in _HOSTILE if run.budget.exhaustive else _HOSTILE[:9]:
        where = read.path.format(collection=quote(collection.created_id or "", safe=""), document=_escaped(identifier))
        run.raw(where, None, "documents.get.hostile-identifiers", operation=Operations.OUTSIDE, method=read.method, headers=(),
                context=(collection,), expect=Expect.EITHER)  # fmt: skip


def _escaped(identifier: str) -> str:
    return quote(identifier, safe="").replace(".", "%2E")


@exercises("collections.get.equals-created", "lineage.extends-parent")
def test_generations_read_back(run: CollectionsRun) -> None:
    """Read three generations after all of them were created: each parent must be unchanged."""
    parent = run.new_collection()
    family: list[Exchange] = []
    while parent is not None and len(family) < 3:
        family.append(parent)
        body = {
            **collections.minimal(run.vocabulary, "child"),
            "source": {"type": "collection", "collection_id": parent.created_id},
        }
        child = run.collection(body, context=(parent,))
        parent = child if child.created_id is not None else None
    for generation in family:
        run.read(generation, context=tuple(family))
