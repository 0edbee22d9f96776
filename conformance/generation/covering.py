"""Packing: rows in which every option of every field occurs, and every pair of kinds of options meets, in as few rows as possible.

The rows are as many as the field with the most options has, and in each the fields take those unused options that bring the most new
pairs together. Then rows are added for the pairs that have not met.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

# Two fields by position, and the kind of option of each.
Pair = tuple[int, str, int, str]
Kinds = Sequence[str]
# The rows beyond the fewest possible with which a packing is tried: with more room, more pairs meet before rows are added for them.
_SPARE_ROWS = (0, 2, 4, 6, 8, 10, 12)
# An empty value says least about the others, so of equal choices it is the last.
EMPTY = "empty"
# A value of more characters than this is large.
_LARGE = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One choice for a field, or for several fields that depend on each other: what it puts into the object.

    Options of one kind are alike for other fields: absent, null, empty, given, or one of the few values that the field can have.
    """

    kind: str
    part: Mapping[str, Any]
    # The length of its JSON text. Large ones are not used again if there are others.
    size: int = 0


@dataclass(frozen=True, slots=True)
class Dimension:
    """The options of a field. One that is rare occurs as seldom as possible, and its pairs are not sought."""

    options: tuple[Option, ...]
    is_rare: bool = False

    @property
    def kinds(self) -> list[str]:
        """The kinds of its options, each once."""
        return list(dict.fromkeys(option.kind for option in self.options))


@dataclass(slots=True)
class Coverage:
    """How much a catalogue covers: its rows, the options in them, and how many of the pairs of kinds that can meet have met."""

    rows: int = 0
    options: int = 0
    pairs: int = 0
    pairs_met: int = 0

    def add(self, other: "Coverage") -> None:
        """Add what another part of the catalogue covers; its rows stand within the rows of this one."""
        self.options += other.options
        self.pairs += other.pairs
        self.pairs_met += other.pairs_met


def pack(
    dimensions: Sequence[Dimension], is_allowed: Callable[[Sequence[Option]], bool] = lambda _row: True
) -> tuple[list[list[Option]], Coverage]:
    """Return rows with one option of each dimension, and what they cover."""
    longest = max((len(dimension.options) for dimension in dimensions), default=0)
    attempts = []
    for spare in _SPARE_ROWS:
        packing = _Packing(dimensions, is_allowed)
        rows = packing.pack(longest + spare)
        attempts.append((rows, packing))
    rows, packing = min(attempts, key=lambda attempt: len(attempt[0]))
    return rows, packing.coverage(rows)


@dataclass(slots=True)
class _Queue:
    """The options of one dimension: first each unused one in its order, by kind, then all of them in turn."""

    dimension: Dimension
    unused: dict[str, deque[Option]] = field(init=False)
    used: dict[str, deque[Option]] = field(init=False)

    def __post_init__(self) -> None:
        self.unused = {
            kind: deque(option for option in self.dimension.options if option.kind == kind) for kind in self.dimension.kinds
        }
        self.used = {kind: deque() for kind in self.dimension.kinds}

    @property
    def left(self) -> int:
        """How many options are unused."""
        return sum(map(len, self.unused.values()))

    def take(self, kind: str) -> Option:
        """Take an option of a kind: an unused one, or else, of those that are not large, the one that was used longest ago."""
        used = self.used[kind]
        option = self.unused[kind].popleft() if self.unused[kind] else _small(used)
        if option in used:
            used.remove(option)
        used.append(option)
        return option


def _small(used: Sequence[Option]) -> Option:
    return next((option for option in used if option.size <= _LARGE), None) or min(used, key=lambda option: option.size)


