"""All named faults of the edition, by name."""

from collections.abc import Mapping

from conformance.contracts.collections.reference.fault import NONE, Fault

__all__ = ["FAULTS", "NONE", "Fault"]
FAULTS: Mapping[str, Fault] = {}
