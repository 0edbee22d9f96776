"""Benign variants: the reference with one freedom of the contract taken; none may be reported."""

import itertools
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

from conformance.reference.faults import Fault
from conformance.reference.refusals import Refusal

Body = dict[str, Any]
_USERS = {"metadata", "parameters", "payload", "value"}
_MODELLED = {
    "source_lineage", "feature_extractors", "taxonomy_applications", "cache_config", "_internal", "bucket_config", "collection_config",
    "filters", "AND", "OR", "NOT", "invalidation_events", "retriever_configs", "lineage", "chain",
}  # fmt: skip


def _modelled(value: Any, change: Callable[[Body], Body], *, root: bool = True) -> Any:
    """Change every object of an answer that is the contract's, the user's own data aside."""
    if isinstance(value, dict):
        inner = {key: _modelled(member, change, root=False) if key in _MODELLED or not root and key not in _USERS else member
                 for key, member in value.items()}  # fmt: skip
        return change(inner)
    return [_modelled(item, change, root=False) for item in value] if isinstance(value, list) else value


def _made(change: Callable[[Body], Body]) -> Callable[[str, Body, Body], Body]:
    return lambda operation, _sent, answer: _modelled(answer, change) if operation.startswith("create") else answer


_ROOT_NULLABLE = {"description", "metadata", "cache_config"}


def _no_nulls(operation: str, _sent: Body, answer: Body) -> Body:
    cleaned = _modelled(answer, lambda one: one)
    root = {key: value for key, value in cleaned.items() if value is not None or (operation == "create_document")}
    return {key: _drop_nulls(value) if key in _MODELLED else value for key, value in root.items()}


def _drop_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: member if key in _USERS else _drop_nulls(member) for key, member in value.items()
                if member is not None}  # fmt: skip
    return [_drop_nulls(item) for item in value] if isinstance(value, list) else value


def _groups(value: Any, change: Callable[[Body], Body]) -> Any:
    if not isinstance(value, dict) or "field" in value:
        return value
    return change({key: [_groups(one, change) for one in some] if isinstance(some, list) else some for key, some in value.items()})


def _cased(_operation: str, _sent: Body, answer: Body) -> Body:
    for entry in answer.get("source_lineage", ()):
        for key in ("bucket_config", "collection_config"):
            if entry[key] and entry[key].get("filters"):
                entry[key] = {**entry[key], "filters": _groups(entry[key]["filters"], _with_case)}
    return answer


def _with_case(group: Body) -> Body:
    return {
        "case_sensitive": False,
        **{key: value for key, value in group.items() if key != "case_sensitive" or value is not None},
    }


def _answer(change: Callable[[Body], Body]) -> Callable[[str, Body, Body], Body]:
    return lambda _operation, _sent, answer: change(answer)


def _bytes(change: Callable[[bytes], bytes], **headers: str) -> Callable[..., Any]:
    return lambda _o, _b, r: (r[0], {**r[1], **headers}, change(r[2]))


def _shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(value[key]) for key in reversed(list(value))}
    return [_shuffled(item) for item in value] if isinstance(value, list) else value


def _status(old: int, new: int) -> Callable[..., Any]:
    def changed(_operation: str, _body: bytes, response: Any) -> Any:
        status, headers, body = response
        if status != old:
            return response
        error = {"success": False, "status": new, "error": {"message": "no", "type": "refused"}}
        return new, headers, json.dumps(error).encode()

    return changed


def _times(operation: str, _sent: Body, answer: Body) -> Body:
    if operation == "create_document":
        inner = answer["_internal"]
        for holder, key in [
            (inner, "created_at"),
            (inner, "updated_at"),
            *((step, "timestamp") for step in inner["lineage"]["chain"]),
        ]:
            holder[key] = datetime.fromisoformat(holder[key]).astimezone(timezone(timedelta(hours=-3, minutes=-30))).isoformat()
    return answer


def _floats(body: bytes) -> bytes:
    return json.dumps(_float(json.loads(body))).encode() if b'"error":' not in body and b'"detail":' not in body else body


