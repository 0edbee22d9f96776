"""Chapter internal: the `_internal` object of a document."""

from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.contracts.collections.checks.round_trip import dict_or_empty, internal, judge_differences, returned, user_fields
from conformance.contracts.collections.operations import SHOWING, Operations
from conformance.core import equality, pointers
from conformance.core.equality import Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.engine.checks import HELD, Checks, History, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation

CHECKS = Checks()

_CREATE = Operations.CREATE_DOCUMENT
_TIMES = ("created_at", "updated_at")
_LINEAGE = ("root_object_id", "root_bucket_id", "source_type", "source_collection_id", "source_document_id", "source_object_id")
# In `_internal`, these members hold the user's own data; the contract says so.
_THE_USERS_OWN = frozenset({"source_blobs", "document_blobs", "lineage"})
# The contract puts these into `_internal`: a user's field may have the same name and value by chance.
_THE_SYSTEMS = frozenset({"internal_id", "namespace_id", "document_id", "collection_id", "created_at", "updated_at", "processing",
                          "source_details", "modality", "mime_type", "size_bytes", "content_hash"})  # fmt: skip


@CHECKS.check("internal.present", *SHOWING, when=When.ACCEPTED)
def present(exchange: Exchange) -> Outcome:
    """There is an _internal object."""
    inner = exchange.made.get("_internal", MISSING)
    return HELD if isinstance(inner, dict) else Violation("no _internal", "an object", inner, ("_internal",))


@CHECKS.check("internal.ids-match-root", *SHOWING, when=When.ACCEPTED)
def ids_match_root(exchange: Exchange) -> Outcome:
    """The ids in `_internal` are those at the root."""
    if not isinstance(exchange.made.get("_internal"), dict):
        return None
    for key in ("document_id", "collection_id"):
        root, inner = exchange.made.get(key), internal(exchange).get(key)
        if root != inner:
            return Violation("_internal and the root disagree", root, inner, ("_internal", key))
    return HELD


@CHECKS.check("internal.timestamps", *SHOWING, when=When.ACCEPTED)
def timestamps(exchange: Exchange) -> Outcome:
    """The times are RFC 3339, with an offset."""
    if not isinstance(exchange.made.get("_internal"), dict):
        return None
    for key in _TIMES:
        time = internal(exchange).get(key, MISSING)
        if equality.instant(time) is None:
            return Violation("no RFC 3339 time", "a date-time with an offset", time, ("_internal", key))
    return HELD


def _instants(exchange: Exchange) -> tuple[datetime | None, datetime | None]:
    created, updated = (equality.instant(internal(exchange).get(key)) for key in _TIMES)
    return created, updated


@CHECKS.check("internal.created-before-updated", *SHOWING, when=When.ACCEPTED)
def created_before_updated(exchange: Exchange) -> Outcome:
    """updated_at is not before created_at."""
    created, updated = _instants(exchange)
    if created is None or updated is None:
        return None
    inner = internal(exchange)
    return HELD if created <= updated else Violation("created after updated", f"at most {inner['updated_at']}", inner["created_at"],
                                                     ("_internal", "created_at"))  # fmt: skip


@CHECKS.check("internal.created-now", _CREATE, when=When.ACCEPTED, history=True)
def created_now(exchange: Exchange, history: History) -> Outcome:
    """The server's clock is right within the clock skew that is allowed."""
    created, _updated = _instants(exchange)
    if created is None:
        return None
    slack = timedelta(seconds=history.clock_skew)
    start, end = (datetime.fromtimestamp(at, UTC) for at in (exchange.sent_at, exchange.done_at))
    if start - slack <= created <= end + slack:
        return HELD
    expected = f"{start.isoformat()} to {end.isoformat()}, ± {history.clock_skew:g} s"
    return Violation("not created now", expected, internal(exchange)["created_at"], ("_internal", "created_at"))


def _lineage(exchange: Exchange) -> dict[str, Any]:
    return dict_or_empty(internal(exchange).get("lineage"))


@CHECKS.check("internal.lineage-echoes", _CREATE, when=When.ECHOED)
def lineage_echoes(exchange: Exchange) -> Outcome:
    """The ids and the type of the document's source come back."""
    sent = [key for key in _LINEAGE if exchange.case.body.get(key) is not None]
    return judge_differences(difference for key in sent for difference in returned(exchange).get(key, ())) if sent else None


@CHECKS.check("internal.lineage-path-given", _CREATE, when=When.ECHOED)
def lineage_path_given(exchange: Exchange) -> Outcome:
    """A given path comes back."""
    if exchange.case.body.get("lineage_path") is None:
        return None
    return judge_differences(returned(exchange).get("lineage_path", ()))


@CHECKS.check("internal.lineage-path-derived", _CREATE, when=When.ECHOED)
def lineage_path_derived(exchange: Exchange) -> Outcome:
    """A missing path is made of the ids of the bucket and the collection."""
    body = exchange.case.body
    bucket = body.get("root_bucket_id")
    if body.get("lineage_path") is not None or not bucket:
        return None
    path = _lineage(exchange).get("path")
    if isinstance(path, str) and path.startswith(f"{bucket}/") and path.endswith(f"/{exchange.made.get('collection_id')}"):
        return HELD
    expected = f"{bucket}/…/{exchange.made.get('collection_id')}"
    return Violation("no path was derived", expected, path, ("_internal", "lineage", "path"))


@CHECKS.check("internal.chain-in-order", _CREATE, when=When.ECHOED)
def chain_in_order(exchange: Exchange) -> Outcome:
    """The steps come back in order; missing timestamps may be filled in."""
    if not exchange.case.body.get("lineage_chain"):
        return None
    return judge_differences(
        difference for difference in returned(exchange).get("lineage_chain", ()) if difference.kind is not Kind.FILLED
    )


@CHECKS.check("internal.no-user-fields", _CREATE, when=When.ECHOED)
def no_user_fields(exchange: Exchange) -> Outcome:
    """`_internal` holds no field and no metadata of the user's, by name and value."""
    body = exchange.case.body
    own = [(key, body[key]) for key in user_fields(body)] + list(dict_or_empty(body.get("metadata")).items())
    telling = {key: value for key, value in own if value not in (None, True, False, 0, 1, "", [], {})}
    if not telling:
        return None
    inner = {key: value for key, value in internal(exchange).items() if key not in _THE_USERS_OWN | _THE_SYSTEMS}
    place = next((at for at, node in pointers.walk(inner) if at and _is_own(telling, at, node)), None)
    if place is None:
        return HELD
    return Violation("a field of the user's stands in _internal", MISSING, pointers.get(inner, place), ("_internal", *place))


def _is_own(telling: dict[str, Json], at: Pointer, node: Json) -> bool:
    key = at[-1]
    return isinstance(key, str) and key in telling and equality.same(telling[key], node)
