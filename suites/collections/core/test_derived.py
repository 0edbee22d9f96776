"""Bodies that are derived from the OpenAPI document alone, judged by what the contract promises about each.

Valid ones come from the toolkit's own compiler, which does not know the models here, and from Schemathesis, which also adds fields that
no schema names. Invalid ones come from Schemathesis: it breaks what no annotation speaks of, and sends what is no object or no JSON.
"""

from collections.abc import Callable

from conformance.contracts.collections import body_promises, openapi
from conformance.contracts.collections.operations import CREATES, Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text
from conformance.core.json_text import Json
from conformance.engine.plan import Plan
from conformance.engine.scenario import exercises, in_parts
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation
from conformance.generation import payloads
from conformance.schema import tree

# Schemathesis derives a valid body for each three invalid ones: ours cost a fortieth of its, and have more shapes.
_VALID = 1 / 3


@in_parts
@exercises("collections.create.*", "http.rejects-*", "errors.*")
def test_derived_collections(run: CollectionsRun) -> None:
    """Create collections with what the document allows, and with what it does not."""
    _derived(run, Operations.CREATE_COLLECTION, None)


@in_parts
@exercises("documents.create.*", "http.rejects-*", "errors.*")
def test_derived_documents(run: CollectionsRun) -> None:
    """Create documents with what the document allows, and with what it does not."""
    collection = run.shared_collection()
    if collection is not None:
        _derived(run, Operations.CREATE_DOCUMENT, collection)


def _derived(run: CollectionsRun, operation: Operation, collection: Exchange | None) -> None:
    def plan(body: Json | bytes | None) -> Plan | None:
        return _plan(run, operation, collection, body)

    ours = payloads.payloads(tree.request(openapi.DOCUMENT, operation.body or ""), _known(run, collection).names())
    run.explore(ours, plan, run.budget.derived / run.budget.examples)
    if run.budget.schemathesis:
        _explore_with_schemathesis(run, operation, plan)


def _explore_with_schemathesis(
    run: CollectionsRun, operation: Operation, plan: Callable[[Json | bytes | None], Plan | None]
) -> None:
    from conformance.generation import schemathesis_adapter

    share = run.budget.schemathesis / run.budget.examples
    valid = schemathesis_adapter.bodies(openapi.DOCUMENT, CREATES, operation, "positive")
    invalid = schemathesis_adapter.bodies(openapi.DOCUMENT, CREATES, operation, "negative")
    # Schemathesis rejects many of its own bodies, more for a large schema.
    run.explore(valid, plan, share * _VALID, batch=1)
    run.explore(invalid, plan, share, batch=1)


def _known(run: CollectionsRun, collection: Exchange | None) -> Vocabulary:
    return run.vocabulary if collection is None else run.vocabulary.with_made(collections=(collection.created_id or "",))


def _plan(run: CollectionsRun, operation: Operation, collection: Exchange | None, body: Json | bytes | None) -> Plan | None:
    if not isinstance(body, dict):
        return _plan_no_object(run, operation, collection, body)
    known = _known(run, collection)
    if collection is not None:
        body = {**body, "collection_id": collection.created_id} if isinstance(body.get("collection_id"), str) else body
    expect, about = body_promises.classify_object(operation, run.operation(operation).schema, body, known)
    if collection is None:
        return run.plan_collection(body, *about, expect=expect)
    return run.plan_document(collection, body, *about, expect=expect)


def _plan_no_object(
    run: CollectionsRun, operation: Operation, collection: Exchange | None, body: Json | bytes | None
) -> Plan | None:
    where, context = (
        run.path(operation, "" if collection is None else collection.created_id or ""),
        () if collection is None else (collection,),
    )
    content = body if isinstance(body, bytes) else b"" if body is None else json_text.dumps(body)
    expect, about = body_promises.classify_bytes(content)
    return None if expect is Expect.ANY else run.plan_raw(where, content, *about, operation=operation, context=context)
