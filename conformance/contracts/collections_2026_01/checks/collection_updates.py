"""Chapter collections.update: what a PATCH of a collection changes, and what it must not change."""

from collections.abc import Iterator
from typing import Any

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.collections import fits
from conformance.contracts.collections.checks.expectations import CLEAN, answer_in_words, refuses
from conformance.contracts.collections.checks.round_trip import dict_or_empty, judge_differences
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections_2026_01.checks import collection_state
from conformance.contracts.collections_2026_01.checks.collection_state import IDENTITY, MUTABLE, CollectionState
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import equality
from conformance.core.equality import Difference
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect
from conformance.schema import round_trip

CHECKS = Checks()
_PATCH, _READ = Added.PATCH_COLLECTION, Operations.GET_COLLECTION
_IDENTITY = "collections.update.keeps-identity"

refuses(CHECKS, "collections.update.rejects-wrong-types", "collections.update.name-length")


def _given(exchange: Exchange, shown: dict[str, Any]) -> Iterator[Difference]:
    """Yield where an answer does not show what an update gave; a null may be refused, ignored or kept, and has a requirement of its own."""
    body, schema = dict_or_empty(exchange.case.body), exchange.case.operation.schema
    for key in sorted(MUTABLE & body.keys()):
        if body[key] is None or (body[key] == [] and not shown.get(key)):
            continue
        # What stands there besides is a default, or is not what was given: such as a rest of what stood there before.
        yield from round_trip.round_trip(schema.properties[key], body[key], shown.get(key, MISSING), (key,))


@CHECKS.check("collections.update.applies", _PATCH, when=When.ANSWERED)
def applies(exchange: Exchange) -> Outcome:
    """A valid update is accepted, and its answer is a collection that shows what was given."""
    if exchange.case.expect in (Expect.REFUSE, Expect.ANY):
        return None
    if not exchange.accepted:
        # How updates meet that are under way together is not said; that one is refused is judged where they are about that.
        is_promised = exchange.case.expect is Expect.ACCEPT and not (exchange.together is not None and exchange.status in CLEAN)
        return Violation("a valid update was not accepted", "status 200", answer_in_words(exchange)) if is_promised else None
    outcome = fits(exchange, "Collection")
    return (
        outcome if outcome != HELD else judge_differences(_given(exchange, exchange.made), "an update does not show what was given")
    )


def _before(exchange: Exchange) -> CollectionState | None:
    """Return what an accepted update changed; None if that is not known, or others changed it at the same time."""
    state = collection_state.collection(exchange)
    return None if state is None or state.is_unsure or exchange.together is not None else state


def _kept(exchange: Exchange, state: CollectionState, keys: frozenset[str]) -> Outcome:
    found = collection_state.differences(exchange, state.answer, exchange.made, keys)
    return judge_differences(found, "an update changed what was not given", (state.created, state.last))


@CHECKS.check("collections.update.keeps-others", _PATCH, when=When.ACCEPTED)
def keeps_others(exchange: Exchange) -> Outcome:
    """What was not given is as it was."""
    state = _before(exchange)
    if state is None or _is_another(exchange, state):
        return None
    return _kept(exchange, state, collection_state.COMPARED - IDENTITY - dict_or_empty(exchange.case.body).keys())


@CHECKS.check(_IDENTITY, _PATCH, when=When.ACCEPTED)
def keeps_identity(exchange: Exchange) -> Outcome:
    """The id, the source, the extractor, the lineage and the time of creation are as they were."""
    state = _before(exchange)
    return None if state is None or _is_another(exchange, state) else _kept(exchange, state, IDENTITY)


def _is_another(exchange: Exchange, state: CollectionState) -> bool:
    """Whether a path named a collection by its name, and another one of this name was found: a server may have two."""
    is_by_name = exchange.id_of("collection") != state.created.created_id
    return is_by_name and exchange.made.get("collection_id") != state.created.created_id


@CHECKS.promise(_IDENTITY, Expect.EITHER)
def identity_sent(exchange: Exchange) -> Outcome:
    """An update of what is not mutable may be refused cleanly; if it was accepted, the check above judges the answer."""
    return _accepted_or_refused(exchange, "neither ignored nor refused")


def _accepted_or_refused(exchange: Exchange, message: str) -> Outcome:
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return Violation(message, "status 200 or a clean 4xx", answer_in_words(exchange))


@CHECKS.promise("collections.update.empty-body", Expect.EITHER)
def empty_body(exchange: Exchange) -> Outcome:
    """An update that gives nothing may be refused; if it is accepted, it changes nothing."""
    outcome, state = _accepted_or_refused(exchange, "neither accepted nor refused"), _before(exchange)
    if outcome != HELD or not exchange.accepted or state is None:
        return outcome
    return _kept(exchange, state, collection_state.COMPARED)


@CHECKS.promise("collections.update.null-description", Expect.EITHER)
def null_description(exchange: Exchange) -> Outcome:
    """A null takes the description away, or is refused."""
    if dict_or_empty(exchange.case.body).get("description", MISSING) is not None:
        return None
    outcome = _accepted_or_refused(exchange, "neither accepted nor refused")
    if outcome != HELD or not exchange.accepted or not exchange.made.get("description"):
        return outcome
    return Violation("null left the description as it was", None, exchange.made["description"], ("description",))


