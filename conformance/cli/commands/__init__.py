"""The commands, each a function from parsed options to an exit code, in the module of its name."""

import argparse
import importlib
from collections.abc import Callable

Command = Callable[[argparse.Namespace], int]


def command(name: str) -> Command:
    """Return a command; only what it needs is imported."""
    function: Command = getattr(importlib.import_module(f"{__name__}.{name}"), name)
    return function
