"""Chapter filters.laws: lists with filters compared with each other, whatever the operators in them mean to the target.

The exchange that is judged asks for one side of a law; those in its context, the last ones, ask for the other. Documents whose
selection the contract leaves open are left out.
"""

from collections.abc import Callable

from conformance.checks import known
from conformance.checks.filtering import listed, partners
from conformance.checks.lists import Query, ids
from conformance.checks.registry import HELD, Outcome, promise
from conformance.contract import selection
from conformance.contract.jsontext import Json
from conformance.contract.operations import Expect
from conformance.contract.pointers import MISSING
from conformance.contract.selection import KINDS
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation

Law = Callable[[str, bool, bool], bool]


def _law(requirement: str, message: str, holds: Callable[[Exchange, bool, bool], bool]) -> None:
    """Register a law between the last list of the context and the one judged: how membership in the two must relate."""

    def judged(exchange: Exchange) -> Outcome:
        others = partners(exchange)
        if not others or not exchange.accepted or not others[-1].accepted:
            return None
        other, judged_ids = frozenset(ids(others[-1])), frozenset(ids(exchange))
        for identifier, document in _settled(exchange):
            before, after = identifier in other, identifier in judged_ids
            if not holds(exchange, before, after):
                made = known.all_of(exchange)[identifier].created
                return Violation(message, _shown(identifier, present=before), _shown(identifier, present=after), ("results",),
                                 beside=(made, document, others[-1]))  # fmt: skip
        return HELD if other or judged_ids else None

    promise(requirement, Expect.ACCEPT)(judged)


def _shown(identifier: str, *, present: bool) -> Json:
    return identifier if present else MISSING


def _settled(exchange: Exchange) -> list[tuple[str, Exchange]]:
    group = Query.of(exchange).asks("filters") or {}
    found = listed(exchange).items()
    return [(one, document.last) for one, document in found if selection.selects(group, document.answer) is not None]


def _monotone(exchange: Exchange, before: bool, after: bool) -> bool:  # noqa: FBT001
    """The list judged has the same group with one member more: fewer pass an AND or a NOT, more an OR."""
    group = Query.of(exchange).asks("filters")
    kind = next(kind for kind in KINDS if group.get(kind))
    return after >= before if kind == "OR" else after <= before


_law(
    "filters.laws.complement",
    "a filter and its negation do not split the collection",
    lambda _one, before, after: before is not after,
)
_law("filters.laws.de-morgan", "a negated group is not the group of negations", lambda _one, before, after: before is after)
_law("filters.laws.order", "the order of conditions matters", lambda _one, before, after: before is after)
_law("filters.laws.idempotent", "a filter joined with itself is another", lambda _one, before, after: before is after)
_law("filters.laws.monotone", "one more condition has the wrong effect", _monotone)
