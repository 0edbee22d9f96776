"""What the edition of 2026-01 promises of a bucket that is read, changed and deleted."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from conformance.contracts.collections.checks.expectations import CLEAN, answer_in_words, refuses
from conformance.contracts.collections.checks.round_trip import dict_or_empty, judge_differences
from conformance.contracts.collections.checks.updates import is_before
from conformance.contracts.collections_2026_01.checks import bucket_state
from conformance.contracts.collections_2026_01.checks.bucket_state import UPDATES, BucketState, expected_bucket
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import equality, pointers
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()
_PATCH, _PUT, _IDENTITY = "buckets.patch.merges", "buckets.put.changes", "buckets.update.keeps-identity"
_GONE, _UNTOUCHED, _STRANGERS = "buckets.delete.then-gone", "buckets.update.refused-changes-nothing", "auth.no-effect"
_ONLY_THAT, _ISOLATES = "buckets.delete.only-that", "namespaces.isolates-buckets"
# A read for one of these is judged by it alone.
_JUDGED_APART = frozenset({_UNTOUCHED, _STRANGERS, _ONLY_THAT, _ISOLATES, _GONE})

refuses(CHECKS, "buckets.update.rejects-wrong-types")


def _answers_not_found(*requirements: str) -> None:
    """Register requirements whose requests name a bucket that is not there, and must be answered 404.

    A server that lacks the operation answers 404 too. So another request of the operation must have been accepted.
    """

    def missed(exchange: Exchange) -> Outcome:
        if exchange.request.namespace is _namespace_of(exchange):
            return None
        if exchange.status != 404:  # noqa: PLR2004
            return Violation("what is not there was not answered as unknown", "status 404", answer_in_words(exchange))
        operation = exchange.case.operation
        return HELD if any(earlier.case.operation == operation and earlier.accepted for earlier in exchange.context) else None

    for requirement in requirements:
        CHECKS.promise(requirement, Expect.REFUSE)(missed)


def _namespace_of(exchange: Exchange) -> object:
    """Return the namespace in which the context has the bucket that a request names."""
    state = expected_bucket(exchange)
    return None if state is None else state.created.request.namespace


_answers_not_found("buckets.get.unknown", "buckets.update.unknown", "buckets.delete.unknown", _ISOLATES)


@CHECKS.check("buckets.get.equals-created", Added.GET_BUCKET, when=When.ALWAYS)
def equals_created(exchange: Exchange) -> Outcome:
    """A read shows the bucket as its last write was answered."""
    state = expected_bucket(exchange)
    if state is None or exchange.case.expect is not Expect.ACCEPT or _JUDGED_APART & set(exchange.case.about):
        return None
    if exchange.is_unreadable:
        return Violation("a read is answered with no JSON object", "(a JSON object)", exchange.answer)
    return _shown(exchange, state, "a read shows another bucket than its last write answered")


def _shown(exchange: Exchange, state: BucketState, message: str) -> Outcome:
    if not exchange.accepted:
        return Violation(message, "status 200", answer_in_words(exchange), supporting=(state.last,))
    return judge_differences(bucket_state.differences(state, exchange.made), message, (state.last,))


def _leaves_untouched(requirement: str, message: str) -> None:
    """Register the promise that what came before had no effect on a bucket. A later read shows that."""

    def untouched(exchange: Exchange) -> Outcome:
        state = expected_bucket(exchange)
        if state is None or exchange.case.expect is not Expect.ACCEPT or requirement not in exchange.case.about:
            return None
        seen = _last_read(exchange, state)
        return _shown(exchange, seen, message) if exchange.accepted or exchange.status == 404 else None  # noqa: PLR2004

    CHECKS.check(requirement, Added.GET_BUCKET, when=When.ANSWERED)(untouched)


def _last_read(exchange: Exchange, state: BucketState) -> BucketState:
    """Return the bucket as it was read last, if that was after its last write: a read may be wrong for another reason."""
    since = exchange.context[exchange.context.index(state.last) :]
    reads = [earlier for earlier in since if earlier.case.operation == Added.GET_BUCKET and earlier.accepted]
    own = [read for read in reads if read.id_of("bucket") == exchange.id_of("bucket") and not read.is_unreadable]
    return BucketState(state.created, own[-1]) if own else state


_leaves_untouched(_UNTOUCHED, "a change that was refused had an effect")
_leaves_untouched(_STRANGERS, "a request without authorization had an effect on a bucket")
_leaves_untouched(_ONLY_THAT, "the delete of another bucket had an effect")
_leaves_untouched(_ISOLATES, "a request from another namespace had an effect")


@CHECKS.check(_PATCH, Added.PATCH_BUCKET, when=When.ANSWERED)
def patch_merges(exchange: Exchange) -> Outcome:
    """What is given has the given values, and the rest is unchanged."""
    return _updated(exchange, _PATCH, "a patch has another result", may_empty=False)


@CHECKS.check(_PUT, Added.PUT_BUCKET, when=When.ANSWERED)
def put_changes(exchange: Exchange) -> Outcome:
    """What is given has the given values; a description and metadata that are not given may be emptied."""
    return _updated(exchange, _PUT, "what was put is not what is there", may_empty=True)


def _updated(exchange: Exchange, requirement: str, message: str, *, may_empty: bool) -> Outcome:
    state = expected_bucket(exchange)
    if state is None or exchange.case.expect in (Expect.REFUSE, Expect.ANY):
        return None
    if not exchange.accepted:
        is_promised = requirement in exchange.case.about and not (
            exchange.case.expect is Expect.EITHER and exchange.status in CLEAN
        )
        return Violation("a valid update was not accepted", "status 200", answer_in_words(exchange)) if is_promised else None
    if exchange.is_unreadable:
        return Violation("an update is answered with no JSON object", "(a JSON object)", exchange.answer)
    changes = (_changes(name, exchange, state, may_empty=may_empty) for name in bucket_state.CHANGEABLE)
    schema = bucket_state.new_schema_differences(state, exchange.made)
    return judge_differences(chain(*changes, schema), message, (state.last,))


def _changes(name: str, exchange: Exchange, state: BucketState, *, may_empty: bool) -> Iterator[Difference]:
    """Yield what an update's answer should show otherwise in one field."""
    given, before, after = bucket_state.given(exchange.case.body), state.answer.get(name), exchange.made.get(name)
    if name == "metadata" and name in given:
        # What a merge does with a null is open.
        if None not in pointers.nodes(given[name]) and not any(
            equality.same(allowed, after or {}) for allowed in _merged(dict_or_empty(before), dict_or_empty(given[name]))
        ):
            yield Difference((name,), Kind.STRUCTURE, given[name], exchange.made.get(name, MISSING))
    elif name in given:
        yield from bucket_state.value_differences(name, given[name], after)
    elif not (may_empty and name != "bucket_name" and bucket_state.is_empty(after)):
        yield from bucket_state.value_differences(name, before, after)


