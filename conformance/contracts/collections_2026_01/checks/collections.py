"""What the edition of 2026-01 promises of a collection that is created."""

from conformance.contracts.collections.checks.expectations import CLEAN, refuses
from conformance.contracts.collections.checks.round_trip import (
    dict_or_empty,
    entries,
    items,
    judge_differences,
    returned,
    unchanged,
)
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.equality import Difference
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()
_CREATE = Operations.CREATE_COLLECTION
_CLUSTER_DEFAULTS: dict[str, Json] = {"auto_execute_on_batch": True, "cooldown_seconds": 3600, "execution_phase": 2, "priority": 0}
# The pointer to a member of an application: its place in the list, and its key.
_MEMBER = 2
_SOURCE = ("type", "bucket_ids", "collection_id", "collection_ids")

refuses(
    CHECKS,
    "collections.create.requires-feature-extractor",
    "collections.create.name-length",
    "source.type-known",
    "source.bucket-needs-bucket-ids",
    "source.collection-needs-a-collection",
    "feature-extractor.requires-name",
    "feature-extractor.requires-version",
    "feature-extractor.requires-passthrough-path",
    "collections.create.requires-application-id",
    "collections.create.rejects-unknown-modes",
    "collections.create.rejects-out-of-bounds",
)


@CHECKS.check("feature-extractor.echoes", _CREATE, when=When.ECHOED)
def echoes_extractor(exchange: Exchange) -> Outcome:
    """The extractor comes back as it was given."""
    return unchanged(exchange, "feature_extractor")


@CHECKS.check("collections.create.echoes-applications", _CREATE, when=When.ECHOED)
def echoes_applications(exchange: Exchange) -> Outcome:
    """Clusters and alerts come back as they were given, in their order; defaults are judged by collections.create.cluster-defaults."""
    shown = returned(exchange)
    keys = [
        key for key in ("cluster_applications", "alert_applications") if key in shown and exchange.case.body.get(key) is not None
    ]
    differences = (difference for key in keys for difference in shown[key] if not _is_default_of_cluster(difference))
    return judge_differences(differences) if keys else None


def _is_default_of_cluster(difference: Difference) -> bool:
    key, *within = difference.at
    return (
        key == "cluster_applications" and difference.sent is MISSING and len(within) == _MEMBER and within[-1] in _CLUSTER_DEFAULTS
    )


@CHECKS.check("collections.create.cluster-defaults", _CREATE, when=When.ECHOED)
def defaults_of_clusters(exchange: Exchange) -> Outcome:
    """What a cluster application does not give is filled in as documented, or not shown."""
    given, shown = (items(of.get("cluster_applications")) for of in (exchange.case.body, exchange.made))
    outcome: Outcome = None
    for index, (sent, got) in enumerate(zip(given, shown, strict=False)):
        for key, default in _CLUSTER_DEFAULTS.items():
            if key in dict_or_empty(sent) or not isinstance(got, dict):
                continue
            if key in got and next(equality.differences(default, got[key]), None) is not None:
                at = ("cluster_applications", index, key)
                return Violation("the default was not applied", default, got[key], at)
            outcome = HELD
    return outcome


@CHECKS.check("collections.create.cluster-defaults", _CREATE, when=When.REFUSED)
def clusters_refused(exchange: Exchange) -> Outcome:
    """A server may know no cluster of a collection that is not there yet: then no answer has a default that could be wrong."""
    is_open = exchange.case.expect is Expect.EITHER and exchange.status in CLEAN
    return HELD if is_open and items(dict_or_empty(exchange.case.body).get("cluster_applications")) else None


@CHECKS.check("source.comes-back", _CREATE, when=When.ECHOED)
def source_comes_back(exchange: Exchange) -> Outcome:
    """The collection's own source has the type and the ids that were given; its filters are judged in the lineage."""
    sent, shown = dict_or_empty(exchange.case.body.get("source")), dict_or_empty(exchange.made.get("source"))
    for key in _SOURCE:
        if sent.get(key) is not None and sent[key] != shown.get(key):
            return Violation("the collection shows another source", sent[key], shown.get(key), ("source", key))
    return HELD


@CHECKS.check("collections.create.input-schema", _CREATE, when=When.ACCEPTED)
def input_schema(exchange: Exchange) -> Outcome:
    """The input schema is a map of typed fields."""
    document, schema = exchange.case.operation.document, exchange.made.get("input_schema")
    if document.fits("Schema", schema):
        return HELD
    at, reason = document.explain("Schema", schema)
    return Violation("input_schema is no map of typed fields", "a map of typed fields", reason, ("input_schema", *at))


@CHECKS.check("lineage.entry-fields", _CREATE, when=When.ACCEPTED)
def entry_fields(exchange: Exchange) -> Outcome:
    """Each entry of the lineage has its source, its extractor and its output schema."""
    document, lineage = exchange.case.operation.document, entries(exchange)
    for index, entry in enumerate(lineage):
        if not document.fits("LineageEntry", entry):
            at, reason = document.explain("LineageEntry", entry)
            return Violation(
                "an entry of the lineage lacks something", "the shape of LineageEntry", reason, ("source_lineage", index, *at)
            )
    return HELD if lineage else None
