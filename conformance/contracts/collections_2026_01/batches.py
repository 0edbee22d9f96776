"""What scenarios about many documents at once have in common: a collection with documents, and all that was sent to it so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.batch_corpus import NEIGHBOUR, NONE, Body
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.engine.plan import Plan
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation

ALL = 1000
UNKNOWN = "doc_000000000000000000000000"


@dataclass(slots=True)
class Shelf:
    """A collection whose documents are changed and deleted together; `context` is all that says what they must be."""

    run: CollectionsRun
    collection: Exchange
    documents: tuple[Exchange, ...]
    context: tuple[Exchange, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of the documents."""
        return [document.created_id or "" for document in self.documents]

    def plan(self, operation: Operation, body: Json, *about: str, expect: Expect = Expect.ACCEPT) -> Plan:
        """Plan a request about many of the documents."""
        return self.run.plan_call(operation, *about, body=body, of=self.collection, expect=expect, context=self.context)

    def ask(self, operation: Operation, body: Json, *about: str, expect: Expect = Expect.ACCEPT) -> Exchange:
        """Send it."""
        return self.learn(self.run.perform(self.plan(operation, body, *about, expect=expect)))

    def learn(self, *exchanges: Exchange) -> Exchange:
        """Take exchanges into the context of what comes; return the last one."""
        self.context = (*self.context, *exchanges)
        return exchanges[-1]

    def select(self, filters: Iterable[Body]) -> None:
        """List what filters select, before anything is done by them: a target that reads a filter otherwise does so in lists, too."""
        if self.run.serves("query"):
            plans = [self.run.plan_list(self.collection, {"filters": group}, context=self.context, limit=ALL) for group in filters]
            self.learn(*self.run.perform_all(plans))

    def look(self, *about: str) -> None:
        """List all documents with their total, or else read them."""
        if self.run.serves("query"):
            plan = self.run.plan_list(self.collection, {}, *about, context=self.context, limit=ALL, include_total="true")
            self.learn(self.run.perform(plan))
        else:
            self.read(self.documents, *about)

    def read(self, documents: Sequence[Exchange], *about: str, expect: Expect = Expect.ACCEPT) -> None:
        """Read documents."""
        if self.run.serves("read") and documents:
            reads = [self.run.plan_read(document, *about, expect=expect, context=self.context) for document in documents]
            self.learn(*self.run.perform_all(reads))

    def patch(self, document: Exchange, fields: Body, *about: str) -> None:
        """Change a document by itself, in fields that no request about many has given: the answer shows the others."""
        if self.run.serves("write"):
            plan = self.run.plan_call(
                Operations.PATCH_DOCUMENT, *about, body=fields, of=document, expect=Expect.ACCEPT, context=self.context
            )
            self.learn(self.run.perform(plan))


def shelf(run: CollectionsRun, bodies: Iterable[Body], collection: Exchange | None = None) -> Shelf | None:
    """Return a new collection with these documents; None if the target does not let us make it."""
    collection = collection or run.new_collection()
    if collection is None:
        return None
    created = run.perform_all(run.plan_document(collection, {"collection_id": collection.created_id, **body}) for body in bodies)
    if any(document.created_id is None for document in created):
        return None
    return Shelf(run, collection, tuple(created), (collection, *created))


def neighbour(run: CollectionsRun) -> Shelf | None:
    """Return a new collection with a document that nothing is about; None if the target does not let us make it."""
    return shelf(run, [NEIGHBOUR])


def bodies(selecting: Body) -> dict[Operation, Body]:
    """Return a body for each operation that is about what a filter selects."""
    return {
        Added.UPDATE_IN_BULK: {"filters": selecting, "update_data": _GIVEN},
        Added.UPDATE_IN_BATCH: {"filters": selecting, "update_data": _GIVEN},
        Added.DELETE_IN_BATCH: {"filters": selecting},
    }


_GIVEN: Body = {"title": "changed by a batch"}


def controls(run: CollectionsRun) -> tuple[Exchange, ...]:
    """Return requests of each operation about an empty collection, sent once in this process: they show that the operations are served."""
    return run.once("controls of batches", lambda: _controls(run))


def _controls(run: CollectionsRun) -> tuple[Exchange, ...]:
    empty = shelf(run, [])
    if empty is None:
        return ()
    return tuple(run.perform_all(empty.plan(operation, body) for operation, body in bodies(NONE).items()))
