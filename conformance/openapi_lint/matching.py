"""Which operation of a document is meant to be which operation of the contract."""

from difflib import SequenceMatcher
from typing import NamedTuple

from conformance.core.path_templates import anonymous
from conformance.core.pointers import Pointer
from conformance.evidence.operation import Operation
from conformance.openapi_lint.document_operations import DocumentOperation, DocumentOperations

# An operation at another address is taken for a missing one if it shares so much: fields of the body, and letters of the path.
_SHARED_FIELDS, _SIMILAR_PATH = 0.5, 0.75


class Match(NamedTuple):
    """An operation of the contract, as its document describes it, and the document's; `is_moved` if that has another address."""

    operation: Operation
    ours: DocumentOperation
    theirs: DocumentOperation | None
    is_moved: bool = False


def matches(ours: DocumentOperations, theirs: DocumentOperations, operations: tuple[Operation, ...]) -> list[Match]:
    """Return a match for each operation of the contract, also for those that the document lacks."""
    described = {(one.method, anonymous(one.path)): one for one in ours.all}
    by_address = {(one.method, address): one for one in theirs.all for address in theirs.addresses(one)}
    keys = [(operation.method, anonymous(operation.path)) for operation in operations]
    taken = {by_address[key].place for key in keys if key in by_address}
    result = []
    for operation, key in zip(operations, keys, strict=True):
        same = by_address.get(key)
        moved = _most_similar(ours, described[key], theirs, taken) if same is None else None
        result.append(Match(operation, described[key], same or moved, is_moved=moved is not None))
    return result


def _most_similar(
    ours: DocumentOperations, operation: DocumentOperation, theirs: DocumentOperations, taken: set[Pointer]
) -> DocumentOperation | None:
    """Return the operation with the same method and much the same body and path, if there is one."""
    fields = ours.body_fields(operation)
    candidates = [one for one in theirs.all if one.method == operation.method and one.place not in taken and fields]
    similar = []
    for one in candidates:
        shared = len(fields & theirs.body_fields(one)) / len(fields)
        ratio = SequenceMatcher(None, operation.path, one.path).ratio()
        if shared >= _SHARED_FIELDS and ratio >= _SIMILAR_PATH:
            similar.append((shared, ratio, one))
    return max(similar, key=lambda candidate: candidate[:2], default=(0, 0, None))[2]
