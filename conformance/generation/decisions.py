"""Random decisions decoded from bytes that Hypothesis draws.

A Hypothesis draw takes 17 µs, and a decision decoded from a byte 0.2 µs. So each JSON object of a payload draws one chunk of
bytes and decodes all its decisions from it. Byte 0 always means the simplest decision, so payloads become simpler when
Hypothesis shrinks the bytes. Each object has its own chunk, so shrinking one object does not change the others.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

_CHUNK_BYTES = 16
_CHUNK = st.binary(min_size=_CHUNK_BYTES, max_size=_CHUNK_BYTES)
# Without NUL and lone surrogates, which a server may refuse: only hostile payloads have them.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
# From this byte on, one in eight, a string is drawn by Hypothesis and not taken from a table.
_FIRST_DRAWN_TEXT = 224


class DecisionStream:
    """A stream of decisions for one JSON object; when its 16 bytes are used up, every decision is the simplest one."""

    __slots__ = ("_bytes", "_draw", "_position")

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._bytes: bytes = draw(_CHUNK)
        self._position = 0

    def inner(self) -> "DecisionStream":
        """Return a new stream for an object inside this one."""
        return DecisionStream(self._draw)

    def byte(self) -> int:
        """Return an integer from 0 to 255."""
        position = self._position
        if position >= _CHUNK_BYTES:
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

    def text(self, table: Sequence[str]) -> str:
        """Return a string from the table, or with a probability of 1/8 one that Hypothesis draws."""
        byte = self.byte()
        if byte < _FIRST_DRAWN_TEXT:
            return table[byte % len(table)]
        drawn: str = self._draw(_TEXT)
        return drawn

    def number(self, bits: int = 32) -> int:
        """Return a signed integer of up to `bits` bits, sign included."""
        value = int.from_bytes(bytes(self.byte() for _ in range(bits // 8)), "big")
        return value // 2 if value % 2 == 0 else -(value // 2)
