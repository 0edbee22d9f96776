"""Which objects of a union are meant to be which objects of another union."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple, TypeAlias

from conformance.core.pointers import Pointer
from conformance.openapi_diff.shapes import listed
from conformance.openapi_lint.alternatives import Alternative, Alternatives
from conformance.openapi_lint.finding import plain_name

_SCHEMAS = ("components", "schemas")
_Tags: TypeAlias = dict[str, frozenset[str]]
_Score: TypeAlias = tuple[int, int, float, bool, bool]


class _Traits(NamedTuple):
    """What an object is told apart by: the components that not all of its union have, and the texts that its fields list."""

    names: frozenset[str]
    tags: _Tags


class Group(NamedTuple):
    """Objects that together are meant to be the same: several if one became many, or many became one."""

    old: list[Alternative]
    new: list[Alternative]


class Variants:
    """The objects of two documents, told apart by their tags, their names and their fields."""

    def __init__(self, old: Alternatives, new: Alternatives) -> None:
        self._old, self._new = old, new

    def groups(self, old: list[Alternative], new: list[Alternative]) -> Iterator[Group]:
        """Yield the objects in groups of those that are most like each other; one side is empty if nothing is."""
        if len(old) == len(new) == 1:
            yield Group(old, new)
            return
        near = self._near(old, new)
        waiting = {*(("old", number) for number in range(len(old))), *(("new", number) for number in range(len(new)))}
        while waiting:
            joined = _joined(min(waiting, key=lambda one: (one[0] == "new", one[1])), near)
            waiting -= joined
            yield Group(
                [one for number, one in enumerate(old) if ("old", number) in joined],
                [one for number, one in enumerate(new) if ("new", number) in joined],
            )

    def _near(self, old: list[Alternative], new: list[Alternative]) -> set[tuple[int, int]]:
        """Return the numbers of each object and the one that it is most like, seen from both sides."""
        ours, theirs = self._traits(self._old, old), self._traits(self._new, new)
        pairs = list(product(range(len(old)), range(len(new))))
        scores = {(one, other): _score(old[one], ours[one], new[other], theirs[other]) for one, other in pairs}
        likes = {pair: score for pair, score in scores.items() if score is not None}
        best = [max((pair for pair in likes if pair[0] == one), key=likes.__getitem__, default=None) for one in range(len(old))]
        best += [max((pair for pair in likes if pair[1] == one), key=likes.__getitem__, default=None) for one in range(len(new))]
        return {pair for pair in best if pair is not None}

    def _traits(self, alternatives: Alternatives, union: list[Alternative]) -> list[_Traits]:
        return [_Traits(names, self._tags(alternatives, one)) for names, one in zip(_own_names(union), union, strict=True)]

    def _tags(self, alternatives: Alternatives, alternative: Alternative) -> _Tags:
        """Return the texts of the fields that list them, by field."""
        texts = {name: listed(alternatives.of(places), "string") for name, places in alternative.properties.items()}
        return {name: frozenset(values) for name, values in texts.items() if values}


def name_of(alternative: Alternative, union: list[Alternative]) -> str | None:
    """Return the name of the component that tells an object from the others of its union."""
    own = dict(zip(map(id, union), _own_names(union), strict=True))[id(alternative)]
    return next((name for name in _names(alternative) if name in own), None)


def _own_names(union: list[Alternative]) -> list[frozenset[str]]:
    named = [frozenset(_names(one)) for one in union]
    shared = frozenset.intersection(*named) if len(named) > 1 else frozenset[str]()
    return [names - shared for names in named]


def _names(alternative: Alternative) -> list[str]:
    """Return the names of the components that an object is described by, without what generators put behind them."""
    places = (place for place, _schema in alternative.parts if place[:2] == _SCHEMAS and len(place) == len(_SCHEMAS) + 1)
    return [plain_name(str(place[-1])) for place in places]


def _joined(start: tuple[str, int], near: set[tuple[int, int]]) -> set[tuple[str, int]]:
    """Return all objects that an object leads to, from one that is near to the next."""
    joined, waiting = {start}, [start]
    while waiting:
        side, number = waiting.pop()
        others = {("new", pair[1]) for pair in near if side == "old" and pair[0] == number}
        others |= {("old", pair[0]) for pair in near if side == "new" and pair[1] == number}
        waiting += others - joined
        joined |= others
    return joined


def _score(old: Alternative, ours: _Traits, new: Alternative, theirs: _Traits) -> _Score | None:
    """Return how much two objects are alike; None if a tag tells them apart, or they have nothing in common."""
    common = ours.tags.keys() & theirs.tags.keys()
    if any(not ours.tags[name] & theirs.tags[name] for name in common):
        return None
    shared, fields = old.properties.keys() & new.properties.keys(), old.properties.keys() | new.properties.keys()
    names = ours.names & theirs.names
    if fields and not shared and not names:
        return None
    likeness = len(shared) / len(fields) if fields else 1.0
    return len(names), len(common), likeness, old.required == new.required, _places(old) == _places(new)


def _places(alternative: Alternative) -> tuple[Pointer, ...]:
    return tuple(place for place, _schema in alternative.parts)
