"""An edition of the API: which operations it has and where, and the schemas of what is sent. Editions share all else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from conformance.contracts.collections import openapi, source_places
from conformance.contracts.collections.operations import ALL_OPERATIONS, Operations
from conformance.core.json_text import Json
from conformance.core.pointers import Pointer
from conformance.evidence.operation import Operation
from conformance.schema import rules
from conformance.schema.components import Components
from conformance.schema.tree import SchemaNode

# An operation that is tried, and the body it is tried with.
Trial = tuple[Operation, bytes | None]


def _leaves_nothing_open(_operation: Operation, _body: dict[str, Json]) -> bool:
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One edition.

    `probed` has for each profile what the first look tries on what it has made: operations with their bodies. `longest_name` is how many
    characters a collection's name may have, `unknowable` are kinds of names that a server may always refuse, and `deletions` has for each
    create the operation that deletes what it made. `strangers` has what somebody who is not let in sends to operations of this edition alone,
    such that it would change all that it can. `leaves_open` tells whether nothing is promised about a body that fits its schema.
    """

    operations: Mapping[str, Operation]
    components: Components
    probed: Mapping[str, tuple[Trial, ...]]
    longest_name: int = 4096
    unknowable: frozenset[str] = frozenset()
    deletions: Mapping[Operation, Operation] = field(
        default_factory=lambda: {Operations.CREATE_COLLECTION: Operations.DELETE_COLLECTION}
    )
    strangers: Mapping[Operation, Json] = field(default_factory=dict)
    leaves_open: Callable[[Operation, dict[str, Json]], bool] = _leaves_nothing_open

    def operation(self, operation: Operation) -> Operation:
        """Return an operation as this edition has it.

        Raises:
            KeyError: it does not have it.

        """
        return self.operations[operation.name]

    def path(self, operation: Operation, collection: str = "", document: str = "", bucket: str = "", **query: str | float) -> str:
        """Return the path of an operation, ids percent-encoded, with the query parameters given."""
        return self.operation(operation).path_of({"collection": collection, "document": document, "bucket": bucket}, query)

    @property
    def collection(self) -> SchemaNode:
        """The compiled schema of what creates a collection."""
        return self.components.request("CreateCollectionRequest")

    @property
    def document(self) -> SchemaNode:
        """The compiled schema of what creates a document."""
        return self.components.request("CreateDocumentRequest")

    def takes_name(self, body: Json) -> bool:
        """Whether a server must take the name of a collection: editions name the letters of which one may be made."""
        name = body.get("collection_name") if isinstance(body, dict) else None
        node = self.collection.properties["collection_name"]
        return node.bounds.pattern is None or not isinstance(name, str) or not rules.breaks_bounds(node, name)

    def with_filters(self, body: dict[str, Json], filters: Json) -> dict[str, Json]:
        """Return the body of a collection whose source selects by filters."""
        filtered: dict[str, Json] = _with(body, source_places.filters_at(self.collection), filters)
        return filtered

    def routed(self, operations: Mapping[str, Operation]) -> "Edition":
        """Return the edition with operations that are served elsewhere."""
        return replace(self, operations=operations)


def _with(value: Json, at: Pointer, inner: Json) -> Json:
    """Return a value with another one at a place; objects on the way there are made."""
    if not at:
        return inner
    known = value if isinstance(value, dict) else {}
    return {**known, at[0]: _with(known.get(at[0]), at[1:], inner)}


PROBED: Mapping[str, tuple[Trial, ...]] = {
    "read": ((Operations.GET_COLLECTION, None), (Operations.GET_DOCUMENT, None)),
    "query": ((Operations.LIST_DOCUMENTS, b"{}"),),
    "write": (
        (Operations.PATCH_DOCUMENT, b'{"a":1}'), (Operations.PUT_DOCUMENT, b'{"title":"put"}'), (Operations.DELETE_DOCUMENT, None),
    ),
}  # fmt: skip
PUBLISHED = Edition({operation.name: operation for operation in ALL_OPERATIONS}, openapi.COMPONENTS, PROBED)
