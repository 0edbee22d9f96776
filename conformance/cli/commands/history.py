"""`conformance history`: a target's runs over time."""

import argparse

from conformance import records
from conformance.cli.commands._output import write
from conformance.core.errors import Exit, UsageError
from conformance.evidence.results_file import RESULTS
from conformance.reporting import history as page


def history(options: argparse.Namespace) -> int:
    """Return 0 when what broke when is told."""
    files = sorted(options.folder.rglob(RESULTS))
    if not files:
        raise UsageError(f"{options.folder}: no {RESULTS} is in it")
    # A shard is a part of a run; the joined record is the run.
    runs = [results for results in map(records.read, files) if results.manifest.part is None]
    if not runs:
        raise UsageError(f"{options.folder}: only shards are in it; conformance merge makes a run of them")
    all_series = page.series(runs)
    print(page.text(all_series), end="")  # noqa: T201
    if options.output is not None:
        write(options.output, page.html(all_series))
        print(options.output)  # noqa: T201
    return Exit.CONFORMING
