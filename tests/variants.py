"""Permitted variants: the reference server with one freedom that the contract gives. No variant may be reported."""

import itertools
import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import wraps
from typing import Any

from conformance.contracts.collections.reference import listing, selection
from conformance.contracts.collections.reference.faults import Fault
from conformance.contracts.collections.reference.refusals import Refusal

Body = dict[str, Any]
_USERS = {"metadata", "parameters", "payload", "value"}
_MODELLED = {
    "source_lineage", "feature_extractors", "taxonomy_applications", "cache_config", "_internal", "bucket_config", "collection_config",
    "filters", "AND", "OR", "NOT", "invalidation_events", "retriever_configs", "lineage", "chain",
}  # fmt: skip


def _change_modelled(value: Any, change: Callable[[Body], Body], *, root: bool = True) -> Any:
    """Change every object of an answer whose fields the contract defines; the user's own data stay as they are."""
    if isinstance(value, dict):
        inner = {key: _change_modelled(member, change, root=False) if key in _MODELLED or not root and key not in _USERS else member
                 for key, member in value.items()}  # fmt: skip
        return change(inner)
    return [_change_modelled(item, change, root=False) for item in value] if isinstance(value, list) else value


def _no_nulls(operation: str, _sent: Body, answer: Body) -> Body:
    cleaned = _change_modelled(answer, lambda node: node)
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
    return change(
        {
            key: [_groups(member, change) for member in members] if isinstance(members, list) else members
            for key, members in value.items()
        }
    )


def _case_rule_filled_in(_operation: str, _sent: Body, answer: Body) -> Body:
    for entry in answer.get("source_lineage", ()):
        for key in ("bucket_config", "collection_config"):
            if entry.get(key) and entry[key].get("filters"):
                entry[key] = {**entry[key], "filters": _groups(entry[key]["filters"], _with_case)}
    return answer


def _with_case(group: Body) -> Body:
    return {
        "case_sensitive": False,
        **{key: value for key, value in group.items() if key != "case_sensitive" or value is not None},
    }


def _change_bytes(change: Callable[[bytes], bytes], **headers: str) -> Callable[..., Any]:
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


def _other_offsets(operation: str, _sent: Body, answer: Body) -> Body:
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
    """Answer "come back later" now and then, before anything is done."""
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
    """Refuse everything that may be refused."""
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


def _cache_defaults_filled_in(operation: str, _sent: Body, answer: Body) -> Body:
    if operation == "create_collection" and answer.get("cache_config") is None:
        answer["cache_config"] = {"enabled": True, "ttl_seconds": 604800, "invalidation_strategy": "replace_if_better",
                                  "max_entries_per_key": 5, "invalidation_events": [], "retriever_configs": {}}  # fmt: skip
    return answer


def _blobs(operation: str, sent: Body, answer: Body) -> Body:
    if operation == "create_document":
        answer["document_blobs"] = [{"role": "source", "type": "other", **blob} for blob in answer.get("document_blobs", [])]
        answer["features"] = [{"payload": {}, **feature} for feature in answer.get("features", [])]
        answer.setdefault("metadata", {})
    return answer


def _change_lists(change: Callable[[Body], Body]) -> Callable[[Any], None]:
    """Change the answers of lists."""

    def installed(reference: Any) -> None:
        original = reference.service.list_documents
        reference.service.list_documents = lambda *arguments: change(original(*arguments))

    return installed


def _change_answers_of(*names: str, change: Callable[[Body], Body]) -> Callable[[Any], None]:
    """Change the answers of these operations."""

    def around(handler: Any) -> Any:
        return wraps(handler)(lambda call: change(handler(call)))

    def installed(reference: Any) -> None:
        for name in names:
            setattr(reference, f"_{name}", around(getattr(reference, f"_{name}")))

    return installed


def _without(body: Body, *keys: str) -> Body:
    return {key: value for key, value in body.items() if key not in keys}


def _change_pagination(change: Callable[[Body], Body]) -> Callable[[Any], None]:
    return _change_lists(lambda page: {**page, "pagination": change(page["pagination"])})


def _change_groups(change: Callable[[list[Body]], list[Body]], **more: Any) -> Callable[[Any], None]:
    return _change_lists(
        lambda page: (
            {**_without(page, "results"), **more, "groups": change(page["groups"])} if page.get("groups") is not None else page
        )
    )


