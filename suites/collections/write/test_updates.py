"""Updating and deleting, one aspect at a time."""

from conformance.contracts.collections.generation import collections, documents
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.plan import Plan
from conformance.engine.run import JSON_HEADERS
from conformance.engine.scenario import by_chance, exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation
from conformance.generation import json_values

_PATCH, _PUT = "documents.patch.merges", "documents.put.replaces"
_UPDATES = (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT)
_AT_ONCE = 16
_FULL: dict[str, Json] = {
    "title": "first", "zero": 0, "empty": "", "none": None, "list": [1, [2, None]], "object": {"a": {"b": 1}, "c": []},
    "metadata": {"kept": {"a": 1}, "gone": [None]}, "é": "x", "flag": False,
}  # fmt: skip
_CHANGES: tuple[dict[str, Json], ...] = (
    {"title": "second"},
    {"zero": 0.0, "empty": "no more"},
    {"object": {"a": {"z": 2}}},
    {"list": [], "object": {}},
    {"metadata": {"other": {"a": [1, {"b": None}]}}},
    {"new": {"deep": [{"er": None}]}, "title": "again"},
    {"flag": True, "é": "e\u0301", "none": 5},
    {"document_blobs": [{"field": "video", "url": "s3://conformance/key", "size_bytes": 0}]},
)


def _collection_and_document(
    run: CollectionsRun, more: dict[str, Json] | None = None, collection: Exchange | None = None
) -> tuple[Exchange, ...]:
    """Return a collection and a document in it; an empty tuple if the target does not let us create them."""
    collection = collection or run.shared_collection()
    if collection is None:
        return ()
    body = {"collection_id": collection.created_id, **(_FULL if more is None else more)}
    document = run.document(collection, body)
    return (collection, document) if document.created_id is not None else ()


def _update(run: CollectionsRun, operation: Operation, context: tuple[Exchange, ...], body: dict[str, Json], *about: str,
            expect: Expect = Expect.ACCEPT) -> tuple[Exchange, ...]:  # fmt: skip
    return (*context, run.call(operation, *about, body=body, of=context[1], expect=expect, context=context))


@exercises(_PATCH, "documents.update.*", "documents.get.equals-created", "list.returns-exactly-created", "list.total", "internal.*",
           "filters.eval.eq")  # fmt: skip
def test_patches(run: CollectionsRun) -> None:
    """Patch values of every kind on one document. It is read after every second patch, and listed at the end."""
    context = _collection_and_document(run, collection=run.new_collection())
    if not context:
        return
    # The collection has a second document with the same fields, which must not change.
    context = (*context, run.document(context[0], {"collection_id": context[0].created_id, **_FULL}))
    first, *others = (*run.named_by_edition(_CHANGES), *_features(run))
    with run.alone():  # what others write would clear the caches that a patch does not
        context = _update(run, Operations.PATCH_DOCUMENT, _read_and_search(run, context), first, _PATCH)
        context = _read_and_search(run, context)
    for index, body in enumerate(others):
        context = _update(run, Operations.PATCH_DOCUMENT, context, body, _PATCH)
        context = (*context, *([run.read(context[1], context=context)] if index % 2 == 0 and run.serves("read") else ()))
    _read_and_search(run, context)


@exercises(_PUT, _PATCH, "documents.update.*", "documents.get.equals-created", "list.returns-exactly-created", "list.total", "internal.*",
           "filters.eval.eq")  # fmt: skip
def test_puts(run: CollectionsRun) -> None:
    """Replace all fields, by fewer, by others and by none, also metadata, features and blobs."""
    (blobs,) = run.named_by_edition([{"document_blobs": [{"field": "video", "url": "s3://conformance/key"}]}]) or [{}]
    full = {**_FULL, **blobs, **_features(run)[0]}
    context = _collection_and_document(run, full, run.new_collection())
    if not context:
        return
    context = (*context, run.document(context[0], {"collection_id": context[0].created_id, **_FULL}))
    for body in ({"title": "only"}, {}, {"title": "again", "list": [None]}, _FULL):
        context = _update(run, Operations.PUT_DOCUMENT, context, body, _PUT)
    with run.alone():
        context = _read_and_search(run, context)
        context = _read_and_search(run, _update(run, Operations.PUT_DOCUMENT, context, {"metadata": {}, "other": 1}, _PUT))
    context = _update(run, Operations.PATCH_DOCUMENT, context, {"new": 1}, _PATCH)
    # An empty patch may be refused; if it is accepted, it changes nothing.
    context = _update(run, Operations.PATCH_DOCUMENT, context, {}, expect=Expect.EITHER)
    if run.serves("read"):
        run.read(context[1], context=context)


