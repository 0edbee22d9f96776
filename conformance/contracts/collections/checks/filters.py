"""Chapter filters: filters in a collection's source."""

from collections.abc import Iterator

from conformance.contracts.collections.checks.expectations import CLEAN, accepts, answer_in_words, refuses
from conformance.contracts.collections.checks.round_trip import is_about_filters, judge_differences, returned
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.source_places import filters_at
from conformance.core import pointers
from conformance.core.equality import Difference
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_CREATE = Operations.CREATE_COLLECTION
_SECONDS = 10.0

accepts(CHECKS, "filters.accepts-every-operator", "filters.accepts-nesting")
refuses(CHECKS, "filters.rejects-unknown-operator", "filters.rejects-non-list-group")


def _sent_filters(exchange: Exchange) -> Json:
    filters = pointers.get(exchange.case.body, filters_at(exchange.case.operation.schema))
    return None if filters is MISSING else filters


def _differences(exchange: Exchange) -> Iterator[Difference]:
    return (difference for difference in returned(exchange).get("source", ()) if is_about_filters(exchange, difference))


def _root_case(exchange: Exchange) -> Pointer:
    return (*filters_at(exchange.case.operation.schema), "case_sensitive")


def _is_default(exchange: Exchange, difference: Difference) -> bool:
    return difference.sent is MISSING and (difference.at == _root_case(exchange) or difference.at[-1] == "operator")


def _has_no_filters(exchange: Exchange, difference: Difference) -> bool:
    """Whether what differs is the source as a whole, or what its filters stand in."""
    place = filters_at(exchange.case.operation.schema)
    return len(difference.at) < len(place) and place[: len(difference.at)] == difference.at


@CHECKS.check("filters.echoes-verbatim", _CREATE, when=When.ECHOED)
def echoes_verbatim(exchange: Exchange) -> Outcome:
    """Groups, nesting, order, operators and values come back as given."""
    if not _sent_filters(exchange):
        return None
    if (
        whole := next(
            (difference for difference in returned(exchange).get("source", ()) if _has_no_filters(exchange, difference)), None
        )
    ) is not None:
        return judge_differences([whole])
    return judge_differences(difference for difference in _differences(exchange) if not _is_default(exchange, difference))


@CHECKS.check("filters.operator-default", _CREATE, when=When.ECHOED)
def operator_default(exchange: Exchange) -> Outcome:
    """The default operator is eq."""
    without = any(
        isinstance(node, dict) and "field" in node and "operator" not in node for node in pointers.nodes(_sent_filters(exchange))
    )
    return (
        judge_differences(
            difference
            for difference in _differences(exchange)
            if _is_default(exchange, difference) and difference.at[-1] == "operator"
        )
        if without
        else None
    )


@CHECKS.check("filters.case-sensitive-default", _CREATE, when=When.ECHOED)
def case_sensitive_default(exchange: Exchange) -> Outcome:
    """A root group ignores case by default."""
    sent = _sent_filters(exchange)
    if not isinstance(sent, dict) or not sent or sent.get("case_sensitive") is not None:
        return None
    return judge_differences(difference for difference in _differences(exchange) if difference.at == _root_case(exchange))


@CHECKS.promise("filters.deep-nesting", Expect.EITHER)
def deep_nesting(exchange: Exchange) -> Outcome:
    """Deep nesting is answered in time, with 200 or a clean 4xx."""
    if not exchange.accepted and exchange.status not in CLEAN:
        return Violation("neither accepted nor cleanly refused", "status 200 or a clean 4xx", answer_in_words(exchange))
    seconds = exchange.response.seconds if exchange.response is not None else 0.0
    return HELD if seconds <= _SECONDS else Violation("too slow", f"within {_SECONDS:.0f} s", f"{seconds:.1f} s")
