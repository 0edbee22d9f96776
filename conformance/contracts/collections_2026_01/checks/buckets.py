"""What the edition of 2026-01 promises of a bucket that is created."""

from conformance.contracts.collections.checks.collections import fits, unique
from conformance.contracts.collections.checks.expectations import CLEAN, accepts, answer_in_words, refuses
from conformance.contracts.collections.checks.round_trip import dict_or_empty, judge_differences
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections_2026_01.checks.bucket_state import key_differences, schema_differences, value_differences
from conformance.core import equality
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, History, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()
_CREATE = Operations.CREATE_BUCKET

accepts(CHECKS, "buckets.create.accepts-valid")
refuses(
    CHECKS,
    "buckets.create.requires-name",
    "buckets.create.requires-schema",
    "buckets.create.rejects-wrong-types",
    "buckets.create.field-types",
    "buckets.create.unique-key-needs-fields",
    "buckets.create.unique-key-policy",
    "buckets.create.unique-key-known-fields",
)


@CHECKS.promise("buckets.create.same-name", Expect.EITHER)
def same_name(exchange: Exchange) -> Outcome:
    """A name that is taken may be refused; whether the second bucket is another one, its id tells."""
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return Violation("neither made nor cleanly refused", "status 200 or a clean 4xx", answer_in_words(exchange))


@CHECKS.check("buckets.create.response-schema", _CREATE, when=When.ACCEPTED)
def response_schema(exchange: Exchange) -> Outcome:
    """The answer is a Bucket."""
    return fits(exchange, "Bucket")


@CHECKS.check("buckets.create.id-present", _CREATE, when=When.ACCEPTED)
def id_present(exchange: Exchange) -> Outcome:
    """The answer has an id."""
    identifier = exchange.made.get("bucket_id", MISSING)
    return HELD if exchange.created_id else Violation("no id", "a non-empty string", identifier, ("bucket_id",))


@CHECKS.check("buckets.create.id-unique", _CREATE, when=When.ACCEPTED, history=True)
def id_unique(exchange: Exchange, history: History) -> Outcome:
    """No earlier create of the run was answered with this id."""
    return unique(exchange, history, "bucket_id")


@CHECKS.check("buckets.create.starts-empty", _CREATE, when=When.ACCEPTED)
def starts_empty(exchange: Exchange) -> Outcome:
    """Both counts are 0; whether they are integers, the schema tells."""
    for key in ("object_count", "total_size_bytes"):
        count = exchange.made.get(key)
        if isinstance(count, int | float) and count != 0:
            return Violation("a new bucket is not empty", 0, count, (key,))
    return HELD


def _echoes(requirement: str, name: str) -> None:
    """Register the promise that a field comes back as it was given."""

    def echoed(exchange: Exchange) -> Outcome:
        sent = exchange.case.body.get(name)
        return None if sent is None else judge_differences(value_differences(name, sent, exchange.made.get(name, MISSING)))

    CHECKS.check(requirement, _CREATE, when=When.ECHOED)(echoed)


_echoes("buckets.create.echoes-name", "bucket_name")
_echoes("buckets.create.echoes-description", "description")
_echoes("buckets.create.echoes-metadata", "metadata")


@CHECKS.check("buckets.create.echoes-metadata", _CREATE, when=When.ACCEPTED, history=True)
def of_another_bucket(exchange: Exchange, history: History) -> Outcome:
    """A bucket that was given no metadata does not show those of an earlier one."""
    shown = exchange.made.get("metadata")
    if "metadata" in dict_or_empty(exchange.case.body) or not shown:
        return None
    earlier = history.sender(_CREATE, "metadata", lambda value: equality.same(value, shown))
    if earlier is None:
        return None
    return Violation("a bucket has the metadata of another one", MISSING, shown, ("metadata",), supporting=(earlier,))


@CHECKS.check("buckets.create.echoes-schema", _CREATE, when=When.ECHOED)
def echoes_schema(exchange: Exchange) -> Outcome:
    """Each field of the schema comes back with what was given of it."""
    return judge_differences(schema_differences(exchange, exchange.made))


@CHECKS.check("buckets.create.echoes-unique-key", _CREATE, when=When.ECHOED)
def echoes_unique_key(exchange: Exchange) -> Outcome:
    """The unique key comes back."""
    sent = exchange.case.body.get("unique_key")
    return None if sent is None else judge_differences(key_differences(sent, exchange.made.get("unique_key")))
