"""The promises about an answer that many requirements share: accepted, refused, not found, unchanged, or kept verbatim unless refused."""

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.round_trip import judge_differences, returned
from conformance.contracts.collections.limits import LIMITS
from conformance.core import pointers
from conformance.core.display import short
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect
from conformance.schema import rules

INVALID = (400, 422)
# "Clean": a 4xx that the operation or HTTP documents, so that a client can react to it.
CLEAN = frozenset({400, 401, 403, 404, 405, 406, 408, 409, 411, 413, 414, 415, 422, 429, 431})


# If a source names nothing, or nothing that exists, 404 is as good as 400 and 422.
MAY_BE_MISSED = frozenset({"source.bucket-needs-bucket-id", "source.collection-needs-collection-id", "source.unknown-collection"})


def answer_in_words(exchange: Exchange) -> str:
    """Describe an answer in a few words, for a violation's `actual`."""
    return f"status {exchange.status}" if exchange.response is not None else f"no answer: {exchange.failure}"


def accepts(checks: Checks, *requirements: str) -> None:
    """Register requirements whose requests must be answered 200."""
    for requirement in requirements:
        checks.promise(requirement, Expect.ACCEPT)(accepted)


def refuses(checks: Checks, *requirements: str, statuses: tuple[int, ...] = INVALID) -> None:
    """Register requirements whose requests must be answered with one of these statuses."""

    def refused(exchange: Exchange) -> Outcome:
        # A server may answer 404 for a missing name before it checks the rest of the body.
        may_be_missed = exchange.case.names_unknown or not MAY_BE_MISSED.isdisjoint(exchange.case.about)
        if exchange.status in statuses or (exchange.status == 404 and may_be_missed):  # noqa: PLR2004
            return HELD
        expected = "status " + " or ".join(map(str, statuses))
        told = _accepted_in_words(exchange) if exchange.accepted else ""
        return Violation(
            "the request was not refused as promised", expected, answer_in_words(exchange), exchange.case.at, told=told
        )

    for requirement in requirements:
        checks.promise(requirement, Expect.REFUSE)(refused)


def _accepted_in_words(exchange: Exchange) -> str:
    """Return which value was accepted where, or that one was accepted that is lacking."""
    case = exchange.case
    if not case.at or case.body is MISSING:
        return ""
    value, place = pointers.get(case.body, case.at), pointers.text(case.at)
    return f"a body without {place} was accepted" if value is MISSING else f"{short(value, 80)} was accepted as {place}"


def answers_not_found(checks: Checks, *requirements: str) -> None:
    """Register requirements whose requests name something that does not exist, and must be answered 404.

    A server that lacks the operation answers 404 too. So the promise only counts as kept if another request of the operation was
    accepted.
    """

    def missed(exchange: Exchange) -> Outcome:
        if expected_state.is_there(exchange):
            return None
        if exchange.status != 404:  # noqa: PLR2004
            return Violation("what does not exist was not answered as unknown", "status 404", answer_in_words(exchange))
        operation = exchange.case.operation
        return HELD if any(earlier.case.operation == operation and earlier.accepted for earlier in exchange.context) else None

    for requirement in requirements:
        checks.promise(requirement, Expect.REFUSE)(missed)


def leaves_untouched(checks: Checks, requirement: str, message: str) -> None:
    """Register the promise that a request in the wrong place changed nothing. A later read of the document shows that."""

    def untouched(exchange: Exchange) -> Outcome:
        if not exchange.accepted and exchange.status != 404:  # noqa: PLR2004
            return None
        if not exchange.accepted:
            return Violation(message, "status 200", answer_in_words(exchange))
        document = expected_state.expected_document(exchange)
        return judge_differences(() if document is None else expected_state.differences(document, exchange.made), message)

    checks.promise(requirement, Expect.ACCEPT)(untouched)


def keeps_or_refuses(checks: Checks, *requirements: str) -> None:
    """Register requirements whose values must come back verbatim, unless they are refused with a clean 4xx."""
    for requirement in requirements:
        checks.promise(requirement, Expect.EITHER)(kept_or_refused)


def accepted(exchange: Exchange) -> Outcome:
    """Judge a request that must be accepted."""
    if exchange.accepted:
        return HELD
    return Violation("a valid request was not accepted", "status 200", answer_in_words(exchange))


def kept_or_refused(exchange: Exchange) -> Outcome:
    """Judge a request that may be refused, but must not be changed silently."""
    if exchange.status in CLEAN:
        return HELD
    if not exchange.accepted:
        return Violation("neither accepted nor cleanly refused", "status 200 or a clean 4xx", answer_in_words(exchange))
    # Values filled in where nothing was given are judged by the checks of defaults.
    changed = next(
        (
            difference
            for differences in returned(exchange).values()
            for difference in differences
            if difference.kind is not Kind.FILLED and _is_special(exchange.case.body, difference)
        ),
        None,
    )
    if changed is None:
        return HELD
    return Violation("accepted, and silently changed", changed.sent, changed.got, changed.at)


def _is_special(body: Json, difference: Difference) -> bool:
    """Whether a difference is about what a server may refuse: other values that change have requirements of their own."""
    at = difference.at
    around = (pointers.get(body, at[:end]) for end in range(1, len(at)))
    return (
        any(rules.is_hostile_key(part, LIMITS) for part in at if isinstance(part, str))
        or rules.exceeds_limits(difference.sent, LIMITS)
        or any(rules.is_too_wide(part, LIMITS) for part in around)
    )
