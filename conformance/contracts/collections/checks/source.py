"""Chapter source: what a collection is made from."""

from conformance.contracts.collections.checks.expectations import INVALID, MAY_BE_MISSED, refuses
from conformance.engine.checks import Checks

CHECKS = Checks()

refuses(CHECKS, "source.requires-type", "source.type-enum")
refuses(CHECKS, *sorted(MAY_BE_MISSED), statuses=(404, *INVALID))
