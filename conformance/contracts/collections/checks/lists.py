"""Chapter list: pages, totals, orders, selections and groups of a collection's documents."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.collections import fits
from conformance.contracts.collections.checks.documents import no_system_fields
from conformance.contracts.collections.checks.expectations import INVALID, accepted, answer_in_words, answers_not_found, refuses
from conformance.contracts.collections.checks.expected_state import ExpectedState
from conformance.contracts.collections.checks.reading import JUDGED_APART
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items, judge_differences
from conformance.contracts.collections.operations import Operations
from conformance.core import equality, json_text
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_LIST = Operations.LIST_DOCUMENTS
_DEFAULT_LIMIT = 10

refuses(CHECKS, "list.limit-bounds")
answers_not_found(CHECKS, "list.unknown-collection")


@dataclass(frozen=True, slots=True)
class Query:
    """The options of a list request."""

    limit: int
    offset: int
    cursor: str | None
    with_total: bool
    body: dict[str, Any]

    @staticmethod
    def of(exchange: Exchange) -> "Query":
        """Read the options from a request; missing ones have the contract's defaults."""
        return _query(exchange)

    def asks(self, key: str) -> Any:
        """Return a member of the body, None if it is absent."""
        return self.body.get(key)

    @property
    def is_plain(self) -> bool:
        """Whether all documents are asked for, with all fields and without groups."""
        return not any(self.asks(key) is not None for key in ("filters", "search", "group_by", "select"))

    @property
    def is_first(self) -> bool:
        """Whether the first page is asked for."""
        return self.offset == 0 and self.cursor is None


@lru_cache(maxsize=512)  # a list is compared with those of its context, again and again
def _query(exchange: Exchange) -> Query:
    given = exchange.query
    limit, offset = (_number_or(given.get(name), default) for name, default in (("limit", _DEFAULT_LIMIT), ("offset", 0)))
    return Query(limit, offset, given.get("cursor"), given.get("include_total") == "true", dict_or_empty(exchange.case.body))


def _number_or(given: str | None, default: int) -> int:
    """Return a parameter as a number. If it is none, the server has to refuse it, and the default is returned."""
    return int(given) if given is not None and re.fullmatch("-?[0-9]{1,18}", given) else default


def results(exchange: Exchange) -> list[Json]:
    """Return the documents that a list answers."""
    return items(exchange.made.get("results"))


def next_cursor(exchange: Exchange) -> str | None:
    """Return the cursor of the next page, or None if there is none that can be sent."""
    return exchange.next_page


@lru_cache(maxsize=512)
def ids(exchange: Exchange) -> tuple[str, ...]:
    """Return the ids of the documents in a list, in order."""
    return tuple(str(dict_or_empty(document).get("document_id")) for document in results(exchange))


@CHECKS.check("list.response-schema", _LIST, when=When.ACCEPTED)
def response_schema(exchange: Exchange) -> Outcome:
    """A list has documents and pagination; `results` may only be missing if groups are asked for."""
    outcome = fits(exchange, "DocumentList")
    if outcome != HELD or Query.of(exchange).asks("group_by") is not None or isinstance(exchange.made.get("results"), list):
        return outcome
    return Violation("no list of results", "an array", exchange.made.get("results", MISSING), ("results",))


@CHECKS.check("list.returns-exactly-created", _LIST, when=When.ANSWERED)
def returns_exactly_created(exchange: Exchange) -> Outcome:
    """A list whose limit is large enough shows exactly the expected documents."""
    query = Query.of(exchange)
    if exchange.case.expect is not Expect.ACCEPT or not query.is_plain or not query.is_first:
        return None
    expected = expected_state.expected_documents(exchange)
    if query.limit <= len(expected):
        return None
    if JUDGED_APART & set(exchange.case.about):
        return None
    if not exchange.accepted:
        return Violation("a list is not answered", "status 200", answer_in_words(exchange)) if not exchange.case.about else None
    return _difference_from_expected(exchange, expected) or HELD


