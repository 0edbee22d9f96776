"""Chapter feature-extractors."""

from conformance.contracts.collections.checks.expectations import refuses
from conformance.contracts.collections.checks.round_trip import unchanged
from conformance.contracts.collections.operations import Operations
from conformance.engine.checks import Checks, Outcome, When
from conformance.evidence.exchange import Exchange

CHECKS = Checks()

refuses(
    CHECKS,
    "feature-extractors.requires-name",
    "feature-extractors.requires-version",
    "feature-extractors.output-type-enum",
    "feature-extractors.input-handling-enum",
    "feature-extractors.output-handling-enum",
    "feature-extractors.mappings-are-strings",
)


@CHECKS.check("feature-extractors.echoes-in-order", Operations.CREATE_COLLECTION, when=When.ECHOED)
def echoes_in_order(exchange: Exchange) -> Outcome:
    """The extractors come back in the given order."""
    return unchanged(exchange, "feature_extractors")