def _float(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _float(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_float(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else value


def _plain_protocol(_operation: str, _body: bytes, response: Any) -> Any:
    status, headers, body = response
    if status in (405, 413, 415):
        return status, {**headers, "content-type": "text/html"}, b"<h1>no</h1>"
    return response


def _plain_unrouted(operation: str, _body: bytes, response: Any) -> Any:
    status, headers, body = response
    return (status, {**headers, "content-type": "text/plain"}, b"Not Found") if operation == "unrouted" else (status, headers, body)


def _busy(status: int, when: Callable[[], str]) -> dict[str, Any]:
    """Ask now and then to come back later, before anything is done."""
    counter = itertools.count()

    def installed(reference: Any) -> None:
        original = reference.authorize

        def authorize(operation: str, header: str) -> None:
            if next(counter) % 50 == 7:
                raise Refusal(status, "later")
            original(operation, header)

        reference.authorize = authorize

    def sent(_operation: str, _body: bytes, response: Any) -> Any:
        return (status, {"retry-after": when(), "content-type": "text/plain"}, b"later") if response[0] == status else response

    return {"installed": installed, "sent": sent}


def _refusing(operation: str, body: Body, details: Any) -> Any:
    """Refuse all that may be refused."""
    return [*details, {"loc": ["body"], "msg": "refused", "type": "r"}] if any(map(_doubtful, _nodes(body))) else details


def _nodes(value: Any) -> Any:
    yield value
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        yield from _nodes(member)


def _doubtful(node: Any) -> bool:
    hostile = {"__proto__", "constructor", "toString", "prototype", "hasOwnProperty", ""}
    if isinstance(node, dict):
        return len(node) > 100 or any(key in hostile or "." in key or key.startswith("$") for key in node)
    if isinstance(node, list):
        return len(node) > 100
    if isinstance(node, str):
        return "\0" in node or len(node) > 4096
    return isinstance(node, int) and abs(node) >= 2**53


def _filled(operation: str, _sent: Body, answer: Body) -> Body:
    if operation == "create_collection" and answer.get("cache_config") is None:
        answer["cache_config"] = {"enabled": True, "ttl_seconds": 604800, "invalidation_strategy": "replace_if_better",
                                  "max_entries_per_key": 5, "invalidation_events": [], "retriever_configs": {}}  # fmt: skip
    return answer


def _blobs(operation: str, sent: Body, answer: Body) -> Body:
    if operation == "create_document":
        answer["document_blobs"] = [{"role": "source", "type": "other", **one} for one in answer.get("document_blobs", [])]
        answer["features"] = [{"payload": {}, **one} for one in answer.get("features", [])]
        answer.setdefault("metadata", {})
    return answer


_EXTRA = {"etag": "W/1", "links": {"self": "/x"}, "version": 3}

VARIANTS: dict[str, Fault] = {
    name: Fault(name, "", **hooks)
    for name, hooks in {
        "nulls omitted": {"made": _no_nulls},
        "case rule filled in": {"made": _cased},
        "more fields than named": {"made": lambda o, _s, a: {**a, "x_server": _EXTRA} if o == "create_collection" else {
            **a, "_internal": {**a["_internal"], "x_server": _EXTRA}}},
        "status DONE": {"made": lambda o, _s, a: {**a, "status": "DONE"} if o == "create_collection" else a},
        "status absent": {"made": lambda _o, _s, a: {k: v for k, v in a.items() if k != "status" or v != "PENDING"}},
        "rich output schema": {"made": lambda o, _s, a: {**a, "output_schema": {"properties": {
            "a": {"type": "array", "items": {"type": "string"}, "enum": None, "x": 1}}, "x": 1}} if o == "create_collection" else a},
        "defaults of a cache that was not given": {"made": _filled},
        "defaults of blobs and features": {"made": _blobs},
        "long ids": {"made": lambda o, _s, a: json.loads(json.dumps(a).replace("doc_", "doc_" + "A1" * 100)) if o == "create_document"
                     and "doc_" not in json.dumps(_s) else a},
        "reversed keys": {"sent": _bytes(lambda body: json.dumps(_shuffled(json.loads(body))).encode())},
        "pretty printed": {"sent": _bytes(lambda body: json.dumps(json.loads(body), indent=4).encode() + b"\n")},
        "escaped": {"sent": _bytes(lambda body: json.dumps(json.loads(body), ensure_ascii=True).encode())},
        "charset": {"sent": _bytes(bytes, **{"content-type": "application/json; charset=UTF-8"})},
        "problem json": {"sent": lambda _o, _b, r: (r[0], {**r[1], "content-type": "application/problem+json"}, r[2]) if r[0] >= 400 else r},
        "other offsets": {"made": _times},
        "integers with a fraction": {"sent": _bytes(_floats)},
        "400 for 422": {"sent": _status(422, 400)},
        "422 for 400": {"sent": _status(400, 422)},
        "envelope for 422": {"sent": _status(422, 422)},
        "HTML for protocol errors": {"sent": _plain_protocol},
        "plain text for unknown paths": {"sent": _plain_unrouted},
        "429 now and then": _busy(429, lambda: "0"),
        "503 until a date": _busy(503, lambda: format_datetime(datetime.now(timezone.utc), usegmt=True)),
        "refuses what may be refused": {"details": _refusing},
    }.items()
}  # fmt: skip
