"""Arguments: whole numbers that are what they must be, and a parser that says in one line what is wrong."""

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line: the usage is what `--help` is for."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def positive(text: str) -> int:
    """Return a whole number above zero.

    Raises:
        ArgumentTypeError: it is none.

    """
    return _at_least(1, text)


def natural(text: str) -> int:
    """Return a whole number that is not negative.

    Raises:
        ArgumentTypeError: it is none.

    """
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} on")
    return int(text)
