"""What the edition of 2026-01 says of a list of documents beside the documents."""

from collections.abc import Iterator
from math import ceil
from typing import Any

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import CLEAN, answer_in_words
from conformance.contracts.collections.checks.lists import Query, ids, results
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items
from conformance.contracts.collections.operations import Operations
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()
_LIST = Operations.LIST_DOCUMENTS
# Averages may be rounded.
_CLOSE = 0.01


@CHECKS.check("list.group-field", _LIST, when=When.ACCEPTED)
def group_field(exchange: Exchange) -> Outcome:
    """The field that groups is the one that was asked for; a server that does not group may name none."""
    asked, shown = Query.of(exchange).asks("group_by"), exchange.made.get("group_by_field")
    if shown == asked:
        return HELD
    return None if shown is None else Violation("another field is said to group", asked, shown, ("group_by_field",))


@CHECKS.check("list.statistics", _LIST, when=When.ACCEPTED)
def statistics(exchange: Exchange) -> Outcome:
    """On a page that holds everything the statistics are those of what it shows."""
    query, stats = Query.of(exchange), exchange.made.get("stats")
    groups = exchange.made.get("groups") if query.asks("group_by") is not None else None
    if not isinstance(stats, dict) or not query.is_first or len(items(groups) or results(exchange)) >= query.limit:
        return None
    return next(_wrong_statistics(exchange, stats, groups), HELD)


def _wrong_statistics(exchange: Exchange, stats: dict[str, Any], groups: Json) -> Iterator[Violation]:
    count = sum(len(items(dict_or_empty(group).get("documents"))) for group in items(groups)) or len(results(exchange))
    number = len(items(groups))
    for key, wanted in {
        "total_documents": count,
        "total_groups": number,
        "avg_documents_per_group": count / number if number else 0,
    }.items():
        shown = stats.get(key)
        if isinstance(shown, int | float) and abs(shown - wanted) > (_CLOSE if key.startswith("avg") else 0):
            yield Violation("the statistics do not count what is shown", wanted, shown, ("stats", key))


@CHECKS.check("list.page-count", _LIST, when=When.ACCEPTED)
def page_count(exchange: Exchange) -> Outcome:
    """The number of pages is that of the total by the size of a page. Without anything to list there may be one page or none."""
    pagination = dict_or_empty(exchange.made.get("pagination"))
    pages, total, size = (pagination.get(key) for key in ("total_pages", "total", "page_size"))
    if not isinstance(pages, int) or not isinstance(total, int) or Query.of(exchange).asks("group_by") is not None:
        return None
    sizes = [Query.of(exchange).limit, *([size] if isinstance(size, int) and size > 0 else [])]
    allowed = {ceil(total / size) for size in sizes} | ({1} if total == 0 else set())
    if pages in allowed:
        return HELD
    return Violation("the total takes another number of pages", max(allowed), pages, ("pagination", "total_pages"))


@CHECKS.promise("list.search", Expect.EITHER)
def search(exchange: Exchange) -> Outcome:
    """What is found is the collection's, and found once. Which documents a term finds is the server's own."""
    if not exchange.accepted:
        is_refused = exchange.status in CLEAN
        return (
            HELD
            if is_refused
            else Violation("no list, and no clean refusal", "status 200 or a clean 4xx", answer_in_words(exchange))
        )
    expected, listed = expected_state.expected_documents(exchange), ids(exchange)
    for identifier in listed:
        if identifier not in expected:
            return Violation("a document is found that the collection does not have", MISSING, identifier, ("results",))
        if listed.count(identifier) > 1:
            return Violation("a document is found twice", 1, listed.count(identifier), ("results",))
    return HELD
