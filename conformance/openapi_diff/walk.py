"""From the schemas that operations begin with to all that lie inside them: each pair once, with the paths to it."""

from collections import deque
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TypeAlias

from conformance.openapi_diff.described import Start
from conformance.openapi_diff.node import Level, Node
from conformance.openapi_diff.schemas import SchemaComparison
from conformance.openapi_lint.graphs import strongly_connected

# So many pairs are compared, and so many steps are taken to find further paths to what changed.
_MOST_PAIRS, _MOST_STEPS = 100_000, 1_000_000
Path: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class Visit:
    """A pair of schemas: the paths to it, the shortest first, what it showed, and the operations that lead to it, as a number's bits.

    From each schema that an operation begins with there is a path for each place that names the pair, by the shortest way to that place.
    """

    paths: list[Path]
    level: Level
    operations: int = 0
    is_changed: bool = False


@dataclass(slots=True)
class Walk:
    """All pairs of schemas that operations lead to; `is_cut` if there are more than are compared."""

    visits: dict[Node, Visit] = field(default_factory=dict)
    is_cut: bool = False


def walk(starts: list[tuple[int, Start]], comparison: SchemaComparison) -> Walk:
    """Compare all pairs of schemas; each start comes with the number of its operation."""
    made = Walk()
    waiting = deque(dict.fromkeys((start.node, start.path) for _number, start in starts))
    while waiting and not made.is_cut:
        node, path = waiting.popleft()
        if node not in made.visits:
            made.is_cut = len(made.visits) >= _MOST_PAIRS
            visit = made.visits[node] = Visit([path], comparison.level(node))
            waiting.extend((child.node, (*path, child.step)) for child in visit.level.children)
    _spread(starts, made.visits)
    _find_paths(dict.fromkeys(start for _number, start in starts), made.visits)
    return made


def _spread(starts: list[tuple[int, Start]], visits: dict[Node, Visit]) -> None:
    """Tell each pair which operations lead to it, and whether it leads to a change; pairs that lead to each other have the same."""
    for number, start in starts:
        if start.node in visits:
            visits[start.node].operations |= 1 << number
    links = {node: [child.node for child in visit.level.children if child.node in visits] for node, visit in visits.items()}
    groups = list(strongly_connected(links))
    for group in groups:  # each after those that it leads to
        inside = {each for one in group for each in links[one]}
        is_changed = any(visits[one].level.changes for one in group) or any(visits[one].is_changed for one in inside)
        for node in group:
            visits[node].is_changed = is_changed
    for group in reversed(groups):
        operations = reduce(or_, (visits[one].operations for one in group))
        for node in {*group, *(inside for one in group for inside in links[one])}:
            visits[node].operations |= operations


def _find_paths(starts: dict[Start, None], visits: dict[Node, Visit]) -> None:
    """Add the other paths to what changed, from each start by itself."""
    steps = 0
    for start in starts:
        waiting, seen = deque([(start.node, start.path)]), set[Node]()
        while waiting and steps < _MOST_STEPS:
            node, path = waiting.popleft()
            steps += 1
            if node not in visits or not visits[node].is_changed:
                continue
            visits[node].paths.append(path)
            if node not in seen:
                seen.add(node)
                waiting.extend((child.node, (*path, child.step)) for child in visits[node].level.children)
