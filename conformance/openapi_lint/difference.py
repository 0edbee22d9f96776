"""A difference between two schemas, and how much several of them weigh."""

from typing import NamedTuple

from conformance.core.pointers import Pointer
from conformance.openapi_lint.finding import Grade


class Difference(NamedTuple):
    """One difference: its place in the other document, and the path to it from the root of the body."""

    grade: Grade
    place: Pointer
    path: tuple[str, ...]
    message: str

    @property
    def severity(self) -> int:
        """The position of its grade: 0 is the worst."""
        return list(Grade).index(self.grade)

    def under(self, name: str) -> "Difference":
        """Return the difference with its path from one level further out."""
        return self._replace(path=(name, *self.path))

    def at_most_warning(self) -> "Difference":
        """Return the difference, as a warning if it is an error."""
        return self._replace(grade=Grade.WARNING) if self.grade == Grade.ERROR else self


def weight(differences: list[Difference]) -> tuple[int, ...]:
    """Return how many differences there are of each grade, the worst first."""
    return tuple(sum(one.grade == grade for one in differences) for grade in Grade)
