"""Why a document is not read: it is neither JSON nor YAML, or it is too large."""

from typing import Final

MOST_VALUES: Final = 5_000_000
DEEPEST: Final = 300


class Unreadable(Exception):
    """A document is not read; the message says why in one line."""


def too_deep() -> Unreadable:
    """Return the error for a text that nests too deeply."""
    return Unreadable(f"nests more than {DEEPEST} levels deep")


def too_many(most: int = MOST_VALUES) -> Unreadable:
    """Return the error for a text that stands for more than `most` values."""
    return Unreadable(f"stands for more than {most:,} values")
