"""Chapter collections.by-name: a path may name a collection by its name as well as by its id.

A server may keep two collections of one name, such as that of an earlier run. So an answer that shows another one of this name is not judged.
"""

from conformance.contracts.collections.checks.expectations import answer_in_words
from conformance.contracts.collections.checks.round_trip import judge_differences
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections_2026_01.checks import collection_state
from conformance.contracts.collections_2026_01.checks.collection_state import CollectionState
from conformance.engine.checks import HELD, Checks, Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()


def _shows_it(requirement: str, message: str) -> None:
    """Register the promise that a request which names a collection by its name is answered with that one."""

    def shown(exchange: Exchange) -> Outcome:
        state = collection_state.collection(exchange)
        if state is None or state.is_unsure:
            return None
        # In their order: which of several collections is found may depend on it.
        proofs = tuple(
            earlier for earlier in exchange.context if earlier.case.operation.makes == "collection" or earlier is state.last
        )
        if not exchange.accepted:
            return Violation(message, "status 200", answer_in_words(exchange), supporting=proofs)
        if _is_another_of_this_name(exchange, state):
            return None
        keys = collection_state.COMPARED if exchange.case.operation == Operations.GET_COLLECTION else frozenset({"collection_id"})
        found = collection_state.differences(exchange, state.answer, exchange.made, keys)
        return judge_differences(found, "another collection than the one of this name is answered", proofs)

    CHECKS.promise(requirement, Expect.ACCEPT)(shown)


def _is_another_of_this_name(exchange: Exchange, state: CollectionState) -> bool:
    """Whether an answer shows another collection that has the name as well, or one that an update has just given one."""
    is_read = exchange.case.operation == Operations.GET_COLLECTION
    is_alike = not is_read or exchange.made.get("collection_name") == state.name
    return is_alike and exchange.made.get("collection_id") not in (None, *_known_ids(exchange))


def _known_ids(exchange: Exchange) -> tuple[str, ...]:
    """Return the ids of all collections that the context has made, in any namespace."""
    return tuple(earlier.created_id or "" for earlier in exchange.context if earlier.case.operation.makes == "collection")


_shows_it("collections.by-name.read", "a collection is not found by its name")
_shows_it("collections.by-name.update", "a collection is not found by its name")
_shows_it("collections.update.renamed", "a renamed collection is not found by its new name")
_shows_it("collections.by-name.isolates-namespaces", "a collection is not found by its name")


@CHECKS.promise("collections.by-name.delete", Expect.ACCEPT)
def deleted(exchange: Exchange) -> Outcome:
    """The delete is accepted, if a read by the same name had found the collection."""
    if exchange.succeeded:
        return HELD if _was_found(exchange) else None
    message = "a collection is not deleted by its name"
    return Violation(message, "status 200", answer_in_words(exchange)) if _was_found(exchange) else None


@CHECKS.promise("collections.by-name.delete", Expect.REFUSE)
def gone(exchange: Exchange) -> Outcome:
    """What was deleted by its name is found neither by its id nor by the name, nor are its documents; another one may have the name."""
    delete = next((earlier for earlier in exchange.context if earlier.case.operation == Operations.DELETE_COLLECTION), None)
    if delete is None or not delete.succeeded or not _was_found(delete):
        return None
    if exchange.status == 404:  # noqa: PLR2004
        return HELD
    if exchange.accepted and exchange.made.get("collection_id") not in (None, *_known_ids(exchange)) and _has_asked_name(exchange):
        return None
    return Violation("what was deleted by its name is still there", "status 404", answer_in_words(exchange), supporting=(delete,))


def _was_found(exchange: Exchange) -> bool:
    """Whether a read of the same path has found the collection that was made under this name."""
    state = collection_state.collection(exchange)
    return state is not None and any(
        earlier.case.operation == Operations.GET_COLLECTION
        and earlier.request.path == exchange.request.path
        and earlier.made.get("collection_id") == state.created.created_id
        for earlier in exchange.context
    )


def _finds_nothing(requirement: str, message: str) -> None:
    """Register the promise that nothing that the context has made is found by a name that it does not have, or does not have here."""

    def missed(exchange: Exchange) -> Outcome:
        if collection_state.collection(exchange) is not None:
            return None  # it has the name
        found = exchange.made.get("collection_id")
        if exchange.accepted and found is not None and found not in _known_ids(exchange) and _has_asked_name(exchange):
            return None
        if exchange.status != 404:  # noqa: PLR2004
            return Violation(message, "status 404", answer_in_words(exchange))
        reads = (earlier for earlier in exchange.context if earlier.case.operation == exchange.case.operation)
        return HELD if any(earlier.accepted for earlier in reads) else None

    CHECKS.promise(requirement, Expect.REFUSE)(missed)


def _has_asked_name(exchange: Exchange) -> bool:
    return exchange.made.get("collection_name") == exchange.id_of("collection")


_finds_nothing("collections.by-name.exact", "a collection is found by a name that is not its own")
_finds_nothing("collections.by-name.isolates-namespaces", "a collection of another namespace is found by its name")
_finds_nothing("collections.update.old-name-gone", "a renamed collection is still found by its old name")
