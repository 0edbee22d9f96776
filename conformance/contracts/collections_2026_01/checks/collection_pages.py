"""Chapter collections.list: the pages by offset, or by cursor, together make up the whole list."""

from collections.abc import Collection

from conformance.contracts.collections.checks.expectations import answer_in_words
from conformance.contracts.collections.checks.lists import Query, are_comparable, out_of_order
from conformance.contracts.collections.checks.round_trip import dict_or_empty
from conformance.contracts.collections_2026_01.checks import collection_state
from conformance.contracts.collections_2026_01.checks.collection_lists import SELECTING, complete_list, entries, ids
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, is_put_off
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()


@CHECKS.promise("collections.list.offset-pages-partition", Expect.ACCEPT)
def offset_pages_partition(exchange: Exchange) -> Outcome:
    """The exchange is the last page, and the others are in its context. If one is missing, nothing is shown."""
    pages = [page for page in _pages(exchange) if "cursor" not in page.query]
    query, whole = Query.of(exchange), complete_list(exchange, *SELECTING)
    offsets = [Query.of(page).offset for page in pages]
    if whole is None or offsets != list(range(0, query.offset + 1, query.limit)):
        return None
    return _partition(pages, whole) if query.offset + query.limit >= len(ids(whole)) else None


@CHECKS.promise("collections.list.cursor-pages-partition", Expect.ACCEPT)
def cursor_pages_partition(exchange: Exchange) -> Outcome:
    """The last page has no next cursor, or is the one at which the scenario stopped following cursors."""
    pages, whole = _pages(exchange), complete_list(exchange, *SELECTING)
    cursors = [None, *(page.next_page for page in pages[:-1])]
    if whole is None or [page.query.get("cursor") for page in pages] != cursors:
        return None
    return _partition(pages, whole, goes_on=exchange.next_page is not None)


def _pages(exchange: Exchange) -> list[Exchange]:
    """Return the pages of one list, of which the exchange is the last."""
    before = [
        earlier
        for earlier in exchange.context
        if earlier.case.operation == Added.LIST_COLLECTIONS
        and earlier.case.body == exchange.case.body
        and earlier.query.get("limit") == exchange.query.get("limit")
    ]
    return [*before, exchange]


def _partition(pages: list[Exchange], whole: Exchange, *, goes_on: bool = False) -> Outcome:
    """Judge the pages of a list; if it `goes_on`, the scenario stopped following cursors before the last page."""
    refused = next((page for page in pages if not page.accepted), None)
    proofs = (whole, *pages[:-1])
    if refused is not None:
        outcome = Violation("a page is not answered", "status 200", answer_in_words(refused), supporting=proofs)
        return None if is_put_off(refused) else outcome
    # What others have made may be of the same names, and so in any order.
    ours = collection_state.collections(pages[-1]).keys()
    joined, wanted = (
        [identifier for page in those for identifier in ids(page) if identifier in ours] for those in (pages, [whole])
    )
    twice = next((identifier for identifier in joined if joined.count(identifier) > 1), None)
    if twice is not None:
        return Violation("a collection is on two pages", twice, [twice, twice], ("results",), supporting=proofs)
    lost = next((identifier for identifier in wanted if identifier not in joined), None)
    if lost is not None and goes_on:
        return None
    if lost is not None:
        return Violation("a collection is on no page", lost, MISSING, ("results",), supporting=proofs)
    return _in_order(pages, ours, proofs) or (HELD if len(pages) > 1 else None)


def _in_order(pages: list[Exchange], ours: Collection[str], proofs: tuple[Exchange, ...]) -> Violation | None:
    """Return what is wrong with the order of all pages, if there is to be one: each by itself may be in order."""
    sort = dict_or_empty(Query.of(pages[0]).asks("sort"))
    shown = (entry for page in pages for entry in entries(page) if entry.get("collection_id") in ours)
    keys = [entry.get(sort.get("field", "")) for entry in shown]
    broken = out_of_order(keys, sort.get("direction", "asc")) if sort and are_comparable(keys) else None
    if broken is None:
        return None
    _at, violation = broken
    return Violation("the pages are not in one order", violation.expected, violation.actual, ("results",), supporting=proofs)
