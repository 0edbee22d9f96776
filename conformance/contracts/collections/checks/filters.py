"""Chapter filters: filters in a collection's source."""

from collections.abc import Iterator

from conformance.contracts.collections.checks.expectations import CLEAN, accepts, answer_in_words, refuses
from conformance.contracts.collections.checks.round_trip import dict_or_empty, judge_differences, returned
from conformance.contracts.collections.operations import Operations
from conformance.core import pointers
from conformance.core.equality import Difference
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_CREATE = Operations.CREATE_COLLECTION
_ROOT_CASE = ("source", "filters", "case_sensitive")
_SECONDS = 10.0

accepts(CHECKS, "filters.accepts-every-operator", "filters.accepts-nesting")
refuses(CHECKS, "filters.rejects-unknown-operator", "filters.rejects-non-list-group")


def _sent_filters(exchange: Exchange) -> Json:
    return dict_or_empty(exchange.case.body.get("source")).get("filters")


def _differences(exchange: Exchange) -> Iterator[Difference]:
    return (difference for difference in returned(exchange).get("source", ()) if difference.at[1:2] == ("filters",))


def _is_default(difference: Difference) -> bool:
    return difference.sent is MISSING and (difference.at == _ROOT_CASE or difference.at[-1] == "operator")


@CHECKS.check("filters.echoes-verbatim", _CREATE, when=When.ECHOED)
def echoes_verbatim(exchange: Exchange) -> Outcome:
    """Groups, nesting, order, operators and values come back as given."""
    if not _sent_filters(exchange):
        return None
    if (
        whole := next((difference for difference in returned(exchange).get("source", ()) if difference.at == ("source",)), None)
    ) is not None:
        return judge_differences([whole])
    return judge_differences(difference for difference in _differences(exchange) if not _is_default(difference))


@CHECKS.check("filters.operator-default", _CREATE, when=When.ECHOED)
def operator_default(exchange: Exchange) -> Outcome:
    """The default operator is eq."""
    without = any(
        isinstance(node, dict) and "field" in node and "operator" not in node for node in pointers.nodes(_sent_filters(exchange))
    )
    return (
        judge_differences(
            difference for difference in _differences(exchange) if _is_default(difference) and difference.at[-1] == "operator"
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
    return judge_differences(difference for difference in _differences(exchange) if difference.at == _ROOT_CASE)


@CHECKS.promise("filters.deep-nesting", Expect.EITHER)
def deep_nesting(exchange: Exchange) -> Outcome:
    """Deep nesting is answered in time, with 200 or a clean 4xx."""
    if not exchange.accepted and exchange.status not in CLEAN:
        return Violation("neither accepted nor cleanly refused", "status 200 or a clean 4xx", answer_in_words(exchange))
    seconds = exchange.response.seconds if exchange.response is not None else 0.0
    return HELD if seconds <= _SECONDS else Violation("too slow", f"within {_SECONDS:.0f} s", f"{seconds:.1f} s")
