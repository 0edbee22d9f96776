"""The expected state of buckets: the writes of a context, applied one after the other as they were answered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Exchange
from conformance.schema import round_trip

UPDATES = (Added.PATCH_BUCKET, Added.PUT_BUCKET)
CHANGEABLE = ("bucket_name", "description", "metadata")
_EMPTY: tuple[Any, ...] = (MISSING, None, "", {})


@dataclass(frozen=True, slots=True)
class BucketState:
    """The expected state of one bucket: its create, and its last write."""

    created: Exchange
    last: Exchange

    @property
    def answer(self) -> dict[str, Any]:
        """The bucket as its last write was answered."""
        return self.last.made


def expected_bucket(exchange: Exchange) -> BucketState | None:
    """Return the expected state of the bucket that a request names; None if the context does not make it, or deletes it."""
    identifier, state = exchange.id_of("bucket"), None
    for earlier in exchange.context:
        if identifier is None or earlier.id_of("bucket") != identifier or not earlier.succeeded:
            continue
        operation = earlier.case.operation
        if operation == Operations.CREATE_BUCKET:
            state = BucketState(earlier, earlier)
        elif operation == Added.DELETE_BUCKET:
            state = None
        elif operation in UPDATES and state is not None:
            state = replace(state, last=earlier)
    return state


def given(body: Json) -> dict[str, Json]:
    """Return what of a bucket the body of an update gives: a null gives nothing."""
    return {key: value for key, value in dict_or_empty(body).items() if key in CHANGEABLE and value is not None}


def value_differences(name: str, before: Json, after: Any) -> Iterator[Difference]:
    """Yield the differences in a field that may be left out where it is empty."""
    if before not in _EMPTY or after not in _EMPTY:
        yield from equality.differences(None if before is MISSING else before, after, (name,))


def is_empty(value: Any) -> bool:
    """Whether a field is shown as one that was not given is."""
    return value in _EMPTY


def fixed_differences(state: BucketState, shown: dict[str, Any]) -> Iterator[Difference]:
    """Yield the differences in what no update changes: id, time of creation, unique key and schema."""
    before = state.answer
    yield from equality.differences(before.get("bucket_id"), shown.get("bucket_id", MISSING), ("bucket_id",))
    if before.get("created_at") is not None and not expected_state.same_moment(
        before["created_at"], shown.get("created_at"), exact=False
    ):
        yield Difference(("created_at",), Kind.STRING, before["created_at"], shown.get("created_at", MISSING))
    if before.get("unique_key") or shown.get("unique_key"):
        yield from key_differences(before.get("unique_key"), shown.get("unique_key"))
    yield from new_schema_differences(state, shown)


def key_differences(sent: Json, shown: Json) -> Iterator[Difference]:
    """Yield the differences in a unique key, whose fields may stand in any order."""
    wanted, got = dict_or_empty(sent), dict_or_empty(shown)
    if sorted(map(str, items(wanted.get("fields")))) != sorted(map(str, items(got.get("fields")))):
        yield Difference(("unique_key", "fields"), Kind.STRUCTURE, wanted.get("fields"), got.get("fields", MISSING))
    if wanted.get("default_policy") is not None and wanted["default_policy"] != got.get("default_policy"):
        yield Difference(
            ("unique_key", "default_policy"), Kind.STRING, wanted["default_policy"], got.get("default_policy", MISSING)
        )


def schema_differences(created: Exchange, shown: dict[str, Any]) -> Iterator[Difference]:
    """Yield where an answer does not show what was given of the schema; it may show more."""
    body, name = dict_or_empty(created.case.body), "bucket_schema"
    if name in body:
        node = created.case.operation.schema.properties[name]
        differences = round_trip.round_trip(node, body[name], shown.get(name, MISSING), (name,))
        yield from (difference for difference in differences if difference.sent is not MISSING)


def new_schema_differences(state: BucketState, shown: dict[str, Any]) -> Iterator[Difference]:
    """Yield where an answer does not show what was given of the schema, and the last write's answer did."""
    known = {difference.at for difference in schema_differences(state.created, state.answer)}
    yield from (difference for difference in schema_differences(state.created, shown) if difference.at not in known)


def differences(state: BucketState, shown: dict[str, Any]) -> Iterator[Difference]:
    """Yield the differences between the expected bucket and one that is shown. Its status, its counts and its other times may change."""
    for name in CHANGEABLE:
        yield from value_differences(name, state.answer.get(name), shown.get(name))
    yield from fixed_differences(state, shown)
