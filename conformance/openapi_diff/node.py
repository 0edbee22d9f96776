"""Two schemas that are compared, and what one level of them shows."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from conformance.core.pointers import Pointer
from conformance.openapi_diff.change import Change, Side
from conformance.openapi_lint.alternatives import Alternative, SchemaPlaces

# Schemas of which any may hold.
Options: TypeAlias = tuple[SchemaPlaces, ...]
ANYTHING: Options = ((),)
"""No schema at all, so that any value fits."""


class Node(NamedTuple):
    """Two schemas to be compared, and who sends their values."""

    old: Options
    new: Options
    side: Side


class Child(NamedTuple):
    """Two schemas inside others, and the step that leads to them: a field's name, `[]` to items, `*` to fields without names."""

    step: str
    node: Node


class Level(NamedTuple):
    """What one level showed; `is_unknown` if one of the schemas cannot be read, so that nothing was compared."""

    changes: tuple[Change, ...] = ()
    children: tuple[Child, ...] = ()
    is_unknown: bool = False


class Both(NamedTuple):
    """The alternatives of two schemas, which values each takes, and the places to name where no keyword has one of its own."""

    old: list[Alternative]
    new: list[Alternative]
    side: Side
    old_takes: Callable[[Any], bool]
    new_takes: Callable[[Any], bool]
    old_place: Pointer
    new_place: Pointer


def first_place(options: Options) -> Pointer:
    """Return the place of the first schema, if there is any."""
    return next((place for places in options for place in places), ())
