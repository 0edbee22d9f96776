"""What a recorded exchange can show, when parts of it are not known.

Without the answer's body there are its status and its headers. Without the request's body there is what the server says of its own accord:
an error's shape, an id, a time; not what it says back. A header that is not there was perhaps not recorded.
"""

import re

from conformance.contracts.collections.checks import CHECKS
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.requirements import requirements
from conformance.engine.checks import History
from conformance.evidence.exchange import Response
from conformance.evidence.operation import Expect
from conformance.traffic.exchanges import Recorded, names_itself_otherwise
from conformance.traffic.fields import is_media_type
from conformance.traffic.har import Part

# The clock of whoever recorded may be wrong by anything.
_CLOCK = "internal.created-now"
_NAMES_COLLECTION = "documents.create.collection-id"
_OF_THE_STATUS = frozenset({"http.no-server-error", "http.status-documented", "auth.challenge"})
# An error may quote the request, and what it quotes is then the client's.
_OF_WHAT_WAS_SENT = frozenset({"errors.no-internals"})
_OF_THE_ADDRESS = frozenset({_NAMES_COLLECTION, "documents.get.equals-created", "documents.update.keeps-identity"})
_OF_LISTS = "list."
# With the same idempotency key, which is a header, one create is sent twice.
_OF_SENT_HEADERS = frozenset({"collections.create.id-unique", "documents.create.id-unique"})
_SCHEMAS = {
    Operations.CREATE_COLLECTION: "collections.create.response-schema",
    Operations.CREATE_DOCUMENT: "documents.create.response-schema",
}
# Where an answer says back what it was given, or what was given to a parent: a free request has a free answer.
_SAID_BACK = frozenset(
    {"collection_name", "description", "metadata", "feature_extractors", "taxonomy_applications", "cache_config", "bucket_config",
     "collection_config", "features", "document_blobs", "source_blobs", "lineage"}
)  # fmt: skip
_SERVICE_UNAVAILABLE = 503
_TIME = re.compile(r"\d\d:\d\d")


def shown(exchange: Recorded, history: History) -> tuple[str, ...]:
    """Return the requirements that an exchange may be held against."""
    hidden = _hidden(exchange) | _without_headers(exchange)
    hidden |= _of_a_free_answer(exchange, history) if Part.SENT in exchange.unknown else frozenset()
    known = (name for name in requirements() if name not in hidden)
    if Part.GOT not in exchange.unknown:
        return tuple(known)
    of_the_status = _OF_THE_STATUS | (set(exchange.case.about) if exchange.case.expect is Expect.REFUSE else set())
    return tuple(name for name in known if name in of_the_status)


def _hidden(exchange: Recorded) -> frozenset[str]:
    unknown = exchange.unknown
    hidden = {_CLOCK} | ({_NAMES_COLLECTION} if names_itself_otherwise(exchange) else set())
    hidden |= _OF_WHAT_WAS_SENT if Part.SENT in unknown else set()
    hidden |= _OF_SENT_HEADERS if Part.SENT_HEADERS in unknown else set()
    if Part.REQUEST in unknown:
        hidden |= _OF_THE_ADDRESS | {name for name in requirements() if name.startswith(_OF_LISTS)}
    return frozenset(hidden)


def _without_headers(exchange: Recorded) -> frozenset[str]:
    """Return what is broken by a header's absence, where it may be the recording's."""
    response = exchange.response
    assert response is not None
    needed = {"http.json-content-type": "content-type", "auth.challenge": "www-authenticate"}
    if exchange.status == _SERVICE_UNAVAILABLE:
        needed["http.no-server-error"] = "retry-after"
    hidden = {requirement for requirement, name in needed.items() if _may_be_lost(response, name)}
    kind = response.header("content-type")
    if kind is not None and not is_media_type(kind):
        hidden.add("http.json-content-type")  # it was redacted
    return frozenset(hidden)


def _may_be_lost(response: Response, name: str) -> bool:
    """Whether a header may have been there: Date, which every server sends, is lost as well, or the value was emptied."""
    found = response.header(name)
    return found == "" or (found is None and _TIME.search(response.header("date") or "") is None)


def _of_a_free_answer(exchange: Recorded, history: History) -> frozenset[str]:
    """Return the schema of an answer, where what breaks it may be what the request, which is not known, had in it."""
    requirement = _SCHEMAS.get(exchange.case.operation)
    if requirement is None:
        return frozenset()
    try:
        found = CHECKS.outcome(requirement, exchange, history)
    except Exception:  # noqa: BLE001 - a check that crashes will crash again where its crash is recorded
        return frozenset()
    is_free = found is not None and not _SAID_BACK.isdisjoint(found.at or ())
    return frozenset({requirement}) if is_free else frozenset()
