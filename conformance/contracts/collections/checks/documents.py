"""Chapter documents.create."""

import re
from typing import Any

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks.collections import fits, formatted, same_as_without_nulls, unique
from conformance.contracts.collections.checks.expectations import CLEAN, accepts, answer_in_words, refuses
from conformance.contracts.collections.checks.expected_state import LISTS
from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.round_trip import internal, judge_differences, returned, unchanged, user_fields
from conformance.contracts.collections.models.documents import SYSTEM_FIELDS
from conformance.contracts.collections.operations import SHOWING, Operations
from conformance.core import pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.engine.checks import HELD, Checks, History, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_CREATE = Operations.CREATE_DOCUMENT
_ID = re.compile(r"doc_[A-Za-z0-9]+")

accepts(CHECKS, "documents.create.accepts-minimal", "documents.create.accepts-valid")
refuses(CHECKS, "documents.create.unknown-collection", statuses=(404,))
refuses(
    CHECKS,
    "documents.create.requires-collection-id",
    "documents.create.source-type-enum",
    "documents.create.rejects-wrong-types",
    "documents.create.lineage-step-required-fields",
    "documents.create.lineage-timestamp-format",
    "documents.create.feature-required-fields",
    "documents.create.schema-version",
)


@CHECKS.check("documents.create.response-schema", _CREATE, when=When.ACCEPTED)
def response_schema(exchange: Exchange) -> Outcome:
    """The answer is a Document."""
    return fits(exchange, "Document")


@CHECKS.check("documents.create.id-format", _CREATE, when=When.ACCEPTED)
def id_format(exchange: Exchange) -> Outcome:
    """The id has the documented format."""
    return formatted(exchange, _ID, "document_id")


@CHECKS.check("documents.create.id-unique", _CREATE, when=When.ACCEPTED, history=True)
def id_unique(exchange: Exchange, history: History) -> Outcome:
    """No earlier create of the run was answered with this id."""
    return unique(exchange, history, "document_id")


@CHECKS.check("documents.create.collection-id", _CREATE, when=When.ACCEPTED)
def collection_id(exchange: Exchange) -> Outcome:
    """The document names the collection that it was created in."""
    if "documents.create.path-and-body-disagree" in exchange.case.about:
        return None
    expected, answered = _path_collection(exchange), exchange.made.get("collection_id")
    return (
        HELD if answered == expected else Violation("the document names another collection", expected, answered, ("collection_id",))
    )


def _path_collection(exchange: Exchange) -> str:
    return exchange.id_of("collection") or ""


@CHECKS.promise("documents.create.path-and-body-disagree", Expect.EITHER)
def path_and_body_disagree(exchange: Exchange) -> Outcome:
    """The request is refused, or the collection of the path is used."""
    if exchange.status in CLEAN:
        return HELD
    answered = exchange.made.get("collection_id")
    if exchange.accepted and answered == _path_collection(exchange) == internal(exchange).get("collection_id", answered):
        return HELD
    return Violation(
        "the body's collection won over the path's",
        f"a 4xx, or {_path_collection(exchange)}",
        answered or answer_in_words(exchange),
    )


@CHECKS.check("documents.create.user-fields-at-root", _CREATE, when=When.ECHOED)
def user_fields_at_root(exchange: Exchange) -> Outcome:
    """The user's fields, features and blobs are at the root. An empty list may be left out."""
    body = exchange.case.body
    names = [*user_fields(body), *(key for key in ("features", "document_blobs") if body.get(key))]
    missing = next((name for name in names if name not in exchange.made), None)
    if missing is not None:
        return Violation("a field of the user's is not at the root", body[missing], MISSING, (missing,))
    return HELD if names else None


@CHECKS.check("documents.create.user-fields-verbatim", _CREATE, when=When.ECHOED)
def user_fields_verbatim(exchange: Exchange) -> Outcome:
    """The user's fields, features and blobs have the given values; vectors and presigned addresses are judged elsewhere."""
    names = [name for name in (*user_fields(exchange.case.body), "features", "document_blobs") if name in exchange.made]
    names = [name for name in names if name in exchange.case.body]
    changed = (difference for name in names for difference in returned(exchange).get(name, ()))
    return (
        judge_differences(
            difference
            for difference in changed
            if difference.sent is not MISSING or difference.at[0] not in ("features", "document_blobs")
        )
        if names
        else None
    )


@CHECKS.check("documents.create.metadata-verbatim", _CREATE, when=When.ECHOED)
def metadata_verbatim(exchange: Exchange) -> Outcome:
    """The metadata come back under `metadata`."""
    return unchanged(exchange, "metadata")


@CHECKS.check("documents.create.no-system-fields-at-root", *SHOWING, when=When.ACCEPTED)
def no_system_fields_at_root(exchange: Exchange) -> Outcome:
    """The root has no system fields but document_id and collection_id."""
    return no_system_fields(exchange.made, ())


def no_system_fields(document: dict[str, Json], at: Pointer) -> Outcome:
    """Judge the root of one document in an answer; `at` is where the document stands there."""
    names = sorted(document.keys() & SYSTEM_FIELDS)
    if not names:
        return HELD
    return Violation("a system field stands at the root", MISSING, document[names[0]], (*at, names[0]))


@CHECKS.promise("documents.create.no-system-fields-at-root", Expect.EITHER)
def system_fields_sent(exchange: Exchange) -> Outcome:
    """A user's field with the name of a system field is ignored or refused. If it was accepted, the check above judges the answer."""
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return Violation("neither ignored nor refused", "status 200 or a clean 4xx", answer_in_words(exchange))


@CHECKS.promise("documents.create.internal-is-server-managed", Expect.EITHER)
def internal_is_server_managed(exchange: Exchange) -> Outcome:
    """The server does not take over what a client sends in the server's own fields."""
    if exchange.status in CLEAN:
        return HELD
    if not exchange.accepted:
        return Violation("neither ignored nor refused", "status 200 or a clean 4xx", answer_in_words(exchange))
    body, answer = exchange.case.body, exchange.made
    claims = [node for _at, node in pointers.walk({key: body[key] for key in ("_internal", "document_id", "namespace_id") if key in body})
              if isinstance(node, str)]  # fmt: skip
    kept = {key: answer.get(key) for key in ("document_id", "_internal", "namespace_id")}
    taken = next((at for at, node in pointers.walk(kept) if isinstance(node, str) and node in claims), None)
    if taken is None:
        return HELD
    return Violation("the client's claim was taken over", "a value of the server's own", pointers.get(answer, taken), taken)


@CHECKS.promise("documents.create.null-is-absent", Expect.ACCEPT)
def null_is_absent(exchange: Exchange) -> Outcome:
    """The same body without its nulls was sent before, and is last in the context."""
    return same_as_without_nulls(exchange, _comparable)


def _comparable(exchange: Exchange) -> Any:
    """Return what was sent, and the lineage without the timestamps that the server fills in: they differ between two requests."""
    body = exchange.case.body
    own = {key: exchange.made.get(key) for key in (*user_fields(body), "metadata") if key in body}
    for key, name in LISTS.items():
        items = exchange.made.get(key)
        if key in body and isinstance(items, list):
            own[key] = [comparable(openapi.DOCUMENT, name, item) for item in items]
    lineage = comparable(openapi.DOCUMENT, "InternalLineage", internal(exchange).get("lineage"))
    steps = lineage.get("chain") if isinstance(lineage, dict) else None
    if isinstance(steps, list):
        lineage["chain"] = [
            {key: value for key, value in step.items() if key != "timestamp"} for step in steps if isinstance(step, dict)
        ]
    return {**own, "lineage": lineage}
