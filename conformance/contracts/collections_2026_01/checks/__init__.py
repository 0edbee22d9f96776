"""All checks of the edition: those of the first one that still hold, and its own, by chapter."""

from conformance.contracts.collections.checks import CHECKS as FIRST
from conformance.contracts.collections_2026_01.checks import collections
from conformance.engine.checks import Checks

_CHAPTERS = (collections,)


def without(gone: frozenset[str]) -> Checks:
    """Return the checks of the first edition without those of what is gone, and those of this one."""
    return Checks(FIRST, *(chapter.CHECKS for chapter in _CHAPTERS), scope=FIRST.scope, without=gone)
