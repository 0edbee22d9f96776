"""`conformance matrix`: implementations side by side on one page, with a badge for each."""

import argparse

from conformance import records
from conformance.cli.commands._output import write
from conformance.cli.commands._target import contract_of
from conformance.core import resources
from conformance.core.errors import Exit, UsageError
from conformance.evidence import features
from conformance.reporting import badge, contract_page, submission
from conformance.reporting.contract_page import CONTRACT_PAGE


def matrix(options: argparse.Namespace) -> int:
    """Return 0 when the page is written."""
    from conformance.reporting import matrix as page

    contract = contract_of(options)
    submissions = [each for path in options.records for each in submission.read(path, records.read)]
    in_words, badges = None if contract.text_file is None else CONTRACT_PAGE, options.output / "badges"
    text = page.render(submissions, features.read(contract.features_file), in_words)
    try:
        badges.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {options.output}: {error.strerror or error}") from None
    write(options.output / "index.html", text)
    if contract.text_file is not None:
        write(options.output / CONTRACT_PAGE, contract_page.render(resources.find(contract.text_file).read_text("utf-8")))
    for each in submissions:
        write(badges / f"{each.slug}.json", badge.render(each.results))
        write(badges / f"{each.slug}.svg", badge.svg(each.results))
    print(f"{len(submissions)} implementation{'' if len(submissions) == 1 else 's'}\n{options.output / 'index.html'}")  # noqa: T201
    return Exit.CONFORMING
