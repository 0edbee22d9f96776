"""HTTP: malformed bodies, unsupported methods and unknown paths."""

from conformance.contracts.collections import body_promises
from conformance.contracts.collections.generation import collections, documents, hostile
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core import json_text
from conformance.core.json_text import Json
from conformance.engine.plan import Plan
from conformance.engine.run import JSON_HEADERS
from conformance.engine.scenario import exercises, in_parts
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation

Subject = tuple[Operation, str, documents.Body, tuple[Exchange, ...]]
_CREATES = (Operations.CREATE_COLLECTION, Operations.CREATE_DOCUMENT)
_BODIES: dict[Operation, dict[str, Json]] = {
    Operations.LIST_DOCUMENTS: {"filters": {"AND": [{"field": "a", "operator": "eq", "value": 1}]}},
    Operations.PUT_DOCUMENT: {"title": "put", "metadata": {"a": 1}},
    Operations.PATCH_DOCUMENT: {"title": "patched", "metadata": {"a": 1}},
    Operations.CREATE_BUCKET: {"bucket_name": "never made", "bucket_schema": {"properties": {"a": {"type": "text"}}}},
}

# These show that a refused request left nothing behind.
_LEFT = ("errors.rejected-leaves-nothing", "documents.get.equals-created")


def _subjects(run: CollectionsRun, *, own: bool = False) -> list[Subject]:
    """Return each operation that has a body, with its path and a valid body; document operations only if a document exists.

    With `own` the collection and the document belong to this scenario alone, so that leftovers can be found.
    """
    subjects: list[Subject] = [
        (
            Operations.CREATE_COLLECTION,
            run.path(Operations.CREATE_COLLECTION),
            collections.minimal(run.vocabulary, run.tags.new()),
            (),
        )
    ]
    collection = run.new_collection() if own else run.shared_collection()
    if collection is None or collection.created_id is None:
        return subjects
    subjects.append(
        (
            Operations.CREATE_DOCUMENT,
            run.path(Operations.CREATE_DOCUMENT, collection.created_id),
            {"collection_id": collection.created_id},
            (collection,),
        )
    )
    whole = {"collection_id": collection.created_id, "title": "whole", "metadata": {"a": 0}, "kept": True}
    document = run.document(collection, whole) if own else run.once("document", lambda: run.document(collection, whole))
    for operation, body in _BODIES.items():
        if run.serves(operation.profile) and document.created_id is not None:
            subjects.append(
                (operation, run.path(operation, collection.created_id, document.created_id), body, (collection, document))
            )
    return subjects


def _send(run: CollectionsRun, subject: Subject, body: bytes | None, *about: str, **more: object) -> Exchange:
    return run.perform(_plan(run, subject, body, *about, **more))


def _plan(run: CollectionsRun, subject: Subject, body: bytes | None, *about: str, **more: object) -> Plan:
    operation, where, _body, context = subject
    return run.plan_raw(where, body, *about, operation=operation, context=context, **more)  # type: ignore[arg-type]


def _check_leftovers(run: CollectionsRun, subjects: list[Subject], sent: list[Exchange]) -> None:
    """Check that refused requests left nothing behind: the document is unchanged, and there is no other one."""
    collection, *more = subjects[-1][3] or (None,)
    if collection is None or not more:
        return
    context = (collection, *more, *sent)
    if run.serves("query"):
        run.list_documents(collection, {}, "errors.rejected-leaves-nothing", context=context, limit=1000)
    if run.serves("read"):
        run.read(more[0], context=context)


@in_parts
@exercises("http.rejects-malformed-json", "errors.*", *_LEFT)
def test_malformed_json(run: CollectionsRun) -> None:
    """Send malformed JSON: the most important texts to every operation, the others distributed over the operations."""
    subjects, plans = _subjects(run, own=True), []
    for turn, subject in enumerate(subjects):
        texts = list(hostile.broken_texts(subject[2]))
        first_texts, other_texts = texts[: hostile.FIRST_BROKEN_TEXTS], texts[hostile.FIRST_BROKEN_TEXTS :]
        if not run.budget.exhaustive:
            other_texts = other_texts[turn :: 8 * len(subjects)]
            first_texts = first_texts if subject[0] in _CREATES else first_texts[:2]
        plans += [_plan(run, subject, text, "http.rejects-malformed-json") for text in (*first_texts, *other_texts)]
    _check_leftovers(run, subjects, run.perform_all(run.part(plans)))


@exercises("http.rejects-nan-and-infinity")
def test_nan_and_infinity(run: CollectionsRun) -> None:
    """Send NaN and the infinities, in typed fields and in the user's own data."""
    for subject in _subjects(run):
        operation, _where, body, _context = subject
        if operation == Operations.LIST_DOCUMENTS:
            for literal in hostile.NOT_NUMBERS:
                group = {"AND": [{"field": "a", "operator": "gt", "value": literal}]}
                _send(run, subject, json_text.dumps({"filters": group}), "http.rejects-nan-and-infinity")
            continue
        texts = list(hostile.not_numbers(body, "metadata", "unknown_field"))
        for text in texts if run.budget.exhaustive else texts[:3] if operation in _CREATES else texts[:2:2]:
            _send(run, subject, text, "http.rejects-nan-and-infinity")
        if operation == Operations.CREATE_COLLECTION:
            for turn, literal in enumerate(hostile.NOT_NUMBERS):
                edition = run.vocabulary.edition
                bodies = [edition.with_filters(body, {"AND": [{"field": "a", "operator": "gt", "value": literal}]})]
                if "cache_config" in edition.collection.properties:
                    bodies.insert(0, {**body, "cache_config": {"score_threshold": literal}})
                for changed in bodies if run.budget.exhaustive else [bodies[turn % len(bodies)]]:
                    _send(run, subject, json_text.dumps(changed), "http.rejects-nan-and-infinity")


