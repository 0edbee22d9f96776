"""Ways to misread a filter: what a server may take the case rule, or a kind of group, for.

A compound filter that selects the wrong documents is blamed on the requirement whose misreading explains what was selected.
"""

from collections.abc import Callable, Iterator, Sequence

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.filter_semantics import KINDS, Group, Joint, Truth

Rules = Sequence[bool | None]
_DEEPEST = 5


def _ignoring_below(depth: int) -> Callable[[Rules], bool]:
    return lambda rules: filter_semantics.is_sensitive(rules[:depth])


RULES: tuple[Callable[[Rules], bool], ...] = (
    lambda rules: next((rule for rule in reversed(rules) if rule is not None), True),  # the default is true
    lambda _rules: False,
    lambda _rules: True,
    lambda rules: bool(rules[-1]),  # not inherited
    lambda rules: bool(rules[0]),  # the root's alone
    lambda rules: next((rule for rule in rules if rule is not None), False),  # the outermost
    any,  # an explicit false overrides nothing
    lambda rules: all(rule for rule in rules if rule is not None) and any(rules),
    lambda rules: not filter_semantics.is_sensitive(rules),
    *map(_ignoring_below, range(2, _DEEPEST)),
)

_MISREADINGS: tuple[Callable[[Sequence[Truth]], Truth], ...] = (
    filter_semantics.every,
    filter_semantics.any_of,
    lambda truths: filter_semantics.negated(filter_semantics.any_of(truths)),
    lambda truths: filter_semantics.negated(filter_semantics.every(truths)),
    lambda _truths: True,
    lambda _truths: False,
    lambda truths: truths[0],
    lambda truths: truths[-1],
    lambda truths: filter_semantics.negated(truths[0]),
    lambda truths: filter_semantics.negated(truths[-1]),
    lambda truths: filter_semantics.every(truths[:2]),
    lambda truths: filter_semantics.any_of(truths[:2]),
    lambda truths: filter_semantics.every(truths[:-1]),
    lambda truths: filter_semantics.any_of(truths[:-1]),
)


def joints(kinds: Sequence[str]) -> Iterator[tuple[str, Joint]]:
    """Yield ways to get one kind of group wrong: everywhere, at or below a depth, in long lists, beside others."""
    for applies in _SCOPES:
        for kind in reversed(kinds):
            for reading in _MISREADINGS:
                yield kind, _misread(kind, reading, applies)


Scope = Callable[[int, int, Group], bool]


def _from(least: int) -> Scope:
    return lambda depth, _members, _group: depth >= least


def _at(level: int) -> Scope:
    return lambda depth, _members, _group: depth == level


_SCOPES: tuple[Scope, ...] = (
    lambda _depth, _members, _group: True,
    lambda _depth, members, _group: members > 1,
    lambda _depth, members, _group: members > 2,  # noqa: PLR2004
    lambda _depth, members, _group: members == 1,
    lambda _depth, _members, group: sum(bool(group.get(kind)) for kind in KINDS) > 1,
    *map(_from, range(2, _DEEPEST + 1)),
    *map(_at, range(1, _DEEPEST)),
)


def _misread(kind: str, reading: Callable[[Sequence[Truth]], Truth], applies: Scope) -> Joint:
    def joint(other_kind: str, truths: Sequence[Truth], depth: int, group: Group | None) -> Truth:
        if other_kind == kind and applies(depth, len(truths), group or {}):
            return reading(truths)
        return filter_semantics.joined(other_kind, truths)

    return joint
