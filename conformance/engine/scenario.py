"""What a suite's scenario declares: the requirements it can show, whether it draws by chance, and whether the shards of a run share it."""

from collections.abc import Callable
from typing import TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., None])
MARK, PARTS, CHANCE = "exercises", "in_parts", "by_chance"


def exercises(*requirements: str) -> Callable[[F], F]:
    """Mark a scenario with the requirements it is there for, as ids or globs: `--only` selects by them, a crash is laid to them."""
    mark: Callable[[F], F] = getattr(pytest.mark, MARK)(*requirements)
    return mark


def in_parts(scenario: F) -> F:
    """Mark a scenario that would make one shard of a run the slowest: each performs it, with its part of the examples (`Run.part`)."""
    marked: F = getattr(pytest.mark, PARTS)(scenario)
    return marked


def by_chance(scenario: F) -> F:
    """Mark a scenario whose requests are mostly drawn.

    A long run performs it again and again, each time with another seed and budget, and the shards of a run share its examples.
    """
    mark: Callable[[F], F] = getattr(pytest.mark, CHANCE)
    return mark(scenario)
