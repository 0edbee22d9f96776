"""`conformance explain`: print the text, level, profile and source of a requirement, and which editions of the contract have it."""

import argparse
from collections.abc import Iterator
from typing import Any

from conformance.cli.commands._output import show
from conformance.configuration.settings import find
from conformance.core.errors import Exit
from conformance.engine.contract import Contract
from conformance.evidence.editions import everywhere, fate
from conformance.evidence.requirements import Requirement
from conformance.runner import contracts


def explain(options: argparse.Namespace) -> int:
    """Print a requirement, in the words of the edition that was asked for if that has it, and return 0."""
    name = options.contract or contracts.DEFAULT
    rows_of = {edition.name: edition.api.requirements for edition in contracts.family(name)}
    identifier = find(options.requirement, everywhere(rows_of)).id
    having = next(edition for edition in contracts.editions(name) if identifier in edition.api.requirements)
    lines = [*_lines(having.api.requirements[identifier], having)]
    lines += [f"edition  {edition}: {what}" for edition, what in fate(identifier, rows_of)] if len(rows_of) > 1 else []
    show(lines)
    return Exit.CONFORMING


def _lines(requirement: Requirement, contract: Contract[Any]) -> Iterator[str]:
    yield from (f"{requirement.id}  {requirement.level}", f"  {requirement.text}", "")
    yield from (f"profile  {requirement.profile}", f"subject  {requirement.subject}")
    for need in requirement.needs:
        yield f"needs    the profile {need.replace('|', ' or ')}, without which nothing could show it"
    yield from (f"source   {contract.sources[letter]}" for letter in requirement.source)
    if requirement.not_tested:
        yield f"not tested: {requirement.not_tested}"
