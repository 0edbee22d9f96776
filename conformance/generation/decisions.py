"""Random decisions decoded from bytes that Hypothesis draws.

A Hypothesis draw takes 17 µs, and a decision decoded from a byte 0.2 µs. So each JSON object of a payload draws one chunk of
bytes and decodes all its decisions from it. Byte 0 always means the simplest decision, so payloads become simpler when
Hypothesis shrinks the bytes. Each object has its own chunk, so shrinking one object does not change the others.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

CHUNK_BYTES = 16
# Without NUL and lone surrogates, which a server may refuse: only hostile payloads have them.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_TEXT = st.text(LETTERS, max_size=12)
# From this byte on, one in 16, a string is drawn by Hypothesis and not taken from a table.
_FIRST_DRAWN_TEXT = 240


@cache
def _chunk(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size)


class DecisionStream:
    """A stream of decisions for one JSON object; when its `size` bytes are used up, every decision is the simplest one."""

    __slots__ = ("_bytes", "_draw", "_position", "_size")

    def __init__(self, draw: Draw, size: int = CHUNK_BYTES) -> None:
        self._draw = draw
        self._size = size
        self._bytes: bytes = draw(_chunk(size))
        self._position = 0

    def inner(self, size: int = CHUNK_BYTES) -> "DecisionStream":
        """Return a new stream for an object inside this one."""
        return DecisionStream(self._draw, size)

    def drawn(self, strategy: st.SearchStrategy[T]) -> T:
        """Return a value of another strategy; it costs as much as a whole stream."""
        value: T = self._draw(strategy)
        return value

    def byte(self) -> int:
        """Return an integer from 0 to 255."""
        position = self._position
        if position >= self._size:
            return 0
        self._position = position + 1
        return self._bytes[position]

    def below(self, limit: int) -> int:
        """Return an integer from 0 to `limit` - 1; limits above 256 use two bytes."""
        return self.byte() % limit if limit <= 256 else (self.byte() * 256 + self.byte()) % limit  # noqa: PLR2004

    def one_in(self, chances: int) -> bool:
        """Return True with a probability of 1 / `chances`; False is simpler."""
        return self.byte() % chances == chances - 1

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices; the first one is the simplest."""
        return choices[self.below(len(choices))]

    def text(self, table: Sequence[str], strategy: st.SearchStrategy[str] = _TEXT) -> str:
        """Return a string from the table, or with a probability of 1/16 one that Hypothesis draws."""
        byte = self.byte()
        if byte < _FIRST_DRAWN_TEXT:
            return table[byte % len(table)]
        drawn: str = self._draw(strategy)
        return drawn

    def number(self, bits: int = 32) -> int:
        """Return a signed integer of up to `bits` bits, sign included."""
        value = int.from_bytes(bytes(self.byte() for _ in range(bits // 8)), "big")
        return value // 2 if value % 2 == 0 else -(value // 2)
