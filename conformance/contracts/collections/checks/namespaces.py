"""Chapter namespaces: what is created in one namespace does not exist in the other."""

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import accepts, answer_in_words, leaves_untouched
from conformance.contracts.collections.checks.reading import collection_create
from conformance.contracts.collections.checks.round_trip import internal
from conformance.contracts.collections.operations import Operations
from conformance.engine.checks import HELD, Checks, Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

accepts(CHECKS, "namespaces.same-name-twice")


def _isolates(requirement: str) -> None:
    """Register the promise that a request from the other namespace is answered 404 and changes nothing."""

    def refused(exchange: Exchange) -> Outcome:
        if exchange.status != 404:  # noqa: PLR2004
            return Violation(
                "what another namespace has was not answered as unknown",
                "status 404",
                answer_in_words(exchange),
                supporting=_creators(exchange),
            )
        # A path may be 404 everywhere. So the same request must have been accepted in the namespace of the thing.
        operation = exchange.case.operation
        return HELD if any(earlier.case.operation == operation and earlier.accepted for earlier in exchange.context) else None

    CHECKS.promise(requirement, Expect.REFUSE)(refused)
    leaves_untouched(CHECKS, requirement, "a request from another namespace had an effect")


_isolates("namespaces.isolates-collections")
_isolates("namespaces.isolates-documents")


def _creators(exchange: Exchange) -> tuple[Exchange, ...]:
    collection, document = collection_create(exchange), expected_state.expected_document(exchange)
    return tuple(creator for creator in (collection, None if document is None else document.created) if creator is not None)


@CHECKS.promise("namespaces.id-on-documents", Expect.ACCEPT)
def id_on_documents(exchange: Exchange) -> Outcome:
    """Documents were created in both namespaces. This exchange creates the last one; the others are in its context."""
    earlier_documents = [
        earlier for earlier in exchange.context if earlier.case.operation == Operations.CREATE_DOCUMENT and earlier.accepted
    ]
    if not exchange.accepted or not earlier_documents:
        return None
    own = internal(exchange).get("namespace_id")
    for earlier in earlier_documents:
        namespace, is_alike = internal(earlier).get("namespace_id"), earlier.request.namespace is exchange.request.namespace
        if (namespace == own) is not is_alike:
            expected = f"(the same as {namespace!r})" if is_alike else f"(another than {namespace!r})"
            return Violation(
                "namespace_id does not tell the namespace", expected, own, ("_internal", "namespace_id"), supporting=(earlier,)
            )
    return HELD if len({earlier.request.namespace for earlier in (*earlier_documents, exchange)}) > 1 else None
