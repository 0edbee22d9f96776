"""What a suite's scenario declares: the requirements it can show."""

from collections.abc import Callable
from typing import TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., None])
MARK = "exercises"


def exercises(*requirements: str) -> Callable[[F], F]:
    """Mark a scenario with the requirements it is there for, as ids or globs: `--only` selects by them, a crash is laid to them."""
    mark: Callable[[F], F] = getattr(pytest.mark, MARK)(*requirements)
    return mark
