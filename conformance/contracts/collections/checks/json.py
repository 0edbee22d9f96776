"""Chapter json: data comes back as it was sent."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from conformance.contracts.collections.checks.expectations import keeps_or_refuses, kept_or_refused
from conformance.contracts.collections.checks.round_trip import is_user_data, judge_differences, returned, user_fields
from conformance.contracts.collections.operations import CREATES, Operations
from conformance.core import pointers
from conformance.core.equality import Kind, kind_of
from conformance.core.json_text import Json
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect
from conformance.evidence.requirements import Level

CHECKS = Checks()
_JUDGED = frozenset({Kind.STRING, Kind.NUMBER, Kind.STRUCTURE})

keeps_or_refuses(CHECKS, "json.preserves-large-integers", "json.extreme-numbers", "json.nul-character", "json.hostile-keys")


@CHECKS.promise("json.lone-surrogate", Expect.EITHER)
def lone_surrogate(exchange: Exchange) -> Outcome:
    """Kept or refused. U+FFFD in its place breaks only a SHOULD."""
    outcome = kept_or_refused(exchange)
    if isinstance(outcome, Violation) and isinstance(outcome.actual, str) and isinstance(outcome.expected, str):
        replaced = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in outcome.expected)
        # An encoder that works on bytes writes three replacement characters for one surrogate.
        if outcome.actual.replace("\ufffd\ufffd\ufffd", "\ufffd") == replaced:
            return Violation(outcome.message, outcome.expected, outcome.actual, outcome.at, level=Level.SHOULD)
    return outcome


def _own_data(exchange: Exchange) -> dict[str, Json]:
    body = exchange.case.body
    if exchange.case.operation == Operations.CREATE_COLLECTION:
        return {"metadata": body["metadata"]} if "metadata" in body else {}
    return {key: body[key] for key in ("metadata", *user_fields(body)) if key in body}


@lru_cache(maxsize=4)
def _kinds(exchange: Exchange) -> frozenset[Kind]:
    """Return the kinds of values in the user's own data of which at least one came back."""
    changed = {difference.at for differences in returned(exchange).values() for difference in differences}
    if not changed:
        return _kinds_in(_own_data(exchange).values())
    return frozenset(
        kind_of(node)
        for key, own in _own_data(exchange).items()
        for at, node in pointers.walk(own)
        if not any((key, *at)[:end] in changed for end in range(1, len(at) + 2))
    )


def _kinds_in(values: Iterable[Json]) -> frozenset[Kind]:
    """Return the kinds of values that are in some values; as soon as each kind that is judged is there, no more."""
    kinds: set[Kind] = set()
    for node in chain.from_iterable(map(pointers.nodes, values)):
        kinds.add(kind_of(node))
        if kinds >= _JUDGED:
            break
    return frozenset(kinds)


def _preserved(exchange: Exchange, kind: Kind) -> Outcome:
    for differences in returned(exchange).values():
        for difference in differences:
            if difference.kind is kind and is_user_data(exchange.case.operation, difference.at):
                return judge_differences([difference])
    return HELD if kind in _kinds(exchange) else None


@CHECKS.check("json.preserves-strings", *CREATES, when=When.ECHOED)
def preserves_strings(exchange: Exchange) -> Outcome:
    """Strings of the user's data come back code point for code point."""
    return _preserved(exchange, Kind.STRING)


@CHECKS.check("json.preserves-numbers", *CREATES, when=When.ECHOED)
def preserves_numbers(exchange: Exchange) -> Outcome:
    """Numbers of the user's data come back equal."""
    return _preserved(exchange, Kind.NUMBER)


@CHECKS.check("json.preserves-structure", *CREATES, when=When.ECHOED)
def preserves_structure(exchange: Exchange) -> Outcome:
    """Containers, order, nulls and booleans of the user's data come back as sent."""
    return _preserved(exchange, Kind.STRUCTURE)
