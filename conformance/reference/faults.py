"""The named faults of the reference, by name: one bug each."""

from conformance.reference.core_faults import CORE
from conformance.reference.fault import NONE, Fault
from conformance.reference.meeting_faults import MEETINGS
from conformance.reference.neighbour_faults import NEIGHBOURS
from conformance.reference.operand_faults import OPERANDS
from conformance.reference.profile_faults import PROFILES
from conformance.reference.rule_faults import RULES

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (*CORE, *RULES, *PROFILES, *MEETINGS, *NEIGHBOURS, *OPERANDS)}

__all__ = ["FAULTS", "NONE", "Fault"]
