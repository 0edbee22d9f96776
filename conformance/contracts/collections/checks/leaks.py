"""Leaks: an answer shows what this create did not send and an earlier create did, such as shared defaults or state that was left behind.

Only sent values are judged. A server may work out values itself, or copy them from the document that a request names as its
source. A collection copies nothing from its parent.
"""

from typing import Any

from conformance.contracts.collections.checks.round_trip import LINEAGE, dict_or_empty, internal
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import Checks, History, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Operation

CHECKS = Checks()

# Vectors come back on request only, and a presigned address that was sent is ignored.
_HIDDEN = frozenset({"vectors", "presigned_url"})

_COLLECTION, _DOCUMENT = Operations.CREATE_COLLECTION, Operations.CREATE_DOCUMENT
# Not judged: ids of buckets and collections, and the source type. A server may know them from the document's collection.
_PLACES: tuple[tuple[str, Operation, tuple[str, ...]], ...] = (
    ("collections.create.echoes-description", _COLLECTION, ("description",)),
    ("collections.create.echoes-metadata", _COLLECTION, ("metadata",)),
    ("collections.create.echoes-taxonomies", _COLLECTION, ("taxonomy_applications",)),
    ("documents.create.metadata-verbatim", _DOCUMENT, ("metadata",)),
    ("documents.create.user-fields-verbatim", _DOCUMENT, ("features", "document_blobs")),
    ("internal.lineage-echoes", _DOCUMENT, ("root_object_id", "source_document_id", "source_object_id")),
    ("internal.chain-in-order", _DOCUMENT, ("lineage_chain",)),
)


def _leaked(exchange: Exchange, history: History, key: str) -> Outcome:
    body, operation = exchange.case.body, exchange.case.operation
    if not isinstance(body, dict) or key in body:
        return None
    holder = dict_or_empty(internal(exchange).get("lineage")) if key in LINEAGE else exchange.made
    answered = holder.get(LINEAGE.get(key, key))
    if not answered:
        return None
    shown = _kept(answered)
    earlier = history.sender(operation, key, lambda value: equality.same(_kept(value), shown))
    if earlier is None or (earlier.created_id is not None and earlier.created_id == body.get("source_document_id")):
        return None
    return Violation(
        "what was not sent came back: an earlier request had sent it", MISSING, answered, (key,), supporting=(earlier,)
    )


def _kept(value: Json) -> Any:
    """Leave out what does not come back, and what may be filled in."""
    if isinstance(value, list):
        return [_kept(item) for item in value]
    if isinstance(value, dict):
        return {key: member for key, member in value.items() if key not in _HIDDEN and member not in (None, {}, [])}
    return value


def _register(requirement: str, operation: Operation, keys: tuple[str, ...]) -> None:
    def judged(exchange: Exchange, history: History) -> Outcome:
        return next((violation for key in keys if (violation := _leaked(exchange, history, key)) is not None), None)

    CHECKS.check(requirement, operation, when=When.ACCEPTED, history=True)(judged)


for _place in _PLACES:
    _register(*_place)
