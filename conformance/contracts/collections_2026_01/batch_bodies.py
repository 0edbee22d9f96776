"""What the bodies of requests about many documents ask for."""

from collections.abc import Iterator
from typing import Any

from conformance.core.json_text import Json
from conformance.evidence.operation import Operation

Body = dict[str, Json]
# The members by which a body names documents one by one, by the operation's component.
_NAMING = {"BatchUpdateRequest": "updates", "BatchDeleteRequest": "document_ids"}


def leaves_open(operation: Operation, body: Body) -> bool:
    """Whether nothing is promised about a body that fits its schema: it names no documents, or does so twice, or changes nothing."""
    naming = _NAMING.get(operation.body or "")
    if naming is not None and (body.get(naming) is None) == (body.get("filters") is None):
        return True
    return any(not is_plain(data) for data in all_changes(body)) or _needs_changes(operation, body)


def _needs_changes(operation: Operation, body: Body) -> bool:
    """Whether the documents that a filter selects are to be changed, and nothing says how."""
    is_update = operation.body in ("BulkUpdateRequest", "BatchUpdateRequest")
    return is_update and body.get("updates") is None and body.get("update_data") is None


def all_changes(body: Body) -> Iterator[Any]:
    """Yield all that a body says of how documents are to be changed."""
    if body.get("update_data") is not None:
        yield body["update_data"]
    yield from (update.get("update_data") for update in updates(body))


def updates(body: Body) -> list[dict[str, Any]]:
    """Return the updates of documents that a body names one by one."""
    given = body.get("updates")
    return [update for update in given if isinstance(update, dict)] if isinstance(given, list) else []


def named(body: Body) -> list[str]:
    """Return the ids that a body names, in order, each as often as it is named."""
    given = body.get("document_ids")
    ids = given if isinstance(given, list) else [update.get("document_id") for update in updates(body)]
    return [identifier for identifier in ids if isinstance(identifier, str)]


def is_plain(data: Any) -> bool:
    """Whether it is known what a change does: it has fields, and none that may be a path, nor null as a value."""
    return isinstance(data, dict) and bool(data) and all(_is_plain_field(name, value) for name, value in data.items())


def _is_plain_field(name: str, value: Json) -> bool:
    return bool(name) and "." not in name and not name.startswith("$") and value is not None
