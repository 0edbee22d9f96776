"""Command-line arguments: a parser that reports an error in one line, and types for whole numbers."""

import argparse
from typing import NoReturn


class OneLineErrorParser(argparse.ArgumentParser):
    """A parser that reports an error in one line. The usage is shown by `--help` only."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and exit with 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def positive_integer(text: str) -> int:
    """Return a whole number greater than zero.

    Raises:
        ArgumentTypeError: the text is not such a number.

    """
    return _integer_from(1, text)


def non_negative_integer(text: str) -> int:
    """Return a whole number, zero or greater.

    Raises:
        ArgumentTypeError: the text is not such a number.

    """
    return _integer_from(0, text)


def _integer_from(minimum: int, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < minimum:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {minimum}")
    return int(text)
