"""Lists: limits, pages, totals, sorting, selected fields and groups."""

from conformance.contracts.collections.checks.lists import ids, next_cursor
from conformance.contracts.collections.fixtures import ALL, Corpus, complete_list, corpus_of, create_corpus
from conformance.contracts.collections.generation.filter_corpus import PRICE
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.engine.run import JSON_HEADERS
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_OFFSET, _CURSOR = "list.offset-pages-partition", "list.cursor-pages-partition"
_MOST: dict[str, Json] = {"filters": {"AND": [{"field": "number", "operator": "gte", "value": 1}]}}

# A filter that selects more documents than one page has, but not all.
_SOME: dict[str, Json] = {"filters": {"NOT": [{"field": "number", "operator": "in", "value": [2, 3, 17]}]}}


def _few(run: CollectionsRun) -> Corpus | None:
    """Return a collection of five documents, in which two pairs have equal sort keys."""
    ranks, words = (2, 1, 2, 1, 3), ("b", "a", "b", "a", "c")
    bodies = [{"rank": rank, "word": word, "number": at} for at, (rank, word) in enumerate(zip(ranks, words, strict=True))]
    return run.once("few", lambda: create_corpus(run, bodies))


@exercises(
    "list.returns-exactly-created", "list.response-schema", "list.total", "list.limit", "documents.create.no-system-fields-at-root"
)
def test_whole(run: CollectionsRun) -> None:
    """List all documents, also of an empty collection, with limits below and above their number."""
    corpus, empty = corpus_of(run), run.new_collection()
    if corpus is None or empty is None:
        return
    run.list_documents(corpus.collection, {}, context=(*corpus.context, complete_list(run, corpus, {})))
    for limit in (1, 7, len(corpus.documents)):
        run.list_documents(corpus.collection, {}, context=corpus.context, limit=limit, include_total="true")
    run.list_documents(empty, {}, context=(empty,), limit=ALL, include_total="true")
    first = run.document(empty, {"collection_id": empty.created_id, "only": True})
    run.list_documents(empty, {}, context=(empty, first), limit=ALL, include_total="true")


@exercises("list.total", "list.limit")
def test_totals_of_filters(run: CollectionsRun) -> None:
    """Totals count what the filter selects, whatever the limit and the offset."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    for condition in ({"field": "level", "operator": "eq", "value": 1}, {"field": "number", "operator": "gte", "value": 4}):
        body: dict[str, Json] = {"filters": {"AND": [condition]}}
        complete = complete_list(run, corpus, body)
        for limit, offset in ((2, 0), (3, 4)):
            run.list_documents(
                corpus.collection, body, context=(*corpus.context, complete), limit=limit, offset=offset, include_total="true"
            )


@exercises("list.limit-bounds", "errors.*")
def test_limit_bounds(run: CollectionsRun) -> None:
    """Limits out of bounds."""
    collection = run.shared_collection()
    if collection is not None:
        for limit in (0, -1, 1001, -1000, 10**6) if run.budget.exhaustive else (0, -1, 1001):
            run.list_documents(collection, {}, "list.limit-bounds", expect=Expect.REFUSE, context=(collection,), limit=limit)


@exercises("list.unknown-collection")
def test_unknown_collection(run: CollectionsRun) -> None:
    """List a collection that does not exist, beside one that does."""
    collection = run.shared_collection()
    if collection is None:
        return
    control = run.list_documents(collection, {}, expect=Expect.ANY, context=(collection,))
    for identifier in ("col_no_such_collection", "col_000000000000000000000000"):
        run.raw(run.path(Operations.LIST_DOCUMENTS, identifier), b"{}", "list.unknown-collection", operation=Operations.LIST_DOCUMENTS,
                context=(collection, control), headers=JSON_HEADERS)  # fmt: skip


def _by_offset(run: CollectionsRun, corpus: Corpus, body: dict[str, Json], limit: int) -> None:
    before: tuple[Exchange, ...] = (*corpus.context, complete_list(run, corpus, body))
    count = len(ids(before[-1])) or len(corpus.documents)
    # With a limit of 1, the empty page after the last one is asked for too.
    for offset in range(0, count + (limit == 1), limit):
        before = (*before, run.list_documents(corpus.collection, body, context=before, limit=limit, offset=offset))
    run.reevaluate(before[-1], _OFFSET)


def _by_cursor(run: CollectionsRun, corpus: Corpus, body: dict[str, Json], limit: int, **ignored: int) -> None:
    """Follow the cursors. The parameters in `ignored` are sent beside each cursor and must have no effect."""
    before: tuple[Exchange, ...] = (*corpus.context, complete_list(run, corpus, body))
    cursor: str | None = None
    page_limit = len(corpus.documents) + 2  # a page may be shorter than the limit
    for _ in range(page_limit):
        page = run.plan_call(Operations.LIST_DOCUMENTS, body=body, of=corpus.collection, expect=Expect.ACCEPT, context=before,
                        query={"limit": limit, **({} if cursor is None else {"cursor": cursor, **ignored})})  # fmt: skip
        exchange = run.perform(page)
        before = (*before, exchange)
        if (cursor := next_cursor(exchange)) is None:
            break
    run.reevaluate(before[-1], _CURSOR)


@exercises(_OFFSET, "list.limit")
def test_pages_by_offset(run: CollectionsRun) -> None:
    """Pages of several sizes, in the default order and by a key with equal values, with a filter and without."""
    corpus, few = corpus_of(run), _few(run)
    if corpus is None or few is None:
        return
    # The small collection first: its counterexamples are smaller.
    _by_offset(run, few, {"sort": {"field": "word"}}, 1)
    _by_offset(run, few, _MOST, 2)
    _by_offset(run, corpus, {}, 9)
    _by_offset(run, corpus, {"sort": {"field": "rank", "direction": "desc"}, **_SOME}, 8)


@exercises(_CURSOR, "list.limit")
def test_pages_by_cursor(run: CollectionsRun) -> None:
    """The same pages by cursor."""
    corpus, few = corpus_of(run), _few(run)
    if corpus is None or few is None:
        return
    _by_cursor(run, few, {"sort": {"field": "word", "direction": "desc"}}, 1)
    _by_cursor(run, few, _MOST, 2, offset=1)
    _by_cursor(run, corpus, {"sort": {"field": "rank"}, **_SOME}, 9)


@exercises("list.sort-ascending", "list.sort-descending", "list.returns-exactly-created")
def test_orders(run: CollectionsRun) -> None:
    """Sort by integers, by fractions and by texts, in both directions; also with a limit, and with a filter."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    for field in ("rank", "weight", "title"):
        for direction in ("asc", "desc"):
            complete_list(run, corpus, {"sort": {"field": field, "direction": direction}})
    complete_list(run, corpus, {"sort": {"field": "number"}})
    for direction in ("asc", "desc"):
        run.list_documents(corpus.collection, {"sort": {"field": PRICE, "direction": direction}}, context=corpus.context, limit=5)


