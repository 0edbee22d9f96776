"""Chapter namespaces: what is made in one is not there in the other."""

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import accepts, leaves_untouched, said
from conformance.contracts.collections.checks.reading import made_by
from conformance.contracts.collections.checks.round_trip import internal
from conformance.contracts.collections.operations import Operations
from conformance.engine.checks import HELD, Checks, Outcome
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

accepts(CHECKS, "namespaces.same-name-twice")


def _isolates(requirement: str) -> None:
    """Register the promise that from elsewhere a thing is 404, and untouched where it was made."""

    def refused(exchange: Exchange) -> Outcome:
        if exchange.status != 404:  # noqa: PLR2004
            return Violation(
                "what another namespace has was not answered as unknown", "status 404", said(exchange), supporting=_made(exchange)
            )
        # A path that is 404 everywhere shows nothing: the same request must have found it where it was made.
        operation = exchange.case.operation
        return HELD if any(one.case.operation is operation and one.accepted for one in exchange.context) else None

    CHECKS.promise(requirement, Expect.REFUSE)(refused)
    leaves_untouched(CHECKS, requirement, "a request from another namespace had an effect")


_isolates("namespaces.isolates-collections")
_isolates("namespaces.isolates-documents")


def _made(exchange: Exchange) -> tuple[Exchange, ...]:
    made, one = made_by(exchange), expected_state.one_of(exchange)
    return tuple(found for found in (made, None if one is None else one.created) if found is not None)


@CHECKS.promise("namespaces.id-on-documents", Expect.ACCEPT)
def id_on_documents(exchange: Exchange) -> Outcome:
    """The last of documents made in both namespaces, the others in its context."""
    others = [one for one in exchange.context if one.case.operation is Operations.CREATE_DOCUMENT and one.accepted]
    if not exchange.accepted or not others:
        return None
    own = internal(exchange).get("namespace_id")
    for one in others:
        found, is_alike = internal(one).get("namespace_id"), one.request.namespace is exchange.request.namespace
        if (found == own) is not is_alike:
            expected = f"(the same as {found!r})" if is_alike else f"(another than {found!r})"
            return Violation(
                "namespace_id does not tell the namespace", expected, own, ("_internal", "namespace_id"), supporting=(one,)
            )
    return HELD if len({one.request.namespace for one in (*others, exchange)}) > 1 else None
