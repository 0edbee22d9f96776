"""`conformance faults`: list the bugs that the reference implementation can be served with."""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping

from conformance.cli.commands._target import contract_of
from conformance.core.errors import Exit, UsageError
from conformance.engine.contract import Fault, Reference


def faults(options: argparse.Namespace) -> int:
    """Print one line for each fault: its name, how rarely its trigger occurs, and the requirement that it breaks."""
    known_faults = faults_of(reference_of(options))
    width = max(map(len, known_faults), default=0)
    for fault in known_faults.values():
        print(f"{fault.name:<{width}} {fault.trigger:<6} {fault.breaks}")  # noqa: T201
    triggers = Counter(fault.trigger for fault in known_faults.values())
    print(f"{len(known_faults)} faults: {', '.join(f'{count} {name}' for name, count in triggers.items())}", file=sys.stderr)  # noqa: T201
    return Exit.CONFORMING


def reference_of(options: argparse.Namespace) -> Reference:
    """Return the reference implementation of the contract that the options name.

    Raises:
        UsageError: the contract has none.

    """
    contract = contract_of(options)
    if contract.reference is None:
        raise UsageError(f"the contract {contract.name} brings no reference implementation")
    return contract.reference


def faults_of(reference: Reference) -> Mapping[str, Fault]:
    """Return the faults of a reference implementation by name."""
    return reference.faults()