_WRONG: tuple[dict[str, Json], ...] = (
    {"metadata": 5}, {"features": {"a": 1}}, {"document_blobs": "x"}, {"features": [{"payload": 5}]}, {"metadata": ["a"]}, {"features": "x"},
    {"document_blobs": [{"field": []}]}, {"document_blobs": [5]},
)  # fmt: skip


@exercises("http.no-server-error", "http.status-documented", "errors.*", "documents.get.equals-created")
def test_wrong_types(run: CollectionsRun) -> None:
    """Send metadata, features and blobs of wrong types. They may be refused or accepted, but must not change other fields."""
    context = _collection_and_document(run, collection=run.new_collection())
    if not context:
        return
    wrong = run.named_by_edition(_WRONG)
    for turn, body in enumerate(wrong if run.budget.exhaustive else wrong[:6]):
        operation = _UPDATES[turn % 2]
        context = _update(run, operation, context, {**body, "title": "refused"}, expect=Expect.ANY)
    if run.serves("read"):
        run.read(context[1], context=context)


def _features(run: CollectionsRun) -> tuple[dict[str, Json], ...]:
    """Return features that replace each other; they name an extractor that the target knows."""
    known = {"feature_extractor_id": run.vocabulary.extractor_ids[0]}
    return {"features": [{**known, "payload": {"at": 1}}, known]}, {"features": [{**known, "payload": {"other": [0, None]}}]}


