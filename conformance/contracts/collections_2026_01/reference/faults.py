"""The named faults of the edition's reference, by name: one bug each."""

from conformance.contracts.collections.reference.fault import NONE, Fault
from conformance.contracts.collections_2026_01.reference.batch_faults import BATCH_FAULTS
from conformance.contracts.collections_2026_01.reference.bucket_faults import BUCKET_FAULTS
from conformance.contracts.collections_2026_01.reference.collection_faults import COLLECTION_FAULTS
from conformance.contracts.collections_2026_01.reference.collection_operation_faults import COLLECTION_OPERATION_FAULTS
from conformance.contracts.collections_2026_01.reference.lineage_faults import LINEAGE_FAULTS, LIST_FAULTS
from conformance.contracts.collections_2026_01.reference.stale_faults import STALE_FAULTS

_TABLES = (COLLECTION_FAULTS, COLLECTION_OPERATION_FAULTS, BUCKET_FAULTS, LINEAGE_FAULTS, LIST_FAULTS, BATCH_FAULTS, STALE_FAULTS)
FAULTS: dict[str, Fault] = {fault.name: fault for table in _TABLES for fault in table}

__all__ = ["FAULTS", "NONE", "Fault"]
