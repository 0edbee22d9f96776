"""Named faults that do too much: to a neighbour of what a request is about, after a refusal, or with what an earlier request sent."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Answer, Body, Call, Details, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    SYSTEM,
    Handler,
    Installed,
    handler,
    listed,
    merged_after_put,
    place_of,
    shows,
    updated,
)
from conformance.contracts.collections.reference.interaction_faults import left_behind, reading
from conformance.contracts.collections.reference.refusals import Refusal

_UPDATES = ("patch_document", "put_document")
_COLLECTION = "create_collection"


def _all(reference: Reference, namespace: str, collection: str) -> list[Body]:
    page = {"limit": 1000, "offset": 0}
    return reference.service.store.documents(namespace, collection, selection.EVERYTHING, selection.AS_ADDED, **page)


def _others(reference: Reference, call: Call) -> list[Body]:
    """Return the other documents of the collection that a call names."""
    return [one for one in _all(reference, *place_of(call)[:2]) if one["document_id"] != call.path["document"]]


def _kept(reference: Reference, call: Call, document: Body) -> None:
    reference.service.store.replace_document(call.namespace, document["collection_id"], document["document_id"], document)


def _afterwards(*operations: str, change: Callable[[Reference, Call], None]) -> Installed:
    """Do something more once a request of these operations has been served."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        answer = original(call)
        change(reference, call)
        return answer

    return handler(*operations, change=changed)


def _on_others(*operations: str, change: Callable[[Body], Body]) -> Installed:
    """Change the other documents of a collection when one of them is changed."""

    def changed(reference: Reference, call: Call) -> None:
        for one in _others(reference, call):
            _kept(reference, call, change(one))

    return _afterwards(*operations, change=changed)


def _without(body: Body, *names: str) -> Body:
    return {key: value for key, value in body.items() if key not in names}


def _parent_of(collection: Body) -> str | None:
    entry = collection["source_lineage"][-1]
    return entry["collection_id"] if entry["source_type"] == "collection" else None


class _Family:
    """Which collections were made of which, for deletes that follow it up or down."""

    def __init__(self, delete: Callable[[Reference, str, str], None], *, is_down: bool) -> None:
        self.delete, self.is_down = delete, is_down
        self.parents: dict[str, str] = {}

    def installed(self, reference: Reference) -> None:
        _noted(self)(reference)
        _afterwards("delete_collection", change=self.follow)(reference)

    def follow(self, reference: Reference, call: Call) -> None:
        identifier = call.path["collection"]
        pairs = self.parents.items()
        kin = [one for one, parent in pairs if parent == identifier] if self.is_down else [self.parents.get(identifier)]
        for one in kin:
            if one is not None and reference.service.store.collection(call.namespace, one) is not None:
                self.delete(reference, call.namespace, one)


def _noted(family: _Family) -> Installed:
    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        made = original(call)
        if (parent := _parent_of(made)) is not None:
            family.parents[made["collection_id"]] = parent
        return made

    return handler(_COLLECTION, change=changed)


def _family(delete: Callable[[Reference, str, str], None], *, is_down: bool) -> Installed:
    """Follow the family of a deleted collection; each server has a memory of its own."""
    return lambda reference: _Family(delete, is_down=is_down).installed(reference)


def _gone(reference: Reference, namespace: str, collection: str) -> None:
    reference.service.store.remove_collection(namespace, collection)


def _emptied(reference: Reference, namespace: str, collection: str) -> None:
    for one in _all(reference, namespace, collection):
        reference.service.store.remove_document(namespace, collection, one["document_id"])


def _orphaned(reference: Reference, namespace: str, collection: str) -> None:
    store = reference.service.store
    found = store.collection(namespace, collection)
    assert found is not None
    store.remove_collection(namespace, collection)
    store.add_collection(namespace, collection, {**found, "source_lineage": found["source_lineage"][-1:]})


def _lineage(document: Body) -> Body:
    found: Body = document["_internal"]["lineage"]
    return found


def _derived_gone(reference: Reference, original: Handler, call: Call) -> Body:
    """Delete with a document those that were made from it."""
    derived = [one for one in _others(reference, call) if _lineage(one)["source_document_id"] == call.path["document"]]
    answer = original(call)
    for one in derived:
        reference.service.store.remove_document(call.namespace, call.path["collection"], one["document_id"])
    return answer


def _source_gone(reference: Reference, original: Handler, call: Call) -> Body:
    """Delete with a document the one that it was made from."""
    found = reference.service.get_document(*place_of(call))
    answer = original(call)
    if (source := _lineage(found)["source_document_id"]) is not None:
        reference.service.store.remove_document(call.namespace, call.path["collection"], source)
    return answer


def _set_null(reference: Reference, call: Call) -> None:
    """Forget in others that they were made from a document, now that it is gone."""
    for one in _others(reference, call):
        if _lineage(one)["source_document_id"] == call.path["document"]:
            lineage = {**_lineage(one), "source_document_id": None}
            _kept(reference, call, {**one, "_internal": {**one["_internal"], "lineage": lineage}})


def _referring_gone(reference: Reference, call: Call) -> None:
    """Delete with a collection all documents, wherever they are, that say they come from it."""
    rows = reference.service.store._all("SELECT collection, id, body FROM documents WHERE namespace = ?", call.namespace)  # noqa: SLF001
    for collection, identifier, body in rows:
        if _lineage(json.loads(body))["source_collection_id"] == call.path["collection"]:
            reference.service.store.remove_document(call.namespace, collection, identifier)


def _extra_totals(*operations: str) -> Installed:
    """Count each change of a document as one more document."""

    def installed(reference: Reference) -> None:
        extra: dict[str, int] = {}

        def counted(_reference: Reference, call: Call) -> None:
            extra[call.path["collection"]] = extra.get(call.path["collection"], 0) + 1

        original = reference.service.store.count

        def count(namespace: str, collection: str, chosen: selection.Sql) -> int:
            return original(namespace, collection, chosen) + extra.get(collection, 0)

        reference.service.store.count = count  # type: ignore[method-assign]
        _afterwards(*operations, change=counted)(reference)

    return installed


