"""List requests that the contract leaves open: the server may accept or refuse them, but must answer without a server error."""

from conformance.contracts.collections.checks.lists import next_cursor
from conformance.contracts.collections.fixtures import ALL, Corpus, corpus_of
from conformance.contracts.collections.generation.filter_corpus import ODD_NAMES
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

# With a small budget, only so many of each table are sent.
_FIRST = 7
_QUERIES: tuple[dict[str, str | int], ...] = (
    {"limit": "²"}, {"limit": "ten"}, {"include_total": "2"}, {"offset": "9" * 5000},
    # Invalid cursors: a word, no base64, base64 of bytes and of another text.
    {"cursor": "no-such-cursor"}, {"cursor": "é\0"}, {"cursor": "////"}, {"cursor": "eyJhIjogMX0="}, {"cursor": "-1"},
    {"offset": -1}, {"offset": 10_001},
)  # fmt: skip
# Operands of types that their operators do not take. Each is sent for a field of the right type and for one of another type.
_OPERANDS: tuple[tuple[str, Json], ...] = (
    # The condition that surely holds comes last: in OR, a server may stop at it.
    ("starts_with", 5), ("starts_with", "no"), ("ends_with", None), ("contains", {"a": 1}), ("contains", "no"), ("gt", "text"), ("gt", 10**9),
    ("lte", [1]), ("in", 5), ("regex", "(["), ("regex", 5), ("regex", "n[o]"), ("text", 5), ("text", "no"), ("is_null", 1),
    ("eq", [1, {"a": None}]), ("exists", "yes"), ("nin", "text"),
)  # fmt: skip
# A path that continues where the document holds a text: it leads to no field, even if the text contains the name.
_THROUGH = {"field": f"quoted.{ODD_NAMES[0]}", "operator": "eq", "value": 1}
_BODIES: tuple[dict[str, Json], ...] = (
    *({"filters": {"OR": [_THROUGH, *({"field": field, "operator": name, "value": value} for name, value in _OPERANDS)]}}
      for field in ("title", "mixed")),
    {"filters": {}},
    {"group_by": "title.no.such"},
    {"filters": {"AND": None, "OR": None}},
    {"group_by": "metadata.level"},
    {"filters": {"OR": [{"field": "number", "operator": name, "value": value} for name, value in _OPERANDS]}},
    {"filters": {"case_sensitive": True}},
    {"filters": {"NOT": []}},
    {"group_by": "no_such_field"},
    {"select": []},
    {"sort": {"field": "metadata.level"}},
)  # fmt: skip


# Bodies that break the schema: the contract only promises that they are answered and change nothing.
_MIXED = {"field": "number", "operator": "gte", "value": 0, "AND": [{"field": "number", "value": 1}]}
_BROKEN: tuple[dict[str, Json], ...] = (
    {"filters": {"AND": [_MIXED]}}, {"filters": []}, {"filters": {"AND": [5, "text", None, []]}}, {"sort": "title"}, {"select": "title"},
    {"group_by": 5}, {"sort": {"field": 5, "direction": "up"}}, {"filters": {"OR": {"field": "title"}}}, {"select": [5, None]},
    {"filters": "title"}, {"sort": []}, {"return_vectors": "maybe", "return_url": []}, {"filters": {"case_sensitive": "maybe"}},
)  # fmt: skip


def _send_broken_cursor(run: CollectionsRun, corpus: Corpus) -> None:
    """Send a cursor that begins like one of the server's own cursors, but has another end."""
    page = run.list_documents(corpus.collection, {}, context=corpus.context, limit=2)
    if (cursor := next_cursor(page)) is not None:
        broken = cursor[: len(cursor) // 2] + "A" * (len(cursor) - len(cursor) // 2)
        run.list_documents(corpus.collection, {}, expect=Expect.ANY, context=(corpus.collection, page), limit=2, cursor=broken)


@exercises("http.no-server-error", "http.status-documented", "errors.*", "list.returns-exactly-created")
def test_broken_bodies(run: CollectionsRun) -> None:
    """Send bodies that break the schema; then list all documents to check that nothing has changed."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    context: tuple[Exchange, ...] = corpus.context
    for body in _BROKEN if run.budget.exhaustive else _BROKEN[:_FIRST]:
        context = (*context, run.list_documents(corpus.collection, body, expect=Expect.ANY, context=(corpus.collection,)))
    run.list_documents(corpus.collection, {}, context=context, limit=ALL)


@exercises("http.no-server-error", "http.status-documented", "errors.*")
def test_oddities(run: CollectionsRun) -> None:
    """Invalid parameters and cursors, empty groups, operands of wrong types, and paths that lead nowhere."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    most = None if run.budget.exhaustive else _FIRST
    for query in _QUERIES[:most]:
        run.list_documents(corpus.collection, {}, expect=Expect.ANY, context=(corpus.collection,), **query)
    _send_broken_cursor(run, corpus)
    for body in _BODIES[:most]:
        run.list_documents(corpus.collection, body, expect=Expect.ANY, context=(corpus.collection,))
    for document in corpus.documents[:1] if run.serves("read") else ():
        run.call(
            Operations.GET_DOCUMENT,
            of=document,
            expect=Expect.ANY,
            query={"return_url": "maybe", "return_vectors": "2"},
            context=(corpus.collection,),
        )
