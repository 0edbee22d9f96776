"""Chapter source."""

from conformance.checks.promises import INVALID, refuses

refuses("source.requires-type", "source.type-enum", "source.bucket-needs-bucket-id", "source.collection-needs-collection-id")
refuses("source.unknown-collection", statuses=(404, *INVALID))