def _done_though_refused(operation: str, when: Callable[[Refusal], bool], act: Callable[[Reference, Call], None]) -> Installed:
    """Do something although the request is refused."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        try:
            return original(call)
        except Refusal as refusal:
            if when(refusal):
                act(reference, call)
            raise

    return handler(operation, change=changed)


def _stored(reference: Reference, call: Call) -> None:
    collection = call.path["collection"]
    if reference.service.store.collection(call.namespace, collection) is None:
        return
    made = reference.service.create_document(call.namespace, collection, {"collection_id": collection})
    reference.service.keep_document(call.namespace, made)


def _too_large(reference: Reference, call: Call) -> None:
    if call.operation == "create_document" and not call.body and call.content_type is not None:
        _stored(reference, call)


def _applied(reference: Reference, call: Call) -> None:
    """Apply what can be read of an update that is refused."""
    if reference.service.store.document(*place_of(call)) is None:
        return
    try:
        given = json.loads(call.body)
    except ValueError:
        given = {}
    title = given.get("title") if isinstance(given, dict) else None
    reference.service.patch_document(*place_of(call), {"title": title if isinstance(title, str) else "refused"})


def _cleared(reference: Reference, call: Call) -> None:
    """Clear a document before the body that is to replace it is looked at."""
    if reference.service.store.document(*place_of(call)) is not None:
        reference.service.put_document(*place_of(call), {})


def _first_gone(reference: Reference, call: Call) -> None:
    """Delete the first document where the one that was meant is not there."""
    found = _all(reference, *place_of(call)[:2])
    if found:
        reference.service.store.remove_document(*place_of(call)[:2], found[0]["document_id"])


def _copied(reference: Reference, call: Call) -> None:
    """Leave a document where it was looked for in vain."""
    owner = reference.service.store.owner("documents", call.path["document"])
    if owner is not None and owner[1] != call.path["collection"] and reference.service.store.collection(*place_of(call)[:2]):
        found = reference.service.get_document(owner[0], owner[1], call.path["document"])
        reference.service.keep_document(call.namespace, {**found, "collection_id": call.path["collection"]})


def _anywhere_gone(reference: Reference, call: Call) -> None:
    owner = reference.service.store.owner("documents", call.path["document"])
    if owner is not None:
        reference.service.store.remove_document(owner[0], owner[1], call.path["document"])


def _is(*statuses: int) -> Callable[[Refusal], bool]:
    return lambda refusal: refusal.status in statuses


def _malformed(refusal: Refusal) -> bool:
    return refusal.status == 400 and "JSON" in refusal.message


def _asked_too_late(operation: str) -> Installed:
    """Do what was asked for, and only then look who asked."""

    def installed(reference: Reference) -> None:
        original = reference.authorize

        def changed(_reference: Reference, inner: Handler, call: Call) -> Body:
            answer = inner(call)
            original(operation, call.authorization)
            return answer

        reference.authorize = lambda called, header: None if called == operation else original(called, header)  # type: ignore[method-assign,assignment]
        handler(operation, change=changed)(reference)

    return installed


def _remembered_when_refused(field: str, operation: str) -> Installed:
    """Keep a field of a refused request for the next one that does not give it."""

    def installed(reference: Reference) -> None:
        original, last = reference.valid_body, {}  # type: ignore[var-annotated]

        def valid_body(call: Call) -> Body:
            if call.operation != operation:
                return original(call)
            try:
                body = {**last, **original(call)}
            except Refusal:
                last.update(_field_of(call.body, field))
                raise
            last.clear()
            return body

        reference.valid_body = valid_body  # type: ignore[method-assign]

    return installed


def _field_of(body: bytes, field: str) -> Body:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return {field: found[field]} if isinstance(found, dict) and isinstance(found.get(field), str | int) else {}


def _from_parent(change: Callable[[Body, Body], Body]) -> Installed:
    """Fill in what a collection made of a collection does not say with what its parent has; `change` sees what is sent and the parent."""

    def installed(reference: Reference) -> None:
        original = reference.service.create_collection

        def created(namespace: str, body: Body) -> Body:
            if body["source"]["type"] == "collection":
                body = {**body, **change(body, reference.service.get_collection(namespace, body["source"]["collection_id"]))}
            return original(namespace, body)

        reference.service.create_collection = created  # type: ignore[method-assign]

    return installed


def _inherited(field: str) -> Installed:
    return _from_parent(lambda body, parent: {} if field in body else {field: parent[field]})


def _source_inherited(field: str) -> Installed:
    def change(body: Body, parent: Body) -> Body:
        entry = parent["source_lineage"][-1]
        config = entry["bucket_config"] or entry["collection_config"] or {}
        return {"source": {**({field: config[field]} if config.get(field) else {}), **body["source"]}}

    return _from_parent(change)


def _parameters_inherited(body: Body, parent: Body) -> Body:
    known = {one["feature_extractor_name"]: one.get("parameters") or {} for one in parent["feature_extractors"]}
    return {
        "feature_extractors": [
            {**one, "parameters": {**known.get(one["feature_extractor_name"], {}), **(one.get("parameters") or {})}}
            for one in body["feature_extractors"]
        ]
    }


def _cache_inherited(body: Body, parent: Body) -> Body:
    cache = body.get("cache_config")
    return {} if cache is None or not parent["cache_config"] else {"cache_config": {**parent["cache_config"], **cache}}


def _cache_left_behind(*fields: str) -> Installed:
    """A cache configuration's fields are what they were in the last request, unless they are given."""

    def installed(reference: Reference) -> None:
        last: Body = {}

        def remembered(body: Body, _call: Call) -> Body:
            cache = body.get("cache_config")
            if not isinstance(cache, dict):
                return body
            merged = {**last, **cache}
            last.clear()
            last.update({name: cache[name] for name in fields if name in cache})
            return {**body, "cache_config": merged}

        reading(remembered, _COLLECTION)(reference)

    return installed


def _user_fields_left_behind(reference: Reference) -> None:
    """A document has the texts that the one before it had at its root, unless it has its own."""
    last: Body = {}

    def remembered(body: Body, _call: Call) -> Body:
        merged = {**last, **body}
        last.clear()
        last.update({key: value for key, value in body.items() if key == "title" and isinstance(value, str)})
        return merged

    reading(remembered, "create_document")(reference)


