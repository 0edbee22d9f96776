"""Chapter collections.create."""

import re
from collections.abc import Callable
from typing import Any

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks.expectations import accepts, answer_in_words, refuses
from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.round_trip import judge_differences, unchanged
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.engine.checks import HELD, Checks, History, Outcome, When
from conformance.evidence.exchange import Exchange, NotJson
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_CREATE = Operations.CREATE_COLLECTION
_ID = re.compile(r"col_[A-Za-z0-9_]+")
_STATUSES = frozenset(openapi.schema("Collection")["properties"]["status"]["enum"])

accepts(
    CHECKS, "collections.create.accepts-minimal", "collections.create.accepts-valid", "collections.create.tolerates-unknown-fields"
)
refuses(
    CHECKS,
    "collections.create.requires-name",
    "collections.create.requires-source",
    "collections.create.requires-feature-extractors",
    "collections.create.rejects-wrong-types",
    "collections.create.rejects-null-in-required",
    "collections.create.strict-scalars",
)


def fits(exchange: Exchange, name: str) -> Outcome:
    """Judge the whole answer by a schema of the OpenAPI document's components."""
    if isinstance(exchange.answer, NotJson):
        return Violation("the answer is not JSON", f"the shape of {name}", exchange.answer.reason)
    document = exchange.case.operation.document
    if document.fits(name, exchange.answer):
        return HELD
    at, reason = document.explain(name, exchange.answer)
    return Violation(f"the answer is no {name}", f"the shape of {name}", reason, at)


@CHECKS.check("collections.create.response-schema", _CREATE, when=When.ACCEPTED)
def response_schema(exchange: Exchange) -> Outcome:
    """The answer is a Collection."""
    return fits(exchange, "Collection")


@CHECKS.check("collections.create.id-present", _CREATE, when=When.ACCEPTED)
def id_present(exchange: Exchange) -> Outcome:
    """The answer has an id."""
    identifier = exchange.made.get("collection_id")
    return HELD if exchange.created_id else Violation("no id", "a non-empty string", identifier, ("collection_id",))


@CHECKS.check("collections.create.id-format", _CREATE, when=When.ACCEPTED)
def id_format(exchange: Exchange) -> Outcome:
    """The id has the documented format."""
    return formatted(exchange, _ID, "collection_id")


def formatted(exchange: Exchange, pattern: re.Pattern[str], key: str) -> Outcome:
    """Judge the format of a new id."""
    if exchange.created_id is None:
        return None
    matches = pattern.fullmatch(exchange.created_id)
    return HELD if matches else Violation("the id has another format", pattern.pattern, exchange.created_id, (key,))


@CHECKS.check("collections.create.id-unique", _CREATE, when=When.ACCEPTED, history=True)
def id_unique(exchange: Exchange, history: History) -> Outcome:
    """No earlier create of the run was answered with this id."""
    return unique(exchange, history, "collection_id")


def unique(exchange: Exchange, history: History, key: str) -> Outcome:
    """Judge whether an earlier create was answered with the same id."""
    if exchange.created_id is None:
        return None
    earlier = history.earlier(exchange)
    if earlier is None:
        return HELD
    return Violation("two creates share an id", "an id of its own", exchange.created_id, (key,), supporting=earlier)


def _echoes(requirement: str, field: str) -> None:
    CHECKS.check(requirement, _CREATE, when=When.ECHOED)(lambda exchange: unchanged(exchange, field))


_echoes("collections.create.echoes-name", "collection_name")
_echoes("collections.create.echoes-description", "description")
_echoes("collections.create.echoes-metadata", "metadata")
_echoes("collections.create.echoes-enabled", "enabled")
_echoes("collections.create.echoes-taxonomies", "taxonomy_applications")


@CHECKS.check("collections.create.enabled-default", _CREATE, when=When.ECHOED)
def enabled_default(exchange: Exchange) -> Outcome:
    """A collection is enabled by default."""
    if "enabled" in exchange.case.body:
        return None
    enabled = exchange.made.get("enabled", None)
    return HELD if enabled is True else Violation("the default was not applied", True, enabled, ("enabled",))  # noqa: FBT003


@CHECKS.promise("collections.create.null-is-absent", Expect.ACCEPT)
def null_is_absent(exchange: Exchange) -> Outcome:
    """The same body without its nulls was sent before, and is last in the context."""
    return same_as_without_nulls(exchange, _comparable)


def same_as_without_nulls(exchange: Exchange, shown: Callable[[Exchange], Any]) -> Outcome:
    """Judge an answer by the one to the same body without nulls, which was accepted and is last in the context."""
    without_nulls = exchange.context[-1]
    if not without_nulls.accepted:
        return None
    if not exchange.accepted:
        return Violation("null was refused where leaving the field out was not", "status 200", answer_in_words(exchange))
    message = "null has another result than leaving the field out"
    return judge_differences(equality.differences(shown(without_nulls), shown(exchange)), message)


_COMPARED = frozenset(
    {
        "description",
        "metadata",
        "enabled",
        "taxonomy_applications",
        "cache_config",
        "feature_extractors",
        "source_lineage",
        "feature_extractor",
        "source",
        "cluster_applications",
        "alert_applications",
    }
)


def _comparable(exchange: Exchange) -> Any:
    return comparable(exchange.case.operation.document, "Collection", exchange.made, keys=_COMPARED)


@CHECKS.check("collections.create.status-enum", _CREATE, when=When.ACCEPTED)
def status_enum(exchange: Exchange) -> Outcome:
    """The status is one of the documented ones."""
    status = exchange.made.get("status")
    if status is None or (isinstance(status, str) and status in _STATUSES):
        return HELD
    return Violation("an unknown status", sorted(name for name in _STATUSES if name), status, ("status",))


@CHECKS.check("collections.create.output-schema", _CREATE, when=When.ACCEPTED)
def output_schema(exchange: Exchange) -> Outcome:
    """The output schema is a map of typed fields."""
    schema = exchange.made.get("output_schema")
    document = exchange.case.operation.document
    if document.fits("Schema", schema):
        return HELD
    at, reason = document.explain("Schema", schema)
    return Violation("no output schema", "a map of fields, each with a type of the enum", reason, ("output_schema", *at))
