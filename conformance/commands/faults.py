"""`conformance faults`: the named bugs that the reference can be served with."""

import argparse

from conformance.errors import Exit


def faults(_options: argparse.Namespace) -> int:
    """Print a line a fault: its name, how rarely its trigger comes, and the requirement that it breaks."""
    from conformance.reference.faults import FAULTS

    for fault in FAULTS.values():
        print(f"{fault.name:<34} {fault.trigger:<7} {fault.breaks}")  # noqa: T201
    return Exit.CONFORMING
