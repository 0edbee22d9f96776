"""`conformance explain`: what one requirement promises, and where that comes from."""

import argparse
import textwrap

from conformance.configuration.settings import find
from conformance.core.errors import Exit
from conformance.evidence.requirements import SOURCES


def explain(options: argparse.Namespace) -> int:
    """Print a requirement."""
    one = find(options.requirement)
    print(f"{one.id}  {one.level}")  # noqa: T201
    print(textwrap.fill(one.text, 88, initial_indent="  ", subsequent_indent="  "))  # noqa: T201
    print(f"\nprofile  {one.profile}\nsubject  {one.subject}")  # noqa: T201
    for need in one.needs:
        print(f"needs    the profile {need.replace('|', ' or ')}, without which nothing could show it")  # noqa: T201
    for letter in one.source:
        print(f"source   {SOURCES[letter]}")  # noqa: T201
    if one.not_tested:
        print(f"not tested: {one.not_tested}")  # noqa: T201
    return Exit.CONFORMING
