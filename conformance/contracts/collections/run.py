"""The run that the scenarios of this contract use: it knows collections and documents."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from conformance.contracts.collections.edition import PUBLISHED
from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Operations
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.engine.plan import OURSELVES, Plan, Sender
from conformance.engine.run import Run
from conformance.evidence.exchange import Exchange, Namespace
from conformance.evidence.operation import Expect, Operation

_READ_BACK = 4


class CollectionsRun(Run):
    """A run whose requests are about collections and documents."""

    def collection(self, body: Json, *about: str, **details: Any) -> Exchange:
        """Create a collection, as `plan_collection` plans it."""
        return self.perform(self.plan_collection(body, *about, **details))

    def plan_collection(self, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None, named: bool = True,
                        context: tuple[Exchange, ...] = (), sender: Sender = OURSELVES) -> Plan:  # fmt: skip
        """Plan to create a collection. `named` puts the run's tag before the name; without `expect` the vocabulary decides what to expect."""
        if named and isinstance(body, dict) and isinstance(body.get("collection_name"), str):
            tag = self.tags.new()
            body = {**body, "collection_name": tag + body["collection_name"][: self.vocabulary.edition.longest_name - len(tag)]}
        if expect in (None, Expect.ACCEPT) and not self.vocabulary.edition.takes_name(body):
            expect = Expect.EITHER
        return self.plan_call(Operations.CREATE_COLLECTION, *about, body=body, expect=expect, at=at, context=context, sender=sender)

    def document(self, collection: Exchange, body: Json, *about: str, **details: Any) -> Exchange:
        """Create a document in the collection that the exchange `collection` created, as `plan_document` plans it."""
        return self.perform(self.plan_document(collection, body, *about, **details))

    def plan_document(self, collection: Exchange, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None,
                      context: tuple[Exchange, ...] = (), sender: Sender | None = None) -> Plan:  # fmt: skip
        """Plan to create a document in the collection that the exchange `collection` created."""
        return self.plan_call(Operations.CREATE_DOCUMENT, *about, body=body, of=collection, expect=expect, at=at, context=(collection, *context),
                              sender=sender)  # fmt: skip

    def path(self, operation: Operation, collection: str = "", document: str = "", bucket: str = "", **query: str | float) -> str:
        """Return the path of an operation, ids percent-encoded, with the query parameters given."""
        return self.operation(operation).path_of({"collection": collection, "document": document, "bucket": bucket}, query)

    def call(self, operation: Operation, *about: str, **details: Any) -> Exchange:
        """Send a request of an operation, as `plan_call` plans it."""
        return self.perform(self.plan_call(operation, *about, **details))

    def plan_call(self, operation: Operation, *about: str, body: Json = MISSING, of: Exchange | None = None,
                  expect: Expect | None = None, at: Pointer | None = None, query: dict[str, str | float] | None = None,
                  context: tuple[Exchange, ...] = (), sender: Sender | None = None) -> Plan:  # fmt: skip
        """Plan a request. `of` is the exchange that created, or names, the collection, the document or the bucket of the request.

        Without `sender`, the namespace is that of `of`.
        """
        ids = {kind: "" if of is None else of.id_of(kind) or "" for kind in ("collection", "document", "bucket")}
        if sender is None:
            sender = OURSELVES if of is None else Sender(namespace=of.request.namespace)
        return self.plan(operation, *about, body=body, ids=ids, expect=expect, at=at, query=query, context=context, sender=sender)

    def read(self, created: Exchange, *about: str, expect: Expect = Expect.ACCEPT, context: tuple[Exchange, ...] = (),
             query: dict[str, str | float] | None = None, sender: Sender | None = None) -> Exchange:  # fmt: skip
        """Read what an exchange created, as `plan_read` plans it."""
        return self.perform(self.plan_read(created, *about, expect=expect, context=context, query=query, sender=sender))

    def plan_read(self, created: Exchange, *about: str, expect: Expect = Expect.ACCEPT, context: tuple[Exchange, ...] = (),
                  query: dict[str, str | float] | None = None, sender: Sender | None = None) -> Plan:  # fmt: skip
        """Plan to read the collection or document that an exchange created; the context is that exchange and its own, unless given."""
        is_collection = created.case.operation == Operations.CREATE_COLLECTION
        operation = Operations.GET_COLLECTION if is_collection else Operations.GET_DOCUMENT
        before = context or (*created.context, created)
        return self.plan_call(operation, *about, of=created, expect=expect, query=query, context=before, sender=sender)

    def read_back(self, created: Exchange) -> None:
        """Read what an exchange created, if it created something and the target can be read."""
        if created.created_id is not None and self.serves("read"):
            self.read(created)

    def read_back_all(self, created: Iterable[Exchange]) -> None:
        """Read what several exchanges created, as `read_back` does."""
        if self.serves("read"):
            self.perform_all(self.plan_read(exchange) for exchange in created if exchange.created_id is not None)

    def read_back_some(self, created: Sequence[Exchange]) -> None:
        """Read back one in four of the things that an exploration has created, and what failed in an earlier run.

        `created` are those of this shard, in their order.
        """
        again = [exchange for exchange in created if self.examples.failed_before(exchange)]
        numbered = zip(filter(self.takes, count()), (exchange for exchange in created if exchange not in again), strict=False)
        self.read_back_all([*again, *(exchange for number, exchange in numbered if number % _READ_BACK == 0)])

    def list_documents(self, collection: Exchange, body: dict[str, Json], *about: str, expect: Expect = Expect.ACCEPT,
                       context: tuple[Exchange, ...] = (), **query: str | float) -> Exchange:  # fmt: skip
        """List the documents of the collection that the exchange `collection` created."""
        return self.perform(self.plan_list(collection, body, *about, expect=expect, context=context, **query))

    def plan_list(self, collection: Exchange, body: dict[str, Json], *about: str, expect: Expect = Expect.ACCEPT,
                  context: tuple[Exchange, ...] = (), **query: str | float) -> Plan:  # fmt: skip
        """Plan to list the documents of the collection that the exchange `collection` created."""
        return self.plan_call(
            Operations.LIST_DOCUMENTS, *about, body=body, of=collection, expect=expect, query=query, context=context
        )

    def named_by_edition(self, bodies: Iterable[dict[str, Json]]) -> list[dict[str, Json]]:
        """Return the bodies without those with fields of documents that another edition names, and this one does not."""
        foreign = PUBLISHED.document.properties.keys() - self.vocabulary.edition.document.properties.keys()
        return [body for body in bodies if not body.keys() & foreign]

    def shared_collection(self, namespace: Namespace = Namespace.PRIMARY) -> Exchange | None:
        """Return a collection in which all scenarios of this process may create documents; None if the target does not let us."""
        return self.once(f"home/{namespace}", lambda: self.new_collection(namespace))

    def new_collection(self, namespace: Namespace = Namespace.PRIMARY) -> Exchange | None:
        """Create a collection for this scenario alone; None if the target does not let us."""
        created = self.collection(collections.minimal(self.vocabulary_in(namespace), "home"), sender=Sender(namespace=namespace))
        return created if created.created_id is not None else None

    def can_create_in_secondary(self) -> bool:
        """Whether collections can be created in the other namespace: it may not know the names in the vocabulary."""
        if not self.serves("namespaces"):
            return False
        return self.once("elsewhere", self._created_in_secondary).created_id is not None

    def _created_in_secondary(self) -> Exchange:
        body = collections.minimal(self.secondary, "elsewhere")
        return self.collection(body, expect=Expect.ANY, sender=Sender(namespace=Namespace.SECONDARY))