def _difference_from_expected(exchange: Exchange, expected: dict[str, ExpectedState]) -> Violation | None:
    listed, is_sure = ids(exchange), not any(_is_uncertain(earlier, exchange) for earlier in exchange.context)
    counts = Counter(listed)
    for identifier, count in counts.items():
        if identifier not in expected and is_sure:
            return Violation("a document is listed that the collection does not have", MISSING, identifier, ("results",))
        if count > 1:
            return Violation("a document is listed twice", 1, count, ("results",), supporting=writes_of(expected, identifier))
    for identifier in expected:
        if identifier not in counts:
            return Violation(
                "a document is not listed", identifier, MISSING, ("results",), supporting=writes_of(expected, identifier)
            )
    for index, document in enumerate(results(exchange)):
        identifier = listed[index]
        if identifier not in expected:
            continue
        different = next(expected_state.differences(expected[identifier], document), None)
        if different is not None:
            at = ("results", index, *different.at)
            message = "a document is listed otherwise than it was answered"
            return Violation(message, different.sent, different.got, at, supporting=writes_of(expected, identifier))
    return None


def _is_uncertain(earlier: Exchange, listed: Exchange) -> bool:
    """Whether a create was not answered, or failed, or many documents were changed at once: then it is unknown which ones exist."""
    is_create = earlier.case.operation == Operations.CREATE_DOCUMENT and earlier.id_of("collection") == listed.id_of("collection")
    is_failed = is_create and (earlier.status is None or earlier.status >= 500)  # noqa: PLR2004
    return is_failed or expected_state.is_unseen_change(earlier, listed.id_of("collection"))


def writes_of(expected: dict[str, ExpectedState], *identifiers: str) -> tuple[Exchange, ...]:
    """Return the exchanges that show what these documents must be."""
    documents = [expected[identifier] for identifier in identifiers if identifier in expected]
    return tuple(dict.fromkeys(exchange for document in documents for exchange in (document.created, document.last)))


@CHECKS.promise("errors.rejected-leaves-nothing", Expect.ACCEPT)
def rejected_leaves_nothing(exchange: Exchange) -> Outcome:
    """A list after refused creates shows no more documents than were created."""
    return _no_more_than_made(exchange, "a refused create left a document")


def _no_more_than_made(exchange: Exchange, message: str) -> Outcome:
    refused = [earlier for earlier in exchange.context if earlier.response is not None and not earlier.accepted]
    if not exchange.accepted or not refused:
        return None
    expected, listed = expected_state.expected_documents(exchange), ids(exchange)
    if not expected or not set(expected) <= set(listed):
        return None  # a list that lacks what was created tells nothing about what was refused
    extra = next((identifier for identifier in listed if identifier not in expected), None)
    return HELD if extra is None else Violation(message, MISSING, extra, ("results",), supporting=(refused[-1],))


@CHECKS.promise("auth.no-effect", Expect.ACCEPT)
def no_effect(exchange: Exchange) -> Outcome:
    """A list or a read shows that requests without authorization changed nothing."""
    if exchange.case.operation != _LIST:
        document, message = expected_state.expected_document(exchange), "a refused request had an effect"
        if document is None:
            return None
        if not exchange.accepted:
            return Violation(message, "status 200", answer_in_words(exchange))
        return judge_differences(expected_state.differences(document, exchange.made), message)
    return _no_more_than_made(exchange, "a create refused for its authorization left a document")


@CHECKS.check("list.limit", _LIST, when=When.ANSWERED)
def limit(exchange: Exchange) -> Outcome:
    """A page has no more documents than its limit. A limit within the bounds is no reason to refuse a list."""
    query, listed, count = Query.of(exchange), len(results(exchange)), len(expected_state.expected_documents(exchange))
    if exchange.case.expect is not Expect.ACCEPT:
        return None
    if not exchange.accepted:
        return _refused(exchange, query)
    if listed > query.limit:
        return Violation("more documents than the limit", query.limit, listed, ("results",))
    if "limit" not in exchange.query and query.is_plain and query.is_first and listed < query.limit < count:
        return Violation("fewer documents than the limit that holds when none is given", query.limit, listed, ("results",))
    return HELD if count > query.limit and listed == query.limit else None