@exercises("list.returns-exactly-created", "list.total", "list.limit", "list.sort-*", _OFFSET, _CURSOR)
def test_crowd(run: CollectionsRun) -> None:
    """With a larger budget: more documents than many servers answer at once, in one list and in the longest pages."""
    collection = run.new_collection() if run.budget.crowd else None
    if collection is None:
        return
    documents = run.perform_all(
        run.plan_document(collection, {"collection_id": collection.created_id, "number": number})
        for number in range(run.budget.crowd)
    )
    corpus = Corpus(collection, tuple(document for document in documents if document.created_id is not None))
    complete_list(run, corpus, {})
    ordered: dict[str, Json] = {"sort": {"field": "number", "direction": "desc"}}
    _by_offset(run, corpus, ordered, run.budget.crowd - 1)
    _by_cursor(run, corpus, ordered, (run.budget.crowd + 1) // 2)


@exercises("list.select")
def test_selected_fields(run: CollectionsRun) -> None:
    """Select root fields, nested fields, two fields of one object, and 100 fields of which only the last exists."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    many = [*(f"no_such_field_{number}" for number in range(99)), "number"]
    for paths in (["number", "rank", PRICE], ["metadata.level", "title"], ["deep.a.b.c", "deep.b"], many):
        run.list_documents(corpus.collection, {"select": paths}, "list.select", context=corpus.context, limit=ALL)


@exercises("list.total", "list.select", "list.sort-*", "list.group-by", "filters.eval.not")
def test_options_together(run: CollectionsRun) -> None:
    """Use filter, sorting, selection, total and groups together: a server may forget one of them beside another."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    context = (*corpus.context, complete_list(run, corpus, _SOME))
    for direction in ("asc", "desc"):
        body: dict[str, Json] = {**_SOME, "sort": {"field": PRICE, "direction": direction}}
        run.list_documents(corpus.collection, body, "list.total", context=context, limit=5, offset=2, include_total="true")
        body["select"] = ["number", "metadata.level"]
        run.list_documents(corpus.collection, body, "list.select", context=context, limit=ALL, include_total="true")
    page = run.list_documents(corpus.collection, body, "list.select", context=context, limit=9)
    if (cursor := next_cursor(page)) is not None:
        run.list_documents(corpus.collection, body, "list.select", context=(*context, page), limit=9, cursor=cursor)
    run.list_documents(corpus.collection, {**_SOME, "group_by": "level"}, "list.group-by", context=context, limit=ALL)


@exercises("list.group-by")
def test_groups(run: CollectionsRun) -> None:
    """Group by a number, and by values of several types that a server may confuse."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    for field in ("mixed", "level"):
        run.list_documents(corpus.collection, {"group_by": field}, "list.group-by", context=corpus.context, limit=ALL)