@exercises("http.rejects-empty-body", "http.rejects-non-object-body", *_LEFT)
def test_no_object(run: CollectionsRun) -> None:
    """Send an empty body, and JSON that is no object. A list may have no body."""
    subjects, plans = _subjects(run, own=True), []
    for turn, subject in enumerate(subjects):
        if subject[0] != Operations.LIST_DOCUMENTS:
            plans.append(_plan(run, subject, b"", "http.rejects-empty-body"))
        if subject[0] in _CREATES:
            # Without a content type, a server may refuse that first.
            plans.append(_plan(run, subject, b"", headers=(), expect=Expect.ANY))
        plans += [_plan(run, subject, text, "http.rejects-non-object-body") for text in _non_objects(run, subject[0], turn)]
    _check_leftovers(run, subjects, run.perform_all(plans))


def _non_objects(run: CollectionsRun, operation: Operation, turn: int) -> tuple[bytes, ...]:
    """Return non-object bodies for an operation. With a small budget, operations that create nothing get fewer of them."""
    if run.budget.exhaustive:
        return hostile.NON_OBJECTS
    empty_values = hostile.NON_OBJECTS[:2] if operation in _CREATES else hostile.NON_OBJECTS[turn % 2 :][:1]
    return (*empty_values, *hostile.NON_OBJECTS[2 + turn :: 9])


@exercises("http.rejects-wrong-media-type", *_LEFT)
def test_wrong_media_type(run: CollectionsRun) -> None:
    """Send JSON with another media type."""
    subjects, sent = _subjects(run, own=True), []
    for subject in subjects:
        for label in ("text/plain", "application/xml", "text/plain; charset=utf-8")[
            : 3 if run.budget.exhaustive else 2 if subject[0] in _CREATES else 1
        ]:
            headers = (("content-type", label),)
            sent.append(_send(run, subject, json_text.dumps(subject[2]), "http.rejects-wrong-media-type", headers=headers))
    _check_leftovers(run, subjects, sent)


@exercises("collections.create.accepts-valid", "documents.create.accepts-valid")
def test_content_type_with_parameter(run: CollectionsRun) -> None:
    """Send JSON with a charset parameter, with white space before it, and in capitals (RFC 9110, 8.3.1)."""
    labels = ("application/json; charset=utf-8", "Application/JSON", "application/json ;charset=utf-8")
    for turn, subject in enumerate(candidate for candidate in _subjects(run) if candidate[0] in _CREATES):
        about = f"{body_promises.chapter(subject[0])}.accepts-valid"
        for label in labels if run.budget.exhaustive else labels[turn : turn + 2]:
            body = subject[2] if "collection_name" not in subject[2] else {**subject[2], "collection_name": run.tags.new()}
            headers = (("content-type", label),)
            _send(run, subject, json_text.dumps(body), about, expect=Expect.ACCEPT, headers=headers, value=body)


@exercises("http.wrong-method")
def test_wrong_method(run: CollectionsRun) -> None:
    """Send methods that a path does not support. GET on the documents is left out: published API documents have had it.

    `/v1/collections/create` also looks like a collection's path with an invalid id, so methods of that path may refuse the id. What else
    a deployment serves at a path of its own, or deletes there, nobody knows.
    """
    for operation, where, body, context in _subjects(run):
        served = run.operation(operation)
        is_moved, (_method, path) = run.api.is_moved(served), served.address
        for method in _LACKING.get(operation, ()):
            if (method, path) in run.api.addresses or (is_moved and method in ("GET", "DELETE")):
                continue
            is_create = operation == Operations.CREATE_COLLECTION
            expect = Expect.EITHER if is_moved or (is_create and method != "PUT") else Expect.REFUSE
            content, headers = (json_text.dumps(body), JSON_HEADERS) if method in ("PUT", "PATCH", "POST") else (None, ())
            run.raw(where, content, "http.wrong-method", method=method, headers=headers, expect=expect, operation=Operations.OUTSIDE,
                    context=context)  # fmt: skip


# A document's path has every method but POST. A list's path looks like a document's path with an invalid id, so it is left out.
_LACKING = {
    Operations.CREATE_COLLECTION: ("PUT", "PATCH", "DELETE", "GET"),
    Operations.CREATE_DOCUMENT: ("PUT", "PATCH", "DELETE"),
    Operations.PATCH_DOCUMENT: ("POST",),
}


@exercises("http.unknown-path")
def test_unknown_path(run: CollectionsRun) -> None:
    """Send requests to paths that are not in the API. Where a deployment has paths of its own, only what is below one is known to be none."""
    expect = Expect.REFUSE if run.client.identity.token is not None else Expect.EITHER
    below = f"{run.path(Operations.CREATE_COLLECTION)}/no-such/path"
    paths = ["/v1/no-such-path", below, "/no-such-version/collections/create", "/v1/collections/create2/x/y"]
    if any(map(run.api.is_moved, run.api.operations)):
        # Longer than every path that may be served.
        below = run.path(Operations.CREATE_COLLECTION) + "/no-such" * (
            1 + max(path.count("/") for _method, path in run.api.addresses)
        )
        paths = [below]
    for where in paths:
        for method, body in (("GET", None), ("POST", b"{}"))[: 1 + (where in (*paths[:1], below) or run.budget.exhaustive)]:
            headers = JSON_HEADERS if body else ()
            run.raw(where, body, "http.unknown-path", method=method, headers=headers, operation=Operations.OUTSIDE, expect=expect)