def _refused(exchange: Exchange, query: Query) -> Outcome:
    """Judge a refused list beside a list that was answered with another limit: then the limit is the reason."""
    answered = [
        earlier
        for earlier in exchange.context
        if earlier.case.operation == _LIST and earlier.accepted and Query.of(earlier).limit != query.limit
    ]
    if not (query.is_plain and query.is_first and exchange.status in INVALID and answered):
        return None
    what = "a limit within the bounds was refused" if "limit" in exchange.query else "a list without a limit was refused"
    return Violation(what, "status 200", answer_in_words(exchange), supporting=(answered[-1],))


@CHECKS.check("list.total", _LIST, when=When.ACCEPTED)
def total(exchange: Exchange) -> Outcome:
    """Without a filter the total counts all documents; with one, as many as a complete list with the same filter shows."""
    query = Query.of(exchange)
    if not query.with_total or query.asks("group_by") is not None:
        return None
    expected = _matching(exchange, query)
    if expected is None:
        return None
    stated = dict_or_empty(exchange.made.get("pagination")).get("total")
    if stated == len(results(exchange)) < expected and _is_all(exchange, query, expected):
        return None  # documents are missing, and the total only counts the others
    if isinstance(stated, int | float) and not isinstance(stated, bool) and stated == expected:
        return HELD
    return Violation(
        "the total is not the number that matches",
        expected,
        stated,
        ("pagination", "total"),
        supporting=complete_selection(exchange),
    )


def _is_all(exchange: Exchange, query: Query, count: int) -> bool:
    """Whether a page has to show all documents: then missing documents are judged by another check."""
    return query.is_plain and query.is_first and query.limit >= count and exchange.case.expect is Expect.ACCEPT


def _matching(exchange: Exchange, query: Query) -> int | None:
    if query.asks("filters") is None:
        return len(expected_state.expected_documents(exchange)) or None
    if query.is_first and len(results(exchange)) < query.limit:
        return len(results(exchange))
    complete = complete_selection(exchange)
    return len(ids(complete[0])) if complete else None


def complete_list(exchange: Exchange) -> tuple[Exchange, ...]:
    """Return the list in the context that shows everything this page is a part of, as a tuple of one or none."""
    return _complete(exchange, "filters", "sort", "select")


def complete_selection(exchange: Exchange) -> tuple[Exchange, ...]:
    """Return the list in the context that shows all documents that the filter selects, in any order and with any fields."""
    return _complete(exchange, "filters")


def _complete(exchange: Exchange, *keys: str) -> tuple[Exchange, ...]:
    query = Query.of(exchange)
    return tuple(
        earlier
        for earlier in exchange.context
        if earlier.id_of("collection") == exchange.id_of("collection") and _is_complete(earlier, query, keys)
    )[-1:]


def _is_complete(earlier: Exchange, query: Query, keys: tuple[str, ...]) -> bool:
    if earlier.case.operation != _LIST or not earlier.accepted:
        return False
    earlier_query = Query.of(earlier)
    is_alike = earlier_query.asks("group_by") is None and all(earlier_query.asks(key) == query.asks(key) for key in keys)
    return is_alike and earlier_query.is_first and len(results(earlier)) < earlier_query.limit


@CHECKS.check("list.sort-ascending", _LIST, when=When.ANSWERED)
def sort_ascending(exchange: Exchange) -> Outcome:
    """The least key comes first."""
    return _sorted(exchange, "asc")


@CHECKS.check("list.sort-descending", _LIST, when=When.ANSWERED)
def sort_descending(exchange: Exchange) -> Outcome:
    """The greatest key comes first."""
    return _sorted(exchange, "desc")


