"""Chapter write: what PATCH, PUT and DELETE change, and what they must not change."""

from collections.abc import Iterator
from itertools import chain

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import CLEAN, answer_in_words, answers_not_found, leaves_untouched
from conformance.contracts.collections.checks.expected_state import NAMED, ExpectedState
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items, judge_differences
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Effect, Expect
from conformance.schema import round_trip

CHECKS = Checks()

_UPDATES = (Operations.PATCH_DOCUMENT, Operations.PUT_DOCUMENT)
_IDENTITY = "documents.update.keeps-identity"

answers_not_found(
    CHECKS,
    "documents.update.unknown",
    "documents.update.wrong-collection",
    "documents.delete.then-unknown",
    "collections.delete.then-unknown",
)
leaves_untouched(CHECKS, "documents.update.wrong-collection", "a request through another collection's path had an effect")


def _given(exchange: Exchange, *, shown: dict[str, Json]) -> Iterator[Difference]:
    """Yield where an answer does not show what an update's body gave."""
    body, schema = exchange.case.body, openapi.request("DocumentFields")
    for name in sorted(expected_state.fields(body)):
        answered = shown.get(name, MISSING)
        if name in NAMED:
            yield from (
                difference
                for difference in round_trip.round_trip(schema.properties[name], body[name], answered, (name,))
                if difference.kind is not Kind.FILLED
            )
        else:
            yield from equality.differences(body[name], answered, (name,))


def shows_given_fields(exchange: Exchange) -> Outcome:
    """Judge an update by its own answer alone: it shows what was given."""
    return judge_differences(_given(exchange, shown=exchange.made), "an update does not show what it was given")


def _kept(before: ExpectedState, exchange: Exchange) -> Iterator[Difference]:
    """Yield fields that were not given and have changed."""
    names = (before.names & before.answer.keys()) - expected_state.fields(exchange.case.body)
    for name in sorted(names):
        yield from expected_state.field_differences(name, before.answer[name], exchange.made.get(name, MISSING))


@CHECKS.check("documents.patch.merges", Operations.PATCH_DOCUMENT, when=When.ANSWERED)
def patch_merges(exchange: Exchange) -> Outcome:
    """The given fields have the given values; the others are unchanged."""
    before = expected_state.expected_document(exchange)
    if before is None or exchange.together is not None or (outcome := _unanswered(exchange)) is None:
        return None
    if outcome != HELD:
        return outcome
    differences = chain(_given(exchange, shown=exchange.made), _kept(before, exchange))
    return judge_differences(differences, "a patch has another result", (before.last,))


@CHECKS.check("documents.put.replaces", Operations.PUT_DOCUMENT, when=When.ANSWERED)
def put_replaces(exchange: Exchange) -> Outcome:
    """The given fields have the given values, and there are no other user fields."""
    before = expected_state.expected_document(exchange)
    if before is None or exchange.together is not None or (outcome := _unanswered(exchange)) is None:
        return None
    if outcome != HELD:
        return outcome
    gone = (before.names | before.gone) - expected_state.fields(exchange.case.body)
    differences = chain(_given(exchange, shown=exchange.made), expected_state.leftover_fields(gone, exchange.made))
    return judge_differences(differences, "what was put is not what is there", (before.last,))


def _unanswered(exchange: Exchange) -> Outcome:
    """Judge whether a valid update was accepted; None if nothing is promised about it."""
    if exchange.case.expect in (Expect.REFUSE, Expect.ANY):
        return None
    if exchange.is_unreadable:
        return Violation("an update is answered with no JSON object", "(a JSON object)", exchange.answer)
    if exchange.case.expect is not Expect.ACCEPT:
        return HELD if exchange.accepted else None
    return HELD if exchange.accepted else Violation("a valid update was not accepted", "status 200", answer_in_words(exchange))


@CHECKS.check(_IDENTITY, *_UPDATES, when=When.ACCEPTED)
def keeps_identity(exchange: Exchange) -> Outcome:
    """Ids, creation time and lineage are unchanged."""
    before = expected_state.expected_document(exchange)
    if before is None:
        return None
    differences = _identity(before.answer, exchange.made)
    return judge_differences(differences, "an update changed what is not the user's", (before.last,))


def _identity(before: dict[str, Json], after: dict[str, Json]) -> Iterator[Difference]:
    for key in ("document_id", "collection_id"):
        yield from equality.differences(before.get(key), after.get(key, MISSING), (key,))
    yield from expected_state.internal_differences(before, after, exact=False, updated=False)


