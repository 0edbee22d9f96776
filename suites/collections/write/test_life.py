"""State machine: collections and documents are created, read, listed, changed and deleted in any order, in both namespaces.

Hypothesis draws the order; a small model knows what exists. Every exchange has all earlier ones in its context, so the checks
know the expected state of each document, and a failure is minimized by leaving requests out.
"""

from functools import partial
from typing import Any

from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.errors import ConformanceError
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.drawing import DRAWN, by_seed_alone
from conformance.engine.plan import Sender
from conformance.engine.scenario import by_chance, exercises
from conformance.evidence.exchange import Exchange, Namespace
from conformance.evidence.operation import Expect, Operation
from conformance.generation import json_values
from conformance.generation.decisions import DecisionStream, Draw

_NAMES = ("title", "a", "b", "metadata", "list")
# Not metadata: a server may show them empty although there are none.
_SURE = ("title", "a", "b", "list")
# Sequences of one part.
_TOGETHER = 5
_WHICH = st.integers(0, 2**16)
_UPDATES = (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT)


@st.composite
def _fields(draw: Draw) -> dict[str, Json]:
    stream = DecisionStream(draw)
    fields: dict[str, Json] = {}
    for _ in range(1 + stream.below(3)):
        name = stream.pick(_NAMES)
        fields[name] = json_values.mapping(stream, 1) if name == "metadata" else json_values.value(stream, 1)
    return {name: value for name, value in fields.items() if value is not None} or {"title": ""}


@by_chance
@exercises("documents.get.equals-created", "collections.get.equals-created", "list.returns-exactly-created", "documents.patch.merges",
           "documents.put.replaces", "filters.eval.exists",
           "documents.update.*", "documents.delete.*", "collections.delete.then-unknown", "lineage.extends-parent",
           "namespaces.isolates-*")  # fmt: skip
def test_lives(run: CollectionsRun) -> None:
    """Run as many sequences as the budget has, each with as many steps; a few at a time, and these beside each other."""
    ended: list[ConformanceError] = []
    left, scenario = run.budget.sequences, run.scenario
    parts = [min(_TOGETHER, left - begun) for begun in range(0, left, _TOGETHER)]
    lives = [
        partial(_live, run, f"{scenario} {number}" if number else scenario, count, ended) for number, count in enumerate(parts)
    ]
    run.beside(run.part(lives))
    if ended:
        raise ended[0]


def _live(run: CollectionsRun, name: str, sequences: int, ended: list[ConformanceError]) -> None:
    run.begin(name)
    machine = seed(f"{run.seed}:{name}")(_machine(run, ended))
    relaxed = settings(max_examples=sequences, stateful_step_count=run.budget.steps, **DRAWN)
    with by_seed_alone():
        run_state_machine_as_test(machine, settings=relaxed)


def _machine(run: CollectionsRun, ended: list[ConformanceError]) -> type[RuleBasedStateMachine]:  # noqa: C901 - the rules of one machine
    class Life(_Life):
        @initialize()
        def begin(self) -> None:
            self.start(run, ended)
            self.make_collection(None, Namespace.PRIMARY)

        @rule(parent=_WHICH, elsewhere=st.booleans())
        def create_collection(self, parent: int, elsewhere: bool) -> None:  # noqa: FBT001
            if elsewhere and run.can_create_in_secondary():
                self.make_collection(None, Namespace.SECONDARY)
            else:
                self.make_collection(self.pick(self.homes, parent) if parent % 2 else None, Namespace.PRIMARY)

        @rule(which=_WHICH, body=_fields())
        def create_document(self, which: int, body: dict[str, Json]) -> None:
            self.make_document(which, body)

        @rule(which=_WHICH, body=_fields(), is_put=st.booleans())
        def update(self, which: int, body: dict[str, Json], is_put: bool) -> None:  # noqa: FBT001
            self.on_document(_UPDATES[is_put], which, body)

        @rule(which=_WHICH)
        def read(self, which: int) -> None:
            if run.serves("read"):
                self.on_document(Operations.GET_DOCUMENT, which)

        @rule(which=_WHICH)
        def read_collection(self, which: int) -> None:
            if run.serves("read"):
                self.on_collection(Operations.GET_COLLECTION, which)

        @rule(which=_WHICH)
        def list_documents(self, which: int) -> None:
            if run.serves("query"):
                self.on_collection(Operations.LIST_DOCUMENTS, which, {})

        @rule(which=_WHICH, name=st.sampled_from(_SURE), is_there=st.booleans())
        def look_for_documents(self, which: int, name: str, is_there: bool) -> None:  # noqa: FBT001
            if run.serves("query"):
                condition = {"field": name, "operator": "exists", "value": is_there}
                self.on_collection(Operations.LIST_DOCUMENTS, which, {"filters": {"AND": [condition]}})

        @rule(which=_WHICH)
        def delete(self, which: int) -> None:
            self.on_document(Operations.DELETE_DOCUMENT, which)

        @rule(which=_WHICH)
        def delete_collection(self, which: int) -> None:
            if which % 3 == 0:
                self.on_collection(Operations.DELETE_COLLECTION, which)

        @rule(which=_WHICH)
        def read_from_elsewhere(self, which: int) -> None:
            if run.serves("namespaces") and run.serves("read"):
                self.from_elsewhere(which)

    return Life


