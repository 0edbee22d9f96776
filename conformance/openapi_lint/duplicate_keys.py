"""Keys that stand twice in one object.

YAML forbids them (1.2.2, 3.2.1.3), OpenAPI asks for unique names in every map, and JSON leaves to each reader what they mean
(RFC 8259, 4): the first is lost, or the last, or nothing is read at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from conformance.core.pointers import Pointer

# More than anybody reads: a generator that goes wrong writes one fault a hundred thousand times.
MOST = 100
SHOWN = 3
_LONGEST = 60
# Of a value's text, with the white space in it, so much is looked at.
READ = 1_000


class Spot(NamedTuple):
    """A place in the text, both numbers from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that stands `count` times in one object: where (the first few times), and the text of the first value.

    `is_merge` is a `<<` of YAML, of which this reader takes all.
    """

    place: Pointer
    spots: tuple[Spot, ...]
    count: int
    lost: str
    is_merge: bool = False


@dataclass(frozen=True, slots=True)
class Repeats:
    """The keys of a document that stand twice: the first of them, and how many more there are."""

    shown: tuple[Repeated, ...] = ()
    more: int = 0

    @classmethod
    def of(cls, shown: Iterable[Repeated], more: int) -> "Repeats":
        """Put them in the order in which they stand in the text."""
        return cls(tuple(sorted(shown, key=lambda one: one.spots)), more)


def on_one_line(text: str, start: int, end: int) -> str:
    """Return a part of a text on one line, cut where it is too long to read."""
    words = " ".join(text[start : min(end, start + READ)].split())
    return words if len(words) <= _LONGEST and end <= start + READ else f"{words[:_LONGEST]}…"


def described(one: Repeated) -> str:
    """Say how often a key stands there, on which lines, and what becomes of it."""
    is_pair = one.count == 2  # noqa: PLR2004
    where = f"stands {'twice' if is_pair else f'{one.count:,} times'}, {_where(one)}"
    if one.is_merge:
        return f"{where}: some readers merge all that is named there, others the last alone, or refuse the document"
    taken = "the second, and the first" if is_pair else "the last, and what stands before it"
    return f"{where}: most readers take {taken} is lost: {one.lost or '(nothing)'}{'' if is_pair else ' …'}"


def _where(one: Repeated) -> str:
    lines = list(dict.fromkeys(spot.line for spot in one.spots))
    if len(lines) == 1:
        return f"on line {lines[0]}, columns {_joined([spot.column for spot in one.spots], one.count)}"
    return f"on lines {_joined([spot.line for spot in one.spots], one.count)}"


def _joined(numbers: list[int], count: int) -> str:
    names = [str(number) for number in numbers]
    if count > len(names):
        return f"{', '.join(names)} and {count - len(names):,} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"
