"""Chapter read: a read shows what create answered, unknown things are 404, and reading changes nothing."""

from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import answer_in_words, answers_not_found
from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.round_trip import compared, dict_or_empty, items, judge_differences
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Effect, Expect

CHECKS = Checks()

_EXISTS = "what was created is not answered"
# What the server works out, and may work out later or anew. A time may lose its fraction: it is compared by itself.
_SHOWN_LATER = frozenset({"status", "output_schema", "document_count", "taxonomy_count", "retriever_count", "vector_indexes", "payload_indexes",
                          "schema_version", "last_schema_sync", "created_at", "updated_at"})  # fmt: skip

# A request for one of these is judged by the requirement's own check, with its own message.
JUDGED_APART = frozenset({"errors.rejected-leaves-nothing", "auth.no-effect", "namespaces.isolates-collections",
                          "namespaces.isolates-documents", "documents.delete.then-unknown", "documents.delete.only-that",
                          "documents.update.wrong-collection", "documents.bulk.changes-no-others",
                          "documents.bulk.refused-changes-nothing", "documents.batch-update.changes-no-others",
                          "documents.batch-update.refused-changes-nothing", "documents.batch-delete.deletes-no-others",
                          "documents.batch-delete.refused-changes-nothing"})  # fmt: skip

answers_not_found(CHECKS, "collections.get.unknown", "documents.get.unknown", "documents.get.wrong-collection")


def collection_create(exchange: Exchange) -> Exchange | None:
    """Return the create of the collection that a request names, if it is in the context."""
    return next((earlier for earlier in exchange.context if earlier.case.operation == Operations.CREATE_COLLECTION
                 and earlier.created_id is not None and earlier.created_id == exchange.id_of("collection")), None)  # fmt: skip


@CHECKS.check("collections.get.equals-created", Operations.GET_COLLECTION, when=When.ALWAYS)
def collection_equals_created(exchange: Exchange) -> Outcome:
    """A read shows the collection as its create was answered, except what the server works out; what an update did is judged elsewhere."""
    created = collection_create(exchange)
    if created is None or exchange.case.expect is not Expect.ACCEPT or _may_have_changed(exchange):
        return None
    if (unanswered := _unanswered(exchange, created)) is not None:
        return unanswered
    differences = chain(
        equality.differences(_collection(created), _collection(exchange)), created_at_differences(created.made, exchange.made)
    )
    return judge_differences(differences, "a read shows another collection than create answered", (created,))


def _may_have_changed(exchange: Exchange) -> bool:
    """Whether the context has an update of the collection itself that was not refused."""
    updates = (earlier for earlier in exchange.context if earlier.case.operation.effect is Effect.UPDATE)
    return any(
        earlier.id_of("document") is None
        and exchange.id_of("collection") in (earlier.id_of("collection"), earlier.made.get("collection_id"))
        and (earlier.status is None or not 400 <= earlier.status < 500)  # noqa: PLR2004
        for earlier in updates
    )


def created_at_differences(before: dict[str, Json], after: dict[str, Json]) -> Iterator[Difference]:
    """Yield the difference in a collection's time of creation, which may be shown with fewer digits, or in another zone."""
    old, new = before.get("created_at"), after.get("created_at")
    are_moments = equality.instant(old) is not None and equality.instant(new) is not None
    if are_moments and not expected_state.same_moment(old, new, exact=False):
        yield Difference(("created_at",), Kind.STRING, old, new)


def _unanswered(exchange: Exchange, write: Exchange) -> Violation | None:
    if not exchange.accepted:
        return Violation(_EXISTS, "status 200", answer_in_words(exchange), supporting=(write,))
    if not isinstance(exchange.answer, dict):
        return Violation("a read is answered with no JSON object", "(a JSON object)", exchange.answer, supporting=(write,))
    return None


def _collection(exchange: Exchange) -> Json:
    shown = comparable(exchange.case.operation.document, "Collection", exchange.made)
    return {key: value for key, value in shown.items() if key not in _SHOWN_LATER}


@CHECKS.check("documents.get.equals-created", Operations.GET_DOCUMENT, when=When.ALWAYS)
def document_equals_created(exchange: Exchange) -> Outcome:
    """A read shows the document as its last write was answered."""
    document = expected_state.expected_document(exchange)
    if (
        document is None
        or exchange.case.expect is not Expect.ACCEPT
        or _is_contended(exchange)
        or JUDGED_APART & set(exchange.case.about)
    ):
        return None
    if (unanswered := _unanswered(exchange, document.last)) is not None:
        return unanswered
    message = (
        "a read shows another document than create answered" if document.is_as_created else "a read does not show the last change"
    )
    return judge_differences(_document(document, exchange), message, (document.last,))


def _is_contended(exchange: Exchange) -> bool:
    """Whether updates of the document were sent at the same time: then the last answer is unknown."""
    crossing = [
        earlier for earlier in exchange.context if earlier.together is not None and earlier.case.operation.effect is Effect.UPDATE
    ]
    return any(earlier.id_of("document") == exchange.id_of("document") for earlier in crossing)