def _plain_cursors(reference: Any) -> None:
    """Use short numbers as cursors."""
    original, handler = reference.service.list_documents, reference._list_documents

    def listed(namespace: str, identifier: str, query: Any, body: Body) -> Body:
        page = original(namespace, identifier, query, body)
        more = page["pagination"]["next_cursor"] is not None
        return {**page, "pagination": {**page["pagination"], "next_cursor": str(query.offset + query.limit) if more else None}}

    def handled(call: Any) -> Body:
        given = dict(call.query)
        if given.get("cursor", "").isdigit():
            given["offset"] = given.pop("cursor")
        return handler(replace(call, query=given))

    reference.service.list_documents, reference._list_documents = listed, wraps(handler)(handled)


def _empty_last_page(reference: Any) -> None:
    """Answer a cursor after every full page, so that the last page may be empty."""
    original = reference.service.list_documents

    def listed(namespace: str, identifier: str, query: Any, body: Body) -> Body:
        page = original(namespace, identifier, query, body)
        is_full = len(page["results"]) == query.limit
        cursor = listing.cursor_at(query.offset + query.limit) if is_full else None
        return {**page, "pagination": {**page["pagination"], "next_cursor": cursor}}

    reference.service.list_documents = listed


def _newest_first(reference: Any) -> None:
    original = reference.service.store.documents

    def documents(namespace: str, collection: str, chosen: Any, order: Any, **page: int) -> Any:
        return original(
            namespace, collection, chosen, selection.Sql(order.text.replace("rowid", "rowid DESC"), order.values), **page
        )

    reference.service.store.documents = documents


def _change_shown_documents(change: Callable[[Body, bool, bool], Body]) -> Callable[[Any], None]:
    def installed(reference: Any) -> None:
        original = reference.service.shown
        reference.service.shown = lambda document, *, urls=False, vectors=False: change(
            original(document, urls=urls, vectors=vectors), urls, vectors
        )

    return installed


def _whole_seconds(document: Body) -> Body:
    if "_internal" not in document:
        return document
    inner = dict(document["_internal"])
    for key in ("created_at", "updated_at"):
        inner[key] = datetime.fromisoformat(inner[key]).replace(microsecond=0).astimezone(timezone(timedelta(hours=2))).isoformat()
    return {**document, "_internal": inner}


def _seconds_in_lists(page: Body) -> Body:
    return {**page, "results": [_whole_seconds(document) for document in page["results"]]} if page.get("results") else page


def _found_out(document: Body) -> Body:
    inner = {
        **document["_internal"],
        "mime_type": "text/plain",
        "size_bytes": 5,
        "metadata": {"ingestion_status": "DONE"},
        "processing": {"steps": 3},
    }
    return {**document, "_internal": inner, "etag": "W/2"}


def _processed(collection: Body) -> Body:
    return {**collection, "status": "DONE", "output_schema": {"properties": {"found": {"type": "text"}}}, "version": 2}


def _filled_lists(document: Body, _urls: bool, _vectors: bool) -> Body:
    return {"metadata": {}, "features": [], "document_blobs": [], **document}


def _vectors_as_stored(document: Body, _urls: bool, vectors: bool) -> Body:
    if "features" not in document:
        return document
    features = [{**feature, "vectors": _float32(feature.get("vectors")) if vectors else None} for feature in document["features"]]
    return {**document, "features": features}


