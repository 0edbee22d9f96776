"""A landmark: a collection that nothing of the run touches. When it is gone, the target has forgotten what was made on it."""

from typing import TYPE_CHECKING

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import Expect, Operation
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Exchange

if TYPE_CHECKING:
    from conformance.engine.run import Run

_TIMES = 2
_GONE = 404


class Landmark:
    """The collection, once it is made; a target that does not let us make one is never said to have forgotten it."""

    def __init__(self) -> None:
        self._made: Exchange | None = None

    @property
    def identifier(self) -> str:
        """The collection's id."""
        return "" if self._made is None else self._made.created_id or ""

    def place(self, run: "Run") -> None:
        """Make it; nothing is judged by it."""
        run.begin("landmark")
        made = run.collection(collections.minimal(run.vocabulary, "landmark"), expect=Expect.ANY)
        self._made = made if made.created_id is not None else None

    def falls_to_deletes(self, run: "Run") -> bool:
        """Whether it goes when another collection and its document are deleted: that is a server that deletes too much."""
        if not run.serves("write"):
            return False
        self.place(run)
        victim = run.collection(collections.minimal(run.vocabulary, "victim"), expect=Expect.ANY)
        made = run.document(victim, {"collection_id": victim.created_id}, expect=Expect.ANY)
        for operation, of in ((Operation.DELETE_DOCUMENT, made), (Operation.DELETE_COLLECTION, victim)):
            run.call(operation, of=of, expect=Expect.ANY, context=(victim, made))
        return self.is_gone(run)

    def is_gone(self, run: "Run") -> bool:
        """Whether the target says of it that it does not exist, each time that it is asked."""
        if self._made is None:
            return False
        reads = run.serves("read")
        operation = Operation.GET_COLLECTION if reads else Operation.CREATE_DOCUMENT
        body = MISSING if reads else {"collection_id": self.identifier}
        plan = run.plan(operation, body=body, of=self._made, expect=Expect.ANY, context=(self._made,))
        return all(run.repeat(plan).status == _GONE for _ in range(_TIMES))