def _of_the_collection(reference: Reference, original: Handler, call: Call) -> Body:
    """Answer a document without metadata with those of its collection."""
    made = original(call)
    collection = reference.service.get_collection(call.namespace, call.path["collection"])
    return made if made.get("metadata") or not collection["metadata"] else {**made, "metadata": collection["metadata"]}


def _one_object(page: Body) -> Body:
    """Fill one object with each row of a list in turn: what a row lacks is what the row before it had."""
    before: Body = {}
    rows = []
    for one in page.get("results") or ():
        before = {**before, **one}
        rows.append(before)
    return {**page, "results": rows} if rows else page


def _one_buffer(*operations: str) -> Installed:
    """Answer with the fields of the document that was answered before, where this one has none."""

    def installed(reference: Reference) -> None:
        before: Body = {}

        def changed(_reference: Reference, original: Handler, call: Call) -> Body:
            answer = original(call)
            own = {key: value for key, value in answer.items() if key not in SYSTEM}
            merged = {**before, **answer}
            before.clear()
            before.update(own)
            return merged

        handler(*operations, change=changed)(reference)

    return installed


def _at_most(count: int, *path: str, operation: str) -> Installed:
    """Keep so many items of a list, or of a map, and forget the others."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return dict(list(value.items())[:count])
        return value[:count] if isinstance(value, list) else value

    def within(value: Any, keys: tuple[str, ...]) -> Any:
        if not keys:
            return cut(value)
        if isinstance(value, list):
            return [within(one, keys) for one in value]
        if not isinstance(value, dict) or keys[0] not in value:
            return value
        return {**value, keys[0]: within(value[keys[0]], keys[1:])}

    return reading(lambda body, _call: within(body, path), operation)


def _operands_at_most(count: int) -> Installed:
    """Keep so many operands of each list in a source's filters."""

    def cut(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: value[:count] if key == "value" and isinstance(value, list) else cut(value) for key, value in node.items()}
        return [cut(one) for one in node] if isinstance(node, list) else node

    return reading(lambda body, _call: {**body, "source": cut(body["source"])}, _COLLECTION)


def _alone_unwrapped(*path: str, operation: str) -> Installed:
    """Take a list of one item for nothing."""

    def change(body: Body, _call: Call) -> Body:
        *outer, last = path
        node: Any = body
        for key in outer:
            node = node.get(key) or {}
        return body if len(node.get(last) or ()) != 1 else _without_at(body, path)

    return reading(change, operation)


def _without_at(body: Body, path: tuple[str, ...]) -> Body:
    if len(path) == 1:
        return _without(body, path[0])
    return {**body, path[0]: _without_at(body[path[0]], path[1:])}


def _selects_cut(body: Body, _call: Call) -> Body:
    return {**body, "select": body["select"][:50]} if body.get("select") else body


def _unless(test: Callable[[Body], bool], *operations: str) -> Callable[[str, Body, Details], Details]:
    """Find no problems with a body that a test finds special."""
    return lambda operation, body, details: [] if operation in operations and details and test(body) else details


def _crash(operation: str, test: Callable[[Any], bool]) -> Callable[[str, bytes, Answer], Answer]:
    """Fail where a body's JSON is something that nobody thought of."""

    def sent(found: str, body: bytes, response: Answer) -> Answer:
        try:
            return (500, *response[1:]) if found == operation and test(json.loads(body)) else response
        except (ValueError, RecursionError):
            return response

    return sent


def _nodes(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(node for one in inner for node in _nodes(one))]


def _is_mixed(node: Any) -> bool:
    return isinstance(node, dict) and "field" in node and bool(node.keys() & {"AND", "OR", "NOT"})


def _of(body: Any, *path: str) -> Any:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _vectors(body: Any) -> list[Any]:
    return [node["vectors"] for node in _nodes(body) if isinstance(node, dict) and "vectors" in node]


def _holds_text(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(one, str) for named in value.values() for one in _nodes(named))


def _null_mappings_dropped(operation: str, body: Body) -> Body:
    if operation != _COLLECTION or not isinstance(body.get("feature_extractors"), list):
        return body
    dropped = [_mapped(one) if isinstance(one, dict) else one for one in body["feature_extractors"]]
    return {**body, "feature_extractors": dropped}


def _mapped(extractor: Body) -> Body:
    maps = {name: extractor[name] for name in ("input_mapping", "output_mapping") if isinstance(extractor.get(name), dict)}
    return {**extractor, **{name: {key: value for key, value in one.items() if value is not None} for name, one in maps.items()}}


def _null_retrievers_dropped(operation: str, body: Body) -> Body:
    found = _of(body, "cache_config", "retriever_configs")
    if operation != _COLLECTION or not isinstance(found, dict):
        return body
    kept = {key: value for key, value in found.items() if value is not None}
    return {**body, "cache_config": {**body["cache_config"], "retriever_configs": kept}}


def _negative_entries(operation: str, body: Body) -> Body:
    found = _of(body, "cache_config", "max_entries_per_key")
    is_negative = operation == _COLLECTION and isinstance(found, int) and found < 0
    return {**body, "cache_config": {**body["cache_config"], "max_entries_per_key": 5}} if is_negative else body


def _lenient_times(test: Callable[[Any], bool]) -> Callable[[str, Body], Body]:
    """Take some times that are none for one that is."""

    def parsed(operation: str, body: Body) -> Body:
        steps = body.get("lineage_chain")
        if operation != "create_document" or not isinstance(steps, list):
            return body
        return {**body, "lineage_chain": [_timed(one, test) for one in steps]}

    return parsed


def _timed(step: Any, test: Callable[[Any], bool]) -> Any:
    is_one = isinstance(step, dict) and "timestamp" in step and test(step["timestamp"])
    return {**step, "timestamp": "2026-01-01T00:00:00Z"} if is_one else step


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _falsy_is_absent(*names: str) -> Callable[[str, Body], Body]:
    """Look at a value only if it is one that counts as true, as in `if value and not isinstance(value, ...)`."""
    return lambda _operation, body: {
        key: value for key, value in body.items() if key not in names or value or value is None or value is False
    }


