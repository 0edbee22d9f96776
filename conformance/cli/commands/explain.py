"""`conformance explain`: print the text, level, profile and source of a requirement."""

import argparse
import textwrap

from conformance.cli.commands._target import contract_of
from conformance.configuration.settings import find
from conformance.core.errors import Exit


def explain(options: argparse.Namespace) -> int:
    """Print a requirement and return 0."""
    contract = contract_of(options)
    requirement = find(options.requirement, contract.api.requirements)
    print(f"{requirement.id}  {requirement.level}")  # noqa: T201
    print(textwrap.fill(requirement.text, 88, initial_indent="  ", subsequent_indent="  "))  # noqa: T201
    print(f"\nprofile  {requirement.profile}\nsubject  {requirement.subject}")  # noqa: T201
    for need in requirement.needs:
        print(f"needs    the profile {need.replace('|', ' or ')}, without which nothing could show it")  # noqa: T201
    for letter in requirement.source:
        print(f"source   {contract.sources[letter]}")  # noqa: T201
    if requirement.not_tested:
        print(f"not tested: {requirement.not_tested}")  # noqa: T201
    return Exit.CONFORMING
