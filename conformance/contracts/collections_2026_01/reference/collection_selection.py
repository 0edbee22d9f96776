"""What a list of collections selects: by the conditions of a filter, which may reach into lists, and by a term that is searched for."""

import json
from collections.abc import Iterator
from typing import Any

from conformance.contracts.collections.reference import selection

Body = dict[str, Any]
_SEARCHED = ("collection_id", "collection_name", "description")


def selects(group: Body, collection: Body, *, sensitive: bool) -> bool:
    """Whether a filter holds: all of AND, at least one of OR, none of NOT."""
    own = group.get("case_sensitive")
    rule = sensitive if own is None else own
    held = {kind: [_holds(member, collection, rule) for member in group[kind]] for kind in ("AND", "OR", "NOT") if group.get(kind)}
    return all(held.get("AND", ())) and any(held.get("OR", (True,))) and not any(held.get("NOT", ()))


def finds(term: str, collection: Body, *, sensitive: bool) -> bool:
    """Whether a term is a part of the id, the name or the description."""
    texts = [collection[key] for key in _SEARCHED if isinstance(collection.get(key), str)]
    return any(term in text if sensitive else term.lower() in text.lower() for text in texts)


def _holds(member: Body, collection: Body, sensitive: bool) -> bool:  # noqa: FBT001
    if "field" not in member:
        return selects(member, collection, sensitive=sensitive)
    condition = json.dumps([member.get("operator", "eq"), member.get("value"), sensitive])
    values = list(_values(collection, member["field"].split(".")))
    return (
        any(selection.matches(json.dumps(value), condition) for value in values) if values else selection.matches(None, condition)
    )


def _values(value: Any, keys: list[str]) -> Iterator[Any]:
    """Yield what stands at a path, which may lead through lists."""
    if keys and isinstance(value, list):
        for item in value:
            yield from _values(item, keys)
    elif not keys:
        yield value
    elif isinstance(value, dict) and keys[0] in value:
        yield from _values(value[keys[0]], keys[1:])
