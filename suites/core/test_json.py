"""JSON that a server may keep or refuse, and must not change."""

from collections.abc import Iterator
from typing import Any

from conformance.contract.jsontext import Json
from conformance.contract.operations import Expect
from conformance.evidence.exchange import Exchange
from conformance.generation import collections, documents, hostile
from conformance.running.run import Run
from conformance.scenario import exercises


def _carriers(run: Run, value: Json) -> Iterator[tuple[Exchange | None, documents.Body]]:
    """Yield bodies that carry a value in the user's own data: a collection's, and a document's in both of its places."""
    yield None, {**collections.minimal(run.vocabulary, "json"), "metadata": {"value": value, "list": [value]}}
    home = run.home()
    if home is not None:
        yield home, {"collection_id": home.created_id, "metadata": {"value": value}}
        yield home, {"collection_id": home.created_id, "custom": value}


def _keep_or_refuse(run: Run, home: Exchange | None, body: documents.Body, requirement: str) -> None:
    if home is None:
        run.collection(body, requirement, expect=Expect.EITHER)
    else:
        run.document(home, body, requirement, expect=Expect.EITHER)


def _each(run: Run, values: tuple[Any, ...], requirement: str) -> None:
    for value in values:
        for home, body in _carriers(run, value):
            _keep_or_refuse(run, home, body, requirement)


@exercises("json.preserves-large-integers")
def test_large_integers(run: Run) -> None:
    """Integers that a double cannot hold and 64 bits can."""
    _each(run, hostile.LARGE_INTEGERS, "json.preserves-large-integers")


@exercises("json.extreme-numbers")
def test_extreme_numbers(run: Run) -> None:
    """Numbers that neither a double nor 64 bits can hold."""
    _each(run, hostile.EXTREME_NUMBERS, "json.extreme-numbers")


@exercises("json.nul-character")
def test_nul_character(run: Run) -> None:
    """U+0000 alone, at an end, and within."""
    _each(run, ("\0", "a\0b", "a\0", "\0a"), "json.nul-character")
    for field in ("description", "collection_name"):
        run.collection({**collections.minimal(run.vocabulary, "nul"), field: "a\0b"}, "json.nul-character", expect=Expect.EITHER)


@exercises("json.lone-surrogate")
def test_lone_surrogate(run: Run) -> None:
    """Halves of surrogate pairs, alone and in the wrong order."""
    _each(run, ("\ud800", "a\udfffb", "\udc00\ud800"), "json.lone-surrogate")
    run.collection({**collections.minimal(run.vocabulary), "description": "\ud83d"}, "json.lone-surrogate", expect=Expect.EITHER)


@exercises("json.hostile-keys")
def test_hostile_keys(run: Run) -> None:
    """Metadata keys that mean something to some runtimes and databases."""
    home = run.home()
    for key in hostile.KEYS:
        for data in ({key: "value"}, {key: {"a": 1}, "b": 2}, {"outer": {key: "inner"}}):
            body = {**collections.minimal(run.vocabulary, "keys"), "metadata": data}
            run.collection(body, "json.hostile-keys", expect=Expect.EITHER)
        if home is not None:
            run.document(
                home, {"collection_id": home.created_id, "metadata": {key: "value"}}, "json.hostile-keys", expect=Expect.EITHER
            )
