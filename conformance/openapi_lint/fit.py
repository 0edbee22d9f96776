"""How well a document fits the operations of a contract, so that it can be told which of several editions it describes."""

from collections.abc import Mapping
from typing import NamedTuple

from conformance.core.path_templates import anonymous
from conformance.evidence.operation import Operation
from conformance.openapi_lint.alternatives import Alternatives
from conformance.openapi_lint.document import Document
from conformance.openapi_lint.document_operations import DocumentOperations
from conformance.openapi_lint.index import DocumentIndex
from conformance.openapi_lint.schemas import Schemas

_CORE = "core"  # the profile that every server has


class Fit(NamedTuple):
    """The share of the operations that a document has at their addresses: of those that every server must have, and of all.

    The greater one fits better: what a server may lack tells less, and of two that it has wholly, the one with more operations is meant.
    """

    of_core: float
    of_all: float
    number: int


def best(document: Document, editions: Mapping[str, tuple[Operation, ...]]) -> str:
    """Return the name of the edition that a document fits best, by its operations alone; of several the first one."""
    described = DocumentOperations(Alternatives(Schemas(DocumentIndex(document))))
    addresses = {(one.method, address) for one in described.all for address in described.addresses(one)}
    return max(editions, key=lambda name: _fit(addresses, editions[name]))


def _fit(addresses: set[tuple[str, str]], operations: tuple[Operation, ...]) -> Fit:
    present = [operation for operation in operations if (operation.method, anonymous(operation.path)) in addresses]
    core = [operation for operation in operations if operation.profile == _CORE]
    return Fit(
        of_core=sum(operation in core for operation in present) / max(len(core), 1),
        of_all=len(present) / max(len(operations), 1),
        number=len(present),
    )
