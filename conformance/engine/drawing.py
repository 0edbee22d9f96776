"""How Hypothesis draws for a run: what is sent depends on the seed alone; finding and shrinking are ours."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.internal.conjecture import providers
from hypothesis.strategies._internal import utils

# All that a profile of the user's own tests could change.
DRAWN: dict[str, Any] = {
    "backend": "hypothesis",
    "database": None,
    "deadline": None,
    "derandomize": False,
    "phases": [Phase.generate],
    "print_blob": False,
    "suppress_health_check": list(HealthCheck),
    "verbosity": Verbosity.normal,
}


def forget_strategies() -> None:
    """Let go of the strategies that Hypothesis keeps for the next use: what one round has made is of no use in another.

    A version without this cache keeps none, or does so under another name, and is bounded by it.
    """
    getattr(utils, "clear_strategy_cache", lambda: None)()


_drawing = 0
_replaced = ExitStack()


@contextmanager
def by_seed_alone() -> Iterator[None]:
    """Draw without constants, as `_without_constants` says; several strands may at a time."""
    global _drawing  # noqa: PLW0603 - what is replaced is Hypothesis' own module
    if not _drawing:
        _replaced.enter_context(_without_constants())
    _drawing += 1
    try:
        yield
    finally:
        _drawing -= 1
        if not _drawing:
            _replaced.close()


@contextmanager
def _without_constants() -> Iterator[None]:
    """Draw without the constants that Hypothesis reads from the source of whatever modules are loaded.

    They are the application's under test, or the user's own tests': with them a change there would change what a seed sends. No
    setting turns them off, so their source in Hypothesis is replaced, and the cache of what was read before; a version without
    these names has no such constants, or a test fails (tests/test_isolation.py).
    """
    none: Any = getattr(providers, "Constants", dict)()
    caches = getattr(providers, "CONSTANTS_CACHE", None)
    with ExitStack() as stack:
        if hasattr(providers, "_get_local_constants"):
            stack.enter_context(patch.object(providers, "_get_local_constants", lambda: none))
        if caches is not None:
            stack.enter_context(patch.object(providers, "CONSTANTS_CACHE", type(caches)(caches.max_size)))
        yield