def _crash_for(test: Callable[[str], bool]) -> Installed:
    """Fail at some credentials."""

    def installed(reference: Reference) -> None:
        original = reference.authorize

        def authorize(operation: str, header: str) -> None:
            if test(header):
                raise Refusal(500, "the credentials cannot be read")
            original(operation, header)

        reference.authorize = authorize  # type: ignore[method-assign,assignment]

    return installed


def _let_in(test: Callable[[str], bool]) -> Installed:
    def installed(reference: Reference) -> None:
        original = reference.authorize
        reference.authorize = lambda operation, header: None if test(header) else original(operation, header)  # type: ignore[method-assign,assignment]

    return installed


def _parsed_before_asked(status: int) -> Installed:
    """Read the JSON of a body before asking who sent it."""

    def installed(reference: Reference) -> None:
        original = reference.authorize

        def changed(_reference: Reference, inner: Handler, call: Call) -> Body:
            try:
                if call.body:
                    json.loads(call.body)
            except ValueError:
                raise Refusal(status, "the body is not JSON") from None
            original(call.operation, call.authorization)
            return inner(call)

        names = (_COLLECTION, "create_document", *_UPDATES, "list_documents")
        reference.authorize = lambda operation, header: None if operation in names else original(operation, header)  # type: ignore[method-assign,assignment]
        handler(*names, change=changed)(reference)

    return installed


def _prefixed(name: str, names: list[str]) -> str:
    """Return the first of the names that begins like the one that is looked for."""
    return next((one for one in names if one.startswith(name)), name)


def _select_by_prefix(original: Callable[..., Body], asked: tuple[Any, ...]) -> Body:
    namespace, collection, query, body = asked
    if body.get("select") is None:
        return original(*asked)
    page = original(namespace, collection, query, _without(body, "select"))
    paths = tuple(path.partition(".")[0] for path in body["select"])
    rows = [{key: value for key, value in one.items() if key in SYSTEM or key.startswith(paths)} for one in page["results"]]
    exact = original(*asked)["results"]
    return {
        **page,
        "results": [{**one, **row} if not _nested(body["select"]) else row for one, row in zip(rows, exact, strict=True)],
    }


def _nested(paths: list[str]) -> bool:
    return any("." in one for one in paths)


def _listing(change: Callable[[Callable[..., Body], tuple[Any, ...]], Body]) -> Installed:
    def installed(reference: Reference) -> None:
        original = reference.service.list_documents
        reference.service.list_documents = lambda *asked: change(original, asked)  # type: ignore[method-assign]

    return installed


def _by_another(key: str, choose: Callable[[str, list[str]], str]) -> Callable[[Callable[..., Body], tuple[Any, ...]], Body]:
    """Order or group by another field than was asked for, chosen of the names of fields that documents have, in their order."""

    def change(original: Callable[..., Body], asked: tuple[Any, ...]) -> Body:
        namespace, collection, query, body = asked
        wanted = body.get(key)
        if wanted is None:
            return original(*asked)
        rows = original(namespace, collection, type(query)(1000, 0), {})["results"]
        names = sorted({name for one in rows for name in one})
        found = choose(wanted["field"] if key == "sort" else wanted, names)
        return original(namespace, collection, query, {**body, key: {**wanted, "field": found} if key == "sort" else found})

    return change


def _by_prefix(key: str) -> Callable[[Callable[..., Body], tuple[Any, ...]], Body]:
    """Order or group by the first field, in the order of the alphabet backwards, whose name begins like the one that was asked for."""
    return _by_another(key, lambda field, names: _prefixed(field, names[::-1]))


def _vectors_when(test: Callable[[Body, bool], bool], *, reads_only: bool = False) -> Installed:
    """Show or hide vectors against what was asked for, where a test of them and of the flag holds."""

    def installed(reference: Reference) -> None:
        original = reference.service.shown

        def presented(document: Body, *, urls: bool = False, vectors: bool = False) -> Body:
            found = original(document, urls=urls, vectors=vectors)
            if "features" not in document:
                return found
            other = original(document, urls=urls, vectors=not vectors)["features"]
            pairs = zip(document["features"], found["features"], other, strict=True)
            return {
                **found,
                "features": [wrong if test(one.get("vectors") or {}, vectors) else right for one, right, wrong in pairs],
            }

        def read(_reference: Reference, inner: Handler, call: Call) -> Body:
            reference.service.shown = presented  # type: ignore[method-assign]
            try:
                return inner(call)
            finally:
                reference.service.shown = original  # type: ignore[method-assign]

        if reads_only:
            handler("get_document", change=read)(reference)
        else:
            handler("list_documents", change=read)(reference)

    return installed


def _is_multi(vectors: Body) -> bool:
    return any(isinstance(one, list) and one and isinstance(one[0], list) for one in vectors.values())


def _is_sparse(vectors: Body) -> bool:
    return "indices" in vectors


def _indices_sorted(document: Body, _urls: bool, _vectors: bool) -> Body:  # noqa: FBT001
    def ordered(feature: Body) -> Body:
        vectors = feature.get("vectors") or {}
        return {**feature, "vectors": {**vectors, "indices": sorted(vectors["indices"])}} if "indices" in vectors else feature

    return {**document, "features": [ordered(one) for one in document["features"]]} if document.get("features") else document


def _null_vectors_crash(document: Body, _urls: bool, vectors: bool) -> Body:  # noqa: FBT001
    if vectors and any("vectors" in one and one["vectors"] is None for one in document.get("features") or ()):
        raise Refusal(500, "no vectors")
    return document


def _texts_ignored(operation: str) -> Installed:
    """Take a flag of the query for true whatever it says, in requests of one operation."""

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        flags = {name: "true" for name in ("return_vectors", "return_url") if name in call.query}
        return original(replace(call, query={**dict(call.query), **flags}))

    return handler(operation, change=changed)


