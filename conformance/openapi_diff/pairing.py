"""Which operation of the new document is which of the old one: at the same address, or moved."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from conformance.core.path_templates import anonymous
from conformance.openapi_diff.meaning import Meaning, is_another, meaning, version
from conformance.openapi_lint.document_operations import DocumentOperation, DocumentOperations


@dataclass(frozen=True, slots=True)
class Pair:
    """One operation in both documents, or in one of them alone; `is_moved` if its address is another one."""

    old: DocumentOperation | None
    new: DocumentOperation | None
    is_moved: bool = False

    @property
    def names(self) -> tuple[str | None, str | None]:
        """Method and path in the old document, and in the new one."""
        return None if self.old is None else self.old.name, None if self.new is None else self.new.name

    @property
    def addresses(self) -> tuple[str | None, str | None]:
        """What its names differ in: two versions that the paths begin with, if that is all, so that such moves are one cause."""
        if self.old is None or self.new is None or self.old.method != self.new.method:
            return self.names
        (old, rest), (new, other) = version(self.old.path), version(self.new.path)
        return (old or "/", new or "/") if anonymous(rest) == anonymous(other) else self.names


class Side:
    """One document's operations, with what each means."""

    def __init__(self, operations: DocumentOperations) -> None:
        self.operations = operations
        self.left = {one.name: one for one in operations.all}
        self._meanings = {one.name: meaning(one, operations.document.get(one.place)) for one in operations.all}

    def meaning(self, operation: DocumentOperation) -> Meaning:
        """Return what an operation means."""
        return self._meanings[operation.name]

    def identifier(self, operation: DocumentOperation) -> Any:
        """Return the operationId, if there is one."""
        return self.operations.document.get((*operation.place, "operationId"))

    def addresses(self, operation: DocumentOperation) -> Iterator[tuple[str, str]]:
        """Yield the addresses of an operation: as it stands, then with the path of each server before it."""
        plain = anonymous(operation.path)
        yield operation.method, plain
        yield from ((operation.method, path) for path in sorted(self.operations.addresses(operation) - {plain}))


def pairs(old: DocumentOperations, new: DocumentOperations) -> list[Pair]:
    """Return all operations of both documents, in the order of the old one and then of the new one."""
    before, after = Side(old), Side(new)
    found = [*_at_one_address(before, after)]
    for key in (_named, _meant):
        found += _alike(before, after, key)
    found += [Pair(one, None) for one in before.left.values()]
    order = {one.name: number for number, one in enumerate(old.all)}
    found.sort(key=lambda pair: order[pair.old.name] if pair.old is not None else len(order))
    return [*found, *(Pair(None, one) for one in after.left.values())]


def _at_one_address(before: Side, after: Side) -> Iterator[Pair]:
    """Yield the operations that stayed where they were, unless the address belongs to something else now."""
    at = {address: one for one in reversed(after.operations.all) for address in after.addresses(one)}
    for one in before.operations.all:
        same = next((at[address] for address in before.addresses(one) if address in at), None)
        if same is None or same.name not in after.left or is_another(before.meaning(one), after.meaning(same), one.method):
            continue
        yield _taken(before, after, one, same, is_moved=False)


def _alike(before: Side, after: Side, key: Callable[[Side, DocumentOperation], Hashable]) -> Iterator[Pair]:
    """Yield the operations that moved: a key tells one of the old document and one of the new, and no third."""
    ours, theirs = _by(before, key), _by(after, key)
    for value, group in ours.items():
        others = theirs.get(value, [])
        if value is not None and len(group) == len(others) == 1:
            yield _taken(before, after, group[0], others[0], is_moved=True)


def _by(side: Side, key: Callable[[Side, DocumentOperation], Hashable]) -> dict[Hashable, list[DocumentOperation]]:
    groups: dict[Hashable, list[DocumentOperation]] = {}
    for one in side.left.values():
        groups.setdefault(key(side, one), []).append(one)
    return groups


def _named(side: Side, operation: DocumentOperation) -> Hashable:
    identifier = side.identifier(operation)
    return (identifier, side.meaning(operation).doing) if isinstance(identifier, str) else None


def _meant(side: Side, operation: DocumentOperation) -> Hashable:
    return side.meaning(operation)


def _taken(before: Side, after: Side, old: DocumentOperation, new: DocumentOperation, *, is_moved: bool) -> Pair:
    del before.left[old.name], after.left[new.name]
    return Pair(old, new, is_moved)
