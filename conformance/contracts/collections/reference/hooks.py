"""What faults are made of: hooks that change one step of the reference, for those that a `Fault` has no hook of its own for."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.listing import Query

Handler = Callable[[Call], Body]
Wrapped = Callable[[Reference, Handler, Call], Body]
Matched = Callable[[str, Any, Any, bool, bool], bool]
Installed = Callable[[Reference], None]
SYSTEM = ("document_id", "collection_id", "_internal")
ABSENT = object()


def handler(*names: str, change: Wrapped) -> Callable[[Reference], None]:
    """Change what the handlers of some operations do with a call."""

    def installed(reference: Reference) -> None:
        for name in names:
            setattr(reference, f"_{name}", _around(reference, getattr(reference, f"_{name}"), change))

    return installed


def _around(reference: Reference, original: Handler, change: Wrapped) -> Handler:
    @wraps(original)
    def changed(call: Call) -> Body:
        return change(reference, original, call)

    return changed


def shown(operation: str, change: Callable[[Body], Body]) -> Callable[[Reference], None]:
    """Change what an operation answers."""
    return handler(operation, change=lambda _reference, original, call: change(original(call)))


def matching(change: Matched) -> Callable[[Reference], None]:
    """Change what a condition holds for: operator, value (`ABSENT` without one), operand, whether case counts, and the verdict."""

    def installed(reference: Reference) -> None:
        def matches(fragment: str | None, condition: str) -> bool:
            operator, operand, sensitive = json.loads(condition)
            value = ABSENT if fragment is None else json.loads(fragment)
            return bool(change(operator, value, operand, sensitive, selection.matches(fragment, condition)))

        reference.service.store.define("matches", 2, matches)

    return installed


def rewritten(change: Callable[[Body, int], Body]) -> Callable[[Reference], None]:
    """Change the groups of a filter, the inner ones first, before it selects; the depth of the root is 1."""

    def groups(group: Body, depth: int) -> Body:
        inner = {key: [one if "field" in one else groups(one, depth + 1) for one in some] if isinstance(some, list) else some
                 for key, some in group.items()}  # fmt: skip
        return change(inner, depth)

    def installed(reference: Reference) -> None:
        original = reference.service.list_documents

        def listed(namespace: str, identifier: str, query: Query, body: Body) -> Body:
            if body.get("filters") is not None:
                body = {**body, "filters": groups(body["filters"], 1)}
            return original(namespace, identifier, query, body)

        reference.service.list_documents = listed  # type: ignore[method-assign]

    return installed


def listed(change: Callable[[Body, Query, Body], Body]) -> Callable[[Reference], None]:
    """Change the page that a list answers."""

    def installed(reference: Reference) -> None:
        original = reference.service.list_documents
        reference.service.list_documents = (  # type: ignore[method-assign]
            lambda namespace, identifier, query, body: change(original(namespace, identifier, query, body), query, body)
        )

    return installed


def updated(operation: str, change: Callable[[Body, Body, Body], Body]) -> Callable[[Reference], None]:
    """Change what an update makes of a document: what it was, what was sent, and what it should become."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        service, names = reference.service, place_of(call)
        before = service.get_document(*names)
        original(call)
        after = change(before, json.loads(call.body), service.get_document(*names))
        service.store.replace_document(*names, after)
        return service.shown(after)

    return handler(operation, change=changed)


def merged_after_put(change: Callable[[Body, Body], Body]) -> Installed:
    """Change what a patch merges into after a put: the document before the put, and the document now."""

    def installed(reference: Reference) -> None:
        service, before = reference.service, dict[str, Body]()

        def put(_reference: Reference, original: Handler, call: Call) -> Body:
            before[call.path["document"]] = service.get_document(*place_of(call))
            return original(call)

        def patch(_reference: Reference, original: Handler, call: Call) -> Body:
            older, names = before.pop(call.path["document"], None), place_of(call)
            if older is not None:
                service.store.replace_document(*names, change(older, service.get_document(*names)))
            return original(call)

        handler("put_document", change=put)(reference)
        handler("patch_document", change=patch)(reference)

    return installed


def place_of(call: Call) -> tuple[str, str, str]:
    """Return the namespace, the collection and the document that a call names."""
    return call.namespace, call.path["collection"], call.path["document"]


def shows(change: Callable[[Body, bool, bool], Body]) -> Callable[[Reference], None]:
    """Change how a stored document is presented: the document, and whether addresses and vectors were asked for."""

    def installed(reference: Reference) -> None:
        original = reference.service.shown
        reference.service.shown = (  # type: ignore[method-assign]
            lambda document, *, urls=False, vectors=False: change(original(document, urls=urls, vectors=vectors), urls, vectors)
        )

    return installed
