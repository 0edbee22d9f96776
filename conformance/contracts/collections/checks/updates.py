"""Chapter write: what PATCH, PUT and DELETE change, and what they must leave alone."""

from collections.abc import Iterator

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import CLEAN, leaves_untouched, misses, said
from conformance.contracts.collections.checks.expected_state import NAMED, ExpectedState
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect
from conformance.schema import round_trip

CHECKS = Checks()

_UPDATES = (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT)
_IDENTITY = "documents.update.keeps-identity"

misses(
    CHECKS,
    "documents.update.unknown",
    "documents.update.wrong-collection",
    "documents.delete.then-unknown",
    "collections.delete.then-unknown",
)
leaves_untouched(CHECKS, "documents.update.wrong-collection", "a request through another collection's path had an effect")


def _given(exchange: Exchange, *, shown: dict[str, Json]) -> Iterator[Difference]:
    """Yield where an answer does not have what an update's body gave."""
    body, shape = exchange.case.body, openapi.request("DocumentFields")
    for name in sorted(expected_state.fields(body)):
        got = shown.get(name, MISSING)
        if name in NAMED:
            yield from (
                one
                for one in round_trip.round_trip(shape.properties[name], body[name], got, (name,))
                if one.kind is not Kind.FILLED
            )
        else:
            yield from equality.differences(body[name], got, (name,))


def shows_given(exchange: Exchange) -> Outcome:
    """Judge an update by its own answer alone: what was given is there."""
    found = next(_given(exchange, shown=exchange.made), None)
    return HELD if found is None else Violation("an update does not show what it was given", found.sent, found.got, found.at)


def _kept(before: ExpectedState, exchange: Exchange) -> Iterator[Difference]:
    """Yield fields that were not given, and are not what they were."""
    names = (before.names & before.answer.keys()) - expected_state.fields(exchange.case.body)
    for name in sorted(names):
        yield from expected_state.of_field(name, before.answer[name], exchange.made.get(name, MISSING))


@CHECKS.check("documents.patch.merges", Operations.PATCH_DOCUMENT, when=When.ANSWERED)
def patch_merges(exchange: Exchange) -> Outcome:
    """The given fields are the given values, the others what they were."""
    before = expected_state.one_of(exchange)
    if before is None or exchange.together is not None or (outcome := _unanswered(exchange)) is None:
        return None
    if outcome != HELD:
        return outcome
    found = next(_given(exchange, shown=exchange.made), None) or next(_kept(before, exchange), None)
    return _judged(found, "a patch has another result", before)


@CHECKS.check("documents.put.replaces", Operations.PUT_DOCUMENT, when=When.ANSWERED)
def put_replaces(exchange: Exchange) -> Outcome:
    """The given fields are the given values, and no other of the user's is there."""
    before = expected_state.one_of(exchange)
    if before is None or exchange.together is not None or (outcome := _unanswered(exchange)) is None:
        return None
    if outcome != HELD:
        return outcome
    gone = (before.names | before.gone) - expected_state.fields(exchange.case.body)
    found = next(_given(exchange, shown=exchange.made), None) or next(expected_state.left_over(gone, exchange.made), None)
    return _judged(found, "what was put is not what is there", before)


def _unanswered(exchange: Exchange) -> Outcome:
    """Judge whether an update that must be accepted was; None where nothing is promised about it, or about what came of it."""
    if exchange.case.expect in (Expect.REFUSE, Expect.ANY):
        return None
    if exchange.is_unreadable:
        return Violation("an update is answered with no JSON object", "(a JSON object)", exchange.answer)
    if exchange.case.expect is not Expect.ACCEPT:
        return HELD if exchange.accepted else None
    return HELD if exchange.accepted else Violation("a valid update was not accepted", "status 200", said(exchange))


def _judged(found: Difference | None, message: str, before: ExpectedState) -> Outcome:
    return HELD if found is None else Violation(message, found.sent, found.got, found.at, supporting=(before.last,))


@CHECKS.check(_IDENTITY, *_UPDATES, when=When.ACCEPTED)
def keeps_identity(exchange: Exchange) -> Outcome:
    """Ids, the time of creation and the lineage are what they were."""
    before = expected_state.one_of(exchange)
    if before is None:
        return None
    found = next(_identity(before.answer, exchange.made), None)
    return _judged(found, "an update changed what is not the user's", before)


