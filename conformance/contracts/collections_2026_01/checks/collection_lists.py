"""Chapter collections.list: what a list of collections shows, selects, counts and finds.

A server may hold thousands of collections that this run did not make, and others come and go while it lists them. So what was made here
must be there, what is shown must be what was asked for, and numbers are compared with what a list with the same filter shows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks.collections import fits
from conformance.contracts.collections.checks.expectations import accepts, answer_in_words, refuses
from conformance.contracts.collections.checks.lists import Query, are_comparable, out_of_order, results
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.truth_sets import Truth
from conformance.contracts.collections_2026_01.checks import collection_state
from conformance.contracts.collections_2026_01.checks.collection_state import CollectionState
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import equality
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect
from conformance.evidence.requirements import Level

CHECKS = Checks()
_LIST = Added.LIST_COLLECTIONS
# What a condition names that is about each application of a list, and under which key it is looked up here.
_TAXONOMIES, _TAXONOMY_IDS = "taxonomy_applications.taxonomy_id", "taxonomy ids"
# An average may be rounded to two digits.
_ROUNDED = 0.01

accepts(CHECKS, "collections.list.body-optional")
refuses(CHECKS, "collections.list.limit-bounds", "collections.list.offset-bounds", "collections.list.rejects-wrong-types")


def entries(exchange: Exchange) -> list[dict[str, Any]]:
    """Return the collections that a list answers."""
    return [dict_or_empty(entry) for entry in results(exchange)]


def ids(exchange: Exchange) -> list[Json]:
    """Return the ids of the collections in a list, in order."""
    return [entry.get("collection_id") for entry in entries(exchange)]


def _name(entry: dict[str, Any]) -> Json:
    return entry.get("collection_name")


def is_complete(exchange: Exchange) -> bool:
    """Whether a list was asked for more than it shows: then it shows all that there is."""
    query = Query.of(exchange)
    return exchange.accepted and "limit" in exchange.query and query.is_first and len(results(exchange)) < query.limit


def complete_list(exchange: Exchange, *keys: str) -> Exchange | None:
    """Return the list of the context that shows everything this page is a part of, as far as these members of their bodies tell."""
    body = Query.of(exchange).body
    for earlier in reversed(exchange.context):
        is_list = earlier.case.operation == _LIST and earlier.request.namespace is exchange.request.namespace
        if is_list and is_complete(earlier) and all(Query.of(earlier).asks(key) == body.get(key) for key in keys):
            return earlier
    return None


SELECTING = ("filters", "search", "case_sensitive")


@CHECKS.check("collections.list.response-schema", _LIST, when=When.ACCEPTED)
def response_schema(exchange: Exchange) -> Outcome:
    """The answer is a page of collections."""
    return fits(exchange, "CollectionList")


# What is selected.


@dataclass(frozen=True, slots=True)
class _Selection:
    """What a list asks for: the conditions of its filter, the term that it searches for, and whether case counts."""

    filters: Mapping[str, Any] | None
    term: str | None
    is_sensitive: bool

    @classmethod
    def of(cls, exchange: Exchange) -> "_Selection":
        body = Query.of(exchange).body
        return cls(body.get("filters"), body.get("search"), body.get("case_sensitive") is True)

    def holds(self, collection: Mapping[str, Json], *, sensitive: bool) -> Truth:
        """Whether the filter holds for a collection; None where the contract leaves it open."""
        if self.filters is None:
            return True
        given = {**_with_plain_fields(self.filters), "case_sensitive": sensitive}
        applications = (dict_or_empty(one) for one in items(collection.get("taxonomy_applications")))
        return filter_semantics.selects(given, {**collection, _TAXONOMY_IDS: [one.get("taxonomy_id") for one in applications]})

    def finds(self, collection: Mapping[str, Json], *, whole: bool) -> bool:
        """Whether the id, the name or the description has the term, or is it, letter for letter."""
        texts = [collection.get(key) for key in ("collection_id", "collection_name", "description")]
        found = (self.term == text if whole else isinstance(text, str) and str(self.term) in text for text in texts)
        return self.term is None or any(found)


def _with_plain_fields(group: Mapping[str, Any]) -> dict[str, Any]:
    """Return a filter in which a condition on each of several applications is one on the list of their ids."""
    return {
        kind: [_plain(member) if "field" in member else _with_plain_fields(member) for member in members]
        if isinstance(members, list)
        else members
        for kind, members in group.items()
    }


def _plain(condition: dict[str, Any]) -> dict[str, Any]:
    if condition["field"] != _TAXONOMIES:
        return condition
    return {"field": _TAXONOMY_IDS, "operator": "contains", "value": condition.get("value")}


def _lost(exchange: Exchange, wanted: Callable[[dict[str, Any]], bool]) -> CollectionState | None:
    """Return the first collection that a list has to show and does not."""
    listed = ids(exchange)
    expected = collection_state.collections(exchange)
    return next(
        (
            state
            for identifier, state in expected.items()
            if not state.is_unsure and identifier not in listed and wanted(state.answer)
        ),
        None,
    )


def _is_lost(state: CollectionState, message: str) -> Violation:
    identifier = state.created.created_id
    return Violation(message, identifier, MISSING, ("results",), supporting=(state.created, state.last))


@CHECKS.check("collections.list.returns-created", _LIST, when=When.ANSWERED)
def returns_created(exchange: Exchange) -> Outcome:
    """What was made in the namespace is there, once; only plain filters are judged here."""
    if exchange.case.expect is not Expect.ACCEPT or exchange.case.about or not _is_plain(exchange):
        return None
    if not exchange.accepted:
        return Violation("a list is not answered", "status 200", answer_in_words(exchange))
    listed = ids(exchange)
    twice = next((identifier for identifier in listed if identifier is not None and listed.count(identifier) > 1), None)
    if twice is not None:
        return Violation("a collection is listed twice", 1, listed.count(twice), ("results",))
    if not is_complete(exchange):
        return None
    selection = _Selection.of(exchange)
    lost = _lost(exchange, lambda collection: selection.holds(collection, sensitive=True) is True)
    return HELD if lost is None else _is_lost(lost, "a collection is not listed")


def _is_plain(exchange: Exchange) -> bool:
    """Whether a list asks for all collections, or for those of which one field has a value."""
    query = Query.of(exchange)
    filters = query.asks("filters")
    conditions = [] if filters is None else items(filters.get("AND"))
    is_one = filters is None or (filters.keys() == {"AND"} and [one.get("operator") for one in conditions] == ["eq"])
    return is_one and query.asks("search") is None


@CHECKS.check("collections.list.forgets-deleted", _LIST, when=When.ACCEPTED)
def forgets_deleted(exchange: Exchange) -> Outcome:
    """No list shows what was deleted."""
    deleted = collection_state.deletes(exchange) if exchange.case.expect is Expect.ACCEPT else {}
    shown = next((identifier for identifier in ids(exchange) if identifier in deleted), None)
    if shown is not None:
        return Violation("a deleted collection is listed", MISSING, shown, ("results",), supporting=(deleted[str(shown)],))
    return HELD if deleted and is_complete(exchange) else None


@CHECKS.check("collections.list.entries", _LIST, when=When.ACCEPTED)
def shows_collections(exchange: Exchange) -> Outcome:
    """An entry shows the collection as its last write was answered."""
    if exchange.case.expect is not Expect.ACCEPT:
        return None  # nobody can say who else changed what a recording shows
    expected, outcome = collection_state.collections(exchange), None
    for index, entry in enumerate(entries(exchange)):
        state = expected.get(str(entry.get("collection_id")))
        if state is None or state.is_unsure:
            continue
        different = next(collection_state.differences(exchange, state.answer, entry), None)
        if different is not None:
            at = ("results", index, *different.at)
            message = "a collection is listed otherwise than it was answered"
            return Violation(message, different.sent, different.got, at, supporting=(state.created, state.last))
        outcome = HELD
    return outcome


def _selects(requirement: str, *, whole: bool = False) -> None:
    """Register what a filter or a term selects: all that it must of what was made here, and nothing that it must not."""

    def selected(exchange: Exchange) -> Outcome:
        if not exchange.accepted:
            return Violation("a valid list was not answered", "status 200", answer_in_words(exchange))
        selection = _Selection.of(exchange)
        for index, entry in enumerate(entries(exchange)):
            if selection.holds(entry, sensitive=False) is False:
                return Violation(
                    "a collection is listed that the filter does not select", MISSING, _name(entry), ("results", index)
                )
        if not is_complete(exchange):
            return None
        lost = _lost(
            exchange,
            lambda collection: selection.holds(collection, sensitive=True) is True and selection.finds(collection, whole=whole),
        )
        return HELD if lost is None else _is_lost(lost, "a collection is not listed that was asked for")

    CHECKS.promise(requirement, Expect.ACCEPT)(selected)


_selects("collections.list.filters")
_selects("collections.list.nested-filter")
_selects("collections.list.filter-operators")
_selects("collections.list.search", whole=True)
_selects("collections.list.search-parts")


@CHECKS.promise("collections.list.case-sensitive", Expect.ACCEPT)
def case_sensitive(exchange: Exchange) -> Outcome:
    """With case_sensitive nothing is selected or found that only letters of the other case would select."""
    selection, expected = _Selection.of(exchange), collection_state.collections(exchange)
    if not exchange.accepted:
        return Violation("a valid list was not answered", "status 200", answer_in_words(exchange))
    for index, entry in enumerate(entries(exchange)):
        is_ours = entry.get("collection_id") in expected
        if selection.holds(entry, sensitive=True) is False or (is_ours and not _has(entry, selection.term)):
            return Violation(
                "a collection is listed whose letters are of the other case", MISSING, _name(entry), ("results", index)
            )
    lost = _lost(
        exchange,
        lambda collection: selection.holds(collection, sensitive=True) is True and selection.finds(collection, whole=True),
    )
    if lost is not None and is_complete(exchange):
        return _is_lost(lost, "a collection is not listed that was asked for in the right case")
    return HELD if is_complete(exchange) else None


def _has(value: Json, term: str | None) -> bool:
    """Whether any text of a value has the term, letter for letter: a server may search all of them."""
    if isinstance(value, dict):
        return term is None or any(_has(member, term) for member in value.values())
    if isinstance(value, list):
        return any(_has(item, term) for item in value)
    return term is None or (isinstance(value, str) and term in value)


@CHECKS.promise("collections.list.case-insensitive-default", Expect.ACCEPT)
def case_insensitive_default(exchange: Exchange) -> Outcome:
    """Without case_sensitive a filter and a term select what differs from them by the case of letters alone."""
    if not exchange.accepted:
        return Violation("a valid list was not answered", "status 200", answer_in_words(exchange))
    if not is_complete(exchange):
        return None
    body = Query.of(exchange).body
    lowered = _Selection(body.get("filters"), str(body["search"]).lower() if body.get("search") else None, is_sensitive=False)
    lost = _lost(
        exchange,
        lambda collection: (
            lowered.holds(collection, sensitive=False) is True and lowered.finds(_in_lower_case(collection), whole=True)
        ),
    )
    return HELD if lost is None else _is_lost(lost, "a collection is not listed that differs by the case of letters alone")


def _in_lower_case(collection: dict[str, Any]) -> dict[str, Any]:
    return {key: value.lower() if isinstance(value, str) else value for key, value in collection.items()}


# How many, and in which order.


@CHECKS.check("collections.list.limit", _LIST, when=When.ACCEPTED)
def limit(exchange: Exchange) -> Outcome:
    """A page has no more collections than its limit."""
    query, listed = Query.of(exchange), len(results(exchange))
    if "limit" not in exchange.query or exchange.case.expect is not Expect.ACCEPT:
        return None
    if listed > query.limit:
        return Violation("more collections than the limit", query.limit, listed, ("results",))
    return HELD if listed == query.limit else None


@CHECKS.check("collections.list.total", _LIST, when=When.ACCEPTED)
def total(exchange: Exchange) -> Outcome:
    """The totals count what a filter selects, whatever the page; others' collections cannot change what this run's own filter selects.

    What a search finds besides is the server's own, so a list with one is only compared with what it shows itself.
    """
    query = Query.of(exchange)
    is_ours = exchange.case.expect is Expect.ACCEPT and query.asks("filters") is not None
    whole = exchange if is_complete(exchange) else complete_list(exchange, *SELECTING)
    if not is_ours or whole is None or (whole is not exchange and query.asks("search") is not None):
        return None
    proofs = () if whole is exchange else (whole,)
    for place, stated, level in _totals(exchange, with_total=query.with_total):
        is_number = isinstance(stated, int | float) and not isinstance(stated, bool)
        if not is_number or stated != len(ids(whole)):
            message = "the total is not the number that matches"
            return Violation(message, len(ids(whole)), stated, place, level, supporting=proofs)
    return HELD


def _totals(exchange: Exchange, *, with_total: bool) -> Iterator[tuple[tuple[str, ...], Any, Level | None]]:
    """Yield where totals are stated. A server may leave one out that it was not asked for, so that weighs less."""
    if with_total:
        yield ("pagination", "total"), dict_or_empty(exchange.made.get("pagination")).get("total"), None
    yield ("total_count",), exchange.made.get("total_count"), None if with_total else Level.SHOULD


@CHECKS.check("collections.list.stats", _LIST, when=When.ACCEPTED)
def statistics(exchange: Exchange) -> Outcome:
    """The statistics that are shown are those of the collections that match; only whole lists are judged, for they have no other ones."""
    stats = exchange.made.get("stats")
    is_ours = exchange.case.expect is Expect.ACCEPT and Query.of(exchange).asks("filters") is not None
    if not isinstance(stats, dict) or not is_complete(exchange) or not is_ours:
        return None
    for key, allowed in _expected_statistics(exchange):
        stated = stats.get(key)
        if stated is None or isinstance(stated, bool) or not isinstance(stated, int | float):
            continue
        if not any(abs(stated - number) <= (_ROUNDED if key.startswith("avg_") else 0) for number in allowed):
            return Violation("the statistics are not those of the collections listed", allowed[0], stated, ("stats", key))
    return HELD


def _expected_statistics(exchange: Exchange) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield each number with the values that it may have: things that occur more than once may be counted once."""
    shown = entries(exchange)
    extractors = [equality_key(entry.get("feature_extractor")) for entry in shown]
    applications = [[dict_or_empty(one).get("taxonomy_id") for one in items(entry.get("taxonomy_applications"))] for entry in shown]
    connected = [identifier for known in applications for identifier in known]
    yield "collections_with_taxonomies", (sum(map(bool, applications)),)
    yield "total_feature_extractors", (len(extractors), len(set(extractors)))
    yield "total_taxonomies", (len(connected), len(set(map(str, connected))))
    documents = _documents(exchange)
    if documents is not None:
        yield "total_documents", (documents,)
        yield "avg_documents_per_collection", (documents / len(shown) if shown else 0.0,)


