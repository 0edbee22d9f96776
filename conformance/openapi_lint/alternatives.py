"""Schemas as lists of alternatives: in each, all schemas hold together, with references followed and no choice left."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any, TypeAlias

from conformance.core.json_text import dumps
from conformance.core.pointers import MISSING, Pointer
from conformance.openapi_lint.keywords import is_valid_keyword
from conformance.openapi_lint.schemas import Schemas
from conformance.openapi_lint.type_names import TYPES, type_of

# The places of schemas that all hold of one value.
SchemaPlaces: TypeAlias = tuple[Pointer, ...]
Parts: TypeAlias = tuple[tuple[Pointer, dict[str, Any]], ...]

_MOST = 64
# How far references, choices and parts of `allOf` are followed for one value; a longer way is nobody's design.
_DEEPEST = 60
_NULL = {"type": "null"}
_UNKNOWN = {"$ref": "a reference that is not followed"}
_BY_TYPE = {
    "object": ("properties", "required", "additionalProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
}


@dataclass(frozen=True)
class Alternative:
    """One alternative: schemas that all hold, each with its place and without references or choices."""

    parts: Parts

    def values_of(self, key: str) -> Iterator[tuple[Pointer, Any]]:
        """Yield each value that a keyword has, with its place."""
        for place, schema in self.parts:
            if key in schema:
                yield (*place, key), schema[key]

    def first(self, key: str) -> Any:
        """Return the first value of a keyword, or `MISSING`."""
        return next((value for _place, value in self.values_of(key)), MISSING)

    @cached_property
    def is_unknown(self) -> bool:
        """Whether it holds a reference that could not be followed, so that nothing is known about its values."""
        return any(schema is _UNKNOWN for _place, schema in self.parts)

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types of its values; an integer is a number, too."""
        types = set(TYPES)
        for _place, stated in self.values_of("type"):
            if is_valid_keyword("type", stated):
                names = {stated} if isinstance(stated, str) else set(stated)
                types &= names | ({"integer"} if "number" in names else set())
        if self.values is not None:
            types &= _types_of(self.values)
        if types == set(TYPES):
            types = self._implied_types() or types
        return frozenset(types)

    def _implied_types(self) -> set[str]:
        """Return the types that its keywords are about."""
        return {name for name, keys in _BY_TYPE.items() if any(key in schema for _place, schema in self.parts for key in keys)}

    @cached_property
    def is_untyped(self) -> bool:
        """Whether it does not limit the type."""
        return self.types == set(TYPES)

    @cached_property
    def values(self) -> tuple[Any, ...] | None:
        """The only values that it has, or None if they are not listed."""
        lists = [stated for _place, stated in self.values_of("enum") if is_valid_keyword("enum", stated)]
        lists += [[stated] for _place, stated in self.values_of("const")]
        if not lists:
            return None
        others = [{dumps(value) for value in values} for values in lists[1:]]
        return tuple(value for value in lists[0] if all(dumps(value) in values for values in others))

    @cached_property
    def properties(self) -> dict[str, SchemaPlaces]:
        """The schemas of its named fields."""
        properties: dict[str, SchemaPlaces] = {}
        for place, stated in self.values_of("properties"):
            for name in stated if isinstance(stated, dict) else ():
                properties[name] = (*properties.get(name, ()), (*place, name))
        return properties

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that it must have."""
        lists = [stated for _place, stated in self.values_of("required") if is_valid_keyword("required", stated)]
        return frozenset(name for names in lists for name in names)

    @cached_property
    def items(self) -> SchemaPlaces:
        """The schemas of a list's items; none if nothing is said about them."""
        return tuple(place for place, stated in self.values_of("items") if isinstance(stated, dict))

    @cached_property
    def additional(self) -> SchemaPlaces | bool | None:
        """What fields that are not named may be: a schema, anything (True), not there (False), or None if nothing is said.

        Beside `patternProperties`, False forbids only names that match no pattern, so that some are possible.
        """
        stated = [*self.values_of("additionalProperties"), *self.values_of("unevaluatedProperties")]
        if any(value is False for _place, value in stated):
            return self.first("patternProperties") is not MISSING
        places = tuple(place for place, value in stated if isinstance(value, dict) and value)
        return places or (True if stated else None)


class Alternatives:
    """The alternatives of a document's schemas."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self._known: dict[SchemaPlaces, list[Alternative]] = {}
        self._expansions: dict[Pointer, list[Parts]] = {}
        self._depth = 0

    def of(self, places: SchemaPlaces) -> list[Alternative]:
        """Return the alternatives of schemas that hold together; a single unknown one if there are none, or too many."""
        if places not in self._known:
            combinations = islice(product(*(self._expanded(place) for place in places)), _MOST + 1)
            alternatives = [Alternative(_combined(parts)) for parts in combinations]
            possible = [alternative for alternative in alternatives if alternative.types]
            is_usable = 0 < len(possible) <= _MOST
            self._known[places] = possible if is_usable else [Alternative(((places[0], _UNKNOWN),))]
        return self._known[places]

    def _expanded(self, place: Pointer) -> list[Parts]:
        """Return the parts of each alternative of a schema; a schema that leads back to itself, or too far, is unknown there."""
        if place not in self._expansions:
            unknown: list[Parts] = [((place, _UNKNOWN),)]
            if self._depth == _DEEPEST:
                return unknown
            self._expansions[place] = unknown
            self._depth += 1
            self._expansions[place] = self._expand(place, self.schemas.document.get(place))
            self._depth -= 1
        return self._expansions[place]

    def _expand(self, place: Pointer, schema: Any) -> list[Parts]:
        if not isinstance(schema, dict):
            return [()]
        target = self.schemas.index.targets.get(place)
        if target is not None and self.schemas.document.is_3_0:
            return self._expanded(target)
        if (target is None and "$ref" in schema) or place in self.schemas.index.dynamic:
            return [((place, _UNKNOWN),)]
        choices = [[((place, schema),)]] + ([self._expanded(target)] if target is not None else [])
        choices += self._choices(place, schema)
        expanded = [_combined(parts) for parts in islice(product(*choices), _MOST + 1)]
        return [*expanded, (((*place, "nullable"), _NULL),)] if schema.get("nullable") is True else expanded

    def _choices(self, place: Pointer, schema: dict[str, Any]) -> list[list[Parts]]:
        """Return the alternatives of each part of `allOf`, and those of `anyOf` and `oneOf`."""
        choices = [self._expanded((*place, "allOf", index)) for index in _indexes(schema, "allOf")]
        unions = [(key, _indexes(schema, key)) for key in ("anyOf", "oneOf") if _indexes(schema, key)]
        choices += [[parts for index in indexes for parts in self._expanded((*place, key, index))] for key, indexes in unions]
        return choices


def _combined(alternatives: tuple[Parts, ...]) -> Parts:
    """Return the parts of several alternatives that hold together, each part once."""
    return tuple({place: (place, schema) for parts in alternatives for place, schema in parts}.values())


def _indexes(schema: dict[str, Any], key: str) -> range:
    return range(len(schema[key])) if isinstance(schema.get(key), list) else range(0)


def _types_of(values: tuple[Any, ...]) -> set[str]:
    types = {type_of(value) for value in values}
    return types | {"number"} if "integer" in types else types
