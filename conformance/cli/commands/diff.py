"""`conformance diff`: what changed from one run to another."""

import argparse

from conformance import records
from conformance.cli.commands._output import write
from conformance.core.errors import Exit, UsageError
from conformance.evidence.results import Manifest, Verdict
from conformance.reporting import editions
from conformance.reporting.comparison import compare
from conformance.reporting.difference import FORMATS


def diff(options: argparse.Namespace) -> int:
    """Return 1 if anything that bound got worse, 4 if the new run is incomplete, and 0 otherwise."""
    old, new = records.read(options.old), records.read(options.new)
    _check_contracts(options, old.manifest, new.manifest)
    comparison = compare(old, new)
    text = FORMATS[options.format](comparison)
    if options.output is None:
        print(text, end="")  # noqa: T201
    else:
        write(options.output, text)
    if comparison.is_worse:
        return Exit.NOT_CONFORMING
    return Exit.INCOMPLETE if new.verdict is Verdict.INCOMPLETE else Exit.CONFORMING


def _check_contracts(options: argparse.Namespace, old: Manifest, new: Manifest) -> None:
    if editions.family(old) != editions.family(new):
        by = f"{options.old} was judged by {old.contract.name}, {options.new} by {new.contract.name}"
        raise UsageError(f"{by}: they have nothing in common that could be compared")