def equality_key(extractor: Json) -> tuple[str, str]:
    """Return what tells two feature extractors apart."""
    known = dict_or_empty(extractor)
    return str(known.get("feature_extractor_name")), str(known.get("version"))


def _documents(exchange: Exchange) -> int | None:
    """Return how many documents the listed collections have; None if there may be some that this context does not know of."""
    creates = [earlier for earlier in exchange.context if earlier.case.operation == Operations.CREATE_DOCUMENT]
    listed, expected = ids(exchange), collection_state.collections(exchange)
    is_known = all(identifier in expected for identifier in listed) and all(create.accepted for create in creates)
    return sum(create.id_of("collection") in listed for create in creates) if creates and is_known else None


@CHECKS.check("collections.list.sort-ascending", _LIST, when=When.ANSWERED)
def sort_ascending(exchange: Exchange) -> Outcome:
    """The least key comes first."""
    return _sorted(exchange, "asc")


@CHECKS.check("collections.list.sort-descending", _LIST, when=When.ANSWERED)
def sort_descending(exchange: Exchange) -> Outcome:
    """The greatest key comes first."""
    return _sorted(exchange, "desc")


def _sorted(exchange: Exchange, direction: str) -> Outcome:
    sort = dict_or_empty(Query.of(exchange).asks("sort"))
    if exchange.case.expect is not Expect.ACCEPT or not sort or sort.get("direction", "asc") != direction:
        return None
    if not exchange.accepted:
        return Violation("a sorted list is not answered", "status 200", answer_in_words(exchange))
    # All servers order these names alike. An earlier run may have left others of the same names.
    names = {state.name for state in collection_state.collections(exchange).values()}
    keys = [_sort_key(entry.get(sort["field"])) for entry in entries(exchange) if entry.get("collection_name") in names]
    if not are_comparable(keys):
        return None
    if (broken := out_of_order(keys, direction)) is not None:
        return broken[1]
    return HELD if len(set(keys)) > 1 else None


