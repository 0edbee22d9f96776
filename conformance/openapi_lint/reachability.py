"""How far validators must look: a schema that leads back to itself through fields reaches all others, a value only a few of them."""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

# What holds of the same value, and what holds of the values in it, one level down.
_SAME = frozenset({"not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas"})
_INSIDE = frozenset({
    "items", "prefixItems", "contains", "unevaluatedItems",
    "properties", "patternProperties", "additionalProperties", "propertyNames", "unevaluatedProperties",
})  # fmt: skip
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})


def height(value: Any) -> int:
    """Return how many levels of a JSON value are inside each other: 0 for a scalar or an empty container."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((1 + height(one) for one in inside), default=0)


def links(schema: Any, level: int = 0) -> Iterator[tuple[str, int]]:
    """Yield what a schema in normal form refers to, each with the level of the value that it holds of."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"], level
    for key, stated in schema.items():
        if key in _SAME or key in _INSIDE:
            for one in _schemas(key, stated):
                yield from links(one, level + (key in _INSIDE))


def _schemas(key: str, stated: Any) -> list[Any]:
    if key in _MAPS:
        return list(stated.values())
    return stated if isinstance(stated, list) else [stated]


def reached(start: Any, definitions: dict[str, list[tuple[str, int]]], levels: int) -> set[str]:
    """Return the definitions that a value of so many levels may be held against: those further down never are."""
    left = [(level, name) for name, level in links(start)]
    left.sort()
    found = set[str]()
    while left:
        level, name = heappop(left)
        if level > levels or name in found:
            continue
        found.add(name)
        for following, further in definitions[name]:
            heappush(left, (level + further, following))
    return found
