"""Lists: what the query of a request asks for, and the page that answers it."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.refusals import Detail, Refusal, invalid
from conformance.contracts.collections.reference.store import Store

Body = dict[str, Any]
_BOUNDS = {"limit": (1, 1000, 10), "offset": (0, 10_000, 0)}
_SYSTEM = ("document_id", "collection_id", "_internal")


@dataclass(frozen=True, slots=True)
class Query:
    """The query parameters of a list; with a cursor the offset is the cursor's."""

    limit: int = 10
    offset: int = 0
    include_total: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Query":
        """Read what stands in an address.

        Raises:
            Refusal: 422, a value is none or out of bounds.

        """
        problems: list[Detail] = []
        numbers = {name: _whole(given, name, problems) for name in _BOUNDS}
        if given.get("cursor"):
            numbers["offset"] = _place(given["cursor"], problems)
        total = flag(given, "include_total", problems)
        if problems:
            raise Refusal(422, "the query breaks the schema", problems)
        return cls(numbers["limit"], numbers["offset"], total)


def _whole(given: Mapping[str, str], name: str, problems: list[Detail]) -> int:
    least, most, default = _BOUNDS[name]
    text = given.get(name, str(default))
    if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and least <= int(text[:20]) <= most:
        return int(text)
    problems.append(invalid(name, message=f"a whole number from {least} to {most}", place="query"))
    return default


def flag(given: Mapping[str, str], name: str, problems: list[Detail]) -> bool:
    """Return a boolean query parameter, false if it is absent."""
    text = given.get(name, "false").lower()
    if text not in ("true", "false"):
        problems.append(invalid(name, message="true or false", place="query"))
    return text == "true"


def cursor_at(place: int) -> str:
    """Return the cursor of the page that begins at a place."""
    return base64.urlsafe_b64encode(f"at:{place}".encode()).decode()


def _place(cursor: str, problems: list[Detail]) -> int:
    try:
        mark, _, place = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        if mark == "at" and place.isdigit():
            return int(place)
    except (binascii.Error, UnicodeDecodeError):
        pass
    problems.append(invalid("cursor", message="no cursor of this list", place="query"))
    return 0


def page(store: Store, namespace: str, collection: str, query: Query, body: Body, shown: Callable[[Body], Body]) -> Body:
    """Return the answer to a list; `shown` makes a stored document presentable."""
    chosen, sort = selection.chosen(body.get("filters")), body.get("sort")
    order = selection.AS_ADDED if sort is None else selection.ordered(sort["field"], sort.get("direction", "asc"))
    found = store.documents(namespace, collection, chosen, order, limit=query.limit + 1, offset=query.offset)
    documents = [_selected(shown(one), body.get("select")) for one in found[: query.limit]]
    more = len(found) > query.limit
    pagination: Body = {"total": store.count(namespace, collection, chosen) if query.include_total else None,
                        "next_cursor": cursor_at(query.offset + query.limit) if more else None}  # fmt: skip
    if body.get("group_by") is not None:
        return {"results": [], "groups": _grouped(documents, body["group_by"]), "pagination": pagination}
    return {"results": documents, "pagination": pagination}


def _grouped(documents: list[Body], field: str) -> list[Body]:
    groups: dict[str, Body] = {}
    for one in documents:
        key = one
        for part in field.split("."):
            key = key.get(part) if isinstance(key, dict) else None  # type: ignore[assignment]
        group = groups.setdefault(json.dumps(key), {"group_key": key, "documents": [], "count": 0})
        group["documents"].append(one)
        group["count"] += 1
    return list(groups.values())


def _selected(document: Body, paths: list[str] | None) -> Body:
    if paths is None:
        return document
    kept = {key: document[key] for key in _SYSTEM}
    for path in paths:
        _copy(document, kept, path.split("."))
    return kept


def _copy(source: Body, target: Body, keys: list[str]) -> None:
    key, *rest = keys
    if key not in source or (rest and not isinstance(source[key], dict)):
        return
    if not rest:
        target[key] = source[key]
    else:
        inner = target.setdefault(key, {})
        if inner is not source[key]:
            _copy(source[key], inner, rest)
