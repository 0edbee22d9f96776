"""The named faults of the reference, by name: one bug each."""

from conformance.contracts.collections.reference.core_faults import CORE_FAULTS
from conformance.contracts.collections.reference.fault import NONE, Fault
from conformance.contracts.collections.reference.interaction_faults import INTERACTION_FAULTS
from conformance.contracts.collections.reference.operand_faults import OPERAND_FAULTS
from conformance.contracts.collections.reference.profile_faults import PROFILE_FAULTS
from conformance.contracts.collections.reference.rule_faults import RULE_FAULTS
from conformance.contracts.collections.reference.side_effect_faults import SIDE_EFFECT_FAULTS

_TABLES = (CORE_FAULTS, RULE_FAULTS, PROFILE_FAULTS, INTERACTION_FAULTS, SIDE_EFFECT_FAULTS, OPERAND_FAULTS)
FAULTS: dict[str, Fault] = {fault.name: fault for table in _TABLES for fault in table}

__all__ = ["FAULTS", "NONE", "Fault"]