def _siblings_gone(reference: Reference, original: Handler, call: Call) -> Body:
    """Delete with a collection all others that were made of the same one."""
    found = reference.service.get_collection(call.namespace, call.path["collection"])
    answer, parent = original(call), _parent_of(found)
    rows = reference.service.store._all("SELECT id, body FROM collections WHERE namespace = ?", call.namespace)  # noqa: SLF001
    for identifier, body in rows:
        if parent is not None and _parent_of(json.loads(body)) == parent:
            _gone(reference, call.namespace, identifier)
    return answer


def _filtered_after_delete(reference: Reference) -> None:
    """Lists with a filter show a deleted document for as long as nothing new is written."""
    kept: dict[tuple[Any, ...], Body] = {}

    def forgotten(_reference: Reference, original: Handler, call: Call) -> Body:
        answer = original(call)
        kept.clear()
        return answer

    def remembered(_reference: Reference, original: Handler, call: Call) -> Body:
        key = (call.namespace, call.path["collection"], str(call.query), call.body)
        if b"filters" not in call.body:
            return original(call)
        if key not in kept:
            kept[key] = original(call)
        return kept[key]

    handler("list_documents", change=remembered)(reference)
    handler("create_document", *_UPDATES, "delete_collection", change=forgotten)(reference)


def _filtered_totals_kept(reference: Reference) -> None:
    """The total of a filter is what it was when it was first asked for, until something is created."""
    totals: dict[tuple[Any, ...], int] = {}
    original = reference.service.store.count

    def count(namespace: str, collection: str, chosen: selection.Sql) -> int:
        key = (namespace, collection, chosen)
        return totals.setdefault(key, original(*key)) if chosen != selection.EVERYTHING else original(*key)

    reference.service.store.count = count  # type: ignore[method-assign]
    _afterwards("create_document", change=lambda _reference, _call: totals.clear())(reference)


def _fill_from_first(path: tuple[str, ...], key: str) -> Callable[[str, Body, Body], Body]:
    """Fill what a later item of a list, or of a map, does not say with what the one before it says."""

    def made(_operation: str, sent: Body, answer: Body) -> Body:
        given, shown = _of(sent, *path), _of(answer, *path)
        if not given or not shown:
            return answer
        pairs = list(
            zip(given.values(), shown.values(), strict=True) if isinstance(given, dict) else zip(given, shown, strict=True)
        )
        last: Any = None
        for one, other in pairs:
            if key not in one and last is not None:
                other[key] = last
            last = one.get(key, last)
        return answer

    return made


def _crash_at_item(operation: str, *path: str, is_it: Callable[[Any], bool]) -> Callable[[str, bytes, Answer], Answer]:
    return _crash(operation, lambda body: any(map(is_it, _of(body, *path) if isinstance(_of(body, *path), list) else ())))


def _items_dropped(operation: str, *path: str) -> Callable[[str, Body], Body]:
    """Leave out what is no object in a list of objects."""

    def parsed(found: str, body: Body) -> Body:
        some = _of(body, *path)
        if found != operation or not isinstance(some, list):
            return body
        kept = [one for one in some if isinstance(one, dict)]
        return {**body, path[0]: kept if len(path) == 1 else {**body[path[0]], path[1]: kept}}

    return parsed


def _by_letters(key: str) -> Callable[[Callable[..., Body], tuple[Any, ...]], Body]:
    """Order or group by the first field of a name in capitals or small letters, as columns of SQL are named."""
    return _by_another(key, lambda field, names: next((name for name in names if name.lower() == field.lower()), field))


def _inner_by_prefix(original: Callable[..., Body], asked: tuple[Any, ...]) -> Body:
    """Select in an object all fields whose names begin like the one that was asked for."""
    namespace, collection, query, body = asked
    paths = body.get("select")
    if not paths or "metadata.level" not in paths:
        return original(*asked)
    return original(namespace, collection, query, {**body, "select": [*paths, "metadata.levels"]})


def _titleless(body: Body) -> Body:
    return {**body, "title": "touched"}


def _touched(body: Body) -> Body:
    return {**body, "_internal": {**body["_internal"], "updated_at": "2099-01-01T00:00:00Z"}}


def _vectorless(body: Body) -> Body:
    return {**body, "features": [_without(one, "vectors") for one in body["features"]]} if body.get("features") else body