def _sort_key(value: Json) -> Json:
    """Return a time as a number, and other keys as they are."""
    moment = equality.instant(value)
    return value if moment is None else moment.timestamp()


# What is not to be seen.


@CHECKS.promise("collections.list.isolates-namespaces", Expect.ACCEPT)
def isolates_namespaces(exchange: Exchange) -> Outcome:
    """A list shows nothing that was made in the other namespace."""
    if not exchange.accepted:
        return Violation("a valid list was not answered", "status 200", answer_in_words(exchange))
    creates = [earlier for earlier in exchange.context if earlier.case.operation.makes == "collection" and earlier.created_id]
    foreign = {create.created_id: create for create in creates if create.request.namespace is not exchange.request.namespace}
    shown = next((identifier for identifier in ids(exchange) if identifier in foreign), None)
    if shown is not None:
        return Violation("a collection of another namespace is listed", MISSING, shown, ("results",), supporting=(foreign[shown],))
    return HELD if is_complete(exchange) and 0 < len(foreign) < len(creates) else None


@CHECKS.promise("collections.list.rejected-leaves-nothing", Expect.ACCEPT)
def rejected_leaves_nothing(exchange: Exchange) -> Outcome:
    """A list by the name of a refused create shows nothing of this name."""
    if not exchange.accepted:
        return None
    refused = {
        str(dict_or_empty(earlier.case.body).get("collection_name")): earlier
        for earlier in exchange.context
        if earlier.case.operation == Operations.CREATE_COLLECTION and collection_state.is_refused(earlier)
    }
    shown = next((entry["collection_name"] for entry in entries(exchange) if entry.get("collection_name") in refused), None)
    if shown is not None:
        return Violation("a refused create left a collection", MISSING, shown, ("results",), supporting=(refused[shown],))
    return HELD if refused and is_complete(exchange) else None
