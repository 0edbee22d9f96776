"""`conformance matrix`: implementations side by side on one page, with a badge for each."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from conformance import records
from conformance.cli.commands._output import write
from conformance.core import resources
from conformance.core.errors import Exit, UsageError
from conformance.engine.contract import Contract
from conformance.evidence import features
from conformance.reporting import badge, contract_page, submission
from conformance.reporting.contract_page import CONTRACT_PAGE
from conformance.reporting.submission import Submission
from conformance.runner import contracts


def matrix(options: argparse.Namespace) -> int:
    """Return 0 when the page is written."""
    from conformance.reporting import matrix as page

    submissions = [each for path in options.records for each in submission.read(path, records.read)]
    name, badges = options.contract or contracts.DEFAULT, options.output / "badges"
    editions = _editions(name, submissions)
    # An edition's file has what it adds to those of the others; a feature of which nothing was judged is not shown.
    known = features.together(*(features.read(contract.features_file) for contract in contracts.family(name)))
    in_words = _in_words(editions)
    text = page.render(submissions, known, {name: file for name, (file, _text) in in_words.items()})
    try:
        badges.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {options.output}: {error.strerror or error}") from None
    write(options.output / "index.html", text)
    for file, contract_text in in_words.values():
        write(options.output / file, contract_page.render(contract_text))
    for each in submissions:
        write(badges / f"{each.slug}.json", badge.render(each.results))
        write(badges / f"{each.slug}.svg", badge.svg(each.results))
    print(f"{len(submissions)} implementation{'' if len(submissions) == 1 else 's'}\n{options.output / 'index.html'}")  # noqa: T201
    return Exit.CONFORMING


def _editions(name: str, submissions: Sequence[Submission]) -> dict[str, Contract[Any]]:
    """Return the contract of that name and its other editions, as far as records were judged by them, by their names, the oldest first."""
    judged_by = {each.results.manifest.contract.name for each in submissions}
    chosen = [edition for edition in contracts.names(name) if edition in judged_by] or [name]
    return {edition: contracts.load(edition) for edition in chosen}


def _in_words(editions: Mapping[str, Contract[Any]]) -> dict[str, tuple[str, str]]:
    """Return for each edition the file of its page, and its text in words; that of the oldest has the plain name."""
    written: dict[str, tuple[str, str]] = {}
    for name, contract in editions.items():
        if contract.text_file is not None:
            file = CONTRACT_PAGE.replace(".", f"-{name.partition('@')[2]}.") if written else CONTRACT_PAGE
            written[name] = (file, resources.find(contract.text_file).read_text("utf-8"))
    return written
