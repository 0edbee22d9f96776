"""Results that a run has written, read back: for tools that gate on them or compare them."""

from pathlib import Path

from conformance.evidence import results_file
from conformance.evidence.requirements import Level
from conformance.evidence.results import Cause, Example, Manifest, Results, Row, Status, Verdict
from conformance.runner import contracts

__all__ = ["Cause", "Example", "Level", "Manifest", "Results", "Row", "Status", "Verdict", "read"]


def read(path: Path) -> Results:
    """Return the results that a `results.json` holds, of this format or an older one.

    Raises:
        UsageError: it cannot be read, or is no record.

    """
    # Until format 3 there was one contract, and records left what it says to be looked up.
    return results_file.read(path, contracts.load(contracts.DEFAULT).api.requirements)
