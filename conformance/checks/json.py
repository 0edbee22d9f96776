"""Chapter json: what is stored comes back."""

from conformance.checks.echoed import first, is_user_data, returned, user_fields
from conformance.checks.promises import keeps_or_refuses, kept_or_refused
from conformance.checks.registry import ALL_OPERATIONS, Outcome, When, check, promise
from conformance.contract import pointers
from conformance.contract.jsontext import Json
from conformance.contract.operations import Expect, Operation
from conformance.contract.requirements import Level
from conformance.contract.semantics import Kind, kind_of
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation

keeps_or_refuses("json.preserves-large-integers", "json.extreme-numbers", "json.nul-character", "json.hostile-keys")


@promise("json.lone-surrogate", Expect.EITHER)
def lone_surrogate(exchange: Exchange) -> Outcome:
    """Kept or refused; U+FFFD in its place is a change that weighs as a SHOULD."""
    outcome = kept_or_refused(exchange)
    if isinstance(outcome, Violation) and isinstance(outcome.actual, str) and isinstance(outcome.expected, str):
        replaced = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in outcome.expected)
        # An encoder that works in bytes puts one replacement for each of the surrogate's three.
        if outcome.actual.replace("\ufffd\ufffd\ufffd", "\ufffd") == replaced:
            return Violation(outcome.message, outcome.expected, outcome.actual, outcome.at, level=Level.SHOULD)
    return outcome


def _own_data(exchange: Exchange) -> Json:
    body = exchange.case.body
    if exchange.case.operation is Operation.CREATE_COLLECTION:
        return body.get("metadata")
    return [body.get("metadata"), [body[key] for key in user_fields(body)]]


def _preserved(exchange: Exchange, kind: Kind) -> Outcome:
    changed = [
        found
        for differences in returned(exchange).values()
        for found in differences
        if found.kind is kind and is_user_data(exchange.case.operation, found.at)
    ]
    if changed:
        return first(iter(changed))
    shown = any(kind_of(node) is kind for at, node in pointers.walk(_own_data(exchange)) if at)
    return first(iter(())) if shown else None


@check("json.preserves-strings", *ALL_OPERATIONS, when=When.ECHOED)
def preserves_strings(exchange: Exchange) -> Outcome:
    """Strings of the user's data come back code point for code point."""
    return _preserved(exchange, Kind.STRING)


@check("json.preserves-numbers", *ALL_OPERATIONS, when=When.ECHOED)
def preserves_numbers(exchange: Exchange) -> Outcome:
    """Numbers of the user's data come back equal."""
    return _preserved(exchange, Kind.NUMBER)


@check("json.preserves-structure", *ALL_OPERATIONS, when=When.ECHOED)
def preserves_structure(exchange: Exchange) -> Outcome:
    """Containers, order, nulls and booleans of the user's data come back as sent."""
    return _preserved(exchange, Kind.STRUCTURE)
