"""Keys that stand twice in one object.

YAML forbids them (1.2.2, 3.2.1.3), OpenAPI asks for unique names in every map, and JSON leaves to each reader what they mean
(RFC 8259, 4): the first value is lost, or the last, or the document is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from conformance.core.pointers import Pointer

# Nobody reads more: a generator that goes wrong may write one fault a hundred thousand times.
MOST = 100
SHOWN = 3
_LONGEST = 60
# So many characters of a value are looked at, with the white space in it.
READ = 1_000


class Position(NamedTuple):
    """A position in a text; both numbers start at 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A key that stands `count` times in one object: its first few positions, and the text of its first value, which is lost.

    `is_merge` tells that it is a merge key (`<<`) of YAML, of which this reader takes all.
    """

    place: Pointer
    positions: tuple[Position, ...]
    count: int
    lost: str
    is_merge: bool = False


@dataclass(frozen=True, slots=True)
class DuplicateKeys:
    """The first duplicate keys of a document, and how many more there are."""

    shown: tuple[DuplicateKey, ...] = ()
    more: int = 0

    @classmethod
    def of(cls, shown: Iterable[DuplicateKey], more: int) -> "DuplicateKeys":
        """Return them in the order of the text."""
        return cls(tuple(sorted(shown, key=lambda key: key.positions)), more)


def on_one_line(text: str, start: int, end: int) -> str:
    """Return a part of a text on one line, cut where it is too long to read."""
    line = " ".join(text[start : min(end, start + READ)].split())
    return line if len(line) <= _LONGEST and end <= start + READ else f"{line[:_LONGEST]}…"


def described(key: DuplicateKey) -> str:
    """Describe how often and where a key stands, and what is lost."""
    is_pair = key.count == 2  # noqa: PLR2004
    where = f"stands {'twice' if is_pair else f'{key.count:,} times'}, {_where(key)}"
    if key.is_merge:
        return f"{where}: some readers merge all that is named there, others the last alone, or refuse the document"
    taken = "the second, and the first" if is_pair else "the last, and what stands before it"
    return f"{where}: most readers take {taken} is lost: {key.lost or '(nothing)'}{'' if is_pair else ' …'}"


def _where(key: DuplicateKey) -> str:
    lines = list(dict.fromkeys(position.line for position in key.positions))
    if len(lines) == 1:
        return f"on line {lines[0]}, columns {_listed([position.column for position in key.positions], key.count)}"
    return f"on lines {_listed([position.line for position in key.positions], key.count)}"


def _listed(numbers: list[int], count: int) -> str:
    names = [str(number) for number in numbers]
    if count > len(names):
        return f"{', '.join(names)} and {count - len(names):,} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"
