"""Chapter filters.laws: metamorphic relations between the results of two filtered lists. They need no semantics of the operators.

The judged exchange has one filter of the relation; a list in its context has the other. Documents whose selection the contract
leaves open are left out.
"""

from collections.abc import Callable, Iterator

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.filter_evaluation import filtered_lists, listed_documents
from conformance.contracts.collections.checks.lists import Query, ids
from conformance.contracts.collections.filter_semantics import KINDS, Group
from conformance.engine.checks import HELD, Checks, Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

Relation = Callable[[Group, Group], bool]


def _metamorphic_relation(requirement: str, message: str, relates: Relation, holds: Callable[[Group, bool, bool], bool]) -> None:
    """Register a metamorphic relation: how two filters are related, and how their selections must then be related."""

    def judged(exchange: Exchange) -> Outcome:
        group = _filter(exchange)
        counterpart = next(
            (earlier for earlier in reversed(filtered_lists(exchange)) if earlier.accepted and relates(group, _filter(earlier))),
            None,
        )
        if counterpart is None or not exchange.accepted:
            return None
        breach = next(_breaches(exchange, counterpart, holds), None)
        if breach is None:
            selected = {*ids(counterpart), *ids(exchange)}
            return HELD if any(identifier in selected for identifier, _document in _decided(exchange)) else None
        identifier, document, before, after = breach
        membership = (
            f"({'selected' if before else 'not selected'} by the one, {'selected' if after else 'not selected'} by the other)"
        )
        return Violation(message, "(a law between the last two lists)", membership, ("results",),
                         supporting=(expected_state.expected_documents(exchange)[identifier].created, document, counterpart))  # fmt: skip

    CHECKS.promise(requirement, Expect.ACCEPT)(judged)


def _filter(exchange: Exchange) -> Group:
    group: Group = Query.of(exchange).asks("filters") or {}
    return group


def _breaches(exchange: Exchange, counterpart: Exchange,
            holds: Callable[[Group, bool, bool], bool]) -> Iterator[tuple[str, Exchange, bool, bool]]:  # fmt: skip
    selected_before, selected_after = frozenset(ids(counterpart)), frozenset(ids(exchange))
    for identifier, document in _decided(exchange):
        before, after = identifier in selected_before, identifier in selected_after
        if not holds(_filter(exchange), before, after):
            yield identifier, document, before, after


def _only_kind(group: Group) -> tuple[str, list[Group]]:
    """Return the kind and the members of a group that uses one kind only; no members if it uses several."""
    given = [(kind, group[kind]) for kind in KINDS if group.get(kind)]
    return given[0] if len(given) == 1 and group.get("case_sensitive") is None else ("", [])


def _is_equivalent(member: Group, group: Group) -> bool:
    """Whether a member is equivalent to a group: equal to it, a group around it alone, or the single condition in it."""
    kind, members = _only_kind(member)
    if member == group or (kind in ("AND", "OR") and members == [group]):
        return True
    kind, members = _only_kind(group)
    return kind in ("AND", "OR") and members == [member]


def _negates(group: Group, counterpart: Group) -> bool:
    kind, members = _only_kind(group)
    return kind == "NOT" and len(members) == 1 and _is_equivalent(members[0], counterpart)


def _doubles(group: Group, counterpart: Group) -> bool:
    kind, members = _only_kind(group)
    return kind in ("AND", "OR") and len(members) > 1 and all(_is_equivalent(member, counterpart) for member in members)


def _extends(group: Group, counterpart: Group) -> bool:
    kind, members = _only_kind(group)
    return kind in ("AND", "OR") and len(members) > 1 and any(_is_equivalent(member, counterpart) for member in members)


def _reorders(group: Group, counterpart: Group) -> bool:
    (kind, members), (other_kind, others) = _only_kind(group), _only_kind(counterpart)
    return kind == other_kind != "" and sorted(map(filter_semantics.canonical, members)) == sorted(
        map(filter_semantics.canonical, others)
    )


def _distributes(group: Group, counterpart: Group) -> bool:
    """Whether one is a group of negations, and the other the negation of the dual group (De Morgan)."""
    kind, members = _only_kind(group)
    outer, inner = _only_kind(counterpart)
    negated = [_only_kind(member) for member in members]
    if outer != "NOT" or len(inner) != 1 or not all(member[0] == "NOT" and len(member[1]) == 1 for member in negated):
        return False
    inner_kind, inner_members = _only_kind(inner[0])
    return (kind, inner_kind) in (("AND", "OR"), ("OR", "AND")) and [member[1][0] for member in negated] == inner_members


def _decided(exchange: Exchange) -> list[tuple[str, Exchange]]:
    documents = listed_documents(exchange)
    selection = filter_semantics.selection(_filter(exchange), [document.answer for document in documents.values()])
    return [
        (identifier, document.last)
        for number, (identifier, document) in enumerate(documents.items())
        if selection.of(number) is not None
    ]


def _is_same(_group: Group, before: bool, after: bool) -> bool:  # noqa: FBT001
    return before is after


def _is_opposite(_group: Group, before: bool, after: bool) -> bool:  # noqa: FBT001
    return before is not after


def _monotone(group: Group, before: bool, after: bool) -> bool:  # noqa: FBT001
    """With one more member, AND selects no more documents than before, and OR no fewer."""
    return after >= before if group.get("OR") else after <= before


_metamorphic_relation("filters.laws.complement", "a filter and its negation do not split the collection", _negates, _is_opposite)
_metamorphic_relation("filters.laws.de-morgan", "a negated group is not the group of negations", _distributes, _is_same)
_metamorphic_relation("filters.laws.order", "the order of conditions matters", _reorders, _is_same)
_metamorphic_relation("filters.laws.idempotent", "a filter joined with itself is another", _doubles, _is_same)
_metamorphic_relation("filters.laws.monotone", "one more condition has the wrong effect", _extends, _monotone)
