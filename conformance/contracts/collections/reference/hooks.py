"""What faults are made of: functions that change one step of the reference, where a `Fault` has no hook for it."""

import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.listing import Query

Handler = Callable[[Call], Body]
HandlerChange = Callable[[Reference, Handler, Call], Body]
MatchChange = Callable[[str, Any, Any, bool, bool], bool]
Listing = Callable[[Query, Body], Body]
Installed = Callable[[Reference], None]
SYSTEM = ("document_id", "collection_id", "_internal")
ABSENT = object()
# An entry of a 422 for a body that breaks no rule.
PROBLEM: dict[str, Any] = {"loc": ["body"], "msg": "refused", "type": "refused"}


def change_handlers(*operations: str, change: HandlerChange) -> Installed:
    """Change what the handlers of some operations do with a call."""

    def installed(reference: Reference) -> None:
        for operation in operations:
            setattr(reference, f"_{operation}", _changed_handler(reference, getattr(reference, f"_{operation}"), change))

    return installed


def _changed_handler(reference: Reference, original: Handler, change: HandlerChange) -> Handler:
    @wraps(original)
    def changed(call: Call) -> Body:
        return change(reference, original, call)

    return changed


def change_answer(operation: str, change: Callable[[Body], Body]) -> Installed:
    """Change what an operation answers."""
    return change_handlers(operation, change=lambda _reference, original, call: change(original(call)))


def change_body(change: Callable[[Body, Call], Body], *operations: str) -> Installed:
    """Change what was read of a valid body."""

    def installed(reference: Reference) -> None:
        original = reference.valid_body

        def valid_body(call: Call) -> Body:
            body = original(call)
            return change(body, call) if call.operation in operations else body

        reference.valid_body = valid_body  # type: ignore[method-assign]

    return installed


def authorize_afterwards(operation: str) -> Installed:
    """Do what was asked for, and only then look who asked."""

    def installed(reference: Reference) -> None:
        authorize = reference.authorize

        def changed(_reference: Reference, original: Handler, call: Call) -> Body:
            answer = original(call)
            authorize(operation, call.authorization)
            return answer

        reference.authorize = lambda called, header: None if called == operation else authorize(called, header)  # type: ignore[method-assign,assignment]
        change_handlers(operation, change=changed)(reference)

    return installed


def matching(change: MatchChange) -> Installed:
    """Change what a condition holds for: operator, value (`ABSENT` without one), operand, whether case counts, and the verdict."""

    def installed(reference: Reference) -> None:
        def matches(fragment: str | None, condition: str) -> bool:
            operator, operand, sensitive = json.loads(condition)
            value = ABSENT if fragment is None else json.loads(fragment)
            return bool(change(operator, value, operand, sensitive, selection.matches(fragment, condition)))

        reference.service.store.define("matches", 2, matches)

    return installed


def change_groups(change: Callable[[Body, int], Body]) -> Installed:
    """Change the groups of a filter, the inner ones first, before it selects; the depth of the root is 1."""

    def changed_group(group: Body, depth: int) -> Body:
        inner = {key: [member if "field" in member else changed_group(member, depth + 1) for member in value]
                 if isinstance(value, list) else value for key, value in group.items()}  # fmt: skip
        return change(inner, depth)

    return change_list_request(
        lambda body: body if body.get("filters") is None else {**body, "filters": changed_group(body["filters"], 1)}
    )


def change_fields(change: Callable[[str], str]) -> Installed:
    """Change the names of the fields that a filter's conditions are about."""

    def changed_group(group: Body, _depth: int) -> Body:
        return {key: [{**member, "field": change(member["field"])} if "field" in member else member for member in value]
                if isinstance(value, list) else value for key, value in group.items()}  # fmt: skip

    return change_groups(changed_group)


def change_list(change: Callable[[Listing, Query, Body], Body]) -> Installed:
    """Change how a collection is listed: `change` sees the original function, the query, and the body of the request."""

    def installed(reference: Reference) -> None:
        original = reference.service.list_documents
        reference.service.list_documents = (  # type: ignore[method-assign]
            lambda namespace, identifier, query, body: change(partial(original, namespace, identifier), query, body)
        )

    return installed


def change_list_request(change: Callable[[Body], Body]) -> Installed:
    """Change the body of a list that was found valid."""
    return change_list(lambda listing, query, body: listing(query, change(body)))


def change_page(change: Callable[[Body, Query, Body], Body]) -> Installed:
    """Change the page that a list answers; `change` sees the page, the query and the body of the request."""
    return change_list(lambda listing, query, body: change(listing(query, body), query, body))


def change_update(operation: str, change: Callable[[Body, Body, Body], Body]) -> Installed:
    """Change what an update makes of a document: what it was, what was sent, and what it should become."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        service, names = reference.service, place_of(call)
        before = service.get_document(*names)
        original(call)
        after = change(before, json.loads(call.body), service.get_document(*names))
        service.store.replace_document(*names, after)
        return service.shown(after)

    return change_handlers(operation, change=changed)


def change_patch_after_put(change: Callable[[Body, Body], Body]) -> Installed:
    """Change what a patch merges into after a put: the document before the put, and the document now."""

    def installed(reference: Reference) -> None:
        service, before_put = reference.service, dict[str, Body]()

        def put(_reference: Reference, original: Handler, call: Call) -> Body:
            before_put[call.path["document"]] = service.get_document(*place_of(call))
            return original(call)

        def patch(_reference: Reference, original: Handler, call: Call) -> Body:
            older, names = before_put.pop(call.path["document"], None), place_of(call)
            if older is not None:
                service.store.replace_document(*names, change(older, service.get_document(*names)))
            return original(call)

        change_handlers("put_document", change=put)(reference)
        change_handlers("patch_document", change=patch)(reference)

    return installed


def place_of(call: Call) -> tuple[str, str, str]:
    """Return the namespace, the collection and the document that a call names."""
    return call.namespace, call.path["collection"], call.path["document"]


def change_presentation(change: Callable[[Body, bool, bool], Body]) -> Installed:
    """Change how a stored document is presented: the document, and whether addresses and vectors were asked for."""

    def installed(reference: Reference) -> None:
        original = reference.service.shown
        reference.service.shown = (  # type: ignore[method-assign]
            lambda document, *, urls=False, vectors=False: change(original(document, urls=urls, vectors=vectors), urls, vectors)
        )

    return installed


def change_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change every leaf of a JSON value."""
    if isinstance(value, dict):
        return {key: change_leaves(member, change) for key, member in value.items()}
    return [change_leaves(item, change) for item in value] if isinstance(value, list) else change(value)


def without(body: Body, *names: str) -> Body:
    """Return an object without some of its keys."""
    return {key: value for key, value in body.items() if key not in names}