def _merged(before: dict[str, Json], given: dict[str, Json]) -> tuple[dict[str, Json], ...]:
    """Return what metadata may become: replaced, merged at the root, or merged at every depth."""
    return given, {**before, **given}, _deep(before, given)


def _deep(before: dict[str, Any], given: dict[str, Any]) -> dict[str, Json]:
    merged = dict(before)
    for key, value in given.items():
        old = before.get(key)
        merged[key] = _deep(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


@CHECKS.check(_IDENTITY, *UPDATES, when=When.ACCEPTED)
def keeps_identity(exchange: Exchange) -> Outcome:
    """The id, the time of creation, the unique key and the counts are those from before."""
    state = expected_bucket(exchange)
    if state is None:
        return None
    fixed = (one for one in bucket_state.fixed_differences(state, exchange.made) if one.at[0] != "bucket_schema")
    return judge_differences(chain(fixed, _claimed(exchange, state)), "an update changed what is not the user's", (state.last,))


def _claimed(exchange: Exchange, state: BucketState) -> Iterator[Difference]:
    """Yield the counts that the body claims and the answer takes over."""
    for key in ("object_count", "total_size_bytes"):
        claimed, shown = dict_or_empty(exchange.case.body).get(key), exchange.made.get(key)
        if claimed is not None and claimed == shown != state.answer.get(key):
            yield Difference((key,), Kind.NUMBER, state.answer.get(key), shown)


@CHECKS.promise(_IDENTITY, Expect.EITHER)
def identity_sent(exchange: Exchange) -> Outcome:
    """An update that claims another identity may be refused cleanly; if it was accepted, the check above judges the answer."""
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return Violation("neither ignored nor refused", "status 200 or a clean 4xx", answer_in_words(exchange))


@CHECKS.check("buckets.update.advances-updated-at", *UPDATES, when=When.ACCEPTED)
def advances_updated_at(exchange: Exchange) -> Outcome:
    """updated_at is not before the last one, nor before created_at. Times without a fraction are compared to the second."""
    state, updated = expected_bucket(exchange), exchange.made.get("updated_at")
    if state is None or equality.instant(updated) is None:
        return None
    for key, earlier in (("updated_at", state.answer.get("updated_at")), ("created_at", exchange.made.get("created_at"))):
        if is_before(updated, earlier):
            return Violation(
                f"updated_at is before {key}", f"at least {earlier}", updated, ("updated_at",), supporting=(state.last,)
            )
    return HELD


@CHECKS.promise("buckets.delete.accepts", Expect.ACCEPT)
def deleted(exchange: Exchange) -> Outcome:
    """The delete is accepted."""
    return HELD if exchange.succeeded else Violation("a bucket was not deleted", "status 200", answer_in_words(exchange))


@CHECKS.check("buckets.delete.answers", Added.DELETE_BUCKET, when=When.ACCEPTED)
def tells_task(exchange: Exchange) -> Outcome:
    """The answer has a task, and what it tells of a bucket is about the deleted one."""
    told = dict_or_empty(exchange.answer)
    if not isinstance(told.get("task_id"), str) or not told["task_id"]:
        return Violation("no task to ask about", "a non-empty string", told.get("task_id", MISSING), ("task_id",))
    state = expected_bucket(exchange)
    for key in ("bucket_id", "bucket_name", "object_count") if state is not None else ():
        wanted = None if state is None else state.answer.get(key)
        if told.get(key) is not None and not equality.same(wanted, told[key]):
            return Violation("the answer is about another bucket", wanted, told[key], (key,))
    return HELD


@CHECKS.promise(_GONE, Expect.ANY)
def then_gone(exchange: Exchange) -> Outcome:
    """The last of several reads after a delete: the bucket is unknown, or its status is another than that of a bucket in use."""
    if exchange.status == 404:  # noqa: PLR2004
        return HELD
    deletes = [
        earlier
        for earlier in exchange.context
        if earlier.case.operation == Added.DELETE_BUCKET
        and earlier.succeeded
        and earlier.id_of("bucket") == exchange.id_of("bucket")
    ]
    if not exchange.accepted or not deletes:
        return None
    status = exchange.made.get("status")
    if status not in (None, "ACTIVE"):
        return HELD
    return Violation("a deleted bucket is there as before", "status 404, or another status of the bucket", status, ("status",))
