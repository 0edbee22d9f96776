"""What is not read: what is no text in JSON or YAML, and what is more than anybody waits for."""

from typing import Final

MOST_VALUES: Final = 5_000_000
DEEPEST: Final = 300


class Unreadable(Exception):
    """A document is not read; the message says why in one line."""


def too_deep() -> Unreadable:
    """Return what is raised by a text that nests too deeply."""
    return Unreadable(f"nests more than {DEEPEST} levels deep")


def too_many(most: int = MOST_VALUES) -> Unreadable:
    """Return what is raised by a text that stands for more than `most` values."""
    return Unreadable(f"stands for more than {most:,} values")
