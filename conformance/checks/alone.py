"""What one exchange shows by itself, with nothing known of the rest: for traffic that others made.

A list that shows what its own filter excludes, more than its own limit, or another order than it was asked for; an update whose answer
does not have what it was given. In a run of our own the other chapters judge the same requirements by more.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from conformance.checks import filtering, updates
from conformance.checks.echoed import dict_or_empty
from conformance.checks.lists import Query, are_comparable, results
from conformance.checks.registry import HELD, Outcome
from conformance.contract import selection
from conformance.contract.jsontext import Json
from conformance.contract.operations import Operation
from conformance.contract.pointers import MISSING
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation

Shown = Iterator[tuple[str, Outcome]]
_UPDATES = {Operation.PATCH_DOCUMENT: "documents.patch.merges", Operation.PUT_DOCUMENT: "documents.put.replaces"}


def shown(exchange: Exchange) -> Shown:
    """Yield requirements and what an accepted, valid request's answer shows of them."""
    if not exchange.accepted:
        return
    if exchange.case.operation in _UPDATES:
        yield _UPDATES[exchange.case.operation], updates.shows_given(exchange)
    if exchange.case.operation is Operation.LIST_DOCUMENTS:
        query = Query.of(exchange)
        yield "list.limit", _limit(exchange, query)
        if query.asks("select") is None and query.asks("group_by") is None:
            yield from _sorted(exchange, query)
            yield from _filtered(exchange, query)


def _limit(exchange: Exchange, query: Query) -> Outcome:
    found = len(results(exchange))
    return HELD if found <= query.limit else Violation("more documents than the limit", query.limit, found, ("results",))


def _sorted(exchange: Exchange, query: Query) -> Shown:
    sort = dict_or_empty(query.asks("sort"))
    direction = sort.get("direction", "asc")
    keys = [dict_or_empty(one).get(str(sort.get("field")), MISSING) for one in results(exchange)]
    if not sort or not are_comparable(keys) or len(keys) < 2:  # noqa: PLR2004
        return
    wrong = next(
        (at for at, (one, other) in enumerate(pairwise(keys)) if (one > other if direction == "asc" else one < other)), None
    )
    requirement = f"list.sort-{direction}ending"
    if wrong is None:
        yield requirement, HELD
        return
    pair = keys[wrong : wrong + 2]
    yield requirement, Violation(f"the order is not {direction}ending", pair[::-1], pair, ("results", wrong))


def _filtered(exchange: Exchange, query: Query) -> Shown:
    group = query.asks("filters")
    listed = [one for one in results(exchange) if isinstance(one, dict)]
    if not isinstance(group, dict) or not listed:
        return
    requirement = _about(group)
    for at, one in enumerate(listed):
        if _selects(group, one) is False:
            yield requirement, Violation("a document is listed that the filter excludes", MISSING, one, ("results", at))
            return
    yield requirement, HELD


def _selects(group: selection.Group, document: dict[str, Json]) -> selection.Truth:
    """Whether a filter holds for a document as it is shown; a field that is not shown may be there."""

    def leaf(condition: selection.Group, rules: Sequence[bool | None]) -> selection.Truth:
        if selection.lookup(document, condition["field"]) is MISSING:
            return None
        return selection.holds(condition, document, sensitive=selection.is_sensitive(rules))

    return selection.evaluate(group, leaf)


def _about(group: dict[str, object]) -> str:
    """Return the requirement about a filter: its operator's if it is one condition, else the one about its first group."""
    alone = filtering.single(group)
    if alone is not None:
        return filtering.operator_requirement(alone[0].get("operator", "eq"))
    return filtering.kind_requirement(next((kind for kind in selection.KINDS if group.get(kind)), "AND"))
