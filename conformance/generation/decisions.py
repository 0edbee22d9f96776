"""Small decisions decoded from drawn bytes.

A Hypothesis draw costs 17 µs, a decision decoded from a byte 0.2: so each JSON object of a payload draws one chunk of bytes and
decodes its decisions from it. Zero is always the simplest decision, so that what Hypothesis shrinks gets simpler; and each object
has a chunk of its own, so that shrinking one leaves the others as they are. One text in eight is a real `st.text` draw.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

_CHUNK = st.binary(min_size=16, max_size=16)
# NUL and lone surrogates are for the hostile payloads: a server may refuse them.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_REAL_TEXT = 224


class DecisionStream:
    """The decisions of one JSON object; after its bytes are used up every decision is the simplest."""

    __slots__ = ("_at", "_bytes", "_draw")

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._bytes: bytes = draw(_CHUNK)
        self._at = 0

    def inner(self) -> "DecisionStream":
        """Return the stream of an object within this one."""
        return DecisionStream(self._draw)

    def byte(self) -> int:
        """Return 0 to 255."""
        at = self._at
        if at >= 16:  # noqa: PLR2004 - the size of a chunk
            return 0
        self._at = at + 1
        return self._bytes[at]

    def below(self, limit: int) -> int:
        """Return 0 to `limit` - 1; limits beyond 256 take two bytes."""
        return self.byte() % limit if limit <= 256 else (self.byte() * 256 + self.byte()) % limit  # noqa: PLR2004

    def one_in(self, chances: int) -> bool:
        """Return True once in so many times; False is the simpler."""
        return self.byte() % chances == chances - 1

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices; the first is the simplest."""
        return choices[self.below(len(choices))]

    def text(self, table: Sequence[str]) -> str:
        """Return a text of the table, or one time in eight one that Hypothesis makes up."""
        byte = self.byte()
        if byte < _REAL_TEXT:
            return table[byte % len(table)]
        drawn: str = self._draw(_TEXT)
        return drawn

    def number(self, bits: int = 32) -> int:
        """Return a signed integer of about so many bits."""
        value = int.from_bytes(bytes(self.byte() for _ in range(bits // 8)), "big")
        return value // 2 if value % 2 == 0 else -(value // 2)
