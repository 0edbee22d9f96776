"""Chapter list: the pages by offset, or by cursor, together make up the whole list."""

from typing import Any

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import answer_in_words
from conformance.contracts.collections.checks.lists import Query, complete_list, ids, writes_of
from conformance.contracts.collections.checks.round_trip import dict_or_empty
from conformance.contracts.collections.operations import Operations
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, is_put_off
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_LIST = Operations.LIST_DOCUMENTS


def _next_cursor(exchange: Exchange) -> Any:
    return dict_or_empty(exchange.made.get("pagination")).get("next_cursor")


@CHECKS.promise("list.offset-pages-partition", Expect.ACCEPT)
def offset_pages_partition(exchange: Exchange) -> Outcome:
    """The exchange is the last page, and the others are in its context. If one is missing, nothing is shown."""
    pages = [earlier for earlier in exchange.context if _is_page(earlier, exchange) and "cursor" not in earlier.query]
    query = Query.of(exchange)
    offsets = [Query.of(page).offset for page in (*pages, exchange)]
    complete = complete_list(exchange)
    count = len(ids(complete[0])) if complete else len(expected_state.expected_documents(exchange))
    is_whole = offsets == list(range(0, query.offset + 1, query.limit)) and query.offset + query.limit >= count
    return _partition(exchange, pages) if is_whole else None


@CHECKS.promise("list.cursor-pages-partition", Expect.ACCEPT)
def cursor_pages_partition(exchange: Exchange) -> Outcome:
    """The last page has no next cursor, or is the one at which the scenario stopped following cursors."""
    pages = [earlier for earlier in exchange.context if _is_page(earlier, exchange)]
    cursors = [None, *(_next_cursor(page) for page in pages)]
    if [page.query.get("cursor") for page in (*pages, exchange)] != cursors:
        return None
    outcome = _partition(exchange, pages)
    if outcome == HELD and _next_cursor(exchange) not in (None, ""):
        following = [page for page in (*pages, exchange) if ids(page)]
        return Violation("there is a next cursor after all documents", None, _next_cursor(exchange), ("pagination", "next_cursor"),
                         supporting=tuple(following[:-1]))  # fmt: skip
    return outcome


def _is_page(earlier: Exchange, last: Exchange) -> bool:
    """Whether an earlier list is a page of the same list."""
    is_list = earlier.case.operation == _LIST and earlier.id_of("collection") == last.id_of("collection")
    return is_list and earlier.case.body == last.case.body and earlier.query.get("limit") == last.query.get("limit")


def _partition(exchange: Exchange, pages: list[Exchange]) -> Outcome:
    refused = next((page for page in (*pages, exchange) if not page.accepted), None)
    if refused is not None:
        outcome = Violation("a page is not answered", "status 200", answer_in_words(refused), supporting=tuple(pages))
        return None if is_put_off(refused) else outcome
    expected = expected_state.expected_documents(exchange)
    joined = [identifier for page in (*pages, exchange) for identifier in ids(page)]
    complete = complete_list(exchange)
    if Query.of(exchange).asks("filters") is not None and not complete:
        return None
    wanted = list(ids(complete[0])) if complete else list(expected)
    twice = next((identifier for identifier in joined if joined.count(identifier) > 1), None)
    if twice is not None:
        return Violation("a document is on two pages", twice, [twice, twice], ("results",), supporting=tuple(pages))
    lost = next((identifier for identifier in wanted if identifier not in joined), None)
    if lost is not None and ids(exchange) and _next_cursor(exchange) and "cursor" in exchange.query:
        return None  # the scenario stopped following cursors before the last page
    if lost is not None:
        return Violation("a document is on no page", lost, MISSING, ("results",), supporting=(*writes_of(expected, lost), *pages))
    moved = next(
        ((expected_id, listed_id) for expected_id, listed_id in zip(wanted, joined, strict=False) if expected_id != listed_id), None
    )
    if complete and moved is not None:
        return Violation("the pages have another order than the whole", *moved, ("results",), supporting=(*complete, *pages))
    return HELD if len(pages) > 1 else None