def _sorted(exchange: Exchange, direction: str) -> Outcome:
    sort = dict_or_empty(Query.of(exchange).asks("sort"))
    if exchange.case.expect is not Expect.ACCEPT or not sort or sort.get("direction", "asc") != direction:
        return None
    if not exchange.accepted:
        return (
            Violation("a sorted list is not answered", "status 200", answer_in_words(exchange))
            if not _asks_more(exchange)
            else None
        )
    expected = expected_state.expected_documents(exchange)
    keys = [expected[identifier].answer.get(sort["field"], MISSING) for identifier in ids(exchange) if identifier in expected]
    if not are_comparable(keys):
        return None
    if (broken := out_of_order(keys, direction)) is not None:
        at, violation = broken
        return replace(violation, supporting=writes_of(expected, *ids(exchange)[at : at + 2]))
    return HELD if len(set(keys)) > 1 else None


def out_of_order(keys: Sequence[Json], direction: str) -> tuple[int, Violation] | None:
    """Return the place and the violation of the first two keys in the wrong order (asc or desc), or None if all are in order."""
    for index, (first, second) in enumerate(pairwise(keys)):
        if first > second if direction == "asc" else first < second:
            return index, Violation(f"the order is not {direction}ending", [second, first], [first, second], ("results", index))
    return None


def _asks_more(exchange: Exchange) -> bool:
    return bool(exchange.case.about) and not any(name.startswith("list.sort") for name in exchange.case.about)


def are_comparable(keys: Sequence[Json]) -> bool:
    """Whether all servers order these keys alike: numbers, or texts without capitals and accents."""
    numbers = all(isinstance(key, int | float) and not isinstance(key, bool) for key in keys)
    return numbers or all(isinstance(key, str) and key.isascii() and key == key.lower() for key in keys)


@CHECKS.promise("list.select", Expect.ACCEPT)
def select(exchange: Exchange) -> Outcome:
    """Each document shows the selected fields, and no other user fields."""
    paths, expected = Query.of(exchange).asks("select"), expected_state.expected_documents(exchange)
    if not isinstance(paths, list) or not paths:  # the contract does not say what an empty selection shows
        return None
    if not exchange.accepted:
        return accepted(exchange)
    known = [(index, document) for index, document in enumerate(results(exchange)) if _id_of(document) in expected]
    for index, document in known:
        expected_document = expected[_id_of(document)]
        own = {name: expected_document.answer[name] for name in expected_document.names if name in expected_document.answer}
        wanted = _projected(own, paths)
        answered = {name: _without_empty(document[name], wanted.get(name)) for name in own if name in document}
        answered = {name: value for name, value in answered.items() if value != {} or name in wanted}
        difference = next(equality.differences(wanted, answered), None)
        if difference is not None:
            message, at = "a document does not show just what was selected", ("results", index, *difference.at)
            supporting = writes_of(expected, _id_of(document))
            return Violation(message, difference.sent, difference.got, at, supporting=supporting)
    return HELD if known else None


def _id_of(document: Json) -> str:
    return str(dict_or_empty(document).get("document_id"))


def _without_empty(value: Json, wanted: Json) -> Json:
    """Leave out objects that are empty because the selected paths in them do not exist."""
    if not isinstance(value, dict) or not isinstance(wanted, dict | None):
        return value
    inner = {key: _without_empty(member, (wanted or {}).get(key)) for key, member in value.items()}
    return {key: member for key, member in inner.items() if member != {} or key in (wanted or {})}


def _projected(own: dict[str, Json], paths: list[str]) -> dict[str, Json]:
    kept: dict[str, Json] = {}
    for path in paths:
        if (value := filter_semantics.lookup(own, path)) is not MISSING:
            node = kept
            *outer, last = path.split(".")
            for key in outer:
                node = node.setdefault(key, {})
            node[last] = value
    return kept


@CHECKS.promise("list.group-by", Expect.ACCEPT)
def group_by(exchange: Exchange) -> Outcome:
    """Documents are grouped by a field that all of them have. A server that does not group at all does not offer this option (MAY)."""
    field, expected = Query.of(exchange).asks("group_by"), _documents_to_group(exchange)
    if not isinstance(field, str) or not exchange.accepted or exchange.made.get("groups") is None:
        return None
    if not expected or any(filter_semantics.lookup(document.answer, field) is MISSING for document in expected.values()):
        return None
    if results(exchange):
        return Violation("results beside groups", "(empty, null or absent)", len(results(exchange)), ("results",))
    return next(_wrong_groups(exchange, field, expected), None) or HELD


