"""The named faults of the reference, by name: one bug each."""

from conformance.contracts.collections.reference.core_faults import CORE
from conformance.contracts.collections.reference.fault import NONE, Fault
from conformance.contracts.collections.reference.interaction_faults import MEETINGS
from conformance.contracts.collections.reference.operand_faults import OPERANDS
from conformance.contracts.collections.reference.profile_faults import PROFILES
from conformance.contracts.collections.reference.rule_faults import RULES
from conformance.contracts.collections.reference.side_effect_faults import NEIGHBOURS

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (*CORE, *RULES, *PROFILES, *MEETINGS, *NEIGHBOURS, *OPERANDS)}

__all__ = ["FAULTS", "NONE", "Fault"]
