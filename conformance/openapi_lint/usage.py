"""Which operations use which parts of a document, and whether they send or answer them."""

from enum import StrEnum
from functools import cached_property

from conformance.core.pointers import Pointer
from conformance.openapi_lint.graphs import strongly_connected
from conformance.openapi_lint.index import DocumentIndex


class Side(StrEnum):
    """Where a value is sent: a `readOnly` field is in no request, a `writeOnly` one in no response."""

    REQUEST = "request"
    RESPONSE = "response"
    BOTH = "both"


def _operation_name(operation: Pointer) -> str:
    path = [part for part in operation[:-1] if part != "additionalOperations"][-1]
    return f"{str(operation[-1]).upper()} {path}"


class Usage:
    """Which operations use which parts of a document: those that their references lead to, directly or through others.

    An owner is an operation, a path or a component: whatever a place is part of.
    """

    def __init__(self, index: DocumentIndex) -> None:
        self._index = index
        self._names: dict[frozenset[Pointer], frozenset[str]] = {}
        self.operations = {site.place: _operation_name(site.place) for site in index.of("operation")}

    @cached_property
    def _links(self) -> dict[Pointer, set[Pointer]]:
        """By owner, the owners that its references lead to."""
        links: dict[Pointer, set[Pointer]] = {}
        for source, target in self._index.targets.items():
            links.setdefault(self.owner(source), set()).add(self.owner(target))
        return links

    @cached_property
    def _users(self) -> dict[Pointer, frozenset[Pointer]]:
        """By owner, the operations that use it; owners that lead to each other share one set."""
        links = self._links_with_paths()
        users: dict[Pointer, frozenset[Pointer]] = {}
        inherited: dict[Pointer, set[frozenset[Pointer]]] = {}
        for group in reversed(list(strongly_connected(links))):  # an owner comes before what it leads to
            own = frozenset(owner for owner in group if owner in self.operations)
            shared = own.union(*{one for owner in group for one in inherited.pop(owner, ())})
            users |= dict.fromkeys(group, shared)
            for target in (one for owner in group for one in links[owner]):
                inherited.setdefault(target, set()).add(shared)
        return users

    def _links_with_paths(self) -> dict[Pointer, list[Pointer]]:
        """Return the links of all owners; an operation also uses what stands in its path for all operations."""
        links = {owner: [*targets] for owner, targets in self._links.items()}
        for operation in self.operations:
            links.setdefault(operation, []).append(operation[:-1])
        for target in {one for targets in links.values() for one in targets}:
            links.setdefault(target, [])
        return links

    @cached_property
    def _sides(self) -> dict[Pointer, set[Side]]:
        """By owner, the sides that it is used on."""
        targets = self._index.targets.items()
        waiting = [(self.owner(target), side) for source, target in targets for side in self._sides_in_operation(source)]
        sides: dict[Pointer, set[Side]] = {}
        while waiting:
            owner, side = waiting.pop()
            if side not in sides.setdefault(owner, set()):
                sides[owner].add(side)
                waiting.extend((one, side) for one in self._links.get(owner, ()))
        return sides

    def _sides_in_operation(self, place: Pointer) -> tuple[Side, ...]:
        """Return the sides that a place in an operation is on. The server sends what a callback takes, so that is on both."""
        owner = self.owner(place)
        if owner not in self.operations and owner[:1] != ("paths",):
            return ()
        if owner[:1] != ("paths",) or "callbacks" in place:
            return Side.REQUEST, Side.RESPONSE
        return (Side.RESPONSE,) if place[len(owner) : len(owner) + 1] == ("responses",) else (Side.REQUEST,)

    def side(self, place: Pointer) -> Side:
        """Return whether a value for a place is only sent, only answered, or both as far as the document tells."""
        sides = set(self._sides_in_operation(place)) or self._sides.get(self.owner(place), set())
        return next(iter(sides)) if len(sides) == 1 else Side.BOTH

    def owner(self, place: Pointer) -> Pointer:
        """Return the operation or the component that a place is part of."""
        for length in range(len(place), 2, -1):
            if place[:length] in self.operations:
                return place[:length]
        return place[:2] if place[:1] == ("paths",) else place[:3]

    def of(self, place: Pointer) -> frozenset[Pointer]:
        """Return the operations that use a place."""
        return self._users.get(self.owner(place), frozenset())

    def names(self, place: Pointer) -> frozenset[str]:
        """Return the names of the operations that use a place."""
        users = self.of(place)
        if users not in self._names:  # thousands of places may share one set
            self._names[users] = frozenset(self.operations[one] for one in users)
        return self._names[users]

    def subject(self, place: Pointer) -> str:
        """Return the name of the operation or the component that a place is part of."""
        owner = self.owner(place)
        if owner in self.operations:
            return self.operations[owner]
        names = {"schemas": "schema", "requestBodies": "request body"}
        if owner[:1] == ("components",) and len(owner) > 2:  # noqa: PLR2004
            return f"{names.get(str(owner[1]), str(owner[1]).removesuffix('s'))} {owner[2]}"
        return "/".join(map(str, owner)) if owner else "the document"