def _documents_to_group(exchange: Exchange) -> dict[str, ExpectedState]:
    """Return the documents to group: all, or those that a complete list with the same filter shows."""
    expected = expected_state.expected_documents(exchange)
    if Query.of(exchange).asks("filters") is None:
        return expected
    chosen = {identifier for complete in complete_selection(exchange) for identifier in ids(complete)}
    return {identifier: document for identifier, document in expected.items() if identifier in chosen}


def _wrong_groups(exchange: Exchange, field: str, expected: dict[str, ExpectedState]) -> Iterator[Violation]:
    groups = [dict_or_empty(group) for group in items(exchange.made.get("groups"))]
    for index, group in enumerate(groups):
        yield from _wrong_group(exchange, field, expected, index, group)
    grouped = [identifier for group in groups for identifier in _members(group)]
    twice = next((identifier for identifier in grouped if grouped.count(identifier) > 1), None)
    lost = next((identifier for identifier in expected if identifier not in grouped), None)
    if twice is not None:
        yield Violation("a document is in two groups", 1, grouped.count(twice), ("groups",), supporting=writes_of(expected, twice))
    if lost is not None:
        yield Violation("a document is in no group", lost, MISSING, ("groups",), supporting=writes_of(expected, lost))
    keys = [_value_in_group(group, field, expected) for group in groups]
    if any(equality.same(key, earlier_key) for index, key in enumerate(keys) for earlier_key in keys[:index] if key is not MISSING):
        yield Violation("two groups have one key", 1, 2, ("groups",))


def _wrong_group(
    exchange: Exchange, field: str, expected: dict[str, ExpectedState], index: int, group: dict[str, Any]
) -> Iterator[Violation]:
    key, members = group.get("group_key"), _members(group)
    for identifier in members:
        if identifier not in expected:
            message = "a document is in a group that was not asked for"
            yield Violation(message, MISSING, identifier, ("groups", index), supporting=complete_selection(exchange))
            continue
        value = filter_semantics.lookup(expected[identifier].answer, field)
        if not _is_key_of(key, value):
            message, at = "a document is in another group than its own", ("groups", index, "group_key")
            yield Violation(message, value, key, at, supporting=writes_of(expected, identifier))
    if group.get("count") != len(members):
        message, at = "the count is not the group's size", ("groups", index, "count")
        yield Violation(message, len(members), group.get("count"), at, supporting=writes_of(expected, *members))


def _members(group: dict[str, Any]) -> list[str]:
    return [str(dict_or_empty(document).get("document_id")) for document in items(group.get("documents"))]


def _value_in_group(group: dict[str, Any], field: str, expected: dict[str, ExpectedState]) -> Any:
    """Return the field's value in a group's documents. The key alone may be the text "1", or the JSON of the number 1."""
    values = (
        filter_semantics.lookup(expected[identifier].answer, field) for identifier in _members(group) if identifier in expected
    )
    return next(values, MISSING)


def _is_key_of(key: Json, value: Json) -> bool:
    """Whether a group's key is the value, or its JSON text."""
    if equality.same(value, key):
        return True
    try:
        return isinstance(key, str) and equality.same(value, json_text.loads(key.encode()))
    except ValueError:
        return False


@CHECKS.check("documents.create.no-system-fields-at-root", _LIST, when=When.ACCEPTED)
def no_system_fields_listed(exchange: Exchange) -> Outcome:
    """A list shows no system fields at the root of its documents."""
    outcomes = [no_system_fields(dict_or_empty(document), ("results", index)) for index, document in enumerate(results(exchange))]
    return next((outcome for outcome in outcomes if outcome != HELD), HELD if outcomes else None)