# A table: one fault a line reads better than wrapped.
SIDE_EFFECT_FAULTS: tuple[Fault, ...] = (
    # a) deletes and changes of one thing, and what is beside it
    Fault("delete-of-a-parent-takes-its-children", "collections.get.equals-created", "rare", installed=_family(_gone, is_down=True)),
    Fault("delete-of-a-child-takes-its-parent", "collections.get.equals-created", "rare", installed=_family(_gone, is_down=False)),
    Fault("delete-of-a-parent-empties-its-children", "documents.delete.only-that", "rare", installed=_family(_emptied, is_down=True)),
    Fault("delete-of-a-child-empties-its-parent", "documents.delete.only-that", "rare", installed=_family(_emptied, is_down=False)),
    Fault("delete-of-a-parent-cuts-lineages", "collections.get.equals-created", "rare", installed=_family(_orphaned, is_down=True)),
    Fault("delete-takes-what-was-derived", "documents.delete.only-that", "rare", installed=handler("delete_document", change=_derived_gone)),
    Fault("delete-takes-the-source", "documents.delete.only-that", "rare", installed=handler("delete_document", change=_source_gone)),
    Fault("delete-forgets-the-source", "documents.get.equals-created", "rare", installed=_afterwards("delete_document", change=_set_null)),
    Fault("delete-takes-what-comes-from-the-collection", "documents.delete.only-that", "rare", installed=_afterwards("delete_collection", change=_referring_gone)),
    Fault("patch-changes-all-titles", "list.returns-exactly-created", "rare", installed=_on_others("patch_document", change=_titleless)),
    Fault("put-touches-all", "list.returns-exactly-created", "rare", installed=_on_others("put_document", change=_touched)),
    Fault("patch-takes-the-vectors-of-others", "documents.get.vectors-on-request", "rare", installed=_on_others("patch_document", change=_vectorless)),
    Fault("put-takes-the-vectors-of-others", "documents.get.vectors-on-request", "rare", installed=_on_others("put_document", change=_vectorless)),
    Fault("delete-takes-the-vectors-of-others", "documents.get.vectors-on-request", "rare", installed=_on_others("delete_document", change=_vectorless)),
    Fault("patched-is-one-more", "list.total", "rare", installed=_extra_totals("patch_document")),
    Fault("put-is-one-more", "list.total", "rare", installed=_extra_totals("put_document")),
    Fault("deleted-is-one-more", "list.total", "rare", installed=_extra_totals("delete_document")),
    Fault("delete-takes-the-siblings", "collections.get.equals-created", "rare", installed=handler("delete_collection", change=_siblings_gone)),
    Fault("delete-changes-all-titles", "documents.get.equals-created", "rare", installed=_on_others("delete_document", change=_titleless)),
    Fault("deleted-and-found-by-filters", "documents.delete.then-unknown", "rare", installed=_filtered_after_delete),
    Fault("totals-of-filters-outlive-patches", "list.total", "rare", installed=_filtered_totals_kept),
    # refusals of each kind, and what is left
    Fault("malformed-and-made", "errors.rejected-leaves-nothing", "rare", installed=_done_though_refused("create_document", _malformed, _stored)),
    Fault("wrongly-labelled-and-made", "errors.rejected-leaves-nothing", "rare", installed=_done_though_refused("create_document", _is(415), _stored)),
    Fault("too-large-and-made", "errors.rejected-leaves-nothing", "rare", arrived=_too_large),
    Fault("refused-patch-applied", "documents.get.equals-created", "rare", installed=_done_though_refused("patch_document", _is(422), _applied)),
    Fault("malformed-patch-applied", "documents.get.equals-created", "rare", installed=_done_though_refused("patch_document", _malformed, _applied)),
    Fault("wrongly-labelled-patch-applied", "documents.get.equals-created", "rare", installed=_done_though_refused("patch_document", _is(415), _applied)),
    Fault("refused-put-clears", "documents.get.equals-created", "rare", installed=_done_though_refused("put_document", _is(422), _cleared)),
    Fault("malformed-put-clears", "documents.get.equals-created", "rare", installed=_done_though_refused("put_document", _malformed, _cleared)),
    Fault("wrongly-labelled-put-clears", "documents.get.equals-created", "rare", installed=_done_though_refused("put_document", _is(415), _cleared)),
    Fault("refused-list-deletes", "list.returns-exactly-created", "rare", installed=_done_though_refused("list_documents", _is(422), lambda r, c: _first_gone(r, replace(c, path={**c.path, "document": ""})))),
    Fault("delete-of-nothing-takes-the-first", "documents.delete.only-that", "rare", installed=_done_though_refused("delete_document", _is(404), _first_gone)),
    Fault("description-of-a-refused-collection", "collections.create.echoes-description", "rare", installed=_remembered_when_refused("description", _COLLECTION)),
    Fault("disabled-by-a-refused-collection", "collections.create.enabled-default", "rare", installed=_remembered_when_refused("enabled", _COLLECTION)),
    Fault("path-of-a-refused-document", "internal.lineage-path-derived", "rare", installed=_remembered_when_refused("lineage_path", "create_document")),
    Fault("patched-before-asked", "auth.no-effect", "rare", installed=_asked_too_late("patch_document")),
    Fault("deleted-before-asked", "auth.no-effect", "rare", installed=_asked_too_late("delete_document")),
    Fault("collection-deleted-before-asked", "auth.no-effect", "rare", installed=_asked_too_late("delete_collection")),
    # b) what a bare thing takes from a full one
    Fault("children-take-the-description", "collections.create.echoes-description", "rare", installed=_inherited("description")),
    Fault("children-take-the-metadata", "collections.create.echoes-metadata", "rare", installed=_inherited("metadata")),
    Fault("children-take-the-taxonomies", "collections.create.echoes-taxonomies", "rare", installed=_inherited("taxonomy_applications")),
    Fault("children-are-disabled-too", "collections.create.enabled-default", "rare", installed=_inherited("enabled")),
    Fault("children-take-the-cache", "cache-config.default-ttl", "rare", installed=_from_parent(_cache_inherited)),
    Fault("children-take-the-filters", "lineage.ends-with-source", "rare", installed=_source_inherited("filters")),
    Fault("children-take-the-prefix", "lineage.ends-with-source", "rare", installed=_source_inherited("prefix_key")),
    Fault("children-take-the-parameters", "feature-extractors.echoes-in-order", "rare", installed=_from_parent(_parameters_inherited)),
    Fault("disabled-left-behind", "collections.create.enabled-default", "rare", installed=left_behind("enabled", _COLLECTION, is_it=lambda value: value is False)),
    Fault("ttl-left-behind", "cache-config.default-ttl", "rare", installed=_cache_left_behind("ttl_seconds")),
    Fault("strategy-left-behind", "cache-config.default-strategy", "rare", installed=_cache_left_behind("invalidation_strategy")),
    Fault("events-left-behind", "cache-config.echoes", "rare", installed=_cache_left_behind("invalidation_events")),
    Fault("blobs-left-behind", "documents.create.user-fields-verbatim", "rare", installed=left_behind("document_blobs", "create_document")),
    Fault("path-left-behind", "internal.lineage-path-derived", "rare", installed=left_behind("lineage_path", "create_document")),
    Fault("titles-left-behind", "documents.create.user-fields-verbatim", "rare", installed=_user_fields_left_behind),
    Fault("metadata-of-the-collection", "documents.create.metadata-verbatim", "rare", installed=handler("create_document", change=_of_the_collection)),
    Fault("rows-share-an-object", "list.returns-exactly-created", "rare", installed=listed(lambda page, _query, _body: _one_object(page))),
    Fault("reads-share-a-buffer", "documents.get.equals-created", "rare", installed=_one_buffer("get_document")),
    Fault("patch-brings-back", "documents.patch.merges", "rare", installed=merged_after_put(lambda older, now: {**older, **now})),
    Fault("patch-of-nothing-clears", "documents.patch.merges", "rare", installed=updated("patch_document", lambda _b, s, a: a if s else {key: value for key, value in a.items() if key in SYSTEM})),
    # a bare item beside a full one
    Fault("payloads-of-the-one-before", "documents.create.user-fields-verbatim", "rare", made=_fill_from_first(("features",), "payload")),
    Fault("filenames-of-the-one-before", "documents.create.user-fields-verbatim", "rare", made=_fill_from_first(("document_blobs",), "filename")),
    Fault("parameters-of-the-one-before", "feature-extractors.echoes-in-order", "rare", made=_fill_from_first(("feature_extractors",), "parameters")),
    Fault("outputs-of-the-one-before", "collections.create.echoes-taxonomies", "rare", made=_fill_from_first(("taxonomy_applications",), "output_collection")),
    Fault("recomputed-as-the-one-before", "cache-config.default-recompute", "rare", made=_fill_from_first(("cache_config", "invalidation_events"), "recompute_strategy")),
    Fault("enabled-as-the-one-before", "cache-config.default-retriever-enabled", "rare", made=_fill_from_first(("cache_config", "retriever_configs"), "enabled")),
    # c) long lists, and lists of one
    Fault("fifty-taxonomies", "collections.create.echoes-taxonomies", "rare", installed=_at_most(50, "taxonomy_applications", operation=_COLLECTION)),
    Fault("fifty-features", "documents.create.user-fields-verbatim", "rare", installed=_at_most(50, "features", operation="create_document")),
    Fault("fifty-blobs", "documents.create.user-fields-verbatim", "rare", installed=_at_most(50, "document_blobs", operation="create_document")),
    Fault("fifty-steps", "internal.chain-in-order", "rare", installed=_at_most(50, "lineage_chain", operation="create_document")),
    Fault("fifty-events", "cache-config.echoes", "rare", installed=_at_most(50, "cache_config", "invalidation_events", operation=_COLLECTION)),
    Fault("fifty-retrievers", "cache-config.echoes", "rare", installed=_at_most(50, "cache_config", "retriever_configs", operation=_COLLECTION)),
    Fault("fifty-extractors", "feature-extractors.echoes-in-order", "rare", installed=_at_most(50, "feature_extractors", operation=_COLLECTION)),
    Fault("fifty-mappings", "feature-extractors.echoes-in-order", "rare", installed=_at_most(50, "feature_extractors", "input_mapping", operation=_COLLECTION)),
    Fault("fifty-parameters", "feature-extractors.echoes-in-order", "rare", installed=_at_most(50, "feature_extractors", "parameters", operation=_COLLECTION)),
    Fault("fifty-payload-keys", "documents.create.user-fields-verbatim", "rare", installed=_at_most(50, "features", "payload", operation="create_document")),
    Fault("fifty-operands-kept", "filters.echoes-verbatim", "rare", installed=_operands_at_most(50)),
    Fault("fifty-selected", "list.select", "rare", installed=reading(_selects_cut, "list_documents")),
    Fault("one-feature-is-none", "documents.create.user-fields-at-root", "rare", installed=_alone_unwrapped("features", operation="create_document")),
    Fault("one-blob-is-none", "documents.create.user-fields-at-root", "rare", installed=_alone_unwrapped("document_blobs", operation="create_document")),
    Fault("one-step-is-none", "internal.chain-in-order", "rare", installed=_alone_unwrapped("lineage_chain", operation="create_document")),
    Fault("one-event-is-none", "cache-config.echoes", "rare", installed=_alone_unwrapped("cache_config", "invalidation_events", operation=_COLLECTION)),
    # e) refusals in each place
    Fault("negative-entries-taken", "cache-config.rejects-zero-max-entries", "rare", parsed=_negative_entries),
    Fault("null-mappings-dropped", "feature-extractors.mappings-are-strings", "rare", parsed=_null_mappings_dropped),
    Fault("null-retrievers-dropped", "collections.create.rejects-null-in-required", "rare", parsed=_null_retrievers_dropped),
    Fault("empty-description-of-any-type", "collections.create.rejects-wrong-types", "rare", parsed=_falsy_is_absent("description")),
    Fault("empty-metadata-of-any-type", "documents.create.rejects-wrong-types", "rare", parsed=_falsy_is_absent("metadata")),
    Fault("thirtieth-of-february", "documents.create.lineage-timestamp-format", "rare", parsed=_lenient_times(_matches(r"\d{4}-02-30T.*"))),
    Fault("thirteenth-month", "documents.create.lineage-timestamp-format", "rare", parsed=_lenient_times(_matches(r"\d{4}-13-.*"))),
    Fault("twenty-fifth-hour", "documents.create.lineage-timestamp-format", "rare", parsed=_lenient_times(_matches(r".*T25:.*"))),
    Fault("dates-are-times", "documents.create.lineage-timestamp-format", "rare", parsed=_lenient_times(_matches(r"\d{4}-\d\d-\d\d"))),
    Fault("seconds-are-times", "documents.create.lineage-timestamp-format", "rare", parsed=_lenient_times(_matches(r"\d{10}"))),
    Fault("numbers-are-times", "documents.create.lineage-timestamp-format", "rare", parsed=_lenient_times(lambda value: isinstance(value, int | float) and not isinstance(value, bool))),
    Fault("empty-times-are-now", "documents.create.lineage-timestamp-format", "rare", parsed=_lenient_times(lambda value: value == "")),
    Fault("objects-as-times-crash", "http.no-server-error", "rare", sent=_crash("create_document", lambda body: any(isinstance(one.get("timestamp"), dict) for one in _of(body, "lineage_chain") or () if isinstance(one, dict)))),
    Fault("texts-in-vectors-crash", "http.no-server-error", "rare", sent=_crash("create_document", lambda body: any(_holds_text(one) for one in _vectors(body)))),
    Fault("lists-as-vectors-crash", "http.no-server-error", "rare", sent=_crash("create_document", lambda body: any(isinstance(one, list) for one in _vectors(body)))),
    Fault("condition-with-groups-crashes", "http.no-server-error", "rare", sent=_crash(_COLLECTION, lambda body: any(map(_is_mixed, _nodes(body))))),
    Fault("listed-condition-with-groups-crashes", "http.no-server-error", "rare", sent=_crash("list_documents", lambda body: any(map(_is_mixed, _nodes(body))))),
    Fault("patch-of-wrong-metadata-crashes", "http.no-server-error", "rare", sent=_crash("patch_document", lambda body: not isinstance(_of(body, "metadata") or {}, dict))),
    Fault("put-of-wrong-features-crashes", "http.no-server-error", "rare", sent=_crash("put_document", lambda body: not isinstance(_of(body, "features") or [], list))),
    Fault("patch-of-wrong-blobs-crashes", "http.no-server-error", "rare", sent=_crash("patch_document", lambda body: not isinstance(_of(body, "document_blobs") or [], list))),
    Fault("order-that-is-a-text-crashes", "http.no-server-error", "rare", sent=_crash("list_documents", lambda body: isinstance(_of(body, "sort"), str))),
    Fault("selection-that-is-a-text-crashes", "http.no-server-error", "rare", sent=_crash("list_documents", lambda body: isinstance(_of(body, "select"), str))),
    Fault("filter-that-is-a-list-crashes", "http.no-server-error", "rare", sent=_crash("list_documents", lambda body: isinstance(_of(body, "filters"), list))),
    Fault("group-of-a-number-crashes", "http.no-server-error", "rare", sent=_crash("list_documents", lambda body: isinstance(_of(body, "group_by"), int))),
    Fault("name-that-is-a-list-crashes", "http.no-server-error", "rare", sent=_crash(_COLLECTION, lambda body: isinstance(_of(body, "collection_name"), list))),
    Fault("extractor-that-is-a-text-crashes", "http.no-server-error", "rare", sent=_crash_at_item(_COLLECTION, "feature_extractors", is_it=lambda one: isinstance(one, str))),
    Fault("taxonomy-that-is-null-crashes", "http.no-server-error", "rare", sent=_crash_at_item(_COLLECTION, "taxonomy_applications", is_it=lambda one: one is None)),
    Fault("event-that-is-null-crashes", "http.no-server-error", "rare", sent=_crash_at_item(_COLLECTION, "cache_config", "invalidation_events", is_it=lambda one: one is None)),
    Fault("step-that-is-null-crashes", "http.no-server-error", "rare", sent=_crash_at_item("create_document", "lineage_chain", is_it=lambda one: one is None)),
    Fault("extractors-that-are-none-dropped", "collections.create.rejects-wrong-types", "rare", parsed=_items_dropped(_COLLECTION, "feature_extractors")),
    Fault("events-that-are-none-dropped", "collections.create.rejects-wrong-types", "rare", parsed=_items_dropped(_COLLECTION, "cache_config", "invalidation_events")),
    Fault("features-that-are-none-dropped", "documents.create.rejects-wrong-types", "rare", parsed=_items_dropped("create_document", "features")),
    Fault("blobs-that-are-none-dropped", "documents.create.rejects-wrong-types", "rare", parsed=_items_dropped("create_document", "document_blobs")),
    Fault("empty-token-crashes", "http.no-server-error", "rare", installed=_crash_for(lambda header: header.strip() == "Bearer")),
    Fault("token-beyond-ascii-crashes", "http.no-server-error", "rare", installed=_crash_for(lambda header: not header.isascii())),
    Fault("long-token-crashes", "http.no-server-error", "rare", installed=_crash_for(lambda header: len(header) > 4096)),
    Fault("empty-token-lets-in", "auth.wrong-token", "rare", installed=_let_in(lambda header: header.strip() == "Bearer")),
    Fault("malformed-before-asked", "auth.before-validation", "rare", installed=_parsed_before_asked(400)),
    Fault("malformed-by-strangers-crashes", "http.no-server-error", "rare", installed=_parsed_before_asked(500)),
    # g) names that begin alike, and vectors of each kind
    Fault("selected-by-beginnings", "list.select", "rare", installed=_listing(_select_by_prefix)),
    Fault("sorted-by-another-name", "list.sort-ascending", "rare", installed=_listing(_by_prefix("sort"))),
    Fault("grouped-by-another-name", "list.group-by", "rare", installed=_listing(_by_prefix("group_by"))),
    Fault("sorted-by-capitals", "list.sort-ascending", "rare", installed=_listing(_by_letters("sort"))),
    Fault("grouped-by-capitals", "list.group-by", "rare", installed=_listing(_by_letters("group_by"))),
    Fault("inner-fields-selected-by-beginnings", "list.select", "rare", installed=_listing(_inner_by_prefix)),
    Fault("indices-sorted-alone", "documents.get.vectors-on-request", "rare", installed=shows(_indices_sorted)),
    Fault("null-vectors-crash", "documents.get.vectors-on-request", "rare", installed=shows(_null_vectors_crash)),
    Fault("sparse-always-read", "documents.get.vectors-on-request", "rare", installed=_vectors_when(lambda vectors, asked: _is_sparse(vectors) and not asked, reads_only=True)),
    Fault("multi-always-read", "documents.get.vectors-on-request", "rare", installed=_vectors_when(lambda vectors, asked: _is_multi(vectors) and not asked, reads_only=True)),
    Fault("multi-never-listed", "documents.get.vectors-on-request", "rare", installed=_vectors_when(lambda vectors, asked: _is_multi(vectors) and asked)),
    Fault("sparse-always-listed", "documents.get.vectors-on-request", "rare", installed=_vectors_when(lambda vectors, asked: _is_sparse(vectors) and not asked)),
    Fault("false-is-a-text", "documents.get.vectors-on-request", "rare", installed=_texts_ignored("get_document")),
    # h) through another collection's path
    Fault("patched-elsewhere-is-copied", "documents.update.wrong-collection", "rare", installed=_done_though_refused("patch_document", _is(404), _copied)),
    Fault("put-elsewhere-is-copied", "list.returns-exactly-created", "rare", installed=_done_though_refused("put_document", _is(404), _copied)),
    Fault("deleted-elsewhere-and-denied", "documents.update.wrong-collection", "rare", installed=_done_though_refused("delete_document", _is(404), _anywhere_gone)),
)  # fmt: skip