@CHECKS.promise(_IDENTITY, Expect.EITHER)
def identity_sent(exchange: Exchange) -> Outcome:
    """An update that claims another identity may be refused cleanly; if it was accepted, the check above judges the answer."""
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return Violation("neither ignored nor refused", "status 200 or a clean 4xx", answer_in_words(exchange))


@CHECKS.check("documents.update.advances-updated-at", *_UPDATES, when=When.ACCEPTED)
def advances_updated_at(exchange: Exchange) -> Outcome:
    """updated_at is not before the last one, nor before created_at. Times without a fraction are compared to the second."""
    before = expected_state.expected_document(exchange)
    if before is None or exchange.together is not None:
        return None
    old, new = (dict_or_empty(document.get("_internal")) for document in (before.answer, exchange.made))
    if equality.instant(old.get("updated_at")) is None or equality.instant(new.get("updated_at")) is None:
        return None  # what cannot be read has a requirement of its own
    for key, earlier in (("updated_at", old.get("updated_at")), ("created_at", new.get("created_at"))):
        if is_before(new.get("updated_at"), earlier):
            return Violation(f"updated_at is before {key}", f"at least {earlier}", new.get("updated_at"), ("_internal", "updated_at"),
                             supporting=(before.last,))  # fmt: skip
    return HELD


def is_before(earlier: Json, later: Json) -> bool:
    """Whether a time is before another one; without a fraction they are compared to the second."""
    first, second = equality.instant(earlier), equality.instant(later)
    if first is None or second is None:
        return False
    if not first.microsecond or not second.microsecond:
        first, second = first.replace(microsecond=0), second.replace(microsecond=0)
    return first < second


@CHECKS.promise("documents.delete.then-unknown", Expect.ACCEPT)
def deleted(exchange: Exchange) -> Outcome:
    """The delete is accepted, and a list after it does not show the document."""
    if exchange.case.operation != Operations.LIST_DOCUMENTS:
        return HELD if exchange.succeeded else Violation("a document was not deleted", "status 200", answer_in_words(exchange))
    if not exchange.accepted:
        return None
    deletes = [
        earlier for earlier in exchange.context if earlier.case.operation == Operations.DELETE_DOCUMENT and earlier.succeeded
    ]
    listed = {str(dict_or_empty(document).get("document_id")) for document in items(exchange.made.get("results"))}
    still_listed = next((delete for delete in deletes if delete.id_of("document") in listed), None)
    if still_listed is None:
        return HELD if deletes else None
    return Violation(
        "a deleted document is still listed", MISSING, still_listed.id_of("document"), ("results",), supporting=(still_listed,)
    )


@CHECKS.promise("collections.delete.then-unknown", Expect.ACCEPT)
def collection_deleted(exchange: Exchange) -> Outcome:
    """The delete is accepted."""
    return HELD if exchange.succeeded else Violation("a collection was not deleted", "status 200", answer_in_words(exchange))


@CHECKS.promise("documents.delete.only-that", Expect.ACCEPT)
def only_that(exchange: Exchange) -> Outcome:
    """A read or a list after a delete still shows the other documents."""
    if not exchange.accepted and exchange.status != 404:  # noqa: PLR2004
        return None
    if not exchange.accepted:
        return Violation("a document that was not deleted is gone", "status 200", answer_in_words(exchange))
    shown = items(exchange.made.get("results")) if exchange.case.operation == Operations.LIST_DOCUMENTS else [exchange.made]
    by_id = {str(dict_or_empty(document).get("document_id")): document for document in shown}
    wanted = (
        expected_state.expected_documents(exchange)
        if exchange.case.operation == Operations.LIST_DOCUMENTS
        else [exchange.id_of("document")]
    )
    lost = next((identifier for identifier in wanted if identifier not in by_id), None)
    return HELD if lost is None else Violation("a document that was not deleted is gone", lost, MISSING)


@CHECKS.promise("robustness.concurrent-updates", Expect.ACCEPT)
def concurrent_updates(exchange: Exchange) -> Outcome:
    """A read after simultaneous patches of different fields shows every accepted patch."""
    if exchange.case.operation.effect is not Effect.READ:
        return (
            HELD
            if exchange.accepted
            else Violation("a patch among others was not accepted", "status 200", answer_in_words(exchange))
        )
    if not exchange.accepted:
        return None
    patches = [earlier for earlier in exchange.context if earlier.case.operation == Operations.PATCH_DOCUMENT and earlier.accepted]
    for patch in patches:
        outcome = judge_differences(_given(patch, shown=exchange.made), "a patch was lost among others", tuple(patches))
        if outcome != HELD:
            return outcome
    return HELD if len(patches) > 1 else None
