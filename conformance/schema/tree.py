"""Request schemas compiled into `SchemaNode` trees, in which each constraint names the requirement it belongs to.

`rules` walks a body and its schema to find broken rules, `mutations` to break one rule, and `round_trip` to compare an answer.
The constraints, and the `x-` annotations with the requirements, come from the contract's OpenAPI document.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conformance.core.json_text import Json
from conformance.schema.openapi import PREFIX, OpenApiDocument

# Annotations that only matter for the comparison of an answer with its request.
ABOUT_ANSWERS = frozenset({"x-inherited", "x-hidden", "x-null-is-absent"})


@dataclass(frozen=True, slots=True)
class Rules:
    """The default requirements of a request's constraints; None if no requirement is about them."""

    wrong_type: str | None = None
    scalar: str | None = None
    null: str | None = None


@dataclass(slots=True, eq=False)
class SchemaNode:
    """One node of a compiled request schema, not changed after compilation. Recursive schemas make it a graph."""

    name: str
    types: frozenset[str] = frozenset()
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    enum_requirement: str | None = None
    type_requirement: str | None = None
    null_requirement: str | None = None
    scalar_requirement: str | None = None
    missing_requirement: str | None = None
    format_requirement: str | None = None
    is_time: bool = False
    user_data: bool = False
    # Users may add properties of their own.
    is_open: bool = False
    # If an object does not give it, the nearest enclosing object that does provides the value.
    is_inherited: bool = False
    # An answer need not show it.
    is_hidden: bool = False
    # A given null may be absent from the answer, although the value is user data.
    null_is_absent: bool = False
    empty_is_absent: bool = False
    reference: str | None = None
    keys_reference: str | None = None
    known: tuple[str, ...] = ()
    default: Any = None
    minimum: float | None = None
    minimum_requirement: str | None = None
    min_length: int = 0
    needs: dict[str, tuple[str, str]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    properties: dict[str, "SchemaNode"] = field(default_factory=dict)
    values: "SchemaNode | None" = None
    items: "SchemaNode | None" = None
    # The alternatives of a union of objects, which differ in their keys.
    branches: tuple["SchemaNode", ...] = ()

    @property
    def is_union(self) -> bool:
        """Whether the node is a union of several kinds of object."""
        return bool(self.branches)

    def branch(self, value: Json) -> "SchemaNode":
        """Return the schema for a value: in a union the first branch with one of the value's keys, or else the last branch."""
        if not self.branches or not isinstance(value, dict):
            return self
        return next((branch for branch in self.branches if value.keys() & branch.properties.keys()), self.branches[-1])


@cache
def request(document: OpenApiDocument, name: str) -> SchemaNode:
    """Return the compiled schema of a component that describes a request body."""
    stated = document.schema(name).get("x-rules", {})
    rules = Rules(stated.get("wrong-type"), stated.get("scalar"), stated.get("null"))
    return _Compiler(document, rules, {}).node({"$ref": f"{PREFIX}{name}"})


@dataclass(frozen=True, slots=True)
class _Compiler:
    document: OpenApiDocument
    rules: Rules
    seen: dict[str, SchemaNode]

    def node(self, schema: dict[str, Any]) -> SchemaNode:
        reference = schema.get("$ref", "").rpartition("/")[2]
        is_reference = bool(reference) and len(schema) == 1
        if is_reference and reference in self.seen:
            return self.seen[reference]
        stated = self.document.resolve(schema)
        alternatives = stated.get("anyOf", ())
        branches = [alternative for alternative in alternatives if alternative.get("type") != "null"]
        if alternatives and len(branches) < len(alternatives):
            return _nullable(self.node(branches[0]))
        node = SchemaNode(name=reference or stated.get("x-name", ""))
        if is_reference:
            self.seen[reference] = node
        if branches:
            node.type_requirement = node.null_requirement = self.rules.wrong_type
            node.branches = tuple(map(self.node, branches))
        else:
            self.fill(node, stated)
        return node

    def fill(self, node: SchemaNode, stated: dict[str, Any]) -> None:
        _fill(node, stated, self.rules)
        for key, child in stated.get("properties", {}).items():
            node.properties[key] = self.node(child)
        if isinstance(stated.get("additionalProperties"), dict):
            node.values = self.node(stated["additionalProperties"])
        if "items" in stated:
            node.items = self.node(stated["items"])


def _nullable(node: SchemaNode) -> SchemaNode:
    copy = SchemaNode(**{name: getattr(node, name) for name in SchemaNode.__slots__})
    copy.nullable = True
    return copy


def _fill(node: SchemaNode, stated: dict[str, Any], rules: Rules) -> None:
    types = stated.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    minimum = stated.get("x-minimum", {})
    node.types = frozenset(types - {"null"})
    node.nullable = "null" in types or not types
    node.enum = tuple(value for value in stated.get("enum", ()) if value is not None)
    node.enum_requirement = stated.get("x-enum")
    node.type_requirement = stated.get("x-type", rules.wrong_type)
    node.null_requirement = stated.get("x-null", rules.null)
    node.scalar_requirement = stated.get("x-scalar", rules.scalar)
    node.missing_requirement = stated.get("x-missing")
    node.format_requirement = stated.get("x-format")
    node.is_time = stated.get("format") == "date-time"
    node.user_data = stated.get("x-user-data", False)
    node.is_open = stated.get("additionalProperties") is True
    node.is_inherited = stated.get("x-inherited", False)
    node.is_hidden = stated.get("x-hidden", False)
    node.null_is_absent = stated.get("x-null-is-absent", False)
    node.empty_is_absent = stated.get("x-empty-is-absent", not node.user_data and not stated.get("properties"))
    node.reference = stated.get("x-reference")
    node.keys_reference = stated.get("x-keys-reference")
    node.known = tuple(stated.get("x-known", ()))
    node.default = stated.get("default")
    node.minimum = minimum.get("value", stated.get("minimum"))
    node.minimum_requirement = minimum.get("requirement")
    node.min_length = stated.get("minLength", 0)
    node.required = frozenset(stated.get("required", ()))
    node.needs = {value: (need["field"], need["requirement"]) for value, need in stated.get("x-needs", {}).items()}
