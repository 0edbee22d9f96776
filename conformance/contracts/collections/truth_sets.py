"""Truths of many documents at once: whether something holds for each of them, in three-valued logic, as two sets of bits.

So AND, OR and NOT cost the same for a whole collection as for one document.
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

# True, False, or None where it is open.
Truth: TypeAlias = bool | None


class TruthSet(NamedTuple):
    """`yes` has the bits of the documents for which something holds, `no` of those for which it does not; for the others it is open.

    The documents are numbered from 0.
    """

    yes: int
    no: int

    def of(self, number: int) -> Truth:
        """Return the truth for one document."""
        if self.yes >> number & 1:
            return True
        return False if self.no >> number & 1 else None

    def __invert__(self) -> "TruthSet":
        """Return NOT."""
        return TruthSet(self.no, self.yes)

    def among(self, documents: int) -> "TruthSet":
        """Return the truths of some documents; for others it is open."""
        return TruthSet(self.yes & documents, self.no & documents)

    def differs(self, other: "TruthSet") -> int:
        """Return the documents whose truths are not the same."""
        return (self.yes ^ other.yes) | (self.no ^ other.no)


ALWAYS, NEVER, UNKNOWN = TruthSet(-1, 0), TruthSet(0, -1), TruthSet(0, 0)


def of_truths(truths: Iterable[Truth]) -> TruthSet:
    """Return the set of the truths of documents, in their order."""
    yes = no = 0
    for number, truth in enumerate(truths):
        if truth is not None:
            yes, no = (yes | 1 << number, no) if truth else (yes, no | 1 << number)
    return TruthSet(yes, no)


def all_of(sets: Iterable[TruthSet]) -> TruthSet:
    """Return AND."""
    yes, no = ALWAYS
    for each in sets:
        yes, no = yes & each.yes, no | each.no
    return TruthSet(yes, no)


def any_of(sets: Iterable[TruthSet]) -> TruthSet:
    """Return OR."""
    yes, no = NEVER
    for each in sets:
        yes, no = yes | each.yes, no & each.no
    return TruthSet(yes, no)
