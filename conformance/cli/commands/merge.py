"""`conformance merge`: the shards of a run joined into one record, with one verdict."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance import records
from conformance.cli.commands.run import EXITS, tell_github, tell_lacking
from conformance.core import json_text, resources
from conformance.core.errors import Exit, UsageError
from conformance.engine import routes
from conformance.evidence.record import EXCHANGES
from conformance.reporting import files, terminal
from conformance.runner import contracts, merging, output_folder, shard_records
from conformance.runner.shard_records import ShardRecord


def merge(options: argparse.Namespace) -> int:
    """Join records and return the exit code of their verdict."""
    json_text.allow_depth()
    output: Path = options.output
    shards = shard_records.read(options.records, output, records.read)
    _check_place(output, shards)
    manifest = shards[0].manifest
    contract = routes.served(contracts.load(manifest.contract.name), manifest.routes or {})
    results = merging.joined(shards, contract)
    text = None if contract.text_file is None else resources.find(contract.text_file).read_text("utf-8")
    with output_folder.held(output.parent):
        try:
            written = files.write(results, output.parent, text, record=output.name)
            lacking = merging.join_exchanges(shards, output.parent)
        except OSError as error:
            raise UsageError(f"--output {output}: {error.strerror or error}") from None
    paths = [str(file) for file in written.paths]
    paths += [str(output.parent / EXCHANGES)] if len(lacking) < len(shards) else []
    terminal.show(results, files=paths)
    tell_lacking(written.lacking)
    _tell_lacking_exchanges(lacking)
    tell_github(results, paths)
    return Exit.INCOMPLETE if written.lacking else EXITS[results.verdict]


def _check_place(output: Path, shards: Sequence[ShardRecord]) -> None:
    """Check that no report of a shard is replaced.

    Raises:
        UsageError: the output is a folder, or is beside the record of a shard.

    """
    if output.is_dir():
        raise UsageError(f"--output {output}: a folder; name a file, such as {output / 'results.json'}")
    for shard in shards:
        if shard.file.resolve().parent == output.resolve().parent:
            raise UsageError(f"--output {output}: the reports beside {shard.file} would be replaced; name a file in another folder")


def _tell_lacking_exchanges(lacking: Sequence[Path]) -> None:
    for file in lacking:
        print(f"conformance: the exchanges of {file} are not joined: no {EXCHANGES} is beside it", file=sys.stderr)  # noqa: T201
