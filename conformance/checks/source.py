"""Chapter source."""

from conformance.checks.promises import INVALID, refuses

refuses("source.requires-type", "source.type-enum")
refuses(
    "source.bucket-needs-bucket-id", "source.collection-needs-collection-id", "source.unknown-collection", statuses=(404, *INVALID)
)
