"""Which schemas a value can reach: one that leads back to itself through fields reaches all others, but a value has only a few levels."""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

# Keywords about the same value, and keywords about the values in it, one level down.
_SAME_VALUE = frozenset({"not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas"})
_INSIDE = frozenset({
    "items", "prefixItems", "contains", "unevaluatedItems",
    "properties", "patternProperties", "additionalProperties", "propertyNames", "unevaluatedProperties",
})  # fmt: skip
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})


def height(value: Any) -> int:
    """Return how many levels a JSON value has: 0 for a scalar or an empty container."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((1 + height(item) for item in inside), default=0)


def links(schema: Any, level: int = 0) -> Iterator[tuple[str, int]]:
    """Yield the references of a normalized schema, each with the level of the value that it applies to."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"], level
    for key, stated in schema.items():
        if key in _SAME_VALUE or key in _INSIDE:
            for nested in _schemas(key, stated):
                yield from links(nested, level + (key in _INSIDE))


def _schemas(key: str, stated: Any) -> list[Any]:
    if key in _MAPS:
        return list(stated.values())
    return stated if isinstance(stated, list) else [stated]


def reached(start: Any, definitions: dict[str, list[tuple[str, int]]], levels: int) -> set[str]:
    """Return the definitions that apply to a value of so many levels, or to a part of it."""
    waiting = sorted((level, name) for name, level in links(start))
    near = set[str]()
    while waiting:
        level, name = heappop(waiting)
        if level > levels or name in near:
            continue
        near.add(name)
        for following, further in definitions[name]:
            heappush(waiting, (level + further, following))
    return near
