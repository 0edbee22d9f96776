"""Round trip: each field of an accepted body is compared with the place in the answer where it comes back."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from conformance.contracts.collections import openapi
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.source_places import config_key, filters_at
from conformance.core import equality
from conformance.core.equality import Difference
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.engine.checks import HELD, Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Operation
from conformance.schema import round_trip
from conformance.schema.components import Components

# Under these names, a document's request fields come back in `_internal.lineage`.
LINEAGE = {
    "root_object_id": "root_object_id",
    "root_bucket_id": "root_bucket_id",
    "source_type": "source_type",
    "source_collection_id": "source_collection_id",
    "source_document_id": "source_document_id",
    "source_object_id": "source_object_id",
    "lineage_path": "path",
    "lineage_chain": "chain",
}
_AT_ROOT = ("metadata", "features", "document_blobs")
NOT_THE_USERS = frozenset({*SYSTEM_FIELDS, "document_id", "_internal"})


def dict_or_empty(value: Any) -> dict[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Json]:
    """Return the value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def entries(exchange: Exchange) -> list[Json]:
    """Return the answer's lineage entries, oldest first."""
    return items(exchange.made.get("source_lineage"))


def internal(exchange: Exchange) -> dict[str, Any]:
    """Return the answer's `_internal`, or an empty object."""
    return dict_or_empty(exchange.made.get("_internal"))


def user_fields(body: dict[str, Json]) -> list[str]:
    """Return the names of the user's own root fields: those that neither the request's schema nor the server uses."""
    named = openapi.request("CreateDocumentRequest").properties
    return [key for key in body if key not in named and key not in NOT_THE_USERS]


@lru_cache(maxsize=4)
def returned(exchange: Exchange) -> dict[str, list[Difference]]:
    """Return the differences between what was sent and what came back, by top-level field; pointers are into the request's body."""
    return {key: list(differences) for key, differences in compared(exchange.case.operation, exchange.case.body, exchange.made)}


def is_about_filters(exchange: Exchange, difference: Difference) -> bool:
    """Whether a difference is in the filters of a collection's source."""
    place = filters_at(exchange.case.operation.schema)
    return difference.at[: len(place)] == place


def compared(operation: Operation, body: Json, answer: dict[str, Any]) -> Iterator[tuple[str, Iterator[Difference]]]:
    """Yield each top-level field of a create's body with its differences in the answer."""
    if not isinstance(body, dict):
        return
    schema = operation.schema
    if operation == Operations.CREATE_COLLECTION:
        for key in _shown(operation.components):
            if key in body:
                answered = _source_config(operation, body, answer) if key == "source" else answer.get(key, MISSING)
                yield key, round_trip.round_trip(schema.properties[key], body[key], answered, (key,))
        return
    lineage = dict_or_empty(dict_or_empty(answer.get("_internal")).get("lineage"))
    for key, name in LINEAGE.items():
        if key in body:
            yield key, round_trip.round_trip(schema.properties[key], body[key], lineage.get(name, MISSING), (key,))
    for key in _AT_ROOT:
        if key in body and key in schema.properties:
            yield key, round_trip.round_trip(schema.properties[key], body[key], answer.get(key, MISSING), (key,))
    for key in user_fields(body):
        yield key, equality.differences(body[key], answer.get(key, MISSING), (key,))


@cache  # by the components of an edition: operations of one name are equal
def _shown(components: Components | None) -> tuple[str, ...]:
    """Return the fields of what creates a collection that the answer shows, and the source, which stands in the lineage."""
    if components is None:
        return ()
    answered = {*components.document.schema("Collection")["properties"], "source"}
    fields = components.request("CreateCollectionRequest").properties.items()
    return tuple(key for key, node in fields if key in answered and not node.is_hidden)


def _source_config(operation: Operation, body: dict[str, Json], answer: dict[str, Any]) -> Any:
    lineage = answer.get("source_lineage")
    last = dict_or_empty(lineage[-1]) if isinstance(lineage, list) and lineage else {}
    kind = dict_or_empty(body.get("source")).get("type")
    return last.get(config_key(operation, str(kind)), MISSING)


def is_user_data(operation: Operation, at: Pointer) -> bool:
    """Whether a place in a request's body is within the user's own data."""
    if operation == Operations.CREATE_DOCUMENT:
        if at[0] == "features":
            return at[2:3] == ("payload",)
        return at[0] == "metadata" or at[0] not in operation.schema.properties
    return at[0] == "metadata"  # parameters and filter values have requirements of their own


def unchanged(exchange: Exchange, key: str) -> Outcome:
    """Judge one top-level field; a field that is absent or null shows nothing."""
    body = exchange.case.body
    if not isinstance(body, dict) or body.get(key) is None:
        return None
    differences = returned(exchange).get(key)  # none where the edition's answers do not show the field
    return None if differences is None else judge_differences(differences)


def judge_differences(
    differences: Iterable[Difference], message: str = "what came back is not what was sent", supporting: tuple[Exchange, ...] = ()
) -> Outcome:
    """Judge a comparison: held if there is no difference, else a violation that shows the first one."""
    for difference in differences:
        return Violation(message, difference.sent, difference.got, difference.at, supporting=supporting)
    return HELD
