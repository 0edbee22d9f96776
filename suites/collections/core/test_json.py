"""JSON values that a server may keep or refuse, but must not change."""

from typing import Any

from conformance.contracts.collections.generation import collections, hostile
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.operation import Expect


def _send_each(run: CollectionsRun, values: tuple[Any, ...], requirement: str) -> None:
    """Send each value as user data of a collection, and at both places of a document. Read back what was accepted."""
    collection, sent = run.new_collection(), []
    for index, value in enumerate(values):
        body = {**collections.minimal(run.vocabulary, "json"), "metadata": {"value": value, "list": [value]}}
        if collection is None or index % 2 == 0 or run.budget.exhaustive:
            run.read_back(run.collection(body, requirement, expect=Expect.EITHER))
        if collection is not None:
            own = {"collection_id": collection.created_id, "metadata": {"value": value}, "custom": value}
            sent.append(run.document(collection, own, requirement, expect=Expect.EITHER))
            run.read_back(sent[-1])
    if collection is not None and run.serves("query") and any(not exchange.succeeded for exchange in sent):
        run.list_documents(collection, {}, "errors.rejected-leaves-nothing", context=(collection, *sent), limit=1000)


@exercises("json.preserves-large-integers")
def test_large_integers(run: CollectionsRun) -> None:
    """Integers that need 64 bits and do not fit a double."""
    _send_each(
        run, hostile.LARGE_INTEGERS if run.budget.exhaustive else hostile.LARGE_INTEGERS[1::2], "json.preserves-large-integers"
    )


@exercises("json.extreme-numbers")
def test_extreme_numbers(run: CollectionsRun) -> None:
    """Numbers that fit neither a double nor 64 bits."""
    _send_each(run, hostile.EXTREME_NUMBERS, "json.extreme-numbers")


@exercises("json.nul-character")
def test_nul_character(run: CollectionsRun) -> None:
    """U+0000 inside a text and at its end."""
    _send_each(run, ("a\0b", "a\0"), "json.nul-character")
    for field in ("description", "collection_name"):
        run.collection({**collections.minimal(run.vocabulary, "nul"), field: "a\0b"}, "json.nul-character", expect=Expect.EITHER)


@exercises("json.lone-surrogate")
def test_lone_surrogate(run: CollectionsRun) -> None:
    """Halves of surrogate pairs, alone and in the wrong order."""
    _send_each(run, ("\ud800", "a\udfffb", "\udc00\ud800"), "json.lone-surrogate")
    run.collection({**collections.minimal(run.vocabulary), "description": "\ud83d"}, "json.lone-surrogate", expect=Expect.EITHER)


@exercises("json.preserves-strings", "json.preserves-numbers", "collections.create.accepts-valid", "documents.create.accepts-valid",
           "collections.create.echoes-*", "documents.create.*-verbatim")  # fmt: skip
def test_spelled_otherwise(run: CollectionsRun) -> None:
    """The same values in other JSON spellings (RFC 8259, 6 and 7): escaped letters, exponents, white space."""
    data = {"texts": ["a/b", "</p>", "\u00e9", "\U0001f600", '"\\', "plain"], "numbers": [1, -20, 0.5, 1e21]}
    body = {**collections.minimal(run.vocabulary, run.tags.new()), "description": "and/or", "metadata": data}
    text = hostile.respelled(body, "metadata", "description")
    where, about = run.path(Operations.CREATE_COLLECTION), "collections.create.accepts-valid"
    run.read_back(run.raw(where, text, about, expect=Expect.ACCEPT, value=body, operation=Operations.CREATE_COLLECTION))
    collection = run.shared_collection()
    if collection is None or collection.created_id is None:
        return
    own = {"collection_id": collection.created_id, "metadata": data, "title": "and/or"}
    where, about = run.path(Operations.CREATE_DOCUMENT, collection.created_id), "documents.create.accepts-valid"
    document = run.raw(where, hostile.respelled(own, "metadata", "title"), about, expect=Expect.ACCEPT, value=own, context=(collection,),
                   operation=Operations.CREATE_DOCUMENT)  # fmt: skip
    run.read_back(document)


@exercises("json.hostile-keys")
def test_hostile_keys(run: CollectionsRun) -> None:
    """Metadata keys with a special meaning for some runtimes and databases, at the root and in objects."""
    collection = run.shared_collection()
    for index, key in enumerate(hostile.KEYS):
        data = {key: {"a": 1}, "b": 2, "outer": {key: "inner"}, "list": [{key: 1}]}
        body = {**collections.minimal(run.vocabulary, "keys"), "metadata": data}
        if collection is None or index % 2 or run.budget.exhaustive:
            run.read_back(run.collection(body, "json.hostile-keys", expect=Expect.EITHER))
        if collection is not None and (index % 2 == 0 or run.budget.exhaustive):
            run.document(
                collection, {"collection_id": collection.created_id, "metadata": data}, "json.hostile-keys", expect=Expect.EITHER
            )
