"""Error hypotheses: the typical mistakes that servers make with the case rule and with each kind of group.

If a compound filter selects the wrong documents, the requirement is blamed whose hypothesis selects the same documents.
"""

from collections.abc import Callable, Iterator, Sequence

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.filter_semantics import KINDS, Group, GroupTruth
from conformance.contracts.collections.truth_sets import ALWAYS, NEVER, TruthSet, all_of, any_of

CaseRules = Sequence[bool | None]
_DEEPEST = 5


def _ignoring_rules_below(depth: int) -> Callable[[CaseRules], bool]:
    return lambda rules: filter_semantics.is_sensitive(rules[:depth])


CASE_RULES: tuple[Callable[[CaseRules], bool], ...] = (
    lambda rules: next((rule for rule in reversed(rules) if rule is not None), True),  # the default is true
    lambda _rules: False,
    lambda _rules: True,
    lambda rules: bool(rules[-1]),  # rules are not inherited
    lambda rules: bool(rules[0]),  # only the root's rule counts
    lambda rules: next((rule for rule in rules if rule is not None), False),  # the outermost rule counts
    any,  # an explicit false does not override
    lambda rules: all(rule for rule in rules if rule is not None) and any(rules),
    lambda rules: not filter_semantics.is_sensitive(rules),
    *map(_ignoring_rules_below, range(2, _DEEPEST)),
)

_WRONG_GROUP_TRUTHS: tuple[Callable[[Sequence[TruthSet]], TruthSet], ...] = (
    all_of,
    any_of,
    lambda truths: ~any_of(truths),
    lambda truths: ~all_of(truths),
    lambda _truths: ALWAYS,
    lambda _truths: NEVER,
    lambda truths: truths[0],
    lambda truths: truths[-1],
    lambda truths: ~truths[0],
    lambda truths: ~truths[-1],
    lambda truths: all_of(truths[:2]),
    lambda truths: any_of(truths[:2]),
    lambda truths: all_of(truths[:-1]),
    lambda truths: any_of(truths[:-1]),
)


def group_hypotheses(kinds: Sequence[str]) -> Iterator[tuple[str, GroupTruth]]:
    """Yield hypotheses for each kind of group: wrong everywhere, at or below a depth, in long lists, or beside other kinds."""
    for applies in _SCOPES:
        for kind in reversed(kinds):
            for reading in _WRONG_GROUP_TRUTHS:
                yield kind, _replace_for_kind(kind, reading, applies)


Scope = Callable[[int, int, Group], bool]


def _from_depth(least: int) -> Scope:
    return lambda depth, _members, _group: depth >= least


def _at_depth(level: int) -> Scope:
    return lambda depth, _members, _group: depth == level


_SCOPES: tuple[Scope, ...] = (
    lambda _depth, _members, _group: True,
    lambda _depth, members, _group: members > 1,
    lambda _depth, members, _group: members > 2,  # noqa: PLR2004
    lambda _depth, members, _group: members == 1,
    lambda _depth, _members, group: sum(bool(group.get(kind)) for kind in KINDS) > 1,
    *map(_from_depth, range(2, _DEEPEST + 1)),
    *map(_at_depth, range(1, _DEEPEST)),
)


def _replace_for_kind(kind: str, reading: Callable[[Sequence[TruthSet]], TruthSet], applies: Scope) -> GroupTruth:
    def group_truth(other_kind: str, truths: Sequence[TruthSet], depth: int, group: Group | None) -> TruthSet:
        if other_kind == kind and applies(depth, len(truths), group or {}):
            return reading(truths)
        return filter_semantics.group_truth(other_kind, truths)

    return group_truth
