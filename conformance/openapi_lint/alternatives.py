"""Schemas as alternatives: each `Form` is what holds together, with references followed and no choice left."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any, TypeAlias

from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.schemas import TYPES, Schemas, is_usable

# Schemas that hold of the same value, each by its place.
Node: TypeAlias = tuple[Pointer, ...]
Parts: TypeAlias = tuple[tuple[Pointer, dict[str, Any]], ...]

_MOST = 64
_NULL = {"type": "null"}
_UNKNOWN = {"$ref": "nobody knows where"}
_BY_TYPE = {
    "object": ("properties", "required", "additionalProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
}


@dataclass(frozen=True)
class Form:
    """One alternative: the flat schemas that all hold, by their places."""

    parts: Parts

    def all(self, key: str) -> Iterator[tuple[Pointer, Any]]:
        """Yield each value of a keyword that says what it may say, with its place."""
        for place, schema in self.parts:
            if key in schema:
                yield (*place, key), schema[key]

    @cached_property
    def is_unknown(self) -> bool:
        """Whether a reference in it leads nowhere, so that nothing can be said about it."""
        return any(schema is _UNKNOWN for _place, schema in self.parts)

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types of its values; an integer is a number too."""
        found = set(TYPES)
        for _place, stated in self.all("type"):
            if is_usable("type", stated):
                names = {stated} if isinstance(stated, str) else set(stated)
                found &= names | ({"integer"} if "number" in names else set())
        if self.values is not None:
            found &= {_type(value) for value in self.values} | ({"number"} if any(type(v) is int for v in self.values) else set())
        if found == set(TYPES):
            found = self._implied() or found
        return frozenset(found)

    def _implied(self) -> set[str]:
        return {name for name, keys in _BY_TYPE.items() if any(key in schema for _place, schema in self.parts for key in keys)}

    @cached_property
    def is_open(self) -> bool:
        """Whether nothing at all is said of the type."""
        return self.types == set(TYPES)

    @cached_property
    def values(self) -> tuple[Any, ...] | None:
        """The only values that it has, or None if they are not listed."""
        lists = [stated for _place, stated in self.all("enum") if is_usable("enum", stated)]
        lists += [[stated] for _place, stated in self.all("const")]
        if not lists:
            return None
        others = [{dumps(value) for value in one} for one in lists[1:]]
        return tuple(value for value in lists[0] if all(dumps(value) in one for one in others))

    @cached_property
    def properties(self) -> dict[str, Node]:
        """Its named fields."""
        found: dict[str, Node] = {}
        for place, stated in self.all("properties"):
            for name in stated if isinstance(stated, dict) else ():
                found[name] = (*found.get(name, ()), (*place, name))
        return found

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that it must have."""
        return frozenset(name for _place, stated in self.all("required") if is_usable("required", stated) for name in stated)

    @cached_property
    def items(self) -> Node:
        """What the items of a list are; nothing if nothing is said."""
        return tuple(place for place, stated in self.all("items") if isinstance(stated, dict))

    @cached_property
    def others(self) -> Node | bool | None:
        """What other fields may be: a schema, anything (True), nothing (False), or None if nothing is said.

        Beside `patternProperties`, nothing for the others is still something for those with such names.
        """
        stated = [*self.all("additionalProperties"), *self.all("unevaluatedProperties")]
        if any(value is False for _place, value in stated):
            return self.first("patternProperties") is not MISSING
        nodes = tuple(place for place, value in stated if isinstance(value, dict) and value)
        return nodes or (True if stated else None)

    def first(self, key: str) -> Any:
        """Return the first value of a keyword, or `MISSING`."""
        return next((value for _place, value in self.all(key)), MISSING)


class Forms:
    """The forms of a document's schemas."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self._known: dict[Node, list[Form]] = {}
        self._expansions: dict[Pointer, list[Parts]] = {}

    def of(self, node: Node) -> list[Form]:
        """Return the alternatives of schemas that hold together; an unknown one if there are none, or too many to look at."""
        if node not in self._known:
            combined = islice(product(*(self._expanded(place) for place in node)), _MOST + 1)
            forms = [Form(_joined(parts)) for parts in combined]
            possible = [form for form in forms if form.types]
            self._known[node] = possible if 0 < len(possible) <= _MOST else [Form(((node[0], _UNKNOWN),))]
        return self._known[node]

    def _expanded(self, place: Pointer) -> list[Parts]:
        """Return the parts of each alternative; what is being expanded already is unknown, for it can only be a circle."""
        if place not in self._expansions:
            self._expansions[place] = [((place, _UNKNOWN),)]
            self._expansions[place] = self._expand(place, self.schemas.document.get(place))
        return self._expansions[place]

    def _expand(self, place: Pointer, schema: Any) -> list[Parts]:
        if not isinstance(schema, dict):
            return [()]
        target = self.schemas.places.targets.get(place)
        if target is not None and self.schemas.document.is_3_0:
            return self._expanded(target)
        if (target is None and "$ref" in schema) or place in self.schemas.places.dynamic:
            return [((place, _UNKNOWN),)]
        choices = [[((place, schema),)]] + ([self._expanded(target)] if target is not None else [])
        choices += [self._expanded((*place, "allOf", index)) for index in _indexes(schema, "allOf")]
        for key in "anyOf", "oneOf":
            if indexes := _indexes(schema, key):
                choices.append([one for index in indexes for one in self._expanded((*place, key, index))])
        found = [_joined(parts) for parts in islice(product(*choices), _MOST + 1)]
        return [*found, (((*place, "nullable"), _NULL),)] if schema.get("nullable") is True else found


def _joined(parts: tuple[Parts, ...]) -> Parts:
    """Put the parts of one alternative together, each once."""
    return tuple({place: (place, schema) for one in parts for place, schema in one}.values())


def _indexes(schema: dict[str, Any], key: str) -> range:
    return range(len(schema[key])) if isinstance(schema.get(key), list) else range(0)


def _type(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
