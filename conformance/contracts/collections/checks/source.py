"""Chapter source."""

from conformance.contracts.collections.checks.expectations import INVALID, MAY_BE_MISSED, refuses

refuses("source.requires-type", "source.type-enum")
refuses(*sorted(MAY_BE_MISSED), statuses=(404, *INVALID))