class _Packing:
    def __init__(self, dimensions: Sequence[Dimension], is_allowed: Callable[[Sequence[Option]], bool]) -> None:
        self._dimensions = dimensions
        self._is_allowed = is_allowed
        self._queues = [_Queue(dimension) for dimension in dimensions]
        self._met: set[Pair] = set()

    def pack(self, length: int) -> list[list[Option]]:
        """Return about so many rows, and those that are needed besides."""
        rows = []
        for index in range(length):
            row = self._row(length - index)
            if self._is_allowed(row):
                self._met |= _pairs([option.kind for option in row])
                rows.append(row)
        rows += self._left_over()
        return rows + self._completing()

    def _row(self, rows_left: int) -> list[Option]:
        """Return the next row: of each field the option that brings the most new pairs together, an unused one if there must be one."""
        row: list[Option] = []
        for queue in self._queues:
            row.append(self._choose(queue, row, rows_left))
        return row

    def _choose(self, queue: _Queue, row: Sequence[Option], rows_left: int) -> Option:
        unused = [kind for kind, options in queue.unused.items() if options]
        if queue.dimension.is_rare:
            # The last of them is a given one, and after it the field is absent: nothing of it may be left then.
            common = queue.dimension.kinds[0]
            others = [kind for kind in unused if kind != common]
            return queue.take(others[0] if others and queue.left >= rows_left else common)
        kinds = (
            unused
            if unused and queue.left >= rows_left
            else [*unused, *(kind for kind in queue.dimension.kinds if kind not in unused)]
        )
        return queue.take(max(kinds, key=lambda kind: (self._gain(row, kind), len(queue.unused[kind]), kind != EMPTY)))

    def _gain(self, row: Sequence[Option], kind: str) -> int:
        here = len(row)
        return sum((index, option.kind, here, kind) not in self._met for index, option in enumerate(row))

    def _left_over(self) -> list[list[Option]]:
        """Return rows with the options that stand in no row, because the rows that had them were not allowed."""
        rows = []
        for index, queue in enumerate(self._queues):
            used = {id(option) for kind in queue.used.values() for option in kind}
            for option in queue.dimension.options:
                if id(option) not in used:
                    row = [other.take(other.dimension.kinds[-1]) for other in self._queues]
                    row[index] = option
                    if self._is_allowed(row):
                        self._met |= _pairs([chosen.kind for chosen in row])
                        rows.append(row)
        return rows

    def _completing(self) -> list[list[Option]]:
        """Return rows for the pairs that have not met. Each row begins with one of them, and takes in as many others as it can."""
        completing = []
        for pair in self._sought():
            if pair in self._met:
                continue
            kinds = self._row_with(pair)
            if kinds is not None:
                completing.append([queue.take(kind) for queue, kind in zip(self._queues, kinds, strict=True)])
                self._met |= _pairs(kinds)
        return completing

    def _sought(self) -> list[Pair]:
        """Return the pairs of kinds that are to meet, whether or not they are allowed to."""
        common = [(index, dimension.kinds) for index, dimension in enumerate(self._dimensions) if not dimension.is_rare]
        return [
            (first, kind, second, other_kind)
            for (first, kinds), (second, other_kinds) in combinations(common, 2)
            for kind in kinds
            for other_kind in other_kinds
        ]

    def _row_with(self, pair: Pair) -> list[str] | None:
        """Return the kinds of a row in which this pair meets, or None if no such row is allowed."""
        first, kind, second, other_kind = pair
        fixed = {first: kind, second: other_kind}
        kinds = [fixed.get(index, dimension.kinds[0]) for index, dimension in enumerate(self._dimensions)]
        free = [index for index, dimension in enumerate(self._dimensions) if index not in fixed and not dimension.is_rare]
        for index in free:
            kinds[index] = max(self._dimensions[index].kinds, key=lambda kind: (self._gain_at(kinds, index, kind), kind != EMPTY))
        if self._may_be(kinds):
            return kinds
        changed = ([*kinds[:index], kind, *kinds[index + 1 :]] for index in free for kind in self._dimensions[index].kinds)
        return next((row for row in changed if self._may_be(row)), None)

    def _gain_at(self, kinds: Kinds, here: int, kind: str) -> int:
        """Return how many new pairs a kind at a position would bring together with the others of a row."""
        others = ((index, other) for index, other in enumerate(kinds) if index != here)
        return sum(
            ((index, other, here, kind) if index < here else (here, kind, index, other)) not in self._met for index, other in others
        )

    def _may_be(self, kinds: Kinds) -> bool:
        row = [
            next(option for option in dimension.options if option.kind == kind)
            for dimension, kind in zip(self._dimensions, kinds, strict=True)
        ]
        return self._is_allowed(row)

    def coverage(self, rows: Sequence[Sequence[Option]]) -> Coverage:
        """Return what rows cover; pairs that are not allowed to meet do not count."""
        possible = [pair for pair in self._sought() if pair in self._met or self._row_with(pair) is not None]
        met = {pair for row in rows for pair in _pairs([option.kind for option in row])}
        return Coverage(
            len(rows), sum(len(dimension.options) for dimension in self._dimensions), len(possible), len(met.intersection(possible))
        )


def _pairs(kinds: Kinds) -> set[Pair]:
    return {(first, kinds[first], second, kinds[second]) for first, second in combinations(range(len(kinds)), 2)}
