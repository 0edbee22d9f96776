"""Reading back: what is not there, what is elsewhere, and what reading leaves as it is. The core scenarios read what they create."""

from urllib.parse import quote

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations, path
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
    """A collection with everything in it, its child, and collections that do not exist."""
    home = run.shared_collection()
    if home is None:
        return
    control = run.read(home)
    for identifier in ("col_no_such_collection", "col_000000000000000000000000"):
        run.raw(path(Operations.GET_COLLECTION, identifier), None, "collections.get.unknown", operation=Operations.GET_COLLECTION, method="GET",
                headers=(), context=(home, control))  # fmt: skip


@exercises(
    "documents.get.equals-created", "documents.get.unknown", "documents.get.wrong-collection", "documents.get.safe", "errors.*"
)
def test_documents(run: CollectionsRun) -> None:
    """A document read twice, through another collection, and documents that do not exist."""
    home, other = run.shared_collection(), run.new_collection()
    if home is None or other is None:
        return
    made = run.document(home, {"collection_id": home.created_id, "title": "where?", "metadata": {"a": [1, None]}, "zero": 0})
    if made.created_id is None:
        return
    first = run.read(made)
    run.read(made, "documents.get.safe", context=(home, made, first))
    elsewhere = path(Operations.GET_DOCUMENT, other.created_id or "", made.created_id)
    _missing(run, elsewhere, "documents.get.wrong-collection", (home, other, made, first))
    for identifier in _NOBODYS:
        _missing(
            run, path(Operations.GET_DOCUMENT, home.created_id or "", identifier), "documents.get.unknown", (home, made, first)
        )
    _missing(
        run, path(Operations.GET_DOCUMENT, "col_no_such_collection", made.created_id), "documents.get.unknown", (home, made, first)
    )
    run.read(made, "documents.get.safe", context=(home, made, first))


def _missing(run: CollectionsRun, where: str, requirement: str, context: tuple[Exchange, ...]) -> None:
    run.raw(where, None, requirement, operation=Operations.GET_DOCUMENT, method="GET", headers=(), context=context)


@exercises("documents.get.hostile-identifiers", "http.no-server-error", "errors.no-internals")
def test_hostile_identifiers(run: CollectionsRun) -> None:
    """Ids that are none; dots are escaped, or the client would resolve them."""
    home = run.shared_collection()
    if home is None:
        return
    for identifier in _HOSTILE if run.budget.exhaustive else _HOSTILE[:9]:
        where = f"{path(Operations.CREATE_DOCUMENT, home.created_id or '')}/{_escaped(identifier)}"
        run.raw(where, None, "documents.get.hostile-identifiers", operation=Operations.OUTSIDE, method="GET", headers=(), context=(home,),
                expect=Expect.EITHER)  # fmt: skip


def _escaped(identifier: str) -> str:
    return quote(identifier, safe="").replace(".", "%2E")


@exercises("collections.get.equals-created", "lineage.extends-parent")
def test_generations_read_back(run: CollectionsRun) -> None:
    """Three generations, read after all of them were made: the parent is still what it was."""
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
    for one in family:
        run.read(one, context=tuple(family))