def _document(document: expected_state.ExpectedState, exchange: Exchange) -> Iterator[Difference]:
    yield from expected_state.differences(document, exchange.made)
    for name in sorted((SYSTEM_FIELDS & exchange.made.keys()) - document.answer.keys()):
        yield Difference((name,), Kind.STRUCTURE, MISSING, exchange.made[name])
    if document.is_as_created:
        yield from stored_otherwise(document.created, exchange.made)


def stored_otherwise(created: Exchange, shown: dict[str, Json]) -> Iterator[Difference]:
    """Yield where an answer differs from what was sent, if the create's own answer did not differ there."""
    before = {difference.at for differences in _echoes(created, created.made) for difference in differences}
    yield from (
        difference
        for differences in _echoes(created, shown)
        for difference in differences
        if difference.at not in before and difference.kind is not Kind.FILLED
    )


def _echoes(created: Exchange, shown: dict[str, Json]) -> Iterator[Iterator[Difference]]:
    if created.case.expect is Expect.ACCEPT:
        yield from (differences for _key, differences in compared(created.case.operation, created.case.body, shown))


@CHECKS.promise("documents.get.safe", Expect.ACCEPT)
def safe(exchange: Exchange) -> Outcome:
    """The second of two reads shows what the first one did."""
    before, document = exchange.context[-1], expected_state.expected_document(exchange)
    if document is None or not before.accepted:
        return None
    if not exchange.accepted:
        return Violation("a second read is not answered", "status 200", answer_in_words(exchange), supporting=(before,))
    shown = expected_state.ExpectedState(document.created, before, document.names, document.gone)
    return judge_differences(
        expected_state.differences(shown, exchange.made, exact=True), "a second read shows something else", (before,)
    )


@CHECKS.promise("documents.get.hostile-identifiers", Expect.EITHER)
def hostile_identifiers(exchange: Exchange) -> Outcome:
    """An id that cannot exist is refused, whatever it looks like."""
    if exchange.status is not None and 400 <= exchange.status < 500:  # noqa: PLR2004
        return HELD
    return Violation("an id that is none was not refused", "status 404 or another 4xx", answer_in_words(exchange))


@CHECKS.promise("documents.get.vectors-on-request", Expect.ACCEPT)
def vectors_on_request(exchange: Exchange) -> Outcome:
    """With return_vectors each feature has its vectors as sent, in float32 precision; without it none has vectors."""
    return _on_request(exchange, "features", "vectors", _vectors)


@CHECKS.promise("documents.get.urls-on-request", Expect.ACCEPT)
def urls_on_request(exchange: Exchange) -> Outcome:
    """With return_url each blob has an address; without it none has one."""
    return _on_request(exchange, "document_blobs", "presigned_url", _address)


def _on_request(exchange: Exchange, holder: str, key: str, judged: "_Judge") -> Outcome:
    documents = [
        document
        for document in expected_state.expected_documents(exchange).values()
        if exchange.id_of("document") in (None, document.created.created_id)
    ]
    if not documents:
        return None
    if not exchange.accepted:
        return Violation("a read that asks for more is not answered", "status 200", answer_in_words(exchange))
    shown = shown_documents(exchange)
    for document in documents:
        sent, answered = (
            document.created.case.body.get(holder) or [],
            dict_or_empty(shown.get(document.created.created_id or "")).get(holder),
        )
        if not sent and not answered:
            continue  # an empty list may be absent
        if not isinstance(answered, list) or len(answered) != len(sent):
            return Violation(f"the {holder} are not those sent", len(sent), answered, (holder,), supporting=(document.created,))
        for index, (given, answered_item) in enumerate(zip(sent, answered, strict=True)):
            value = dict_or_empty(answered_item).get(key)
            if (wrong := judged(given, value, asked_for=_is_asked(exchange, key))) is not None:
                return Violation(*wrong, (holder, index, key), supporting=(document.created,))
    return HELD if any(document.created.case.body.get(holder) for document in documents) else None


def shown_documents(exchange: Exchange) -> dict[str, Json]:
    """Return the documents in the answer of a read or a list, by id."""
    results = items(exchange.made.get("results")) if exchange.case.operation == Operations.LIST_DOCUMENTS else [exchange.made]
    return {
        document["document_id"]: document
        for document in results
        if isinstance(document, dict) and isinstance(document.get("document_id"), str)
    }


def _is_asked(exchange: Exchange, key: str) -> bool:
    flag = {"vectors": "return_vectors", "presigned_url": "return_url"}[key]
    return exchange.query.get(flag) == "true" or dict_or_empty(exchange.case.body).get(flag) is True


class _Judge(Protocol):
    def __call__(self, given: dict[str, Json], value: Json, /, *, asked_for: bool) -> tuple[str, Json, Json] | None: ...


def _vectors(given: dict[str, Json], value: Json, *, asked_for: bool) -> tuple[str, Json, Json] | None:
    if not asked_for:
        return ("vectors are shown without being asked for", MISSING, value) if value else None
    sent = given.get("vectors")
    if sent is None or equality.same_vectors(sent, value):
        return None
    return "the vectors are not those sent", sent, value


def _address(_given: dict[str, Json], value: Json, *, asked_for: bool) -> tuple[str, Json, Json] | None:
    if not asked_for:
        return ("an address is shown without being asked for", MISSING, value) if value else None
    if isinstance(value, str) and value.lower().startswith(("http://", "https://")):
        return None
    return "no address of the file", "(an http or https address)", value
