"""`conformance matrix`: implementations side by side on one page, with a badge for each."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from conformance import records
from conformance.cli.commands._target import contract_of
from conformance.core.errors import Exit, UsageError
from conformance.core.whole_files import write_whole
from conformance.evidence import features
from conformance.reporting import badge, submission
from conformance.reporting.submission import Submission


def matrix(options: argparse.Namespace) -> int:
    """Return 0 when the page is written."""
    from conformance.reporting import matrix as page

    contract = contract_of(options)
    submissions = [each for path in options.records for each in submission.read(path, records.read)]
    if not submissions:
        raise UsageError("no record is given")
    try:
        text = page.render(submissions, features.read(contract.features_file))
        paths = [_written(options.output / "index.html", text), *_badges(submissions, options.output / "badges")]
    except OSError as error:
        raise UsageError(f"--output {options.output}: {error.strerror or error}") from None
    print(f"{len(submissions)} implementation{'' if len(submissions) == 1 else 's'}\n{paths[0]}")  # noqa: T201
    return Exit.CONFORMING


def _badges(submissions: Sequence[Submission], folder: Path) -> list[Path]:
    written = []
    for each in submissions:
        written += [
            _written(folder / f"{each.slug}.json", badge.render(each.results)),
            _written(folder / f"{each.slug}.svg", badge.svg(each.results)),
        ]
    return written


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    return path
