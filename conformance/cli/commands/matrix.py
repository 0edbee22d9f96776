"""`conformance matrix`: implementations side by side on one page, with a badge for each."""

import argparse

from conformance import records
from conformance.cli.commands._output import write
from conformance.cli.commands._target import contract_of
from conformance.core.errors import Exit, UsageError
from conformance.evidence import features
from conformance.reporting import badge, submission


def matrix(options: argparse.Namespace) -> int:
    """Return 0 when the page is written."""
    from conformance.reporting import matrix as page

    contract = contract_of(options)
    submissions = [each for path in options.records for each in submission.read(path, records.read)]
    text, badges = page.render(submissions, features.read(contract.features_file)), options.output / "badges"
    try:
        badges.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {options.output}: {error.strerror or error}") from None
    write(options.output / "index.html", text)
    for each in submissions:
        write(badges / f"{each.slug}.json", badge.render(each.results))
        write(badges / f"{each.slug}.svg", badge.svg(each.results))
    print(f"{len(submissions)} implementation{'' if len(submissions) == 1 else 's'}\n{options.output / 'index.html'}")  # noqa: T201
    return Exit.CONFORMING
