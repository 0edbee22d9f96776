"""`conformance faults`: the named bugs that the reference can be served with."""

import argparse
import sys
from collections import Counter

from conformance.core.errors import Exit


def faults(_options: argparse.Namespace) -> int:
    """Print a line a fault: its name, how rarely its trigger comes, and the requirement that it breaks."""
    from conformance.contracts.collections.reference.faults import FAULTS

    width = max(map(len, FAULTS))
    for fault in FAULTS.values():
        print(f"{fault.name:<{width}} {fault.trigger:<6} {fault.breaks}")  # noqa: T201
    triggers = Counter(fault.trigger for fault in FAULTS.values())
    print(f"{len(FAULTS)} faults: {', '.join(f'{count} {name}' for name, count in triggers.items())}", file=sys.stderr)  # noqa: T201
    return Exit.CONFORMING
