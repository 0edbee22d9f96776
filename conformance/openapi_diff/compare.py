"""Two OpenAPI documents compared: all rows, and what could not be compared."""

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.core import pointers
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_diff import errors, operations
from conformance.openapi_diff.change import Change, Client, Kind, Relation, Side
from conformance.openapi_diff.described import ERRORS, Described, Located, Part, Start, Unread
from conformance.openapi_diff.node import first_place
from conformance.openapi_diff.pairing import Pair, pairs
from conformance.openapi_diff.row import Causes, OperationName, Row, Section, Seen, operations_of, rows
from conformance.openapi_diff.schemas import SchemaComparison
from conformance.openapi_diff.sentences import WHOLE
from conformance.openapi_diff.walk import walk
from conformance.openapi_lint.alternatives import Alternatives
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.document_operations import DocumentOperations
from conformance.openapi_lint.index import DocumentIndex
from conformance.openapi_lint.schemas import Schemas

_UNKNOWN = "a reference in it cannot be followed, or it has more alternatives than are compared"
_CUT = "more pairs of schemas than are compared lie behind the operations"
_TAKEN = "its address belongs to another operation now"
_ELSEWHERE = "webhooks and callbacks are not compared"


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A part of the documents that was not compared: where, in which operations, and why."""

    place: str
    operations: tuple[OperationName, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different between two documents, and how many operations are in the old one, in the new one, and in both."""

    rows: tuple[Row, ...]
    not_compared: tuple[NotCompared, ...]
    in_old: int
    in_new: int
    in_both: int

    @property
    def breaking(self) -> int:
        """How many changes break a client that was written for the old document."""
        return sum(row.client is Client.BREAKS for row in self.rows)


def compare(old: Document, new: Document, only: tuple[str, ...] = ()) -> Difference:
    """Return the difference of two documents, in the operations that globs name by their paths, or by methods and paths; in all without one."""
    before, after = _operations(old), _operations(new)
    return _Comparison(before, after, [pair for pair in pairs(before, after) if _is_chosen(pair, only)]).difference()


def _operations(document: Document) -> DocumentOperations:
    return DocumentOperations(Alternatives(Schemas(DocumentIndex(document))))


def _is_chosen(pair: Pair, only: tuple[str, ...]) -> bool:
    texts = [text for one in (pair.old, pair.new) if one is not None for text in (one.path, one.name)]
    return not only or any(fnmatch.fnmatchcase(text, glob) for text in texts for glob in only)


class _Comparison:
    """The comparison of the operations of two documents."""

    def __init__(self, old: DocumentOperations, new: DocumentOperations, chosen: list[Pair]) -> None:
        self._old, self._new, self._pairs = old, new, chosen
        self._names = [OperationName(*pair.names) for pair in chosen]
        self._causes = Causes(old.document, new.document)
        self._schemas = SchemaComparison(old.alternatives, new.alternatives)
        self._unread: dict[tuple[object, ...], NotCompared] = {}

    def difference(self) -> Difference:
        """Compare all operations, then the schemas that they begin with, then what their errors hold."""
        parts = [(number, part) for number, pair in enumerate(self._pairs) for part in self._parts(number, pair)]
        starts = [
            (number, Start(part.path, self._schemas.resolved(part.node))) for number, part in parts if isinstance(part, Start)
        ]
        seen = [Seen(part.change, part.side, [part.path], 1 << number) for number, part in parts if isinstance(part, Located)]
        seen += self._changes([one for one in starts if one[1].path != (ERRORS,)])
        of_errors = self._of_errors([one for one in starts if one[1].path == (ERRORS,)], seen)
        found = [*rows(seen, self._names, self._causes), *of_errors]
        self._note_elsewhere()
        in_old, in_new = (sum(names[side] is not None for names in self._names) for side in (0, 1))
        in_both = sum(None not in names for names in self._names)
        return Difference(tuple(self._sorted(found)), tuple(self._unread.values()), in_old, in_new, in_both)

    def _parts(self, number: int, pair: Pair) -> Iterator[Part]:
        yield from (Located((), Side.REQUEST, change) for change in self._whole(pair))
        if pair.old is None or pair.new is None:
            return
        for part in operations.parts(Described(self._old, pair.old), Described(self._new, pair.new), self._schemas.objects):
            if isinstance(part, Unread):
                self._note(part.path, 1 << number, part.place)
            yield part

    def _whole(self, pair: Pair) -> Iterator[Change]:
        """Yield that an operation is gone, new, or at another address."""
        old, new = pair.names
        places = () if pair.old is None else pair.old.place, () if pair.new is None else pair.new.place
        if pair.is_moved:
            yield Change(Kind.OPERATION_MOVED, Relation.CHANGED, *pair.addresses, *places)
        elif new is None:
            is_taken = any(names.new == old for names in self._names)
            yield Change(Kind.OPERATION_GONE, Relation.NARROWER, old, _TAKEN if is_taken else None, *places)
        elif old is None:
            yield Change(Kind.OPERATION_NEW, Relation.WIDER, None, new, *places)

    def _changes(self, starts: list[tuple[int, Start]]) -> list[Seen]:
        """Return all changes in the schemas that operations lead to."""
        walked = walk(starts, self._schemas)
        if walked.is_cut:
            self._note((), 0, (), _CUT)
        for node, visit in walked.visits.items():
            if visit.level.is_unknown:
                self._note(visit.paths[0], visit.operations, self._causes.place(1, first_place(node.new)))
        visits = walked.visits.items()
        return [Seen(change, node.side, visit.paths, visit.operations) for node, visit in visits for change in visit.level.changes]

    def _of_errors(self, starts: list[tuple[int, Start]], others: list[Seen]) -> Iterator[Row]:
        """Yield a row for each body of errors that changed; what changed in other bodies too has its row already."""
        known = {self._causes.key(one.change) for one in others}
        for same in errors.by_body(starts, self._causes):
            seen = [one for one in self._changes(same) if self._causes.key(one.change) not in known]
            if seen:
                yield errors.error_row(same[0][1], seen, self._names)

    def _note(self, path: tuple[str, ...], bits: int, place: Pointer, reason: str = _UNKNOWN) -> None:
        """Note what was not compared, once for each cause."""
        note = NotCompared(pointers.text(path)[1:], operations_of(bits, self._names), reason)
        self._unread.setdefault((path, place, reason), note)

    def _note_elsewhere(self) -> None:
        documents = (self._old.document, self._new.document)
        described = [
            one
            for side in (self._old, self._new)
            for one in side.all
            if side.document.get((*one.place, "callbacks")) is not MISSING
        ]
        if described or any("webhooks" in document.root for document in documents):
            self._note((), 0, (), _ELSEWHERE)

    def _sorted(self, found: list[Row]) -> list[Row]:
        """Sort rows by whom they concern, then by the first of their operations."""
        numbers = {name: number for number, name in enumerate(self._names)}
        sections, kinds = list(Section), list(Kind)

        def order(row: Row) -> tuple[object, ...]:
            first = numbers[row.operations[0]] if row.operations else -1
            return sections.index(row.section), row.kind not in WHOLE, first, row.place, kinds.index(row.kind)

        return sorted(found, key=order)
