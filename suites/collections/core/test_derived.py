"""Bodies that Schemathesis derives from the OpenAPI document, judged by what the contract promises about each."""

from conformance.contracts.collections import body_promises, openapi
from conformance.contracts.collections.operations import CREATES, Operations, path
from conformance.contracts.collections.run import CollectionsRun
from conformance.core import json_text
from conformance.core.json_text import Json
from conformance.engine.plan import Plan
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation


@exercises("collections.create.*", "http.rejects-*", "errors.*")
def test_derived_collections(run: CollectionsRun) -> None:
    """Create collections in both of Schemathesis' modes."""
    _derived(run, Operations.CREATE_COLLECTION, None)


@exercises("documents.create.*", "http.rejects-*", "errors.*")
def test_derived_documents(run: CollectionsRun) -> None:
    """Create documents in both of Schemathesis' modes."""
    collection = run.shared_collection()
    if collection is not None:
        _derived(run, Operations.CREATE_DOCUMENT, collection)


def _derived(run: CollectionsRun, operation: Operation, collection: Exchange | None) -> None:
    from conformance.generation import schemathesis_adapter

    share = run.budget.schemathesis / run.budget.examples
    # Schemathesis rejects many of its own bodies, more for a large schema.
    run.explore(
        schemathesis_adapter.bodies(openapi.DOCUMENT, CREATES, operation, "positive"),
        lambda body: _plan(run, operation, collection, body),
        share,
        batch=1,
    )
    run.explore(
        schemathesis_adapter.bodies(openapi.DOCUMENT, CREATES, operation, "negative"),
        lambda body: _plan(run, operation, collection, body),
        share,
        batch=1,
    )


def _plan(run: CollectionsRun, operation: Operation, collection: Exchange | None, body: Json | bytes | None) -> Plan | None:
    if not isinstance(body, dict):
        return _plan_no_object(run, operation, collection, body)
    known = run.vocabulary
    if collection is not None:
        known = known.with_made(collections=(collection.created_id or "",))
        body = {**body, "collection_id": collection.created_id} if isinstance(body.get("collection_id"), str) else body
    expect, about = body_promises.classify_object(operation, openapi.request_of(operation), body, known)
    if collection is None:
        return run.plan_collection(body, *about, expect=expect)
    return run.plan_document(collection, body, *about, expect=expect)


def _plan_no_object(
    run: CollectionsRun, operation: Operation, collection: Exchange | None, body: Json | bytes | None
) -> Plan | None:
    where, context = (
        path(operation, "" if collection is None else collection.created_id or ""),
        () if collection is None else (collection,),
    )
    content = body if isinstance(body, bytes) else b"" if body is None else json_text.dumps(body)
    expect, about = body_promises.classify_bytes(content)
    return None if expect is Expect.ANY else run.plan_raw(where, content, *about, operation=operation, context=context)