class _Life(RuleBasedStateMachine):
    """One sequence: what was created, what was deleted, and all exchanges so far."""

    def start(self, run: CollectionsRun, ended: list[ConformanceError]) -> None:
        self.run, self.ended = run, ended
        self.history: tuple[Exchange, ...] = ()
        self.homes: list[Exchange] = []
        self.documents: list[Exchange] = []
        self.gone: set[str | None] = set()

    def pick(self, candidates: list[Exchange], which: int) -> Exchange | None:
        return candidates[which // 2 % len(candidates)] if candidates else None

    def note(self, operation: Operation, *about: str, of: Exchange | None = None, body: Json = MISSING, expect: Expect | None = None,
             sender: Sender | None = None) -> Exchange | None:  # fmt: skip
        """Send a request with all earlier exchanges as its context."""
        if self.ended:
            return None
        query: dict[str, str | int] | None = {"limit": 1000} if operation == Operations.LIST_DOCUMENTS else None
        try:
            exchange = self.run.call(
                operation, *about, of=of, body=body, expect=expect, query=query, context=self.history, sender=sender
            )
        except ConformanceError as error:
            # Hypothesis would take the exception for a failure of the sequence, and run it again.
            self.ended.append(error)
            return None
        self.history = (*self.history, exchange)
        return exchange

    def make_collection(self, parent: Exchange | None, namespace: Namespace) -> None:
        body: dict[str, Any] = collections.minimal(self.run.vocabulary_in(namespace), self.run.tags.new())
        if parent is not None and parent.created_id not in self.gone and parent.request.namespace is namespace:
            body["source"] = {"type": "collection", "collection_id": parent.created_id}
        created = self.note(Operations.CREATE_COLLECTION, body=body, sender=Sender(namespace=namespace))
        if created is not None and created.created_id is not None:
            self.homes.append(created)

    def make_document(self, which: int, body: dict[str, Json]) -> None:
        collection = self.pick(self.homes, which)
        if collection is None:
            return
        about, expect = (("collections.delete.then-unknown",), Expect.REFUSE) if collection.created_id in self.gone else ((), None)
        sent = {**body, "collection_id": collection.created_id}
        document = self.note(Operations.CREATE_DOCUMENT, *about, of=collection, body=sent, expect=expect)
        if document is not None and document.created_id is not None:
            self.documents.append(document)

    def on_document(self, operation: Operation, which: int, body: Json = MISSING) -> None:
        """Read, change or delete a document; it may be deleted already."""
        document = self.pick(self.documents, which)
        if document is None:
            return
        if document.id_of("collection") in self.gone:
            self.note(operation, "collections.delete.then-unknown", of=document, body=body, expect=Expect.REFUSE)
        elif document.id_of("document") in self.gone:
            about = "documents.update.unknown" if operation in _UPDATES else "documents.delete.then-unknown"
            self.note(operation, about, of=document, body=body, expect=Expect.REFUSE)
        else:
            is_delete = operation == Operations.DELETE_DOCUMENT
            done = self.note(
                operation, *(["documents.delete.then-unknown"] if is_delete else []), of=document, body=body, expect=Expect.ACCEPT
            )
            if is_delete and done is not None and done.succeeded:
                self.gone.add(document.id_of("document"))

    def on_collection(self, operation: Operation, which: int, body: Json = MISSING) -> None:
        """Read, list or delete a collection; it may be deleted already."""
        collection = self.pick(self.homes, which)
        if collection is None:
            return
        gone = "collections.delete.then-unknown"
        if collection.created_id in self.gone:
            self.note(operation, gone, of=collection, body=body, expect=Expect.REFUSE)
            return
        is_delete = operation == Operations.DELETE_COLLECTION
        done = self.note(operation, *([gone] if is_delete else []), of=collection, body=body, expect=Expect.ACCEPT)
        if is_delete and done is not None and done.succeeded:
            self.gone.add(collection.created_id)

    def from_elsewhere(self, which: int) -> None:
        """Read a document from the other namespace."""
        document = self.pick(self.documents, which)
        if document is not None:
            other_namespace = Namespace.PRIMARY if document.request.namespace is Namespace.SECONDARY else Namespace.SECONDARY
            self.note(
                Operations.GET_DOCUMENT,
                "namespaces.isolates-documents",
                of=document,
                expect=Expect.REFUSE,
                sender=Sender(namespace=other_namespace),
            )
