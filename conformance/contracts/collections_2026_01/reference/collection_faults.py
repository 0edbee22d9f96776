"""Named faults of creating a collection, in the edition of 2026-01."""

from conformance.contracts.collections.reference.fault import Fault

COLLECTION_FAULTS: tuple[Fault, ...] = ()