@CHECKS.check("collections.update.then-read", _READ, when=When.ALWAYS)
def then_read(exchange: Exchange) -> Outcome:
    """A read after an update shows what the update answered."""
    state = collection_state.collection(exchange)
    if state is None or state.is_as_created or state.is_unsure or exchange.case.expect is not Expect.ACCEPT:
        return None
    if exchange.id_of("collection") != state.created.created_id:
        return None  # by its name: that has requirements of its own
    return _shows(exchange, state, "a read does not show the last update")


def _shows(exchange: Exchange, state: CollectionState, message: str) -> Outcome:
    proofs = (state.created, state.last)
    if not exchange.accepted:
        return Violation("what was created is not answered", "status 200", answer_in_words(exchange), supporting=proofs)
    return judge_differences(collection_state.differences(exchange, state.answer, exchange.made), message, proofs)


def _unchanged(requirement: str, message: str) -> None:
    """Register the promise that a read shows the collection as its last accepted write was answered."""

    def unchanged(exchange: Exchange) -> Outcome:
        state = collection_state.collection(exchange)
        return None if state is None or state.is_unsure else _shows(exchange, state, message)

    CHECKS.promise(requirement, Expect.ACCEPT)(unchanged)


_unchanged("collections.update.refused-changes-nothing", "a refused update had an effect")
_unchanged("collections.update.isolates-namespaces", "an update from another namespace had an effect")


def _unknown(requirement: str, message: str) -> None:
    """Register the promise that an update finds nothing to change; a server that has no such operation answers 404 too."""

    def unknown(exchange: Exchange) -> Outcome:
        if collection_state.collection(exchange) is not None:
            return None  # it is there
        if exchange.status != 404:  # noqa: PLR2004
            return Violation(message, "status 404", answer_in_words(exchange))
        return HELD if any(earlier.case.operation == _PATCH and earlier.accepted for earlier in exchange.context) else None

    CHECKS.promise(requirement, Expect.REFUSE)(unknown)


_unknown("collections.update.unknown", "what does not exist was not answered as unknown")
_unknown("collections.update.isolates-namespaces", "what another namespace has was not answered as unknown")


@CHECKS.promise("collections.update.keeps-documents", Expect.ACCEPT)
def keeps_documents(exchange: Exchange) -> Outcome:
    """A read of a document after an update of its collection shows it as it was."""
    document = expected_state.expected_document(exchange)
    if document is None:
        return None
    if not exchange.accepted:
        return Violation("a document is gone after an update of its collection", "status 200", answer_in_words(exchange))
    message = "an update of a collection changed a document"
    return judge_differences(expected_state.differences(document, exchange.made), message, (document.last,))


@CHECKS.check("collections.update.advances-updated-at", _PATCH, when=When.ACCEPTED)
def advances_updated_at(exchange: Exchange) -> Outcome:
    """updated_at does not go back, and does not stay if the target's clock is known to have gone on before the update."""
    state = _before(exchange)
    if state is None or _is_another(exchange, state) or not MUTABLE & dict_or_empty(exchange.case.body).keys():
        return None
    stated, outcome = exchange.made.get("updated_at"), None
    new = equality.instant(stated)
    for earlier in dict.fromkeys((state.last, state.created)):
        shown = earlier.made.get("updated_at")
        old = equality.instant(shown)
        if old is None or new is None:
            continue  # a server need not show it
        goes_back = new < old and not expected_state.same_moment(shown, stated, exact=False)
        witness = next((later for later in exchange.context if _is_later(later, shown)), None) if new == old else None
        if goes_back or witness is not None:
            proofs = (earlier, *(() if witness is None else (witness,)))
            message, at = "an update does not advance updated_at", ("updated_at",)
            return Violation(message, f"later than {shown}", stated, at, supporting=proofs)
        outcome = HELD
    return outcome


def _is_later(exchange: Exchange, moment: Json) -> bool:
    """Whether something was made later than a moment, by the target's clock."""
    made = exchange.made.get("created_at") or dict_or_empty(exchange.made.get("_internal")).get("created_at")
    first, second = equality.instant(moment), equality.instant(made) if exchange.case.operation.is_create else None
    if first is None or second is None or expected_state.same_moment(moment, made, exact=False):
        return False
    return second > first


@CHECKS.promise("collections.update.concurrent", Expect.ACCEPT)
def concurrent(exchange: Exchange) -> Outcome:
    """Simultaneous updates of different fields are accepted, and a read after them shows every accepted one."""
    if exchange.case.operation != _READ:
        if exchange.accepted:
            return None  # what it shows is judged as that of any other one
        return Violation("an update among others was not accepted", "status 200", answer_in_words(exchange))
    if not exchange.accepted:
        return None
    patches = [earlier for earlier in exchange.context if earlier.together is not None and earlier.accepted]
    for patch in patches:
        outcome = judge_differences(_given(patch, exchange.made), "an update was lost among others", tuple(patches))
        if outcome != HELD:
            return outcome
    return HELD if len(patches) > 1 else None
