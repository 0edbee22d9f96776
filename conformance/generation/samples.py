"""Sample values of a schema that need no chance: the smallest one, and those in which every field is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.core.json_text import Json
from conformance.generation import scalars
from conformance.generation.payloads import NO_NAMES, Names
from conformance.generation.scalars import NothingToDraw
from conformance.schema.tree import SchemaNode

# How often a schema stands inside itself in a complete value.
_COMPLETE_NESTING = 3
_TWO = 2
_SEVERAL = 3


def minimal(schema: SchemaNode, names: Names = NO_NAMES) -> Any:
    """Return the smallest valid value: required fields only, each with its simplest value.

    Raises:
        NothingToDraw: the schema requires a name of a kind that has none.

    """
    return Samples(names).minimal(schema)


def complete(schema: SchemaNode, names: Names = NO_NAMES) -> list[Any]:
    """Return valid values in which every field that can be given is given, lists with two items.

    It takes several if fields exclude each other: one for each value of the field that decides.
    """
    return Samples(names).complete(schema)


@dataclass(frozen=True, slots=True)
class Samples:
    """Makes samples with the names of a vocabulary."""

    names: Names

    def can_make(self, schema: SchemaNode) -> bool:
        """Whether the schema has a value that can be made: it needs no name of a kind that has none."""
        try:
            self.minimal(schema)
        except NothingToDraw:
            return False
        return True

    def minimal(self, schema: SchemaNode, inside: frozenset[str | int] = frozenset()) -> Any:
        """Return the smallest value of a schema; `inside` are the schemas that it stands in."""
        if schema.identity in inside:
            if schema.nullable:
                return None
            raise NothingToDraw(f"{schema.name or 'the schema'} requires itself")
        if schema.branches:
            return self.minimal(schema.branches[0], inside)
        if "object" in schema.types and schema.properties:
            return self._minimal_object(schema, inside | {schema.identity})
        if "object" in schema.types:
            return {}
        if "array" in schema.types:
            least = max(schema.bounds.min_items, len(schema.prefix), schema.drawing.size[0] if schema.drawing.size else 0)
            return [self.minimal(inner, inside) for index in range(least) if (inner := schema.item(index)) is not None]
        return self._scalar(schema)

    def one(self, schema: SchemaNode, inside: frozenset[str | int] = frozenset()) -> Any:
        """Return the smallest value that is not empty: a list with one item."""
        value = self.minimal(schema, inside)
        if value == [] and schema.items is not None and self.can_make(schema.items):
            return [self.minimal(schema.items)]
        return value

    def _minimal_object(self, schema: SchemaNode, inside: frozenset[str | int]) -> dict[str, Json]:
        value: dict[str, Json] = {}
        for name, node in schema.properties.items():
            decided = node.drawing.only_if is not None and value.get(node.drawing.only_if[0]) in node.drawing.only_if[1]
            if name in schema.required or decided or node.drawing.weight == 1:
                value[name] = self.minimal(_case(node, value, schema), inside)
        for name in schema.drawing.any_of[:1]:
            value[name] = self.one(schema.properties[name], inside)
        return value

    def _scalar(self, schema: SchemaNode) -> Any:
        if schema.known or schema.enum:
            return (schema.known or schema.enum)[0]
        if schema.reference is not None and schema.reference in self.names:
            names = self.names[schema.reference]
            if not names:
                raise NothingToDraw(schema.reference)
            return names[0]
        if not schema.types:
            return None
        kind = next(name for name in ("string", "integer", "number", "boolean", "null") if name in schema.types or name == "null")
        return scalars.simplest(kind, schema)

    def complete(self, schema: SchemaNode) -> list[Any]:
        """Return values with every field."""
        deciders = {node.drawing.only_if[0] for node in schema.properties.values() if node.drawing.only_if is not None}
        decider = min(deciders, default=None)
        if decider is None:
            inner = [name for name, node in schema.properties.items() if self._is_decided(node)]
            first = self._complete(schema, {}, _COMPLETE_NESTING, {})
            return [first, *(other for name in inner for other in self._with_other(schema, first, name))]
        return [
            self._complete(schema, {decider: value}, _COMPLETE_NESTING, {})
            for value in schema.properties[decider].enum
            if self._is_possible(schema, decider, value)
        ]

    def _is_decided(self, node: SchemaNode) -> bool:
        return any(inner.drawing.only_if is not None for inner in node.properties.values())

    def _with_other(self, schema: SchemaNode, first: Any, name: str) -> Iterator[Any]:
        for value in self.complete(schema.properties[name])[1:]:
            yield {**first, name: value}

    def _is_possible(self, schema: SchemaNode, decider: str, value: Any) -> bool:
        return all(
            self.can_make(node)
            for node in schema.properties.values()
            if node.drawing.only_if is not None and node.drawing.only_if[0] == decider and value in node.drawing.only_if[1]
        )

    def _complete(self, schema: SchemaNode, given: dict[str, Any], nesting: int, seen: dict[str, int]) -> Any:
        if schema.branches:
            return self._complete(schema.branches[0], {}, nesting, seen)
        if "object" in schema.types and schema.properties:
            return self._complete_object(schema, given, nesting, seen)
        if "object" in schema.types:
            return self._complete_map(schema, nesting, seen)
        if "array" in schema.types and not schema.prefix:
            return self._complete_list(schema, nesting, seen)
        return self.minimal(schema) if schema.types or schema.known or schema.enum else 1

    def _complete_object(self, schema: SchemaNode, given: dict[str, Any], nesting: int, seen: dict[str, int]) -> Any:
        inside = {**seen, schema.name: seen.get(schema.name, 0) + 1}
        value = dict(given)
        places = [name for name, node in schema.properties.items() if leads_to(schema, node)]
        for name, node in schema.properties.items():
            only_if = node.drawing.only_if
            is_due = only_if is None or value.get(only_if[0]) in only_if[1]
            # Only one field of each object leads deeper, or else the value would double with each level.
            levels = inside[schema.name] if name in places and name != places[inside[schema.name] % len(places)] else nesting
            if name not in value and is_due and self._can_name(schema, name) and inside.get(node.name, 0) < levels:
                filled = _case(node, value, schema)
                value[name] = (
                    (self.complete(filled) or [None])[0] if self._is_decided(filled) else self._complete(filled, {}, levels, inside)
                )
            elif name in schema.required and name not in value:
                value[name] = self.minimal(node, frozenset({schema.identity}))
        if schema.is_open:
            value |= dict.fromkeys(schema.drawing.own_names[:_SEVERAL], "the user's own")
        return value

    def _can_name(self, schema: SchemaNode, name: str) -> bool:
        """Whether a field can be given, and names nothing that may not be there."""
        node = schema.properties[name]
        is_named = node.reference is None or node.reference in self.names or name in schema.required
        return is_named and self.can_make(node)

    def _complete_map(self, schema: SchemaNode, nesting: int, seen: dict[str, int]) -> Any:
        kind = schema.keys_reference
        keys = list(self.names.get(kind, ()))[:_TWO] if kind is not None else _keys(schema)
        if schema.values is None:
            return {"a": 1}
        return {key: self._complete(schema.values, {}, nesting, seen) for key in keys}

    def _complete_list(self, schema: SchemaNode, nesting: int, seen: dict[str, int]) -> Any:
        if schema.items is None:
            return []
        if not self.can_make(schema.items):
            return []
        most = schema.bounds.max_items if schema.bounds.max_items is not None else _TWO
        branches = [branch for branch in schema.items.branches if seen.get(branch.name, 0) < nesting] or [schema.items]
        if seen.get(schema.items.name, 0) >= nesting and schema.items.properties:
            return []
        items = [self._complete(branch, {}, nesting, seen) for branch in branches]
        items = (items * _TWO)[: max(_TWO, len(branches), schema.bounds.min_items)]
        return scalars.unique(items[:most], schema.bounds.min_items) if schema.bounds.unique_items else items[:most]


def _keys(schema: SchemaNode) -> list[str]:
    if schema.keys is None:
        return ["a", "b"]
    return (scalars.texts(schema.keys) or [scalars.simplest("string", schema.keys)])[:_TWO]


def _case(node: SchemaNode, value: dict[str, Any], schema: SchemaNode) -> SchemaNode:
    """Return the schema of a field whose schema may depend on another field."""
    by = node.drawing.cases_by
    if by is None:
        return node
    return node.drawing.cases.get(value.get(by, schema.properties[by].default), node)


def is_same(first: SchemaNode, second: SchemaNode) -> bool:
    """Whether two nodes are one object's schema: that of a field that may be null is another node of the same name."""
    return bool(first.properties) and (first is second or (bool(first.name) and first.name == second.name))


def leads_to(schema: SchemaNode, node: SchemaNode) -> bool:
    """Whether a field's value can be, or can contain at once, an object of the given schema."""
    inner = node.items or node.values or node
    return any(is_same(schema, part) for part in (*inner.branches, inner))
