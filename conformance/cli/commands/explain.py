"""`conformance explain`: print the text, level, profile and source of a requirement."""

import argparse

from conformance.cli.commands._output import show
from conformance.cli.commands._target import contract_of
from conformance.configuration.settings import find
from conformance.core.errors import Exit


def explain(options: argparse.Namespace) -> int:
    """Print a requirement and return 0."""
    contract = contract_of(options)
    requirement = find(options.requirement, contract.api.requirements)
    lines = [f"{requirement.id}  {requirement.level}", f"  {requirement.text}", ""]
    lines += [f"profile  {requirement.profile}", f"subject  {requirement.subject}"]
    lines += [
        f"needs    the profile {need.replace('|', ' or ')}, without which nothing could show it" for need in requirement.needs
    ]
    lines += [f"source   {contract.sources[letter]}" for letter in requirement.source]
    lines += [f"not tested: {requirement.not_tested}"] if requirement.not_tested else []
    show(lines)
    return Exit.CONFORMING