def _read_and_search(run: CollectionsRun, context: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Read the document, list it and search for it. A server may cache what is read before a change, and show it after."""
    plans = [run.plan_read(context[1], context=context)] if run.serves("read") else []
    if run.serves("query"):
        # A search index may be outdated. The document has one of these titles at a time.
        filters = [{"filters": {"AND": [{"field": "title", "operator": "eq", "value": title}]}} for title in ("first", "again")]
        plans += [run.plan_list(context[0], body, context=context, limit=1000, include_total="true") for body in ({}, *filters)]
    return (*context, *run.perform_all(plans))


@by_chance
@exercises(_PATCH, _PUT, "documents.update.*")
def test_updates_by_chance(run: CollectionsRun) -> None:
    """Random bodies, as patches and as puts, on documents that already have fields."""
    collection = run.shared_collection()
    if collection is None:
        return
    known, context = run.vocabulary.with_made(collections=(collection.created_id or "",)), _collection_and_document(run)
    order = [Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT]
    drawn = list(enumerate(run.draw(documents.valid(known), share=0.25)))
    for index, body in run.part(drawn):
        if not context:
            return
        fields = {key: value for key, value in body.items() if value is not None and key not in _NOT_FIELDS}
        context = _update(run, order[index % 2], context, fields or {"title": "nothing drawn"})
        if len(context) > _LONGEST:
            context = _collection_and_document(run)


_LONGEST = 20
_NOT_FIELDS = frozenset({"collection_id", "root_object_id", "root_bucket_id", "source_type", "source_collection_id", "source_document_id",
                         "source_object_id", "lineage_path", "lineage_chain", "document_schema_version", "features",
                         "document_blobs"})  # fmt: skip


@exercises("documents.update.keeps-identity", "documents.update.advances-updated-at")
def test_identity(run: CollectionsRun) -> None:
    """Updates that claim another id, collection, creation time or lineage."""
    collection, other_collection = run.shared_collection(), run.new_collection()
    if collection is None or other_collection is None:
        return
    step = {"collection_id": collection.created_id, "feature_extractor_id": run.vocabulary.extractor_ids[0]}
    lineage: dict[str, Json] = {
        "root_bucket_id": run.vocabulary.bucket_names[0],
        "lineage_path": "given/path",
        "source_type": "bucket",
        "lineage_chain": [step, step],
    }
    context = _collection_and_document(run, {"title": "who?", **lineage}, collection)
    if not context:
        return
    for operation in (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT):
        for body in _identity_claims(other_collection, step):
            context = _update(run, operation, context, body, "documents.update.keeps-identity", expect=Expect.EITHER)
        if run.serves("read"):
            run.read(context[1], context=context)


def _identity_claims(other_collection: Exchange, step: Json) -> tuple[dict[str, Json], ...]:
    """Return updates that claim what only the server may set."""
    time = "2001-01-01T00:00:00Z"
    internal: Json = {"created_at": time, "document_id": "doc_claimed", "lineage": {"path": "claimed"}, "namespace_id": "claimed"}
    return (
        {"document_id": "doc_claimed", "title": "a"},
        {"collection_id": other_collection.created_id, "title": "b"},
        {"_internal": internal},
        {
            "created_at": time,
            "updated_at": time,
            "lineage_path": "claimed/path",
            "lineage_chain": [step],
            "root_bucket_id": "claimed",
            "namespace_id": "claimed",
        },
        {
            "root_object_id": "claimed",
            "source_object_id": "claimed",
            "source_document_id": "claimed",
            "source_collection_id": "claimed",
            "source_type": "collection",
        },
    )


@exercises("documents.update.unknown", "errors.*")
def test_unknown(run: CollectionsRun) -> None:
    """Update documents that do not exist."""
    context = _collection_and_document(run)
    if not context:
        return
    for operation in (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT):
        control = _update(run, operation, context, {"title": "is there"})
        where = run.path(operation, context[0].created_id or "", "doc_000000000000000000000000")
        _send_to(run, operation, where, "documents.update.unknown", control)


@exercises("documents.update.wrong-collection", "list.returns-exactly-created", "errors.*")
def test_wrong_collection(run: CollectionsRun) -> None:
    """Change and delete a document through the path of another collection. Each request is also sent through the right one."""
    context, doomed, other_collection = _collection_and_document(run), _collection_and_document(run), run.new_collection()
    if not context or not doomed or other_collection is None:
        return
    context = (*context, doomed[1], other_collection)
    for operation in (*_UPDATES, Operations.DELETE_DOCUMENT):
        if operation == Operations.DELETE_DOCUMENT:
            context = (
                *context,
                *([run.list_documents(other_collection, {}, context=context, limit=1000)] if run.serves("query") else ()),
            )
            context = (*context, run.call(operation, of=doomed[1], expect=Expect.ACCEPT, context=context))
        else:
            context = _update(run, operation, context, {"title": "is there"})
        where = run.path(operation, other_collection.created_id or "", context[1].created_id or "")
        context = (*context, _send_to(run, operation, where, "documents.update.wrong-collection", context))
    if run.serves("read"):
        run.read(context[1], "documents.update.wrong-collection", context=context)


def _send_to(run: CollectionsRun, operation: Operation, where: str, about: str, context: tuple[Exchange, ...]) -> Exchange:
    """Send a change or a delete to a path where the document must not be found."""
    body, headers = (None, ()) if operation == Operations.DELETE_DOCUMENT else (b'{"title":"is not"}', JSON_HEADERS)
    return run.raw(where, body, about, operation=operation, headers=headers, context=context)


@exercises("documents.delete.*", "documents.update.unknown", "documents.get.unknown", "documents.get.equals-created", "list.total",
           "errors.*")  # fmt: skip
def test_deleted_documents(run: CollectionsRun) -> None:
    """Delete one of five documents. It is gone for every operation; the others remain, also its source and what was made from it."""
    collection = run.new_collection()
    if collection is None:
        return
    same: dict[str, Json] = {"collection_id": collection.created_id, "title": "one like the other"}
    created = [run.document(collection, same) for _ in range(2)]
    created.append(run.document(collection, {**same, "source_document_id": created[0].created_id}, context=(created[0],)))
    created.append(run.document(collection, same))
    # A document that was made from another one outlives it.
    created.append(run.document(collection, {**same, "source_document_id": created[2].created_id}, context=(created[2],)))
    doomed, kept_documents = created[2], (created[0], created[4])
    if any(document.created_id is None for document in created):
        return
    context: tuple[Exchange, ...] = (collection, *created)
    controls = (run.read(doomed, context=context),) if run.serves("read") else ()
    controls = (*controls, run.call(Operations.PATCH_DOCUMENT, body={"a": 1}, of=created[1], expect=Expect.ACCEPT, context=context))
    gone = "documents.delete.then-unknown"
    with run.alone():
        context = (*context, *controls, *run.perform_all(_plan_search(run, collection, context)))
        context = (*context, run.call(Operations.DELETE_DOCUMENT, gone, of=doomed, expect=Expect.ACCEPT, context=context))
        reads = [run.plan_read(doomed, gone, expect=Expect.REFUSE, context=context)] if run.serves("read") else []
        run.perform_all([*reads, *_plan_search(run, collection, context, gone, "documents.delete.only-that")])
    run.call(Operations.DELETE_DOCUMENT, gone, of=doomed, expect=Expect.REFUSE, context=context)
    for operation in (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT):
        run.call(operation, "documents.update.unknown", body={"title": "again"}, of=doomed, expect=Expect.REFUSE, context=context)
    if run.serves("read"):
        for document, about in zip(kept_documents, (("documents.delete.only-that",), ()), strict=True):
            run.read(document, *about, context=context)
    if run.serves("query"):
        run.list_documents(collection, {}, gone, "documents.delete.only-that", context=context, limit=1000, include_total="true")


def _plan_search(run: CollectionsRun, collection: Exchange, context: tuple[Exchange, ...], *about: str) -> list[Plan]:
    """Plan to search for the documents by title: a search index may be outdated."""
    body: dict[str, Json] = {"filters": {"AND": [{"field": "title", "operator": "starts_with", "value": "one"}]}}
    return [run.plan_list(collection, body, *about, context=context, limit=1000)] if run.serves("query") else []


@exercises("collections.delete.then-unknown", "documents.create.unknown-collection", "list.unknown-collection", "documents.delete.only-that",
           "collections.get.equals-created", "errors.*")  # fmt: skip
def test_deleted_collections(run: CollectionsRun) -> None:
    """Delete one of two child collections that has a document. Both are gone for every operation; the parent and the other child remain.

    The other child also remains when the parent is deleted.
    """
    parent = run.new_collection()
    collection, sibling = (None, None) if parent is None else (_create_child(run, parent), _create_child(run, parent))
    if parent is None or collection is None or sibling is None:
        return
    document = run.document(collection, {"collection_id": collection.created_id, "title": "t"})
    sibling_document = run.document(
        sibling, {"collection_id": sibling.created_id, "source_collection_id": collection.created_id}, context=(collection,)
    )
    parent_document = run.document(parent, {"collection_id": parent.created_id, "title": "the parent's"})
    if document.created_id is None or sibling_document.created_id is None or parent_document.created_id is None:
        return
    created = (parent, collection, sibling, document, sibling_document, parent_document)
    gone = "collections.delete.then-unknown"
    with run.alone():
        context: tuple[Exchange, ...] = (*created, *_show_existing(run, collection, document))
        context = (*context, run.call(Operations.DELETE_COLLECTION, gone, of=collection, expect=Expect.ACCEPT, context=context))
        _all_gone(run, collection, document, context)
    if run.serves("read"):
        plans = [
            run.plan_read(remaining, "documents.delete.only-that", context=context)
            for remaining in (sibling_document, parent_document)
        ]
        run.perform_all([*plans, *(run.plan_read(related, context=context) for related in (parent, sibling))])
    # A parent may refuse to be deleted. If it is deleted, its children remain.
    deleted = run.call(Operations.DELETE_COLLECTION, of=parent, expect=Expect.ANY, context=context)
    if deleted.succeeded and run.serves("read"):
        run.read(sibling_document, "documents.delete.only-that", context=(*context, deleted))
        run.read(sibling, context=(*context, deleted))


def _create_child(run: CollectionsRun, parent: Exchange) -> Exchange | None:
    """Create a collection of a collection; None if the target does not let us."""
    source = {"type": "collection", "collection_id": parent.created_id}
    child = run.collection({**collections.minimal(run.vocabulary, "child"), "source": source}, context=(parent,))
    return child if child.created_id is not None else None


def _all_gone(run: CollectionsRun, collection: Exchange, document: Exchange, context: tuple[Exchange, ...]) -> None:
    """Ask every operation for a deleted collection, and for a document that was in it."""
    body = {"collection_id": collection.created_id}
    asked: list[tuple[Operation, Exchange, Json]] = [
        (Operations.DELETE_COLLECTION, collection, MISSING),
        (Operations.CREATE_DOCUMENT, collection, body),
    ]
    if run.serves("read"):
        asked += [(Operations.GET_COLLECTION, collection, MISSING), (Operations.GET_DOCUMENT, document, MISSING)]
    if run.serves("query"):
        asked.append((Operations.LIST_DOCUMENTS, collection, {}))
    asked.append((Operations.PATCH_DOCUMENT, document, {"a": 1}))
    gone = "collections.delete.then-unknown"
    run.perform_all(
        run.plan_call(operation, gone, body=sent, of=of, expect=Expect.REFUSE, context=context) for operation, of, sent in asked
    )


def _show_existing(run: CollectionsRun, collection: Exchange, document: Exchange) -> tuple[Exchange, ...]:
    """Show that each operation finds the collection and the document, so that a 404 after the delete proves something."""
    context = (collection, document)
    patched = run.call(Operations.PATCH_DOCUMENT, body={"a": 0}, of=document, expect=Expect.ACCEPT, context=context)
    context = (*context, patched)
    plans = [run.plan_read(collection), run.plan_read(document, context=context)] if run.serves("read") else []
    plans += [run.plan_list(collection, {}, context=context, limit=1000)] if run.serves("query") else []
    return (patched, *run.perform_all(plans))


@exercises("robustness.concurrent-updates", "documents.update.advances-updated-at")
def test_concurrent_patches(run: CollectionsRun) -> None:
    """Send 16 patches of 16 different fields at once, and read the document."""
    context = _collection_and_document(run, {"title": "contended"})
    if not context or not run.serves("read"):
        return
    about = "robustness.concurrent-updates"
    plans = [run.plan_call(Operations.PATCH_DOCUMENT, about, body={f"field{index}": {"own": index}}, of=context[1], expect=Expect.ACCEPT,
                      context=context) for index in range(_AT_ONCE)]  # fmt: skip
    patches = run.send_concurrently(plans)
    run.read(context[1], about, context=(*context, *patches))


@exercises(_PATCH, "documents.get.equals-created")
def test_every_value(run: CollectionsRun) -> None:
    """Replace fields by the boundary values of user data, in a few patches, and read them back."""
    context = _collection_and_document(run, {f"v{index}": "before" for index in range(60)})
    if not context:
        return
    texts = {f"v{index}": text for index, text in enumerate(json_values.TEXTS)}
    numbers = {
        f"v{index}": number
        for index, number in enumerate((*json_values.NUMBERS, *(value for value in json_values.FALSY if value is not None)))
    }
    lists = [
        ["b", "a", "b"],
        [],
        [[]],
        [None, 0, ""],
        {},
        {"a": {}},
        json_values.nested(15),
        {"z": 1, "a": [3, 1, 2]},
        [False, 0, 0.0],
    ]
    structures = {
        f"v{index}": structure for index, structure in enumerate((*lists, *("x" * length for length in json_values.LENGTHS)))
    }
    for body in (texts, numbers, structures):
        context = _update(run, Operations.PATCH_DOCUMENT, context, body, _PATCH)
        context = (*context, *([run.read(context[1], context=context)] if run.serves("read") else ()))