def _float32(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _float32(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_float32(item) for item in value]
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value


def _null_urls(document: Body, urls: bool, _vectors: bool) -> Body:
    if "document_blobs" not in document or urls:
        return document
    return {**document, "document_blobs": [{**blob, "presigned_url": None} for blob in document["document_blobs"]]}


def _always_total(reference: Any) -> None:
    original = reference.service.list_documents
    reference.service.list_documents = lambda namespace, identifier, query, body: original(
        namespace, identifier, replace(query, include_total=True), body
    )


def _strict_about_ids(reference: Any) -> None:
    """Refuse an update that names fields of the server."""
    for name in ("patch_document", "put_document"):
        handler = getattr(reference, f"_{name}")

        def changed(call: Any, handler: Any = handler) -> Body:
            if set(reference.valid_body(call)) & {"document_id", "collection_id", "_internal", "created_at", "updated_at"}:
                raise Refusal(400, "not yours to change")
            return handler(call)

        setattr(reference, f"_{name}", wraps(handler)(changed))


def _names_once(reference: Any) -> None:
    """Refuse a second collection of the same name in a namespace: the contract does not say that it must be accepted."""
    taken: set[tuple[str, str]] = set()
    handler = reference._create_collection

    def changed(call: Any) -> Body:
        name = call.namespace, str(reference.valid_body(call).get("collection_name"))
        if name in taken:
            raise Refusal(409, "the name is taken")
        created = handler(call)
        taken.add(name)
        return created

    reference._create_collection = wraps(handler)(changed)


def _picky_about_ids(reference: Any) -> None:
    """Refuse an invalid id without looking for it."""
    handler = reference._get_document

    def changed(call: Any) -> Body:
        if not re.fullmatch(r"doc_[A-Za-z0-9]+", call.path["document"]):
            raise Refusal(414 if len(call.path["document"]) > 1000 else 400, "no id")
        return handler(call)

    reference._get_document = wraps(handler)(changed)


def _forbidden_for_unauthorized(_operation: str, _body: bytes, response: Any) -> Any:
    status, _headers, _content = response
    if status != 401:
        return response
    return 403, {}, json.dumps({"success": False, "status": 403, "error": {"message": "no", "type": "forbidden"}}).encode()


def _folds_all_letters(reference: Any) -> None:
    """Ignore the case of all letters, by Unicode case folding."""

    def matches(fragment: Any, condition: str) -> bool:
        operator, operand, sensitive = json.loads(condition)
        if sensitive or fragment is None or operator == "regex":
            return selection.matches(fragment, condition)
        return selection.matches(json.dumps(_folded(json.loads(fragment))), json.dumps([operator, _folded(operand), False]))

    reference.service.store.define("matches", 2, matches)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _folds_inside(reference: Any) -> None:
    """Ignore the case of letters inside arrays and objects too."""

    def matches(fragment: Any, condition: str) -> bool:
        operator, operand, _sensitive = json.loads(condition)
        if fragment is None or operator not in ("eq", "ne", "in", "nin") or not fragment.startswith(("[", "{")):
            return selection.matches(fragment, condition)
        return selection.matches(fragment.lower(), json.dumps([operator, json.loads(json.dumps(operand).lower()), False]))

    reference.service.store.define("matches", 2, matches)


def _sourceless_unknown(operation: str, body: bytes, response: Any) -> Any:
    """Answer 404 if a source has no id."""
    status, headers, _content = response
    if operation != "create_collection" or status != 422 or not _lacks_id(body):
        return response
    error = {"success": False, "status": 404, "error": {"message": "no such source", "type": "not_found"}}
    return 404, headers, json.dumps(error).encode()


def _lacks_id(body: bytes) -> bool:
    try:
        source = json.loads(body)["source"]
        return source["type"] in ("bucket", "collection") and source.get(f"{source['type']}_id") is None
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _never_updated(_reference: Any) -> None:
    original = _reference.service._changed

    def changed(namespace: str, before: Body, after: Body) -> Body:
        updated = original(namespace, before, after)
        updated["_internal"] = {**updated["_internal"], "updated_at": before["_internal"]["updated_at"]}
        _reference.service.store.replace_document(namespace, updated["collection_id"], updated["document_id"], updated)
        return updated

    _reference.service._changed = changed


def _refusing_when(operation: str, status: int, when: Callable[[Any, Any], bool]) -> Callable[[Any], None]:
    """Refuse some requests of an operation that need not be accepted."""

    def installed(reference: Any) -> None:
        handler = getattr(reference, f"_{operation}")

        def changed(call: Any) -> Body:
            if when(reference, call):
                raise Refusal(status, "not like that")
            return handler(call)

        setattr(reference, f"_{operation}", wraps(handler)(changed))

    return installed


def _has_children(reference: Any, call: Any) -> bool:
    rows = reference.service.store._all("SELECT body FROM collections WHERE namespace = ?", call.namespace)
    return any(json.loads(body)["source_lineage"][-1]["collection_id"] == call.path["collection"] for (body,) in rows)


def _odd_credentials(reference: Any) -> None:
    """Answer 400 to a malformed header and 431 to one that is too long; an unknown token is answered as before."""
    original = reference.authorize

    def authorize(operation: str, header: str) -> None:
        if header.strip() == "Bearer" or not header.isascii():
            raise Refusal(400, "no credentials")
        if len(header) > 4096:
            raise Refusal(431, "too long")
        original(operation, header)

    reference.authorize = authorize


def _lax_lists(operation: str, body: Body) -> Body:
    """Ignore invalid options of a list."""
    if operation != "list_documents":
        return body
    kinds = {"filters": dict, "sort": dict, "select": list, "group_by": str, "return_url": bool, "return_vectors": bool}
    kept = {key: value for key, value in body.items() if key not in kinds or isinstance(value, kinds[key])}
    return {key: value for key, value in kept.items() if key not in ("sort", "select") or _is_sound(key, value)}


def _is_sound(key: str, value: Any) -> bool:
    return all(isinstance(path, str) for path in value) if key == "select" else isinstance(value.get("field"), str)


def _lax_updates(operation: str, body: Body) -> Body:
    """Ignore metadata, features and blobs of the wrong type in an update."""
    if operation not in ("patch_document", "put_document"):
        return body
    kinds = {"metadata": dict, "features": list, "document_blobs": list}
    return {key: value for key, value in body.items() if key not in kinds or isinstance(value, kinds[key])}


def _no_signed_zeros(body: bytes) -> bytes:
    return re.sub(rb"(?<![\w.\"])-0(\.0)?(?=[,\]}])", rb"0\1", body)


def combined(*names: str) -> Fault:
    """Return a server with several freedoms at once."""
    faults = [VARIANTS[name] for name in names]

    def installed(reference: Any) -> None:
        for fault in faults:
            fault.installed(reference)

    def chained(hook: str) -> Callable[..., Any]:
        def changed(*given: Any) -> Any:
            for fault in faults:
                given = (*given[:-1], getattr(fault, hook)(*given))
            return given[-1]

        return changed

    hooks = {hook: chained(hook) for hook in ("parsed", "details", "made", "sent")}
    return Fault(" + ".join(names), "", installed=installed, **hooks)


_EXTRA = {"etag": "W/1", "links": {"self": "/x"}, "version": 3}

VARIANTS: dict[str, Fault] = {
    name: Fault(name, "", **hooks)
    for name, hooks in {
        "nulls omitted": {"made": _no_nulls},
        "case rule filled in": {"made": _case_rule_filled_in},
        "more fields than named": {"made": lambda o, _s, a: {**a, "x_server": _EXTRA} if o == "create_collection" else {
            **a, "_internal": {**a["_internal"], "x_server": _EXTRA}}},
        "status DONE": {"made": lambda o, _s, a: {**a, "status": "DONE"} if o == "create_collection" else a},
        "status absent": {"made": lambda _o, _s, a: {k: v for k, v in a.items() if k != "status" or v != "PENDING"}},
        "rich output schema": {"made": lambda o, _s, a: {**a, "output_schema": {"properties": {
            "a": {"type": "array", "items": {"type": "string"}, "enum": None, "x": 1}}, "x": 1}} if o == "create_collection" else a},
        "defaults of a cache that was not given": {"made": _cache_defaults_filled_in},
        "defaults of blobs and features": {"made": _blobs},
        "long ids": {"made": lambda o, _s, a: json.loads(json.dumps(a).replace("doc_", "doc_" + "A1" * 100)) if o == "create_document"
                     and "doc_" not in json.dumps(_s) else a},
        "reversed keys": {"sent": _change_bytes(lambda body: json.dumps(_shuffled(json.loads(body))).encode())},
        "pretty printed": {"sent": _change_bytes(lambda body: json.dumps(json.loads(body), indent=4).encode() + b"\n")},
        "escaped": {"sent": _change_bytes(lambda body: json.dumps(json.loads(body), ensure_ascii=True).encode())},
        "charset": {"sent": _change_bytes(bytes, **{"content-type": "application/json; charset=UTF-8"})},
        "problem json": {"sent": lambda _o, _b, r: (r[0], {**r[1], "content-type": "application/problem+json"}, r[2]) if r[0] >= 400 else r},
        "other offsets": {"made": _other_offsets},
        "integers with a fraction": {"sent": _change_bytes(_floats)},
        "400 for 422": {"sent": _status(422, 400)},
        "422 for 400": {"sent": _status(400, 422)},
        "envelope for 422": {"sent": _status(422, 422)},
        "HTML for protocol errors": {"sent": _plain_protocol},
        "plain text for unknown paths": {"sent": _plain_unrouted},
        "429 now and then": _busy(429, lambda: "0"),
        "503 until a date": _busy(503, lambda: format_datetime(datetime.now(timezone.utc), usegmt=True)),
        "refuses what may be refused": {"details": _refusing},
        "deletes answer nothing": {"sent": lambda o, _b, r: (200, {}, b"") if o.startswith("delete") and r[0] == 200 else r},
        "deletes answer what they like": {"installed": _change_answers_of("delete_document", "delete_collection", change=lambda _b: {"message": "gone", "deleted": 1})},
        "groups without results": {"installed": _change_groups(list)},
        "groups and null": {"installed": _change_groups(list, results=None)},
        "groups in another order": {"installed": _change_groups(lambda groups: [{**group, "documents": group["documents"][::-1]} for group in groups[::-1]], results=[])},
        "more on a page than named": {"installed": _change_lists(lambda page: {**page, "took_ms": 3, "groups": page.get("groups"), "pagination": {
            **page["pagination"], "page": 1}, "results": [{**document, "score": 0.5} for document in page["results"]]})},
        "no cursor on the last page": {"installed": _change_pagination(lambda pagination: {k: v for k, v in pagination.items() if v is not None})},
        "totals always": {"installed": _always_total},
        "cursors that are numbers": {"installed": _plain_cursors},
        "an empty last page": {"installed": _empty_last_page},
        "newest first": {"installed": _newest_first},
        "whole seconds in reads": {"installed": _change_answers_of("get_document", change=_whole_seconds)},
        "whole seconds in lists": {"installed": _change_lists(_seconds_in_lists)},
        "whole seconds in updates": {"installed": _change_answers_of("patch_document", "put_document", change=_whole_seconds)},
        "found out after the create": {"installed": _change_answers_of("get_document", "patch_document", "put_document", change=_found_out)},
        "processed after the create": {"installed": _change_answers_of("get_collection", change=_processed)},
        "empty lists where nothing was given": {"installed": _change_shown_documents(_filled_lists)},
        "vectors at float32, null unless asked for": {"installed": _change_shown_documents(_vectors_as_stored)},
        "addresses null unless asked for": {"installed": _change_shown_documents(_null_urls)},
        "updates of ids refused": {"installed": _strict_about_ids},
        "ids that are none refused": {"installed": _picky_about_ids},
        "a name once in a namespace": {"installed": _names_once},
        "sources without an id are unknown": {"sent": _sourceless_unknown},
        "letters inside containers folded": {"installed": _folds_inside},
        "group keys as JSON text": {"installed": _change_groups(lambda groups: [{**group, "group_key": json.dumps(group["group_key"])} for group in groups])},
        "group keys as text": {"installed": _change_groups(
            lambda groups: [{**group, "group_key": group["group_key"] if isinstance(group["group_key"], str) else json.dumps(group["group_key"])} for group in groups])},
        "403 for 401, without a challenge": {"sent": _forbidden_for_unauthorized},
        "all letters folded": {"installed": _folds_all_letters},
        "patches of nothing refused": {"installed": _refusing_when("patch_document", 422, lambda _r, call: call.body == b"{}")},
        "parents are not deleted": {"installed": _refusing_when("delete_collection", 409, _has_children)},
        "credentials that are none refused otherwise": {"installed": _odd_credentials},
        "lists that cannot be asked for are asked for otherwise": {"parsed": _lax_lists},
        "updates without what they cannot be": {"parsed": _lax_updates},
        "zero without a sign": {"sent": _change_bytes(_no_signed_zeros)},
        "documents say more at their root": {"installed": _change_shown_documents(lambda document, _u, _v: {
            "etag": "W/1", "url": "https://reference.invalid/1", "kind_of": "document", "score": 0, **document})},
        "updated_at does not move": {"installed": _never_updated},
    }.items()
}  # fmt: skip

# These change the answers that the other variants look into, so they are not combined.
RESHAPING = {
    "429 now and then",
    "503 until a date",
    "deletes answer nothing",
    "sources without an id are unknown",
    "envelope for 422",
    "400 for 422",
    "422 for 400",
    "plain text for unknown paths",
    "HTML for protocol errors",
}
