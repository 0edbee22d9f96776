"""What one exchange shows without any other: used for recorded traffic, whose earlier requests are unknown.

A list may show documents that its filter excludes, more than its limit, or a wrong order; an update may not show the given
values. In a run of our own, the other chapters judge the same requirements with more evidence.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks import filter_evaluation, updates
from conformance.contracts.collections.checks.expectations import answer_in_words
from conformance.contracts.collections.checks.lists import Query, are_comparable, ids, out_of_order, results
from conformance.contracts.collections.checks.round_trip import NOT_THE_USERS, dict_or_empty
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.truth_sets import UNKNOWN, Truth, TruthSet, of_truths
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation

Outcomes = Iterator[tuple[str, Outcome]]
_MAX_LIMIT = 1000
_PARAMETERS = frozenset({"limit", "offset", "cursor", "include_total"})
_MEMBERS = frozenset({"filters", "sort", "return_url", "return_vectors", "group_by", "select"})
_PLAIN_TEXT = re.compile("[a-z0-9]*")
_SERVER_FIELDS = NOT_THE_USERS | {"collection_id", "document_id"}
# Engines differ about these beyond plain cases, and some regular expressions never end.
_UNCERTAIN_OPERATORS = frozenset({"regex", "text"})
_ID_REQUIREMENTS = {
    Operations.GET_DOCUMENT: "documents.get.equals-created",
    Operations.PATCH_DOCUMENT: "documents.update.keeps-identity",
    Operations.PUT_DOCUMENT: "documents.update.keeps-identity",
}
_UPDATE_REQUIREMENTS = {Operations.PATCH_DOCUMENT: "documents.patch.merges", Operations.PUT_DOCUMENT: "documents.put.replaces"}


def outcomes(exchange: Exchange) -> Outcomes:
    """Yield the outcomes that the answer of an accepted, valid request shows, each with its requirement."""
    if not exchange.accepted:
        return
    operation = exchange.case.operation
    if operation in _UPDATE_REQUIREMENTS:
        yield _UPDATE_REQUIREMENTS[operation], updates.shows_given_fields(exchange)
    if operation in _ID_REQUIREMENTS:
        yield _ID_REQUIREMENTS[operation], _is_about_named_document(exchange)
    if operation == Operations.LIST_DOCUMENTS:
        query = Query.of(exchange)
        yield from _limit_and_total(exchange, query)
        if query.asks("select") is None and query.asks("group_by") is None:
            yield "list.returns-exactly-created", _no_document_twice(exchange)
            yield from _sorted(exchange, query)
            yield from _filtered(exchange, query)


def _is_about_named_document(exchange: Exchange) -> Outcome:
    """The answer has the id that the path names."""
    answered = exchange.made.get("document_id", MISSING)
    if answered == exchange.id_of("document"):
        return HELD
    return Violation("the answer is about another document", exchange.id_of("document"), answered, ("document_id",))


def _limit_and_total(exchange: Exchange, query: Query) -> Outcomes:
    """Judge the limit if it is given once and by the contract's name, and the total if it is asked for."""
    is_plain = not _other_names(exchange, query)
    limit, count = exchange.query.get("limit"), len(results(exchange))
    if limit is not None and is_plain and not 1 <= int(limit) <= _MAX_LIMIT:
        yield "list.limit-bounds", Violation("a limit out of bounds was accepted", "status 400 or 422", answer_in_words(exchange))
    elif limit is not None and is_plain:
        yield (
            "list.limit",
            HELD if count <= query.limit else Violation("more documents than the limit", query.limit, count, ("results",)),
        )
    if query.with_total and query.asks("group_by") is None:
        total = dict_or_empty(exchange.made.get("pagination")).get("total", MISSING)
        is_right = isinstance(total, int) and total >= count
        yield (
            "list.total",
            HELD if is_right else Violation("no total of all that is listed", f"{count} or more", total, ("pagination", "total")),
        )


def _other_names(exchange: Exchange, query: Query) -> bool:
    """Whether a list uses parameters or members that the contract does not know: these may change the page."""
    names = [name for name, _value in parse_qsl(urlsplit(exchange.request.path).query, keep_blank_values=True)]
    return len(names) != len(set(names)) or not set(names) <= _PARAMETERS or not query.body.keys() <= _MEMBERS


def _no_document_twice(exchange: Exchange) -> Outcome:
    listed = ids(exchange)
    twice = next((identifier for identifier in listed if listed.count(identifier) > 1), None)
    return HELD if twice is None else Violation("a document is listed twice", 1, listed.count(twice), ("results",))


def _sorted(exchange: Exchange, query: Query) -> Outcomes:
    sort = dict_or_empty(query.asks("sort"))
    direction = sort.get("direction", "asc")
    keys = [dict_or_empty(document).get(str(sort.get("field")), MISSING) for document in results(exchange)]
    if not sort or not _have_one_order(keys) or len(keys) < 2:  # noqa: PLR2004
        return
    broken = out_of_order(keys, direction)
    yield f"list.sort-{direction}ending", HELD if broken is None else broken[1]


def _have_one_order(keys: Sequence[Json]) -> bool:
    """Whether all collations order these keys alike: numbers, or plain texts."""
    return are_comparable(keys) and all(not isinstance(key, str) or _PLAIN_TEXT.fullmatch(key) for key in keys)


def _filtered(exchange: Exchange, query: Query) -> Outcomes:
    group = query.asks("filters")
    listed = [document for document in results(exchange) if isinstance(document, dict)]
    if not isinstance(group, dict) or not listed:
        return
    requirement = _requirement_of(group)
    truths = [_selects(group, document) for document in listed]
    wrong = next((at for at, truth in enumerate(truths) if truth is False), None)
    if wrong is not None:
        yield requirement, Violation("a document is listed that the filter excludes", MISSING, listed[wrong], ("results", wrong))
    elif True in truths:
        yield requirement, HELD


def _selects(group: filter_semantics.Group, document: dict[str, Json]) -> Truth:
    """Return whether a filter surely holds for a shown document, surely does not, or None."""

    def condition_truth(condition: filter_semantics.Group, rules: Sequence[bool | None]) -> TruthSet:
        if not _is_certain(condition, document):
            return UNKNOWN
        return of_truths([filter_semantics.holds(condition, document, sensitive=filter_semantics.is_sensitive(rules))])

    return filter_semantics.evaluate(group, condition_truth).of(0)


def _is_certain(condition: filter_semantics.Group, document: dict[str, Json]) -> bool:
    """Whether the contract leaves nothing open: a shown user field, a plain operand, and an operator that all engines read alike."""
    field, operand, operator = condition["field"], condition.get("value"), condition.get("operator", "eq")
    if field.startswith("_") or field.partition(".")[0] in _SERVER_FIELDS or operator in _UNCERTAIN_OPERATORS:
        return False
    kind = _kind(filter_semantics.lookup(document, field))
    if operator in ("exists", "is_null"):
        return kind is not None
    operands = operand if isinstance(operand, list) and operator in ("in", "nin") else [operand]
    return kind is not None and all(_kind(value) == kind for value in operands)


def _kind(value: Any) -> str | None:
    """Return the type of a plain value, or None if engines differ about it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) and value.isascii() else None


def _requirement_of(group: dict[str, object]) -> str:
    """Return the requirement of a filter: its operator's for a single condition, else the one of its first kind of group."""
    alone = filter_evaluation.single_condition(group)
    if alone is not None:
        return filter_evaluation.operator_requirement(alone[0].get("operator", "eq"))
    return filter_evaluation.kind_requirement(next((kind for kind in filter_semantics.KINDS if group.get(kind)), "AND"))