def _identity(before: dict[str, Json], after: dict[str, Json]) -> Iterator[Difference]:
    for key in ("document_id", "collection_id"):
        yield from equality.differences(before.get(key), after.get(key, MISSING), (key,))
    yield from expected_state.of_internal(before, after, exact=False, updated=False)


@CHECKS.promise(_IDENTITY, Expect.EITHER)
def identity_sent(exchange: Exchange) -> Outcome:
    """An update that claims another identity is refused cleanly, or the check above has judged what came of it."""
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return Violation("neither ignored nor refused", "status 200 or a clean 4xx", said(exchange))


@CHECKS.check("documents.update.advances-updated-at", *_UPDATES, when=When.ACCEPTED)
def advances_updated_at(exchange: Exchange) -> Outcome:
    """Not earlier than before, nor than the creation; to the second, where a fraction is left out."""
    before = expected_state.one_of(exchange)
    if before is None or exchange.together is not None:
        return None
    old, new = (dict_or_empty(one.get("_internal")) for one in (before.answer, exchange.made))
    for key, earlier in (("updated_at", old.get("updated_at")), ("created_at", new.get("created_at"))):
        if _is_before(new.get("updated_at"), earlier):
            return Violation(f"updated_at is before {key}", f"at least {earlier}", new.get("updated_at"), ("_internal", "updated_at"),
                             supporting=(before.last,))  # fmt: skip
    return HELD


def _is_before(one: Json, other: Json) -> bool:
    first, second = equality.instant(one), equality.instant(other)
    if first is None or second is None:
        return False
    if not first.microsecond or not second.microsecond:
        first, second = first.replace(microsecond=0), second.replace(microsecond=0)
    return first < second


@CHECKS.promise("documents.delete.then-unknown", Expect.ACCEPT)
def deleted(exchange: Exchange) -> Outcome:
    """The delete itself, and a list after it that must not have the document."""
    if exchange.case.operation is not Operations.LIST_DOCUMENTS:
        return HELD if exchange.succeeded else Violation("a document was not deleted", "status 200", said(exchange))
    if not exchange.accepted:
        return None
    gone = [one for one in exchange.context if one.case.operation is Operations.DELETE_DOCUMENT and one.succeeded]
    listed = {str(dict_or_empty(one).get("document_id")) for one in items(exchange.made.get("results"))}
    left = next((one for one in gone if one.id_of("document") in listed), None)
    if left is None:
        return HELD if gone else None
    return Violation("a deleted document is still listed", MISSING, left.id_of("document"), ("results",), supporting=(left,))


@CHECKS.promise("collections.delete.then-unknown", Expect.ACCEPT)
def collection_deleted(exchange: Exchange) -> Outcome:
    """The delete itself."""
    return HELD if exchange.succeeded else Violation("a collection was not deleted", "status 200", said(exchange))


@CHECKS.promise("documents.delete.only-that", Expect.ACCEPT)
def only_that(exchange: Exchange) -> Outcome:
    """A read of another document, or a list, after a delete: what was not deleted is there, as it was."""
    if not exchange.accepted and exchange.status != 404:  # noqa: PLR2004
        return None
    if not exchange.accepted:
        return Violation("a document that was not deleted is gone", "status 200", said(exchange))
    shown = items(exchange.made.get("results")) if exchange.case.operation is Operations.LIST_DOCUMENTS else [exchange.made]
    found = {str(dict_or_empty(one).get("document_id")): one for one in shown}
    wanted = (
        expected_state.all_of(exchange) if exchange.case.operation is Operations.LIST_DOCUMENTS else [exchange.id_of("document")]
    )
    lost = next((one for one in wanted if one not in found), None)
    return HELD if lost is None else Violation("a document that was not deleted is gone", lost, MISSING)


@CHECKS.promise("robustness.concurrent-updates", Expect.ACCEPT)
def concurrent_updates(exchange: Exchange) -> Outcome:
    """A read after patches of different fields at once: each patch that was accepted is there."""
    if exchange.request.method != "GET":
        return HELD if exchange.accepted else Violation("a patch among others was not accepted", "status 200", said(exchange))
    if not exchange.accepted:
        return None
    patches = [one for one in exchange.context if one.case.operation is Operations.PATCH_DOCUMENT and one.accepted]
    for one in patches:
        found = next(_given(one, shown=exchange.made), None)
        if found is not None:
            return Violation("a patch was lost among others", found.sent, found.got, found.at, supporting=tuple(patches))
    return HELD if len(patches) > 1 else None
